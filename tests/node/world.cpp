#include "tests/node/world.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace ks::test {

NodeWorld& NodeWorld::shared() {
  static NodeWorld world;
  return world;
}

NodeWorld::NodeWorld() : node_(Node::shared()), installation_(Installation::Kind::sqlite) {
  Environment& settings = installation_.settings();
  settings["KUBERNETES_ENABLED"] = "true";
  settings["CLUSTER_CIDRS"] = "10.90.0.0/16,10.96.0.0/16,10.89.0.0/24";
  const auto manifests = installation_.run({"manifests"});
  REQUIRE(manifests.status == 0);
  const auto applied = node_.try_apply(manifests.out, {"--server-side"});
  REQUIRE_MESSAGE(applied.status == 0, applied.err);
  settings["ISOLATION_INTERVAL"] = "5";
  settings["NETWORK_PROBE_IMAGE"] = kOwnImage;
  // What is about traffic fails by its traffic where nobody enforces policies, and not before.
  settings["ALLOW_UNENFORCED_NETWORK"] = "true";
  settings["KUBECONFIG"] = node_.kubeconfig_of("k8s-scheduler", "k8s-scheduler-operator");
  operator_ = installation_.launch({"--components", "operator"});
  settings["KUBECONFIG"] = node_.kubeconfig_of("k8s-scheduler", "k8s-scheduler-api");
  api_ = installation_.launch({"--components", "api"});
  const bool up =
      operator_->wait_until_up() && api_->wait_until_up() && api_->wait_until_ready(minutes(1));
  REQUIRE_MESSAGE(up, log());
  root_ = std::make_unique<Person>(Installation::administrator(*api_));
  // The only plan of the profile "shared" has room for one deployment.
  installation_.execute(
      "UPDATE plan_entitlements SET value = '8' WHERE plan_key = 'free' AND feature IN "
      "('deployments.max', 'cpu.max')");
}

void NodeWorld::restart_operator(const std::string& setting, const std::string& value) {
  Environment& settings = installation_.settings();
  (void)operator_->stop();
  const std::string of_api = settings["KUBECONFIG"];
  settings[setting] = value;
  settings["KUBECONFIG"] = node_.kubeconfig_of("k8s-scheduler", "k8s-scheduler-operator");
  operator_ = installation_.launch({"--components", "operator"});
  settings["KUBECONFIG"] = of_api;
  REQUIRE_MESSAGE(operator_->wait_until_up(), log());
}

Person NodeWorld::sign_up(const std::string& name, const std::string& plan) {
  Person out(port());
  const Answer made = out.sign_up(name + "@example.com");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  const Answer set =
      root_->send("PUT", "/platform" + out.org() + "/subscription", Json::object({{"plan", plan}}));
  REQUIRE_MESSAGE(set.status == 200, set.body);
  return out;
}

void NodeWorld::join(const Person& owner, const Person& who) {
  const std::string id(who.get("/me").json().text("user", "id"));
  installation_.execute(
      fmt::format("INSERT INTO org_members (client_id, org_id, user_id, role, created_at) "
                  "SELECT client_id, id, '{}', 'org_admin', 1 FROM organizations WHERE id = '{}'",
                  id, owner.org_id()));
  installation_.execute(fmt::format(
      "UPDATE org_usage SET members = members + 1 WHERE org_id = '{}'", owner.org_id()));
  installation_.execute(
      fmt::format("UPDATE users SET authz_version = authz_version + 1 WHERE id = '{}'", id));
}

std::string NodeWorld::add_team(const Person& owner, const std::string& name) const {
  const Answer made = owner.post(owner.org() + "/teams", Json::object({{"name", name}}));
  REQUIRE_MESSAGE(made.status == 201, made.body);
  return std::string(made.json().text("slug"));
}

Installation::Ran NodeWorld::isolation_report() {
  return installation_.run({"--set", "KUBECONFIG=" + node_.administrator(), "isolation", "report"});
}

Json app(const std::string& name, const std::string& exposure,
         const std::vector<std::string>& args) {
  Json out = Json::object({{"name", name},
                           {"image", kAppImage},
                           {"port", kAppPort},
                           {"exposure", exposure},
                           {"resources", Json::object({{"cpu", "200m"}, {"memory", "64Mi"}})}});
  for (const std::string& arg : args) out["args"].push(arg);
  return out;
}

}  // namespace ks::test
