#include "domain/amount.hpp"

#include <doctest/doctest.h>

using namespace ks;

TEST_CASE("amounts are said with their units, as people say them") {
  CHECK(spoken_amount("deployments.max", 1) == "1 deployment");
  CHECK(spoken_amount("deployments.max", 0) == "0 deployments");
  CHECK(spoken_amount("replicas.max", 20) == "20 replicas");
  CHECK(spoken_amount("members.max", 1) == "1 seat");
  CHECK(spoken_amount("members.max", 10) == "10 seats");
  CHECK(spoken_amount("cpu.max", 8000) == "8 cpu");
  CHECK(spoken_amount("cpu.max", 250) == "0.25 cpu");
  CHECK(spoken_amount("cpu.max", 1500) == "1.5 cpu");
  CHECK(spoken_amount("cpu.max", 1050) == "1.05 cpu");
  CHECK(spoken_amount("memory.max", std::int64_t{16} << 30) == "16 GiB");
  CHECK(spoken_amount("memory.max", std::int64_t{1536} << 20) == "1.5 GiB");
  CHECK(spoken_amount("memory.max", std::int64_t{512} << 20) == "512 MiB");
  CHECK(spoken_amount("storage.max", 0) == "0 bytes");
  CHECK(spoken_amount("storage.max", std::int64_t{3} << 40) == "3 TiB");
  CHECK(spoken_amount("storage.max", INT64_MAX).ends_with(" TiB"));
}

TEST_CASE("beside its name an amount says no more than its own unit") {
  CHECK(named_amount("members.max", 10) == "10");
  CHECK(named_amount("cpu.max", 1500) == "1.5 cpu");
  CHECK(named_amount("memory.max", std::int64_t{4} << 30) == "4 GiB");
}
