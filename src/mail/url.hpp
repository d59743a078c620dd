#pragma once

#include <string>
#include <string_view>

namespace ks::mail {

// A link in a mail: the only kind that a text can hold. Made below a BaseUrl, which comes from
// configuration or a stored domain, so no host of a request and no text of a person becomes one.
class Url {
 public:
  const std::string& text() const noexcept { return text_; }

 private:
  friend class BaseUrl;
  explicit Url(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

class BaseUrl {
 public:
  // "https://ks.example.com", as Origin::text() gives it.
  explicit BaseUrl(std::string origin);

  // `path` is of [a-z0-9/-] and begins with '/', `token` of base64url or empty; anything else is a
  // programming error.
  Url link(std::string_view path, std::string_view token = {}) const;
  const std::string& text() const noexcept { return origin_; }
  // Without scheme: "ks.example.com:8443".
  std::string_view host_and_port() const noexcept;
  // "ks.example.com"; the domain of message ids.
  std::string_view host() const noexcept;

 private:
  std::string origin_;
};

}  // namespace ks::mail
