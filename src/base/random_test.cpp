#include "base/random.hpp"

#include <array>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/digest.hpp"

namespace ks {

namespace {

// Gives the numbers that it was told to.
class ScriptedRandom final : public Random {
 public:
  explicit ScriptedRandom(std::vector<std::uint64_t> values) : values_(std::move(values)) {}
  void fill(std::span<std::uint8_t> bytes) override {
    REQUIRE(bytes.size() == 8);
    REQUIRE(next_ < values_.size());
    for (std::size_t i = 0; i < 8; ++i)
      bytes[i] = static_cast<std::uint8_t>(values_[next_] >> (56 - 8 * i));
    ++next_;
  }
  std::size_t used() const { return next_; }

 private:
  std::vector<std::uint64_t> values_;
  std::size_t next_ = 0;
};

}  // namespace

TEST_CASE("seeded randomness repeats exactly and differs between seeds") {
  SeededRandom a(42), b(42), c(43);
  std::array<std::uint8_t, 33> x{}, y{}, z{};
  a.fill(x);
  b.fill(y);
  c.fill(z);
  CHECK(x == y);
  CHECK(x != z);
  CHECK(a.u64() == b.u64());
}

// The first outputs of SplitMix64 with seed 1234567, from the reference implementation.
TEST_CASE("seeded randomness is SplitMix64") {
  SeededRandom random(1234567);
  std::array<std::uint8_t, 8> bytes{};
  for (const std::uint64_t wanted :
       {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL}) {
    random.fill(bytes);
    std::uint64_t value = 0;
    for (int i = 7; i >= 0; --i) value = (value << 8) | bytes[static_cast<std::size_t>(i)];
    CHECK(value == wanted);
  }
}

TEST_CASE("numbers that would favour small results are drawn again") {
  // 2^64 mod 10 is 6: the values 0 to 5 are one too many for an even spread.
  ScriptedRandom random({0, 5, 6, 17});
  CHECK(random.below(10) == 6);
  CHECK(random.used() == 3);
  CHECK(random.below(10) == 7);
  ScriptedRandom one({0});
  CHECK(one.below(1) == 0);
  ScriptedRandom half({~0ULL});
  CHECK(half.below(1ULL << 63) == (1ULL << 63) - 1);
}

TEST_CASE("bounded numbers reach every value and no other") {
  SeededRandom random(3);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen.at(random.below(7));
  for (const int count : seen) CHECK(count > 800);
}

TEST_CASE("system randomness does not repeat") {
  SystemRandom random;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 100; ++i) CHECK(seen.insert(random.u64()).second);
}

TEST_CASE("tokens carry the bytes asked for, suffixes the characters of names") {
  SeededRandom random(5);
  const std::string token = random_token(random, 32);
  CHECK(token.size() == 43);
  CHECK(from_base64url(token)->size() == 32);
  CHECK(random_token(random, 32) != token);
  const std::string suffix = random_suffix(random, 2000);
  CHECK(suffix.size() == 2000);
  CHECK(suffix.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos);
  for (const char c : std::string("abcdefghijklmnopqrstuvwxyz0123456789"))
    CHECK(suffix.find(c) != std::string::npos);
  CHECK(random_suffix(random, 0).empty());
}

}  // namespace ks
