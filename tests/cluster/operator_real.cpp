// The operator against a real API server: with its own service account and no right beyond what
// `manifests` gives it.
#include <cstdlib>
#include <functional>
#include <memory>

#include <doctest/doctest.h>
#include <signal.h>

#include "base/digest.hpp"
#include "base/random.hpp"
#include "kube/https/cluster.hpp"
#include "operator/manifests/manifests.hpp"
#include "operator/operator.hpp"
#include "operator/sample.hpp"
#include "runtime/loop.hpp"

using namespace ks;
namespace kinds = kube::kinds;

namespace {

const kube::Kind kClusterRole{"rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole",
                              false};
const kube::Kind kClusterRoleBinding{"rbac.authorization.k8s.io", "v1", "clusterrolebindings",
                                     "ClusterRoleBinding", false};
const kube::Kind kRole{"rbac.authorization.k8s.io", "v1", "roles", "Role", true};
const kube::Kind kRoleBinding{"rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding",
                              true};
constexpr const char* kSystem = "k8s-scheduler";
constexpr const char* kAccount = "k8s-scheduler-operator";

bool until(const std::function<bool()>& done, Duration limit = seconds(90)) {
  const SystemClock clock;
  const Time latest = clock.monotonic() + limit;
  while (!done()) {
    if (clock.monotonic() > latest) return false;
    // Other processes work meanwhile; there is nothing of ours to wait for.
    runtime::sleep_for(milliseconds(50));
  }
  return true;
}

// As until(), bounded by progress and not by time: a control plane that comes back on a busy
// machine takes its watches up again one after the other, each after a pause of its own. False once
// `moving` gives the same for as long as none of those pauses lasts.
bool until_rest(const std::function<bool()>& done, const std::function<std::string()>& moving) {
  constexpr Duration kRest = minutes(2), kLimit = minutes(10);
  const SystemClock clock;
  const Time latest = clock.monotonic() + kLimit;
  std::string last;
  Time since = clock.monotonic();
  while (!done()) {
    const Time now = clock.monotonic();
    if (std::string shape = moving(); shape != last) {
      last = std::move(shape);
      since = now;
    }
    if (now > latest || now - since > kRest) return false;
    runtime::sleep_for(milliseconds(200));
  }
  return true;
}

// Administrator for the test's own side, a running operator with its own account.
class Real {
 public:
  explicit Real(const char* kubeconfig) {
    auto config = kube::https::load_kubeconfig(kubeconfig);
    if (!config) FAIL("kubeconfig: " << config.error().message);
    admin_ = connect(*config);
    install();
    kube::https::KubeConfig own;
    own.server = config->server;
    own.ca = config->ca;
    own.token = token();
    own_ = connect(std::move(own));
    SystemRandom random;
    run_ = random_suffix(random, 6);
    start();
  }
  ~Real() { stop(); }

  void start() {
    op::OperatorConfig config;
    // By `manifests` the definitions are there, and this account may not change them.
    config.install_crds = op::OperatorConfig::InstallCrds::auto_;
    operator_ = std::make_unique<op::Operator>(*own_, config, clock_, random_);
    operator_->start(loops_.at(0));
    if (!until([&] { return operator_->synced() && operator_->leading(); }))
      FAIL("the operator does not start: "
           << (operator_->missing().empty() ? "" : operator_->missing()[0]));
  }
  void stop() {
    if (!operator_) return;
    operator_->stop();
    operator_->wait_stopped();
    operator_.reset();
  }

  kube::Cluster& admin() { return *admin_; }
  op::Operator& op() { return *operator_; }
  std::string fresh(const std::string& stem) {
    return stem + "-" + run_ + "-" + std::to_string(++names_);
  }

  void apply(const kube::Kind& kind, const Json& object,
             const char* manager = "k8s-scheduler/sync") {
    kube::ApplyOptions options;
    options.manager = manager;
    auto done = admin_->apply(kind, object, options);
    // A server that has just started does not serve custom kinds yet.
    (void)until([&] {
      if (done || !done.error().is_transient()) return true;
      done = admin_->apply(kind, object, options);
      return false;
    });
    if (!done) FAIL(kind.plural << ": " << done.error().status << " " << done.error().message);
  }
  void want(const SandboxResource& s) {
    apply(kinds::kSandbox, to_json(s));
    REQUIRE(until([&] { return ready(s.meta.name) == "True/Applied"; }));
  }
  void want(const UserDeploymentResource& d) {
    if (!d.spec.secret_name.empty())
      apply(kinds::kSecret,
            Json::object({{"apiVersion", "v1"},
                          {"kind", "Secret"},
                          {"metadata",
                           Json::object({{"name", d.spec.secret_name}, {"namespace", d.meta.ns}})},
                          {"stringData", Json::object({{"password", "synthetic"}})}}));
    apply(kinds::kUserDeployment, to_json(d));
  }

