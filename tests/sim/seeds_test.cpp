#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>

#include <doctest/doctest.h>

#include "operator/isolation/cluster_view.hpp"
#include "operator/manifests/crds.hpp"
#include "operator/manifests/manifests.hpp"
#include "operator/sample.hpp"
#include "tests/sim/world.hpp"

// Worlds from seeds: tenants want, change and drop things, people edit and delete by hand, calls
// fail, watches break, operators die. In the end, with the faults off, everything is as wanted and
// nothing is written any more.
using namespace ks;
namespace kinds = kube::kinds;
using sim::World;

namespace {

kube::simulated::Faults random_faults(Random& random) {
  kube::simulated::Faults out;
  out.error_500 = sample::between(random, 0, 80);
  out.error_429 = sample::between(random, 0, 30);
  out.no_answer_before = sample::between(random, 0, 50);
  out.no_answer_after = sample::between(random, 0, 80);
  out.conflict_409 = sample::between(random, 0, 80);
  out.watch_dropped = sample::between(random, 0, 60);
  out.watch_event_late = sample::between(random, 0, 60);
  out.watch_expired_410 = sample::between(random, 0, 30);
  return out;
}

class Story {
 public:
  explicit Story(std::uint64_t seed, const World::Front& front = {})
      : world_(seed, {}, front), random_(seed * 2654435761U + 1) {}

  void run() {
    // As after `kubectl apply` of the manifests.
    kube::ApplyOptions options;
    options.manager = "kubectl";
    for (const Json& definition : op::custom_resource_definitions())
      REQUIRE(world_.cluster().apply(kinds::kCustomResourceDefinition, definition, options));
    for (int i = sample::between(random_, 1, 2); i > 0; --i) add_sandbox();
    for (int i = sample::between(random_, 5, 25); i > 0; --i) {
      act();
      world_.apply();
      world_.run_some(sample::between(random_, 0, 60));
    }
    world_.cluster().set_down(false);
    world_.cluster().set_faults({});
    // A deployment whose namespace went away comes again when the namespace does.
    for (int i = 0; i < 3; ++i) {
      REQUIRE(world_.settle());
      world_.apply();
    }
    REQUIRE(world_.settle());
    check();
  }

 private:
  using Act = void (Story::*)();

  void act() {
    static constexpr Act kActs[] = {
        &Story::add_deployment,  &Story::add_deployment,   &Story::add_deployment,
        &Story::change_workload, &Story::change_workload,  &Story::change_sandbox,
        &Story::restart_pods,    &Story::drop_deployment,  &Story::drop_sandbox,
        &Story::add_sandbox,     &Story::delete_by_hand,   &Story::delete_by_hand,
        &Story::edit_by_hand,    &Story::delete_namespace, &Story::turn_faults,
        &Story::turn_faults,     &Story::restart_operator, &Story::restart_operator,
        &Story::toggle_down,     &Story::compact,          &Story::let_time_pass};
    (this->*kActs[random_.below(std::size(kActs))])();
  }

