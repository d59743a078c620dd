#include <algorithm>

#include <doctest/doctest.h>

#include "operator/sample.hpp"
#include "tests/sim/world.hpp"

using namespace ks;
namespace kinds = kube::kinds;
using sim::World;

namespace {

void want(World& world, SandboxResource sandbox) {
  world.sandboxes[sandbox.meta.name] = std::move(sandbox);
}
void want(World& world, UserDeploymentResource deployment) {
  world.deployments[deployment.spec.stem] = std::move(deployment);
}
// Twice, since a deployment can be handed over only once its namespace is there.
bool arrive(World& world) {
  world.apply();
  const bool first = world.settle();
  world.apply();
  return world.settle() && first;
}
std::string condition(const World&, const SandboxStatus& status, const char* type) {
  const Condition* c = status.find(type);
  return c == nullptr ? "" : c->status + "/" + c->reason;
}

}  // namespace

TEST_CASE("a sandbox gets its namespace with the claim and everything that closes it") {
  World world;
  want(world, sample::limited_sandbox("sandbox-a"));
  REQUIRE(arrive(world));
  const auto ns = world.get({kinds::kNamespace, {}, "sandbox-a"});
  REQUIRE(ns);
  CHECK(ns->at("metadata", "annotations").text(annotations::kClaim) ==
        world.sandboxes["sandbox-a"].spec.claim);
  CHECK(ns->at("metadata", "labels").text("pod-security.kubernetes.io/enforce") == "restricted");
  std::vector<std::string> policies;
  for (const Json& p : world.ours(kinds::kNetworkPolicy, "sandbox-a"))
    policies.emplace_back(p.text("metadata", "name"));
  CHECK(policies == std::vector<std::string>{"allow-dns", "allow-ingress-controller",
                                             "allow-internet", "allow-same-tenant",
                                             "default-deny"});
  CHECK(world.ours(kinds::kResourceQuota, "sandbox-a").size() == 1);
  CHECK(world.ours(kinds::kLimitRange, "sandbox-a").size() == 1);
  const auto status = world.sandbox_status("sandbox-a");
  CHECK(condition(world, status, "Ready") == "True/Applied");
  CHECK(condition(world, status, "NetworkIsolated") == "Unknown/NotProbed");
  CHECK(condition(world, status, "QuotaSynced") == "True/Applied");
  CHECK(world.resync_writes() == 0);
}

TEST_CASE("a deployment of two services becomes Ready, and a resync then writes nothing") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  want(world, sample::wiki("sandbox-a", "wiki-abc123"));
  REQUIRE(arrive(world));
  const auto status = world.status("wiki-abc123");
  CHECK(name(status.phase) == "Ready");
  CHECK(status.observed_revision == 1);
  CHECK(status.url == "https://wiki-abc123.apps.localhost");
  CHECK(status.services.at("web").ready == 2);
  CHECK(status.services.at("db").ready == 1);
  CHECK(world.ours(kinds::kDeployment, "sandbox-a").size() == 2);
  CHECK(world.ours(kinds::kService, "sandbox-a").size() == 2);
  CHECK(world.ours(kinds::kIngress, "sandbox-a").size() == 1);
  CHECK(world.ours(kinds::kPersistentVolumeClaim, "sandbox-a").size() == 1);
  CHECK(world.ours(kinds::kPodDisruptionBudget, "sandbox-a").size() == 1);
  CHECK(world.resync_writes() == 0);
  // A new process writes nothing either.
  const auto before = world.cluster().mutating_calls();
  world.restart_operator();
  REQUIRE(world.settle());
  CHECK(world.cluster().mutating_calls() == before);
}

TEST_CASE("only the port that a route leads to is open to the ingress controller") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  want(world, sample::wiki("sandbox-a", "wiki-abc123"));
  REQUIRE(arrive(world));
  const auto policy = world.get({kinds::kNetworkPolicy, "sandbox-a", "allow-ingress-controller"});
  REQUIRE(policy);
  const Json& ports = policy->at("spec", "ingress").as_array().at(0).at("ports");
  REQUIRE(ports.as_array().size() == 1);
  CHECK(ports.as_array()[0].integer_or(0, "port") == 8080);
}

