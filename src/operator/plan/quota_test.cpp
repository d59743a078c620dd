#include <doctest/doctest.h>
#include <fmt/format.h>

#include "domain/sandbox/load.hpp"
#include "operator/plan/deployment.hpp"
#include "operator/plan/sandbox.hpp"
#include "operator/sample.hpp"

using namespace ks;

namespace {

Json json(const char* text) { return parse_json(text).value(); }

op::Seen seen(Json object) { return {std::make_shared<const Json>(std::move(object)), true}; }

// As the cluster has it, enforced or not yet.
op::Seen quota_object(const SandboxResource& sandbox, bool enforced) {
  Json out = op::sandbox_quota(sandbox).tree();
  if (enforced) out.set("status", Json::object({{"hard", out.at("spec", "hard")}}));
  return seen(std::move(out));
}

constexpr const char* kRefused = R"({
  "metadata": {"name": "web-abc123", "namespace": "ns", "generation": 1},
  "status": {"observedGeneration": 1, "conditions": [{"type": "ReplicaFailure", "status": "True",
    "message": "pods \"web-1\" is forbidden: exceeded quota: quota, requested: limits.cpu=250m, used: limits.cpu=250m, limited: limits.cpu=300m"}]}})";

struct World {
  SandboxResource sandbox = sample::sandbox("ns");
  UserDeploymentResource deployment = sample::deployment("ns", "web-abc123");
  op::DeploymentObserved observed;

  World() {
    sandbox.spec.quota.cpu_milli = 300;
    observed.objects.push_back({&kube::kinds::kDeployment, seen(json(kRefused))});
    look(true);
  }
  void look(bool enforced) {
    observed.sandbox = op::SandboxView{sandbox.spec, true, {}, {}};
    observed.sandbox->quota = op::quota_view(quota_object(sandbox, enforced), sandbox, {});
  }
  std::string told() {
    const auto status = op::deployment_status(deployment, observed, {}, true, Time{0});
    return std::string(name(status.phase)) + "/" + status.reason;
  }
  std::string told_after_refusal(const char* message) {
    const auto status =
        op::failed_status(deployment, observed, {}, "QuotaExceeded", message, Time{0});
    return std::string(name(status.phase)) + "/" + status.reason;
  }
};

constexpr const char* kFull =
    "The sandbox's quota leaves no room: services \"web\" is forbidden: exceeded quota: quota, "
    "requested: services=1, used: services=1, limited: services=1";

}  // namespace

TEST_CASE("a quota that is enforced as wanted is a wall, and said so") {
  World world;
  CHECK(world.told() == "Error/QuotaExceeded");
  world.sandbox.spec.quota.services = 1;
  world.look(true);
  CHECK(world.told_after_refusal(kFull) == "Error/QuotaExceeded");
}

TEST_CASE("while the wanted quota is not enforced yet a refusal by it is a wait, not an error") {
  World world;
  world.look(false);
  CHECK(world.told() == "Provisioning/QuotaPending");
  CHECK(world.told_after_refusal(kFull) == "Provisioning/QuotaPending");
  // The one in the namespace is of the plan before.
  world.look(true);
  const op::Seen before = quota_object(world.sandbox, true);
  world.sandbox.spec.quota.cpu_milli = 8000;
  world.observed.sandbox->quota = op::quota_view(before, world.sandbox, {});
  CHECK(world.told() == "Provisioning/QuotaPending");
}

TEST_CASE("a refusal by the quota before the one that is enforced now passes too") {
  World world;
  world.sandbox.spec.quota.cpu_milli = 8000;
  world.sandbox.spec.quota.services = 4;
  world.look(true);
  CHECK(world.told() == "Provisioning/QuotaPending");
  CHECK(world.told_after_refusal(kFull) == "Provisioning/QuotaPending");
}

TEST_CASE("a refusal passes while the Sandbox that is seen has no room for its deployments") {
  World world;
  SandboxLoad load;
  load.add(world.deployment.spec.workload);
  const SandboxQuota enough = room_for(load);
  const op::Seen deployment = seen(to_json(world.deployment));
  const auto see = [&](const SandboxQuota& quota) {
    world.sandbox.spec.quota = quota;
    world.look(true);
    world.observed.sandbox->quota =
        op::quota_view(quota_object(world.sandbox, true), world.sandbox, {deployment});
    // A refusal by the very quota that is enforced.
    return world.told_after_refusal(fmt::format("exceeded quota: quota, requested: services=1, "
                                                "used: services={0}, limited: services={0}",
                                                quota.services.value_or(0))
                                        .c_str());
  };
  CHECK(see(enough) == "Error/QuotaExceeded");
  SandboxQuota before = enough;
  --*before.services;
  CHECK(see(before) == "Provisioning/QuotaPending");
  before = enough;
  --*before.memory_bytes;
  CHECK(see(before) == "Provisioning/QuotaPending");
}
