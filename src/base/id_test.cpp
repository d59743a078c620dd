#include "base/id.hpp"

#include <set>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>

namespace ks {

namespace {
using AppleId = Id<struct Apple>;
using PearId = Id<struct Pear>;
static_assert(!std::is_convertible_v<AppleId, PearId>);
static_assert(!std::is_constructible_v<AppleId, std::string>);
static_assert(!std::is_default_constructible_v<AppleId>);
}  // namespace

TEST_CASE("an id is read in both cases and kept in lower case") {
  const auto id = AppleId::parse("0190A1B2-C3D4-7E5F-8901-23456789ABCD");
  REQUIRE(id);
  CHECK(id->text() == "0190a1b2-c3d4-7e5f-8901-23456789abcd");
  CHECK(id->str() == id->text());
  CHECK(*id == *AppleId::parse(id->text()));
  CHECK(IdHash<struct Apple>{}(*id) == IdHash<struct Apple>{}(*AppleId::parse(id->text())));
}

TEST_CASE("what is no UUID is answered like an id that is not there") {
  for (const std::string text :
       {"", "x", "0190a1b2-c3d4-7e5f-8901-23456789abc", "0190a1b2-c3d4-7e5f-8901-23456789abcde",
        "0190a1b2c3d4-7e5f-8901-23456789abcd-", "0190a1b2-c3d4-7e5f-8901-23456789abcg",
        "{190a1b2-c3d4-7e5f-8901-23456789abc}", "0190a1b2_c3d4_7e5f_8901_23456789abcd"}) {
    CAPTURE(text);
    const auto id = AppleId::parse(text);
    REQUIRE_FALSE(id);
    CHECK(id.error().code == Error::Code::not_found);
    CHECK(id.error().message == not_found().error().message);
    CHECK_FALSE(is_uuid(text));
  }
  CHECK_FALSE(is_uuid("0190A1B2-C3D4-7E5F-8901-23456789ABCD"));
  CHECK(is_uuid("0190a1b2-c3d4-7e5f-8901-23456789abcd"));
}

// RFC 9562, appendix A.6: 1645557742000 ms is 0x017f22e279b0.
TEST_CASE("a new id is a version 7 UUID with the clock's milliseconds in front") {
  ManualClock clock(Time{1'645'557'742'000'999});
  SeededRandom random(1);
  const std::string text = AppleId::make(clock, random).str();
  CHECK(text.substr(0, 13) == "017f22e2-79b0");
  CHECK(text[14] == '7');
  CHECK(std::string("89ab").find(text[19]) != std::string::npos);
}

TEST_CASE("ids are ordered by time of making and differ within one millisecond") {
  ManualClock clock;
  SeededRandom random(7);
  std::set<AppleId> seen;
  AppleId last = AppleId::make(clock, random);
  for (int i = 0; i < 1000; ++i) {
    CHECK(seen.insert(AppleId::make(clock, random)).second);
    clock.advance(milliseconds(1));
    const AppleId next = AppleId::make(clock, random);
    CHECK(last < next);
    last = next;
  }
}

}  // namespace ks
