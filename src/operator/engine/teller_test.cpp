#include "operator/engine/teller.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "kube/simulated/cluster.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

// Refuses writes where it is told to.
class Refusing final : public kube::Cluster {
 public:
  explicit Refusing(kube::Cluster& behind) : behind_(behind) {}
  int status = 200;
  int writes = 0;

  kube::KubeResult<Json> get(const kube::Ref& ref) override { return behind_.get(ref); }
  kube::KubeResult<kube::ListPage> list(const kube::Kind& kind,
                                        const kube::ListOptions& options) override {
    return behind_.list(kind, options);
  }
  kube::KubeResult<std::unique_ptr<kube::Watch>> watch(const kube::Kind& kind,
                                                       const kube::WatchOptions& options) override {
    return behind_.watch(kind, options);
  }
  kube::KubeResult<Json> create(const kube::Kind& kind, const Json& object) override {
    ++writes;
    if (status != 200) return std::unexpected(kube::KubeError{status, "", "no", {}});
    return behind_.create(kind, object);
  }
  kube::KubeResult<Json> apply(const kube::Kind& kind, const Json& object,
                               const kube::ApplyOptions& options) override {
    ++writes;
    if (status != 200) return std::unexpected(kube::KubeError{status, "", "no", {}});
    return behind_.apply(kind, object, options);
  }
  kube::KubeResult<void> remove(const kube::Ref& ref, const kube::DeleteOptions& options) override {
    return behind_.remove(ref, options);
  }
  bool simulated() const override { return true; }

 private:
  kube::Cluster& behind_;
};

struct Telltale {
  ManualClock clock{Time{1'800'000'000'000'000}};
  kube::simulated::SimulatedCluster cluster{clock};
  Refusing gate{cluster};
  bool leads = true;
  int woken = 0;
  Teller teller{gate, clock, [this] { return leads; }, [this] { ++woken; }};

  Telltale() {
    REQUIRE(cluster.create(kinds::kNamespace,
                           Json::object({{"apiVersion", "v1"},
                                         {"kind", "Namespace"},
                                         {"metadata", Json::object({{"name", "sandbox-a"}})}})));
  }
  void tell(const std::string& reason, const std::string& message = "m", int object = 1) {
    ResourceMeta meta;
    meta.name = "web-" + std::to_string(object);
    meta.ns = "sandbox-a";
    meta.uid = "uid-" + std::to_string(object);
    teller.tell(kinds::kUserDeployment, meta, {reason, message, false});
  }
  // All that is due now; how many calls that were.
  int pump() {
    int out = 0;
    while (teller.pump()) ++out;
    return out;
  }
  std::vector<Json> events() {
    kube::ListOptions options;
    options.limit = 5000;
    return cluster.list(kinds::kEvent, options)->items;
  }
  void fail(int status) { gate.status = status; }
};

}  // namespace

TEST_CASE_FIXTURE(Telltale,
                  "telling makes no call, and the same news makes one Event's count grow") {
  tell("Ready");
  CHECK(woken == 1);
  CHECK(gate.writes == 0);
  CHECK(teller.next_due() == clock.monotonic());
  CHECK(pump() == 1);
  REQUIRE(events().size() == 1);
  CHECK(events()[0].integer_or(0, "count") == 1);
  const std::string first(events()[0].text("lastTimestamp"));
  clock.advance(minutes(2));
  tell("Ready");
  tell("Ready");
  CHECK(pump() == 1);
  REQUIRE(events().size() == 1);
  CHECK(events()[0].integer_or(0, "count") == 3);
  CHECK(events()[0].text("firstTimestamp") == first);
  CHECK(events()[0].text("lastTimestamp") > first);
  // Another reason, other words or another object are other news, at the same moment too.
  tell("Error");
  tell("Ready", "other");
  tell("Ready", "m", 2);
  CHECK(pump() == 3);
  CHECK(events().size() == 4);
  CHECK_FALSE(teller.next_due());
}

TEST_CASE_FIXTURE(Telltale, "what Kubernetes has forgotten is told anew") {
  tell("Ready");
  pump();
  clock.advance(hours(1));
  tell("Ready");
  pump();
  REQUIRE(events().size() == 2);
  for (const Json& event : events()) CHECK(event.integer_or(0, "count") == 1);
  // Somebody took one away: the next word of it finds that out, and the one after makes another.
  for (const Json& event : events())
    REQUIRE(cluster.remove(kube::ref_of(kinds::kEvent, event), {}));
  tell("Ready");
  pump();
  CHECK(events().empty());
  tell("Ready");
  pump();
  CHECK(events().size() == 1);
}

TEST_CASE_FIXTURE(Telltale, "one object is told of so often and no more, whatever becomes of it") {
  const Teller::Bounds bounds;
  for (int i = 0; i < 1000; ++i) {
    tell("Reason", std::to_string(i));
    tell("Same");
    pump();
  }
  CHECK(teller.writes() == bounds.object_burst);
  tell("Reason", "of another", 2);
  CHECK(pump() == 1);
  // What was counted meanwhile is told with the next.
  clock.advance(bounds.object_every);
  tell("Same");
  tell("Reason", "late");
  CHECK(pump() == 1);
  std::int64_t most = 0;
  for (const Json& event : events()) most = std::max(most, event.integer_or(0, "count"));
  CHECK(most == 1001);
}

TEST_CASE_FIXTURE(Telltale, "all objects together are told of so often and no more") {
  const Teller::Bounds bounds;
  for (int i = 0; i < 10'000; ++i) {
    tell("Ready", "m", i);
    pump();
  }
  CHECK(teller.writes() == bounds.total_burst);
  CHECK(teller.dropped() == 10'000 - bounds.total_burst);
  clock.advance(bounds.total_every * 3);
  for (int i = 20'000; i < 20'010; ++i) tell("Ready", "m", i);
  CHECK(pump() == 3);
  // Nor does more wait than that, where nobody writes.
  clock.advance(hours(10));
  for (int i = 30'000; i < 40'000; ++i) {
    clock.advance(bounds.total_every);
    tell("Ready", "m", i);
  }
  CHECK(pump() == static_cast<int>(bounds.waiting_max));
}

TEST_CASE_FIXTURE(Telltale, "who does not lead tells nothing, then or later") {
  tell("Ready");
  leads = false;
  CHECK_FALSE(teller.next_due());
  CHECK(pump() == 0);
  leads = true;
  CHECK(pump() == 0);
  CHECK(gate.writes == 0);
}

TEST_CASE_FIXTURE(Telltale,
                  "a cluster that is away is asked thrice with pauses, and one that refuses once") {
  fail(0);
  tell("Ready");
  tell("Other");
  CHECK(pump() == 1);
  REQUIRE(teller.next_due());
  CHECK(*teller.next_due() == clock.monotonic() + seconds(10));
  clock.advance(seconds(10));
  fail(200);
  CHECK(pump() == 2);
  CHECK(events().size() == 2);

  fail(503);
  tell("Third");
  for (int i = 0; i < 10; ++i) {
    pump();
    clock.advance(minutes(1));
  }
  CHECK(teller.writes() == 6);
  CHECK_FALSE(teller.next_due());
  for (const int status : {403, 404, 409, 422}) {
    fail(status);
    tell("Refused", std::to_string(status));
    CHECK(pump() == 1);
    CHECK_FALSE(teller.next_due());
  }
}

}  // namespace ks::op
