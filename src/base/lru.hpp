#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

namespace ks {

// A bounded map of values that never change, from any thread. What was least recently used goes
// first. In shards, so that the loops' threads rarely meet; the bound holds for each shard's part.
template <class Key, class Value, class Hash>
class Lru {
 public:
  using Ptr = std::shared_ptr<const Value>;

  // `weight_max` in what set() is told: a count, or bytes.
  explicit Lru(std::size_t weight_max)
      : shard_max_(std::max<std::size_t>(weight_max / kShards, 1)) {}

  // Null when there is none.
  Ptr find(const Key& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto it = shard.by_key.find(key);
    if (it == shard.by_key.end()) return nullptr;
    shard.order.splice(shard.order.begin(), shard.order, it->second);
    return it->second->value;
  }

  // Replaces. What weighs more than a shard's part is not kept.
  void set(const Key& key, Ptr value, std::size_t weight = 1) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    shard.erase(key);
    if (weight > shard_max_) return;
    while (!shard.order.empty() && shard.weight + weight > shard_max_)
      shard.erase(Key(shard.order.back().key));
    shard.order.push_front({key, std::move(value), weight});
    shard.by_key.emplace(key, shard.order.begin());
    shard.weight += weight;
  }

  void remove(const Key& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    shard.erase(key);
  }

 private:
  struct Entry {
    Key key;
    Ptr value;
    std::size_t weight;
  };
  struct Shard {
    std::mutex mutex;
    std::list<Entry> order;  // The most recently used first.
    boost::unordered_flat_map<Key, typename std::list<Entry>::iterator, Hash> by_key;
    std::size_t weight = 0;

    void erase(const Key& key) {
      const auto it = by_key.find(key);
      if (it == by_key.end()) return;
      weight -= it->second->weight;
      order.erase(it->second);
      by_key.erase(it);
    }
  };
  static constexpr std::size_t kShards = 16;

  // By other bits of the hash than those that place a key within its shard's map.
  Shard& shard_of(const Key& key) { return shards_[(Hash{}(key) >> 48) % kShards]; }

  std::size_t shard_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace ks
