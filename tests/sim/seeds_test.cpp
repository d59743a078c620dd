#include <charconv>
#include <cstdlib>
#include <set>
#include <string_view>

#include <doctest/doctest.h>

#include "operator/isolation/cluster_view.hpp"
#include "operator/manifests/crds.hpp"
#include "operator/manifests/manifests.hpp"
#include "operator/sample.hpp"
#include "tests/sim/story.hpp"
#include "tests/sim/world.hpp"

using namespace ks;
namespace kinds = kube::kinds;
using sim::World;

namespace {

kube::ApplyOptions by(const char* manager) {
  kube::ApplyOptions out;
  out.manager = manager;
  return out;
}

using Uses = std::set<kube::simulated::VerbUse>;

Uses granted() {
  Uses out;
  for (const auto& grants : {op::operator_grants(), op::operator_system_grants()})
    for (const op::Grant& g : grants)
      for (const std::string& verb : g.verbs) out.insert({verb, g.group, g.resource});
  return out;
}

// Lets through what the roles of `manifests` grant, as RBAC would, and keeps what was used.
class Guard final : public kube::Cluster {
 public:
  Guard(kube::Cluster& inner, Uses& used, const Uses& withheld = {})
      : inner_(inner), used_(used), granted_(granted()) {
    for (const kube::simulated::VerbUse& use : withheld) granted_.erase(use);
  }

  kube::KubeResult<Json> get(const kube::Ref& ref) override {
    if (!may("get", ref.kind)) return refused();
    return inner_.get(ref);
  }
  kube::KubeResult<kube::ListPage> list(const kube::Kind& kind,
                                        const kube::ListOptions& options) override {
    if (!may("list", kind)) return refused();
    return inner_.list(kind, options);
  }
  kube::KubeResult<std::unique_ptr<kube::Watch>> watch(const kube::Kind& kind,
                                                       const kube::WatchOptions& options) override {
    if (!may("watch", kind)) return refused();
    return inner_.watch(kind, options);
  }
  kube::KubeResult<Json> create(const kube::Kind& kind, const Json& object) override {
    if (!may("create", kind)) return refused();
    return inner_.create(kind, object);
  }
  kube::KubeResult<Json> apply(const kube::Kind& kind, const Json& object,
                               const kube::ApplyOptions& options) override {
    const bool status = options.subresource == kube::Subresource::status;
    if (!may("patch", kind, status ? "/status" : "")) return refused();
    // One that makes the object needs `create` as well.
    const bool makes = !status && options.uid.empty() && options.resource_version.empty();
    if (makes)
      if (const auto there = inner_.get(kube::ref_of(kind, object)); !there)
        if (there.error().is_not_found() && !may("create", kind)) return refused();
    return inner_.apply(kind, object, options);
  }
  kube::KubeResult<void> remove(const kube::Ref& ref, const kube::DeleteOptions& options) override {
    if (!may("delete", ref.kind)) return refused();
    return inner_.remove(ref, options);
  }
  bool simulated() const override { return true; }

 private:
  bool may(const char* verb, const kube::Kind& kind, const char* subresource = "") {
    const kube::simulated::VerbUse use{verb, kind.group, kind.plural + subresource};
    if (!granted_.contains(use)) return false;
    used_.insert(use);
    return true;
  }
  static std::unexpected<kube::KubeError> refused() {
    return std::unexpected(kube::KubeError{403, "Forbidden", "not granted", {}});
  }

  kube::Cluster& inner_;
  Uses& used_;
  Uses granted_;
};

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// "3,5,9", or "none".
std::vector<int> numbers_in(std::string_view text) {
  std::vector<int> out;
  while (!text.empty() && text != "none") {
    int n = 0;
    std::from_chars(text.data(), text.data() + text.size(), n);
    out.push_back(n);
    const std::size_t comma = text.find(',');
    text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
  }
  return out;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += "  " + line + "\n";
  return out;
}

// Says what went wrong with as little as it needs, and how to see it again.
void report(const sim::Script& script, const std::vector<std::string>& faults) {
  const sim::Script less = sim::shrink(script);
  FAIL_CHECK("seed ", script.seed, ":\n", joined(faults), "shrunk to ", less.acts.size(), " of ",
             script.acts.size(), " acts:\n", sim::describe(less), joined(sim::play(less)),
             "again: ", sim::command(less));
}

}  // namespace

