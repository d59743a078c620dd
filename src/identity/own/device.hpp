#pragma once

#include <string>
#include <string_view>

namespace ks {

// A word or two of a User-Agent that tell its person which device it was: "Firefox on Linux",
// "curl". Printable ASCII, at most 60 characters; empty when nothing is recognized. Whoever sends
// it chooses it: it is for reading, and decides nothing.
std::string device_of(std::string_view user_agent);

}  // namespace ks
