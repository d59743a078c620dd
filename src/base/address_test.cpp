#include "base/address.hpp"

#include <doctest/doctest.h>

namespace ks {

namespace {
Address at(std::string_view text) { return Address::parse(text).value(); }
Cidr range(std::string_view text) { return Cidr::parse(text).value(); }
}  // namespace

TEST_CASE("addresses are read as the network reads them") {
  CHECK(at("169.254.169.254").text() == "169.254.169.254");
  CHECK(at("::ffff:169.254.169.254") == at("169.254.169.254"));
  CHECK(at("FD00:EC2::254").text() == "fd00:ec2::254");
  for (const char* none : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4/8",
                           ":::", "0x7f.1", "localhost"})
    CHECK_MESSAGE(!Address::parse(none), none);
}

TEST_CASE("a range holds what its first bits say") {
  CHECK(range("10.0.0.0/8").contains(at("10.255.0.1")));
  CHECK_FALSE(range("10.0.0.0/8").contains(at("11.0.0.0")));
  CHECK(range("0.0.0.0/0").contains(at("255.255.255.255")));
  CHECK_FALSE(range("0.0.0.0/0").contains(at("::1")));
  CHECK(range("10.1.2.3/8").contains(at("10.9.9.9")));  // Bits behind the length do not count.
  CHECK(range("fe80::/10").contains(at("febf::1")));
  CHECK(range("::ffff:10.0.0.0/104").contains(at("10.2.3.4")));
  CHECK(range("10.0.0.0/8").contains(range("10.4.0.0/16")));
  CHECK_FALSE(range("10.4.0.0/16").contains(range("10.0.0.0/8")));
  CHECK(range("10.4.0.0/16").overlaps(range("10.0.0.0/8")));
  CHECK(range("10.255.3.4/9").trimmed().text() == "10.128.0.0/9");
  CHECK(range("10.1.2.3/0").trimmed().text() == "0.0.0.0/0");
  CHECK(range("10.1.2.3/32").trimmed().text() == "10.1.2.3/32");
  CHECK(range("2606:4700:ffff::1/33").trimmed().text() == "2606:4700:8000::/33");
  for (const char* none : {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1",
                           "10.0.0.0/8x", "/8", "::ffff:10.0.0.0/64"})
    CHECK_MESSAGE(!Cidr::parse(none), none);
}

}  // namespace ks
