#include "reach/policy.hpp"

#include <doctest/doctest.h>

#include "reach/ports.hpp"

namespace ks::reach {

namespace {
Address at(std::string_view text) { return Address::parse(text).value(); }
Cidr range(std::string_view text) { return Cidr::parse(text).value(); }
}  // namespace

TEST_CASE("a block has its exceptions") {
  const IpBlock block{range("0.0.0.0/0"), {range("10.0.0.0/8"), range("169.254.0.0/16")}};
  CHECK(block.contains(at("1.1.1.1")));
  CHECK_FALSE(block.contains(at("169.254.169.254")));
  CHECK_FALSE(block.touches(range("10.244.0.0/16")));
  CHECK(block.touches(range("8.0.0.0/6")));  // 11.0.0.0/8 is not excepted.
}

TEST_CASE("ports are kept as ranges that neither touch nor overlap") {
  PortSet set;
  set.add(Protocol::tcp, 80, 80);
  set.add(Protocol::tcp, 82, 90);
  set.add(Protocol::tcp, 81, 81);
  set.add(Protocol::udp, 53, 53);
  set.add(Protocol::tcp, 0, 70'000);
  CHECK(set.text() == "TCP 80-90; UDP 53");
  CHECK(set.has(Protocol::tcp, 85));
  CHECK_FALSE(set.has(Protocol::udp, 85));
  PortSet other;
  other.add(Protocol::tcp, 85, 65535);
  CHECK((set & other).text() == "TCP 85-90");
  CHECK((set & PortSet::none()).empty());
  CHECK((set & PortSet::all()) == set);
  CHECK(PortSet::none().text() == "none");
}

}  // namespace ks::reach
