#include "http/wire/address.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>

namespace ks::http {

namespace {
constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::string_view trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}
}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
  IpAddress out;
  char buffer[INET6_ADDRSTRLEN + 1] = {};
  if (text.size() < sizeof(buffer)) {
    std::ranges::copy(text, buffer);
    in_addr v4{};
    if (inet_pton(AF_INET, buffer, &v4) == 1) {
      std::ranges::copy(kMappedPrefix, out.bytes_.begin());
      std::memcpy(out.bytes_.data() + 12, &v4, 4);
      return out;
    }
    if (inet_pton(AF_INET6, buffer, out.bytes_.data()) == 1) return out;
  }
  return invalid("not an IP address: " + std::string(text));
}

std::string IpAddress::text() const {
  char buffer[INET6_ADDRSTRLEN] = {};
  const bool v4 = is_v4();
  inet_ntop(v4 ? AF_INET : AF_INET6, bytes_.data() + (v4 ? 12 : 0), buffer, sizeof(buffer));
  return buffer;
}

bool IpAddress::is_v4() const {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes_.begin());
}

IpAddress IpAddress::cut(std::size_t bytes) const {
  IpAddress out = *this;
  std::fill(out.bytes_.begin() + static_cast<std::ptrdiff_t>(bytes), out.bytes_.end(),
            std::uint8_t{0});
  return out;
}

IpAddress IpAddress::network() const { return is_v4() ? *this : cut(8); }

std::optional<IpAddress> IpAddress::site() const {
  return is_v4() ? std::nullopt : std::optional(cut(6));
}

std::string network_of(std::string_view address) {
  const auto parsed = IpAddress::parse(address);
  return parsed ? parsed->network().text() : std::string(address);
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  IpNetwork out;
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string_view address = text.substr(0, slash);
  KS_TRY(out.base_, IpAddress::parse(address));
  if (slash == text.size()) return out;
  const bool v4 = address.find(':') == std::string_view::npos;
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (code != std::errc() || end != digits.data() + digits.size() || bits > (v4 ? 32U : 128U))
    return invalid("bad prefix length: " + std::string(text));
  out.bits_ = v4 ? bits + 96 : bits;
  return out;
}

bool IpNetwork::contains(const IpAddress& address) const {
  const std::size_t whole = bits_ / 8;
  if (std::memcmp(address.bytes_.data(), base_.bytes_.data(), whole) != 0) return false;
  const unsigned rest = bits_ % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xffU << (8 - rest));
  return (address.bytes_[whole] & mask) == (base_.bytes_[whole] & mask);
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& networks) {
  std::vector<IpNetwork> out;
  for (const std::string& text : networks) {
    KS_TRY(out.emplace_back(), IpNetwork::parse(text));
  }
  return TrustedProxies(std::move(out));
}

bool TrustedProxies::trusts(const IpAddress& address) const {
  return std::ranges::any_of(networks_,
                             [&](const IpNetwork& network) { return network.contains(address); });
}

bool TrustedProxies::trusts(std::string_view peer) const {
  if (networks_.empty()) return false;
  const auto address = IpAddress::parse(peer);
  return address && trusts(*address);
}

std::string TrustedProxies::client(std::string_view peer, const Headers& headers) const {
  std::string nearest(peer);
  if (!trusts(peer)) return nearest;
  for (std::size_t i = headers.size(); i-- > 0;) {
    const Header header = headers.at(i);
    if (!equal_ignoring_case(header.name, "x-forwarded-for")) continue;
    std::string_view hops = header.value;
    while (!hops.empty()) {
      const std::size_t comma = hops.rfind(',');
      const bool first = comma == std::string_view::npos;
      const auto hop = IpAddress::parse(trim(first ? hops : hops.substr(comma + 1)));
      if (!hop) return nearest;
      nearest = hop->text();
      if (!trusts(*hop)) return nearest;
      hops = first ? std::string_view{} : hops.substr(0, comma);
    }
  }
  return nearest;
}

}  // namespace ks::http
