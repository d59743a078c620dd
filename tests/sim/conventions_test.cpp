// What an operator has to get right whatever the cluster does to it.
#include <algorithm>
#include <cstdlib>
#include <set>

#include <doctest/doctest.h>

#include "operator/manifests/crds.hpp"
#include "operator/sample.hpp"
#include "tests/sim/world.hpp"

using namespace ks;
namespace kinds = kube::kinds;
using kube::simulated::SimulatedCluster;
using sim::World;

namespace {

bool arrive(World& world) {
  world.apply();
  const bool first = world.settle();
  world.apply();
  return world.settle() && first;
}

void want_wiki(World& world) {
  world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
  world.deployments["wiki-abc123"] = sample::wiki("sandbox-a", "wiki-abc123");
}

std::string phase(World& world, const std::string& stem = "wiki-abc123") {
  const auto status = world.status(stem);
  return std::string(name(status.phase)) + (status.reason.empty() ? "" : "/" + status.reason);
}

std::string ready_of(World& world, const std::string& sandbox = "sandbox-a") {
  const auto status = world.sandbox_status(sandbox);
  const Condition* ready = status.find("Ready");
  return ready == nullptr ? "" : ready->status + "/" + ready->reason;
}

// The image that a service's Deployment has.
std::string image_of(World& world, const std::string& deployment) {
  const auto object = world.get({kinds::kDeployment, "sandbox-a", deployment});
  if (!object) return "";
  return std::string(
      object->at("spec", "template", "spec", "containers").as_array().at(0).text("image"));
}

void break_watches(World& world) {
  world.cluster().set_down(true);
  world.cluster().set_down(false);
}

Json config_map(const char* name, bool held) {
  Json out =
      Json::object({{"apiVersion", "v1"},
                    {"kind", "ConfigMap"},
                    {"metadata", Json::object({{"name", name}, {"namespace", "sandbox-a"}})}});
  if (held) out["metadata"].set("finalizers", Json::array({"example.com/held"}));
  return out;
}

kube::ApplyOptions by(const char* manager) {
  kube::ApplyOptions out;
  out.manager = manager;
  return out;
}

}  // namespace

TEST_CASE("an operator held up past its lease writes no more than the write it had begun") {
  // Held at each write of a first roll-out in turn; meanwhile the other takes over and finishes
  // what is wanted by then.
  int held_at = 0;
  for (bool more = true; more; ++held_at) {
    CAPTURE(held_at);
    World world(7);
    world.add_operator();
    world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
    REQUIRE(arrive(world));
    const std::size_t first = world.leader() == &world.op(0) ? 0 : 1, second = 1 - first;
    world.deployments["wiki-abc123"] = sample::wiki("sandbox-a", "wiki-abc123");
    world.apply();
    bool held = false;
    int written = 0;
    world.gate(first).hold_at_write(held_at, [&] {
      held = true;
      written = world.gate(first).writes();
      world.pause(first, true);
      auto& spec = world.deployments["wiki-abc123"].spec;
      spec.workload.services[0].image = "docker.io/acme/web:2";
      spec.revision = 2;
      world.apply();
      CHECK(world.settle());
      CHECK(world.leader() == &world.op(second));
      CHECK(phase(world) == "Ready");
      CHECK(image_of(world, "wiki-abc123-web") == "docker.io/acme/web:2");
      world.pause(first, false);
    });
    REQUIRE(world.settle());
    more = held;
    if (!held) continue;
    CHECK(world.gate(first).writes() - written <= 1);
    CHECK(world.leader() == &world.op(second));
    CHECK(phase(world) == "Ready");
    CHECK(world.status("wiki-abc123").observed_revision == 2);
    CHECK(image_of(world, "wiki-abc123-web") == "docker.io/acme/web:2");
    CHECK(world.ours(kinds::kDeployment).size() == 2);
    CHECK(world.resync_writes() == 0);
  }
  // A service account, a claim, two Services, two Deployments, a budget, a route, the statuses.
  CHECK(held_at > 8);
}

