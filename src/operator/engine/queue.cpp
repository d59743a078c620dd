#include "operator/engine/queue.hpp"

#include <algorithm>

#include "operator/engine/informer.hpp"

namespace ks::op {

void Queue::make_ready(const Key& key) {
  if (!waiting_.insert(key).second) return;
  ready_.push_back(key);
  ++size_of(key);
}

void Queue::drop_delayed(const Key& key) {
  const auto at = delayed_.find(key);
  if (at == delayed_.end()) return;
  by_time_.erase({at->second, key});
  delayed_.erase(at);
  --size_of(key);
}

void Queue::add(const Key& key) {
  if (delayed_.contains(key) && failures_.contains(key)) return;
  drop_delayed(key);
  if (active_.contains(key)) {
    again_.insert(key);
    return;
  }
  make_ready(key);
}

void Queue::add_now(const Key& key) {
  failures_.erase(key);
  if (active_.contains(key)) urgent_.insert(key);
  add(key);
}

void Queue::add_first(const Key& key) {
  add_now(key);
  if (active_.contains(key)) {
    first_again_.insert(key);
  } else if (std::ranges::find(first_, key) == first_.end()) {
    std::erase(ready_, key);
    first_.push_back(key);
  }
}

void Queue::add_at(const Key& key, Time due) {
  if (waiting_.contains(key)) return;
  if (const auto at = delayed_.find(key); at != delayed_.end() && at->second <= due) return;
  drop_delayed(key);
  delayed_[key] = due;
  by_time_.insert({due, key});
  ++size_of(key);
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
    drop_delayed(key);
    if (active_.contains(key))
      again_.insert(key);
    else
      make_ready(key);
  }
  if (waiting_.empty()) return std::nullopt;
  auto& from = first_.empty() ? ready_ : first_;
  Key key = std::move(from.front());
  from.pop_front();
  waiting_.erase(key);
  active_.insert(key);
  return key;
}

void Queue::done(const Key& key) {
  active_.erase(key);
  --size_of(key);
  if (urgent_.erase(key) > 0) failures_.erase(key);
  const bool first = first_again_.erase(key) > 0;
  if (again_.erase(key) == 0) return;
  if (first)
    add_first(key);
  else
    add(key);
}

std::optional<Time> Queue::next_due() const {
  if (!waiting_.empty()) return Time{0};
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

}  // namespace ks::op
