#include "main/traces/settings.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "domain/name.hpp"
#include "http/message.hpp"
#include "main/config/outside.hpp"

namespace ks {

namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// What frames a message, or says what is in it, is written by the client itself: a second one could
// have two servers read two messages.
bool is_ours(std::string_view name) {
  constexpr std::string_view kOurs[] = {"content-length", "content-type", "transfer-encoding",
                                        "connection",     "host",         "expect"};
  return std::ranges::any_of(
      kOurs, [&](std::string_view one) { return http::equal_ignoring_case(one, name); });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Nothing for what is no percent-encoding, or would be more than one line of visible ASCII.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      unsigned char byte = 0;
      if (i + 2 >= text.size()) return std::nullopt;
      const char* const end = text.data() + i + 3;
      const auto read = std::from_chars(text.data() + i + 1, end, byte, 16);
      if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
      c = static_cast<char>(byte);
      i += 2;
    }
    if (c < ' ' || c > '~') return std::nullopt;
    out += c;
  }
  return out;
}

Result<void> read_trace_endpoint(std::string_view text, TraceSettings& into) {
  if (text.empty()) return {};
  const auto wrong = [] { return invalid("must be http://HOST[:PORT][/PATH] or https://..."); };
  const std::size_t colon = text.find("://");
  if (colon == text.npos) return wrong();
  const std::string_view scheme = text.substr(0, colon);
  const std::size_t path = std::min(text.find('/', colon + 3), text.size());
  std::string_view base = text.substr(path);
  const bool plain = std::ranges::all_of(base, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '-' || c == '.' || c == '_' || c == '~';
  });
  // A login in it would be printed, and belongs into the headers.
  if ((scheme != "http" && scheme != "https") || !plain ||
      text.substr(0, path).find('@') != text.npos || !is_proxy(text.substr(0, path)))
    return wrong();
  while (base.ends_with('/')) base.remove_suffix(1);
  into.server = text.substr(0, path);
  into.target = std::string(base) + "/v1/traces";
  return {};
}

Result<std::vector<std::pair<std::string, std::string>>> parse_trace_headers(
    std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view pair = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view name = trimmed(pair.substr(0, equals));
    const auto value =
        equals == pair.npos ? std::nullopt : decoded(trimmed(pair.substr(equals + 1)));
    if (!is_token(name) || !value)
      return invalid("must be NAME=VALUE, apart by commas, with values percent-encoded");
    if (is_ours(name))
      return invalid("must not have headers of the message itself, such as Content-Length or Host");
    out.emplace_back(name, *value);
  }
  return out;
}

Result<double> parse_trace_ratio(std::string_view text) {
  double out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  // Written so that what is no number at all is refused too.
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || !(out >= 0 && out <= 1))
    return invalid("must be a number from 0 to 1");
  return out;
}

}  // namespace

std::vector<std::pair<std::string_view, std::string>> read_traces(
    const std::function<std::string(std::string_view)>& given, TraceSettings& into) {
  std::vector<std::pair<std::string_view, std::string>> faults;
  const auto read = [&](std::string_view name, const auto& take) {
    if (auto taken = take(given(name)); !taken) faults.emplace_back(name, taken.error().message);
  };
  read("OTEL_EXPORTER_OTLP_ENDPOINT",
       [&](const std::string& text) { return read_trace_endpoint(text, into); });
  read("OTEL_EXPORTER_OTLP_HEADERS", [&](const std::string& text) -> Result<void> {
    KS_TRY(into.headers, parse_trace_headers(text));
    return {};
  });
  read("OTEL_SERVICE_NAME", [&](const std::string& text) -> Result<void> {
    into.service = text;
    if (text.empty() || !check_text(text, kTextMax)) return invalid("must be one line of text");
    return {};
  });
  read("OTEL_TRACES_SAMPLER_ARG", [&](const std::string& text) -> Result<void> {
    KS_TRY(into.ratio, parse_trace_ratio(text));
    return {};
  });
  return faults;
}

}  // namespace ks
