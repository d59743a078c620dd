#include "mail/mime.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "mail/display.hpp"

namespace ks::mail {

namespace {

constexpr std::size_t kLineMax = 76;
// RFC 5322 2.1.1, without the CRLF.
constexpr std::size_t kOctetsMax = 998;
constexpr std::size_t kSubjectMax = 200;
constexpr std::size_t kNameMax = 100;
// RFC 2047: an encoded word has at most 75 characters and a line with one 76. 39 bytes make 52
// characters of base64, and 64 with "=?UTF-8?B??=".
constexpr std::size_t kWordBytes = 39;
// "=_" never occurs in quoted-printable text, so no part holds its own end.
constexpr std::string_view kBoundary = "=_alternative";

bool plain_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Folded; the first stands behind a header's name no longer than "Subject: ".
std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t bytes = std::min(kWordBytes, text.size());
    // Not within a code point.
    while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
    if (!out.empty()) out += "\r\n ";
    out += fmt::format("=?UTF-8?B?{}?=", base64(text.substr(0, bytes)));
    text.remove_prefix(bytes);
  }
  return out;
}

// The display name of From; quoted where that is enough.
std::string display_name(std::string_view name) {
  const std::string line = one_line(name, kNameMax);
  std::string out = "\"";
  for (const char c : line) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
  // The address follows on the same line.
  if (!plain_ascii(line) || line.find("=?") != line.npos || out.size() > 52)
    return encoded_words(line);
  return out;
}

// Whether the text may stand in a part as it is. What a relay may change is encoded for one: a dot
// or "From " at the beginning of a line, spaces at its end. A file passes none.
bool stands(std::string_view text, Wire wire) {
  if (text.find(kBoundary) != text.npos) return false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.size() > kOctetsMax) return false;
    for (const char one : line) {
      const auto c = static_cast<unsigned char>(one);
      if ((c < 0x20 && c != '\t') || c == 0x7f || (c > 0x7f && wire == Wire::ascii)) return false;
    }
    if (wire == Wire::utf8) continue;
    if (line.starts_with('.') || line.starts_with("From ")) return false;
    if (line.ends_with(' ') || line.ends_with('\t')) return false;
  }
  return true;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

std::string part(std::string_view type, std::string_view text, Wire wire) {
  const bool ascii = stands(text, Wire::ascii);
  const bool as_it_is = ascii || stands(text, wire);
  return fmt::format(
      "--{}\r\n"
      "Content-Type: {}; charset=utf-8\r\n"
      "Content-Transfer-Encoding: {}\r\n"
      "\r\n"
      "{}\r\n",
      kBoundary, type,
      ascii      ? "7bit"
      : as_it_is ? "8bit"
                 : "quoted-printable",
      as_it_is ? with_crlf(text) : quoted_printable(text));
}

}  // namespace

std::string mail_date(Time time) {
  // RFC 3339 gives the parts of the day; the rest is counting from Thursday, 1 January 1970.
  const std::string text = rfc3339(time);
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::array<std::string_view, 7> kDays{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  const auto day = static_cast<std::size_t>(time.us / days(1).us) % kDays.size();
  const auto month = static_cast<std::size_t>((text[5] - '0') * 10 + (text[6] - '0') - 1);
  return fmt::format("{}, {} {} {} {} +0000", kDays.at(day), text.substr(8, 2), kMonths.at(month),
                     text.substr(0, 4), text.substr(11, 8));
}

std::string encoded_header(std::string_view text, std::size_t used) {
  const bool safe = plain_ascii(text) && text.find("=?") == text.npos && !text.starts_with(' ') &&
                    !text.ends_with(' ');
  if (safe && used + text.size() <= kLineMax) return std::string(text);
  return encoded_words(text);
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n';
    const bool as_it_is =
        (c > 0x20 && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && !ends_line);
    // A dot that begins a line is read as the end by servers that mistake it; "From " is changed.
    const bool safe_start = column > 0 || (c != '.' && c != 'F');
    const std::string piece =
        as_it_is && safe_start ? std::string(1, static_cast<char>(c)) : fmt::format("={:02X}", c);
    if (column + piece.size() > kLineMax - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  }
  return out;
}

std::string mime(const Message& message, const Brand& brand, Wire wire) {
  KS_ASSERT(!message.id.empty() && std::ranges::all_of(message.id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  }));
  std::string out;
  const auto header = [&](std::string_view name, std::string_view value) {
    out += fmt::format("{}: {}\r\n", name, value);
  };
  header("Date", mail_date(message.date));
  out += fmt::format("From: {}\r\n <{}>\r\n", display_name(brand.sender_name), brand.sender.text());
  header("To", "<" + message.to.text() + ">");
  if (brand.reply_to) header("Reply-To", "<" + brand.reply_to->text() + ">");
  constexpr std::string_view kSubject = "Subject";
  header(kSubject, encoded_header(one_line(message.subject, kSubjectMax), kSubject.size() + 2));
  header("Message-ID", fmt::format("<{}@{}>", message.id, brand.sender.domain()));
  // RFC 3834: no out-of-office answers, please.
  header("Auto-Submitted", "auto-generated");
  header("MIME-Version", "1.0");
  header("Content-Type", fmt::format("multipart/alternative;\r\n boundary=\"{}\"", kBoundary));
  out += "\r\n";
  out += part("text/plain", message.text, wire);
  out += part("text/html", message.html, wire);
  out += fmt::format("--{}--\r\n", kBoundary);
  return out;
}

}  // namespace ks::mail
