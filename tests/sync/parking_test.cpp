// What becomes of volumes while their organization is being deleted, and when it comes back.
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "tests/sync/world.hpp"

using namespace ks;
using namespace ks::test;
namespace kinds = kube::kinds;

namespace {

using Names = std::set<std::string>;

// Names and the ids that the cluster gave.
Names there(SyncWorld& world, const kube::Kind& kind) {
  const auto page = world.cluster().list(kind, {.ns = "home"});
  REQUIRE(page);
  Names out;
  for (const Json& object : page->items)
    out.insert(std::string(object.text("metadata", "name")) + " " +
               std::string(object.text("metadata", "uid")));
  return out;
}

bool away(SyncWorld& world) {
  return there(world, kinds::kUserDeployment).empty() && there(world, kinds::kDeployment).empty();
}

Names begin(SyncWorld& world) {
  world.rows([&] {
    world.tenant(1, "home");
    world.deployment(1, 1, "web", "a value");
    world.volume(1, 1);
  });
  world.start();
  REQUIRE(world.eventually([&] { return world.phase(1, 1) == "Ready"; }));
  return there(world, kinds::kPersistentVolumeClaim);
}

}  // namespace

TEST_CASE("a deployment that leaves with its organization comes back to its own volume") {
  for_both_engines([](EngineCase& engine) {
    SyncWorld world(engine);
    const Names claims = begin(world);
    REQUIRE(claims.size() == 1);
    world.state(1, "deleting");
    REQUIRE(world.eventually([&] { return away(world); }));
    CHECK(world.eventually([&] { return there(world, kinds::kSecret).empty(); }));
    CHECK(there(world, kinds::kPersistentVolumeClaim) == claims);
    world.state(1, "active");
    CHECK(world.eventually([&] { return !away(world) && world.phase(1, 1) == "Ready"; }));
    CHECK(there(world, kinds::kPersistentVolumeClaim) == claims);
    CHECK(there(world, kinds::kSecret).size() == 1);
  });
}

TEST_CASE("a deployment that is deleted before it came back leaves no volume behind") {
  for_both_engines([](EngineCase& engine) {
    SyncWorld world(engine);
    const Names claims = begin(world);
    REQUIRE(claims.size() == 1);
    world.state(1, "deleting");
    REQUIRE(world.eventually([&] { return away(world); }));
    CHECK(there(world, kinds::kPersistentVolumeClaim) == claims);
    world.rows([&] {
      world.state(1, "active");
      world.end(1, 1);
    });
    CHECK(world.eventually([&] { return there(world, kinds::kPersistentVolumeClaim).empty(); }));
    CHECK(away(world));
    CHECK(there(world, kinds::kSecret).empty());
  });
}