TEST_CASE("a namespace without our claim is left alone") {
  World world;
  const Json foreign = Json::object(
      {{"apiVersion", "v1"},
       {"kind", "Namespace"},
       {"metadata",
        Json::object({{"name", "sandbox-a"}, {"labels", Json::object({{"team", "theirs"}})}})}});
  REQUIRE(world.cluster().create(kinds::kNamespace, foreign));
  const auto before = world.get({kinds::kNamespace, {}, "sandbox-a"});
  want(world, sample::sandbox("sandbox-a"));
  want(world, sample::deployment("sandbox-a", "web-abc123"));
  world.apply();
  // Sync would not put it there.
  REQUIRE(world.cluster().apply(kinds::kUserDeployment, to_json(world.deployments["web-abc123"]),
                                {.manager = "k8s-scheduler/sync"}));
  // The name is asked for again every minute, so this world never rests.
  world.run_some(3000);
  CHECK(condition(world, world.sandbox_status("sandbox-a"), "Ready") == "False/NamespaceTaken");
  CHECK(name(world.status("web-abc123").phase) == "Error");
  CHECK(world.status("web-abc123").reason == "NamespaceTaken");
  CHECK(world.get({kinds::kNamespace, {}, "sandbox-a"}) == before);
  CHECK(world.ours(kinds::kNetworkPolicy).empty());
  CHECK(world.ours(kinds::kDeployment).empty());

  // Given free, it is made under our claim.
  REQUIRE(world.cluster().remove({kinds::kNamespace, {}, "sandbox-a"}, {}));
  REQUIRE(arrive(world));
  CHECK(condition(world, world.sandbox_status("sandbox-a"), "Ready") == "True/Applied");
}

TEST_CASE("a namespace deleted by hand is made again under the same claim") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  want(world, sample::wiki("sandbox-a", "wiki-abc123"));
  REQUIRE(arrive(world));
  const auto before = world.get({kinds::kNamespace, {}, "sandbox-a"});
  REQUIRE(world.cluster().remove({kinds::kNamespace, {}, "sandbox-a"}, {}));
  REQUIRE(world.settle());
  const auto after = world.get({kinds::kNamespace, {}, "sandbox-a"});
  REQUIRE(before);
  REQUIRE(after);
  CHECK(after->text("metadata", "uid") != before->text("metadata", "uid"));
  CHECK(after->at("metadata", "annotations").text(annotations::kClaim) ==
        world.sandboxes["sandbox-a"].spec.claim);
  REQUIRE(arrive(world));
  CHECK(name(world.status("wiki-abc123").phase) == "Ready");
}

TEST_CASE("a label taken off our namespace by hand comes back") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  REQUIRE(arrive(world));
  auto ns = world.get({kinds::kNamespace, {}, "sandbox-a"});
  REQUIRE(ns);
  // Another manager takes the label over with another value.
  Json edit = Json::object({{"apiVersion", "v1"},
                            {"kind", "Namespace"},
                            {"metadata", Json::object({{"name", "sandbox-a"}})}});
  edit["metadata"]["labels"].set(labels::kManagedBy, "somebody");
  kube::ApplyOptions options;
  options.manager = "kubectl";
  REQUIRE(world.cluster().apply(kinds::kNamespace, edit, options));
  REQUIRE(world.settle());
  CHECK(world.ours(kinds::kNamespace).size() == 1);
  CHECK(condition(world, world.sandbox_status("sandbox-a"), "Ready") == "True/Applied");
}

TEST_CASE("a deleted deployment leaves nothing, and ends pods before what they use") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  want(world, sample::wiki("sandbox-a", "wiki-abc123"));
  REQUIRE(arrive(world));
  world.deployments.clear();
  REQUIRE(world.cluster().remove({kinds::kUserDeployment, "sandbox-a", "wiki-abc123"}, {}));
  bool pods_outlived_services = false;
  for (int i = 0; i < 400; ++i) {
    world.run_some(1);
    if (!world.ours(kinds::kPod).empty() &&
        (world.ours(kinds::kService).empty() || world.ours(kinds::kPersistentVolumeClaim).empty()))
      pods_outlived_services = true;
  }
  REQUIRE(world.settle());
  CHECK_FALSE(pods_outlived_services);
  for (const kube::Kind* kind :
       {&kinds::kUserDeployment, &kinds::kDeployment, &kinds::kReplicaSet, &kinds::kPod,
        &kinds::kService, &kinds::kIngress, &kinds::kPersistentVolumeClaim, &kinds::kSecret,
        &kinds::kPodDisruptionBudget, &kinds::kHorizontalPodAutoscaler})
    CHECK_MESSAGE(world.list(*kind).empty(), kind->plural);
  for (const Json& account : world.list(kinds::kServiceAccount, "sandbox-a"))
    CHECK(account.text("metadata", "name") == "default");
}

