#pragma once

#include <mutex>

#include "kube/simulated/cluster.hpp"
#include "kube/simulated/controllers.hpp"
#include "kube/simulated/state.hpp"

namespace ks::kube::simulated {

struct SimulatedCluster::Impl : std::enable_shared_from_this<Impl> {
  Impl(const Clock& clock, const Options& options)
      : state(clock, options), controllers(state), chance(options.seed ^ 0x9e3779b97f4a7c15) {}

  // True with a probability of `per_mille`. Draws only when asked to, so that turning one fault on
  // does not shift another.
  bool happens(int per_mille) {
    return per_mille > 0 && chance.below(1000) < static_cast<std::uint64_t>(per_mille);
  }

  // Lets the loop tick, if there is one and something is pending. Called without the lock.
  void arm();

  std::mutex mutex;
  State state;
  Controllers controllers;
  SeededRandom chance;
  Faults faults;
  bool down = false;
  std::int64_t breaks = 0;  // Times that running watches broke.
  std::int64_t mutating = 0;
  std::int64_t effective = 0;
  std::set<VerbUse> uses;
  runtime::Loop* loop = nullptr;
  std::optional<Time> armed_for;  // When the next tick is set for.

  struct List {
    std::vector<Object> items;
    std::int64_t version;
  };
  std::map<std::int64_t, List> lists;  // What pages are cut from, by a number of their own.
  std::int64_t lists_made = 0;
};

std::unique_ptr<Watch> make_watch(std::shared_ptr<SimulatedCluster::Impl> impl, const Kind& kind,
                                  const WatchOptions& options, class Selector selector,
                                  std::int64_t from, std::vector<Object> initial);

}  // namespace ks::kube::simulated
