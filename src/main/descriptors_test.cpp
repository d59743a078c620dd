#include "main/descriptors.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

using namespace ks;

TEST_CASE("the limit of open files is raised to what the system allows") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit low = before;
  low.rlim_cur = 64;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  const std::size_t raised = raise_descriptors();
  rlimit after{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &after) == 0);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(after.rlim_cur > 64);
  CHECK(after.rlim_cur == raised);
}

TEST_CASE("connections leave files for everything else") {
  CHECK(connections_within(64) == 32);
  CHECK(connections_within(1024) == 768);
  CHECK(connections_within(1 << 20) == 10'000);
}