TEST_CASE("a deleted sandbox takes its deployments, then its namespace, then itself") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  want(world, sample::wiki("sandbox-a", "wiki-abc123"));
  REQUIRE(arrive(world));
  world.sandboxes.clear();
  world.deployments.clear();
  REQUIRE(world.cluster().remove({kinds::kSandbox, {}, "sandbox-a"}, {}));
  REQUIRE(world.settle());
  CHECK(world.list(kinds::kSandbox).empty());
  CHECK_FALSE(world.get({kinds::kNamespace, {}, "sandbox-a"}));
  CHECK(world.list(kinds::kPod).empty());
}

TEST_CASE("a protected sandbox stays until the protection is taken off") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  world.sandboxes["sandbox-a"].spec.deletion_protection = true;
  REQUIRE(arrive(world));
  REQUIRE(world.cluster().remove({kinds::kSandbox, {}, "sandbox-a"}, {}));
  REQUIRE(world.settle());
  CHECK(world.get({kinds::kNamespace, {}, "sandbox-a"}));
  CHECK(condition(world, world.sandbox_status("sandbox-a"), "Ready") == "False/DeletionProtected");
  world.sandboxes["sandbox-a"].spec.deletion_protection = false;
  kube::ApplyOptions options;
  options.manager = "k8s-scheduler/sync";
  REQUIRE(world.cluster().apply(kinds::kSandbox, to_json(world.sandboxes["sandbox-a"]), options));
  REQUIRE(world.settle());
  CHECK(world.list(kinds::kSandbox).empty());
  CHECK_FALSE(world.get({kinds::kNamespace, {}, "sandbox-a"}));
}

TEST_CASE("an image that cannot be fetched is told, and a mended one becomes Ready") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  auto d = sample::deployment("sandbox-a", "web-abc123");
  d.spec.workload.services[0].image = "docker.io/acme/does-not-exist:1";
  want(world, d);
  REQUIRE(arrive(world));
  CHECK(name(world.status("web-abc123").phase) == "Error");
  CHECK(world.status("web-abc123").reason == "ImagePullBackOff");
  CHECK(world.status("web-abc123").observed_revision == 0);
  world.deployments["web-abc123"].spec.workload.services[0].image = "docker.io/acme/web:1";
  world.deployments["web-abc123"].spec.revision = 2;
  REQUIRE(arrive(world));
  CHECK(name(world.status("web-abc123").phase) == "Ready");
  CHECK(world.status("web-abc123").reason == "");
  CHECK(world.status("web-abc123").observed_revision == 2);
}

TEST_CASE("while a broken update rolls out, the old revision serves and the phase is Updating") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  want(world, sample::deployment("sandbox-a", "web-abc123"));
  REQUIRE(arrive(world));
  auto& spec = world.deployments["web-abc123"].spec;
  spec.workload.services[0].image = "docker.io/acme/crash-loop:2";
  spec.revision = 2;
  REQUIRE(arrive(world));
  const auto status = world.status("web-abc123");
  CHECK(name(status.phase) == "Updating");
  CHECK(status.reason == "CrashLoopBackOff");
  CHECK(status.observed_revision == 1);
  CHECK(status.services.at("web").ready == 1);
}

TEST_CASE("zero replicas stop a deployment, and more start it again") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  want(world, sample::deployment("sandbox-a", "web-abc123"));
  REQUIRE(arrive(world));
  world.deployments["web-abc123"].spec.workload.services[0].replicas = 0;
  REQUIRE(arrive(world));
  CHECK(name(world.status("web-abc123").phase) == "Stopped");
  CHECK(world.list(kinds::kPod).empty());
  world.deployments["web-abc123"].spec.workload.services[0].replicas = 3;
  REQUIRE(arrive(world));
  CHECK(name(world.status("web-abc123").phase) == "Ready");
  CHECK(world.list(kinds::kPod).size() == 3);
}

