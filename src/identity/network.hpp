#pragma once

#include <string>

namespace ks {

// What an address is counted as. Whoever has one IPv6 address usually has the 2^64 of its network.
std::string network_of(const std::string& address);

}  // namespace ks
