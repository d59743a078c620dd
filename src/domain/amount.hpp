#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ks {

// An amount of a plan's feature, in the feature's own unit, as people say it: "8 cpu", "1.5 GiB",
// "1 deployment". A feature that nobody knows has a bare number.
std::string spoken_amount(std::string_view feature, std::int64_t amount);
// The same beside the feature's name, so without it: "5", "2 cpu", "4 GiB".
std::string named_amount(std::string_view feature, std::int64_t amount);

}  // namespace ks
