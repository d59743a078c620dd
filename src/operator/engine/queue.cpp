#include "operator/engine/queue.hpp"

#include <algorithm>

#include "operator/engine/informer.hpp"

namespace ks::op {

void Queue::add(const Key& key) {
  if (const auto at = delayed_.find(key); at != delayed_.end()) {
    if (failures_.contains(key)) return;
    by_time_.erase({at->second, key});
    delayed_.erase(at);
  }
  if (active_.contains(key)) {
    again_.insert(key);
    return;
  }
  if (waiting_.insert(key).second) ready_.push_back(key);
}

void Queue::add_now(const Key& key) {
  failures_.erase(key);
  if (active_.contains(key)) urgent_.insert(key);
  add(key);
}

void Queue::add_at(const Key& key, Time due) {
  if (waiting_.contains(key)) return;
  if (const auto at = delayed_.find(key); at != delayed_.end()) {
    if (at->second <= due) return;
    by_time_.erase({at->second, key});
  }
  delayed_[key] = due;
  by_time_.insert({due, key});
}

void Queue::retry(const Key& key, Time now, Duration at_least, Duration at_most) {
  Failures& failures = failures_[key];
  if (failures.at_most != at_most) failures = {0, at_most};
  const Duration pause = std::max(std::min(back_off(++failures.count, random_), at_most), at_least);
  add_at(key, now + pause);
}

std::optional<Key> Queue::take(Time now) {
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    const Key key = by_time_.begin()->second;
    by_time_.erase(by_time_.begin());
    delayed_.erase(key);
    if (active_.contains(key))
      again_.insert(key);
    else if (waiting_.insert(key).second)
      ready_.push_back(key);
  }
  if (ready_.empty()) return std::nullopt;
  Key key = std::move(ready_.front());
  ready_.pop_front();
  waiting_.erase(key);
  active_.insert(key);
  return key;
}

void Queue::done(const Key& key) {
  active_.erase(key);
  if (urgent_.erase(key) > 0) failures_.erase(key);
  if (again_.erase(key) > 0) add(key);
}

std::optional<Time> Queue::next_due() const {
  if (!ready_.empty()) return Time{0};
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

}  // namespace ks::op
