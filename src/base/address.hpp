#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ks {

// An IP address. An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) is the IPv4 address that it
// carries, since that is where its packets go.
class Address {
 public:
  // nullopt: not the text of an address (RFC 4291, 2.2; dotted quads without leading zeros).
  static std::optional<Address> parse(std::string_view text);

  bool is_v4() const { return v4_; }
  int bits() const { return v4_ ? 32 : 128; }
  bool bit(int index) const {
    return (bytes_.at(std::size_t(index / 8)) >> (7 - index % 8) & 1) != 0;
  }
  // With the bits from `index` on at zero.
  Address first(int index) const;
  std::string text() const;
  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  bool v4_ = true;
  std::array<std::uint8_t, 16> bytes_{};  // In network order; of IPv4 the first four.
};

// A range of addresses (RFC 4632). Bits behind the length do not count.
class Cidr {
 public:
  static Result<Cidr> parse(std::string_view text);
  static Cidr of(const Address& one) { return {one, one.bits()}; }

  bool contains(const Address& address) const;
  bool contains(const Cidr& other) const;
  bool overlaps(const Cidr& other) const { return contains(other) || other.contains(*this); }
  const Address& base() const { return base_; }
  int length() const { return length_; }
  // The same range in its one form, without bits behind the length.
  Cidr trimmed() const;
  std::string text() const;
  friend auto operator<=>(const Cidr&, const Cidr&) = default;

 private:
  Cidr(const Address& base, int length) : base_(base), length_(length) {}
  bool same_start(const Address& other) const;

  Address base_;
  int length_ = 0;
};

}  // namespace ks
