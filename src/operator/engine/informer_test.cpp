#include "operator/engine/informer.hpp"

#include <doctest/doctest.h>

#include "kube/simulated/cluster.hpp"
#include "operator/sample.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

struct Following {
  ManualClock clock;
  kube::simulated::SimulatedCluster cluster{clock};
  SeededRandom random{1};
  int told = 0;
  Cache cache{[this](const kube::Kind&, const Json*, const Json*) { ++told; }};
  Informer informer{cluster, cache, kinds::kSandbox, {}, clock, random};

  void make(const std::string& name) {
    REQUIRE(cluster.apply(kinds::kSandbox, to_json(sample::sandbox(name)), {.manager = "test"}));
  }
  bool knows(const std::string& name) {
    return static_cast<bool>(cache.find({kinds::kSandbox, {}, name}));
  }
  void pump() {
    for (int i = 0; i < 5; ++i) informer.pump(Duration{});
  }
  // From here on no event comes and no bookmark, and the connection does not break.
  void hang() {
    cluster.set_faults({.watch_event_late = 1000, .late_by = days(1)});
    make("late");
    pump();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Following, "what a watch that hangs keeps back is known from another list") {
  make("first");
  pump();
  CHECK(knows("first"));
  hang();
  CHECK_FALSE(knows("late"));
  cluster.set_faults({});
  clock.advance(kube::kWatchSilence - seconds(1));
  pump();
  CHECK_FALSE(knows("late"));
  clock.advance(seconds(1));
  pump();
  CHECK(knows("late"));
  CHECK(informer.relists() == 2);
  CHECK(informer.current());
}

TEST_CASE_FIXTURE(Following,
                  "a kind is current while its watch is heard, also when nothing happens") {
  CHECK_FALSE(informer.current());
  pump();
  for (int i = 0; i < 10; ++i) {
    clock.advance(seconds(61));
    pump();
    CHECK(informer.current());
  }
  hang();
  clock.advance(kube::kWatchSilence - seconds(1));
  CHECK(informer.current());
  clock.advance(seconds(1));
  CHECK_FALSE(informer.current());
  // Not while the list is not answered either.
  cluster.set_down(true);
  pump();
  CHECK_FALSE(informer.current());
}

}  // namespace ks::op
