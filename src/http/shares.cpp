#include "http/shares.hpp"

#include "base/error.hpp"

namespace ks::http {

bool Shares::take(const std::string& holder, std::size_t amount, std::size_t each_max) {
  const std::lock_guard lock(mutex_);
  const auto at = held_.find(holder);
  const std::size_t before = at == held_.end() ? 0 : at->second;
  if (amount > each_max || before > each_max - amount) return false;
  if (at == held_.end())
    held_.emplace(holder, amount);
  else
    at->second += amount;
  return true;
}

void Shares::give_back(const std::string& holder, std::size_t amount) {
  const std::lock_guard lock(mutex_);
  const auto at = held_.find(holder);
  KS_ASSERT(at != held_.end() && at->second >= amount);
  at->second -= amount;
  if (at->second == 0) held_.erase(at);
}

}  // namespace ks::http
