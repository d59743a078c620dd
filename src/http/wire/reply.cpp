#include "http/wire/reply.hpp"

#include <array>
#include <charconv>

#include "http/wire/hygiene.hpp"

namespace ks::http {

namespace {

struct Default {
  std::string_view name;
  std::string_view line;
};
constexpr std::array<Default, 4> kDefaults{{
    {"Cache-Control", "Cache-Control: no-store\r\n"},
    {"X-Content-Type-Options", "X-Content-Type-Options: nosniff\r\n"},
    {"Referrer-Policy", "Referrer-Policy: no-referrer\r\n"},
    {"X-Frame-Options", "X-Frame-Options: DENY\r\n"},
}};

void append_number(std::string& out, std::size_t n) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr;
  out.append(digits.data(), end);
}

// Fields that belong to the connection, and so to this file.
bool framing_field(std::string_view name) {
  return equal_ignoring_case(name, "Content-Length") ||
         equal_ignoring_case(name, "Transfer-Encoding") ||
         equal_ignoring_case(name, "Connection") || equal_ignoring_case(name, "Date") ||
         equal_ignoring_case(name, "X-Request-Id");
}

}  // namespace

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

bool sendable(const Response& response) {
  if (response.status < 200 || response.status > 599) return false;
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    const Header header = response.headers.at(i);
    if (header.name.empty()) return false;
    for (const char c : header.name)
      if (!token_char(c)) return false;
    for (const char c : header.value) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
    }
  }
  return true;
}

void append_head(std::string& out, const Response& response, std::string_view request_id,
                 std::string_view date_line, AfterReply after, Framing framing) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(response.status));
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  std::array<bool, kDefaults.size()> given{};
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    const Header header = response.headers.at(i);
    if (framing_field(header.name)) continue;
    for (std::size_t k = 0; k < kDefaults.size(); ++k)
      if (equal_ignoring_case(header.name, kDefaults[k].name)) given[k] = true;
    out += header.name;
    out += ": ";
    out += header.value;
    out += "\r\n";
  }
  for (std::size_t k = 0; k < kDefaults.size(); ++k)
    if (!given[k]) out += kDefaults[k].line;
  out += date_line;
  out += "X-Request-Id: ";
  out += request_id;
  out += "\r\n";
  if (framing == Framing::chunks) out += "Transfer-Encoding: chunked\r\n";
  if (framing == Framing::length && may_have_body(response.status)) {
    out += "Content-Length: ";
    append_number(out, response.content().size());
    out += "\r\n";
  }
  if (after == AfterReply::close) out += "Connection: close\r\n";
  out += "\r\n";
}

}  // namespace ks::http
