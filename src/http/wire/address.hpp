#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "http/message.hpp"

namespace ks::http {

// An IPv4 or IPv6 address; IPv4 and IPv4-mapped IPv6 are the same address.
class IpAddress {
 public:
  static Result<IpAddress> parse(std::string_view text);
  std::string text() const;
  // What one household or host is known by: of IPv6 the /64, of which everybody has 2^64
  // addresses; an IPv4 address itself.
  IpAddress network() const;
  // What one site can have at most: of IPv6 the /48. A provider gives a house a /56 or a /48 and
  // not only a /64 (RFC 6177), of whose interface identifiers (RFC 4291, 2.5.1) network() makes
  // one: that are up to 65,536 networks for whoever asks. None of an IPv4 address.
  std::optional<IpAddress> site() const;
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }
  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  friend class IpNetwork;
  bool is_v4() const;
  // With nothing behind these bytes.
  IpAddress cut(std::size_t bytes) const;
  std::array<std::uint8_t, 16> bytes_{};
};

// The network of an address as text; what is no address stands for itself.
std::string network_of(std::string_view address);

// An address with a prefix length, "10.0.0.0/8", "fd00::/8", or an address alone.
class IpNetwork {
 public:
  static Result<IpNetwork> parse(std::string_view text);
  bool contains(const IpAddress& address) const;

 private:
  IpAddress base_;
  unsigned bits_ = 128;
};

// Which peers may say for whom they speak. Forwarding headers of anybody else are ignored: a client
// could write any address there and so pass limits that are kept by address.
class TrustedProxies {
 public:
  TrustedProxies() = default;
  explicit TrustedProxies(std::vector<IpNetwork> networks) : networks_(std::move(networks)) {}
  static Result<TrustedProxies> parse(const std::vector<std::string>& networks);

  bool trusts(std::string_view peer) const;
  // The last address in X-Forwarded-For (all its lines are one list), read from its end, that is no
  // trusted proxy. An entry that is no address ends the walk at the hop that wrote it.
  std::string client(std::string_view peer, const Headers& headers) const;

 private:
  bool trusts(const IpAddress& address) const;
  std::vector<IpNetwork> networks_;
};

}  // namespace ks::http