  std::optional<Json> get(const kube::Ref& ref) {
    auto found = admin_->get(ref);
    if (!found) return std::nullopt;
    return std::move(*found);
  }
  std::vector<Json> list(const kube::Kind& kind, const std::string& ns) {
    const auto page = admin_->list(kind, {ns, {}, 500, {}});
    return page ? page->items : std::vector<Json>{};
  }
  // Changes with everything that happens to a namespace's deployments.
  std::string versions(const std::string& ns) {
    std::string out;
    for (const kube::Kind* kind :
         {&kinds::kUserDeployment, &kinds::kDeployment, &kinds::kReplicaSet, &kinds::kPod})
      for (const Json& object : list(*kind, ns))
        out += std::string(object.text("metadata", "name")) + "@" +
               std::string(object.text("metadata", "resourceVersion")) + " ";
    return out;
  }
  std::string ready(const std::string& sandbox) {
    const auto object = get({kinds::kSandbox, {}, sandbox});
    if (!object) return "gone";
    const auto parsed = sandbox_from_json(*object);
    const Condition* c = parsed ? parsed->status.find("Ready") : nullptr;
    return c == nullptr ? "" : c->status + "/" + c->reason;
  }
  UserDeploymentStatus status(const UserDeploymentResource& d) {
    const auto object = get({kinds::kUserDeployment, d.meta.ns, d.meta.name});
    if (!object) return {};
    const auto parsed = user_deployment_from_json(*object);
    return parsed ? parsed->status : UserDeploymentStatus{};
  }
  bool reaches(const UserDeploymentResource& d, Phase phase, const std::string& reason = "") {
    const bool there = until([&] {
      const auto s = status(d);
      return s.phase == phase && (reason.empty() || s.reason == reason);
    });
    if (!there) {
      const auto s = status(d);
      MESSAGE(d.meta.name << " is " << name(s.phase) << " " << s.reason << " " << s.message);
    }
    return there;
  }
  // True once the operator has had nothing to write for a while.
  bool quiet() {
    std::size_t last = operator_->counters().writes;
    const SystemClock clock;
    Time since = clock.monotonic();
    return until([&] {
      const auto now = operator_->counters();
      if (now.writes != last || now.queued > 0) since = clock.monotonic();
      last = now.writes;
      return clock.monotonic() - since > seconds(2);
    });
  }

 private:
  static std::unique_ptr<kube::Cluster> connect(kube::https::KubeConfig config) {
    auto cluster = kube::https::HttpsCluster::make(std::move(config), {});
    if (!cluster) FAIL("cluster: " << cluster.error().message);
    return std::move(*cluster);
  }

  void install() {
    for (const Json& object : op::manifests(kSystem)) {
      const kube::Kind* found = nullptr;
      for (const kube::Kind* kind :
           {&kinds::kCustomResourceDefinition, &kinds::kNamespace, &kinds::kServiceAccount,
            &kClusterRole, &kClusterRoleBinding, &kRole, &kRoleBinding})
        if (kind->name == object.text("kind")) found = kind;
      REQUIRE(found != nullptr);
      apply(*found, object, "kubectl");
    }
    apply(
        kinds::kSecret,
        Json::object(
            {{"apiVersion", "v1"},
             {"kind", "Secret"},
             {"type", "kubernetes.io/service-account-token"},
             {"metadata",
              Json::object({{"name", kAccount},
                            {"namespace", kSystem},
                            {"annotations",
                             Json::object({{"kubernetes.io/service-account.name", kAccount}})}})}}),
        "kubectl");
  }

