#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "http/message.hpp"

namespace ks::api {

// One request as a handler sees it: routed, its body parsed.
struct Call {
  const http::Request& request;
  Json body;  // An object; empty when the route takes none.

  std::string_view param(std::string_view name) const { return request.param(name); }
  // The version that If-Match names; nullopt without the field or for `*`. Malformed and weak ones
  // give a version that nothing has.
  std::optional<std::int64_t> if_match() const;
};

// What a handler answers.
struct Reply {
  int status = 200;
  Json body;                            // Null: no body.
  std::optional<std::int64_t> version;  // Becomes the ETag.
  std::string location;
  // Members that are in the first answer and never in a replay: generated secrets.
  Json once;
  std::string set_cookie;
};

std::string etag_of(std::int64_t version);

}  // namespace ks::api
