#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ks {

// The address of one mailbox, as mail is sent to it. Prevents a list of recipients, a display name
// or a header field where an address belongs: only what parse() takes becomes one, and what is sent
// goes to exactly one of them.
//
// Taken is `local@domain` with an unquoted local part (RFC 5321 4.1.2, Dot-string) and a domain of
// two or more labels, within the lengths of RFC 5321 4.5.3.1. Refused are display names, quotes,
// comments, lists, IP literals, anything beyond ASCII (a domain in another script is written in its
// `xn--` form), and the old routings `a!b@c` and `a%b@c`, which some relays deliver elsewhere than
// the part after '@' says. Nobody is asked whether the domain exists.
class EmailAddress {
 public:
  // The error's message says what is wrong, without naming the field.
  static Result<EmailAddress> parse(std::string_view text);

  // As given, with the domain in lower case; a tag ("ann+news") stays.
  const std::string& text() const noexcept { return text_; }
  std::string_view domain() const noexcept {
    return std::string_view(text_).substr(text_.find('@') + 1);
  }
  // For comparison: all in lower case. Two texts with one key are one address.
  std::string key() const;
  // key() without a tag: most servers put "ann+news" where "ann" goes. For counting what a mailbox
  // is sent, and for nothing else: whose an address is, goes by key().
  std::string mailbox() const;
  // For people who may know that it exists but not what it is: "a***@example.com".
  std::string masked() const;

  friend bool operator==(const EmailAddress& a, const EmailAddress& b) {
    return a.key() == b.key();
  }

 private:
  explicit EmailAddress(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace ks
