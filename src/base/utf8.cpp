#include "base/utf8.hpp"

#include <cstdint>

namespace ks {

std::ptrdiff_t code_points(std::string_view text) {
  std::ptrdiff_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t extra = 0;
    std::uint32_t value = 0;
    if (lead < 0x80) {
      ++i;
      continue;
    }
    if (lead >= 0xc2 && lead <= 0xdf)
      extra = 1, value = lead & 0x1fU;
    else if (lead >= 0xe0 && lead <= 0xef)
      extra = 2, value = lead & 0x0fU;
    else if (lead >= 0xf0 && lead <= 0xf4)
      extra = 3, value = lead & 0x07U;
    else
      return -1;
    if (i + extra >= text.size()) return -1;
    for (std::size_t k = 1; k <= extra; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return -1;
      value = (value << 6) | (next & 0x3fU);
    }
    if ((extra == 2 && value < 0x800) || (extra == 3 && (value < 0x10000 || value > 0x10ffff)) ||
        (value >= 0xd800 && value <= 0xdfff))
      return -1;
    i += extra + 1;
  }
  return count;
}

char32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80 ? 1 : (lead < 0xe0 ? 2 : (lead < 0xf0 ? 3 : 4));
  char32_t point = length == 1 ? lead : lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) point = (point << 6) | (byte(i) & 0x3fU);
  text.remove_prefix(length);
  return point;
}

bool is_utf8(std::string_view text) { return code_points(text) >= 0; }

}  // namespace ks
