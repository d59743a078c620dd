// What is paused by hand is left as it is, and then brought to what is wanted.
#include "domain/sandbox/paused.hpp"

#include <map>
#include <string>

#include <doctest/doctest.h>

#include "operator/sample.hpp"
#include "tests/sim/world.hpp"

using namespace ks;
namespace kinds = kube::kinds;
using sim::World;

namespace {

// Sandboxes "sandbox-a" and "sandbox-b" with two deployments each, all Ready.
struct Paused {
  World world;

  Paused() {
    for (const char* ns : {"sandbox-a", "sandbox-b"}) {
      world.sandboxes[ns] = sample::sandbox(ns);
      for (const char* kind : {"web", "db"}) {
        const std::string stem = std::string(kind) + "-" + ns;
        world.deployments[stem] = sample::deployment(ns, stem);
      }
    }
    arrive();
    REQUIRE(ready("sandbox-a") == "True/Applied");
  }

  void arrive() {
    world.apply();
    REQUIRE(world.settle());
    world.apply();
    REQUIRE(world.settle());
  }

  // As an administrator does with kubectl.
  void annotate(const std::string& sandbox, bool paused) {
    Json metadata = Json::object({{"name", sandbox}});
    if (paused)
      metadata.set("annotations", Json::object({{std::string(kPausedAnnotation), "looking"}}));
    kube::ApplyOptions options;
    options.manager = "kubectl";
    REQUIRE(world.cluster().apply(kinds::kSandbox,
                                  Json::object({{"apiVersion", kinds::kSandbox.api_version()},
                                                {"kind", kinds::kSandbox.name},
                                                {"metadata", std::move(metadata)}}),
                                  options));
    REQUIRE(world.settle());
  }

  std::string ready(const char* sandbox) {
    const SandboxStatus status = world.sandbox_status(sandbox);
    const Condition* c = status.find("Ready");
    return c == nullptr ? "" : c->status + "/" + c->reason;
  }

  // What is in the namespace, with each object's version.
  std::map<std::string, std::string> inside(const std::string& ns) {
    std::map<std::string, std::string> out;
    for (const kube::Kind& kind :
         {kinds::kNetworkPolicy, kinds::kResourceQuota, kinds::kLimitRange, kinds::kServiceAccount,
          kinds::kDeployment, kinds::kService, kinds::kIngress, kinds::kPod})
      for (const Json& object : world.ours(kind, ns))
        out[kind.plural + "/" + std::string(object.text("metadata", "name"))] =
            object.text("metadata", "resourceVersion");
    return out;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Paused, "in a paused sandbox nothing is put right, and in others all is") {
  annotate("sandbox-a", true);
  CHECK(ready("sandbox-a") == "False/Paused");
  // What runs is as it was.
  CHECK(name(world.status("web-sandbox-a").phase) == "Ready");
  for (const char* ns : {"sandbox-a", "sandbox-b"}) {
    REQUIRE(world.cluster().remove({kinds::kNetworkPolicy, ns, "default-deny"}, {}));
    REQUIRE(world.cluster().remove({kinds::kService, ns, std::string("web-") + ns}, {}));
  }
  const auto before = inside("sandbox-a");
  REQUIRE(world.settle());
  world.resync_writes();
  world.restart_operator();
  REQUIRE(world.settle());
  CHECK(inside("sandbox-a") == before);
  CHECK(world.get({kinds::kNetworkPolicy, "sandbox-b", "default-deny"}));
  CHECK(world.get({kinds::kService, "sandbox-b", "web-sandbox-b"}));
  CHECK(world.status("web-sandbox-a").reason == kSandboxPaused);

  annotate("sandbox-a", false);
  CHECK(ready("sandbox-a") == "True/Applied");
  CHECK(world.get({kinds::kNetworkPolicy, "sandbox-a", "default-deny"}));
  CHECK(world.get({kinds::kService, "sandbox-a", "web-sandbox-a"}));
  CHECK(name(world.status("web-sandbox-a").phase) == "Ready");
  CHECK(world.status("web-sandbox-a").reason.empty());
  CHECK(world.resync_writes() == 0);
}

TEST_CASE_FIXTURE(Paused, "a wish and a deletion wait while the sandbox is paused, and then come") {
  annotate("sandbox-a", true);
  auto& web = world.deployments["web-sandbox-a"];
  web.spec.workload.services[0].image = "docker.io/acme/web:2";
  web.spec.revision = 2;
  world.apply();
  REQUIRE(world.cluster().remove({kinds::kUserDeployment, "sandbox-a", "db-sandbox-a"}, {}));
  world.deployments.erase("db-sandbox-a");
  REQUIRE(world.settle());
  CHECK(world.status("web-sandbox-a").observed_revision == 1);
  CHECK(world.status("web-sandbox-a").reason == kSandboxPaused);
  CHECK(name(world.status("db-sandbox-a").phase) == "Deleting");
  CHECK(world.status("db-sandbox-a").reason == kSandboxPaused);
  CHECK(world.get({kinds::kDeployment, "sandbox-a", "db-sandbox-a"}));

  annotate("sandbox-a", false);
  CHECK(world.status("web-sandbox-a").observed_revision == 2);
  CHECK_FALSE(world.get({kinds::kDeployment, "sandbox-a", "db-sandbox-a"}));
  CHECK_FALSE(world.get({kinds::kUserDeployment, "sandbox-a", "db-sandbox-a"}));
}

TEST_CASE_FIXTURE(Paused, "a deployment that is deleted while its sandbox was ends with it") {
  annotate("sandbox-a", true);
  REQUIRE(world.cluster().remove({kinds::kUserDeployment, "sandbox-a", "db-sandbox-a"}, {}));
  REQUIRE(world.cluster().remove({kinds::kSandbox, {}, "sandbox-a"}, {}));
  world.sandboxes.erase("sandbox-a");
  REQUIRE(world.settle());
  CHECK(ready("sandbox-a") == "False/Paused");
  CHECK(world.get({kinds::kNamespace, {}, "sandbox-a"}));
  CHECK(world.get({kinds::kDeployment, "sandbox-a", "web-sandbox-a"}));
  annotate("sandbox-a", false);
  CHECK_FALSE(world.get({kinds::kNamespace, {}, "sandbox-a"}));
  CHECK_FALSE(world.get({kinds::kSandbox, {}, "sandbox-a"}));
  CHECK(world.get({kinds::kNamespace, {}, "sandbox-b"}));
}
