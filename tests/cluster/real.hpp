#pragma once

#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/digest.hpp"
#include "base/random.hpp"
#include "kube/https/cluster.hpp"
#include "operator/manifests/manifests.hpp"
#include "operator/operator.hpp"
#include "operator/sample.hpp"
#include "runtime/loop.hpp"
#include "tests/sim/gate.hpp"

// A real API server with our manifests, and an operator on it that has its own service account and
// no right beyond what they give.
namespace ks::test {

namespace kinds = kube::kinds;

inline const kube::Kind kClusterRole{"rbac.authorization.k8s.io", "v1", "clusterroles",
                                     "ClusterRole", false};
inline const kube::Kind kClusterRoleBinding{"rbac.authorization.k8s.io", "v1",
                                            "clusterrolebindings", "ClusterRoleBinding", false};
inline const kube::Kind kRole{"rbac.authorization.k8s.io", "v1", "roles", "Role", true};
inline const kube::Kind kRoleBinding{"rbac.authorization.k8s.io", "v1", "rolebindings",
                                     "RoleBinding", true};
inline const kube::Kind kPolicy{"admissionregistration.k8s.io", "v1", "validatingadmissionpolicies",
                                "ValidatingAdmissionPolicy", false};
inline const kube::Kind kPolicyBinding{"admissionregistration.k8s.io", "v1",
                                       "validatingadmissionpolicybindings",
                                       "ValidatingAdmissionPolicyBinding", false};
inline constexpr const char* kSystem = "k8s-scheduler";
inline constexpr const char* kOperatorAccount = "k8s-scheduler-operator";
inline constexpr const char* kApiAccount = "k8s-scheduler-api";

inline bool until(const std::function<bool()>& done, Duration limit = seconds(90)) {
  const SystemClock clock;
  const Time latest = clock.monotonic() + limit;
  while (!done()) {
    if (clock.monotonic() > latest) return false;
    // Other processes work meanwhile; there is nothing of ours to wait for.
    runtime::sleep_for(milliseconds(50));
  }
  return true;
}

// Administrator for the test's own side, a running operator with its own account.
class Real {
 public:
  explicit Real(const char* kubeconfig) {
    auto config = kube::https::load_kubeconfig(kubeconfig);
    if (!config) FAIL("kubeconfig: " << config.error().message);
    config_ = *config;
    admin_ = connect(config_);
    install();
    own_ = connect(as(kSystem, kOperatorAccount));
    api_ = connect(as(kSystem, kApiAccount));
    SystemRandom random;
    run_ = random_suffix(random, 6);
    start();
  }
  ~Real() { stop(); }

  void start(op::OperatorConfig config = {}) {
    // By `manifests` the definitions are there, and this account may not change them.
    config.install_crds = op::OperatorConfig::InstallCrds::auto_;
    gate_ = std::make_unique<sim::Gate>(*own_);
    gate_->each_write([this](const kube::Ref& ref) {
      const std::lock_guard lock(mutex_);
      ++writes_[ref.ns.empty() ? ref.name : ref.ns];
    });
    {
      const std::lock_guard lock(mutex_);
      writes_.clear();
    }
    operator_ = std::make_unique<op::Operator>(*gate_, config, clock_, random_);
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
    gate_.reset();
  }

  kube::Cluster& admin() { return *admin_; }
  // With the operator's and the API's own accounts.
  kube::Cluster& own() { return *own_; }
  kube::Cluster& api() { return *api_; }
  op::Operator& op() { return *operator_; }
  const kube::https::KubeConfig& admin_config() const { return config_; }
  // What a service account of any namespace has to show.
  kube::https::KubeConfig as(const std::string& ns, const std::string& account) {
    apply(kinds::kSecret,
          Json::object(
              {{"apiVersion", "v1"},
               {"kind", "Secret"},
               {"type", "kubernetes.io/service-account-token"},
               {"metadata", Json::object({{"name", account},
                                          {"namespace", ns},
                                          {"annotations", Json::object({{"kubernetes.io/"
                                                                         "service-account.name",
                                                                         account}})}})}}),
          "kubectl");
    kube::https::KubeConfig out;
    out.server = config_.server;
    out.ca = config_.ca;
    const bool there = until([&] {
      const auto secret = get({kinds::kSecret, ns, account});
      if (!secret || secret->text("data", "token").empty()) return false;
      out.token = from_base64(secret->text("data", "token")).value_or("");
      return !out.token.empty();
    });
    if (!there) FAIL("no token for the account " << account);
    return out;
  }
  static std::unique_ptr<kube::Cluster> connect(kube::https::KubeConfig config) {
    auto cluster = kube::https::HttpsCluster::make(std::move(config), {});
    if (!cluster) FAIL("cluster: " << cluster.error().message);
    return std::move(*cluster);
  }
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
  // What this operator has written in a namespace, to it, and to the Sandbox of such a name. Of the
  // other tests' resources on this cluster some never come to rest: a crash loop goes on.
  std::size_t writes(const std::string& ns, const std::string& sandbox) {
    const std::lock_guard lock(mutex_);
    std::size_t out = 0;
    for (const std::string& name : {ns, sandbox})
      if (const auto at = writes_.find(name); at != writes_.end()) out += at->second;
    return out;
  }
  // True once the operator has had nothing to write for a while.
  bool quiet() {
    return rests([this] { return operator_->counters().writes; });
  }
  bool quiet(const std::string& ns, const std::string& sandbox) {
    return rests([&] { return writes(ns, sandbox); });
  }

 private:
  bool rests(const std::function<std::size_t()>& written) {
    std::size_t last = written();
    Time since = clock_.monotonic();
    return until([&] {
      const std::size_t now = written();
      if (now != last || operator_->counters().due > 0) since = clock_.monotonic();
      last = now;
      return clock_.monotonic() - since > seconds(2);
    });
  }

  void install() {
    for (const Json& object : op::manifests(kSystem)) {
      const kube::Kind* found = nullptr;
      for (const kube::Kind* kind :
           {&kinds::kCustomResourceDefinition, &kinds::kNamespace, &kinds::kServiceAccount,
            &kClusterRole, &kClusterRoleBinding, &kRole, &kRoleBinding, &kPolicy, &kPolicyBinding})
        if (kind->name == object.text("kind")) found = kind;
      REQUIRE(found != nullptr);
      apply(*found, object, "kubectl");
    }
  }

  SystemClock clock_;
  SystemRandom random_;
  kube::https::KubeConfig config_;
  std::unique_ptr<kube::Cluster> admin_;
  std::unique_ptr<kube::Cluster> own_;
  std::unique_ptr<kube::Cluster> api_;
  runtime::LoopGroup loops_{1};
  std::unique_ptr<sim::Gate> gate_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> writes_;
  std::unique_ptr<op::Operator> operator_;
  std::string run_;
  int names_ = 0;
};

inline const char* kubeconfig_path() { return std::getenv("KS_TEST_KUBECONFIG"); }

inline Real* real() {
  static const std::unique_ptr<Real> kReal =
      kubeconfig_path() == nullptr ? nullptr : std::make_unique<Real>(kubeconfig_path());
  return kReal.get();
}

// Ends the test where there is no cluster to run on.
#define KS_REAL(name)                \
  Real* const name##_rig = real();   \
  if (name##_rig == nullptr) return; \
  Real& name = *name##_rig

}  // namespace ks::test
