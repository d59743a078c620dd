// What a person with kubectl is told: each change once, with nothing resting on it.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "operator/sample.hpp"
#include "tests/sim/world.hpp"

using namespace ks;
namespace kinds = kube::kinds;
using sim::World;

namespace {

using Refused = std::optional<kube::KubeError>;

bool arrive(World& world) {
  world.apply();
  const bool first = world.settle();
  world.apply();
  return world.settle() && first;
}

void want_wiki(World& world) {
  world.sandboxes["sandbox-a"] = sample::limited_sandbox("sandbox-a");
  world.sandboxes["sandbox-a"].spec.quota.cpu_milli = 4000;
  world.deployments["wiki-abc123"] = sample::wiki("sandbox-a", "wiki-abc123");
}

// "Warning DriftCorrected Sandbox sandbox-a: ..." of each, in the order of their making.
std::vector<std::string> told(World& world) {
  std::map<std::string, std::string> by_name;
  for (const Json& e : world.list(kinds::kEvent)) {
    const std::string name(e.text("metadata", "name"));
    by_name[name.substr(name.find('.'))] =
        std::string(e.text("type")) + " " + std::string(e.text("reason")) + " " +
        std::string(e.text("involvedObject", "kind")) + " " +
        std::string(e.text("involvedObject", "name")) + ": " + std::string(e.text("message"));
  }
  std::vector<std::string> out;
  for (const auto& [name, text] : by_name) out.push_back(text);
  return out;
}

bool tells(World& world, const std::string& text) {
  const auto all = told(world);
  return std::ranges::any_of(
      all, [&](const std::string& one) { return one.find(text) != std::string::npos; });
}

// All that stands there but Events, without what the cluster draws by lot.
std::set<std::string> things(World& world) {
  std::set<std::string> out;
  for (const kube::Kind* kind :
       {&kinds::kNamespace, &kinds::kDeployment, &kinds::kService, &kinds::kIngress,
        &kinds::kPersistentVolumeClaim, &kinds::kNetworkPolicy, &kinds::kResourceQuota,
        &kinds::kLimitRange, &kinds::kServiceAccount, &kinds::kPodDisruptionBudget})
    for (const Json& object : world.ours(*kind))
      out.insert(kind->plural + " " + std::string(object.text("metadata", "name")));
  for (const kube::Kind* kind : {&kinds::kSandbox, &kinds::kUserDeployment, &kinds::kDeployment})
    for (const Json& object : world.list(*kind)) out.insert(object.at("spec").dump());
  return out;
}

kube::ApplyOptions by(const char* manager) {
  kube::ApplyOptions out;
  out.manager = manager;
  return out;
}

}  // namespace

TEST_CASE("a sandbox and a deployment that come up are told of, and at rest nothing more is") {
  World world;
  want_wiki(world);
  REQUIRE(arrive(world));
  CHECK(tells(world, "Normal Applied Sandbox sandbox-a: "));
  CHECK(tells(world, "Normal Ready UserDeployment wiki-abc123: 3 of 3 pods are ready."));
  CHECK_FALSE(tells(world, "DriftCorrected"));
  for (const Json& event : world.list(kinds::kEvent)) {
    const bool box = event.text("involvedObject", "kind") == "Sandbox";
    CHECK(event.text("metadata", "namespace") == (box ? "default" : "sandbox-a"));
    const auto about =
        world.get(box ? kube::Ref{kinds::kSandbox, {}, "sandbox-a"}
                      : kube::Ref{kinds::kUserDeployment, "sandbox-a", "wiki-abc123"});
    REQUIRE(about);
    CHECK(event.text("involvedObject", "uid") == about->text("metadata", "uid"));
    CHECK(event.text("reportingComponent") == "k8s-scheduler");
  }
  const auto before = told(world);
  CHECK(world.resync_writes() == 0);
  const auto writes = world.cluster().mutating_calls();
  world.restart_operator();
  REQUIRE(world.settle());
  world.run_for(hours(3));
  CHECK(world.cluster().mutating_calls() == writes);
  CHECK(told(world) == before);
}

