#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/random.hpp"
#include "runtime/loop.hpp"

namespace ks {

inline constexpr std::size_t kPasswordMin = 12;    // Code points.
inline constexpr std::size_t kPasswordMax = 1024;  // Bytes.

// Whether a password may be chosen: length, UTF-8, not on the list of common ones, not one
// character over and over, and neither the account's address nor what stands before its '@'
// (compared in lower case). The error's message says what is wrong, without naming the field or the
// password.
Result<void> check_password(std::string_view password, std::string_view address = {});

// What one hash costs: OWASP's least for argon2id. Raising a value acts at each account's next
// login.
struct PasswordCost {
  std::size_t memory_bytes = 19 << 20;
  unsigned passes = 2;

  // As little as argon2id can cost. For tests that sign in but are not about passwords: a third of
  // their time would be hashing.
  static constexpr PasswordCost least() { return {8 << 10, 1}; }
  constexpr bool operator==(const PasswordCost&) const = default;
};

// Hashes of passwords: argon2id with one lane, as a PHC string. The work runs on threads of its
// own; beyond their queue callers get 429 "too_many_requests". From any thread.
class PasswordHasher {
 public:
  // `cost` below the default is a programming error, unless it is least().
  PasswordHasher(Random& random, PasswordCost cost, std::size_t threads, std::size_t queue_max);

  Result<std::string> hash(std::string_view password);
  // Compares with a stored hash. Without one (no such account, or one without a password) it does
  // the same work and gives false, so that time does not tell accounts.
  Result<bool> verify(std::string_view password, const std::optional<std::string>& stored);
  // Whether `stored` was made at a lower cost than new ones are.
  bool outdated(std::string_view stored) const;

 private:
  std::string hash_now(std::string_view password, std::string_view salt) const;
  Random& random_;
  PasswordCost cost_;
  std::string nobodys_;  // A hash that no password has.
  runtime::BlockingPool pool_;
};

}  // namespace ks