  std::string token() {
    std::string out;
    const bool there = until([&] {
      const auto secret = get({kinds::kSecret, kSystem, kAccount});
      if (!secret || secret->text("data", "token").empty()) return false;
      out = from_base64(secret->text("data", "token")).value_or("");
      return !out.empty();
    });
    if (!there) FAIL("no token for the operator's account");
    return out;
  }

  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<kube::Cluster> admin_;
  std::unique_ptr<kube::Cluster> own_;
  runtime::LoopGroup loops_{1};
  std::unique_ptr<op::Operator> operator_;
  std::string run_;
  int names_ = 0;
};

const char* kubeconfig_path() { return std::getenv("KS_TEST_KUBECONFIG"); }

Real* real() {
  static const std::unique_ptr<Real> kReal =
      kubeconfig_path() == nullptr ? nullptr : std::make_unique<Real>(kubeconfig_path());
  return kReal.get();
}

// Ends the test where there is no cluster to run on.
#define KS_REAL(name)                \
  Real* const name##_rig = real();   \
  if (name##_rig == nullptr) return; \
  Real& name = *name##_rig

}  // namespace

TEST_CASE("the operator's suite has a cluster where one is required") {
  const char* required = std::getenv("KS_REQUIRE_CLUSTER");
  if (kubeconfig_path() == nullptr && required != nullptr && std::string(required) == "1")
    FAIL("KS_REQUIRE_CLUSTER is set, but KS_TEST_KUBECONFIG names no kubeconfig");
  if (kubeconfig_path() == nullptr) MESSAGE("no cluster: skipped");
}

TEST_CASE("on a real cluster a deployment of two services becomes Ready and then rests") {
  KS_REAL(rig);
  SandboxResource s = sample::limited_sandbox(rig.fresh("sandbox"));
  s.spec.quota.cpu_milli = 4000;
  rig.want(s);
  const auto d = sample::wiki(s.spec.ns, rig.fresh("wiki"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  CHECK(rig.status(d).services.at("web").ready == 2);
  CHECK(rig.status(d).observed_revision == 1);
  CHECK(rig.list(kinds::kNetworkPolicy, s.spec.ns).size() == 5);
  CHECK(rig.list(kinds::kIngress, s.spec.ns).size() == 1);
  CHECK(rig.list(kinds::kPersistentVolumeClaim, s.spec.ns).size() == 1);

  // What the API server fills in by itself must not look like a difference.
  REQUIRE(rig.quiet());
  const auto before = rig.op().counters();
  rig.op().resync();
  REQUIRE(until([&] { return rig.op().counters().reconciles >= before.reconciles + 2; }));
  REQUIRE(rig.quiet());
  CHECK(rig.op().counters().writes == before.writes);
  // Nor to the next process.
  rig.stop();
  rig.start();
  REQUIRE(until([&] { return rig.op().counters().reconciles >= 2; }));
  REQUIRE(rig.quiet());
  CHECK(rig.op().counters().writes == 0);
}

TEST_CASE("on a real cluster hand edits are taken back") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const auto edit = [&](const kube::Kind& kind, const std::string& object, Json spec) {
    rig.apply(
        kind,
        Json::object({{"apiVersion", kind.api_version()},
                      {"kind", kind.name},
                      {"metadata", Json::object({{"name", object}, {"namespace", s.spec.ns}})},
                      {"spec", std::move(spec)}}),
        "kubectl");
  };
  edit(kinds::kNetworkPolicy, "default-deny",
       Json::object({{"egress", Json::array({Json::object()})}}));
  edit(kinds::kDeployment, d.spec.stem, Json::object({{"replicas", 3}}));
  CHECK(until([&] {
    const auto policy = rig.get({kinds::kNetworkPolicy, s.spec.ns, "default-deny"});
    const auto pods = rig.get({kinds::kDeployment, s.spec.ns, d.spec.stem});
    return policy && policy->at("spec").find("egress") == nullptr && pods &&
           pods->integer_or(0, "spec", "replicas") == 1;
  }));
  REQUIRE(rig.admin().remove({kinds::kNetworkPolicy, s.spec.ns, "allow-dns"}, {}));
  REQUIRE(rig.admin().remove({kinds::kService, s.spec.ns, d.spec.stem}, {}));
  CHECK(until([&] {
    return rig.get({kinds::kNetworkPolicy, s.spec.ns, "allow-dns"}) &&
           rig.get({kinds::kService, s.spec.ns, d.spec.stem});
  }));
  CHECK(rig.quiet());
}

TEST_CASE("on a real cluster an update changes shape, prunes and keeps the volume") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  auto d = sample::wiki(s.spec.ns, rig.fresh("wiki"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const auto claim = rig.list(kinds::kPersistentVolumeClaim, s.spec.ns).at(0);
  // No variables any more.
  d.spec.workload.services[0].env.clear();
  d.spec.revision = 2;
  rig.want(d);
  CHECK(until([&] { return rig.status(d).observed_revision == 2; }));
  // Less services, another user, no route.
  d.spec.workload.services.erase(d.spec.workload.services.begin());
  d.spec.workload.services[0].run_as.reset();
  d.spec.workload.ingress_service.clear();
  d.spec.host.clear();
  d.spec.revision = 3;
  rig.want(d);
  CHECK(until([&] { return rig.status(d).observed_revision == 3; }));
  REQUIRE(until([&] { return rig.list(kinds::kDeployment, s.spec.ns).size() == 1; }));
  CHECK(rig.list(kinds::kIngress, s.spec.ns).empty());
  CHECK(rig.list(kinds::kPodDisruptionBudget, s.spec.ns).empty());
  CHECK(rig.list(kinds::kPersistentVolumeClaim, s.spec.ns).at(0).text("metadata", "uid") ==
        claim.text("metadata", "uid"));
  // From Recreate to a rolling update and back.
  const Service database = d.spec.workload.services[0];
  d.spec.workload.services[0].volumes.clear();
  d.spec.revision = 4;
  rig.want(d);
  CHECK(until([&] { return rig.status(d).observed_revision == 4; }));
  d.spec.workload.services[0] = database;
  d.spec.revision = 5;
  rig.want(d);
  CHECK(until([&] { return rig.status(d).observed_revision == 5; }));
  CHECK(rig.quiet());
}

TEST_CASE("on a real cluster each played failure is told by its cause") {
  KS_REAL(rig);
  SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  struct Played {
    const char* image;
    const char* reason;
  };
  std::vector<UserDeploymentResource> all;
  for (const Played& p : {Played{"docker.io/acme/does-not-exist:1", "ImagePullBackOff"},
                          Played{"docker.io/acme/crash-loop:1", "CrashLoopBackOff"},
                          Played{"docker.io/acme/out-of-memory:1", "OOMKilled"}}) {
    auto d = sample::deployment(s.spec.ns, rig.fresh("bad"));
    d.spec.workload.services[0].image = p.image;
    rig.want(d);
    CHECK_MESSAGE(rig.reaches(d, Phase::error, p.reason), p.reason);
  }
  auto big = sample::deployment(s.spec.ns, rig.fresh("big"));
  big.spec.workload.services[0].resources.cpu_milli_limit = 100'000'000;
  big.spec.workload.services[0].resources.cpu_milli_request = 100'000'000;
  rig.want(big);
  CHECK(rig.reaches(big, Phase::error, "Unschedulable"));
}

TEST_CASE("on a real cluster the quota is a wall behind the plan") {
  KS_REAL(rig);
  SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  s.spec.quota.cpu_milli = 300;
  rig.want(s);
  auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  d.spec.workload.services[0].replicas = 2;
  rig.want(d);
  REQUIRE(until([&] { return rig.status(d).reason == "QuotaExceeded"; }));
  CHECK(rig.status(d).services.at("web").ready <= 1);
  s.spec.quota.cpu_milli.reset();
  rig.want(s);
  CHECK(rig.reaches(d, Phase::ready));
}

TEST_CASE("on a real cluster a namespace of somebody else is left alone") {
  KS_REAL(rig);
  const std::string ns = rig.fresh("theirs");
  REQUIRE(rig.admin().create(kinds::kNamespace,
                             Json::object({{"apiVersion", "v1"},
                                           {"kind", "Namespace"},
                                           {"metadata", Json::object({{"name", ns}})}})));
  const auto before = rig.get({kinds::kNamespace, {}, ns});
  rig.apply(kinds::kSandbox, to_json(sample::sandbox(ns)));
  REQUIRE(until([&] { return rig.ready(ns) == "False/NamespaceTaken"; }));
  const auto after = rig.get({kinds::kNamespace, {}, ns});
  REQUIRE((before && after));
  CHECK(after->text("metadata", "resourceVersion") == before->text("metadata", "resourceVersion"));
  CHECK(rig.list(kinds::kNetworkPolicy, ns).empty());
  // The end of that sandbox is not the end of that namespace.
  REQUIRE(rig.admin().remove({kinds::kSandbox, {}, ns}, {}));
  CHECK(until([&] { return rig.ready(ns) == "gone"; }));
  CHECK(rig.get({kinds::kNamespace, {}, ns})->text("metadata", "deletionTimestamp") == "");
}

TEST_CASE("on a real cluster a deployment ends without a trace, and so does a sandbox") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto d = sample::wiki(s.spec.ns, rig.fresh("wiki"));
  const auto other = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  rig.want(other);
  REQUIRE(rig.reaches(d, Phase::ready));
  REQUIRE(rig.reaches(other, Phase::ready));
  REQUIRE(rig.admin().remove({kinds::kUserDeployment, s.spec.ns, d.spec.stem}, {}));
  REQUIRE(until(
      [&] { return !rig.get({kinds::kUserDeployment, s.spec.ns, d.spec.stem}).has_value(); }));
  for (const kube::Kind* kind :
       {&kinds::kDeployment, &kinds::kReplicaSet, &kinds::kPod, &kinds::kService, &kinds::kIngress,
        &kinds::kPersistentVolumeClaim, &kinds::kSecret, &kinds::kPodDisruptionBudget,
        &kinds::kServiceAccount})
    for (const Json& object : rig.list(*kind, s.spec.ns))
      CHECK_MESSAGE(!object.text("metadata", "name").starts_with(d.spec.stem), kind->plural);
  REQUIRE(rig.admin().remove({kinds::kSandbox, {}, s.meta.name}, {}));
  CHECK(until([&] { return rig.ready(s.meta.name) == "gone"; }));
  CHECK_FALSE(rig.get({kinds::kNamespace, {}, s.spec.ns}));
}

TEST_CASE("on a real cluster a namespace deleted by hand is made again under the same claim") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const auto before = rig.get({kinds::kNamespace, {}, s.spec.ns});
  REQUIRE(rig.admin().remove({kinds::kNamespace, {}, s.spec.ns}, {}));
  REQUIRE(until([&] {
    const auto now = rig.get({kinds::kNamespace, {}, s.spec.ns});
    return now && now->text("metadata", "uid") != before->text("metadata", "uid") &&
           rig.ready(s.meta.name) == "True/Applied";
  }));
  CHECK(rig.get({kinds::kNamespace, {}, s.spec.ns})
            ->at("metadata", "annotations")
            .text(annotations::kClaim) == s.spec.claim);
  rig.want(d);
  CHECK(rig.reaches(d, Phase::ready));
}

TEST_CASE("the API server refuses custom resources that the product would never send") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto refused = [&](const kube::Kind& kind, const Json& object) {
    kube::ApplyOptions options;
    options.manager = "k8s-scheduler/sync";
    const auto done = rig.admin().apply(kind, object, options);
    return !done && done.error().status == 422;
  };
  auto d = sample::wiki(s.spec.ns, rig.fresh("wiki"));
  auto other_name = d;
  other_name.meta.name += "x";
  CHECK(refused(kinds::kUserDeployment, to_json(other_name)));
  auto other_secret = d;
  other_secret.spec.secret_name = "somebody-elses";
  CHECK(refused(kinds::kUserDeployment, to_json(other_secret)));
  auto root = d;
  root.spec.workload.services[1].run_as = RunAs{0, 0};
  CHECK(refused(kinds::kUserDeployment, to_json(root)));
  auto copies = d;
  copies.spec.workload.services[1].replicas = 2;
  CHECK(refused(kinds::kUserDeployment, to_json(copies)));
  auto moved = s;
  moved.spec.org_id = sample::uuid(77);
  CHECK(refused(kinds::kSandbox, to_json(moved)));
}

