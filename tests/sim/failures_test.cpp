// What clusters and people do to an installation: each ends as wanted or with a condition that says
// why it cannot, and concerns nobody else meanwhile.
#include <algorithm>
#include <optional>
#include <set>
#include <string>

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

// Two tenants, each with a deployment that keeps data.
void want_two(World& world) {
  int org = 0;
  for (const char* ns : {"sandbox-a", "sandbox-b"}) {
    world.sandboxes[ns] = sample::sandbox(ns, ++org);
    const std::string stem = std::string("wiki-") + (org == 1 ? "aaaaaa" : "bbbbbb");
    world.deployments[stem] = sample::wiki(ns, stem);
    world.deployments[stem].spec.org_id = sample::uuid(org);
  }
}

std::string phase(World& world, const std::string& stem) {
  const auto status = world.status(stem);
  return std::string(name(status.phase)) + (status.reason.empty() ? "" : "/" + status.reason);
}

std::string ready_of(World& world, const std::string& sandbox) {
  const auto status = world.sandbox_status(sandbox);
  const Condition* ready = status.find("Ready");
  return ready == nullptr ? "" : ready->status + "/" + ready->reason;
}

// What a tenant's namespace holds, and the UID of each, so that what was made anew shows.
std::set<std::string> parts(World& world, const std::string& ns) {
  std::set<std::string> out;
  for (const kube::Kind* kind :
       {&kinds::kDeployment, &kinds::kService, &kinds::kPod, &kinds::kIngress,
        &kinds::kPersistentVolumeClaim, &kinds::kNetworkPolicy, &kinds::kResourceQuota,
        &kinds::kLimitRange, &kinds::kServiceAccount, &kinds::kPodDisruptionBudget,
        &kinds::kHorizontalPodAutoscaler})
    for (const Json& object : world.ours(*kind, ns))
      out.insert(kind->plural + " " + std::string(object.text("metadata", "name")) + " " +
                 std::string(object.text("metadata", "uid")));
  return out;
}

}  // namespace

TEST_CASE("a namespace deleted by hand is made again with all that was in it, and only that one") {
  World world;
  want_two(world);
  REQUIRE(arrive(world));
  const auto theirs = parts(world, "sandbox-b");
  const auto before = parts(world, "sandbox-a");
  REQUIRE(world.cluster().remove({kinds::kNamespace, {}, "sandbox-a"}, {}));
  world.run_for(seconds(30));
  world.apply();
  REQUIRE(arrive(world));
  CHECK(ready_of(world, "sandbox-a") == "True/Applied");
  CHECK(phase(world, "wiki-aaaaaa") == "Ready");
  CHECK(parts(world, "sandbox-a").size() == before.size());
  CHECK(parts(world, "sandbox-b") == theirs);
  CHECK(world.resync_writes() == 0);
}

TEST_CASE(
    "a deployment whose finalizer is taken off by hand leaves nothing that runs, but its data") {
  World world;
  want_two(world);
  REQUIRE(arrive(world));
  const auto theirs = parts(world, "sandbox-b");
  kube::ApplyOptions options;
  options.manager = "k8s-scheduler/deployment";
  const Json bare = Json::object(
      {{"apiVersion", kResourceApiVersion},
       {"kind", "UserDeployment"},
       {"metadata", Json::object({{"name", "wiki-aaaaaa"}, {"namespace", "sandbox-a"}})}});
  REQUIRE(world.cluster().apply(kinds::kUserDeployment, bare, options));
  world.deployments.erase("wiki-aaaaaa");
  REQUIRE(world.cluster().remove({kinds::kUserDeployment, "sandbox-a", "wiki-aaaaaa"}, {}));
  REQUIRE(world.settle());
  for (const kube::Kind* kind :
       {&kinds::kDeployment, &kinds::kPod, &kinds::kService, &kinds::kIngress}) {
    CAPTURE(kind->plural);
    CHECK(world.ours(*kind, "sandbox-a").empty());
  }
  CHECK(world.ours(kinds::kPersistentVolumeClaim, "sandbox-a").size() == 1);
  CHECK(parts(world, "sandbox-b") == theirs);
  CHECK(world.resync_writes() == 0);
}