TEST_CASE("a watch too far behind is listed anew, and no other kind is") {
  kube::simulated::Options options;
  options.events_kept = 8;
  World world(1, {}, {}, options);
  want_wiki(world);
  REQUIRE(arrive(world));
  const auto before = world.op().counters().relists;
  world.pause(0, true);
  for (int i = 0; i < 12; ++i) {
    Json edit = Json::object(
        {{"apiVersion", "v1"},
         {"kind", "Service"},
         {"metadata", Json::object({{"name", "wiki-abc123-web"}, {"namespace", "sandbox-a"}})}});
    edit["metadata"]["annotations"].set("example.com/turn", std::to_string(i));
    REQUIRE(world.cluster().apply(kinds::kService, edit, by("kubectl")));
  }
  world.pause(0, false);
  REQUIRE(world.settle());
  CHECK(world.op().counters().relists == before + 1);
  CHECK(phase(world) == "Ready");
}

TEST_CASE("a kind in which nothing happens is resumed from its bookmark, not listed again") {
  op::OperatorConfig config;
  config.leader_elect = false;
  World world(1, config);
  want_wiki(world);
  REQUIRE(arrive(world));
  world.run_for(minutes(3));
  const auto before = world.op().counters().relists;
  // Older versions than those of the bookmarks are forgotten.
  world.cluster().compact();
  break_watches(world);
  REQUIRE(world.settle());
  CHECK(world.op().counters().relists == before);
}

TEST_CASE("in a namespace that is ending nothing is made, and after it everything again") {
  World world;
  want_wiki(world);
  REQUIRE(arrive(world));
  REQUIRE(world.cluster().apply(kinds::kConfigMap, config_map("held", true), by("somebody")));
  REQUIRE(world.cluster().remove({kinds::kNamespace, {}, "sandbox-a"}, {}));
  world.run_for(minutes(2));
  CHECK(ready_of(world) == "False/NamespaceTerminating");
  CHECK(world.ours(kinds::kDeployment).empty());
  const auto before = world.cluster().mutating_calls();
  world.op().resync();
  world.run_for(minutes(10));
  CHECK(world.cluster().mutating_calls() == before);
  REQUIRE(world.cluster().apply(kinds::kConfigMap, config_map("held", false), by("somebody")));
  REQUIRE(arrive(world));
  CHECK(ready_of(world) == "True/Applied");
  CHECK(phase(world) == "Ready");
}

TEST_CASE("a server that is away for minutes costs seconds once it is back") {
  World world;
  want_wiki(world);
  world.apply();
  REQUIRE(world.settle());
  world.cluster().set_down(true);
  world.run_for(minutes(12));
  CHECK_FALSE(world.op().leading());
  world.cluster().set_down(false);
  world.apply();
  world.run_for(seconds(30));
  CHECK(phase(world) == "Ready");
  REQUIRE(world.settle());
  CHECK(world.resync_writes() == 0);
}

TEST_CASE("a server that is slow is worked with, and no lease is lost by it") {
  World world;
  want_wiki(world);
  world.gate().each_call([&] { world.clock().advance(milliseconds(900)); });
  REQUIRE(arrive(world));
  CHECK(phase(world) == "Ready");
  CHECK(world.op().leading());
}

TEST_CASE("a storm of 429 is waited out as the server asks, and then forgotten") {
  World world;
  want_wiki(world);
  REQUIRE(arrive(world));
  kube::simulated::Faults storm;
  storm.error_429 = 1000;
  storm.retry_after_max = seconds(30);
  world.cluster().set_faults(storm);
  int calls = 0;
  world.gate().each_call([&] { ++calls; });
  auto& spec = world.deployments["wiki-abc123"].spec;
  spec.workload.services[0].replicas = 3;
  spec.revision = 2;
  world.cluster().set_faults({});
  world.apply();
  world.cluster().set_faults(storm);
  world.run_for(minutes(10));
  // The lease is asked for every half a second to two; the rest keeps to Retry-After.
  CHECK(calls < 1300);
  world.cluster().set_faults({});
  world.run_for(minutes(1));
  CHECK(phase(world) == "Ready");
  CHECK(world.status("wiki-abc123").observed_revision == 2);
}

