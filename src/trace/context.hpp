#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Where a span stands in its trace, and the header that says so between programs
// (W3C Trace Context, level 1).
namespace ks::trace {

template <std::size_t N>
struct TraceBytes {
  std::array<std::uint8_t, N> bytes{};

  // All zero means none.
  bool empty() const { return bytes == std::array<std::uint8_t, N>{}; }
  // Lower case.
  std::string hex() const;
  friend bool operator==(const TraceBytes&, const TraceBytes&) = default;
};

using TraceId = TraceBytes<16>;
using SpanId = TraceBytes<8>;

struct Context {
  TraceId trace;
  SpanId span;
  bool sampled = false;  // Spans of it are exported.
};

// Nothing for what is no traceparent. Of versions to come the first four fields are read, as the
// specification asks for; all flags but "sampled" are dropped.
std::optional<Context> parse_traceparent(std::string_view text);
std::string traceparent(const Context& context);

}  // namespace ks::trace
