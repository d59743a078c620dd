#include "base/clock.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace ks {

TEST_CASE("RFC 3339 times are read with fraction and offset") {
  const std::vector<std::pair<std::string, std::int64_t>> cases = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01t00:00:00z", 0},
      {"1985-04-12T23:20:50.52Z", 482'196'050'520'000},
      {"1996-12-19T16:39:57-08:00", 851'042'397'000'000},
      {"1937-01-01T12:00:27.87+00:20", -1'041'337'172'130'000},
      {"2024-02-29T00:00:00Z", 1'709'164'800'000'000},
      {"2026-01-02T03:04:05.000006Z", 1'767'323'045'000'006},
      {"2026-01-02T03:04:05.0000069999Z", 1'767'323'045'000'006},
      {"1969-12-31T23:59:59.999999Z", -1},
      {"0000-01-01T00:00:00Z", -62'167'219'200'000'000},
      {"9999-12-31T23:59:59.999999Z", 253'402'300'799'999'999},
  };
  for (const auto& [text, us] : cases) {
    CAPTURE(text);
    const auto time = parse_rfc3339(text);
    REQUIRE(time);
    CHECK(time->us == us);
  }
}

TEST_CASE("what is no time of RFC 3339 is refused") {
  for (const std::string text : {"",
                                 "2026",
                                 "2026-01-02",
                                 "2026-01-02T03:04:05",
                                 "2026-01-02 03:04:05Z",
                                 "2026-13-02T03:04:05Z",
                                 "2026-00-02T03:04:05Z",
                                 "2026-02-30T03:04:05Z",
                                 "2025-02-29T03:04:05Z",
                                 "2026-01-02T24:00:00Z",
                                 "2026-01-02T03:60:05Z",
                                 "2026-01-02T03:04:61Z",
                                 "2026-01-02T03:04:05.Z",
                                 "2026-01-02T03:04:05.5",
                                 "2026-01-02T03:04:05+1:00",
                                 "2026-01-02T03:04:05+25:00",
                                 "2026-01-02T03:04:05+00:60",
                                 "2026-01-02T03:04:05ZZ",
                                 "2026-01-02T03:04:05Z ",
                                 " 2026-01-02T03:04:05Z",
                                 "26-01-02T03:04:05Z",
                                 "2026-1-2T03:04:05Z",
                                 "+026-01-02T03:04:05Z",
                                 "2026-01-02T03:04:5.5Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("times are written in UTC with microseconds, and read back the same") {
  CHECK(rfc3339(Time{0}) == "1970-01-01T00:00:00.000000Z");
  CHECK(rfc3339(Time{1'767'323'045'000'006}) == "2026-01-02T03:04:05.000006Z");
  CHECK(rfc3339(Time{-1}) == "1969-12-31T23:59:59.999999Z");
  CHECK(rc::check([] {
    const Time time{
        *rc::gen::inRange<std::int64_t>(-62'167'219'200'000'000, 253'402'300'800'000'000)};
    const auto back = parse_rfc3339(rfc3339(time));
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->us == time.us);
  }));
}

TEST_CASE("written times sort as the moments do") {
  CHECK(rc::check([] {
    const auto any = rc::gen::inRange<std::int64_t>(0, 253'402'300'800'000'000);
    const Time a{*any}, b{*any};
    RC_ASSERT((rfc3339(a) < rfc3339(b)) == (a < b));
  }));
}

TEST_CASE("a manual clock moves only when told") {
  ManualClock clock;
  const Time start = clock.now();
  CHECK(clock.now() == start);
  clock.advance(hours(1) + seconds(2));
  CHECK(clock.now() - start == minutes(60) + milliseconds(2000));
  CHECK(clock.monotonic() == clock.now());
  clock.set(Time{5});
  CHECK(clock.now().us == 5);
  CHECK(days(2) == hours(24) * 2);
}

TEST_CASE("the system's clock tells a time of this century and its monotonic one never goes back") {
  const SystemClock clock;
  CHECK(clock.now() > *parse_rfc3339("2025-01-01T00:00:00Z"));
  CHECK(clock.now() < *parse_rfc3339("2100-01-01T00:00:00Z"));
  Time last = clock.monotonic();
  for (int i = 0; i < 1000; ++i) {
    const Time next = clock.monotonic();
    CHECK(next >= last);
    last = next;
  }
}

}  // namespace ks
