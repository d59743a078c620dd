#include "base/random.hpp"

#include <array>

#include <openssl/rand.h>

#include "base/digest.hpp"

namespace ks {

std::uint64_t Random::u64() {
  std::array<std::uint8_t, 8> bytes;
  fill(bytes);
  std::uint64_t value = 0;
  for (const std::uint8_t b : bytes) value = (value << 8) | b;
  return value;
}

std::uint64_t Random::below(std::uint64_t bound) {
  KS_ASSERT(bound > 0);
  // Values under the remainder would favour small results, so they are drawn again.
  const std::uint64_t unfair = (0 - bound) % bound;
  for (;;) {
    const std::uint64_t value = u64();
    if (value >= unfair) return value % bound;
  }
}

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
  KS_ASSERT(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
}

void SeededRandom::fill(std::span<std::uint8_t> bytes) {
  // SplitMix64 (Steele, Lea, Flood 2014).
  std::uint64_t z = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % 8 == 0) {
      state_ += 0x9e3779b97f4a7c15ULL;
      z = state_;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
      z ^= z >> 31;
    }
    bytes[i] = static_cast<std::uint8_t>(z >> (8 * (i % 8)));
  }
}

std::string uuid_v7(const Clock& clock, Random& random) {
  std::array<std::uint8_t, 16> b;
  random.fill(b);
  const auto ms = static_cast<std::uint64_t>(clock.now().us / 1000);
  for (int i = 0; i < 6; ++i)
    b[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  b[6] = static_cast<std::uint8_t>((b[6] & 0x0f) | 0x70);
  b[8] = static_cast<std::uint8_t>((b[8] & 0x3f) | 0x80);
  std::string text = hex(b);
  for (const std::size_t at : {8, 13, 18, 23}) text.insert(at, 1, '-');
  return text;
}

std::string random_token(Random& random, std::size_t bytes) {
  std::string raw(bytes, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(raw.data()), raw.size()});
  return base64url(raw);
}

std::string random_suffix(Random& random, std::size_t length) {
  constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  for (std::size_t i = 0; i < length; ++i) out += kAlphabet[random.below(36)];
  return out;
}

}  // namespace ks
