// Every object that the operator keeps, changed and deleted by hand in every field.
#include <algorithm>
#include <iterator>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "operator/sample.hpp"
#include "tests/sim/world.hpp"

using namespace ks;
namespace kinds = kube::kinds;
using sim::World;

namespace {

const kube::Kind* const kManaged[] = {
    &kinds::kNamespace,           &kinds::kNetworkPolicy,          &kinds::kResourceQuota,
    &kinds::kLimitRange,          &kinds::kServiceAccount,         &kinds::kService,
    &kinds::kDeployment,          &kinds::kPersistentVolumeClaim,  &kinds::kIngress,
    &kinds::kPodDisruptionBudget, &kinds::kHorizontalPodAutoscaler};

constexpr Duration kSoon = seconds(10);

bool arrive(World& world) {
  world.apply();
  const bool first = world.settle();
  world.apply();
  return world.settle() && first;
}

// What a person could have changed.
Json wanted_part(const Json& object) {
  Json out = object;
  out.erase("status");
  Json& meta = out["metadata"];
  for (const char* field :
       {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"})
    meta.erase(field);
  // The cluster's own, and it puts it there by itself.
  if (Json* names = meta.find("labels")) names->erase("kubernetes.io/metadata.name");
  if (Json* spec = out.find("spec")) {
    spec->erase("clusterIP");
    spec->erase("clusterIPs");
    spec->erase("volumeName");
  }
  return out;
}

// What names the very object, and the hash over it, differ in one that is made anew.
Json without_uid(Json part) {
  Json& meta = part["metadata"];
  if (Json* notes = meta.find("annotations"); notes != nullptr && notes->find(annotations::kClosed))
    for (const auto note : {annotations::kClosed, annotations::kWanted}) notes->erase(note);
  return part;
}

// Whether `is` has all that `was` had. What others add to lists that have keys stays theirs, as it
// does for every writer by server-side apply.
bool covers(const Json& is, const Json& was) {
  if (was.is_object())
    return std::ranges::all_of(was.members(), [&](const Json::Member& m) {
      const Json* other = is.find(m.first);
      return other != nullptr && covers(*other, m.second);
    });
  if (was.is_array() && is.is_array())
    return std::ranges::all_of(was.as_array(), [&](const Json& item) {
      return std::ranges::any_of(is.as_array(), [&](const Json& one) { return covers(one, item); });
    });
  return is == was;
}

bool is_back(const kube::Kind& kind, const Json& is, const Json& was) {
  const bool keyed = kind == kinds::kDeployment || kind == kinds::kService;
  return keyed ? covers(wanted_part(is), wanted_part(was)) : wanted_part(is) == wanted_part(was);
}

// A different value of the same kind.
Json other(const Json& leaf) {
  if (leaf.is_bool()) return !leaf.as_bool();
  if (leaf.is_int()) return leaf.as_int() + 1;
  if (!leaf.is_string()) return "other";
  const std::string& text = leaf.as_string();
  // A quantity or a number stays one.
  if (!text.empty() && text.front() >= '0' && text.front() <= '9' && text.find('/') == text.npos)
    return "7" + text;
  return "other";
}

// Calls `visit` with each leaf beneath `node`, which it may change.
template <class Visit>
void each_leaf(Json& node, const std::string& path, const Visit& visit) {
  if (node.is_object()) {
    for (auto& [name, member] : node.members()) each_leaf(member, path + "." + name, visit);
  } else if (node.is_array() && !node.as_array().empty()) {
    std::size_t at = 0;
    for (Json& item : node.as_array()) each_leaf(item, fmt::format("{}[{}]", path, at++), visit);
  } else {
    visit(node, path);
  }
}

// One edit of an object: who it is, and the part that is sent.
struct Edit {
  std::string path;
  Json object;
};

// What no edit is made of: the claim, without which a namespace is somebody else's and left alone.
bool is_spared(const std::string& path) {
  return path == "annotations." + std::string(annotations::kClaim);
}

// An edit for each leaf of what we own; each sends its top-level part whole, as an editor does.
std::vector<Edit> edits_of(const kube::Kind& kind, const Json& object) {
  std::vector<Edit> out;
  Json identity = Json::object({{"apiVersion", kind.api_version()}, {"kind", kind.name}});
  identity["metadata"].set("name", object.text("metadata", "name"));
  if (kind.namespaced) identity["metadata"].set("namespace", object.text("metadata", "namespace"));
  const Json whole = wanted_part(object);
  const auto add = [&](const char* part, bool metadata) {
    const Json& from = metadata ? whole.at("metadata", part) : whole.at(part);
    if (from.is_null()) return;
    std::size_t count = 0;
    Json counting = from;
    each_leaf(counting, part, [&](Json&, const std::string&) { ++count; });
    for (std::size_t i = 0; i < count; ++i) {
      Json changed = from;
      std::size_t at = 0;
      Edit edit{{}, identity};
      each_leaf(changed, part, [&](Json& leaf, const std::string& path) {
        if (at++ != i) return;
        edit.path = path;
        leaf = other(leaf);
      });
      (metadata ? edit.object["metadata"] : edit.object).set(part, std::move(changed));
      if (!is_spared(edit.path)) out.push_back(std::move(edit));
    }
  };
  add("labels", true);
  add("annotations", true);
  // A namespace's is the cluster's.
  if (kind != kinds::kNamespace) add("spec", false);
  add("automountServiceAccountToken", false);
  return out;
}

void want(World& world) {
  world.sandboxes["sandbox-a"] = sample::limited_sandbox("sandbox-a");
  world.sandboxes["sandbox-a"].spec.quota = {};
  world.sandboxes["sandbox-a"].spec.quota.pods = 20;
  world.deployments["wiki-abc123"] = sample::wiki("sandbox-a", "wiki-abc123");
  // Between equal bounds, so that its number too has to come back.
  sample::autoscaled(world.deployments["wiki-abc123"].spec.workload.services[0], 2, 2);
}

}  // namespace

TEST_CASE("every field of every managed object that is changed by hand is back within 10 seconds") {
  World world;
  want(world);
  REQUIRE(arrive(world));
  std::set<std::string> kinds_changed;
  for (const kube::Kind* kind : kManaged)
    for (const Json& object : world.ours(*kind)) {
      const kube::Ref ref = kube::ref_of(*kind, object);
      for (const Edit& edit : edits_of(*kind, object)) {
        CAPTURE(kind->plural);
        CAPTURE(ref.name);
        CAPTURE(edit.path);
        const auto before = world.get(ref);
        REQUIRE(before);
        kube::ApplyOptions options;
        options.manager = "kubectl";
        // What Kubernetes does not let anybody change.
        if (!world.cluster().apply(*kind, edit.object, options)) continue;
        const auto edited = world.get(ref);
        REQUIRE(edited);
        if (wanted_part(*edited) == wanted_part(*before)) continue;
        // A claim only grows, whoever makes it.
        if (*kind == kinds::kPersistentVolumeClaim && edit.path.starts_with("spec")) continue;
        world.run_for(kSoon);
        const auto after = world.get(ref);
        REQUIRE(after);
        CHECK(is_back(*kind, *after, object));
        kinds_changed.insert(kind->plural);
      }
    }
  CHECK(kinds_changed.size() == std::size(kManaged));
  REQUIRE(world.settle());
  CHECK(name(world.status("wiki-abc123").phase) == "Ready");
  CHECK(world.resync_writes() == 0);
}

TEST_CASE("every managed object that is deleted by hand is there again within 10 seconds") {
  World world;
  want(world);
  REQUIRE(arrive(world));
  for (const kube::Kind* kind : kManaged) {
    for (const Json& object : world.ours(*kind)) {
      const kube::Ref ref = kube::ref_of(*kind, object);
      CAPTURE(kind->plural);
      CAPTURE(ref.name);
      REQUIRE(world.cluster().remove(ref, {}));
      // As sync does, for what went with a namespace.
      world.run_for(seconds(3));
      world.apply();
      world.run_for(kSoon - seconds(3));
      const auto after = world.get(ref);
      REQUIRE(after);
      CHECK(after->text("metadata", "uid") != object.text("metadata", "uid"));
      CHECK(without_uid(wanted_part(*after)) == without_uid(wanted_part(object)));
    }
  }
  REQUIRE(arrive(world));
  CHECK(name(world.status("wiki-abc123").phase) == "Ready");
}

TEST_CASE("a wall that falls is put up again before all that waits") {
  World world;
  want(world);
  REQUIRE(arrive(world));
  const kube::Ref policies[] = {{kinds::kNetworkPolicy, "sandbox-a", "allow-dns"},
                                {kinds::kNetworkPolicy, "sandbox-a", "default-deny"}};
  const auto standing = world.list(kinds::kNamespace).size();
  for (int i = 0; i < 100; ++i) {
    const std::string name = fmt::format("sandbox-new{}", i);
    world.sandboxes[name] = sample::sandbox(name, i);
  }
  world.apply();
  world.run_some(40);
  const auto made = [&] { return world.list(kinds::kNamespace).size() - standing; };
  for (const kube::Ref& policy : policies) {
    CAPTURE(policy.name);
    REQUIRE(world.get(policy));
    REQUIRE(world.cluster().remove(policy, {}));
    const auto before = made();
    REQUIRE(before < 50);
    for (int steps = 0; !world.get(policy) && steps < 5000; ++steps) world.run_some(1);
    CHECK(world.get(policy));
    CHECK(made() <= before + 2);
  }
  const kube::Ref home{kinds::kNamespace, {}, "sandbox-a"};
  Json open = Json::object(
      {{"apiVersion", "v1"},
       {"kind", "Namespace"},
       {"metadata", Json::object({{"name", "sandbox-a"},
                                  {"labels", Json::object({{"pod-security.kubernetes.io/enforce",
                                                            "privileged"}})}})}});
  kube::ApplyOptions by_hand;
  by_hand.manager = "kubectl";
  REQUIRE(world.cluster().apply(kinds::kNamespace, open, by_hand));
  const auto before = made();
  const auto open_now = [&] {
    return world.get(home)->at("metadata", "labels").text("pod-security.kubernetes.io/enforce") ==
           "privileged";
  };
  REQUIRE(open_now());
  for (int steps = 0; open_now() && steps < 5000; ++steps) world.run_some(1);
  CHECK_FALSE(open_now());
  CHECK(made() <= before + 2);
  REQUIRE(world.settle());
  CHECK(made() == 100);
}

TEST_CASE("a policy that somebody makes select fewer pods selects all of them again") {
  World world;
  world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
  world.apply();
  REQUIRE(world.settle());
  const auto policies = world.ours(kinds::kNetworkPolicy, "sandbox-a");
  REQUIRE(policies.size() == 5);
  for (const char* narrower : {R"({"matchLabels":{"no":"body"}})",
                               R"({"matchExpressions":[{"key":"no","operator":"Exists"}]})"})
    for (const Json& policy : policies) {
      CAPTURE(policy.text("metadata", "name"));
      Json narrowed = policy;
      for (const char* given : {"managedFields", "resourceVersion"})
        narrowed["metadata"].erase(given);
      narrowed["spec"].set("podSelector", parse_json(narrower).value());
      kube::ApplyOptions options;
      options.manager = "kubectl";
      options.force = true;
      REQUIRE(world.cluster().apply(kinds::kNetworkPolicy, narrowed, options));
      REQUIRE(world.settle());
      const auto now = world.get(kube::ref_of(kinds::kNetworkPolicy, policy));
      REQUIRE(now);
      CHECK(now->at("spec") == policy.at("spec"));
    }
  CHECK(world.resync_writes() == 0);
}
