// What a suspension does to a sandbox and to what runs in it, whichever of the two hears of it
// first.
#include <doctest/doctest.h>

#include "operator/plan/deployment.hpp"
#include "operator/plan/sandbox.hpp"
#include "operator/sample.hpp"

using namespace ks;
namespace kinds = kube::kinds;

namespace {

Json hard_of(const SandboxResource& sandbox) {
  return op::sandbox_quota(sandbox).tree().at("spec", "hard");
}

op::Seen seen(Json object) { return {std::make_shared<const Json>(std::move(object)), true}; }

// A deployment of two services and one of its sandboxes, as the operator sees both.
struct World {
  SandboxResource sandbox = sample::limited_sandbox("ns");
  UserDeploymentResource deployment = sample::wiki("ns", "wiki-abc123");

  World() { deployment.meta.has_finalizer = true; }

  // `quota`: as it stands in the namespace.
  op::DeploymentObserved observed(const SandboxResource& quota) const {
    op::DeploymentObserved out;
    out.sandbox = op::SandboxView{sandbox.spec, true, {}, {}};
    out.sandbox->quota = op::quota_view(seen(op::sandbox_quota(quota).tree()), sandbox, {});
    return out;
  }
  // With the objects that the steps before have made.
  op::DeploymentObserved with_objects(const SandboxResource& quota) const {
    op::DeploymentObserved out = observed(quota);
    for (const auto& o : op::deployment_objects(deployment, sandbox.spec, {}, {}))
      for (const kube::Kind* kind :
           {&kinds::kDeployment, &kinds::kService, &kinds::kServiceAccount, &kinds::kIngress,
            &kinds::kPersistentVolumeClaim, &kinds::kPodDisruptionBudget})
        if (*kind == o.kind()) out.objects.push_back({kind, seen(o.tree())});
    return out;
  }
  std::int64_t replicas() const {
    std::int64_t out = 0;
    for (const auto& o : op::deployment_objects(deployment, sandbox.spec, {}, {}))
      if (o.kind() == kinds::kDeployment) out += o.tree().integer_or(-100, "spec", "replicas");
    return out;
  }
};

}  // namespace

TEST_CASE("the quota of a suspended sandbox lets no pod in, and says the rest as before") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    SeededRandom random(seed);
    SandboxResource sandbox = sample::sandbox("ns");
    sandbox.spec.quota = sample::random_quota(random);
    Json before = hard_of(sandbox);
    sandbox.spec.suspended = true;
    Json during = hard_of(sandbox);
    CHECK(during.text("pods") == "0");
    before.erase("pods");
    during.erase("pods");
    CHECK(during == before);
  }
}

TEST_CASE("a sandbox's suspension stops its deployments before their own word of it comes") {
  World world;
  REQUIRE(world.replicas() == 3);
  world.sandbox.spec.suspended = true;
  CHECK(world.replicas() == 0);
  auto there = world.with_objects(world.sandbox);
  for (auto& one : there.objects)
    if (*one.kind == kinds::kDeployment) {
      Json tree = *one.seen.object;
      tree.set("status", Json::object());
      one.seen = seen(std::move(tree));
    }
  const auto plan = op::plan(world.deployment, there, {}, Time{});
  CHECK(plan.steps.empty());
  REQUIRE(plan.status);
  CHECK(plan.status->phase == Phase::stopped);
  CHECK(plan.status->reason == "Suspended");
}

TEST_CASE("when a suspension is lifted no pod is asked for before the quota lets it in") {
  World world;
  SandboxResource suspended = world.sandbox;
  suspended.spec.suspended = true;
  const auto waits = op::plan(world.deployment, world.observed(suspended), {}, Time{});
  CHECK(waits.steps.empty());
  REQUIRE(waits.status);
  CHECK(waits.status->phase == Phase::provisioning);
  const auto goes = op::plan(world.deployment, world.observed(world.sandbox), {}, Time{});
  CHECK_FALSE(goes.steps.empty());
  // A suspension itself waits for no quota, in whichever order the words of it come.
  for (const bool sandbox_first : {true, false}) {
    CAPTURE(sandbox_first);
    World going;
    const SandboxResource open = going.sandbox;
    const auto running = going.with_objects(open);
    (sandbox_first ? going.sandbox.spec.suspended : going.deployment.spec.suspended) = true;
    auto now = running;
    now.sandbox = going.observed(open).sandbox;
    CHECK_FALSE(op::plan(going.deployment, now, {}, Time{}).steps.empty());
  }
}
