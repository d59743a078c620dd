#include "api/cursor.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "api/call.hpp"
#include "base/digest.hpp"

namespace ks::api {

namespace {
constexpr std::size_t kMacBytes = 16;
}  // namespace

std::string Cursors::mac(std::string_view after, std::string_view list) const {
  return std::string(bytes_of(hmac_fields(key_, {"cursor", list, after})).substr(0, kMacBytes));
}

// As a synthetic initialization vector (RFC 5297): the MAC, which is another for another text, is
// what the text is hidden with.
std::string Cursors::hidden(std::string_view text, std::string_view mac) const {
  std::string out(text);
  for (std::size_t at = 0, block = 0; at < out.size(); ++block) {
    const std::string stream(
        bytes_of(hmac_fields(key_, {"cursor stream", mac, std::to_string(block)})));
    for (std::size_t i = 0; i < stream.size() && at < out.size(); ++i, ++at)
      out[at] = static_cast<char>(out[at] ^ stream[i]);
  }
  return out;
}

std::string Cursors::make(std::string_view after, std::string_view list) const {
  const std::string proof = mac(after, list);
  return base64url(proof + hidden(after, proof));
}

std::optional<std::string> Cursors::open(std::string_view cursor, std::string_view list) const {
  const auto raw = from_base64url(cursor);
  if (!raw || raw->size() <= kMacBytes) return std::nullopt;
  const std::string_view proof = std::string_view(*raw).substr(0, kMacBytes);
  std::string after = hidden(std::string_view(*raw).substr(kMacBytes), proof);
  if (!equal_secret(mac(after, list), proof)) return std::nullopt;
  return after;
}

Result<PageRequest> Cursors::page(const http::Request& request, std::string_view list,
                                  int most) const {
  PageRequest page;
  page.limit = std::min(page.limit, most);
  std::vector<Fault> faults;
  if (const auto limit = request.query_value("limit")) {
    const auto number = list_limit(*limit);
    if (number && *number <= most)
      page.limit = *number;
    else
      faults.push_back({"?limit", fmt::format("must be a number from 1 to {}", most)});
  }
  if (const auto cursor = request.query_value("cursor")) {
    if (auto after = open(*cursor, list))
      page.after = std::move(*after);
    else
      faults.push_back({"?cursor", "is not a cursor of this list"});
  }
  if (!faults.empty()) return invalid(std::move(faults));
  return page;
}

}  // namespace ks::api
