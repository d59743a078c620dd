// Where pods run.
#include <algorithm>

#include <doctest/doctest.h>

#include "operator/plan/deployment.hpp"
#include "operator/sample.hpp"

using namespace ks;
namespace kinds = kube::kinds;

namespace {

std::vector<Json> pods_of(const UserDeploymentResource& d, const SandboxSpec& sandbox,
                          const op::OperatorConfig& config) {
  std::vector<Json> out;
  for (const auto& o : op::deployment_objects(d, sandbox, {}, config))
    if (o.kind() == kinds::kDeployment) out.push_back(o.tree().at("spec", "template", "spec"));
  return out;
}

}  // namespace

TEST_CASE(
    "pods of the profile dedicated run on the pool's nodes, and no others tolerate its taint") {
  op::OperatorConfig config;
  config.dedicated_nodes = op::NodePool{"example.com/org", "{orgId}"};
  config.dedicated_runtime_class = "kata";
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    SeededRandom random(seed);
    SandboxSpec sandbox = sample::sandbox("sandbox-a").spec;
    sandbox.isolation = static_cast<Isolation>(random.below(3));
    auto d = sample::deployment("sandbox-a", "app-abc123");
    sample::set_workload(d, sample::random_workload(random));
    for (const Json& pod : pods_of(d, sandbox, config)) {
      if (sandbox.isolation != Isolation::dedicated) {
        for (const char* field : {"tolerations", "nodeSelector", "runtimeClassName", "nodeName"})
          CHECK_MESSAGE(pod.find(field) == nullptr, field);
        continue;
      }
      CHECK(pod.at("nodeSelector") == Json::object({{"example.com/org", sandbox.org_id}}));
      CHECK(pod.at("tolerations") ==
            Json::array({Json::object(
                {{"key", "example.com/org"}, {"operator", "Equal"}, {"value", sandbox.org_id}})}));
      CHECK(pod.text("runtimeClassName") == "kata");
    }
  }
}

TEST_CASE("another profile moves the pods by an update, and back") {
  op::OperatorConfig config;
  config.dedicated_nodes = op::NodePool{"pool", "dedicated"};
  const auto d = sample::deployment("sandbox-a", "app-abc123");
  op::DeploymentObserved observed;
  observed.sandbox = op::SandboxView{sample::sandbox("sandbox-a").spec, true, {}, {}};
  const auto plan = [&](Isolation isolation) {
    observed.sandbox->spec.isolation = isolation;
    return op::plan(d, observed, config, {}).steps;
  };
  const auto keep = [&](const std::vector<op::Step>& steps) {
    for (const op::Step& step : steps)
      if (step.object && step.ref.kind == kinds::kDeployment)
        observed.objects = {
            {&kinds::kDeployment, {std::make_shared<const Json>(step.object->tree()), true}}};
  };
  const auto changes = [&](Isolation isolation) {
    const auto steps = plan(isolation);
    const bool found = std::ranges::any_of(
        steps, [](const op::Step& step) { return step.ref.kind == kinds::kDeployment; });
    keep(steps);
    return found;
  };
  CHECK(changes(Isolation::shared));
  CHECK_FALSE(changes(Isolation::namespace_));
  CHECK(changes(Isolation::dedicated));
  CHECK_FALSE(changes(Isolation::dedicated));
  CHECK(changes(Isolation::shared));
}

TEST_CASE("without a pool the profile dedicated runs among all others") {
  SandboxSpec sandbox = sample::sandbox("sandbox-a").spec;
  sandbox.isolation = Isolation::dedicated;
  for (const Json& pod : pods_of(sample::wiki("sandbox-a", "wiki-abc123"), sandbox, {}))
    for (const char* field : {"tolerations", "nodeSelector", "runtimeClassName"})
      CHECK_MESSAGE(pod.find(field) == nullptr, field);
}
