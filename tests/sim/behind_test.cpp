// Nothing of a tenant starts behind policies that let more through than its sandbox is to.
#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "domain/sandbox/waiting.hpp"
#include "operator/sample.hpp"
#include "tests/sim/held_watches.hpp"
#include "tests/sim/world.hpp"

using namespace ks;
namespace kinds = kube::kinds;
using sim::HeldWatches;
using sim::World;

namespace {

bool opens_everything(const Json& policy) { return policy.canonical().contains("\"0.0.0.0/0\""); }

// Two tenants with a deployment each. Counts what starts in sandbox-a while the whole internet is
// open there.
struct Two {
  std::set<kube::Kind> held;
  World world{1, {}, [this](kube::Cluster& cluster) {
                return std::make_unique<HeldWatches>(cluster, held);
              }};
  bool wide = false;
  int wide_pods = 0;

  Two() {
    world.cluster().on_change(
        [this](const kube::Kind& kind, const Json* before, const Json* after) {
          const Json& object = after != nullptr ? *after : *before;
          if (object.text("metadata", "namespace") != "sandbox-a") return;
          if (kind == kinds::kNetworkPolicy && object.text("metadata", "name") == "allow-internet")
            wide = after != nullptr && opens_everything(object);
          if (kind == kinds::kPod && before == nullptr && wide) ++wide_pods;
        });
    int org = 0;
    for (const char* ns : {"sandbox-a", "sandbox-b"}) {
      world.sandboxes[ns] = sample::sandbox(ns, ++org);
      add(ns, std::string("old-") + ns, org);
    }
    arrive();
    REQUIRE(phase("old-sandbox-a") == "Ready");
    REQUIRE(wide);
    wide_pods = 0;
  }
  void add(const std::string& ns, const std::string& stem, int org) {
    world.deployments[stem] = sample::deployment(ns, stem, org);
  }
  void narrow() { world.sandboxes["sandbox-a"].spec.egress = EgressList{{"1.1.1.0/24", {443}}}; }
  void refuse_policies() {
    world.gate().refuse(
        [](const char* verb, const kube::Ref& ref) -> std::optional<kube::KubeError> {
          if (ref.ns != "sandbox-a" || ref.kind != kinds::kNetworkPolicy ||
              std::string_view(verb) != "apply")
            return std::nullopt;
          return kube::KubeError{422, "Invalid", "the policy is refused", {}};
        });
  }
  // Nor may the operator say that the Sandbox is not Ready: its word stays what it was.
  void refuse_policies_and_word() {
    world.gate().refuse(
        [](const char* verb, const kube::Ref& ref) -> std::optional<kube::KubeError> {
          const bool policy = ref.ns == "sandbox-a" && ref.kind == kinds::kNetworkPolicy;
          const bool word = ref.name == "sandbox-a" && ref.kind == kinds::kSandbox;
          if ((!policy && !word) || std::string_view(verb) != "apply") return std::nullopt;
          return kube::KubeError{422, "Invalid", "refused", {}};
        });
  }
  void arrive() {
    for (int i = 0; i < 2; ++i) {
      world.apply();
      REQUIRE(world.settle());
    }
  }
  std::string phase(const std::string& stem) {
    const auto status = world.status(stem);
    return std::string(name(status.phase)) + (status.reason.empty() ? "" : "/" + status.reason);
  }
  bool runs(const std::string& ns, const std::string& stem) {
    return std::ranges::any_of(world.list(kinds::kPod, ns), [&](const Json& pod) {
      return pod.at("metadata", "labels").text(labels::kDeployment) == stem;
    });
  }
};

}  // namespace

TEST_CASE_FIXTURE(Two, "while a stricter policy is refused what is new waits, and only there") {
  refuse_policies();
  narrow();
  add("sandbox-a", "new-a", 1);
  add("sandbox-b", "new-b", 2);
  world.apply();
  world.run_for(minutes(2));
  CHECK(phase("new-a").starts_with("Pending/Sandbox"));
  CHECK(world.status("new-a").message.starts_with("Waiting for the sandbox. "));
  CHECK_FALSE(runs("sandbox-a", "new-a"));
  CHECK(runs("sandbox-a", "old-sandbox-a"));
  CHECK(phase("old-sandbox-a") == "Ready");
  CHECK(phase("new-b") == "Ready");
  world.gate().refuse({});
  arrive();
  CHECK(phase("new-a") == "Ready");
  CHECK(wide_pods == 0);
  CHECK(world.resync_writes() == 0);
}

