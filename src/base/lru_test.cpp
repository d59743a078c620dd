#include "base/lru.hpp"

#include <functional>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace ks;

namespace {
// Keys below 2^48 share a shard, so that the order in which they leave can be seen.
struct Same {
  using is_avalanching = void;
  std::size_t operator()(std::uint64_t key) const noexcept { return key; }
};
using Small = Lru<std::uint64_t, int, Same>;
constexpr std::size_t kShards = 16;

Small::Ptr value(int v) { return std::make_shared<const int>(v); }
}  // namespace

TEST_CASE("what was least recently used leaves first") {
  Small lru(3 * kShards);
  for (int i = 1; i <= 3; ++i) lru.set(i, value(i));
  REQUIRE(lru.find(1) != nullptr);
  lru.set(4, value(4));
  CHECK(lru.find(2) == nullptr);
  for (const int kept : {1, 3, 4}) {
    REQUIRE(lru.find(kept) != nullptr);
    CHECK(*lru.find(kept) == kept);
  }
}

TEST_CASE("entries weigh what they are said to weigh, also when they are replaced") {
  Small lru(10 * kShards);
  lru.set(1, value(1), 4);
  lru.set(2, value(2), 4);
  lru.set(1, value(10), 6);
  CHECK(*lru.find(1) == 10);
  CHECK(lru.find(2) != nullptr);
  lru.set(3, value(3), 5);
  CHECK(lru.find(1) == nullptr);
  CHECK(lru.find(2) != nullptr);
  CHECK(lru.find(3) != nullptr);
}

TEST_CASE("what alone is too heavy is not kept, and what it would have replaced is gone") {
  Small lru(10 * kShards);
  lru.set(1, value(1), 4);
  lru.set(1, value(2), 11);
  CHECK(lru.find(1) == nullptr);
}

TEST_CASE("a removed entry is gone and its weight is free") {
  Small lru(10 * kShards);
  lru.set(1, value(1), 10);
  lru.remove(1);
  lru.remove(1);
  CHECK(lru.find(1) == nullptr);
  lru.set(2, value(2), 5);
  lru.set(3, value(3), 5);
  CHECK(lru.find(2) != nullptr);
}

TEST_CASE("a value outlives its entry") {
  Small lru(kShards);
  lru.set(1, value(1));
  const auto held = lru.find(1);
  lru.set(2, value(2));
  CHECK(lru.find(1) == nullptr);
  CHECK(*held == 1);
}

TEST_CASE("threads may use it at once") {
  Lru<std::uint64_t, int, std::hash<std::uint64_t>> lru(64);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&lru] {
      for (int i = 0; i < 5000; ++i) {
        const auto key = static_cast<std::uint64_t>(i % 97);
        if (const auto found = lru.find(key)) {
          if (*found != static_cast<int>(key)) std::abort();
        }
        lru.set(key, value(static_cast<int>(key)));
        if (i % 7 == 0) lru.remove(key);
      }
    });
}
