#include "domain/mail/email_address.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "base/utf8.hpp"
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

// The first character beyond ASCII with its number, as "x" (U+0078): it may look like a usual one,
// or be seen by nobody. Nothing where there is none, or where it is no UTF-8.
std::optional<std::string> first_foreign(std::string_view text) {
  if (!is_utf8(text)) return std::nullopt;
  while (!text.empty()) {
    const std::string_view rest = text;
    const char32_t code = take_code_point(text);
    if (code < 0x80) continue;
    const std::string_view one = rest.substr(0, rest.size() - text.size());
    const std::string number = fmt::format("U+{:04X}", static_cast<std::uint32_t>(code));
    return check_text(one, 1) ? fmt::format("\"{}\" ({})", one, number) : number;
  }
  return std::nullopt;
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
  // Without an "@" it may be that of another script.
  if (const auto foreign = first_foreign(text.substr(0, at)))
    return invalid(
        fmt::format("must be in ASCII: {} is of another script, though it may look like a usual "
                    "character; type "
                    "it anew",
                    *foreign));
  if (at == text.npos || text.find('@', at + 1) != text.npos) return invalid(std::string(kWrong));
  if (const auto foreign = first_foreign(text.substr(at + 1)))
    return invalid(
        fmt::format("must have its domain in ASCII: {} is not; type it anew if it was to be a "
                    "usual character, or "
                    "write the domain in the form that begins with xn--",
                    *foreign));
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
