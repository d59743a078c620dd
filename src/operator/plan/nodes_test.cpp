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

namespace {

Json node(const char* name, const char* kernel, bool runtime, const char* ready = "True") {
  return Json::object(
      {{"metadata", Json::object({{"name", name}})},
       {"status",
        Json::object(
            {{"nodeInfo", Json::object({{"kernelVersion", kernel}})},
             {"conditions", Json::array({Json::object({{"type", "Ready"}, {"status", ready}})})},
             {"runtimeHandlers",
              Json::array({Json::object(
                  {{"features", Json::object({{"userNamespaces", runtime}})}})})}})}});
}

}  // namespace

TEST_CASE("a node has user namespaces where its runtime and its kernel do") {
  CHECK(op::has_user_namespaces(node("n", "6.3.0-1-amd64", true)));
  CHECK(op::has_user_namespaces(node("n", "7.0", true)));
  CHECK_FALSE(op::has_user_namespaces(node("n", "6.3.0", false)));
  for (const char* old : {"6.2.16", "5.15.0-105-generic", "6.1"})
    CHECK_FALSE(op::has_user_namespaces(node("n", old, true)));
  // Where the kernel is not told, the runtime's word counts; where it tells nothing, it has none.
  CHECK(op::has_user_namespaces(node("n", "", true)));
  CHECK(op::has_user_namespaces(node("n", "strange", true)));
  CHECK_FALSE(op::has_user_namespaces(Json::object()));
}

TEST_CASE("all nodes that are ready decide, whatever their order; one that joins does not yet") {
  const auto facts = [](Json::Array nodes) { return op::user_namespace_nodes(nodes); };
  const Json able = node("a", "6.8.0", true), unable = node("b", "5.4.0", true);
  CHECK(facts({able}).facts().user_namespaces);
  CHECK_FALSE(facts({}).facts().user_namespaces);
  for (const auto& both : {Json::Array{able, unable}, Json::Array{unable, able}}) {
    CHECK_FALSE(facts(both).facts().user_namespaces);
    CHECK(facts(both).unable == std::vector<std::string>{"b"});
  }
  CHECK(facts({able, node("c", "5.4.0", false, "False")}).facts().user_namespaces);
  CHECK(facts({able, node("c", "5.4.0", false, "Unknown")}).facts().user_namespaces);
  CHECK_FALSE(facts({node("c", "6.8.0", true, "False")}).facts().user_namespaces);
}

TEST_CASE("pods that run keep or lack their user namespace until they change for another reason") {
  op::OperatorConfig config;
  config.user_namespaces = op::UserNamespaces::auto_;
  auto d = sample::wiki("sandbox-a", "app-abc123");
  op::DeploymentObserved observed;
  observed.sandbox = op::SandboxView{sample::sandbox("sandbox-a").spec, true, {}, {}};
  // Takes the plan's Deployments into what is observed; how many there were.
  const auto changed = [&](bool able) {
    observed.nodes.user_namespaces = able;
    int out = 0;
    for (const op::Step& step : op::plan(d, observed, config, {}).steps) {
      if (!step.object || step.ref.kind != kinds::kDeployment) continue;
      ++out;
      std::erase_if(observed.objects, [&](const op::SeenOfKind& s) {
        return kube::ref_of(*s.kind, *s.seen.object) == step.ref;
      });
      observed.objects.push_back(
          {&kinds::kDeployment, {std::make_shared<const Json>(step.object->tree()), true}});
    }
    return out;
  };
  const auto apart = [&] {
    std::size_t out = 0;
    for (const op::SeenOfKind& s : observed.objects)
      if (s.seen.object->at("spec", "template", "spec", "hostUsers") == Json(false)) ++out;
    return out;
  };
  CHECK(changed(true) == 2);
  CHECK(apart() == 2);
  // A node comes that cannot, and goes again.
  for (const bool able : {false, true, false}) CHECK(changed(able) == 0);
  CHECK(apart() == 2);
  // More or fewer pods are no reason: those that are there stay.
  d.spec.workload.services[0].replicas = 3;
  CHECK(changed(false) == 1);
  CHECK(apart() == 2);
  // Another image is.
  d.spec.workload.services[0].image = "docker.io/nginxinc/nginx-unprivileged:1.28";
  CHECK(changed(false) == 1);
  CHECK(apart() == 1);
  CHECK(changed(true) == 0);
  d.spec.restarts += 1;
  CHECK(changed(true) == 2);
  CHECK(apart() == 2);
  CHECK(changed(true) == 0);
  // So is what is only taken away.
  d.spec.workload.services[0].args = {"--verbose"};
  CHECK(changed(true) == 1);
  d.spec.workload.services[0].args.clear();
  CHECK(changed(false) == 1);
  CHECK(apart() == 1);
}

TEST_CASE("said outright, user namespaces are given or taken whatever the nodes can") {
  const SandboxSpec sandbox = sample::sandbox("sandbox-a").spec;
  const auto d = sample::wiki("sandbox-a", "wiki-abc123");
  for (const bool able : {false, true})
    for (const auto [mode, wanted] :
         {std::pair{op::UserNamespaces::never, false}, std::pair{op::UserNamespaces::always, true},
          std::pair{op::UserNamespaces::auto_, able}}) {
      op::OperatorConfig config;
      config.user_namespaces = mode;
      for (const auto& o : op::deployment_objects(d, sandbox, {}, config, {able}))
        if (o.kind() == kinds::kDeployment)
          CHECK((o.tree().at("spec", "template", "spec", "hostUsers") == Json(false)) == wanted);
    }
}

TEST_CASE("without a pool the profile dedicated runs among all others") {
  SandboxSpec sandbox = sample::sandbox("sandbox-a").spec;
  sandbox.isolation = Isolation::dedicated;
  for (const Json& pod : pods_of(sample::wiki("sandbox-a", "wiki-abc123"), sandbox, {}))
    for (const char* field : {"tolerations", "nodeSelector", "runtimeClassName"})
      CHECK_MESSAGE(pod.find(field) == nullptr, field);
}
