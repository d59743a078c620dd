#include "identity/network.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <arpa/inet.h>

namespace ks {

namespace {

using V6 = std::array<unsigned char, 16>;
constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<V6> parsed(const std::string& address) {
  V6 out{};
  if (inet_pton(AF_INET6, address.c_str(), out.data()) != 1) return std::nullopt;
  return out;
}
bool is_v4(const V6& address) {
  return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}
std::string prefix(V6 address, std::size_t bytes) {
  std::fill(address.begin() + static_cast<std::ptrdiff_t>(bytes), address.end(), 0);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  return std::string(text.data()) + "/" + std::to_string(bytes * 8);
}

}  // namespace

std::string network_of(const std::string& address) {
  const auto v6 = parsed(address);
  if (!v6) return address;
  if (!is_v4(*v6)) return prefix(*v6, 8);
  std::array<char, INET_ADDRSTRLEN> v4{};
  inet_ntop(AF_INET, v6->data() + kMapped.size(), v4.data(), v4.size());
  return v4.data();
}

std::string site_of(const std::string& address) {
  const auto v6 = parsed(address);
  return v6 && !is_v4(*v6) ? prefix(*v6, 6) : std::string();
}

NetworkKeys NetworkKeys::of(const std::string& address, const Hashed& hashed) {
  const std::string site = site_of(address);
  return {hashed(network_of(address)), site.empty() ? std::string() : hashed(site)};
}

Result<NetworkTry> count_try(AccountStore& store, Tx& tx, const ClientScope& scope,
                             const NetworkKeys& keys, const RateBound& bound, Time now) {
  KS_TRY(const RateTry network, store.count_try(tx, scope, keys.network, bound, now));
  NetworkTry out{network.allowed, network.again_at, network.window_start};
  if (!network.allowed || keys.site.empty()) return out;
  RateBound of_site = bound;
  of_site.tries *= kNetworksOfSite;
  KS_TRY(const RateTry site, store.count_try(tx, scope, keys.site, of_site, now));
  if (site.allowed) {
    out.site_window = site.window_start;
    return out;
  }
  KS_CHECK(store.give_back(tx, scope, keys.network, network.window_start));
  return NetworkTry{false, site.again_at, {}};
}

Result<void> give_back(AccountStore& store, Tx& tx, const ClientScope& scope,
                       const NetworkKeys& keys, const NetworkTry& counted) {
  KS_CHECK(store.give_back(tx, scope, keys.network, counted.window_start));
  if (counted.site_window) return store.give_back(tx, scope, keys.site, *counted.site_window);
  return {};
}

}  // namespace ks
