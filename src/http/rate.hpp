#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "http/message.hpp"

namespace ks::http {

// How often something may be done: `quota` times at once, and as many again evenly over `window`.
struct RatePolicy {
  std::string name;  // Letters only; it is seen by clients.
  std::int64_t quota = 0;
  Duration window;
};

class RateLimiter;

// What one request was told by a limiter.
struct RateStanding {
  const RateLimiter* limiter = nullptr;  // None: nobody asked.
  bool allowed = true;
  std::int64_t remaining = 0;
  std::int64_t reset_s = 0;  // Until the whole quota is there again.
  std::int64_t retry_s = 0;  // Refused: until one more is allowed.

  // The fields RateLimit and RateLimit-Policy (IETF draft httpapi-ratelimit-headers).
  void add_to(Headers& headers) const;
};

// Whom one request was charged to so far, and what was said last.
struct RateCharge {
  RateStanding standing;
  bool address = false;
  bool person = false;
};

// Buckets of tokens in a table of fixed size, in this process alone. From any thread, without a
// lock: threads that ask for different keys do not meet.
//
// A bucket gives its place away only when it is full again, since then it is the same as one that
// was never there; so nobody is forgotten by letting others come. Whoever finds no place shares one
// bucket with the others who found none in that corner of the table.
class RateLimiter {
 public:
  // `seed` decides where keys stand in the table and should be unknown outside.
  RateLimiter(RatePolicy policy, std::uint64_t seed, std::size_t buckets = 1 << 15);

  // Takes one for the key, which has two parts so that callers need not join them. `now` is of a
  // monotonic clock; a moment that others have passed only makes the answer stricter. `price`: so
  // many at once, and the whole quota where that is less, so that it can be paid at all.
  RateStanding take(std::string_view first, std::string_view second, Time now,
                    std::int64_t price = 1);

  const RatePolicy& policy() const { return policy_; }
  const std::string& policy_field() const { return policy_field_; }
  std::size_t buckets() const { return sets_.size() * kWays; }

 private:
  static constexpr std::size_t kWays = 8;
  // `full_at` is when the bucket will be full again, in nanoseconds.
  struct Bucket {
    std::atomic<std::uint64_t> key{0};
    std::atomic<std::int64_t> full_at{0};
  };
  struct alignas(64) Set {
    std::atomic<std::int64_t> shared_full_at{0};
    Bucket buckets[kWays];
  };
  std::atomic<std::int64_t>& place_of(std::uint64_t key, std::int64_t now);

  const RatePolicy policy_;
  const std::string policy_field_;
  const std::uint64_t seed_;
  const std::int64_t each_;  // Nanoseconds for one to come back.
  const std::int64_t capacity_;
  std::vector<Set> sets_;  // A power of two.
};

}  // namespace ks::http
