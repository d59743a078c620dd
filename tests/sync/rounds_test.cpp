// Of many tenants whose wishes the cluster does not take, none keeps back another.
#include <string>

#include <doctest/doctest.h>

#include "tests/sync/world.hpp"

using namespace ks;
using namespace ks::test;

namespace {
constexpr int kPoisoned = 300;  // More sandboxes than a round takes,
constexpr int kRows = 80;       // and more deployments, of which it takes fewer.

bool is_bad(const kube::Ref& ref) { return ref.name.starts_with("bad"); }

std::string bad(int n) { return "bad-" + std::to_string(n); }
}  // namespace

TEST_CASE("300 tenants whose objects the cluster refuses do not keep back the one behind them") {
  for_both_engines([](EngineCase& engine) {
    SyncWorld world(engine, [](const kube::Ref& ref) -> std::optional<kube::KubeError> {
      if (!is_bad(ref)) return std::nullopt;
      return kube::KubeError{422, "Invalid", "the object is refused", {}};
    });
    world.rows([&] {
      for (int n = 1; n <= kPoisoned; ++n) {
        world.tenant(n, bad(n));
        world.deployment(n, n, bad(n));
      }
      world.tenant(kPoisoned + 1, "good");
      world.deployment(kPoisoned + 1, kPoisoned + 1, "good");
    });
    world.start();
    CHECK(world.eventually([&] { return world.phase(kPoisoned + 1, kPoisoned + 1) == "Ready"; }));
    CHECK(world.eventually([&] { return world.phase(1, 1) == "Pending/SandboxNotReady"; }));
    // That many refusals are no ailment of the installation.
    CHECK(world.sync().trouble().empty());
    // And one that comes while all of them wait for their next try.
    world.rows([&] {
      world.tenant(kPoisoned + 2, "late");
      world.deployment(kPoisoned + 2, kPoisoned + 2, "late");
    });
    world.sync().wake();
    CHECK(world.eventually([&] { return world.phase(kPoisoned + 2, kPoisoned + 2) == "Ready"; }));
  });
}

TEST_CASE("80 rows of one tenant that get no answer do not keep back another tenant's only one") {
  for_both_engines([](EngineCase& engine) {
    runtime::Event never;
    SyncWorld world(engine, [&](const kube::Ref& ref) -> std::optional<kube::KubeError> {
      if (!is_bad(ref) || ref.kind != kube::kinds::kUserDeployment) return std::nullopt;
      never.wait_for(milliseconds(500));
      return kube::KubeError{0, "Timeout", "no answer", {}};
    });
    world.rows([&] {
      world.tenant(1, "many");
      for (int n = 1; n <= kRows; ++n) world.deployment(1, n, bad(n));
      world.tenant(2, "one");
      world.deployment(2, kRows + 1, "good");
    });
    world.start();
    CHECK(world.eventually([&] { return world.phase(2, kRows + 1) == "Ready"; }));
    CHECK(world.sync().trouble().empty());
  });
}

TEST_CASE("a cluster that is away is told to everybody who waits for it, and all go on after it") {
  for_both_engines([](EngineCase& engine) {
    SyncWorld world(engine);
    world.start();
    world.rows([&] { world.tenant(1, "first"); });
    REQUIRE(world.eventually([&] { return world.sync().working(); }));
    world.cluster().set_down(true);
    world.rows([&] {
      for (int n = 1; n <= kRows; ++n) world.deployment(1, n, "web-" + std::to_string(n));
    });
    world.sync().wake();
    CHECK(world.eventually([&] {
      return world.phase(1, 1) == "Pending/ClusterUnavailable" &&
             world.phase(1, kRows) == "Pending/ClusterUnavailable";
    }));
    CHECK_FALSE(world.sync().trouble().empty());
    world.cluster().set_down(false);
    CHECK(world.eventually(
        [&] { return world.phase(1, 1) == "Ready" && world.phase(1, kRows) == "Ready"; }));
    CHECK(world.eventually([&] { return world.sync().trouble().empty(); }));
  });
}