TEST_CASE("while the API server is away the operator waits, and goes on when it is back") {
  KS_REAL(rig);
  const char* keeper = std::getenv("KS_TEST_CLUSTER_PID");
  if (keeper == nullptr) {
    const char* required = std::getenv("KS_REQUIRE_CLUSTER");
    REQUIRE_MESSAGE((required == nullptr || std::string(required) != "1"),
                    "KS_TEST_CLUSTER_PID names who stops the API server");
    MESSAGE("KS_TEST_CLUSTER_PID is not set: the API server stays up");
    return;
  }
  const auto pid = static_cast<pid_t>(std::strtol(keeper, nullptr, 10));
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  // Its own kinds come back last: a moment long they give 503.
  const auto up = [&] { return rig.admin().list(kinds::kUserDeployment, {}).has_value(); };
  REQUIRE(pid > 1);
  REQUIRE(::kill(pid, SIGUSR1) == 0);
  REQUIRE(until([&] { return !up(); }));
  // Long enough for the lease to be lost.
  CHECK(until([&] { return !rig.op().leading(); }));
  REQUIRE(::kill(pid, SIGUSR2) == 0);
  REQUIRE(until(up, minutes(4)));
  d.spec.workload.services[0].replicas = 2;
  d.spec.revision = 2;
  rig.want(d);
  const bool observed = until_rest([&] { return rig.status(d).observed_revision == 2; },
                                   [&] { return rig.versions(s.spec.ns); });
  CHECK_MESSAGE(observed, rig.versions(s.spec.ns)
                              << name(rig.status(d).phase) << " " << rig.status(d).reason
                              << " queued " << rig.op().counters().queued);
}
