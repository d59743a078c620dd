#include "http/rate.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/error.hpp"

namespace ks::http {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

// Not for secrets: it only has to keep strangers from choosing who they stand beside.
std::uint64_t hash(std::uint64_t state, std::string_view text) {
  constexpr std::uint64_t kOne = 0xa0761d6478bd642fULL;
  constexpr std::uint64_t kOther = 0xe7037ed1a0b428dbULL;
  state = mixed(state ^ kOne, text.size() ^ kOther);
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min(text.size(), sizeof(word));
    std::memcpy(&word, text.data(), size);
    state = mixed(state ^ kOne, word ^ kOther);
    text.remove_prefix(size);
  }
  return state;
}

std::int64_t seconds_up(std::int64_t ns) {
  return std::max<std::int64_t>((ns + kSecond - 1) / kSecond, 0);
}

void append(std::string& out, std::string_view before, std::int64_t number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out += before;
  out.append(digits.data(), end);
}

std::string policy_text(const RatePolicy& policy) {
  std::string out = "\"" + policy.name + "\"";
  append(out, ";q=", policy.quota);
  append(out, ";w=", policy.window.us / 1'000'000);
  return out;
}

}  // namespace

void RateStanding::add_to(Headers& headers) const {
  if (limiter == nullptr) return;
  std::string text;
  text.reserve(48);
  text += '"';
  text += limiter->policy().name;
  text += '"';
  append(text, ";r=", remaining);
  append(text, ";t=", reset_s);
  headers.add("RateLimit", text);
  headers.add("RateLimit-Policy", limiter->policy_field());
}

RateLimiter::RateLimiter(RatePolicy policy, std::uint64_t seed, std::size_t buckets)
    : policy_(std::move(policy)),
      policy_field_(policy_text(policy_)),
      seed_(seed),
      each_(std::max<std::int64_t>(policy_.window.us * 1000 / policy_.quota, 1)),
      capacity_(each_ * policy_.quota),
      sets_(std::bit_ceil(std::max<std::size_t>(buckets / kWays, 1))) {
  KS_ASSERT(policy_.quota > 0);
}

std::atomic<std::int64_t>& RateLimiter::place_of(std::uint64_t key, std::int64_t now) {
  Set& set = sets_[key & (sets_.size() - 1)];
  for (;;) {
    Bucket* free = nullptr;
    std::uint64_t held = 0;
    for (Bucket& bucket : set.buckets) {
      const std::uint64_t there = bucket.key.load(std::memory_order_acquire);
      if (there == key) return bucket.full_at;
      if (free == nullptr && bucket.full_at.load(std::memory_order_acquire) <= now) {
        free = &bucket;
        held = there;
      }
    }
    if (free == nullptr) return set.shared_full_at;
    if (free->key.compare_exchange_strong(held, key, std::memory_order_acq_rel))
      return free->full_at;
    // Somebody took the place, perhaps for this very key: look again.
  }
}

RateStanding RateLimiter::take(std::string_view first, std::string_view second, Time time,
                               std::int64_t price) {
  const std::int64_t taken = each_ * std::clamp<std::int64_t>(price, 1, policy_.quota);
  const std::int64_t now = time.us * 1000;
  const std::uint64_t key = std::max<std::uint64_t>(hash(hash(seed_, first), second), 1);
  std::atomic<std::int64_t>& full_at = place_of(key, now);
  std::int64_t seen = full_at.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t after = std::max(seen, now) + taken;
    if (after > now + capacity_)
      return {this, false, 0, seconds_up(seen - now),
              std::max<std::int64_t>(seconds_up(after - now - capacity_), 1)};
    if (!full_at.compare_exchange_weak(seen, after, std::memory_order_acq_rel)) continue;
    return {this, true, (now + capacity_ - after) / each_, seconds_up(after - now), 0};
  }
}

}  // namespace ks::http
