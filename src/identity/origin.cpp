#include "identity/origin.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace ks {

namespace {
std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::optional<std::uint16_t> port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  if (digits.empty() || digits.size() > 5 || digits.front() == '0') return std::nullopt;
  if (const auto [at, code] = std::from_chars(digits.data(), end, port);
      code != std::errc{} || at != end)
    return std::nullopt;
  return port;
}

bool host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

bool valid_host(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  if (host.front() == '[')
    return host.size() > 2 && host.back() == ']' &&
           std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) {
             return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
           });
  return std::ranges::all_of(host, host_char) && host.front() != '.' && host.back() != '.';
}
}  // namespace

std::string Origin::text() const {
  std::string out = scheme + "://" + host;
  if (port != (secure() ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

Result<Origin> origin_of_host(std::string_view scheme, std::string_view host_and_port) {
  constexpr std::string_view kWrong = "must be a host, and a port where it is not the usual one";
  Origin out{lower(scheme), {}, 0};
  if (out.scheme != "http" && out.scheme != "https") return invalid("must be http or https");
  out.port = out.secure() ? 443 : 80;
  const std::size_t name_end = host_and_port.starts_with('[')
                                   ? std::min(host_and_port.find(']'), host_and_port.size() - 1) + 1
                                   : std::min(host_and_port.find(':'), host_and_port.size());
  out.host = lower(host_and_port.substr(0, name_end));
  if (!valid_host(out.host)) return invalid(std::string(kWrong));
  if (name_end < host_and_port.size()) {
    const auto port =
        host_and_port[name_end] == ':' ? port_of(host_and_port.substr(name_end + 1)) : std::nullopt;
    if (!port) return invalid(std::string(kWrong));
    out.port = *port;
  }
  return out;
}

Result<Origin> parse_origin(std::string_view url) {
  const std::size_t mark = url.find("://");
  if (mark == std::string_view::npos) return invalid("must start with http:// or https://");
  std::string_view rest = url.substr(mark + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  return origin_of_host(url.substr(0, mark), rest);
}

bool is_loopback_host(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  if (!host.starts_with("127.")) return false;
  // Four decimal numbers, written in the one usual way: others read 0177.1 or 127.1 differently.
  int parts = 0;
  std::size_t start = 0;
  while (start <= host.size()) {
    const std::size_t end = std::min(host.find('.', start), host.size());
    const std::string_view part = host.substr(start, end - start);
    int value = 0;
    const auto [at, code] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (part.empty() || part.size() > 3 || code != std::errc{} || at != part.data() + part.size() ||
        value > 255 || value < 0 || (part.size() > 1 && part.front() == '0'))
      return false;
    ++parts;
    start = end + 1;
  }
  return parts == 4;
}

}  // namespace ks
