#pragma once

#include <string>

namespace ks {

// What an address is counted as, and its person is shown: itself, or "2001:db8:1:2::/64". Whoever
// has one IPv6 address usually has the 2^64 of its network.
std::string network_of(const std::string& address);

}  // namespace ks
