#pragma once

#include <cstddef>
#include <string_view>

namespace ks {

// Code points of `text`, or -1 when it is not UTF-8 (RFC 3629: no overlong forms, no surrogates).
std::ptrdiff_t code_points(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace ks
