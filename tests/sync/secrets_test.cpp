// Of a deployment's Secrets only those stay in the cluster that a pod may still need.
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "tests/sync/world.hpp"

using namespace ks;
using namespace ks::test;
namespace kinds = kube::kinds;

namespace {
constexpr const char* kGood = "docker.io/library/redis:7";
constexpr const char* kMissing = "docker.io/does-not-exist/redis:7";

using Names = std::set<std::string>;

Names secrets(SyncWorld& world) {
  const auto page = world.cluster().list(kinds::kSecret, {.ns = "home"});
  REQUIRE(page);
  Names out;
  for (const Json& secret : page->items) out.emplace(secret.text("metadata", "name"));
  return out;
}

// Of the deployment's resource; 0 when there is none.
std::int64_t carried(SyncWorld& world) {
  const auto object = world.cluster().get({kinds::kUserDeployment, "home", "web"});
  return object ? object->integer_or(0, "spec", "revision") : 0;
}

void begin(SyncWorld& world) {
  world.rows([&] {
    world.tenant(1, "home");
    world.deployment(1, 1, "web", "a value");
  });
  world.start();
  REQUIRE(world.eventually([&] { return world.phase(1, 1) == "Ready"; }));
}
}  // namespace

TEST_CASE("however far apart the revisions carried are, no older Secret and none after the end") {
  for_both_engines([](EngineCase& engine) {
    SyncWorld world(engine);
    begin(world);
    CHECK(secrets(world) == Names{"web-1"});
    world.change(1, 1, 8, kMissing);
    REQUIRE(world.eventually([&] { return carried(world) == 8; }));
    CHECK(secrets(world) == Names{"web-1", "web-8"});
    world.change(1, 1, 15, kGood);
    CHECK(world.eventually([&] { return secrets(world) == Names{"web-15"}; }));
    world.change(1, 1, 23, kMissing);
    REQUIRE(world.eventually([&] { return carried(world) == 23; }));
    CHECK(secrets(world) == Names{"web-15", "web-23"});
    world.end(1, 1);
    REQUIRE(world.eventually([&] { return carried(world) == 0; }));
    CHECK(secrets(world).empty());
  });
}

TEST_CASE("revisions that never get ready leave room in the quota of Secrets for the next one") {
  for_both_engines([](EngineCase& engine) {
    SyncWorld world(engine);
    begin(world);
    for (std::int64_t revision = 2; revision <= 6; ++revision) {
      world.change(1, 1, revision, kMissing);
      REQUIRE(world.eventually([&] { return carried(world) == revision; }));
      // Three are what the sandbox's quota has room for with one service.
      const Names now = secrets(world);
      CHECK(now.size() <= 3);
      CHECK(now.contains("web-1"));
      CHECK(now.contains("web-" + std::to_string(revision)));
    }
  });
}
