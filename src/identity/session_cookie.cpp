#include "identity/session_cookie.hpp"

#include <algorithm>

#include "store/accounts.hpp"

namespace ks {

namespace {
std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}
}  // namespace

SessionCookie::SessionCookie(const Origin& base_url)
    : name_("__Host-session"), attributes_("; Path=/; HttpOnly; SameSite=Lax") {
  if (!base_url.secure() && is_loopback_host(base_url.host))
    name_ = "session";
  else
    attributes_ += "; Secure";
}

std::string SessionCookie::set(std::string_view token) const {
  return name_ + "=" + std::string(token) + attributes_ +
         "; Max-Age=" + std::to_string(kSessionLife.us / 1'000'000);
}

std::string SessionCookie::clear() const { return name_ + "=" + attributes_ + "; Max-Age=0"; }

std::optional<std::string_view> SessionCookie::find(std::string_view cookie_field) const {
  std::optional<std::string_view> token;
  while (!cookie_field.empty()) {
    const std::size_t end = std::min(cookie_field.find(';'), cookie_field.size());
    const std::string_view pair = trimmed(cookie_field.substr(0, end));
    cookie_field.remove_prefix(std::min(end + 1, cookie_field.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || trimmed(pair.substr(0, equals)) != name_) continue;
    if (token) return std::nullopt;
    token = trimmed(pair.substr(equals + 1));
  }
  if (token && token->empty()) return std::nullopt;
  return token;
}

}  // namespace ks
