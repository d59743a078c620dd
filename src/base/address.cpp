#include "base/address.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace ks {

std::optional<Address> Address::parse(std::string_view text) {
  const std::string copy(text);
  Address out;
  if (inet_pton(AF_INET, copy.c_str(), out.bytes_.data()) == 1 && copy.size() == text.size())
    return out;
  out = {};
  out.v4_ = false;
  if (inet_pton(AF_INET6, copy.c_str(), out.bytes_.data()) != 1) return std::nullopt;
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!std::equal(kMapped.begin(), kMapped.end(), out.bytes_.begin())) return out;
  Address carried;
  std::copy_n(out.bytes_.begin() + 12, 4, carried.bytes_.begin());
  return carried;
}

Address Address::first(int index) const {
  Address out = *this;
  for (int i = std::max(index, 0); i < bits(); ++i)
    out.bytes_.at(std::size_t(i / 8)) &= std::uint8_t(~(0x80U >> (i % 8)));
  return out;
}

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> out{};
  inet_ntop(v4_ ? AF_INET : AF_INET6, bytes_.data(), out.data(), out.size());
  return out.data();
}

Result<Cidr> Cidr::parse(std::string_view text) {
  const auto fault = [&] { return invalid(fmt::format("\"{}\" is no range of addresses", text)); };
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return fault();
  const auto base = Address::parse(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  int length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (!base || digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
    return fault();
  // "::ffff:10.0.0.0/104" is 10.0.0.0/8.
  const bool mapped = base->is_v4() && text.substr(0, slash).find(':') != text.npos;
  if (mapped) length -= 96;
  if (length < 0 || length > base->bits()) return fault();
  return Cidr(*base, length);
}

bool Cidr::same_start(const Address& other) const {
  for (int i = 0; i < length_; ++i)
    if (base_.bit(i) != other.bit(i)) return false;
  return true;
}

bool Cidr::contains(const Address& address) const {
  return base_.is_v4() == address.is_v4() && same_start(address);
}

bool Cidr::contains(const Cidr& other) const {
  return base_.is_v4() == other.base_.is_v4() && length_ <= other.length_ &&
         same_start(other.base_);
}

Cidr Cidr::trimmed() const { return {base_.first(length_), length_}; }

std::string Cidr::text() const { return fmt::format("{}/{}", base_.text(), length_); }

}  // namespace ks
