#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/clock.hpp"
#include "kube/cluster.hpp"
#include "operator/plan/news.hpp"

namespace ks::op {

// Writes Events about our resources, beside the work and at no cost to it: nothing rests on them,
// so a reconcile neither waits for one nor fails with it, and what cannot be written is forgotten.
// News that was told already makes that Event's count grow instead of another Event. One thread
// only, from any of its fibers.
class Teller {
 public:
  // Of one object and of all together: so many at once, and then one every so often. What is beyond
  // that is not told.
  struct Bounds {
    std::size_t object_burst = 20;
    Duration object_every = minutes(5);
    std::size_t total_burst = 500;
    Duration total_every = milliseconds(50);
    std::size_t waiting_max = 1000;
    // Objects and Events that are remembered.
    std::size_t known_max = 4096;
  };

  // `may_write` is asked before each write; `woken` is called when there is something to write.
  Teller(kube::Cluster& cluster, const Clock& clock, std::function<bool()> may_write,
         std::function<void()> woken, Bounds bounds);
  Teller(kube::Cluster& cluster, const Clock& clock, std::function<bool()> may_write,
         std::function<void()> woken)
      : Teller(cluster, clock, std::move(may_write), std::move(woken), Bounds{}) {}

  void tell(const kube::Kind& kind, const ResourceMeta& meta, News news);

  // Makes one call that is due; false when none is.
  bool pump();
  // On the monotonic clock; nothing while there is nothing to write.
  std::optional<Time> next_due() const;

  // Calls that were made, also those that failed.
  std::size_t writes() const { return writes_; }
  // News that nobody was told of.
  std::size_t dropped() const { return dropped_; }

 private:
  // The object's UID, the reason and the message.
  using Key = std::tuple<std::string, std::string, std::string>;
  struct Known {
    kube::Kind kind;
    ResourceMeta meta;
    News news;
    Telling telling;
    std::string uid;       // Of the Event; empty before it is written.
    bool waiting = false;  // In the queue.
    int failures = 0;      // In a row.
  };
  // So many are there to be taken, and one more comes every so often.
  struct Bucket {
    std::size_t left = 0;
    Time since{};
    bool take(std::size_t burst, Duration every, Time now);
  };

  bool allowed(const std::string& uid);
  Known& known_of(const Key& key);
  std::string name_of(const Known& known);
  void answered(const Key& key, bool made, const kube::KubeResult<Json>& answer);
  void drop(const Key& key);

  kube::Cluster& cluster_;
  const Clock& clock_;
  std::function<bool()> may_write_;
  std::function<void()> woken_;
  const Bounds bounds_;
  std::map<Key, Known> known_;
  std::deque<Key> known_order_;  // As they came.
  std::map<std::string, Bucket> objects_;
  std::deque<std::string> object_order_;
  Bucket total_;
  std::deque<Key> waiting_;
  Time paused_until_{};
  Time last_name_{};  // No two Events of an object have one name.
  std::size_t writes_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace ks::op