TEST_CASE("a token that has run out stops the operator, and a new one sets it going") {
  World world;
  want_wiki(world);
  REQUIRE(arrive(world));
  world.gate().refuse([](const char*, const kube::Ref&) {
    return kube::KubeError{401, "Unauthorized", "Unauthorized", {}};
  });
  // As when the server was started anew with another certificate.
  break_watches(world);
  world.deployments["wiki-abc123"].spec.workload.services[0].image = "docker.io/acme/web:2";
  world.deployments["wiki-abc123"].spec.revision = 2;
  world.apply();
  world.run_for(minutes(20));
  CHECK_FALSE(world.op().leading());
  world.gate().refuse({});
  world.run_for(seconds(30));
  CHECK(world.op().leading());
  CHECK(image_of(world, "wiki-abc123-web") == "docker.io/acme/web:2");
  CHECK(phase(world) == "Ready");
}

TEST_CASE("a quota lowered under use stops no pod, is told where one is missing, and then passes") {
  kube::simulated::Options options;
  options.enforce_quotas = true;
  World world(1, {}, {}, options);
  world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
  auto d = sample::deployment("sandbox-a", "web-abc123");
  d.spec.workload.services[0].replicas = 3;
  world.deployments["web-abc123"] = d;
  world.sandboxes["sandbox-a"].spec.quota.pods = 4;
  REQUIRE(arrive(world));
  CHECK(phase(world, "web-abc123") == "Ready");
  world.sandboxes["sandbox-a"].spec.quota.pods = 2;
  REQUIRE(arrive(world));
  CHECK(phase(world, "web-abc123") == "Ready");
  CHECK(world.list(kinds::kPod).size() == 3);
  REQUIRE(world.cluster().remove(
      kube::ref_of(kinds::kPod, world.list(kinds::kPod, "sandbox-a").at(0)), {}));
  world.run_for(seconds(10));
  CHECK(world.list(kinds::kPod).size() == 2);
  CHECK(world.status("web-abc123").reason.starts_with("Quota"));
  world.sandboxes["sandbox-a"].spec.quota.pods = 4;
  REQUIRE(arrive(world));
  CHECK(phase(world, "web-abc123") == "Ready");
  CHECK(world.list(kinds::kPod).size() == 3);
}

TEST_CASE("without a node a deployment says so, and starts when one comes") {
  World world;
  world.cluster().set_nodes(false);
  want_wiki(world);
  REQUIRE(arrive(world));
  CHECK(phase(world) == "Error/Unschedulable");
  CHECK(world.resync_writes() == 0);
  world.cluster().set_nodes(true);
  REQUIRE(world.settle());
  CHECK(phase(world) == "Ready");
}

TEST_CASE("a cluster whose data are of an earlier time is brought to what is wanted now") {
  for (const auto versions :
       {SimulatedCluster::Versions::go_back, SimulatedCluster::Versions::jump_ahead}) {
    CAPTURE(static_cast<int>(versions));
    World world;
    want_wiki(world);
    REQUIRE(arrive(world));
    const auto copy = world.cluster().copy();
    // Since then: a change, a deployment more, another sandbox.
    auto& spec = world.deployments["wiki-abc123"].spec;
    spec.workload.services[0].image = "docker.io/acme/web:2";
    spec.workload.services[0].replicas = 4;
    spec.revision = 2;
    world.deployments["web-def456"] = sample::deployment("sandbox-a", "web-def456");
    world.sandboxes["sandbox-b"] = sample::sandbox("sandbox-b");
    REQUIRE(arrive(world));
    CHECK(world.list(kinds::kPod).size() == 6);
    world.cluster().go_back_to(*copy, versions);
    REQUIRE(world.settle());
    REQUIRE(arrive(world));
    CHECK(image_of(world, "wiki-abc123-web") == "docker.io/acme/web:2");
    CHECK(world.list(kinds::kPod).size() == 6);
    CHECK(phase(world) == "Ready");
    CHECK(phase(world, "web-def456") == "Ready");
    CHECK(world.status("wiki-abc123").observed_revision == 2);
    CHECK(ready_of(world, "sandbox-b") == "True/Applied");
    CHECK(world.resync_writes() == 0);
  }
}

