#include "mail/display.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.hpp"

namespace ks::mail {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::string_view kZeroWidthSpace = "\xe2\x80\x8b";
// What an internationalized name may have in place of a dot (RFC 3490, 3.1): U+3002, U+FF0E,
// U+FF61.
constexpr std::array<std::string_view, 3> kOtherDots = {"\xe3\x80\x82", "\xef\xbc\x8e",
                                                        "\xef\xbd\xa1"};

// The length of the code point at the beginning, 0 when that is none.
std::size_t code_point_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : (first < 0xe0 ? 2 : (first < 0xf0 ? 3 : 4));
  return text.size() >= length && is_utf8(text.substr(0, length)) ? length : 0;
}

// C0, DEL, C1, the line and paragraph separators, and what embeds, overrides or isolates a
// direction (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069).
bool breaks_line(std::string_view point) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(point[i]); };
  if (point.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7f;
  if (point.size() == 2)
    return (byte(0) == 0xc2 && byte(1) < 0xa0) || (byte(0) == 0xd8 && byte(1) == 0x9c);
  if (point.size() != 3 || byte(0) != 0xe2) return false;
  if (byte(1) == 0x80)
    return byte(2) == 0x8e || byte(2) == 0x8f || (byte(2) >= 0xa8 && byte(2) <= 0xae);
  return byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;
}

}  // namespace

std::string one_line(std::string_view text, std::size_t length_max) {
  std::string out;
  std::size_t length = 0;
  while (!text.empty()) {
    if (length == length_max) return out + "…";
    const std::size_t bytes = code_point_bytes(text);
    const std::string_view point = text.substr(0, bytes);
    if (bytes == 0)
      out += kReplacement;
    else if (breaks_line(point))
      out += ' ';
    else
      out += point;
    text.remove_prefix(bytes == 0 ? 1 : bytes);
    ++length;
  }
  return out;
}

std::string amount_in(std::string_view amount, Locale locale) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kGerman = {
      {{"cpu", "CPU"},
       {"bytes", "Byte"},
       {"KiB", "KiB"},
       {"MiB", "MiB"},
       {"GiB", "GiB"},
       {"TiB", "TiB"}}};
  const std::size_t space = amount.find(' ');
  if (locale == Locale::en || space == 0 || space == amount.npos) return std::string(amount);
  std::string out(amount.substr(0, space));
  const bool number = out.find_first_not_of("0123456789.") == out.npos &&
                      std::ranges::count(out, '.') <= 1 && out.front() != '.' && out.back() != '.';
  const auto unit = std::ranges::find(kGerman, amount.substr(space + 1),
                                      [](const auto& pair) { return pair.first; });
  if (!number || unit == kGerman.end()) return std::string(amount);
  std::ranges::replace(out, '.', ',');
  return out.append(" ").append(unit->second);
}

std::string unlinked(std::string_view text) {
  const std::string line = one_line(text);
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    out += line[i];
    const bool joins =
        line[i] == '.' || line[i] == ':' || line[i] == '@' ||
        std::ranges::any_of(kOtherDots, [&](std::string_view dot) { return out.ends_with(dot); });
    if (joins && i + 1 < line.size() && line[i + 1] != ' ') out += kZeroWidthSpace;
  }
  return out;
}

}  // namespace ks::mail