TEST_CASE("seeded worlds end where they should, and then nothing is written") {
  // KS_SIM_SEED plays one seed, KS_SIM_ACTS and KS_SIM_CALM only a part of it; else KS_SIM_SEEDS of
  // them from KS_SIM_FROM on.
  const std::uint64_t only = number_from("KS_SIM_SEED", 0);
  if (only != 0) {
    sim::Script script = sim::script_of(only);
    if (const char* acts = std::getenv("KS_SIM_ACTS")) script.acts = numbers_in(acts);
    script.calm = static_cast<std::uint32_t>(number_from("KS_SIM_CALM", 0));
    MESSAGE(sim::describe(script));
    const auto faults = sim::play(script);
    CHECK_MESSAGE(faults.empty(), joined(faults));
    return;
  }
  const std::uint64_t from = number_from("KS_SIM_FROM", 1);
  for (std::uint64_t seed = from; seed < from + number_from("KS_SIM_SEEDS", 100); ++seed) {
    INFO("KS_SIM_SEED=", seed);
    const sim::Script script = sim::script_of(seed);
    if (const auto faults = sim::play(script); !faults.empty()) {
      report(script, faults);
      break;  // One is enough to mend.
    }
  }
}

TEST_CASE("a seed plays the same each time, to the last change") {
  for (const std::uint64_t seed : {3, 5, 8}) {
    CAPTURE(seed);
    std::uint64_t first = 0, second = 0, other = 0;
    sim::play(sim::script_of(seed), {}, &first);
    sim::play(sim::script_of(seed), {}, &second);
    sim::play(sim::script_of(seed + 1), {}, &other);
    CHECK(first != 0);
    CHECK(first == second);
    CHECK(first != other);
  }
}

TEST_CASE("where Events may not be read, all else goes on") {
  Uses used;
  const Uses events = {{"list", "", "events"}, {"watch", "", "events"}};
  World world(1, {}, [&](kube::Cluster& cluster) {
    return std::make_unique<Guard>(cluster, used, events);
  });
  for (const Json& definition : op::custom_resource_definitions())
    REQUIRE(world.cluster().apply(kinds::kCustomResourceDefinition, definition, by("kubectl")));
  world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
  world.deployments["web-abc123"] = sample::deployment("sandbox-a", "web-abc123");
  for (int rounds = 0; rounds < 3; ++rounds) {
    world.apply();
    world.run_some(2000);
  }
  CHECK_FALSE(used.contains({"list", "", "events"}));
  CHECK(name(world.status("web-abc123").phase) == "Ready");
}

TEST_CASE("the roles of the manifests are enough, and nothing in them is unused") {
  Uses used;
  const auto guard = [&](kube::Cluster& cluster) { return std::make_unique<Guard>(cluster, used); };
  for (std::uint64_t seed = 1001; seed <= 1030; ++seed) {
    INFO("seed " << seed);
    const auto faults = sim::play(sim::script_of(seed), guard);
    CHECK_MESSAGE(faults.empty(), joined(faults));
  }
  // No story takes a finalizer off by hand; then the operator looks itself before it cleans up.
  World world(1, {}, guard);
  for (const Json& definition : op::custom_resource_definitions())
    REQUIRE(world.cluster().apply(kinds::kCustomResourceDefinition, definition, by("kubectl")));
  world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
  world.deployments["web-abc123"] = sample::deployment("sandbox-a", "web-abc123");
  world.apply();
  REQUIRE(world.settle());
  world.apply();
  REQUIRE(world.settle());
  // Few stories take an autoscaler away.
  Service& web = world.deployments.at("web-abc123").spec.workload.services[0];
  const Service fixed = web;
  for (const Service& next : {sample::autoscaled(web, 1, 2), fixed}) {
    web = next;
    world.apply();
    REQUIRE(world.settle());
  }
  // The same twice makes one Event's count grow.
  for (int i = 0; i < 2; ++i) {
    REQUIRE(world.cluster().remove({kinds::kService, "sandbox-a", "web-abc123"}, {}));
    REQUIRE(world.settle());
  }
  Json bare = Json::object(
      {{"apiVersion", kResourceApiVersion},
       {"kind", "UserDeployment"},
       {"metadata", Json::object({{"name", "web-abc123"}, {"namespace", "sandbox-a"}})}});
  REQUIRE(world.cluster().apply(kinds::kUserDeployment, bare, by("k8s-scheduler/deployment")));
  REQUIRE(world.cluster().remove({kinds::kUserDeployment, "sandbox-a", "web-abc123"}, {}));
  REQUIRE(world.settle());
  CHECK(world.ours(kinds::kDeployment).empty());
  // It looks at the whole cluster for who reaches whom.
  Guard looking(world.cluster(), used);
  const auto view = op::read_cluster(looking);
  REQUIRE(view);
  CHECK(view->unread.empty());
  for (const auto& grant : granted())
    CHECK_MESSAGE(used.contains(grant), "unused: ", grant.verb, " ", grant.resource);
}
