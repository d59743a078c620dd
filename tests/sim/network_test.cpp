// The probe of the network beside everything else that an operator does.
#include <algorithm>
#include <iterator>
#include <memory>
#include <set>

#include <doctest/doctest.h>

#include "operator/manifests/manifests.hpp"
#include "operator/probe/condition.hpp"
#include "operator/probe/objects.hpp"
#include "operator/probe/played.hpp"
#include "operator/sample.hpp"
#include "tests/sim/world.hpp"

using namespace ks;
namespace kinds = kube::kinds;
using op::PlayedNetwork;
using sim::World;

namespace {

op::OperatorConfig probing() {
  op::OperatorConfig config;
  config.probe_image = "registry.test/k8s-scheduler:1";
  config.isolation_every = minutes(5);
  return config;
}

struct Networked {
  std::shared_ptr<PlayedNetwork> network = std::make_shared<PlayedNetwork>();
  std::unique_ptr<World> world;

  explicit Networked(PlayedNetwork played, op::OperatorConfig config = probing()) {
    *network = played;
    kube::simulated::Options options;
    options.enforce_quotas = true;
    options.ends = [network = network](const Json& pod) { return op::played_probe(*network, pod); };
    world = std::make_unique<World>(1, std::move(config), World::Front{}, options);
  }
  void want(const std::string& name) {
    world->sandboxes[name] = sample::sandbox(name);
    world->apply();
  }
  std::string said(const std::string& sandbox, const char* type = op::kNetworkIsolated) {
    const auto status = world->sandbox_status(sandbox);
    const Condition* c = status.find(type);
    return c == nullptr ? "" : c->status + "/" + c->reason;
  }
  bool has_namespace(const std::string& name) {
    return world->get({kinds::kNamespace, {}, name}).has_value();
  }
};

std::vector<Json> probe_pods(World& world) {
  return world.list(kinds::kPod, op::probe_namespace_name("k8s-scheduler"));
}

}  // namespace

TEST_CASE(
    "a sandbox is isolated once a probe and a look have shown it, and then nothing is written") {
  Networked at(PlayedNetwork::enforces);
  World& world = *at.world;
  at.want("sandbox-a");
  world.run_for(minutes(7));
  CHECK(at.said("sandbox-a") == "True/Enforced");
  CHECK(probe_pods(world).empty());
  CHECK(world.resync_writes() == 0);
  // An hour, and the probes in it: no status is written, since nothing has changed.
  const auto before = world.get({kinds::kSandbox, {}, "sandbox-a"});
  world.run_for(minutes(70));
  CHECK(world.get({kinds::kSandbox, {}, "sandbox-a"}) == before);
  // A process that starts leaves it as well.
  world.restart_operator();
  world.run_for(minutes(10));
  CHECK(world.get({kinds::kSandbox, {}, "sandbox-a"}) == before);
}

TEST_CASE("an opened namespace takes the proof back, whatever the probe shows") {
  Networked at(PlayedNetwork::enforces);
  World& world = *at.world;
  at.want("sandbox-a");
  world.run_for(minutes(7));
  REQUIRE(at.said("sandbox-a") == "True/Enforced");
  Json open =
      Json::object({{"apiVersion", "networking.k8s.io/v1"},
                    {"kind", "NetworkPolicy"},
                    {"metadata", Json::object({{"name", "open"}, {"namespace", "sandbox-a"}})},
                    {"spec", Json::object({{"podSelector", Json::object()},
                                           {"policyTypes", Json::array({Json("Ingress")})},
                                           {"ingress", Json::array({Json::object()})}})}});
  REQUIRE(world.cluster().apply(kinds::kNetworkPolicy, open, {.manager = "kubectl"}));
  world.run_for(minutes(7));
  CHECK(at.said("sandbox-a") == "False/Exposed");
  REQUIRE(world.cluster().remove({kinds::kNetworkPolicy, "sandbox-a", "open"}, {}));
  world.run_for(minutes(7));
  CHECK(at.said("sandbox-a") == "True/Enforced");
}

