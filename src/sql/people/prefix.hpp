#pragma once

#include <string>
#include <string_view>

#include "domain/name.hpp"

namespace ks::sql {

// The bounds between which lie the texts that begin with one, whatever the case of a to z.
//
// Both engines' lower() changes a to z alone for columns in the byte order, and so does
// ascii_lower(). The upper bound has more code points than a name: otherwise whoever's name begins
// with the last one would be in no list.
struct Prefix {
  explicit Prefix(std::string_view text) : low(ascii_lower(text)), high(low) {
    constexpr std::string_view kLast = "\xf4\x8f\xbf\xbf";
    for (std::size_t i = 0; i <= kTextMax; ++i) high += kLast;
  }
  std::string low;
  std::string high;
};

}  // namespace ks::sql
