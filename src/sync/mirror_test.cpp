#include "sync/mirror.hpp"

#include <atomic>

#include <doctest/doctest.h>

#include "domain/resources.hpp"
#include "kube/simulated/cluster.hpp"

namespace ks::sync {

namespace {

// A mirror that is served on a loop of its own, of a cluster whose time is moved by hand.
struct Served {
  ManualClock clock;
  kube::simulated::SimulatedCluster cluster{clock};
  std::atomic<bool> running{true};
  runtime::Event over;
  runtime::LoopGroup loops{1};
  Mirror mirror{cluster, kube::kinds::kSandbox, {}, clock, [](const Json&, bool) {}};

  Served() {
    loops.at(0).spawn([this] {
      mirror.serve([this] { return running.load(); });
      over.set();
    });
  }
  ~Served() {
    running = false;
    over.wait();
  }
  void make(const std::string& name) {
    const Json sandbox = *parse_json(
        R"({"apiVersion":"k8s-scheduler.dev/v1alpha1","kind":"Sandbox","metadata":{"name":")" +
        name + R"("},"spec":{}})");
    REQUIRE(cluster.apply(kube::kinds::kSandbox, sandbox, {.manager = "test"}));
  }
  bool knows(const std::string& name) { return mirror.find("", name).has_value(); }
  bool eventually(const std::function<bool()>& done) {
    const SystemClock real;
    const Time until = real.monotonic() + seconds(30);
    while (!done() && real.monotonic() < until) runtime::sleep_for(milliseconds(5));
    return done();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Served,
                  "a mirror whose watch hangs is not current, and is when it is heard again") {
  make("first");
  REQUIRE(eventually([&] { return knows("first") && mirror.current(); }));
  // No event comes any more and no bookmark, and the connection does not break.
  cluster.set_faults({.watch_event_late = 1000, .late_by = days(1)});
  make("late");
  clock.advance(kube::kWatchSilence);
  CHECK_FALSE(mirror.current());
  CHECK_FALSE(knows("late"));
  // What was kept back comes by another list.
  CHECK(eventually([&] {
    clock.advance(seconds(1));
    return knows("late") && mirror.current();
  }));
}

TEST_CASE_FIXTURE(Served, "a mirror of what never changes is current") {
  make("first");
  REQUIRE(eventually([&] { return knows("first"); }));
  for (int i = 0; i < 5; ++i) {
    clock.advance(seconds(61));
    // The bookmark of that minute.
    CHECK(eventually([&] { return mirror.current(); }));
  }
}

}  // namespace ks::sync
