// Nothing of a tenant goes into a namespace before it is proved to be the tenant's.
#include <string>

#include <doctest/doctest.h>

#include "tests/sync/world.hpp"

using namespace ks;
using namespace ks::test;
namespace kinds = kube::kinds;

namespace {
std::size_t count(SyncWorld& world, const kube::Kind& kind, const std::string& ns) {
  kube::ListOptions options;
  options.ns = ns;
  const auto page = world.cluster().list(kind, options);
  REQUIRE(page);
  return page->items.size();
}

Json foreign_namespace(const char* name) {
  return Json::object(
      {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Json::object({{"name", name}})}});
}
}  // namespace

TEST_CASE("no Secret and no resource goes into a namespace that somebody else made") {
  for_both_engines([](EngineCase& engine) {
    SyncWorld world(engine);
    REQUIRE(world.cluster().create(kinds::kNamespace, foreign_namespace("theirs")));
    world.rows([&] {
      world.tenant(1, "theirs");
      world.deployment(1, 1, "web-1", "a value");
      world.tenant(2, "ours");
      world.deployment(2, 2, "web-2", "a value");
    });
    world.start();
    CHECK(world.eventually([&] { return world.phase(1, 1) == "Error/NamespaceTaken"; }));
    CHECK(world.eventually([&] { return world.phase(2, 2) == "Ready"; }));
    CHECK(count(world, kinds::kSecret, "theirs") == 0);
    CHECK(count(world, kinds::kUserDeployment, "theirs") == 0);
    CHECK(count(world, kinds::kSecret, "ours") == 1);
  });
}

// No engine has a part in it.
TEST_CASE("a namespace that somebody gives free is made again as the tenant's") {
  EngineCase engine(EngineCase::Kind::sqlite_memory);
  SyncWorld world(engine);
  REQUIRE(world.cluster().create(kinds::kNamespace, foreign_namespace("theirs")));
  world.rows([&] {
    world.tenant(1, "theirs");
    world.deployment(1, 1, "web-1", "a value");
  });
  world.start();
  REQUIRE(world.eventually([&] { return world.phase(1, 1) == "Error/NamespaceTaken"; }));
  REQUIRE(world.cluster().remove({kinds::kNamespace, {}, "theirs"}, {}));
  // The operator looks once a minute.
  world.skip(minutes(1));
  CHECK(world.eventually([&] { return world.phase(1, 1) == "Ready"; }, minutes(3)));
  CHECK(count(world, kinds::kSecret, "theirs") == 1);
}

TEST_CASE("a quota counts each of a sandbox's many deployments once") {
  for_both_engines([](EngineCase& engine) {
    constexpr int kMany = 35;  // More than are held at a time.
    SyncWorld world(engine);
    world.rows([&] {
      world.tenant(1, "home", "business");
      for (int n = 1; n <= kMany; ++n) world.deployment(1, n, "web-" + std::to_string(n));
    });
    world.start();
    std::int64_t services = 0;
    CHECK(world.eventually([&] {
      const auto sandbox = world.cluster().get({kinds::kSandbox, {}, "home"});
      if (sandbox) services = sandbox->integer_or(0, "spec", "quota", "services");
      return services != 0;
    }));
    CHECK(services == kMany);
  });
}

TEST_CASE("a Sandbox or a deployment's resource that was removed by hand is made again at once") {
  for_both_engines([](EngineCase& engine) {
    SyncWorld world(engine);
    world.rows([&] {
      world.tenant(1, "home");
      world.deployment(1, 1, "web-1", "a value");
    });
    world.start();
    REQUIRE(world.eventually([&] { return world.phase(1, 1) == "Ready"; }));
    const auto uid_of = [&](const kube::Ref& ref) {
      const auto object = world.cluster().get(ref);
      return object ? std::string(object->text("metadata", "uid")) : std::string();
    };
    const kube::Ref resource{kinds::kUserDeployment, "home", "web-1"};
    const kube::Ref sandbox{kinds::kSandbox, {}, "home"};
    const std::string first = uid_of(resource), first_box = uid_of(sandbox);
    REQUIRE(world.cluster().remove(resource, {}));
    CHECK(world.eventually([&] {
      const std::string now = uid_of(resource);
      return !now.empty() && now != first && world.phase(1, 1) == "Ready";
    }));
    const std::string second = uid_of(resource);
    REQUIRE(world.cluster().remove(sandbox, {}));
    CHECK(world.eventually([&] {
      const std::string box = uid_of(sandbox), now = uid_of(resource);
      return !box.empty() && box != first_box && !now.empty() && now != second &&
             world.phase(1, 1) == "Ready";
    }));
    CHECK(count(world, kinds::kSecret, "home") == 1);
  });
}
