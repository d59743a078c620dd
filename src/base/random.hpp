#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/clock.hpp"

namespace ks {

// Where randomness comes from. SystemRandom is cryptographic; SeededRandom is for tests and the
// simulation only, and repeats exactly.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;

  std::uint64_t u64();
  // Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> bytes) override;

 private:
  std::uint64_t state_;
};

// RFC 9562 version 7: 48 bits of milliseconds, the rest random; lower case text of 36 characters.
std::string uuid_v7(const Clock& clock, Random& random);
// `bytes` random bytes as base64url without padding.
std::string random_token(Random& random, std::size_t bytes);
// `length` characters of a-z0-9 for names of objects; not for secrets.
std::string random_suffix(Random& random, std::size_t length);

}  // namespace ks
