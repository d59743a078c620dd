#include "mail/url.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace ks::mail {

namespace {
bool path_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/';
}
bool token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}
}  // namespace

BaseUrl::BaseUrl(std::string origin) : origin_(std::move(origin)) {
  KS_ASSERT(origin_.starts_with("https://") || origin_.starts_with("http://"));
  KS_ASSERT(std::ranges::all_of(host_and_port(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':' ||
           c == '[' || c == ']';
  }));
}

Url BaseUrl::link(std::string_view path, std::string_view token) const {
  KS_ASSERT(path.starts_with('/') && !path.starts_with("//"));
  KS_ASSERT(std::ranges::all_of(path, path_char) && std::ranges::all_of(token, token_char));
  std::string out = origin_ + std::string(path);
  if (!token.empty()) out += "#" + std::string(token);
  return Url(std::move(out));
}

std::string_view BaseUrl::host_and_port() const noexcept {
  return std::string_view(origin_).substr(origin_.find("://") + 3);
}

std::string_view BaseUrl::host() const noexcept {
  const std::string_view whole = host_and_port();
  if (whole.starts_with('[')) return whole.substr(0, whole.find(']') + 1);
  return whole.substr(0, whole.find(':'));
}

}  // namespace ks::mail