TEST_CASE(
    "where nobody enforces, what runs goes on and nothing new is begun until that is mended") {
  Networked at(PlayedNetwork::lets_all);
  World& world = *at.world;
  at.want("sandbox-a");
  world.deployments["web-abc123"] = sample::deployment("sandbox-a", "web-abc123");
  // Nothing is known yet: that keeps nobody waiting.
  REQUIRE(world.settle(minutes(5)));
  world.apply();
  world.run_for(minutes(2));
  CHECK(at.said("sandbox-a") == "False/NotEnforced");
  CHECK(at.said("sandbox-a", "Ready") == "True/Applied");
  CHECK(name(world.status("web-abc123").phase) == "Ready");

  at.want("sandbox-b");
  world.run_for(minutes(2));
  CHECK(at.said("sandbox-b", "Ready") == "False/NetworkNotEnforced");
  CHECK(at.said("sandbox-b") == "False/NotEnforced");
  CHECK_FALSE(at.has_namespace("sandbox-b"));
  // What runs is changed, scaled, and its namespace made again.
  world.deployments["web-abc123"].spec.workload.services[0].image = "docker.io/acme/web:2";
  world.deployments["web-abc123"].spec.revision = 2;
  world.apply();
  world.run_for(minutes(2));
  CHECK(world.status("web-abc123").observed_revision == 2);
  CHECK(name(world.status("web-abc123").phase) == "Ready");
  REQUIRE(world.cluster().remove({kinds::kNamespace, {}, "sandbox-a"}, {}));
  world.run_for(minutes(2));
  CHECK(at.has_namespace("sandbox-a"));
  // A process that starts knows it before it has probed.
  world.restart_operator();
  at.want("sandbox-c");
  world.run_for(minutes(1));
  CHECK(at.said("sandbox-c", "Ready") == "False/NetworkNotEnforced");
  CHECK_FALSE(at.has_namespace("sandbox-c"));

  *at.network = PlayedNetwork::enforces;
  world.run_for(minutes(12));
  for (const char* name : {"sandbox-a", "sandbox-b", "sandbox-c"}) {
    CHECK(at.said(name, "Ready") == "True/Applied");
    CHECK(at.said(name) == "True/Enforced");
  }
}

TEST_CASE(
    "what is new waits where a probe of before saw nobody enforce, though nothing probes now") {
  op::OperatorConfig config = probing();
  config.probe_image.clear();
  Networked at(PlayedNetwork::enforces, config);
  World& world = *at.world;
  const Json lease =
      op::NetworkProof{op::NetworkVerdict::not_enforced, "words", world.clock().now(), false}.lease(
          "k8s-scheduler");
  const Json place = Json::object({{"apiVersion", "v1"},
                                   {"kind", "Namespace"},
                                   {"metadata", Json::object({{"name", "k8s-scheduler"}})}});
  REQUIRE(world.cluster().create(kinds::kNamespace, place));
  REQUIRE(world.cluster().apply(kinds::kLease, lease, {.manager = "test"}));
  at.want("sandbox-a");
  world.run_for(minutes(3));
  CHECK(at.said("sandbox-a", "Ready") == "False/NetworkNotEnforced");
  CHECK(at.said("sandbox-a") == "False/NotEnforced");
  CHECK_FALSE(at.has_namespace("sandbox-a"));
}

TEST_CASE("while the last proof may not be read what runs is kept, and what is new waits") {
  Networked at(PlayedNetwork::stops_all);
  World& world = *at.world;
  at.want("sandbox-a");
  world.run_for(minutes(2));
  REQUIRE(at.said("sandbox-a", "Ready") == "True/Applied");
  world.gate().refuse([](const char* verb, const kube::Ref& ref) -> std::optional<kube::KubeError> {
    if (std::string_view(verb) != "get" || ref.name != op::NetworkProof::kLease)
      return std::nullopt;
    return kube::KubeError{403, "Forbidden", "leases is forbidden", {}};
  });
  world.restart_operator();
  at.want("sandbox-b");
  REQUIRE(world.cluster().remove({kinds::kNamespace, {}, "sandbox-a"}, {}));
  world.run_for(minutes(10));
  CHECK(at.has_namespace("sandbox-a"));
  CHECK(at.said("sandbox-b", "Ready") == "False/NetworkNotEnforced");
  CHECK(at.said("sandbox-b") == "Unknown/ProbeFailed");
  CHECK_FALSE(at.has_namespace("sandbox-b"));
  // Either ends it: that it can be read, or a proof.
  world.gate().refuse({});
  world.run_for(minutes(10));
  CHECK(at.said("sandbox-b", "Ready") == "True/Applied");
}

