#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ks::http {

struct Request;

// The one place that reads a request target. A second reader with other rules is how a path passes
// a check and reaches another handler. Fills path and query; returns what is wrong, or nullptr.
// Only origin-form is accepted.
const char* parse_target(std::string_view raw, Request& request);

struct Authority {
  std::string host;  // Lower case, no trailing dot; brackets kept around IPv6.
  std::uint16_t port = 0;
};
// The value of Host: a name or address and an optional port, nothing else.
std::optional<Authority> parse_authority(std::string_view text);

bool valid_utf8(std::string_view text);

}  // namespace ks::http
