#include "identity/network.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace ks {

std::string network_of(const std::string& address) {
  std::array<unsigned char, 16> v6{};
  if (inet_pton(AF_INET6, address.c_str(), v6.data()) != 1) return address;
  constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), v6.begin())) {
    std::array<char, INET_ADDRSTRLEN> v4{};
    inet_ntop(AF_INET, v6.data() + kMapped.size(), v4.data(), v4.size());
    return v4.data();
  }
  std::fill(v6.begin() + 8, v6.end(), 0);
  std::array<char, INET6_ADDRSTRLEN> network{};
  inet_ntop(AF_INET6, v6.data(), network.data(), network.size());
  return std::string(network.data()) + "/64";
}

}  // namespace ks
