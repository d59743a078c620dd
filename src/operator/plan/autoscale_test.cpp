// Who says how many pods an autoscaled service has, and what its status makes of that.
#include <algorithm>

#include <doctest/doctest.h>

#include "operator/plan/bench.hpp"
#include "operator/plan/deployment.hpp"
#include "operator/plan/sandbox.hpp"
#include "operator/sample.hpp"

using namespace ks;
namespace kinds = kube::kinds;

namespace {

// A deployment of one service, and what stands of it.
struct Scaled {
  Bench bench;
  SandboxResource sandbox = sample::sandbox("sandbox-a");
  UserDeploymentResource d = sample::deployment("sandbox-a", "web-abc123");
  kube::Ref ref{kinds::kDeployment, "sandbox-a", "web-abc123"};
  kube::Ref scaler{kinds::kHorizontalPodAutoscaler, "sandbox-a", "web-abc123"};

  Scaled() {
    bench.put(kinds::kNamespace, op::namespace_object(sandbox.spec, "v1.30", {}).tree(), "test");
  }
  Service& service() { return d.spec.workload.services[0]; }
  void fix(int replicas) {
    service().autoscale.reset();
    service().replicas = replicas;
  }
  op::DeploymentPlan plan() {
    d.meta = user_deployment_from_json(bench.put(kinds::kUserDeployment, to_json(d), "sync"))->meta;
    d.meta.has_finalizer = true;
    return op::plan(d, bench.around(sandbox.spec), bench.config, bench.clock.now());
  }
  // Step by step; the fewest pods that were asked for on the way.
  std::int64_t carry_out() {
    std::int64_t least = 1000;
    for (const op::Step& step : plan().steps) {
      bench.run({step});
      if (bench.cluster.get(ref)) least = std::min(least, replicas());
    }
    CHECK(plan().steps.empty());
    return least;
  }
  std::int64_t replicas() { return bench.cluster.get(ref)->integer_or(-1, "spec", "replicas"); }
  bool has_autoscaler() { return bench.cluster.get(scaler).has_value(); }
  // As the autoscaler does: the field is its own then.
  void scale(int replicas) {
    bench.put(kinds::kDeployment, op::pod_count({ref.ns, ref.name, {}}, replicas).tree(),
              "kube-controller-manager");
  }
};

Json condition(const char* type, const char* status, const char* reason, Time since) {
  return Json::object({{"type", type},
                       {"status", status},
                       {"reason", reason},
                       {"lastTransitionTime", rfc3339(since).substr(0, 19) + "Z"}});
}

}  // namespace

TEST_CASE("a scaled service starts with its least number of pods, and has one autoscaler") {
  Scaled world;
  sample::autoscaled(world.service(), 2, 6);
  world.carry_out();
  CHECK(world.replicas() == 2);
  const auto scaler = world.bench.cluster.get(world.scaler);
  REQUIRE(scaler);
  CHECK(scaler->integer_or(0, "spec", "minReplicas") == 2);
  CHECK(scaler->integer_or(0, "spec", "maxReplicas") == 6);
  CHECK(scaler->text("spec", "scaleTargetRef", "name") == world.ref.name);
  CHECK(world.bench.seen({&kinds::kPodDisruptionBudget}).size() == 1);
  // One pod may go whenever a node does: there is no other.
  sample::autoscaled(world.service(), 1, 6);
  world.carry_out();
  CHECK(world.bench.seen({&kinds::kPodDisruptionBudget}).empty());
}

TEST_CASE("the number of pods is the autoscaler's, whatever else of the service changes") {
  Scaled world;
  sample::autoscaled(world.service(), 2, 6);
  world.carry_out();
  world.scale(5);
  CHECK(world.plan().steps.empty());
  world.service().image = "docker.io/acme/web:2";
  ++world.d.spec.restarts;
  for (const op::Step& step : world.plan().steps)
    if (step.ref.kind == kinds::kDeployment)
      CHECK(step.object->tree().at("spec", "replicas").is_null());
  CHECK(world.carry_out() == 5);
  CHECK(world.replicas() == 5);
  // Outside of new bounds it is not left until the autoscaler looks.
  sample::autoscaled(world.service(), 2, 4);
  world.carry_out();
  CHECK(world.replicas() == 4);
  sample::autoscaled(world.service(), 5, 6);
  world.carry_out();
  CHECK(world.replicas() == 5);
}

