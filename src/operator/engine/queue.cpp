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
  } else if (in_first_.insert(key).second) {
    ++moved_[key];
    first_.push_back(key);
  }
}

Key Queue::pop_first() {
  Key key = std::move(first_.front());
  first_.pop_front();
  in_first_.erase(key);
  return key;
}

std::optional<Key> Queue::pop_ready() {
  while (!ready_.empty()) {
    Key key = std::move(ready_.front());
    ready_.pop_front();
    const auto moved = moved_.find(key);
    if (moved == moved_.end()) return key;
    if (--moved->second == 0) moved_.erase(moved);
  }
  return std::nullopt;
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
  constexpr std::size_t kFirstInARow = 3;
  std::optional<Key> key;
  if (first_.empty() || first_in_a_row_ >= kFirstInARow) {
    first_in_a_row_ = 0;
    key = pop_ready();
  }
  if (!key) {
    ++first_in_a_row_;
    key = pop_first();
  }
  waiting_.erase(*key);
  active_.insert(*key);
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
