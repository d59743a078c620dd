// USER_NAMESPACES=auto against a real API server, whose nodes say what they can.
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "tests/cluster/examined.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// The nodes as they were, and an operator as it was, once a test is over.
class Nodes {
 public:
  explicit Nodes(Real& rig) : rig_(rig) {
    config_.user_namespaces = op::UserNamespaces::auto_;
    const auto page = rig.admin().list(kinds::kNode, {});
    REQUIRE(page);
    for (const Json& node : page->items) known_.emplace_back(node.text("metadata", "name"));
    REQUIRE_FALSE(known_.empty());
  }
  ~Nodes() {
    for (const std::string& name : known_) say(name, std::nullopt);
    if (!added_.empty()) (void)rig_.admin().remove({kinds::kNode, {}, added_}, {});
    rig_.stop();
    rig_.start();
  }

  void all_can() {
    for (const std::string& name : known_) REQUIRE(say(name, true));
  }
  // Nothing runs on it: what counts is that something might.
  std::string add_one_that_cannot() {
    added_ = rig_.fresh("node");
    const Json node = Json::object(
        {{"apiVersion", "v1"},
         {"kind", "Node"},
         {"metadata", Json::object({{"name", added_}})},
         {"spec",
          Json::object({{"taints", Json::array({Json::object({{"key", "example.com/kept"},
                                                              {"effect", "NoSchedule"}})})}})}});
    REQUIRE(rig_.admin().create(kinds::kNode, node));
    REQUIRE(say(added_, false));
    REQUIRE(until([&] { return is_ready(added_); }));
    return added_;
  }
  // The operator looks at the nodes when it starts.
  void look() {
    rig_.stop();
    rig_.start(config_);
  }
  const op::OperatorConfig& config() const { return config_; }

 private:
  // As its kubelet does, of its one runtime handler; nothing: it tells of none.
  bool say(const std::string& name, std::optional<bool> can) {
    Json status = Json::object();
    if (can)
      status.set("runtimeHandlers",
                 Json::array({Json::object(
                     {{"name", "runc"}, {"features", Json::object({{"userNamespaces", *can}})}})}));
    kube::ApplyOptions options;
    options.manager = "runtime-handlers";
    options.subresource = kube::Subresource::status;
    return rig_.admin()
        .apply(kinds::kNode,
               Json::object({{"apiVersion", "v1"},
                             {"kind", "Node"},
                             {"metadata", Json::object({{"name", name}})},
                             {"status", std::move(status)}}),
               options)
        .has_value();
  }
  bool is_ready(const std::string& name) {
    const auto node = rig_.get({kinds::kNode, {}, name});
    if (!node || !node->at("status", "conditions").is_array()) return false;
    for (const Json& one : node->at("status", "conditions").as_array())
      if (one.text("type") == "Ready") return one.text("status") == "True";
    return false;
  }

  Real& rig_;
  op::OperatorConfig config_;
  std::vector<std::string> known_;
  std::string added_;
};

// Of the Deployment and of each of its pods, as the API server has stored them.
void check_host_users(Real& rig, const UserDeploymentResource& d, const Json& wanted) {
  const auto there = rig.get({kinds::kDeployment, d.meta.ns, d.spec.stem});
  REQUIRE(there);
  CHECK(there->at("spec", "template", "spec", "hostUsers") == wanted);
  int pods = 0;
  for (const Json& pod : rig.list(kinds::kPod, d.meta.ns)) {
    if (pod.at("metadata", "labels").text(labels::kDeployment) != d.spec.stem) continue;
    ++pods;
    CHECK(pod.at("spec", "hostUsers") == wanted);
  }
  CHECK(pods == 1);
}

}  // namespace

TEST_CASE("on a real cluster pods run in user namespaces while every node says that it has them") {
  KS_REAL(rig);
  using Verdict = op::Check::Verdict;
  Nodes nodes(rig);
  nodes.all_can();
  nodes.look();
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto before = sample::deployment(s.spec.ns, rig.fresh("before"));
  rig.want(before);
  REQUIRE(rig.reaches(before, Phase::ready));
  check_host_users(rig, before, Json(false));
  const auto account = rig.as(kSystem, kOperatorAccount);
  CHECK(says(examined(account, {false, true}, nodes.config()), Verdict::good,
             "every node has user namespaces: new pods run in them"));

  const std::string lacks = nodes.add_one_that_cannot();
  nodes.look();
  const auto after = sample::deployment(s.spec.ns, rig.fresh("after"));
  rig.want(after);
  REQUIRE(rig.reaches(after, Phase::ready));
  check_host_users(rig, after, Json());
  // What ran goes on as it was.
  REQUIRE(rig.quiet(s.spec.ns, s.meta.name));
  check_host_users(rig, before, Json(false));
  const auto checks = examined(account, {false, true}, nodes.config());
  INFO(op::text_of(checks));
  CHECK(says(checks, Verdict::unsure,
             "new pods run without user namespaces, which nodes lack: " + lacks));
}