TEST_CASE("from a fixed number to an autoscaler no pod ends, and back it is gone") {
  for (const int fixed : {1, 3, 6, 9}) {
    CAPTURE(fixed);
    Scaled world;
    world.fix(fixed);
    world.carry_out();
    sample::autoscaled(world.service(), 2, 6);
    const std::int64_t wanted = std::clamp(fixed, 2, 6);
    CHECK(world.carry_out() >= std::min<std::int64_t>(fixed, wanted));
    CHECK(world.replicas() == wanted);
    world.scale(4);
    CHECK(world.plan().steps.empty());
    world.fix(fixed);
    world.carry_out();
    CHECK_FALSE(world.has_autoscaler());
    CHECK(world.replicas() == fixed);
    // It is ours again.
    world.scale(5);
    world.carry_out();
    CHECK(world.replicas() == fixed);
  }
}

TEST_CASE("while suspended a scaled service has no pod and no autoscaler, and then both") {
  Scaled world;
  sample::autoscaled(world.service(), 2, 6);
  world.carry_out();
  world.scale(5);
  world.d.spec.suspended = true;
  world.carry_out();
  CHECK(world.replicas() == 0);
  CHECK_FALSE(world.has_autoscaler());
  world.scale(3);
  world.carry_out();
  CHECK(world.replicas() == 0);
  world.d.spec.suspended = false;
  world.carry_out();
  CHECK(world.replicas() == 2);
  CHECK(world.has_autoscaler());
  // Stopped by hand there is nothing to scale.
  world.fix(0);
  world.carry_out();
  CHECK(world.replicas() == 0);
  CHECK_FALSE(world.has_autoscaler());
}

TEST_CASE("what somebody does to the autoscaler or to its mark is mended, and no pod ends for it") {
  Scaled world;
  sample::autoscaled(world.service(), 2, 6);
  world.carry_out();
  world.scale(5);
  Json more = *world.bench.cluster.get(world.scaler);
  more["spec"].set("maxReplicas", 60);
  for (const char* field : {"managedFields", "resourceVersion", "uid"})
    more["metadata"].erase(field);
  world.bench.put(kinds::kHorizontalPodAutoscaler, more, "somebody");
  Json mark = op::pod_count({world.ref.ns, world.ref.name, {}}, 5).tree();
  mark["metadata"]["annotations"].set(annotations::kAutoscaled, "no");
  world.bench.put(kinds::kDeployment, mark, "somebody");
  CHECK(world.carry_out() == 5);
  CHECK(world.bench.cluster.get(world.scaler)->integer_or(0, "spec", "maxReplicas") == 6);
  REQUIRE(world.bench.cluster.remove(world.scaler, {}));
  CHECK(world.carry_out() == 5);
  CHECK(world.has_autoscaler());
  // Beyond what was reserved nobody scales it, nor to nothing.
  for (const auto& [said, is] : {std::pair(60, 6), std::pair(0, 2)}) {
    world.scale(said);
    world.carry_out();
    CHECK(world.replicas() == is);
  }
}

TEST_CASE("a scaled deployment that is deleted leaves no autoscaler") {
  Scaled world;
  sample::autoscaled(world.service(), 2, 6);
  world.carry_out();
  (void)world.plan();
  world.d.meta.deleting = true;
  for (int round = 0; round < 10; ++round) {
    const auto next = op::plan(world.d, world.bench.around(world.sandbox.spec), world.bench.config,
                               world.bench.clock.now());
    if (!next.status) break;
    world.bench.run(next.steps);
  }
  CHECK_FALSE(world.has_autoscaler());
  CHECK(world.bench.around(world.sandbox.spec).objects.empty());
}

