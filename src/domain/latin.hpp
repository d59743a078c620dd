#pragma once

#include <string>
#include <string_view>

namespace ks {

// `text`, which is valid UTF-8, with Latin letters as they are written where there are only a to z:
// "ae" for an a with two dots, in one code point or in two, "ss" for a sharp s, and of others the
// letter without its marks. Those that become something else are small. The rest stays.
std::string in_plain_latin(std::string_view text);

}  // namespace ks
