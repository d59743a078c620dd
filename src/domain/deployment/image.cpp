#include "domain/deployment/image.hpp"

#include <algorithm>
#include <charconv>

namespace ks {

namespace {

bool alnum_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool alnum(char c) { return alnum_lower(c) || (c >= 'A' && c <= 'Z'); }
bool digit(char c) { return c >= '0' && c <= '9'; }

// Letters and digits with separators '.', '_', '__' or any number of '-' between them.
bool is_path_component(std::string_view text) {
  if (text.empty() || !alnum_lower(text.front()) || !alnum_lower(text.back())) return false;
  for (std::size_t i = 0; i < text.size();) {
    if (alnum_lower(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && !alnum_lower(text[end])) ++end;
    const std::string_view separator = text.substr(i, end - i);
    const bool dashes = std::ranges::all_of(separator, [](char c) { return c == '-'; });
    if (!dashes && separator != "." && separator != "_" && separator != "__") return false;
    i = end;
  }
  return true;
}

bool upper(char c) { return c >= 'A' && c <= 'Z'; }

bool is_host(std::string_view text) {
  // An IPv6 address in brackets; whether it is a good one, the connection shows.
  std::string_view address;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    address = text.substr(1, end - 1);
    if (address.find_first_not_of("0123456789abcdefABCDEF:") != std::string_view::npos)
      return false;
    text.remove_prefix(end + 1);
    if (text.empty()) return true;
  }
  const std::size_t colon = text.find(':');
  std::string_view name = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    int number = 0;
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (port.empty() || !std::ranges::all_of(port, digit) || failed != std::errc{} ||
        end != port.data() + port.size() || number < 1 || number > 65535)
      return false;
  }
  if (!address.empty()) return name.empty() && colon == 0;
  if (name.empty() || name.size() > 253) return false;
  std::size_t start = 0;
  while (start <= name.size()) {
    const std::size_t end = std::min(name.find('.', start), name.size());
    const std::string_view label = name.substr(start, end - start);
    if (label.empty() || !alnum(label.front()) || !alnum(label.back())) return false;
    if (!std::ranges::all_of(label, [](char c) { return alnum(c) || c == '-'; })) return false;
    start = end + 1;
  }
  return true;
}

}  // namespace

Result<ImageRef> parse_image(std::string_view text) {
  const auto wrong = [] {
    return invalid("must be an image reference such as docker.io/library/redis:7");
  };
  if (text.empty()) return invalid("must not be empty");
  if (text.size() > 512) return invalid("must have at most 512 characters");
  // The reference library refuses these, because Docker takes them for image ids.
  if (text.size() == 64 &&
      std::ranges::all_of(text, [](char c) { return digit(c) || (c >= 'a' && c <= 'f'); }))
    return wrong();
  ImageRef out;
  std::string_view rest = text;
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    const std::string_view digest = rest.substr(at + 1);
    if (!digest.starts_with("sha256:") || digest.size() != 7 + 64 ||
        !std::ranges::all_of(digest.substr(7),
                             [](char c) { return digit(c) || (c >= 'a' && c <= 'f'); }))
      return invalid("must have a digest of the form sha256:<64 hexadecimal digits>");
    out.digest = digest;
    rest = rest.substr(0, at);
  }
  const std::size_t slash = rest.rfind('/');
  const std::size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
    const std::string_view tag = rest.substr(colon + 1);
    const bool word_first = !tag.empty() && (alnum(tag.front()) || tag.front() == '_');
    if (!word_first || tag.size() > 128 || !std::ranges::all_of(tag, [](char c) {
          return alnum(c) || c == '_' || c == '.' || c == '-';
        }))
      return invalid("has a tag with characters that tags cannot have");
    out.tag = tag;
    rest = rest.substr(0, colon);
  }
  const std::size_t first = rest.find('/');
  const std::string_view head = rest.substr(0, first);
  const bool names_host =
      first != std::string_view::npos && (head.find_first_of(".:") != std::string_view::npos ||
                                          head == "localhost" || std::ranges::any_of(head, upper));
  if (names_host) {
    if (!is_host(head)) return wrong();
    out.registry = head;
    rest = rest.substr(first + 1);
  } else {
    out.registry = "docker.io";
  }
  if (rest.empty() || rest.size() > 255) return wrong();
  std::size_t start = 0;
  while (start <= rest.size()) {
    const std::size_t end = std::min(rest.find('/', start), rest.size());
    if (!is_path_component(rest.substr(start, end - start))) return wrong();
    start = end + 1;
  }
  out.repository = rest;
  // As the reference library normalizes: Docker Hub's official images live below library/.
  if (out.registry == "index.docker.io") out.registry = "docker.io";
  if (out.registry == "docker.io" && out.repository.find('/') == std::string::npos)
    out.repository = "library/" + out.repository;
  if (out.repository.size() > 255) return wrong();
  return out;
}

}  // namespace ks