TEST_CASE("a scaled service is Ready from its least number on, and says how many are wanted") {
  Scaled world;
  sample::autoscaled(world.service(), 2, 6);
  struct Row {
    int wanted, pods, updated, ready;
    bool told;
    const char* phase;
  };
  const auto phase_of = [&](const Row& row, std::int64_t rolled_out) {
    world.d.status.observed_revision = rolled_out;
    op::DeploymentObserved there;
    there.sandbox = op::SandboxView{world.sandbox.spec, true, {}, {}};
    for (const auto& o :
         op::deployment_objects(world.d, world.sandbox.spec, {}, world.bench.config)) {
      Json tree = o.tree();
      if (o.kind() == kinds::kDeployment) {
        tree["spec"].set("replicas", row.wanted);
        tree["metadata"].set("generation", 2);
        tree.set("status", Json::object({{"observedGeneration", row.told ? 2 : 1},
                                         {"replicas", row.pods},
                                         {"updatedReplicas", row.updated},
                                         {"readyReplicas", row.ready}}));
      }
      there.objects.push_back({&o.kind(), {std::make_shared<const Json>(std::move(tree)), true}});
    }
    const auto next = op::plan(world.d, there, world.bench.config, world.bench.clock.now());
    CHECK(next.steps.empty());
    CHECK(next.status->services.at("web").replicas == row.wanted);
    CHECK(next.status->services.at("web").ready == row.ready);
    return std::string(name(next.status->phase));
  };
  (void)world.plan();
  world.d.meta.has_finalizer = true;
  // Once it has been rolled out, neither what the autoscaler says nor what follows is an update.
  for (const Row& row : {Row{2, 2, 2, 2, true, "Ready"}, Row{4, 2, 2, 2, false, "Ready"},
                         Row{4, 2, 2, 2, true, "Ready"}, Row{4, 4, 4, 2, true, "Ready"},
                         Row{4, 4, 4, 4, true, "Ready"}, Row{3, 4, 4, 4, false, "Ready"},
                         Row{3, 3, 3, 3, true, "Ready"}, Row{4, 4, 4, 1, true, "Degraded"},
                         Row{4, 5, 1, 4, true, "Updating"}}) {
    CAPTURE(row.wanted);
    CAPTURE(row.pods);
    CAPTURE(row.updated);
    CAPTURE(row.ready);
    CHECK(phase_of(row, 1) == row.phase);
  }
  // Before, only what its controller has seen counts.
  for (const Row& row :
       {Row{2, 0, 0, 0, true, "Provisioning"}, Row{2, 2, 2, 1, true, "Provisioning"},
        Row{2, 2, 2, 2, false, "Provisioning"}, Row{2, 2, 2, 2, true, "Ready"}}) {
    CAPTURE(row.wanted);
    CAPTURE(row.pods);
    CAPTURE(row.updated);
    CAPTURE(row.ready);
    CHECK(phase_of(row, 0) == row.phase);
  }
}

TEST_CASE("an autoscaler that knows no use of CPU is told of after a while, and is no failure") {
  Scaled world;
  sample::autoscaled(world.service(), 2, 6);
  world.carry_out();
  const Time since = world.bench.clock.now();
  const auto says = [&](const char* status, const char* reason) {
    Json object = *world.bench.cluster.get(world.scaler);
    object.set("status",
               Json::object({{"conditions",
                              Json::array({condition("ScalingActive", status, reason, since)})}}));
    const op::Seen seen{std::make_shared<const Json>(std::move(object)), true};
    auto there = world.bench.around(world.sandbox.spec);
    for (auto& one : there.objects)
      if (*one.kind == kinds::kHorizontalPodAutoscaler) one.seen = seen;
    return op::plan(world.d, there, world.bench.config, world.bench.clock.now());
  };
  const auto told = [](const op::DeploymentPlan& plan) {
    return plan.status->message.find("does not tell how much CPU web uses") != std::string::npos;
  };
  (void)world.plan();
  world.d.meta.has_finalizer = true;
  const auto young = says("False", "FailedGetResourceMetric");
  CHECK_FALSE(told(young));
  REQUIRE(young.look_again);
  CHECK(*young.look_again - since <= op::kMeasuredWithin);
  world.bench.clock.advance(op::kMeasuredWithin);
  const auto old = says("False", "FailedGetResourceMetric");
  CHECK(told(old));
  CHECK(name(old.status->phase) == "Ready");
  CHECK(old.status->conditions.at(0).status == "True");
  CHECK(old.status->reason.empty());
  CHECK_FALSE(told(says("True", "ValidMetricFound")));
  CHECK_FALSE(told(says("False", "ScalingDisabled")));
  // A fixed number needs no measure.
  world.fix(2);
  CHECK_FALSE(told(says("False", "FailedGetResourceMetric")));
}
