// What people are told of routes that nobody serves.
#include <optional>
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

void want_web(World& world) {
  world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
  world.deployments["web-abc123"] = sample::deployment("sandbox-a", "web-abc123");
}

std::string phase(World& world) {
  const auto status = world.status("web-abc123");
  return std::string(name(status.phase)) + (status.reason.empty() ? "" : "/" + status.reason);
}

Json ingress_class(const char* name) {
  return Json::object({{"apiVersion", "networking.k8s.io/v1"},
                       {"kind", "IngressClass"},
                       {"metadata", Json::object({{"name", name}})},
                       {"spec", Json::object({{"controller", "example.com/it"}})}});
}

}  // namespace

TEST_CASE("a route of a class that is not there is told until the class is, without a new wish") {
  op::OperatorConfig config;
  config.ingress_class = "nginx";
  World world(1, config);
  want_web(world);
  REQUIRE(arrive(world));
  CHECK(phase(world) == "Degraded/IngressClassMissing");
  CHECK(world.status("web-abc123").observed_revision == 1);
  CHECK(world.resync_writes() == 0);
  REQUIRE(world.cluster().create(kinds::kIngressClass, ingress_class("nginx")));
  world.run_for(seconds(1));
  CHECK(phase(world) == "Ready");
  REQUIRE(world.cluster().remove({kinds::kIngressClass, {}, "nginx"}, {}));
  world.run_for(seconds(1));
  CHECK(phase(world) == "Degraded/IngressClassMissing");
  // Nor does the next process forget it, or one that may not read classes any more.
  const auto writes = world.cluster().mutating_calls();
  world.restart_operator();
  REQUIRE(world.settle());
  CHECK(world.cluster().mutating_calls() == writes);
}

TEST_CASE("a route without a class is only doubted, in a cluster without a default one") {
  World world;
  want_web(world);
  REQUIRE(arrive(world));
  CHECK(phase(world) == "Ready");
  for (const Json& one : world.list(kinds::kIngressClass))
    REQUIRE(world.cluster().remove(kube::ref_of(kinds::kIngressClass, one), {}));
  world.run_for(seconds(1));
  CHECK(phase(world) == "Ready/NoIngressClass");
  CHECK(world.resync_writes() == 0);
  // What is only reached from within has no route.
  world.deployments["web-abc123"].spec.host.clear();
  ++world.deployments["web-abc123"].spec.revision;
  REQUIRE(arrive(world));
  CHECK(phase(world) == "Ready");
}

TEST_CASE("where classes of routes may not be read, all else goes on") {
  op::OperatorConfig config;
  config.ingress_class = "nginx";
  World world(1, config);
  world.gate().refuse([](const char*, const kube::Ref& ref) -> Refused {
    if (ref.kind != kinds::kIngressClass) return std::nullopt;
    return kube::KubeError{403, "Forbidden", "not granted", {}};
  });
  want_web(world);
  world.apply();
  world.run_for(seconds(30));
  world.apply();
  world.run_for(seconds(30));
  CHECK(phase(world) == "Ready");
}

TEST_CASE("a route that an admission refuses is told as that, and the rest of it runs") {
  World world;
  want_web(world);
  kube::KubeError error{403, "Forbidden", "admission webhook \"nginx.corp.svc\" denied it", {}};
  world.gate().refuse([&](const char* verb, const kube::Ref& ref) -> Refused {
    if (ref.kind != kinds::kIngress || std::string_view(verb) != "apply") return std::nullopt;
    return error;
  });
  world.apply();
  world.run_for(seconds(20));
  world.apply();
  world.run_for(minutes(1));
  CHECK(phase(world) == "Error/IngressRefused");
  CHECK(world.status("web-abc123").message.find("corp") == std::string::npos);
  CHECK(world.status("web-abc123").services.at("web").ready == 1);
  error = {500, "InternalError", "failed calling webhook \"nginx.corp.svc\": no endpoints", {}};
  world.run_for(minutes(6));
  CHECK(phase(world) == "Error/IngressRefused");
  CHECK(world.status("web-abc123").message.find("does not answer") != std::string::npos);
  world.gate().refuse({});
  world.run_for(minutes(6));
  CHECK(phase(world) == "Ready");
}