TEST_CASE_FIXTURE(Two, "a Sandbox that says Ready of before does not let anything start") {
  refuse_policies_and_word();
  narrow();
  add("sandbox-a", "new-a", 1);
  world.apply();
  world.run_for(minutes(2));
  const SandboxStatus status = world.sandbox_status("sandbox-a");
  REQUIRE(status.find("Ready") != nullptr);
  CHECK(status.find("Ready")->status == "True");
  CHECK(phase("new-a") == "Pending/SandboxBehind");
  CHECK_FALSE(runs("sandbox-a", "new-a"));
  CHECK(phase("old-sandbox-a") == "Ready");
  // Another process knows no more than the objects tell.
  world.restart_operator();
  world.run_for(minutes(2));
  CHECK_FALSE(runs("sandbox-a", "new-a"));
  // What is to stop stops all the same.
  world.deployments["old-sandbox-a"].spec.suspended = true;
  world.apply();
  world.run_for(minutes(2));
  CHECK_FALSE(runs("sandbox-a", "old-sandbox-a"));
  world.deployments["old-sandbox-a"].spec.suspended = false;
  world.gate().refuse({});
  arrive();
  CHECK(phase("new-a") == "Ready");
  CHECK(phase("old-sandbox-a") == "Ready");
  CHECK(wide_pods == 0);
}

TEST_CASE_FIXTURE(Two, "a watch that is late to tell of a stricter sandbox lets nothing start") {
  held = {kinds::kSandbox};
  narrow();
  add("sandbox-a", "new-a", 1);
  world.apply();
  world.run_for(seconds(10));
  CHECK(runs("sandbox-a", "new-a"));
  CHECK(wide_pods == 0);
  held.clear();
  arrive();
  CHECK(phase("new-a") == "Ready");
}

TEST_CASE_FIXTURE(Two, "what opens more and is not there yet keeps nothing from starting") {
  narrow();
  arrive();
  // Only the finding stands still: allow-internet is missing, and is refused.
  world.gate().refuse([](const char* verb, const kube::Ref& ref) -> std::optional<kube::KubeError> {
    const bool word = ref.name == "sandbox-a" && ref.kind == kinds::kSandbox;
    const bool policy = ref.ns == "sandbox-a" && ref.name == "allow-internet";
    if ((!policy && !word) || std::string_view(verb) != "apply") return std::nullopt;
    return kube::KubeError{422, "Invalid", "refused", {}};
  });
  REQUIRE(world.cluster().remove({kinds::kNetworkPolicy, "sandbox-a", "allow-internet"}, {}));
  add("sandbox-a", "new-a", 1);
  world.apply();
  world.run_for(minutes(2));
  CHECK(runs("sandbox-a", "new-a"));
}

TEST_CASE_FIXTURE(Two, "while a stricter policy is refused no autoscaler lets more pods start") {
  auto& scaled = world.deployments["old-sandbox-a"].spec;
  const auto scale = [&](int max) {
    scaled.workload.services[0].autoscale = Autoscale{1, 70};
    scaled.workload.services[0].replicas = max;
    ++scaled.revision;
  };
  scale(2);
  arrive();
  const kube::Ref ref{
      kinds::kHorizontalPodAutoscaler, "sandbox-a",
      std::string(
          world.ours(kinds::kHorizontalPodAutoscaler, "sandbox-a").at(0).text("metadata", "name"))};
  const auto most = [&] { return world.get(ref)->integer_or(0, "spec", "maxReplicas"); };
  REQUIRE(most() == 2);
  narrow();
  refuse_policies_and_word();
  scale(20);
  world.apply();
  world.run_for(minutes(2));
  CHECK(most() == 2);
  world.gate().refuse({});
  arrive();
  CHECK(most() == 20);
}

TEST_CASE_FIXTURE(Two,
                  "while a stricter policy is refused a route that is not wanted any more goes") {
  REQUIRE(world.ours(kinds::kIngress, "sandbox-a").size() == 1);
  narrow();
  refuse_policies_and_word();
  auto& spec = world.deployments["old-sandbox-a"].spec;
  spec.host.clear();
  ++spec.revision;
  spec.workload.services[0].image = "docker.io/acme/web:2";
  world.apply();
  world.run_for(minutes(2));
  CHECK(world.ours(kinds::kIngress, "sandbox-a").empty());
  const auto image = [&] {
    return std::string(world.ours(kinds::kDeployment, "sandbox-a")
                           .at(0)
                           .at("spec", "template", "spec", "containers")
                           .as_array()[0]
                           .text("image"));
  };
  CHECK(image() != "docker.io/acme/web:2");
  world.gate().refuse({});
  arrive();
  CHECK(image() == "docker.io/acme/web:2");
  CHECK(wide_pods == 0);
}

TEST_CASE_FIXTURE(Two, "a change of policies reconciles only what waited for one") {
  for (int i = 0; i < 30; ++i) add("sandbox-a", "more-" + std::to_string(i) + "-x", 1);
  arrive();
  const auto before = world.op().counters().reconciles;
  REQUIRE(world.cluster().remove({kinds::kNetworkPolicy, "sandbox-a", "allow-dns"}, {}));
  REQUIRE(world.settle());
  CHECK(world.get({kinds::kNetworkPolicy, "sandbox-a", "allow-dns"}));
  CHECK(world.op().counters().reconciles - before < 10);
}
