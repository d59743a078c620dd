#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ks::reach {

// RFC 9293, RFC 768, RFC 9260.
enum class Protocol { tcp, udp, sctp };
inline constexpr std::array kProtocols = {Protocol::tcp, Protocol::udp, Protocol::sctp};
std::string_view name(Protocol protocol);

// Ports of each protocol, as ranges that neither touch nor overlap.
class PortSet {
 public:
  using Range = std::pair<int, int>;  // First and last.

  static PortSet none() { return {}; }
  static PortSet all();

  // 1 <= first <= last <= 65535, else nothing is added.
  void add(Protocol protocol, int first, int last);
  void add(const PortSet& other);
  PortSet operator&(const PortSet& other) const;

  bool empty() const;
  bool has(Protocol protocol, int port) const;
  const std::vector<Range>& of(Protocol protocol) const { return ranges_[std::size_t(protocol)]; }
  // "TCP 80, 443-500; UDP all", "none", "all".
  std::string text() const;
  friend bool operator==(const PortSet&, const PortSet&) = default;

 private:
  std::array<std::vector<Range>, kProtocols.size()> ranges_;
};

}  // namespace ks::reach
