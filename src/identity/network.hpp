#pragma once

#include <functional>
#include <optional>
#include <string>

#include "store/accounts.hpp"

namespace ks {

// What an address is counted as, and its person is shown: itself, or "2001:db8:1:2::/64". Whoever
// has one IPv6 address usually has the 2^64 of its network (RFC 4291, 2.5.1).
std::string network_of(const std::string& address);

// The site that an IPv6 address is of, "2001:db8:1::/48": a provider gives a house a /56 or a /48
// (RFC 6177), which are up to 65,536 networks. Empty for every other address.
std::string site_of(const std::string& address);

// As how many networks all of one site count together, in tries that are counted by network.
inline constexpr int kNetworksOfSite = 16;

// Under what the tries from an address are counted, by its network and its site; the latter is
// empty where it has none.
struct NetworkKeys {
  std::string network;
  std::string site;

  using Hashed = std::function<std::string(const std::string&)>;
  static NetworkKeys of(const std::string& address, const Hashed& hashed);
};

struct NetworkTry {
  bool allowed = false;
  Time again_at;
  Time window_start;
  std::optional<Time> site_window = {};
};
// Counts one; `bound` is one network's. When it is refused nothing was counted.
Result<NetworkTry> count_try(AccountStore&, Tx&, const ClientScope&, const NetworkKeys&,
                             const RateBound& bound, Time now);
Result<void> give_back(AccountStore&, Tx&, const ClientScope&, const NetworkKeys&,
                       const NetworkTry&);

}  // namespace ks