TEST_CASE("without its kinds the operator says which, and goes on when they come") {
  op::OperatorConfig config;
  config.install_crds = op::OperatorConfig::InstallCrds::never;
  kube::simulated::Options options;
  options.require_crds = true;
  World world(1, config, {}, options);
  world.run_for(seconds(20));
  const auto missing = world.op().missing();
  CHECK(std::ranges::any_of(missing,
                            [](const std::string& m) { return m.starts_with("sandboxes "); }));
  CHECK(std::ranges::any_of(
      missing, [](const std::string& m) { return m.starts_with("userdeployments "); }));
  for (const Json& definition : op::custom_resource_definitions())
    REQUIRE(world.cluster().apply(kinds::kCustomResourceDefinition, definition, by("kubectl")));
  want_wiki(world);
  REQUIRE(arrive(world));
  CHECK(world.op().missing().empty());
  CHECK(phase(world) == "Ready");
}

TEST_CASE("older definitions are brought up to date at start, and only then") {
  World world;
  REQUIRE(arrive(world));
  const kube::Ref ref =
      kube::ref_of(kinds::kCustomResourceDefinition, op::custom_resource_definitions().at(0));
  const auto wanted = world.get(ref);
  REQUIRE(wanted);
  Json old = op::custom_resource_definitions().at(0);
  old["metadata"]["annotations"].set(annotations::kWanted, "of an older version");
  old["spec"]["versions"].as_array().at(0).set("additionalPrinterColumns", Json::array());
  REQUIRE(
      world.cluster().apply(kinds::kCustomResourceDefinition, old, by("k8s-scheduler/install")));
  world.restart_operator();
  REQUIRE(world.settle());
  CHECK(world.get(ref)->at("spec") == wanted->at("spec"));
  const auto before = world.cluster().mutating_calls();
  world.restart_operator();
  REQUIRE(world.settle());
  CHECK(world.cluster().mutating_calls() == before);
}

TEST_CASE("fields of a newer version in a resource do no harm and are left where they are") {
  World world;
  want_wiki(world);
  world.apply();
  REQUIRE(world.settle());
  Json newer = to_json(world.deployments["wiki-abc123"]);
  newer["spec"].set("fromTheFuture", Json::object({{"mode", "fast"}}));
  REQUIRE(world.cluster().apply(kinds::kUserDeployment, newer, by("k8s-scheduler/sync")));
  REQUIRE(world.cluster().apply(
      kinds::kSecret,
      Json::object(
          {{"apiVersion", "v1"},
           {"kind", "Secret"},
           {"metadata", Json::object({{"name", "wiki-abc123-1"}, {"namespace", "sandbox-a"}})},
           {"stringData", Json::object({{"password", "synthetic"}})}}),
      by("k8s-scheduler/sync")));
  REQUIRE(world.settle());
  CHECK(phase(world) == "Ready");
  const auto there = world.get({kinds::kUserDeployment, "sandbox-a", "wiki-abc123"});
  REQUIRE(there);
  CHECK(there->text("spec", "fromTheFuture", "mode") == "fast");
  CHECK(world.resync_writes() == 0);
}

