#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "domain/mail/email_address.hpp"
#include "mail/brand.hpp"

namespace ks::mail {

// A mail as text for people, with exactly one recipient.
struct Message {
  std::string id;  // Left of the '@' of Message-ID: letters, digits, '-', '.'.
  Time date;
  EmailAddress to;
  std::string subject;
  std::string text;  // UTF-8, lines end in "\n".
  std::string html;
};

// RFC 5322 with MIME: multipart/alternative of text and HTML, quoted-printable, headers beyond
// ASCII by RFC 2047, no line longer than 78 characters but an address. Lines end in CRLF. Nothing
// in a field of `message` or `brand` can add a header, a part or a recipient.
std::string mime(const Message& message, const Brand& brand);

// RFC 5322 3.3 in UTC: "Thu, 01 Jan 1970 00:00:00 +0000".
std::string mail_date(Time time);

// An unstructured header's value after `used` characters of its first line: as it is where that is
// safe and fits, else encoded words, folded.
std::string encoded_header(std::string_view text, std::size_t used);
std::string quoted_printable(std::string_view text);

}  // namespace ks::mail
