// Nothing starts in a sandbox that lets more through than the database wants.
#include <atomic>
#include <string>

#include <doctest/doctest.h>

#include "domain/sandbox/egress.hpp"
#include "tests/sync/world.hpp"

using namespace ks;
using namespace ks::test;
namespace kinds = kube::kinds;

namespace {

std::string only(const std::string& cidr) { return egress_text(EgressList{{cidr, {}}}); }

std::size_t pods(SyncWorld& world, const std::string& stem) {
  kube::ListOptions options;
  options.label_selector = std::string(labels::kDeployment) + "=" + stem;
  const auto page = world.cluster().list(kinds::kPod, options);
  REQUIRE(page);
  return page->items.size();
}

// While it says so the cluster takes no Sandbox of the namespace "home".
struct Refusing {
  std::atomic<bool> on{false};
  Front::Refusal refusal() {
    return [this](const kube::Ref& ref) -> std::optional<kube::KubeError> {
      if (!on || ref.kind != kinds::kSandbox || ref.name != "home") return std::nullopt;
      return kube::KubeError{422, "Invalid", "the sandbox is refused", {}};
    };
  }
};

void two_tenants(SyncWorld& world) {
  world.rows([&] {
    world.tenant(1, "home");
    world.deployment(1, 1, "old", "a value");
    world.tenant(2, "other");
  });
  world.start();
  REQUIRE(world.eventually([&] { return world.phase(1, 1) == "Ready"; }));
}

}  // namespace

TEST_CASE("while a stricter sandbox is refused what is new waits, and nobody else does") {
  for_both_engines([](EngineCase& engine) {
    Refusing refusing;
    SyncWorld world(engine, refusing.refusal());
    two_tenants(world);
    refusing.on = true;
    world.egress(1, only("1.1.1.0/24"));
    world.rows([&] {
      world.deployment(1, 2, "new");
      world.deployment(2, 3, "theirs");
    });
    world.sync().wake();
    CHECK(world.eventually([&] { return world.phase(1, 2) == "Pending/SandboxBehind"; }));
    CHECK(world.eventually([&] { return world.phase(2, 3) == "Ready"; }));
    CHECK(world.phase(1, 1) == "Ready");
    CHECK(pods(world, "new") == 0);
    // A change of what runs waits as well, and says for what; what is to stop does not wait.
    world.change(1, 1, 2, "docker.io/library/redis:8");
    CHECK(world.eventually([&] { return world.phase(1, 1) == "Updating/SandboxBehind"; }));
    // Another process decides alike.
    world.restart_sync();
    CHECK(world.eventually([&] { return world.sync().working(); }));
    world.skip(seconds(10));
    world.rows([&] { world.deployment(1, 4, "newer"); });
    CHECK(world.eventually([&] { return world.phase(1, 4) == "Pending/SandboxBehind"; }));
    CHECK(pods(world, "new") == 0);
    world.suspend(1, true);
    CHECK(world.eventually([&] { return pods(world, "old") == 0; }));
    world.suspend(1, false);
    refusing.on = false;
    for (const int n : {1, 2, 4})
      CHECK(world.eventually([&] {
        world.skip(seconds(1));
        return world.phase(1, n) == "Ready";
      }));
  });
}

TEST_CASE("a sandbox that is to let more through keeps nothing back while that is refused") {
  for_both_engines([](EngineCase& engine) {
    Refusing refusing;
    SyncWorld world(engine, refusing.refusal());
    two_tenants(world);
    world.egress(1, only("1.1.1.0/24"));
    REQUIRE(world.eventually([&] {
      const auto box = world.cluster().get({kinds::kSandbox, {}, "home"});
      return box && box->at("spec", "egress").is_array();
    }));
    refusing.on = true;
    world.egress(1, only("1.1.0.0/16"));
    world.rows([&] { world.deployment(1, 2, "new"); });
    world.sync().wake();
    CHECK(world.eventually([&] { return pods(world, "new") > 0; }));
  });
}

TEST_CASE("a route that is no longer wanted goes though the rest waits for the sandbox") {
  for_both_engines([](EngineCase& engine) {
    Refusing refusing;
    SyncWorld world(engine, refusing.refusal());
    world.rows([&] {
      world.tenant(1, "home");
      world.deployment(1, 1, "site", "a value");
      world.publish(1, 1, true);
      world.deployment(1, 2, "shop");
      world.publish(1, 2, false);
    });
    world.start();
    for (const int n : {1, 2})
      REQUIRE(world.eventually([&] { return world.phase(1, n) == "Ready"; }));
    const auto get = [&](const kube::Kind& kind, const char* name) {
      return world.cluster().get({kind, "home", name});
    };
    REQUIRE(get(kinds::kIngress, "site"));
    REQUIRE(get(kinds::kIngress, "shop"));
    Json spec = get(kinds::kUserDeployment, "site")->at("spec");
    REQUIRE(spec.erase("host"));
    refusing.on = true;
    world.egress(1, only("1.1.1.0/24"));
    // Of the wish only that is done: another image, without a route.
    world.change(1, 1, 2, "docker.io/library/redis:8");
    CHECK(world.eventually([&] { return !get(kinds::kIngress, "site"); }));
    CHECK(get(kinds::kUserDeployment, "site")->at("spec") == spec);
    CHECK(world.eventually([&] { return world.phase(1, 1) == "Updating/SandboxBehind"; }));
    CHECK(pods(world, "site") > 0);
    CHECK(get(kinds::kSecret, "site-1"));
    CHECK(get(kinds::kIngress, "shop"));
    CHECK(world.phase(1, 2) == "Ready");
    refusing.on = false;
    CHECK(world.eventually([&] {
      world.skip(seconds(1));
      return world.phase(1, 1) == "Ready";
    }));
    CHECK(get(kinds::kUserDeployment, "site")->integer_or(0, "spec", "revision") == 2);
  });
}
