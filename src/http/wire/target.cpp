#include "http/wire/target.hpp"

#include <algorithm>

#include <arpa/inet.h>

#include "http/message.hpp"

namespace ks::http {

namespace {

constexpr std::size_t kQueryPairsMax = 100;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 3986 pchar without ';': servers disagree on whether it starts parameters of a segment.
bool path_char(char c) {
  return alphanumeric(c) || std::string_view("-._~!$&'()*+,=:@").find(c) != std::string_view::npos;
}

// The byte behind '%', or -1.
int escaped(std::string_view raw, std::size_t at) {
  if (at + 2 >= raw.size()) return -1;
  const int high = hex_digit(raw[at + 1]);
  const int low = hex_digit(raw[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

const char* decode_path(std::string_view raw, std::string& out) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    if (c == '/') {
      if (!out.empty() && out.back() == '/') return "empty path segment";
      out += c;
    } else if (c == '%') {
      const int byte = escaped(raw, i);
      if (byte < 0) return "bad percent-encoding in path";
      if (byte == '/' || byte == '\\') return "encoded slash in path";
      if (byte < 0x20 || byte == 0x7f) return "encoded control character in path";
      out += static_cast<char>(byte);
      i += 2;
    } else if (path_char(c)) {
      out += c;
    } else {
      return "character not allowed in path";
    }
  }
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t end = std::min(out.find('/', at + 1), out.size());
    const auto segment = std::string_view(out).substr(at + 1, end - at - 1);
    if (segment == "." || segment == "..") return "dot segment in path";
    at = end;
  }
  return valid_utf8(out) ? nullptr : "path is not UTF-8";
}

const char* decode_query_text(std::string_view raw, std::string& out) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '+') {
      out += ' ';
    } else if (raw[i] == '%') {
      const int byte = escaped(raw, i);
      if (byte < 0) return "bad percent-encoding in query";
      if (byte == 0) return "encoded NUL in query";
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += raw[i];
    }
  }
  return valid_utf8(out) ? nullptr : "query is not UTF-8";
}

const char* decode_query(std::string_view raw, Request& request) {
  for (const char c : raw)
    if (c <= ' ' || c >= 0x7f || c == '#') return "character not allowed in query";
  while (!raw.empty()) {
    const std::size_t end = std::min(raw.find('&'), raw.size());
    const std::string_view pair = raw.substr(0, end);
    raw.remove_prefix(std::min(end + 1, raw.size()));
    if (pair.empty()) continue;
    if (request.query.size() == kQueryPairsMax) return "too many query parameters";
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto& [name, value] = request.query.emplace_back();
    if (const char* why = decode_query_text(pair.substr(0, equals), name)) return why;
    if (equals < pair.size())
      if (const char* why = decode_query_text(pair.substr(equals + 1), value)) return why;
  }
  return nullptr;
}

}  // namespace

bool valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto b = static_cast<unsigned char>(text[i]);
    if (b < 0x80) {
      ++i;
      continue;
    }
    std::size_t more = 0;
    std::uint32_t point = 0;
    if (b >= 0xc2 && b <= 0xdf)
      more = 1, point = b & 0x1fU;
    else if (b >= 0xe0 && b <= 0xef)
      more = 2, point = b & 0x0fU;
    else if (b >= 0xf0 && b <= 0xf4)
      more = 3, point = b & 0x07U;
    else
      return false;
    if (i + more >= text.size()) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0U) != 0x80U) return false;
      point = (point << 6U) | (next & 0x3fU);
    }
    if ((more == 2 && point < 0x800) || (more == 3 && point < 0x10000)) return false;
    if ((point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff) return false;
    i += more + 1;
  }
  return true;
}

const char* parse_target(std::string_view raw, Request& request) {
  if (raw.empty() || raw.front() != '/') return "target must be a path";
  request.target = raw;
  const std::size_t mark = std::min(raw.find('?'), raw.size());
  if (const char* why = decode_path(raw.substr(0, mark), request.path)) return why;
  if (mark == raw.size()) return nullptr;
  return decode_query(raw.substr(mark + 1), request);
}

std::optional<Authority> parse_authority(std::string_view text) {
  Authority out;
  std::string_view name = text;
  std::string_view port;
  bool has_port = false;
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    name = text.substr(0, close + 1);
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty()) {
      if (rest.front() != ':') return std::nullopt;
      has_port = true;
      port = rest.substr(1);
    }
    const std::string inner(name.substr(1, name.size() - 2));
    in6_addr ignored{};
    if (inet_pton(AF_INET6, inner.c_str(), &ignored) != 1) return std::nullopt;
  } else {
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos) {
      name = text.substr(0, colon);
      port = text.substr(colon + 1);
      has_port = true;
    }
    if (!name.empty() && name.back() == '.') name.remove_suffix(1);
    if (name.empty() || name.size() > 253) return std::nullopt;
    bool dot = true;
    for (const char c : name) {
      if (c == '.' && dot) return std::nullopt;
      dot = c == '.';
      if (!alphanumeric(c) && c != '-' && c != '.' && c != '_') return std::nullopt;
    }
    if (dot) return std::nullopt;
  }
  if (has_port) {
    if (port.empty() || port.size() > 5) return std::nullopt;
    unsigned value = 0;
    for (const char c : port) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    if (value == 0 || value > 65535) return std::nullopt;
    out.port = static_cast<std::uint16_t>(value);
  }
  out.host.reserve(name.size());
  for (const char c : name) out.host += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

}  // namespace ks::http
