#pragma once

#include <csignal>
#include <cstdlib>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/process/installation.hpp"

// The program with a real API server: API and operator as two processes, each with the service
// account that `manifests` gives it and no other right.
namespace ks::test {

inline std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The test's own control plane, as tests/cluster starts it.
class Rig {
 public:
  static bool available() {
    if (!setting("KS_LOCALCLUSTER").empty()) return true;
    fmt::print(stderr, "no cluster: skipped (KS_LOCALCLUSTER names the program that starts one)\n");
    REQUIRE_MESSAGE((setting("CI") != "true" && setting("KS_REQUIRE_CLUSTER") != "1"),
                    "a cluster is required");
    return false;
  }

  // One for all tests of the process; each makes organizations, and so namespaces, of its own.
  static Rig& shared() {
    static Rig rig;
    return rig;
  }

  Rig() {
    for (const char* name : {"PATH", "HOME", "KUBEBUILDER_ASSETS", "KS_KUBE_DIR"})
      if (const auto value = setting(name); !value.empty()) environment_[name] = value;
    child_ =
        std::make_unique<Child>(std::vector<std::string>{setting("KS_LOCALCLUSTER"), "-dir",
                                                         folder_.path() + "/state", "-with-parent"},
                                environment_, folder_.path() + "/out", folder_.path() + "/err");
    const bool ready =
        eventually(minutes(5), [&] { return !line("ready ").empty() || !child_->running(); });
    REQUIRE_MESSAGE((ready && child_->running()), child_->err());
  }
  ~Rig() {
    child_->signal(SIGTERM);
    (void)child_->wait(seconds(30));
  }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  void stop_api_server() {
    const int before = count("apiserver stopped");
    child_->signal(SIGUSR1);
    REQUIRE(eventually(seconds(30), [&] { return count("apiserver stopped") > before; }));
  }
  void start_api_server() {
    const int before = count("apiserver ready");
    child_->signal(SIGUSR2);
    REQUIRE(eventually(minutes(4), [&] { return count("apiserver ready") > before; }));
  }

  // What kubectl prints, as administrator.
  std::string kubectl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {line("kubectl "), "--kubeconfig", line("ready ")});
    return run(arguments);
  }
  // Waits for `question` as long as something moves in the namespace: a control plane that comes
  // back on a busy machine takes its watches up again one after the other, each after a pause of
  // its own. False once nothing moved for longer than any of those pauses.
  bool settles(const std::string& ns, const std::function<bool()>& question) {
    constexpr Duration kRest = minutes(2), kLimit = minutes(10);
    const SystemClock clock;
    const Time latest = clock.monotonic() + kLimit;
    Time since = clock.monotonic();
    std::string last;
    while (!eventually(seconds(3), question)) {
      const std::string now = kubectl({"get", "userdeployments,deployments,replicasets,pods", "-n",
                                       ns, "-o", "jsonpath={.items[*].metadata.resourceVersion}"});
      if (now != last) since = clock.monotonic();
      last = now;
      if (clock.monotonic() > latest || clock.monotonic() - since > kRest) return false;
    }
    return true;
  }
  // A kubeconfig of one of the accounts that `manifests` makes.
  std::string kubeconfig_of(const std::string& account) {
    const std::string file = folder_.path() + "/" + account;
    run({setting("KS_LOCALCLUSTER"), "token", "-admin", line("ready "), "-service-account",
         "k8s-scheduler/" + account, "-out", file});
    return file;
  }
  // The administrator's own kubeconfig.
  std::string administrator() const { return line("ready "); }
  const std::string& folder() const { return folder_.path(); }

 private:
  std::string run(const std::vector<std::string>& command) {
    const std::string name = fmt::format("{}/run-{}", folder_.path(), ++runs_);
    Child child(command, environment_, name + ".out", name + ".err");
    const auto status = child.wait(minutes(1));
    REQUIRE_MESSAGE(status == 0, command[0] << ": " << child.err());
    return child.out();
  }
  // What stands behind `word` on its line of the rig's output.
  std::string line(std::string_view word) const {
    std::istringstream out(child_->out());
    for (std::string one; std::getline(out, one);)
      if (one.starts_with(word) && !out.eof()) return one.substr(word.size());
    return {};
  }
  int count(std::string_view word) const {
    const std::string out = child_->out();
    int n = 0;
    for (std::size_t at = 0; (at = out.find(word, at)) != std::string::npos; ++at) ++n;
    return n;
  }

  TempFolder folder_;
  Environment environment_;
  std::unique_ptr<Child> child_;
  int runs_ = 0;
};

// A database and the two processes on the rig.
struct World {
  explicit World(Rig& r) : rig(r), installation(Installation::Kind::sqlite) {
    installation.settings()["KUBERNETES_ENABLED"] = "true";
    // Everything that was ever made is looked at until it has settled, by all from one address.
    installation.settings()["RATE_LIMIT_READS"] = "1000000";
    installation.settings()["RATE_LIMIT_ADDRESS_READS"] = "1000000";
    // Made before the accounts are: `manifests` asks no cluster.
    const auto manifests = installation.run({"manifests"});
    REQUIRE(manifests.status == 0);
    const std::string file = rig.folder() + "/manifests.yaml";
    write_file(file, manifests.out);
    rig.kubectl({"apply", "--server-side", "-f", file});
    api_config = rig.kubeconfig_of("k8s-scheduler-api");
    operator_config = rig.kubeconfig_of("k8s-scheduler-operator");
  }

  void start() {
    installation.settings()["KUBECONFIG"] = operator_config;
    op = installation.launch({"--components", "operator"});
    installation.settings()["KUBECONFIG"] = api_config;
    api = installation.launch({"--components", "api"});
    const bool up = op->wait_until_up() && api->wait_until_up();
    REQUIRE_MESSAGE(up, op->child().err() << api->child().err());
  }
  void start_ready() {
    start();
    REQUIRE(api->wait_until_ready(minutes(1)));
  }
  void kill9() {
    op->kill9();
    api->kill9();
  }

  Rig& rig;
  Installation installation;
  std::string api_config;
  std::string operator_config;
  std::unique_ptr<Server> api;
  std::unique_ptr<Server> op;
};

inline void allow_many(const Person& root, const Person& person) {
  REQUIRE(root.send("PUT", "/platform" + person.org() + "/subscription",
                    Json::object({{"plan", "enterprise"}}))
              .status == 200);
}

inline std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

}  // namespace ks::test
