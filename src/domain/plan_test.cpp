#include "domain/plan.hpp"

#include <doctest/doctest.h>

namespace ks {

namespace {
Entitlements plan(std::vector<Entitlement> rows) { return Entitlements("free", std::move(rows)); }
}  // namespace

TEST_CASE("absent is never allowed, and no value is unlimited") {
  const Entitlements limits = plan({{"deployments.max", std::nullopt}, {"sso", "true"}});
  CHECK_FALSE(limits.limit("deployments.max").has_value());
  CHECK(limits.limit("teams.max") == 0);
  CHECK(limits.allows("sso"));
  CHECK_FALSE(limits.allows("audit.export"));
}

TEST_CASE("limits are read in the feature's unit, and an unreadable one allows nothing") {
  const Entitlements limits = plan({{"cpu.max", "1500m"},
                                    {"memory.max", "2Gi"},
                                    {"deployments.max", "5"},
                                    {"teams.max", "many"}});
  CHECK(limits.limit("cpu.max") == 1500);
  CHECK(limits.limit("memory.max") == std::int64_t{2} << 30);
  CHECK(limits.limit("deployments.max") == 5);
  CHECK(limits.limit("teams.max") == 0);
}

TEST_CASE("isolation that is missing or unknown is the strictest") {
  CHECK(plan({}).isolation() == Isolation::dedicated);
  CHECK(plan({{"network.isolation", "none"}}).isolation() == Isolation::dedicated);
  CHECK(plan({{"network.isolation", "shared"}}).isolation() == Isolation::shared);
}

TEST_CASE("the first limit that a change breaks is named with what is used and asked for") {
  const Entitlements limits = plan({{"deployments.max", "2"},
                                    {"teams.max", "9"},
                                    {"members.max", "9"},
                                    {"cpu.max", "1"},
                                    {"memory.max", "1Gi"},
                                    {"storage.max", "1Gi"}});
  Usage used;
  used.deployments = 1;
  used.amount.cpu_milli = 800;
  Usage one;
  one.deployments = 1;
  CHECK_FALSE(first_overrun(used, one, limits));
  one.amount.cpu_milli = 201;
  const auto overrun = first_overrun(used, one, limits);
  REQUIRE(overrun);
  CHECK(overrun->feature == "cpu.max");
  CHECK(overrun->limit == 1000);
  CHECK(overrun->used == 800);
  CHECK(overrun->requested == 201);
}

TEST_CASE("freeing passes even far over the limit") {
  Usage used;
  used.deployments = 50;
  Usage back;
  back.deployments = -1;
  CHECK_FALSE(first_overrun(used, back, plan({{"deployments.max", "1"}})));
}

TEST_CASE("amounts near the largest number do not wrap around a limit") {
  Usage used, change;
  used.deployments = 1;
  change.deployments = std::int64_t{1} << 62;
  CHECK(first_overrun(used, change, plan({{"deployments.max", "3"}})).has_value());
}

}  // namespace ks
