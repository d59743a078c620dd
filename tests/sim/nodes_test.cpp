// USER_NAMESPACES=auto on a whole operator: nodes come, go and cannot be read.
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "operator/sample.hpp"
#include "tests/sim/world.hpp"

using namespace ks;
namespace kinds = kube::kinds;
using sim::World;

namespace {

op::OperatorConfig by_nodes() {
  op::OperatorConfig config;
  config.user_namespaces = op::UserNamespaces::auto_;
  return config;
}

// Nodes as the operator is to see them; the simulated cluster has none that tell anything.
class Nodes final : public kube::Cluster {
 public:
  explicit Nodes(kube::Cluster& behind) : behind_(behind) {}
  std::optional<int> refused;

  void add(const std::string& name, bool able) {
    nodes_.push_back(Json::object(
        {{"metadata", Json::object({{"name", name}})},
         {"status",
          Json::object({{"runtimeHandlers",
                         Json::array({Json::object(
                             {{"features", Json::object({{"userNamespaces", able}})}})})}})}}));
  }
  void remove_last() { nodes_.pop_back(); }
  void none_ready() {
    for (Json& node : nodes_)
      node["status"].set("conditions",
                         Json::array({Json::object({{"type", "Ready"}, {"status", "Unknown"}})}));
  }
  void all_ready() {
    for (Json& node : nodes_) node["status"].set("conditions", Json::array());
  }

  kube::KubeResult<Json> get(const kube::Ref& ref) override { return behind_.get(ref); }
  kube::KubeResult<kube::ListPage> list(const kube::Kind& kind,
                                        const kube::ListOptions& options) override {
    if (kind != kinds::kNode) return behind_.list(kind, options);
    if (refused) return std::unexpected(kube::KubeError{*refused, "Played", "played", {}});
    kube::ListPage page;
    page.items = nodes_;
    return page;
  }
  kube::KubeResult<std::unique_ptr<kube::Watch>> watch(const kube::Kind& kind,
                                                       const kube::WatchOptions& o) override {
    return behind_.watch(kind, o);
  }
  kube::KubeResult<Json> create(const kube::Kind& kind, const Json& object) override {
    return behind_.create(kind, object);
  }
  kube::KubeResult<Json> apply(const kube::Kind& kind, const Json& object,
                               const kube::ApplyOptions& o) override {
    return behind_.apply(kind, object, o);
  }
  kube::KubeResult<void> remove(const kube::Ref& ref, const kube::DeleteOptions& o) override {
    return behind_.remove(ref, o);
  }
  bool simulated() const override { return behind_.simulated(); }

 private:
  kube::Cluster& behind_;
  std::vector<Json> nodes_;
};

struct Played {
  Nodes* nodes = nullptr;
  World world{1, by_nodes(), [this](kube::Cluster& behind) {
                auto made = std::make_unique<Nodes>(behind);
                nodes = made.get();
                return made;
              }};

  void deploy(const std::string& stem) {
    world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
    world.deployments[stem] = sample::deployment("sandbox-a", stem);
    for (int i = 0; i < 2; ++i) {
      world.apply();
      REQUIRE(world.settle());
    }
  }
  bool has(const std::string& stem) {
    const auto there = world.get({kinds::kDeployment, "sandbox-a", stem});
    REQUIRE(there);
    return there->at("spec", "template", "spec", "hostUsers") == Json(false);
  }
};

}  // namespace

TEST_CASE("new pods get what the nodes can, and a node that comes or goes starts none anew") {
  Played played;
  played.nodes->add("a", true);
  played.deploy("one-aaaaaa");
  CHECK(played.has("one-aaaaaa"));
  const auto writes = played.world.gate().writes();

  played.nodes->add("b", false);
  played.world.run_for(hours(1));
  CHECK(played.has("one-aaaaaa"));
  CHECK(played.world.gate().writes() == writes);
  CHECK(played.world.resync_writes() == 0);
  played.deploy("two-bbbbbb");
  CHECK_FALSE(played.has("two-bbbbbb"));

  // Another process decides the same, and changes nothing of what runs.
  played.world.restart_operator();
  REQUIRE(played.world.settle());
  CHECK(played.has("one-aaaaaa"));
  CHECK_FALSE(played.has("two-bbbbbb"));

  played.nodes->remove_last();
  played.world.run_for(hours(1));
  CHECK_FALSE(played.has("two-bbbbbb"));
  played.world.deployments["two-bbbbbb"].spec.restarts += 1;
  played.world.apply();
  REQUIRE(played.world.settle());
  CHECK(played.has("two-bbbbbb"));
  CHECK(played.world.resync_writes() == 0);
}

TEST_CASE("nodes that cannot be read take no user namespaces away, and give none") {
  Played played;
  played.nodes->add("a", true);
  played.nodes->refused = 403;
  played.deploy("one-aaaaaa");
  CHECK_FALSE(played.has("one-aaaaaa"));
  played.nodes->refused.reset();
  played.world.run_for(minutes(1));
  played.deploy("two-bbbbbb");
  CHECK(played.has("two-bbbbbb"));
  played.nodes->refused = 503;
  played.world.run_for(minutes(30));
  played.deploy("three-cccccc");
  CHECK(played.has("three-cccccc"));
}

TEST_CASE("no pod is made before the first look at the nodes was answered") {
  Played played;
  played.nodes->add("a", true);
  played.nodes->refused = 503;
  played.world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
  played.world.deployments["one-aaaaaa"] = sample::deployment("sandbox-a", "one-aaaaaa");
  played.world.apply();
  played.world.run_for(minutes(5));
  CHECK_FALSE(played.world.get({kinds::kDeployment, "sandbox-a", "one-aaaaaa"}));
  played.nodes->refused.reset();
  played.world.run_for(minutes(1));
  played.deploy("two-bbbbbb");
  CHECK(played.has("one-aaaaaa"));
  CHECK(played.has("two-bbbbbb"));
}

