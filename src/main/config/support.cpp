#include "main/config/support.hpp"

#include <algorithm>

#include "domain/mail/email_address.hpp"
#include "identity/origin.hpp"

namespace ks {

namespace {

constexpr std::size_t kUrlBytesMax = 500;

bool hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// RFC 3986, without what is no part of a path, a query or a fragment; escapes are whole.
bool is_rest(std::string_view text) {
  constexpr std::string_view kMarks = "-._~!$&'()*+,;=:@/?";
  std::size_t fragments = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !hex(text[i + 1]) || !hex(text[i + 2])) return false;
    } else if (c == '#') {
      if (++fragments > 1) return false;
    } else if (!hex(c) && !(c >= 'g' && c <= 'z') && !(c >= 'G' && c <= 'Z') &&
               kMarks.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string support_mail_fault(std::string_view text) {
  if (text.empty()) return {};
  const auto address = EmailAddress::parse(text);
  return address ? std::string() : address.error().message;
}

std::string support_url_fault(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  if (text.empty()) return {};
  const std::string form = "must be https://HOST[:PORT][/PATH], of at most 500 characters";
  if (text.size() > kUrlBytesMax || !text.starts_with(kScheme)) return form;
  const std::size_t end = std::min(text.find_first_of("/?#", kScheme.size()), text.size());
  if (!parse_origin(text.substr(0, end)) || !is_rest(text.substr(end))) return form;
  return {};
}

}  // namespace ks
