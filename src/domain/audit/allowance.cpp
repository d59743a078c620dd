#include "domain/audit/allowance.hpp"

#include <algorithm>
#include <utility>

namespace ks {

RefusalAllowance::Account& RefusalAllowance::account_of(std::string_view whose, Time now) {
  std::string key(whose);
  if (const auto known = accounts_.find(key); known != accounts_.end()) return known->second;
  // One that is full again is the same as one that was never there, but for what it left out.
  if (accounts_.size() >= kPersonsMax)
    std::erase_if(accounts_, [now](const auto& one) { return one.second.full_at <= now; });
  if (accounts_.size() >= kPersonsMax) return shared_;
  return accounts_[std::move(key)];
}

std::optional<std::int64_t> RefusalAllowance::take(std::string_view whose) {
  const Time now = clock_.monotonic();
  const std::lock_guard lock(mutex_);
  Account& account = account_of(whose, now);
  const Time after = std::max(account.full_at, now) + kEach;
  if (after > now + kEach * kAtOnce) {
    ++account.left_out;
    return std::nullopt;
  }
  account.full_at = after;
  return std::exchange(account.left_out, 0);
}

}  // namespace ks
