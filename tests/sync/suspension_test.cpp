// What becomes of deployments while their organization is suspended, and when that is lifted.
#include <string>

#include <doctest/doctest.h>

#include "tests/sync/world.hpp"

using namespace ks;
using namespace ks::test;
namespace kinds = kube::kinds;

namespace {

// Replicas that its only Deployment has, "1" or "0"; and its name with the id of the cluster.
std::pair<std::int64_t, std::string> runs(SyncWorld& world) {
  const auto page = world.cluster().list(kinds::kDeployment, {.ns = "home"});
  REQUIRE(page);
  if (page->items.size() != 1) return {-1, ""};
  return {page->items[0].integer_or(-1, "spec", "replicas"),
          std::string(page->items[0].text("metadata", "uid"))};
}

std::size_t pods(SyncWorld& world) {
  const auto page = world.cluster().list(kinds::kPod, {.ns = "home"});
  REQUIRE(page);
  return page->items.size();
}

// How many pods the namespace's quota lets in: "" when it says nothing.
std::string pods_allowed(SyncWorld& world) {
  const auto quota = world.cluster().get({kinds::kResourceQuota, "home", "quota"});
  REQUIRE(quota);
  return std::string(quota->at("spec", "hard").text("pods"));
}

}  // namespace

TEST_CASE("a suspended organization's deployments stay without pods, and come back as they were") {
  for_each_engine([](EngineCase& engine) {
    SyncWorld world(engine);
    world.rows([&] {
      world.tenant(1, "home");
      world.deployment(1, 1, "web", "a value");
      world.volume(1, 1);
    });
    world.start();
    REQUIRE(world.eventually([&] { return world.phase(1, 1) == "Ready"; }));
    const auto [replicas, uid] = runs(world);
    REQUIRE(replicas > 0);
    const std::string allowed = pods_allowed(world);
    CHECK(allowed != "0");
    world.suspend(1, true);
    REQUIRE(world.eventually([&] { return world.phase(1, 1) == "Stopped/Suspended"; }));
    CHECK(runs(world) == std::pair<std::int64_t, std::string>{0, uid});
    CHECK(world.eventually([&] { return pods(world) == 0; }));
    CHECK(world.eventually([&] { return pods_allowed(world) == "0"; }));
    for (const kube::Kind* kept : {&kinds::kSecret, &kinds::kPersistentVolumeClaim})
      CHECK(world.cluster().list(*kept, {.ns = "home"})->items.size() == 1);
    world.suspend(1, false);
    REQUIRE(world.eventually([&] { return world.phase(1, 1) == "Ready"; }));
    CHECK(runs(world) == std::pair<std::int64_t, std::string>{replicas, uid});
    CHECK(world.eventually([&] { return pods(world) == static_cast<std::size_t>(replicas); }));
    CHECK(pods_allowed(world) == allowed);
  });
}

TEST_CASE("a suspended deployment whose resource somebody sets going by hand is stopped again") {
  for_each_engine([](EngineCase& engine) {
    SyncWorld world(engine);
    world.rows([&] {
      world.tenant(1, "home");
      world.deployment(1, 1, "web");
    });
    world.start();
    REQUIRE(world.eventually([&] { return world.phase(1, 1) == "Ready"; }));
    world.suspend(1, true);
    REQUIRE(world.eventually([&] { return world.phase(1, 1) == "Stopped/Suspended"; }));
    const auto page = world.cluster().list(kinds::kUserDeployment, {.ns = "home"});
    REQUIRE(page);
    REQUIRE(page->items.size() == 1);
    Json going = page->items[0];
    REQUIRE(going.find("spec")->erase("suspended"));
    kube::ApplyOptions options;
    options.manager = "k8s-scheduler/sync";
    Json bare =
        Json::object({{"apiVersion", going.at("apiVersion")},
                      {"kind", going.at("kind")},
                      {"metadata", Json::object({{"name", going.text("metadata", "name")},
                                                 {"namespace", "home"},
                                                 {"labels", going.at("metadata", "labels")}})},
                      {"spec", going.at("spec")}});
    REQUIRE(world.cluster().apply(kinds::kUserDeployment, bare, options));
    CHECK(world.eventually([&] {
      const auto now = world.cluster().list(kinds::kUserDeployment, {.ns = "home"});
      const Json& flag = now->items[0].at("spec", "suspended");
      return flag.is_bool() && flag.as_bool() && runs(world).first == 0;
    }));
  });
}
