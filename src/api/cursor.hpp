#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"
#include "store/page.hpp"

namespace ks::api {

// Opaque cursors: the key of the last item, hidden, with a MAC over it and what the list was of, so
// that a cursor can be neither read, made up nor carried to another list or another tenant. Its
// length is that of the key.
class Cursors {
 public:
  explicit Cursors(std::string key) : key_(std::move(key)) {}

  // `limit` (1 to 200, 50 when absent) and `cursor` of the query. `list` names the list: the path
  // with the ids of its tenant and the filters. `most`: of a list whose items are long; then that
  // many when absent, where it is fewer than 50.
  Result<PageRequest> page(const http::Request& request, std::string_view list,
                           int most = kListMax) const;
  std::string make(std::string_view after, std::string_view list) const;
  // What make() was given; nothing when this is no cursor of that list.
  std::optional<std::string> open(std::string_view cursor, std::string_view list) const;

 private:
  std::string mac(std::string_view after, std::string_view list) const;
  std::string hidden(std::string_view text, std::string_view mac) const;
  std::string key_;
};

}  // namespace ks::api