TEST_CASE("a restart replaces the pods without a new revision") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  want(world, sample::deployment("sandbox-a", "web-abc123"));
  REQUIRE(arrive(world));
  const auto before = world.list(kinds::kPod).at(0);
  ++world.deployments["web-abc123"].spec.restarts;
  REQUIRE(arrive(world));
  REQUIRE(world.list(kinds::kPod).size() == 1);
  CHECK(world.list(kinds::kPod)[0].text("metadata", "uid") != before.text("metadata", "uid"));
  CHECK(world.status("web-abc123").observed_revision == 1);
}

TEST_CASE("a deployment in another organization's sandbox is refused") {
  World world;
  want(world, sample::sandbox("sandbox-a", 1));
  want(world, sample::deployment("sandbox-a", "web-abc123", 2));
  REQUIRE(arrive(world));
  CHECK(name(world.status("web-abc123").phase) == "Error");
  CHECK(world.status("web-abc123").reason == "ForeignSandbox");
  CHECK(world.ours(kinds::kDeployment).empty());
}

TEST_CASE("a volume survives a service more or less, and its claim never shrinks") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  want(world, sample::wiki("sandbox-a", "wiki-abc123"));
  REQUIRE(arrive(world));
  const auto before = world.ours(kinds::kPersistentVolumeClaim).at(0);
  auto& services = world.deployments["wiki-abc123"].spec.workload.services;
  services.erase(services.begin());
  services[0].volumes[0].size_bytes /= 2;
  world.deployments["wiki-abc123"].spec.workload.ingress_service = "";
  world.deployments["wiki-abc123"].spec.host = "";
  REQUIRE(arrive(world));
  CHECK(name(world.status("wiki-abc123").phase) == "Ready");
  REQUIRE(world.ours(kinds::kPersistentVolumeClaim).size() == 1);
  const auto after = world.ours(kinds::kPersistentVolumeClaim)[0];
  CHECK(after.text("metadata", "uid") == before.text("metadata", "uid"));
  CHECK(after.text("spec", "resources", "requests", "storage") == "1Gi");
  CHECK(world.ours(kinds::kIngress).empty());
  CHECK(world.ours(kinds::kDeployment).size() == 1);
}

TEST_CASE("what a resource that is gone has left behind is taken away, but for its data") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  want(world, sample::wiki("sandbox-a", "wiki-abc123"));
  REQUIRE(arrive(world));
  // Somebody takes the finalizer off: the deletion goes through without the operator.
  const auto object = world.get({kinds::kUserDeployment, "sandbox-a", "wiki-abc123"});
  REQUIRE(object);
  kube::ApplyOptions options;
  options.manager = "k8s-scheduler/deployment";
  Json bare = Json::object(
      {{"apiVersion", kResourceApiVersion},
       {"kind", "UserDeployment"},
       {"metadata", Json::object({{"name", "wiki-abc123"}, {"namespace", "sandbox-a"}})}});
  REQUIRE(world.cluster().apply(kinds::kUserDeployment, bare, options));
  REQUIRE(world.cluster().remove({kinds::kUserDeployment, "sandbox-a", "wiki-abc123"}, {}));
  REQUIRE(world.settle());
  CHECK(world.ours(kinds::kDeployment).empty());
  CHECK(world.list(kinds::kPod).empty());
  CHECK(world.ours(kinds::kService).empty());
  CHECK(world.ours(kinds::kPersistentVolumeClaim).size() == 1);
}

TEST_CASE("of two operators one writes, and the other takes over when it is gone") {
  World world;
  want(world, sample::sandbox("sandbox-a"));
  REQUIRE(arrive(world));
  op::OperatorConfig config;
  config.identity = "second";
  op::Operator second(world.cluster(), config, world.clock(), world.random());
  for (int i = 0; i < 500; ++i) {
    world.run_some(1);
    second.step();
  }
  CHECK(world.op().leading());
  CHECK_FALSE(second.leading());
  CHECK(second.counters().writes == 0);
  // The first is frozen: it does not renew. Its own fence falls before the second may begin.
  for (int i = 0; i < 40 && !second.leading(); ++i) {
    world.clock().advance(seconds(1));
    while (second.step()) {
    }
  }
  CHECK(second.leading());
  world.op().step();
  CHECK_FALSE(world.op().leading());
}
