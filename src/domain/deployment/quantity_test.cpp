#include "domain/deployment/quantity.hpp"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace ks {

TEST_CASE("CPU quantities are read in thousandths, rounded up") {
  const std::vector<std::pair<std::string, std::int64_t>> cases = {
      {"0", 0},        {"1", 1000},   {"500m", 500},   {"0.5", 500},  {".5", 500},
      {"1.", 1000},    {"1.5", 1500}, {"0.1", 100},    {"0.0001", 1}, {"1.0001", 1001},
      {"2k", 2000000}, {"0.5m", 1},   {"1000m", 1000}, {"001", 1000}, {"1.000000000", 1000}};
  for (const auto& [text, milli] : cases) {
    CAPTURE(text);
    const auto got = parse_cpu_milli(text);
    REQUIRE(got);
    CHECK(*got == milli);
  }
}

TEST_CASE("byte quantities are read with decimal and binary suffixes, rounded up") {
  const std::vector<std::pair<std::string, std::int64_t>> cases = {{"0", 0},
                                                                   {"1048576", 1 << 20},
                                                                   {"128Mi", 128LL << 20},
                                                                   {"1Ki", 1024},
                                                                   {"1k", 1000},
                                                                   {"1M", 1'000'000},
                                                                   {"1G", 1'000'000'000},
                                                                   {"2Gi", 2LL << 30},
                                                                   {"1T", 1'000'000'000'000},
                                                                   {"3Ti", 3LL << 40},
                                                                   {"1Pi", 1LL << 50},
                                                                   {"1.5Gi", 1610612736},
                                                                   {"0.1Ki", 103},
                                                                   {"100m", 1},
                                                                   {"1001m", 2},
                                                                   {"4194304Ti", 1LL << 62}};
  for (const auto& [text, bytes] : cases) {
    CAPTURE(text);
    const auto got = parse_bytes(text);
    REQUIRE(got);
    CHECK(*got == bytes);
  }
}

TEST_CASE("what is no quantity is refused") {
  for (const std::string text :
       {"",    " ",   ".",    "m",    "Mi",    "-1",  "+1",   "1 Mi", "1mi", "1mib", "1MiB", "1K",
        "1e3", "1E3", "0x10", "1..5", "1.5.5", "1,5", "1Mi ", "Mi1",  "½",   "one",  "1\n"}) {
    CAPTURE(text);
    const auto cpu = parse_cpu_milli(text);
    REQUIRE_FALSE(cpu);
    CHECK(cpu.error().message == "must be a quantity such as 500m, 1 or 256Mi");
    CHECK_FALSE(parse_bytes(text));
  }
}

TEST_CASE("a quantity without room in 64 bits is refused rather than wrapped") {
  for (const std::string text :
       {"9223372036854775808", "4194305Ti", "4611686018427387905", "99999999999999999999999999",
        "8192Pi", "0.0000000001", "9223372036854775807Pi"}) {
    CAPTURE(text);
    const auto bytes = parse_bytes(text);
    REQUIRE_FALSE(bytes);
    CHECK(bytes.error().message == "is out of range");
  }
  CHECK_FALSE(parse_cpu_milli("4611686018427388"));
  CHECK(parse_cpu_milli("4611686018427387"));
  CHECK_FALSE(parse_cpu_milli("1Pi1"));
}

TEST_CASE("quantities are written in their shortest form") {
  CHECK(format_cpu_milli(0) == "0");
  CHECK(format_cpu_milli(1000) == "1");
  CHECK(format_cpu_milli(250) == "250m");
  CHECK(format_cpu_milli(1500) == "1500m");
  CHECK(format_bytes(0) == "0");
  CHECK(format_bytes(1) == "1");
  CHECK(format_bytes(1000) == "1000");
  CHECK(format_bytes(1024) == "1Ki");
  CHECK(format_bytes(256LL << 20) == "256Mi");
  CHECK(format_bytes(1536LL << 20) == "1536Mi");
  CHECK(format_bytes(1LL << 50) == "1024Ti");
}

TEST_CASE("a written quantity is read back as the same amount") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 62);
    const int shift = *rc::gen::inRange(0, 62);
    RC_ASSERT(*parse_cpu_milli(format_cpu_milli(n >> shift)) == n >> shift);
    RC_ASSERT(*parse_bytes(format_bytes(n >> shift)) == n >> shift);
    const std::int64_t round = (n >> shift) << (shift % 41) >> (shift % 41);
    RC_ASSERT(*parse_bytes(format_bytes(round)) == round);
  }));
}

}  // namespace ks
