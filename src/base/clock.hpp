#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ks {

// A span of time in microseconds.
struct Duration {
  std::int64_t us = 0;
  friend constexpr auto operator<=>(Duration, Duration) = default;
  constexpr Duration operator+(Duration o) const { return {us + o.us}; }
  constexpr Duration operator-(Duration o) const { return {us - o.us}; }
  constexpr Duration operator*(std::int64_t n) const { return {us * n}; }
};
constexpr Duration microseconds(std::int64_t n) { return {n}; }
constexpr Duration milliseconds(std::int64_t n) { return {n * 1000}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Duration minutes(std::int64_t n) { return seconds(n * 60); }
constexpr Duration hours(std::int64_t n) { return minutes(n * 60); }
constexpr Duration days(std::int64_t n) { return hours(n * 24); }

// A moment, microseconds since 1970-01-01T00:00:00Z; the form in which the database keeps times.
struct Time {
  std::int64_t us = 0;
  friend constexpr auto operator<=>(Time, Time) = default;
  constexpr Time operator+(Duration d) const { return {us + d.us}; }
  constexpr Time operator-(Duration d) const { return {us - d.us}; }
  constexpr Duration operator-(Time o) const { return {us - o.us}; }
};

// RFC 3339 in UTC with microseconds: 2026-01-02T03:04:05.000006Z.
std::string rfc3339(Time time);
Result<Time> parse_rfc3339(std::string_view text);

// Where time comes from. Code of the product takes a Clock, so that tests and the simulation decide
// what time it is.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall-clock time; may step.
  virtual Time now() const = 0;
  // Never goes back; its zero means nothing.
  virtual Time monotonic() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
  Time monotonic() const override;
};

// Stands still until it is told to move.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start = Time{1'700'000'000'000'000}) : now_(start.us) {}
  Time now() const override { return {now_.load()}; }
  Time monotonic() const override { return {now_.load()}; }
  void advance(Duration d) { now_ += d.us; }
  void set(Time t) { now_ = t.us; }

 private:
  std::atomic<std::int64_t> now_;
};

}  // namespace ks
