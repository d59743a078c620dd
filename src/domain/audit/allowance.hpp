#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"

namespace ks {

// How many refusals of one person are written down. Each row of an audit log stays for ever and is
// written under the lock of its chain, and whoever has an account can be refused as often as the
// rate limits let through. So many are written at once, and one a minute after that; a row tells
// how many were left out before it. In this process alone. From any thread.
class RefusalAllowance {
 public:
  static constexpr std::int64_t kAtOnce = 30;
  static constexpr Duration kEach = minutes(1);
  // Persons that are kept apart. Who comes while all of them have refusals to wait for shares one
  // allowance with the others who did.
  static constexpr std::size_t kPersonsMax = 10'000;

  explicit RefusalAllowance(const Clock& clock) : clock_(clock) {}

  // How many of `whose` were left out since the last that was written; nothing: leave this one out.
  std::optional<std::int64_t> take(std::string_view whose);

 private:
  struct Account {
    Time full_at;  // When all of kAtOnce may be written again.
    std::int64_t left_out = 0;
  };
  Account& account_of(std::string_view whose, Time now);

  const Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Account> accounts_;
  Account shared_{};
};

}  // namespace ks
