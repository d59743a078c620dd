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

// What the way of a mail leaves as it is: every relay ASCII, a file UTF-8 as well.
enum class Wire { ascii, utf8 };

// RFC 5322 with MIME: multipart/alternative of text and HTML, each part as it is where `wire` and
// the 998 octets of a line allow it, so that who reads the source finds a link whole, else
// quoted-printable; headers beyond ASCII by RFC 2047, no header's line longer than 78 characters
// but an address. Lines end in CRLF. Nothing in a field of `message` or `brand` can add a header,
// a part or a recipient.
std::string mime(const Message& message, const Brand& brand, Wire wire);

// RFC 5322 3.3 in UTC: "Thu, 01 Jan 1970 00:00:00 +0000".
std::string mail_date(Time time);

// An unstructured header's value after `used` characters of its first line: as it is where that is
// safe and fits, else encoded words, folded.
std::string encoded_header(std::string_view text, std::size_t used);
std::string quoted_printable(std::string_view text);

}  // namespace ks::mail
