#include "trace/otlp.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/json.hpp"

namespace ks::trace {

namespace {

void add_text(std::string& out, std::string_view key, std::string_view value) {
  if (out.back() != '[') out += ',';
  out += R"({"key":)";
  append_json_string(out, key);
  out += R"(,"value":{"stringValue":)";
  append_json_string(out, value);
  out += "}}";
}

void add_number(std::string& out, std::string_view key, std::int64_t value) {
  if (out.back() != '[') out += ',';
  out += R"({"key":)";
  append_json_string(out, key);
  out += fmt::format(R"(,"value":{{"intValue":"{}"}}}})", value);
}

// The clock's microseconds; no time before 1970 is one of a span.
std::string nanoseconds(Time time) {
  return std::to_string(std::max<std::int64_t>(time.us, 0)) + "000";
}

void add_span(std::string& out, const Span& span) {
  // SpanFlags of OTLP: below the byte of the W3C, above whether it is known that the parent is
  // another program's, and whether it is.
  constexpr unsigned kKnown = 0x100;
  constexpr unsigned kRemote = 0x200;
  const unsigned flags =
      (span.context.sampled ? 1U : 0U) | kKnown | (span.parent_remote ? kRemote : 0U);
  out += fmt::format(R"({{"traceId":"{}","spanId":"{}",)", span.context.trace.hex(),
                     span.context.span.hex());
  if (!span.parent.empty()) out += fmt::format(R"("parentSpanId":"{}",)", span.parent.hex());
  out += fmt::format(R"("flags":{},"name":)", flags);
  append_json_string(out, span.name);
  out += fmt::format(R"(,"kind":{},"startTimeUnixNano":"{}","endTimeUnixNano":"{}")",
                     static_cast<int>(span.kind), nanoseconds(span.start),
                     nanoseconds(std::max(span.start, span.end)));
  if (!span.attributes.empty()) {
    out += R"(,"attributes":[)";
    for (const Attribute& one : span.attributes)
      if (const auto* text = std::get_if<std::string>(&one.value))
        add_text(out, one.key, *text);
      else
        add_number(out, one.key, std::get<std::int64_t>(one.value));
    out += ']';
  }
  // STATUS_CODE_ERROR; what went well says nothing, as the conventions have it.
  if (span.failed) out += R"(,"status":{"code":2})";
  out += '}';
}

}  // namespace

std::string otlp_json(const Resource& resource, std::span<const Span> spans) {
  constexpr std::size_t kSpanBytes = 600;
  std::string out;
  out.reserve(500 + spans.size() * kSpanBytes);
  out = R"({"resourceSpans":[{"resource":{"attributes":[)";
  add_text(out, "service.name", resource.service);
  add_text(out, "service.version", resource.version);
  add_text(out, "service.instance.id", resource.instance);
  out += R"(]},"scopeSpans":[{"scope":{"name":"k8s-scheduler","version":)";
  append_json_string(out, resource.version);
  out += R"(},"spans":[)";
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (i > 0) out += ',';
    add_span(out, spans[i]);
  }
  out += "]}]}]}";
  return out;
}

std::int64_t rejected_spans(std::string_view answer) {
  const auto tree = parse_json(answer);
  if (!tree) return 0;
  const Json& rejected = tree->at("partialSuccess", "rejectedSpans");
  if (rejected.is_int()) return std::max<std::int64_t>(rejected.as_int(), 0);
  if (!rejected.is_string()) return 0;
  const std::string& text = rejected.as_string();
  std::int64_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc() && read.ptr == text.data() + text.size()
             ? std::max<std::int64_t>(out, 0)
             : 0;
}

}  // namespace ks::trace
