// Nothing of a tenant starts in a namespace that is not closed.
#include <optional>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "operator/sample.hpp"
#include "tests/sim/held_watches.hpp"
#include "tests/sim/world.hpp"

using namespace ks;
namespace kinds = kube::kinds;
using sim::HeldWatches;
using sim::World;

namespace {

const std::set<kube::Kind>& closing_kinds() {
  static const std::set<kube::Kind> out = {kinds::kNetworkPolicy, kinds::kResourceQuota,
                                           kinds::kLimitRange};
  return out;
}

// What closes the namespace, as the cluster has it, and how often something started without.
struct Closing {
  explicit Closing(World& world) {
    world.cluster().on_change(
        [this](const kube::Kind& kind, const Json* before, const Json* after) {
          const Json& object = after != nullptr ? *after : *before;
          if (object.text("metadata", "namespace") != "sandbox-a") return;
          if (closing_kinds().contains(kind)) {
            const kube::Ref ref = kube::ref_of(kind, object);
            if (after != nullptr)
              there.insert(ref);
            else
              there.erase(ref);
            most = std::max(most, there.size());
          }
          if (kind != kinds::kPod || before != nullptr) return;
          ++pods;
          if (there.size() != most) ++open;
        });
  }
  std::set<kube::Ref> there;
  std::size_t most = 0;
  int pods = 0;
  int open = 0;
};

struct Watched {
  std::set<kube::Kind> held;
  World world{1, {}, [this](kube::Cluster& cluster) {
                return std::make_unique<HeldWatches>(cluster, held);
              }};
  Closing closing{world};

  Watched() {
    world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
    world.deployments["wiki-abc123"] = sample::wiki("sandbox-a", "wiki-abc123");
    arrive();
    CHECK(closing.pods > 0);
    CHECK(closing.most > closing_kinds().size());
  }
  void arrive() {
    for (int i = 0; i < 2; ++i) {
      world.apply();
      REQUIRE(world.settle());
    }
    CHECK(name(world.status("wiki-abc123").phase) == "Ready");
  }
  std::string uid() {
    const auto ns = world.get({kinds::kNamespace, {}, "sandbox-a"});
    return ns ? std::string(ns->text("metadata", "uid")) : "";
  }
};

}  // namespace

TEST_CASE_FIXTURE(Watched,
                  "a namespace made anew is closed before a pod, however late watches are") {
  held = closing_kinds();
  const std::string before = uid();
  const int pods = closing.pods;
  REQUIRE(world.cluster().remove({kinds::kNamespace, {}, "sandbox-a"}, {}));
  world.run_for(seconds(5));
  world.apply();
  // Well before the operator lists again because nothing is told.
  world.run_for(seconds(10));
  CHECK(uid() != before);
  CHECK(closing.pods > pods);
  CHECK(closing.there.size() == closing.most);
  held.clear();
  arrive();
  CHECK(closing.open == 0);
  CHECK(world.resync_writes() == 0);
}

TEST_CASE_FIXTURE(Watched,
                  "who takes over asks before it starts pods where another made the namespace") {
  // The other one leads, makes the namespace anew and gets no further.
  world.add_operator();
  world.pause(0, true);
  world.run_for(minutes(1));
  REQUIRE(world.leader() == &world.op(1));
  world.pause(0, false);
  world.run_for(seconds(1));
  held = closing_kinds();
  held.insert(kinds::kNamespace);
  world.gate(1).refuse([](const char*, const kube::Ref& ref) -> std::optional<kube::KubeError> {
    if (!closing_kinds().contains(ref.kind)) return std::nullopt;
    return kube::KubeError{500, "InternalError", "not now", {}};
  });
  const std::string before = uid();
  REQUIRE(world.cluster().remove({kinds::kNamespace, {}, "sandbox-a"}, {}));
  world.run_for(seconds(5));
  REQUIRE(uid() != before);
  CHECK(closing.there.empty());
  world.pause(1, true);
  world.apply();
  world.run_for(seconds(40));
  REQUIRE(world.leader() == &world.op(0));
  CHECK(closing.open == 0);
  held.clear();
  arrive();
  CHECK(closing.open == 0);
  CHECK(closing.there.size() == closing.most);
}