TEST_CASE("what somebody changed or took away by hand is told by name, and a wish is not") {
  World world;
  want_wiki(world);
  REQUIRE(arrive(world));
  Json edit = Json::object(
      {{"apiVersion", "apps/v1"},
       {"kind", "Deployment"},
       {"metadata", Json::object({{"name", "wiki-abc123-web"}, {"namespace", "sandbox-a"}})},
       {"spec", Json::object({{"replicas", 7}})}});
  REQUIRE(world.cluster().apply(kinds::kDeployment, edit, by("kubectl")));
  REQUIRE(world.settle());
  CHECK(tells(world,
              "Warning DriftCorrected UserDeployment wiki-abc123: Changed by somebody else, "
              "and put right: Deployment wiki-abc123-web."));
  REQUIRE(world.cluster().remove({kinds::kService, "sandbox-a", "wiki-abc123-db"}, {}));
  REQUIRE(world.cluster().remove({kinds::kNetworkPolicy, "sandbox-a", "allow-dns"}, {}));
  REQUIRE(world.settle());
  CHECK(tells(world,
              "UserDeployment wiki-abc123: Taken away by somebody else, and made again: "
              "Service wiki-abc123-db."));
  CHECK(tells(world,
              "Warning DriftCorrected Sandbox sandbox-a: Taken away by somebody else, and "
              "made again: NetworkPolicy allow-dns."));
  REQUIRE(world.cluster().remove({kinds::kNamespace, {}, "sandbox-a"}, {}));
  REQUIRE(arrive(world));
  CHECK(tells(world, "Warning NamespaceTerminating Sandbox sandbox-a: "));
  const auto drift = [&] {
    const auto all = told(world);
    return std::ranges::count_if(
        all, [](const auto& one) { return one.find("DriftCorrected") != one.npos; });
  };
  const auto before = drift();

  // A deployment that changes shape, and a quota that does.
  auto& d = world.deployments["wiki-abc123"].spec;
  d.workload.services[0].replicas = 1;
  d.workload.services[0].env = {{"TITLE", "Other"}};
  d.revision = 2;
  world.sandboxes["sandbox-a"].spec.quota.pods = 11;
  // And another, of a team that needs policies of its own.
  world.sandboxes["sandbox-a"].spec.isolation = Isolation::dedicated;
  REQUIRE(arrive(world));
  world.deployments["web-xyz789"] = sample::deployment("sandbox-a", "web-xyz789", 1, 2);
  REQUIRE(arrive(world));
  CHECK(tells(world, "Normal QuotaChanged Sandbox sandbox-a: The quota changed: pods 8 to 11."));
  CHECK(tells(world,
              "Normal Removed UserDeployment wiki-abc123: Taken away: PodDisruptionBudget "
              "wiki-abc123-web."));
  CHECK(drift() == before);
  // Suspended and back.
  world.sandboxes["sandbox-a"].spec.suspended = true;
  REQUIRE(arrive(world));
  world.sandboxes["sandbox-a"].spec.suspended = false;
  REQUIRE(arrive(world));
  CHECK(drift() == before);
  CHECK(world.resync_writes() == 0);
}

TEST_CASE("what a deletion takes away is told") {
  World world;
  want_wiki(world);
  REQUIRE(arrive(world));
  world.deployments.clear();
  REQUIRE(world.cluster().remove({kinds::kUserDeployment, "sandbox-a", "wiki-abc123"}, {}));
  REQUIRE(world.settle());
  CHECK(tells(world, "Removed UserDeployment wiki-abc123: Taken away: Ingress wiki-abc123, "));
  CHECK(tells(world, "PersistentVolumeClaim"));
  world.sandboxes.clear();
  REQUIRE(world.cluster().remove({kinds::kSandbox, {}, "sandbox-a"}, {}));
  REQUIRE(world.settle());
  CHECK(tells(world, "Normal Removed Sandbox sandbox-a: Taken away: Namespace sandbox-a."));
  CHECK(world.list(kinds::kSandbox).empty());
}

