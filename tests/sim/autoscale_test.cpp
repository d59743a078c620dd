// What is scaled, with an autoscaler that is played: it takes the number of pods for its own.
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "operator/plan/object.hpp"
#include "operator/sample.hpp"
#include "tests/sim/world.hpp"

using namespace ks;
namespace kinds = kube::kinds;
using sim::World;

namespace {

kube::Ref web() { return {kinds::kDeployment, "sandbox-a", "web-abc123"}; }
kube::Ref scaler() { return {kinds::kHorizontalPodAutoscaler, "sandbox-a", "web-abc123"}; }

struct Scaled {
  World world;
  std::set<std::string> phases;  // Of each status that was written since the last look.

  Scaled() {
    world.sandboxes.emplace("sandbox-a", sample::sandbox("sandbox-a"));
    auto d = sample::deployment("sandbox-a", "web-abc123");
    sample::autoscaled(d.spec.workload.services[0], 2, 6);
    world.deployments.emplace(d.spec.stem, d);
    world.cluster().on_change([this](const kube::Kind& kind, const Json*, const Json* after) {
      if (kind == kinds::kUserDeployment && after != nullptr)
        phases.insert(std::string(after->text("status", "phase")));
    });
    arrive();
  }
  Service& service() { return world.deployments.at("web-abc123").spec.workload.services[0]; }
  void arrive() {
    for (int i = 0; i < 2; ++i) {
      world.apply();
      REQUIRE(world.settle());
    }
  }
  void scale(int replicas) {
    REQUIRE(world.cluster().apply(kinds::kDeployment,
                                  op::pod_count({web().ns, web().name, {}}, replicas).tree(),
                                  {.manager = "kube-controller-manager"}));
    REQUIRE(world.settle());
  }
  std::int64_t replicas() { return world.get(web())->integer_or(-1, "spec", "replicas"); }
};

}  // namespace

TEST_CASE("what an autoscaler says is not undone, and the deployment stays Ready") {
  Scaled scaled;
  World& world = scaled.world;
  CHECK(scaled.replicas() == 2);
  CHECK(name(world.status("web-abc123").phase) == "Ready");
  scaled.phases.clear();
  for (const int wanted : {5, 3, 6, 2}) {
    CAPTURE(wanted);
    scaled.scale(wanted);
    CHECK(scaled.replicas() == wanted);
    const auto status = world.status("web-abc123");
    CHECK(status.services.at("web").replicas == wanted);
    CHECK(status.services.at("web").ready == wanted);
    CHECK(world.list(kinds::kPod).size() == static_cast<std::size_t>(wanted));
    CHECK(world.resync_writes() == 0);
  }
  CHECK(scaled.phases == std::set<std::string>{"Ready"});
  scaled.scale(5);
  const auto before = world.cluster().mutating_calls();
  world.restart_operator();
  REQUIRE(world.settle());
  CHECK(world.cluster().mutating_calls() == before);
  // A new image reaches all of them.
  scaled.service().image = "docker.io/acme/web:2";
  world.deployments.at("web-abc123").spec.revision = 2;
  scaled.arrive();
  CHECK(scaled.replicas() == 5);
  CHECK(world.status("web-abc123").observed_revision == 2);
}

TEST_CASE("a fixed number takes the autoscaler away, and is kept from then on") {
  Scaled scaled;
  scaled.scale(5);
  CHECK(scaled.world.get(scaler()));
  scaled.service().autoscale.reset();
  scaled.service().replicas = 3;
  scaled.arrive();
  CHECK_FALSE(scaled.world.get(scaler()));
  CHECK(scaled.replicas() == 3);
  scaled.scale(6);
  CHECK(scaled.replicas() == 3);
  CHECK(scaled.world.resync_writes() == 0);
}

TEST_CASE("a scaled deployment that is suspended has no pods until that is lifted") {
  Scaled scaled;
  scaled.scale(5);
  scaled.world.sandboxes.at("sandbox-a").spec.suspended = true;
  scaled.arrive();
  CHECK(scaled.replicas() == 0);
  CHECK_FALSE(scaled.world.get(scaler()));
  CHECK(scaled.world.list(kinds::kPod).empty());
  CHECK(scaled.world.status("web-abc123").reason == "Suspended");
  scaled.world.sandboxes.at("sandbox-a").spec.suspended = false;
  scaled.arrive();
  CHECK(scaled.replicas() == 2);
  CHECK(scaled.world.get(scaler()));
  CHECK(name(scaled.world.status("web-abc123").phase) == "Ready");
}