TEST_CASE("where no node is ready pods need not wait, and the first that is counts soon") {
  Played played;
  played.nodes->add("a", true);
  played.nodes->none_ready();
  played.deploy("one-aaaaaa");
  CHECK_FALSE(played.has("one-aaaaaa"));
  played.nodes->all_ready();
  played.world.run_for(minutes(1));
  played.deploy("two-bbbbbb");
  CHECK(played.has("two-bbbbbb"));
  // Nodes that are lost for a while take nothing away.
  played.nodes->none_ready();
  played.world.run_for(minutes(30));
  played.deploy("three-cccccc");
  CHECK(played.has("three-cccccc"));
}

namespace {

// More nodes than one page of a list holds, in the simulated cluster itself; all can.
struct Many {
  World world;
  std::string last;

  explicit Many(const World::Front& front = {}) : world(1, by_nodes(), front) {
    const auto most = kube::page_limit(kinds::kNode);
    REQUIRE(most > 0);
    for (std::int64_t i = 0; i <= most; ++i) {
      last = "node-" + std::to_string(100'000 + i);
      Json node = Json::object(
          {{"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", Json::object({{"name", last}})}});
      REQUIRE(world.cluster().create(kinds::kNode, node));
      set(last, true);
    }
  }
  void set(const std::string& node, bool able) {
    kube::ApplyOptions options;
    options.manager = "kubelet";
    options.subresource = kube::Subresource::status;
    REQUIRE(world.cluster().apply(
        kinds::kNode,
        Json::object(
            {{"apiVersion", "v1"},
             {"kind", "Node"},
             {"metadata", Json::object({{"name", node}})},
             {"status",
              Json::object({{"runtimeHandlers",
                             Json::array({Json::object(
                                 {{"features", Json::object({{"userNamespaces", able}})}})})}})}}),
        options));
  }
  // Whether its pods are made with a user namespace; nothing when none are made.
  std::optional<bool> deployed(const std::string& stem) {
    world.sandboxes["sandbox-a"] = sample::sandbox("sandbox-a");
    world.deployments[stem] = sample::deployment("sandbox-a", stem);
    for (int i = 0; i < 2; ++i) {
      world.apply();
      world.run_for(seconds(10));
    }
    const auto there = world.get({kinds::kDeployment, "sandbox-a", stem});
    if (!there) return std::nullopt;
    return there->at("spec", "template", "spec", "hostUsers") == Json(false);
  }
};

// Answers that a list's next page is gone, for as long as that is wanted.
class Forgetful final : public kube::Cluster {
 public:
  Forgetful(kube::Cluster& behind, const bool& forgets) : behind_(behind), forgets_(forgets) {}
  kube::KubeResult<Json> get(const kube::Ref& ref) override { return behind_.get(ref); }
  kube::KubeResult<kube::ListPage> list(const kube::Kind& kind,
                                        const kube::ListOptions& options) override {
    if (kind == kinds::kNode && forgets_ && !options.continue_token.empty())
      return std::unexpected(kube::KubeError{410, "Expired", "played", {}});
    return behind_.list(kind, options);
  }
  kube::KubeResult<std::unique_ptr<kube::Watch>> watch(const kube::Kind& kind,
                                                       const kube::WatchOptions& o) override {
    return behind_.watch(kind, o);
  }
  kube::KubeResult<Json> create(const kube::Kind& kind, const Json& object) override {
    return behind_.create(kind, object);
  }
  kube::KubeResult<Json> apply(const kube::Kind& kind, const Json& object,
                               const kube::ApplyOptions& o) override {
    return behind_.apply(kind, object, o);
  }
  kube::KubeResult<void> remove(const kube::Ref& ref, const kube::DeleteOptions& o) override {
    return behind_.remove(ref, o);
  }
  bool simulated() const override { return behind_.simulated(); }

 private:
  kube::Cluster& behind_;
  const bool& forgets_;
};

}  // namespace

TEST_CASE("of more nodes than one page holds the last counts as the first does") {
  Many many;
  const auto first =
      many.world.cluster().list(kinds::kNode, {.limit = kube::page_limit(kinds::kNode)});
  REQUIRE(first);
  REQUIRE_FALSE(first->continue_token.empty());
  CHECK(many.deployed("one-aaaaaa") == true);
  many.set(many.last, false);
  many.world.run_for(minutes(11));
  CHECK(many.deployed("two-bbbbbb") == false);
  many.set(many.last, true);
  many.world.run_for(minutes(11));
  CHECK(many.deployed("three-cccccc") == true);
}

TEST_CASE("nodes of which only the first page could be read are none that were seen") {
  bool forgets = true;
  Many many([&](kube::Cluster& behind) { return std::make_unique<Forgetful>(behind, forgets); });
  many.set(many.last, false);
  CHECK(many.deployed("one-aaaaaa") == std::nullopt);
  forgets = false;
  many.world.run_for(minutes(1));
  CHECK(many.deployed("two-bbbbbb") == false);
  // Later on what was known holds.
  many.set(many.last, true);
  forgets = true;
  many.world.run_for(minutes(11));
  CHECK(many.deployed("three-cccccc") == false);
  forgets = false;
  many.world.run_for(minutes(1));
  CHECK(many.deployed("four-dddddd") == true);
}
