// A Sandbox that somebody changed in the cluster is put right, and whoever waited for it goes on.
#include <atomic>
#include <string>

#include <doctest/doctest.h>

#include "domain/sandbox/egress.hpp"
#include "tests/sync/world.hpp"

using namespace ks;
using namespace ks::test;
namespace kinds = kube::kinds;

namespace {

Json list_of(const std::string& cidr) { return Json::array({Json::object({{"cidr", cidr}})}); }

// As somebody with the rights for it does by kubectl.
void open_by_hand(SyncWorld& world, const std::string& cidr) {
  kube::ApplyOptions options;
  options.manager = "kubectl";
  const auto done =
      world.cluster().apply(kinds::kSandbox,
                            Json::object({{"apiVersion", kinds::kSandbox.api_version()},
                                          {"kind", kinds::kSandbox.name},
                                          {"metadata", Json::object({{"name", "home"}})},
                                          {"spec", Json::object({{"egress", list_of(cidr)}})}}),
                            options);
  REQUIRE(done);
}

bool sends_to(SyncWorld& world, const std::string& cidr) {
  const auto box = world.cluster().get({kinds::kSandbox, {}, "home"});
  return box && box->at("spec", "egress").is_array() &&
         box->at("spec", "egress").dump().find(cidr) != std::string::npos;
}

void only(SyncWorld& world, const std::string& cidr) {
  world.egress(1, egress_text(EgressList{{cidr, {}}}));
}

void one_tenant(SyncWorld& world) {
  world.rows([&] {
    world.tenant(1, "home");
    world.deployment(1, 1, "old", "a value");
  });
  world.start();
  REQUIRE(world.eventually([&] { return world.phase(1, 1) == "Ready"; }));
}

}  // namespace

TEST_CASE("a sandbox that somebody opened is closed again, and what waited for it goes on") {
  for_both_engines([](EngineCase& engine) {
    std::atomic<bool> refusing{false};
    SyncWorld world(engine, [&](const kube::Ref& ref) -> std::optional<kube::KubeError> {
      if (!refusing || ref.kind != kinds::kSandbox) return std::nullopt;
      return kube::KubeError{422, "Invalid", "the sandbox is refused", {}};
    });
    one_tenant(world);
    only(world, "1.1.1.0/24");
    REQUIRE(world.eventually([&] { return sends_to(world, "1.1.1.0/24"); }));
    // The first time at once.
    open_by_hand(world, "0.0.0.0/0");
    CHECK(world.eventually([&] { return sends_to(world, "1.1.1.0/24"); }));
    // Refused at first, it is tried again until it is taken.
    refusing = true;
    open_by_hand(world, "0.0.0.0/0");
    world.change(1, 1, 2, "docker.io/library/redis:8");
    CHECK(world.eventually([&] { return world.phase(1, 1) == "Updating/SandboxBehind"; }));
    CHECK(sends_to(world, "0.0.0.0/0"));
    refusing = false;
    CHECK(world.eventually([&] {
      world.skip(seconds(1));
      return world.phase(1, 1) == "Ready";
    }));
    CHECK(sends_to(world, "1.1.1.0/24"));
  });
}

TEST_CASE("a sandbox is not written in a hurry where the cluster makes something else of it") {
  for (const bool the_same : {true, false}) {
    CAPTURE(the_same);
    for_both_engines([&](EngineCase& engine) {
      std::atomic<bool> changing{false};
      std::atomic<int> writes{0};
      SyncWorld world(engine, {}, [&](const kube::Ref& ref, Json& object) {
        if (!changing || ref.kind != kinds::kSandbox) return;
        const int n = the_same ? 0 : writes.load() % 2;
        object["spec"].set("egress", list_of(n == 0 ? "2.2.2.0/24" : "3.3.3.0/24"));
        ++writes;
      });
      one_tenant(world);
      changing = true;
      only(world, "1.1.1.0/24");
      REQUIRE(world.eventually([&] { return writes > 0; }));
      runtime::sleep_for(seconds(3));
      // Once for the wish; once, or at once and after 1 second and 2, for what was made of it.
      CHECK(writes >= 2);
      CHECK(writes <= (the_same ? 2 : 4));
    });
  }
}
