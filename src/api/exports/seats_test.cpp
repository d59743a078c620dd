#include "api/exports/seats.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "base/random.hpp"

namespace ks::api {

TEST_CASE("exports are bounded by person, by organization and in all, and seats come back") {
  const SystemClock clock;
  SeededRandom random(5);
  const auto user = [&] { return UserId::make(clock, random); };
  const auto org = [&] { return OrgId::make(clock, random); };
  ExportSeats seats({.per_person = 1, .per_org = 2, .all = 3});
  const UserId ann = user();
  const OrgId acme = org(), other = org();
  auto first = seats.take(ann, acme);
  CHECK(first);
  CHECK_FALSE(seats.take(ann, other));
  auto second = seats.take(user(), acme);
  CHECK(second);
  CHECK_FALSE(seats.take(user(), acme));
  const auto third = seats.take(user(), other);
  CHECK(third);
  CHECK_FALSE(seats.take(user(), org()));
  const auto copy = first;
  first.reset();
  CHECK_FALSE(seats.take(ann, acme));
  second.reset();
  CHECK(seats.take(user(), acme));
}

TEST_CASE("a seat may outlive the seats") {
  const SystemClock clock;
  SeededRandom random(5);
  ExportSeats::Seat seat;
  {
    ExportSeats seats;
    seat = seats.take(UserId::make(clock, random), OrgId::make(clock, random));
  }
  CHECK(seat);
}

}  // namespace ks::api