TEST_CASE("whoever says so gets new sandboxes where nobody enforces, and reads that all the same") {
  op::OperatorConfig config = probing();
  config.allow_unenforced_network = true;
  Networked at(PlayedNetwork::lets_in, config);
  at.world->run_for(minutes(2));
  at.want("sandbox-b");
  at.world->run_for(minutes(2));
  CHECK(at.said("sandbox-b", "Ready") == "True/Applied");
  CHECK(at.said("sandbox-b") == "False/NotEnforced");
}

TEST_CASE("a probe that cannot tell keeps nobody waiting, and nobody proved") {
  Networked at(PlayedNetwork::stops_all);
  at.world->run_for(minutes(2));
  at.want("sandbox-a");
  at.world->run_for(minutes(7));
  CHECK(at.said("sandbox-a", "Ready") == "True/Applied");
  CHECK(at.said("sandbox-a") == "Unknown/ProbeFailed");
}

TEST_CASE("without looks at the cluster no probe makes a sandbox isolated") {
  op::OperatorConfig config = probing();
  config.isolation_every = {};
  Networked at(PlayedNetwork::enforces, config);
  at.want("sandbox-a");
  at.world->run_for(minutes(7));
  CHECK(at.said("sandbox-a") == "Unknown/NotLooked");
}

TEST_CASE("operators that end in the middle of a round, or are held up there, leave no pods") {
  for (int seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    Networked at(PlayedNetwork::enforces);
    World& world = *at.world;
    world.add_operator();
    at.want("sandbox-a");
    // Somewhere in the first round.
    for (int i = 0; i < 2000 && probe_pods(world).empty(); ++i) world.run_some(1);
    REQUIRE_FALSE(probe_pods(world).empty());
    world.run_some(seed * 3);
    const std::size_t leads = world.leader() == &world.op(0) ? 0 : 1;
    if (seed % 2 == 0) {
      world.restart_operator(leads);
    } else {
      world.pause(leads, true);
      world.run_for(minutes(2));
      world.pause(leads, false);
    }
    world.run_for(minutes(8));
    CHECK(at.said("sandbox-a") == "True/Enforced");
    CHECK(probe_pods(world).empty());
  }
}

TEST_CASE("a probe uses the rights that its role gives, all of them, and there only") {
  std::set<kube::simulated::VerbUse> uses[2];
  for (const bool probes : {false, true}) {
    op::OperatorConfig config = probing();
    if (!probes) config.probe_image.clear();
    Networked at(PlayedNetwork::enforces, config);
    std::set<std::string> places;
    at.world->on_write([&](const std::string&, const kube::Ref& ref) {
      if (ref.kind == kinds::kPod) places.insert(ref.ns);
    });
    at.want("sandbox-a");
    at.world->deployments["web-abc123"] = sample::deployment("sandbox-a", "web-abc123");
    at.world->run_for(minutes(1));
    at.world->apply();
    at.world->run_for(minutes(10));
    uses[probes ? 1 : 0] = at.world->cluster().verbs_used();
    CHECK(places ==
          (probes ? std::set<std::string>{"k8s-scheduler-probe"} : std::set<std::string>{}));
  }
  std::set<kube::simulated::VerbUse> granted;
  for (const op::Grant& g : op::operator_probe_grants())
    for (const std::string& verb : g.verbs) granted.insert({verb, g.group, g.resource});
  std::set<kube::simulated::VerbUse> more;
  std::ranges::set_difference(uses[1], uses[0], std::inserter(more, more.end()));
  CHECK(more == granted);
}
