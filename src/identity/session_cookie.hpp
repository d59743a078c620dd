#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "identity/origin.hpp"

namespace ks {

// The cookie that carries a session's token: `__Host-session` with Secure; on a plain-http local
// BASE_URL `session` without it, so that every browser and script keeps it.
class SessionCookie {
 public:
  explicit SessionCookie(const Origin& base_url);

  std::string_view name() const noexcept { return name_; }
  // Values of Set-Cookie.
  std::string set(std::string_view token) const;
  std::string clear() const;
  // The token in the value of a Cookie field. None when the cookie is absent, or there more than
  // once: which of the two a browser was told to keep cannot be known.
  std::optional<std::string_view> find(std::string_view cookie_field) const;

 private:
  std::string name_;
  std::string attributes_;
};

}  // namespace ks
