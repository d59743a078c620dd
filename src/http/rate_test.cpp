#include "http/rate.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace ks;
using namespace ks::http;

namespace {

RatePolicy a_minute(std::int64_t quota) { return {"read", quota, minutes(1)}; }

int allowed_of(RateLimiter& limiter, const std::string& key, Time now, int tries) {
  int allowed = 0;
  for (int i = 0; i < tries; ++i) allowed += limiter.take(key, "", now).allowed;
  return allowed;
}

}  // namespace

TEST_CASE("a quota is given once, and comes back evenly") {
  RateLimiter limiter(a_minute(60), 1);
  Time now{1'000'000'000};
  CHECK(allowed_of(limiter, "ann", now, 100) == 60);
  CHECK(allowed_of(limiter, "bob", now, 100) == 60);
  now = now + seconds(1);
  CHECK(allowed_of(limiter, "ann", now, 100) == 1);
  now = now + seconds(30);
  CHECK(allowed_of(limiter, "ann", now, 100) == 30);
  now = now + hours(5);
  CHECK(allowed_of(limiter, "ann", now, 100) == 60);
}

TEST_CASE("what costs more takes as much, and no more than there ever is") {
  RateLimiter limiter(a_minute(60), 1);
  const Time now{1'000'000'000};
  CHECK(limiter.take("a", "", now, 50).remaining == 10);
  const RateStanding refused = limiter.take("a", "", now, 30);
  CHECK_FALSE(refused.allowed);
  CHECK(refused.retry_s == 20);
  // A refusal takes nothing.
  CHECK(limiter.take("a", "", now, 10).remaining == 0);
  CHECK(limiter.take("b", "", now, 1000).allowed);
  CHECK_FALSE(limiter.take("b", "", now).allowed);
}

TEST_CASE("an answer says what is left, and a refusal when to come again") {
  RateLimiter limiter(a_minute(6), 1);
  const Time now{1'000'000'000};
  RateStanding first = limiter.take("a", "b", now);
  CHECK(first.remaining == 5);
  CHECK(first.reset_s == 10);
  Headers headers;
  first.add_to(headers);
  CHECK(headers.get("RateLimit") == "\"read\";r=5;t=10");
  CHECK(headers.get("RateLimit-Policy") == "\"read\";q=6;w=60");
  for (int i = 0; i < 5; ++i) CHECK(limiter.take("a", "b", now).allowed);
  const RateStanding refused = limiter.take("a", "b", now + seconds(4));
  CHECK_FALSE(refused.allowed);
  CHECK(refused.retry_s == 6);
  CHECK(refused.reset_s == 56);
  CHECK(limiter.take("a", "b", now + seconds(4) + seconds(refused.retry_s)).allowed);
}

TEST_CASE("two parts of a key are not the same as another two") {
  RateLimiter limiter(a_minute(1), 1);
  const Time now{1'000'000'000};
  CHECK(limiter.take("ab", "c", now).allowed);
  CHECK(limiter.take("a", "bc", now).allowed);
  CHECK(limiter.take("", "abc", now).allowed);
  CHECK_FALSE(limiter.take("ab", "c", now).allowed);
}

TEST_CASE("a crowd of other keys does not give anybody a fresh bucket") {
  RateLimiter limiter(a_minute(10), 1, 256);
  CHECK(limiter.buckets() == 256);
  const Time now{1'000'000'000};
  CHECK(allowed_of(limiter, "thief", now, 20) == 10);
  // Many times what the table holds.
  int strangers = 0;
  for (int i = 0; i < 20'000; ++i)
    strangers += limiter.take("stranger", std::to_string(i), now).allowed;
  CHECK(allowed_of(limiter, "thief", now, 20) == 0);
  // Those who found no place share buckets, so the crowd as a whole is bounded too.
  CHECK(strangers >= 255);
  CHECK(strangers <= 255 + 32 * 10);
}

TEST_CASE("places are used again once their buckets are full") {
  RateLimiter limiter(a_minute(10), 1, 64);
  Time now{1'000'000'000};
  for (int round = 0; round < 50; ++round) {
    now = now + minutes(2);
    for (int i = 0; i < 8; ++i)
      CHECK(limiter.take("round" + std::to_string(round), std::to_string(i), now).remaining >= 0);
  }
  CHECK(allowed_of(limiter, "late", now + minutes(2), 20) == 10);
}

TEST_CASE("tries from many threads together pass no more than the quota") {
  RateLimiter limiter(a_minute(1000), 1);
  const Time now{1'000'000'000};
  std::atomic<int> allowed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] { allowed += allowed_of(limiter, "ann", now, 2500); });
  for (auto& thread : threads) thread.join();
  CHECK(allowed == 1000);
}