  template <class Map>
  typename Map::mapped_type* any(Map& map) {
    if (map.empty()) return nullptr;
    auto at = map.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random_.below(map.size())));
    return &at->second;
  }

  void add_sandbox() {
    if (world_.sandboxes.size() >= 3) return;
    const std::string ns = "sandbox-" + std::to_string(++count_);
    SandboxResource s = sample::sandbox(ns, sample::between(random_, 1, 2), count_);
    s.spec.quota = sample::random_quota(random_);
    world_.sandboxes[ns] = std::move(s);
  }

  void add_deployment() {
    const SandboxResource* s = any(world_.sandboxes);
    if (s == nullptr || world_.deployments.size() >= 5) return;
    const std::string stem = "app-" + std::to_string(++count_);
    auto d = sample::deployment(s->spec.ns, stem);
    d.spec.org_id = s->spec.org_id;
    d.spec.team_id = sample::uuid(500 + sample::between(random_, 1, 2));
    sample::set_workload(d, sample::random_workload(random_));
    world_.deployments[stem] = std::move(d);
  }

  void change_workload() {
    UserDeploymentResource* d = any(world_.deployments);
    if (d == nullptr) return;
    Workload next = sample::random_workload(random_);
    // A claim only grows; sync never sends less.
    for (Service& s : next.services)
      if (const Service* old = d->spec.workload.find(s.name))
        for (Volume& v : s.volumes)
          for (const Volume& w : old->volumes)
            if (v.name == w.name) v.size_bytes = std::max(v.size_bytes, w.size_bytes);
    sample::set_workload(*d, std::move(next));
    ++d->spec.revision;
  }

  void restart_pods() {
    if (UserDeploymentResource* d = any(world_.deployments)) ++d->spec.restarts;
  }

  void change_sandbox() {
    SandboxResource* s = any(world_.sandboxes);
    if (s == nullptr) return;
    s->spec.quota = sample::random_quota(random_);
    s->spec.smtp_egress = sample::chance(random_, 50);
    s->spec.isolation = static_cast<Isolation>(random_.below(3));
  }

  void drop_deployment() {
    const UserDeploymentResource* d = any(world_.deployments);
    if (d == nullptr) return;
    const kube::Ref ref{kinds::kUserDeployment, d->meta.ns, d->spec.stem};
    world_.deployments.erase(d->spec.stem);
    remove_surely(ref);
  }

  void drop_sandbox() {
    const SandboxResource* s = any(world_.sandboxes);
    if (s == nullptr || world_.sandboxes.size() < 2) return;
    const std::string ns = s->spec.ns;
    std::erase_if(world_.deployments, [&](const auto& d) { return d.second.meta.ns == ns; });
    world_.sandboxes.erase(ns);
    remove_surely({kinds::kSandbox, {}, ns});
  }

  // The tenants' side tries until it is done; only the operator's side is to suffer here.
  void remove_surely(const kube::Ref& ref) {
    world_.cluster().set_faults({});
    world_.cluster().set_down(false);
    (void)world_.cluster().remove(ref, {});
    world_.cluster().set_faults(faults_);
  }

  void delete_by_hand() {
    static const std::vector<const kube::Kind*> kKinds = {
        &kinds::kDeployment, &kinds::kService,        &kinds::kIngress,
        &kinds::kPod,        &kinds::kNetworkPolicy,  &kinds::kResourceQuota,
        &kinds::kLimitRange, &kinds::kServiceAccount, &kinds::kPodDisruptionBudget};
    const kube::Kind& kind = *kKinds[random_.below(kKinds.size())];
    const auto objects = world_.ours(kind);
    if (objects.empty()) return;
    (void)world_.cluster().remove(kube::ref_of(kind, objects[random_.below(objects.size())]), {});
  }

  void edit_by_hand() {
    const bool policy = sample::chance(random_, 50);
    const kube::Kind& kind = policy ? kinds::kNetworkPolicy : kinds::kDeployment;
    const auto objects = world_.ours(kind);
    if (objects.empty()) return;
    const Json& object = objects[random_.below(objects.size())];
    Json edit = Json::object(
        {{"apiVersion", kind.api_version()},
         {"kind", kind.name},
         {"metadata", Json::object({{"name", object.text("metadata", "name")},
                                    {"namespace", object.text("metadata", "namespace")}})}});
    if (policy)
      edit["spec"].set("egress", Json::array({Json::object()}));
    else
      edit["spec"].set("replicas", sample::between(random_, 0, 6));
    if (sample::chance(random_, 30)) edit["metadata"]["labels"].set(labels::kManagedBy, "me");
    kube::ApplyOptions options;
    options.manager = "kubectl";
    (void)world_.cluster().apply(kind, edit, options);
  }

  void delete_namespace() {
    const SandboxResource* s = any(world_.sandboxes);
    if (s == nullptr || !sample::chance(random_, 50)) return;
    (void)world_.cluster().remove({kinds::kNamespace, {}, s->spec.ns}, {});
  }

  void turn_faults() {
    faults_ = sample::chance(random_, 70) ? random_faults(random_) : kube::simulated::Faults{};
    world_.cluster().set_faults(faults_);
  }
  void restart_operator() { world_.restart_operator(); }
  void toggle_down() { world_.cluster().set_down(sample::chance(random_, 40)); }
  void compact() { world_.cluster().compact(); }
  void let_time_pass() { world_.run_some(sample::between(random_, 100, 800)); }

  void check() {
    for (const auto& [ns, sandbox] : world_.sandboxes) {
      CAPTURE(ns);
      const SandboxStatus status = world_.sandbox_status(ns);
      const Condition* ready = status.find("Ready");
      REQUIRE(ready != nullptr);
      CHECK_MESSAGE(ready->status == "True", ready->reason, ready->message);
      const auto object = world_.get({kinds::kNamespace, {}, ns});
      REQUIRE(object);
      CHECK(object->at("metadata", "annotations").text(annotations::kClaim) == sandbox.spec.claim);
      CHECK(object->at("metadata", "labels").text(labels::kIsolation) ==
            name(sandbox.spec.isolation));
      for (const Json& p : world_.list(kinds::kNetworkPolicy, ns))
        if (const Json& egress = p.at("spec", "egress"); egress.is_array())
          for (const Json& r : egress.as_array()) CHECK(r.find("to") != nullptr);
    }
    std::size_t wanted_services = 0;
    for (const auto& [stem, d] : world_.deployments) {
      CAPTURE(stem);
      const UserDeploymentStatus status = world_.status(stem);
      int replicas = 0;
      for (const Service& s : d.spec.workload.services) replicas += s.replicas;
      CHECK_MESSAGE(name(status.phase) == (replicas == 0 ? "Stopped" : "Ready"), status.reason,
                    status.message);
      CHECK(status.observed_revision == d.spec.revision);
      for (const Service& s : d.spec.workload.services) {
        ++wanted_services;
        const auto object =
            world_.get({kinds::kDeployment, d.meta.ns, object_name(stem, d.spec.workload, s.name)});
        REQUIRE(object);
        CHECK(object->integer_or(-1, "spec", "replicas") == s.replicas);
      }
    }
    // Nothing is left of what nobody wants.
    CHECK(world_.ours(kinds::kNamespace).size() == world_.sandboxes.size());
    CHECK(world_.list(kinds::kUserDeployment).size() == world_.deployments.size());
    CHECK(world_.ours(kinds::kDeployment).size() == wanted_services);
    for (const Json& claim : world_.ours(kinds::kPersistentVolumeClaim))
      CHECK(world_.deployments.contains(
          std::string(claim.at("metadata", "labels").text(labels::kDeployment))));
    // At rest nothing is written, by this process or the next.
    CHECK(world_.resync_writes() == 0);
    const auto before = world_.cluster().mutating_calls();
    world_.restart_operator();
    REQUIRE(world_.settle());
    CHECK(world_.cluster().mutating_calls() == before);
  }

  World world_;
  SeededRandom random_;
  kube::simulated::Faults faults_;
  int count_ = 0;
};

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

}  // namespace

TEST_CASE("seeded worlds end where they should, and then nothing is written") {
  // KS_SIM_SEED runs one seed, KS_SIM_SEEDS that many.
  const std::uint64_t only = number_from("KS_SIM_SEED", 0);
  const std::uint64_t count = number_from("KS_SIM_SEEDS", 200);
  for (std::uint64_t seed = only == 0 ? 1 : only; seed <= (only == 0 ? count : only); ++seed) {
    INFO("KS_SIM_SEED=" << seed);
    Story(seed).run();
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
    Story(seed, guard).run();
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
