#include "domain/audit/allowance.hpp"

#include <doctest/doctest.h>

using namespace ks;

namespace {
constexpr auto kAtOnce = RefusalAllowance::kAtOnce;
}

TEST_CASE("some refusals are written at once, then one a minute, which tells how many were not") {
  ManualClock clock;
  RefusalAllowance allowance(clock);
  for (int i = 0; i < kAtOnce; ++i) CHECK(allowance.take("ann") == 0);
  for (int i = 0; i < 500; ++i) CHECK_FALSE(allowance.take("ann"));
  CHECK(allowance.take("bob") == 0);
  clock.advance(RefusalAllowance::kEach);
  CHECK(allowance.take("ann") == 500);
  CHECK_FALSE(allowance.take("ann"));
  clock.advance(RefusalAllowance::kEach);
  CHECK(allowance.take("ann") == 1);
  clock.advance(RefusalAllowance::kEach * kAtOnce);
  for (int i = 0; i < kAtOnce; ++i) CHECK(allowance.take("ann") == 0);
  CHECK_FALSE(allowance.take("ann"));
}

TEST_CASE("a crowd takes a bounded memory, and frees nobody from waiting") {
  ManualClock clock;
  RefusalAllowance allowance(clock);
  for (int i = 0; i < kAtOnce; ++i) allowance.take("ann");
  std::int64_t written = 0;
  for (std::size_t i = 0; i < 3 * RefusalAllowance::kPersonsMax; ++i)
    if (allowance.take("crowd " + std::to_string(i))) ++written;
  CHECK(written < static_cast<std::int64_t>(RefusalAllowance::kPersonsMax) + kAtOnce);
  CHECK_FALSE(allowance.take("ann"));
  // Who came when there was no place has one after the others had their time.
  clock.advance(RefusalAllowance::kEach * kAtOnce);
  CHECK(allowance.take("late").has_value());
  for (int i = 1; i < kAtOnce; ++i) CHECK(allowance.take("late") == 0);
  CHECK_FALSE(allowance.take("late"));
}
