#include "operator/engine/isolation_watch.hpp"

#include <doctest/doctest.h>

#include "domain/sandbox/isolation_check.hpp"
#include "kube/simulated/cluster.hpp"
#include "operator/sample.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

constexpr const char* kSandbox = "sandbox-1";

// One sandbox with everything in place, and a watch that is asked by hand.
struct Watching {
  ManualClock clock;
  kube::simulated::SimulatedCluster cluster{clock};
  OperatorConfig config;
  bool leads = true;
  bool hears = true;
  std::vector<std::string> changed;
  Cache cache{[](const kube::Kind&, const Json*, const Json*) {}};
  Teller teller{cluster, clock, [this] { return leads; }, [] {}};
  Reconciler reconciler{cluster, cache, teller, config, clock, [this] { return leads; }};
  IsolationWatch watch{cluster,
                       reconciler,
                       config,
                       clock,
                       [this] { return leads; },
                       [this](const std::string& name) { changed.push_back(name); },
                       [this] { return hears; }};

  Watching() {
    config.isolation_every = minutes(5);
    REQUIRE(cluster.create(
        kinds::kNamespace,
        Json::object({{"apiVersion", "v1"},
                      {"kind", "Namespace"},
                      {"metadata", Json::object({{"name", config.system_namespace}})}})));
    const auto made =
        cluster.apply(kinds::kSandbox, to_json(sample::sandbox(kSandbox)), {.manager = "test"});
    REQUIRE(made);
    cache.put_answer(kinds::kSandbox, *made);
    reconcile();
    REQUIRE(sandbox().status.find("Ready")->status == "True");
  }
  void reconcile() {
    for (int i = 0; i < 3; ++i) reconciler.reconcile({Key::Kind::sandbox, {}, kSandbox});
  }
  SandboxResource sandbox() {
    return sandbox_from_json(cluster.get({kinds::kSandbox, {}, kSandbox}).value()).value();
  }
  // Nothing while no look is signed.
  std::optional<IsolationSignature> signature() {
    const auto lease = cluster.get(
        {kinds::kLease, config.system_namespace, std::string(IsolationSignature::kLease)});
    return lease ? IsolationSignature::of_lease(*lease) : std::nullopt;
  }
  void pump_at(Duration later) {
    clock.advance(later);
    watch.pump();
  }
  void drop_policy() {
    REQUIRE(cluster.remove({kinds::kNetworkPolicy, kSandbox, "default-deny"}, {}));
  }
  void restore_policy() {
    for (const Object& o : sandbox_objects(sandbox(), {}, config))
      if (o.ref().name == "default-deny")
        REQUIRE(cluster.apply(kinds::kNetworkPolicy, o.tree(), {.manager = "test"}));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Watching, "a look is signed when every status says what it found, not before") {
  const Time began = clock.now();
  watch.pump();
  CHECK(changed == std::vector<std::string>{kSandbox});
  pump_at(milliseconds(100));
  CHECK_FALSE(signature());
  clock.advance(seconds(2));
  reconcile();
  REQUIRE(sandbox().status.isolation);
  CHECK(sandbox().status.isolation->findings.empty());
  watch.pump();
  REQUIRE(signature());
  CHECK(signature()->check == IsolationCheck{began, true});

  // The next look finds the same: nothing is written but the signature.
  changed.clear();
  const auto writes = cluster.effective_writes();
  pump_at(minutes(5));
  pump_at(milliseconds(100));
  CHECK(changed.empty());
  CHECK(cluster.effective_writes() == writes);
  CHECK(signature()->check.at > began);
}

TEST_CASE_FIXTURE(Watching, "a hole counts when a second look finds it too") {
  drop_policy();
  watch.pump();
  CHECK(changed.empty());
  CHECK(watch.pump() == clock.monotonic() + IsolationWatch::kConfirm);
  pump_at(IsolationWatch::kConfirm);
  REQUIRE(changed == std::vector<std::string>{kSandbox});
  reconcile();
  REQUIRE(sandbox().status.isolation);
  CHECK(sandbox().status.isolation->findings.front().kind == IsolationFinding::Kind::object);
  watch.pump();
  CHECK(signature());

  // One that is closed again in between is none.
  restore_policy();
  pump_at(minutes(5));
  reconcile();
  CHECK(sandbox().status.isolation->findings.empty());
  watch.pump();
  drop_policy();
  pump_at(minutes(5));
  restore_policy();
  changed.clear();
  pump_at(IsolationWatch::kConfirm);
  CHECK(changed.empty());
}

TEST_CASE_FIXTURE(Watching,
                  "who has not heard of the Sandboxes for long signs nothing until then") {
  watch.pump();
  reconcile();
  hears = false;
  pump_at(milliseconds(100));
  CHECK_FALSE(signature());
  hears = true;
  pump_at(milliseconds(100));
  CHECK(signature());
}

TEST_CASE_FIXTURE(Watching, "who does not lead neither looks nor signs") {
  watch.pump();
  reconcile();
  leads = false;
  pump_at(milliseconds(100));
  CHECK_FALSE(signature());
  changed.clear();
  pump_at(minutes(5));
  CHECK(changed.empty());
  // Whoever leads again looks anew before anything is signed.
  leads = true;
  const Time began = clock.now();
  watch.pump();
  pump_at(milliseconds(100));
  REQUIRE(signature());
  CHECK(signature()->check.at == began);
}

TEST_CASE_FIXTURE(Watching,
                  "a cluster that does not answer is asked again, and nothing is signed") {
  cluster.set_down(true);
  CHECK(watch.pump() == clock.monotonic() + seconds(30));
  CHECK(changed.empty());
  cluster.set_down(false);
  pump_at(seconds(30));
  CHECK(changed.size() == 1);
}

}  // namespace ks::op