TEST_CASE("one tenant whose objects are refused holds up none of the others") {
  // scripts/soak has more of them.
  const char* many = std::getenv("KS_SIM_TENANTS");
  const int tenants = many == nullptr ? 60 : std::atoi(many);
  const std::string poisoned = "sandbox-0";
  // How long until all the others are ready, and with how many calls of namespaces.
  struct Start {
    Duration until;
    std::int64_t others = 0;
    std::int64_t poisoned = 0;
  };
  const auto start = [&](const std::optional<kube::KubeError>& error) {
    World world;
    Start out;
    for (int i = 0; i < tenants; ++i) {
      const std::string ns = "sandbox-" + std::to_string(i);
      world.sandboxes[ns] = sample::sandbox(ns, i);
    }
    world.gate().refuse(
        [&](const char* verb, const kube::Ref& ref) -> std::optional<kube::KubeError> {
          if (std::string_view(verb) == "list") return std::nullopt;
          ++(ref.ns == poisoned ? out.poisoned : out.others);
          return ref.ns == poisoned ? error : std::nullopt;
        });
    world.apply();
    const auto all_ready = [&] {
      for (const auto& [ns, sandbox] : world.sandboxes)
        if ((ns != poisoned || !error) && ready_of(world, ns) != "True/Applied") return false;
      return true;
    };
    const Time before = world.clock().monotonic();
    while (!all_ready() && world.clock().monotonic() - before < minutes(5))
      world.run_for(seconds(1));
    CHECK(all_ready());
    out.until = world.clock().monotonic() - before;
    if (error) CHECK(ready_of(world, poisoned).starts_with("False/"));
    return out;
  };
  const Start healthy = start(std::nullopt);
  const std::vector<kube::KubeError> errors = {{422, "Invalid", "the object is refused", {}},
                                               {403, "Forbidden", "the object is refused", {}},
                                               {409, "Conflict", "the object was changed", {}},
                                               {429, "TooManyRequests", "later", seconds(1)},
                                               {500, "InternalError", "the server is lost", {}},
                                               {0, "", "no answer came", {}}};
  for (const auto& error : errors) {
    CAPTURE(error.status);
    const Start sick = start(error);
    CHECK(sick.until <= healthy.until + seconds(1));
    CHECK(sick.others <= healthy.others);
    // It is tried less and less often.
    CHECK(sick.poisoned < 100);
  }
}

TEST_CASE("a service that takes another's place gets its room in a full quota") {
  kube::simulated::Options options;
  options.enforce_quotas = true;
  World world(1, {}, {}, options);
  world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
  world.deployments["web-abc123"] = sample::deployment("sandbox-a", "web-abc123");
  auto& workload = world.deployments["web-abc123"].spec.workload;
  workload.services.push_back(sample::service("worker"));
  world.sandboxes["sandbox-a"].spec.quota.services = 2;
  world.sandboxes["sandbox-a"].spec.quota.pods = 4;
  REQUIRE(arrive(world));
  REQUIRE(phase(world, "web-abc123") == "Ready");
  workload.services[1].name = "cron";
  ++world.deployments["web-abc123"].spec.revision;
  REQUIRE(arrive(world));
  CHECK(phase(world, "web-abc123") == "Ready");
  CHECK(world.ours(kinds::kDeployment).size() == 2);
  CHECK(world.resync_writes() == 0);
}

TEST_CASE("each try is told by its reconciler and the kind of its failure, and by nothing else") {
  World world;
  std::set<std::string> seen;
  world.op().on_reconciled([&](const op::Reconciled& done) {
    seen.insert(std::string(op::name(done.reconciler)) + " " + std::string(done.cause));
  });
  int status = 0;
  world.gate().refuse(
      [&](const char* verb, const kube::Ref& ref) -> std::optional<kube::KubeError> {
        if (status < 0 || ref.ns != "sandbox-a" || std::string_view(verb) != "apply")
          return std::nullopt;
        return kube::KubeError{status, "Refused", "sandbox-a is refused", {}};
      });
  want_wiki(world);
  world.apply();
  for (const int one : {0, 403, 409, 422, 429, 500, 503, 400}) {
    status = one;
    world.run_for(minutes(6));
  }
  status = -1;
  REQUIRE(arrive(world));
  CHECK(seen == std::set<std::string>{"deployment ", "sandbox ", "sandbox conflict",
                                      "sandbox forbidden", "sandbox invalid", "sandbox no_answer",
                                      "sandbox refused", "sandbox server_error",
                                      "sandbox too_many"});
  CHECK(world.op().counters().queued == 0);
  CHECK(world.op().counters().queued_sandboxes == 0);
}
