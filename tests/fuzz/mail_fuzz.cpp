// A subject, a sender's name and two parts, apart by NUL. Whatever they hold, the mail has these
// headers, each once, one recipient, and lines that no relay cuts; in a file UTF-8 below them.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "mail/mime.hpp"

namespace {

std::string_view next(std::string_view& rest) {
  const std::size_t end = rest.find('\0');
  const std::string_view out = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ks;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string subject(next(rest)), sender(next(rest)), text(next(rest)), html(next(rest));
  const mail::Brand brand{.product = "P",
                          .sender_name = sender,
                          .sender = *EmailAddress::parse("noreply@ks.example.com"),
                          .reply_to = std::nullopt,
                          .base = mail::BaseUrl("https://ks.example.com")};
  const mail::Wire wire = size % 2 == 0 ? mail::Wire::ascii : mail::Wire::utf8;
  const std::string mail = mail::mime({.id = "1",
                                       .date = Time{},
                                       .to = *EmailAddress::parse("ann@example.com"),
                                       .subject = subject,
                                       .text = text,
                                       .html = html},
                                      brand, wire);
  constexpr std::array<std::string_view, 8> kHeaders{
      "Date: ",       "From: ",           "To: <ann@example.com>", "Subject: ",
      "Message-ID: ", "Auto-Submitted: ", "MIME-Version: ",        "Content-Type: "};
  std::size_t header = 0, ends = 0;
  bool in_headers = true;
  std::string_view left(mail);
  while (!left.empty()) {
    const std::size_t end = left.find("\r\n");
    KS_ASSERT(end != left.npos && end <= (in_headers ? 78U : 998U));
    const std::string_view line = left.substr(0, end);
    left.remove_prefix(end + 2);
    for (const char one : line) {
      const auto c = static_cast<unsigned char>(one);
      const bool beyond = c > 0x7f && wire == mail::Wire::utf8 && !in_headers;
      KS_ASSERT(c == '\t' || (c >= 0x20 && c < 0x7f) || beyond);
    }
    if (line.empty()) in_headers = false;
    if (in_headers && !line.starts_with(' ')) {
      KS_ASSERT(header < kHeaders.size() && line.starts_with(kHeaders.at(header)));
      ++header;
    }
    if (line.starts_with("--=_alternative")) ++ends;
  }
  KS_ASSERT(header == kHeaders.size() && ends == 3);
  return 0;
}
