// The program with a real API server: API and operator as two processes, each with the service
// account that `manifests` gives it and no other right.
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>

#include "tests/process/tenant.hpp"

using namespace ks;
using namespace ks::test;

namespace {

std::string setting(const char* name) {
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

void allow_many(const Person& root, const Person& person) {
  REQUIRE(root.send("PUT", "/platform" + person.org() + "/subscription",
                    Json::object({{"plan", "enterprise"}}))
              .status == 200);
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

// What the cluster really holds, to who may read all of it, to who may not, and with a hole in it.
void check_isolation_report(Rig& rig, World& world, const std::string& ns) {
  const auto report = [&](const std::string& kubeconfig) {
    return world.installation.run({"--set", "KUBECONFIG=" + kubeconfig, "isolation", "report"});
  };
  const auto good = report(rig.administrator());
  CHECK_MESSAGE(good.status == 0, good.out << good.err);
  CHECK(good.out.find(ns + "  (organization ") != std::string::npos);
  CHECK(good.out.find("No tenant is reached by another") != std::string::npos);

  // The operator's account may read all of it, the API's only what it writes.
  const auto same = report(world.operator_config);
  CHECK_MESSAGE(same.out == good.out, same.out << same.err);
  const auto part = report(world.api_config);
  CHECK(part.status == 1);
  CHECK(part.out.find("this is no proof:\n  namespaces: ") != std::string::npos);
  CHECK(part.out.find("No tenant is reached by another") == std::string::npos);

  const std::string file = rig.folder() + "/hole.yaml";
  write_file(file,
             "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
             "metadata: {name: debug, namespace: " +
                 ns +
                 "}\n"
                 "spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{}]}\n");
  rig.kubectl({"apply", "-f", file});
  const auto open = report(rig.administrator());
  CHECK(open.status == 1);
  CHECK(open.out.find("every address reaches " + ns + "/web-") != std::string::npos);
  CHECK(open.out.find("NetworkPolicy debug is none of ours") != std::string::npos);
  rig.kubectl({"delete", "-f", file});
  CHECK(report(rig.folder() + "/none").status == 2);
}

}  // namespace

TEST_CASE("without its API server a cluster's people go on working, and with it the cluster does") {
  if (!Rig::available()) return;
  Rig& rig = Rig::shared();
  World world(rig);
  world.start_ready();
  const Person root = Installation::administrator(*world.api);
  Person ann(world.api->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  allow_many(root, ann);
  REQUIRE(ann.deploy("web").status == 201);
  CHECK(eventually(minutes(2), [&] { return ann.ready("web"); }));
  const std::string ns(ann.get(ann.deployments("web")).json().text("namespace"));
  CHECK(words(rig.kubectl({"get", "deployments", "-n", ns, "-o", "name"})).size() == 1);

  check_isolation_report(rig, world, ns);

  rig.stop_api_server();
  CHECK(ann.get(ann.deployments("web")).status == 200);
  CHECK(ann.deploy("later").status == 201);
  CHECK(ann.send("PATCH", ann.deployments("web"), Json::object({{"replicas", 2}})).status == 200);
  CHECK(eventually(minutes(1), [&] {
    const Json later = ann.get(ann.deployments("later")).json();
    return later.text("phase") == "Pending" && later.text("reason") == "ClusterUnavailable" &&
           !later.text("message").empty();
  }));
  CHECK(eventually(minutes(1), [&] { return world.api->get("/readyz").status == 503; }));
  CHECK(world.api->get("/readyz").json().text("checks", "database") == "ok");
  CHECK(ann.used("deployments.max") == 2);

  rig.start_api_server();
  CHECK(rig.settles(ns, [&] { return ann.ready("later"); }));
  CHECK(rig.settles(ns, [&] {
    const Json web = ann.get(ann.deployments("web")).json();
    return web.text("phase") == "Ready" && web.integer_or(0, "services", "web", "ready") == 2;
  }));
  CHECK(eventually(minutes(1), [&] { return world.api->get("/readyz").status == 200; }));

  // A deployment that is being deleted has given its name back; its id is there to the end.
  for (const std::string name : {"web", "later"}) {
    const std::string id(ann.get(ann.deployments(name)).json().text("id"));
    CHECK(ann.send("DELETE", ann.deployments(name)).status == 202);
    CHECK(ann.get(ann.deployments(name)).status == 404);
    CHECK(eventually(minutes(3), [&] { return ann.get(ann.deployments(id)).status == 404; }));
  }
  const std::string rest = rig.kubectl(
      {"get", "userdeployments,deployments,services,ingresses,pvc", "-n", ns, "-o", "name"});
  CHECK_MESSAGE(rest.empty(), rest);
  CHECK(world.api->stop() == 0);
  CHECK(world.op->stop() == 0);
}

TEST_CASE("killed in mid-work, API and operator come back to what was acknowledged") {
  if (!Rig::available()) return;
  Rig& rig = Rig::shared();
  World world(rig);
  world.start_ready();
  SystemRandom seeds;
  const std::string given = setting("KS_SEED");
  const std::uint64_t seed =
      given.empty() ? seeds.below(1'000'000'000) : std::strtoull(given.c_str(), nullptr, 10);
  INFO("KS_SEED=" << seed);
  SeededRandom random(seed);
  const Person root = Installation::administrator(*world.api);
  std::vector<Tenant> tenants;
  std::vector<std::string> namespaces;
  for (int i = 0; i < 3; ++i) {
    Person person(world.api->port());
    REQUIRE(person.sign_up(fmt::format("p{}@example.com", i)).status == 201);
    allow_many(root, person);
    tenants.emplace_back(std::move(person), seed + static_cast<std::uint64_t>(i));
  }
  for (int round = 0; round < 5; ++round) {
    if (round > 0) world.start();
    std::vector<std::thread> threads;
    std::atomic<bool> end{false};
    for (Tenant& tenant : tenants) {
      const auto wrong = tenant.check(world.api->port());
      for (const auto& one : wrong) FAIL_CHECK(one);
      threads.emplace_back([&] { tenant.work(end); });
    }
    ::poll(nullptr, 0, static_cast<int>(100 + random.below(1500)));
    // One of the two first: the other is in the middle of something then.
    (random.below(2) == 0 ? world.op : world.api)->kill9();
    ::poll(nullptr, 0, static_cast<int>(random.below(500)));
    world.kill9();
    end = true;
    for (auto& thread : threads) thread.join();
    world.installation.expire_leases();
  }

  world.start();
  std::vector<std::string> left;
  for (Tenant& tenant : tenants)
    for (const auto& one : tenant.check(world.api->port())) FAIL_CHECK(one);
  const bool settled = eventually(minutes(4), [&] {
    left.clear();
    for (const Tenant& tenant : tenants)
      for (auto& one : tenant.unsettled()) left.push_back(std::move(one));
    return left.empty();
  });
  for (const auto& one : left) MESSAGE(one);
  CHECK_MESSAGE(settled, world.op->child().err());
  for (const Tenant& tenant : tenants)
    for (const auto& one : tenant.settle(world.installation)) FAIL_CHECK(one);

  // No orphan: the cluster has one object each for a row of the database.
  const std::string rows = world.installation.query("SELECT COUNT(*) FROM deployments");
  for (const char* kind : {"userdeployments", "deployments"}) {
    const auto objects =
        words(rig.kubectl({"get", kind, "-A", "-l", "app.kubernetes.io/managed-by=k8s-scheduler",
                           "-o", "jsonpath={.items[*].metadata.name}"}));
    CHECK_MESSAGE(std::to_string(objects.size()) == rows, kind << " " << objects.size());
  }
  CHECK(world.api->stop() == 0);
  CHECK(world.op->stop() == 0);
}
