#include "mail/smtp_url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <arpa/inet.h>

namespace ks::mail {

namespace {

constexpr std::uint16_t kSubmission = 587;
constexpr std::uint16_t kSubmissions = 465;

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    const char* const digits = text.data() + i + 1;
    if (i + 2 >= text.size() || std::from_chars(digits, digits + 2, value, 16).ptr != digits + 2)
      return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  // What ends a line of SMTP has no place in credentials.
  if (std::ranges::any_of(out, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }))
    return std::nullopt;
  return out;
}

bool host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

bool loopback(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) return bytes[0] == 127;
  return host == "localhost" || host == "::1";
}

// Where user and password end, behind "://"; npos when there are none.
std::size_t at_sign(std::string_view authority) { return authority.rfind('@'); }

}  // namespace

Result<SmtpServer> parse_smtp_url(std::string_view url) {
  constexpr std::string_view kWrong =
      "must be smtp://[USER:PASSWORD@]HOST[:PORT] or smtps://..., with what is special in USER and "
      "PASSWORD percent-encoded";
  const auto wrong = [&] { return invalid(std::string(kWrong)); };
  SmtpServer out;
  const bool implicit = url.starts_with("smtps://");
  if (!implicit && !url.starts_with("smtp://")) return wrong();
  std::string_view rest = url.substr(url.find("://") + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (const std::size_t at = at_sign(rest); at != rest.npos) {
    const std::string_view credentials = rest.substr(0, at);
    const std::size_t colon = credentials.find(':');
    if (colon == credentials.npos || colon == 0) return wrong();
    auto user = decoded(credentials.substr(0, colon));
    auto password = decoded(credentials.substr(colon + 1));
    if (!user || !password) return wrong();
    out.user = std::move(*user);
    out.password = std::move(*password);
    rest.remove_prefix(at + 1);
  }
  const bool literal = rest.starts_with('[');
  const std::size_t end = literal ? rest.find(']') : std::min(rest.find(':'), rest.size());
  if (end == rest.npos) return wrong();
  out.host = rest.substr(literal ? 1 : 0, end - (literal ? 1 : 0));
  std::array<unsigned char, 16> bytes{};
  const bool good = literal ? inet_pton(AF_INET6, out.host.c_str(), bytes.data()) == 1
                            : !out.host.empty() && out.host.size() <= 253 &&
                                  std::ranges::all_of(out.host, host_char);
  if (!good) return wrong();
  rest.remove_prefix(end + (literal ? 1 : 0));
  out.port = implicit ? kSubmissions : kSubmission;
  if (!rest.empty()) {
    const char* const last = rest.data() + rest.size();
    const auto [end_of_port, code] = std::from_chars(rest.data() + 1, last, out.port);
    if (rest.front() != ':' || code != std::errc{} || end_of_port != last || out.port == 0)
      return wrong();
  }
  out.tls =
      implicit ? SmtpTls::implicit_ : (loopback(out.host) ? SmtpTls::none : SmtpTls::required);
  return out;
}

std::string mask_smtp_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t start = scheme == url.npos ? 0 : scheme + 3;
  const std::size_t at = at_sign(url.substr(start));
  if (at == url.npos) return std::string(url);
  const std::string_view credentials = url.substr(start, at);
  const std::string_view user = credentials.substr(0, credentials.find(':'));
  // Without a colon it is no user: perhaps it is the password.
  return std::string(url.substr(0, start)) +
         (user.size() < credentials.size() ? std::string(user) + ":***" : "***") +
         std::string(url.substr(start + at));
}

}  // namespace ks::mail
