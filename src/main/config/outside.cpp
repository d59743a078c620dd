#include "main/config/outside.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "base/digest.hpp"
#include "base/random.hpp"
#include "kube/https/kubeconfig.hpp"

namespace ks {

namespace {

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_host(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
  });
}

bool is_port(std::string_view text) {
  unsigned number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && number > 0 &&
         number < 65536;
}

}  // namespace

std::string kubeconfig_fault(const std::string& path, std::string_view context) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored))
    return "KUBECONFIG: cannot be read: " + path;
  const auto loaded = kube::https::load_kubeconfig(path, context);
  if (loaded) return {};
  return std::string(context.empty() ? "KUBECONFIG: " : "KUBERNETES_CONTEXT: ") +
         loaded.error().message;
}

bool make_key_file(const std::string& path) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  SystemRandom random;
  std::string fresh(32, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(fresh.data()), fresh.size()});
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const std::string text = base64(fresh) + "\n";
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  return written;
}

bool is_object_name(std::string_view text) {
  constexpr std::size_t kMax = 253;
  char before = '.';
  for (const char c : text) {
    const bool fits =
        lower_or_digit(c) || (c == '-' && before != '.') || (c == '.' && lower_or_digit(before));
    if (!fits) return false;
    before = c;
  }
  return lower_or_digit(before) && text.size() <= kMax;
}

bool is_proxy(std::string_view url) {
  constexpr std::array<std::string_view, 4> kSchemes = {"http", "https", "socks5", "socks5h"};
  const std::size_t colon = url.find("://");
  const bool bare = colon == std::string_view::npos;
  if (!bare) {
    if (std::ranges::find(kSchemes, url.substr(0, colon)) == kSchemes.end()) return false;
    url.remove_prefix(colon + 3);
    url.remove_prefix(url.find('@') + 1);
    if (url.ends_with('/')) url.remove_suffix(1);
  }
  const bool literal = url.starts_with('[');
  std::size_t end = literal ? url.find(']') : std::min(url.find(':'), url.size());
  if (literal ? end == std::string_view::npos || end < 3 : !is_host(url.substr(0, end)))
    return false;
  if (literal) ++end;
  if (end == url.size()) return !bare;
  return url[end] == ':' && is_port(url.substr(end + 1));
}

bool is_any_address(std::string_view address) { return address == "0.0.0.0" || address == "::"; }

}  // namespace ks
