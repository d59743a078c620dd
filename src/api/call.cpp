#include "api/call.hpp"

#include <charconv>

namespace ks::api {

std::string etag_of(std::int64_t version) { return "\"v" + std::to_string(version) + "\""; }

std::optional<std::int64_t> Call::if_match() const {
  const auto field = request.headers.find("If-Match");
  if (!field || *field == "*") return std::nullopt;
  constexpr std::int64_t kNever = -1;
  if (field->size() < 4 || !field->starts_with("\"v") || !field->ends_with('"')) return kNever;
  const std::string_view digits = field->substr(2, field->size() - 3);
  std::int64_t version = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  return read.ec == std::errc() && read.ptr == digits.data() + digits.size() ? version : kNever;
}

}  // namespace ks::api
