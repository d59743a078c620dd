#pragma once

#include <cstddef>
#include <string_view>

namespace ks {

// Code points of `text`, or -1 when it is not UTF-8 (RFC 3629: no overlong forms, no surrogates).
std::ptrdiff_t code_points(std::string_view text);

bool is_utf8(std::string_view text);

// The first code point of valid UTF-8 that is not empty; `text` goes on behind it.
char32_t take_code_point(std::string_view& text);

}  // namespace ks
