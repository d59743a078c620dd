#include "domain/mail/email_address.hpp"

#include <algorithm>

#include "domain/name.hpp"

namespace ks {

namespace {

constexpr std::string_view kWrong = "must be an e-mail address such as ann@example.com";
constexpr std::size_t kAddressMax = 254;
constexpr std::size_t kLocalMax = 64;
constexpr std::size_t kLabelMax = 63;

bool letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 5322 atext without '%' and '!'.
bool local_char(char c) {
  return letter_or_digit(c) || std::string_view("#$&'*+-/=?^_`{|}~.").find(c) != std::string::npos;
}

bool ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool valid_local(std::string_view local) {
  return !local.empty() && local.size() <= kLocalMax && std::ranges::all_of(local, local_char) &&
         local.front() != '.' && local.back() != '.' && local.find("..") == local.npos;
}

// `domain` is in lower case.
bool valid_domain(std::string_view domain) {
  std::size_t labels = 0;
  std::string_view last;
  for (std::size_t start = 0; start <= domain.size(); ++labels) {
    const std::size_t end = std::min(domain.find('.', start), domain.size());
    last = domain.substr(start, end - start);
    if (!check_label(last, kLabelMax)) return false;
    start = end + 1;
  }
  // The last label of a name is never a number; "127.0.0.1" is no domain.
  return labels >= 2 && !std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<EmailAddress> EmailAddress::parse(std::string_view text) {
  if (text.size() > kAddressMax) return invalid("must have at most 254 characters");
  const std::size_t at = text.find('@');
  if (at == text.npos || text.find('@', at + 1) != text.npos) return invalid(std::string(kWrong));
  if (ascii(text.substr(0, at)) && !ascii(text.substr(at + 1)))
    return invalid("must have its domain in ASCII: write it in the form that begins with xn--");
  const std::string domain = ascii_lower(text.substr(at + 1));
  if (!valid_local(text.substr(0, at)) || !valid_domain(domain))
    return invalid(std::string(kWrong));
  return EmailAddress(std::string(text.substr(0, at + 1)) + domain);
}

std::string EmailAddress::key() const { return ascii_lower(text_); }

std::string EmailAddress::mailbox() const {
  const std::string whole = key();
  const std::size_t at = whole.find('@');
  const std::size_t tag = whole.find('+');
  // What begins with a tag has nothing before it.
  if (tag == 0 || tag == std::string::npos || tag > at) return whole;
  return whole.substr(0, tag) + whole.substr(at);
}

std::string EmailAddress::masked() const {
  return text_.substr(0, 1) + "***@" + std::string(domain());
}

}  // namespace ks