TEST_CASE("a namespace that is somebody else's is told once, however often it is looked at") {
  World world;
  REQUIRE(world.cluster().create(
      kinds::kNamespace, Json::object({{"apiVersion", "v1"},
                                       {"kind", "Namespace"},
                                       {"metadata", Json::object({{"name", "sandbox-a"}})}})));
  world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
  world.apply();
  world.run_for(hours(5));
  const auto all = told(world);
  REQUIRE(all.size() == 1);
  CHECK(all[0].find("Warning NamespaceTaken Sandbox sandbox-a: ") == 0);
  CHECK(world.list(kinds::kEvent)[0].integer_or(0, "count") == 1);
}

TEST_CASE("tries that fail again and again are told ever more seldom, without the server's words") {
  World world;
  want_wiki(world);
  world.gate().refuse([](const char* verb, const kube::Ref& ref) -> Refused {
    if (ref.kind != kinds::kDeployment || std::string_view(verb) != "apply") return std::nullopt;
    return kube::KubeError{422, "Invalid", "env[0].value: Invalid value: \"hunter2\"", {}};
  });
  world.apply();
  world.run_for(seconds(20));
  world.apply();
  world.run_for(hours(1));
  REQUIRE(world.status("wiki-abc123").reason == "Refused");
  CHECK(tells(world,
              "Warning Refused UserDeployment wiki-abc123: The cluster refused an object. "
              "The status says why."));
  CHECK(
      tells(world, "Warning BackOff UserDeployment wiki-abc123: The last tries failed (invalid)"));
  CHECK_FALSE(tells(world, "hunter2"));
  CHECK(told(world).size() < 12);
  for (const Json& event : world.list(kinds::kEvent)) CHECK(event.integer_or(0, "count") < 5);
}

TEST_CASE("a cluster that takes no Events gets all else as one that does") {
  World with, without;
  without.gate().refuse([](const char* verb, const kube::Ref& ref) -> Refused {
    if (ref.kind != kinds::kEvent || std::string_view(verb) == "list" ||
        std::string_view(verb) == "watch")
      return std::nullopt;
    return kube::KubeError{403, "Forbidden", "denied by a policy", {}};
  });
  for (World* world : {&with, &without}) {
    want_wiki(*world);
    REQUIRE(arrive(*world));
    REQUIRE(world->cluster().remove({kinds::kService, "sandbox-a", "wiki-abc123-db"}, {}));
    ++world->deployments["wiki-abc123"].spec.revision;
    REQUIRE(arrive(*world));
  }
  CHECK_FALSE(with.list(kinds::kEvent).empty());
  CHECK(without.list(kinds::kEvent).empty());
  CHECK(things(with) == things(without));
  CHECK(name(without.status("wiki-abc123").phase) == "Ready");
  CHECK(without.op().counters().failures == with.op().counters().failures);
  CHECK(without.op().counters().reconciles == with.op().counters().reconciles);
  CHECK(without.resync_writes() == 0);
}

TEST_CASE("a deployment that goes up and down all day is told of within bounds") {
  World world;
  want_wiki(world);
  REQUIRE(arrive(world));
  std::size_t writes = 0;
  world.gate().each_write(
      [&](const kube::Ref& ref) { writes += ref.kind == kinds::kEvent ? 1 : 0; });
  auto& spec = world.deployments["wiki-abc123"].spec;
  for (int i = 0; i < 100; ++i) {
    for (Service& service : spec.workload.services) service.replicas = i % 2;
    ++spec.revision;
    world.apply();
    world.run_for(seconds(30));
  }
  // A burst, and one every five minutes.
  CHECK(writes <= 20 + 10);
  CHECK(writes > 10);
}
