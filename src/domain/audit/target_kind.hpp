#pragma once

#include <string_view>

namespace ks {

// Whether rows of an organization's chain are about things of this kind. Any other word finds
// nothing in its log.
bool is_target_kind(std::string_view text);

}  // namespace ks
