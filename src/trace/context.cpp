#include "trace/context.hpp"

namespace ks::trace {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

// Lower case only: the specification forbids the other.
template <std::size_t N>
bool read(std::string_view text, std::array<std::uint8_t, N>& into) {
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t high = kDigits.find(text[2 * i]);
    const std::size_t low = kDigits.find(text[2 * i + 1]);
    if (high == kDigits.npos || low == kDigits.npos) return false;
    into[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

}  // namespace

template <std::size_t N>
std::string TraceBytes<N>::hex() const {
  std::string out;
  out.reserve(2 * N);
  for (const std::uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}
template struct TraceBytes<16>;
template struct TraceBytes<8>;

// 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
std::optional<Context> parse_traceparent(std::string_view text) {
  constexpr std::size_t kSize = 55;
  if (text.size() < kSize || text[2] != '-' || text[35] != '-' || text[52] != '-')
    return std::nullopt;
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  Context out;
  if (!read(text, version) || !read(text.substr(3), out.trace.bytes) ||
      !read(text.substr(36), out.span.bytes) || !read(text.substr(53), flags))
    return std::nullopt;
  if (version[0] == 0xff || (version[0] == 0 && text.size() != kSize) ||
      (text.size() > kSize && text[kSize] != '-'))
    return std::nullopt;
  if (out.trace.empty() || out.span.empty()) return std::nullopt;
  out.sampled = (flags[0] & 1) != 0;
  return out;
}

std::string traceparent(const Context& context) {
  return "00-" + context.trace.hex() + "-" + context.span.hex() + (context.sampled ? "-01" : "-00");
}

}  // namespace ks::trace
