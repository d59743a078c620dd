#pragma once

#include <array>
#include <compare>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace ks::op {

// A resource to bring in line.
struct Key {
  enum class Kind { sandbox, deployment };
  Kind kind = Kind::sandbox;
  std::string ns;  // Empty for a sandbox.
  std::string name;
  friend auto operator<=>(const Key&, const Key&) = default;
};

// Work to do, each key at most once and never two at a time. A key that is added while it is worked
// on comes again after. One thread only.
class Queue {
 public:
  explicit Queue(Random& random) : random_(random) {}

  // A key that failed waits out its pause, so that a stream of events is no hot loop.
  void add(const Key& key);
  // For a change that may mend what failed: at once.
  void add_now(const Key& key);
  // For what stood and was taken away: before all that waits, however much that is. Where such keys
  // never end, every fourth that is taken is one of the others.
  void add_first(const Key& key);
  void add_at(const Key& key, Time due);
  // Comes again after a pause that grows with each retry in a row, up to `at_most`, and is at least
  // `at_least`.
  // With another `at_most` than before the count begins anew: after an hour in which the cluster
  // did not answer, a key that then fails for a reason of its own does not wait for minutes.
  void retry(const Key& key, Time now, Duration at_least, Duration at_most = minutes(5));
  void forget(const Key& key) { failures_.erase(key); }

  // The next key that is due; call done() with it.
  std::optional<Key> take(Time now);
  void done(const Key& key);

  // All that is still to come, also what is worked on now.
  std::size_t size() const { return waiting_.size() + delayed_.size() + active_.size(); }
  // Of those, what waits for no time.
  std::size_t due() const { return waiting_.size() + active_.size(); }
  // Of one kind.
  std::size_t size(Key::Kind kind) const { return sizes_[static_cast<std::size_t>(kind)]; }
  std::optional<Time> next_due() const;

 private:
  void make_ready(const Key& key);
  Key pop_first();
  std::optional<Key> pop_ready();
  void drop_delayed(const Key& key);
  std::size_t& size_of(const Key& key) { return sizes_[static_cast<std::size_t>(key.kind)]; }

  Random& random_;
  std::array<std::size_t, 2> sizes_{};
  std::deque<Key> first_;
  std::set<Key> in_first_;
  std::deque<Key> ready_;
  // How often a key stands in ready_ that has gone to first_ since.
  std::map<Key, std::size_t> moved_;
  std::size_t first_in_a_row_ = 0;
  std::set<Key> waiting_;  // In first_ or ready_.
  std::set<Key> active_;
  std::set<Key> again_;        // Active, and added meanwhile.
  std::set<Key> urgent_;       // Of those, by add_now().
  std::set<Key> first_again_;  // Of those, by add_first().
  std::map<Key, Time> delayed_;
  std::set<std::pair<Time, Key>> by_time_;
  struct Failures {
    std::size_t count = 0;
    Duration at_most{};  // Of the last retry.
  };
  std::map<Key, Failures> failures_;
};

}  // namespace ks::op
