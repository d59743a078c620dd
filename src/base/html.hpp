#pragma once

#include <string>
#include <string_view>

namespace ks {

// For HTML text and quoted attributes.
std::string html_escaped(std::string_view text);

}  // namespace ks