TEST_CASE("an admission that refuses is told to whom it refuses, without its words, and ends") {
  World world;
  want_two(world);
  world.gate().refuse([](const char* verb, const kube::Ref& ref) -> Refused {
    if (ref.kind != kinds::kDeployment || ref.ns != "sandbox-a" ||
        std::string_view(verb) == "list" || std::string_view(verb) == "watch")
      return std::nullopt;
    return kube::KubeError{403,
                           "Forbidden",
                           "admission webhook \"policy.internal.example\" denied the request: no",
                           {}};
  });
  world.apply();
  world.run_for(seconds(20));
  world.apply();
  world.run_for(minutes(10));
  CHECK(phase(world, "wiki-aaaaaa") == "Error/Refused");
  CHECK(world.status("wiki-aaaaaa").message.find("internal") == std::string::npos);
  CHECK(phase(world, "wiki-bbbbbb") == "Ready");
  world.gate().refuse({});
  // No longer than the longest that a try waits.
  world.run_for(minutes(6));
  CHECK(phase(world, "wiki-aaaaaa") == "Ready");
}

TEST_CASE("a certificate that does not prove the cluster keeps the operator away, and is told") {
  World world;
  bool proved = false;
  world.gate().refuse([&](const char*, const kube::Ref&) -> Refused {
    if (proved) return std::nullopt;
    return kube::KubeError{0, "Tls", "SSL certificate problem: self-signed certificate", {}};
  });
  want_two(world);
  world.apply();
  world.run_for(minutes(10));
  CHECK(world.list(kinds::kNamespace).empty());
  CHECK_FALSE(world.op().synced());
  REQUIRE_FALSE(world.op().missing().empty());
  CHECK(world.op().missing().at(0).find("does not answer") != std::string::npos);
  proved = true;
  world.run_for(seconds(40));
  world.apply();
  world.run_for(seconds(20));
  CHECK(world.op().missing().empty());
  CHECK(phase(world, "wiki-aaaaaa") == "Ready");
}

TEST_CASE("an Event tells of a new phase once, however often its status has to be tried") {
  World world;
  want_two(world);
  REQUIRE(arrive(world));
  const auto told = [&] {
    const auto events = world.list(kinds::kEvent, "sandbox-a");
    return std::ranges::count_if(
        events, [](const Json& event) { return event.text("reason") == "Stopped"; });
  };
  world.gate().refuse([](const char* verb, const kube::Ref& ref) -> Refused {
    if (ref.kind != kinds::kUserDeployment || std::string_view(verb) != "apply")
      return std::nullopt;
    return kube::KubeError{500, "InternalError", "etcd is full", {}};
  });
  const auto before = told();
  auto& spec = world.deployments["wiki-aaaaaa"].spec;
  for (Service& service : spec.workload.services) service.replicas = 0;
  ++spec.revision;
  world.apply();
  world.run_for(minutes(20));
  CHECK(phase(world, "wiki-aaaaaa") == "Ready");
  CHECK(told() == before);
  world.gate().refuse({});
  world.run_for(minutes(6));
  CHECK(phase(world, "wiki-aaaaaa") == "Stopped");
  CHECK(told() == before + 1);
}

TEST_CASE("an operator whose own namespace is deleted makes it again and goes on") {
  World world;
  want_two(world);
  REQUIRE(arrive(world));
  REQUIRE(world.cluster().remove({kinds::kNamespace, {}, "k8s-scheduler"}, {}));
  world.run_for(seconds(20));
  CHECK(world.op().leading());
  world.deployments["wiki-aaaaaa"].spec.workload.services[0].replicas = 3;
  ++world.deployments["wiki-aaaaaa"].spec.revision;
  REQUIRE(arrive(world));
  CHECK(phase(world, "wiki-aaaaaa") == "Ready");
  CHECK(world.status("wiki-aaaaaa").observed_revision == 2);
}

TEST_CASE("a claim deleted by hand is made again, empty, and concerns nobody else") {
  World world;
  want_two(world);
  REQUIRE(arrive(world));
  const auto theirs = parts(world, "sandbox-b");
  const auto claims = world.ours(kinds::kPersistentVolumeClaim, "sandbox-a");
  REQUIRE(claims.size() == 1);
  REQUIRE(world.cluster().remove(kube::ref_of(kinds::kPersistentVolumeClaim, claims.front()), {}));
  REQUIRE(arrive(world));
  CHECK(world.ours(kinds::kPersistentVolumeClaim, "sandbox-a").size() == 1);
  CHECK(phase(world, "wiki-aaaaaa") == "Ready");
  CHECK(parts(world, "sandbox-b") == theirs);
}
