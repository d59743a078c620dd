#include "tests/sim/story.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "domain/sandbox/load.hpp"
#include "operator/manifests/crds.hpp"
#include "operator/sample.hpp"
#include "tests/sim/oracle.hpp"

namespace ks::sim {

namespace kinds = kube::kinds;
using kube::simulated::Faults;
using sample::between;
using sample::chance;

namespace {

struct FaultKind {
  const char* name;
  int Faults::* rate;
  int most;  // Per thousand.
};
constexpr FaultKind kFaults[] = {
    {"500", &Faults::error_500, 80},
    {"429", &Faults::error_429, 30},
    {"403", &Faults::error_403, 20},
    {"no answer, not done", &Faults::no_answer_before, 50},
    {"no answer, done", &Faults::no_answer_after, 80},
    {"409", &Faults::conflict_409, 80},
    {"watch broken", &Faults::watch_dropped, 60},
    {"event late", &Faults::watch_event_late, 60},
    {"event twice", &Faults::watch_event_twice, 60},
    {"watch silent", &Faults::watch_stalled, 10},
    {"410", &Faults::watch_expired_410, 30},
};

constexpr const char* kThief = "me";

SeededRandom random_of(std::uint64_t seed, std::uint64_t part) {
  return SeededRandom(seed * 2654435761U + part * 0x9e3779b97f4a7c15ULL + 1);
}

kube::simulated::Options cluster_of(std::uint64_t seed) {
  SeededRandom random = random_of(seed, 1);
  kube::simulated::Options out;
  out.enforce_quotas = true;
  // A list comes in several pages, between which the world goes on.
  out.page_max = chance(random, 50) ? static_cast<std::size_t>(between(random, 1, 5)) : 0;
  return out;
}

class Story {
 public:
  Story(const Script& script, const World::Front& front, std::uint64_t* trace)
      : script_(script),
        world_(script.seed, {}, front, cluster_of(script.seed)),
        oracle_(world_),
        random_(random_of(script.seed, 2)) {
    if (trace != nullptr) oracle_.trace(*trace);
  }

  std::vector<std::string> play() {
    // As after `kubectl apply` of the manifests.
    for (const Json& definition : op::custom_resource_definitions())
      if (!world_.cluster().apply(kinds::kCustomResourceDefinition, definition, by("kubectl")))
        return {"the definitions were not taken"};
    if (chance(random_, 40)) world_.add_operator();
    for (int i = between(random_, 1, 2); i > 0; --i) add_sandbox();
    for (const int number : script_.acts) {
      random_ = random_of(script_.seed, 100 + static_cast<std::uint64_t>(number));
      act();
      fit_quotas();
      world_.apply();
      world_.run_some(between(random_, 0, 60));
    }
    calm_down();
    const bool rests = come_to_rest();
    std::vector<std::string> out = oracle_.faults();
    if (!rests) {
      out.push_back("does not come to rest");
      return out;
    }
    oracle_.check_rest();
    check_silence();
    out = oracle_.faults();
    std::ranges::move(own_, std::back_inserter(out));
    return out;
  }

  static std::string name_of(const Script& script, int number);

 private:
  struct Act {
    const char* name;
    void (Story::*body)();
  };
  static const Act kActs[];
  void act();

  static kube::ApplyOptions by(const char* manager) {
    kube::ApplyOptions out;
    out.manager = manager;
    return out;
  }

  template <class Map>
  typename Map::mapped_type* any(Map& map) {
    if (map.empty()) return nullptr;
    auto at = map.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random_.below(map.size())));
    return &at->second;
  }

  // Tenants.
  // ----------------------------------------------------------------------------------------

  void add_sandbox() {
    if (world_.sandboxes.size() >= 3) return;
    const std::string ns = "sandbox-" + std::to_string(++count_);
    const int org = between(random_, 1, 3);
    SandboxResource s = sample::sandbox(ns, org, between(random_, 1, 3));
    s.spec.client_id = sample::uuid(700 + org % 2);
    world_.sandboxes[ns] = std::move(s);
  }

  // As when its resource was deleted by hand, and sync finds that it is missing: of the same claim,
  // while what the deletion began still goes on.
  void add_sandbox_again() {
    if (world_.sandboxes.size() >= 3) return;
    if (const SandboxResource* s = any(dropped_)) {
      const std::string ns = s->spec.ns;
      if (ns == taken_) return;
      world_.sandboxes.insert(dropped_.extract(ns));
    }
  }

  void add_deployment() { add_deployment_as("app-" + std::to_string(count_ + 1)); }

  // Of a name that one had before which may still be going.
  void add_deployment_again() {
    if (ended_.empty()) return;
    const auto& [stem, ns] = ended_[random_.below(ended_.size())];
    const auto box = world_.sandboxes.find(ns);
    if (box == world_.sandboxes.end() || world_.deployments.contains(stem)) return;
    add_deployment_as(stem, &box->second);
  }

  void add_deployment_as(const std::string& stem, const SandboxResource* s = nullptr) {
    if (s == nullptr) s = any(world_.sandboxes);
    if (s == nullptr || world_.deployments.size() >= 5) return;
    ++count_;
    auto d = sample::deployment(s->spec.ns, stem);
    d.spec.org_id = s->spec.org_id;
    d.spec.team_id = sample::uuid(500 + between(random_, 1, 2));
    sample::set_workload(d, sample::random_workload(random_));
    world_.deployments[stem] = std::move(d);
  }

  // What a mistake elsewhere would hand over: a deployment in another organization's sandbox. One
  // that is there stays whose it is; the definitions let nobody change that.
  void add_stray() {
    const std::string stem = "app-" + std::to_string(count_ + 1);
    add_deployment_as(stem);
    const auto made = world_.deployments.find(stem);
    if (made != world_.deployments.end()) made->second.spec.org_id = sample::uuid(99);
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
    replaced_[d->meta.ns].push_back(d->spec.workload);
    sample::set_workload(*d, std::move(next));
    ++d->spec.revision;
  }

  void restart_pods() {
    if (UserDeploymentResource* d = any(world_.deployments)) ++d->spec.restarts;
  }

  void suspend_or_resume() {
    if (UserDeploymentResource* d = any(world_.deployments)) d->spec.suspended = !d->spec.suspended;
  }

  // Sandbox and deployments hear of it one after the other, or only the one of it.
  void suspend_or_resume_all() {
    SandboxResource* s = any(world_.sandboxes);
    if (s == nullptr) return;
    s->spec.suspended = !s->spec.suspended;
    if (chance(random_, 50)) return;
    for (auto& [stem, d] : world_.deployments)
      if (d.meta.ns == s->spec.ns) d.spec.suspended = s->spec.suspended;
  }

  void change_sandbox() {
    SandboxResource* s = any(world_.sandboxes);
    if (s == nullptr) return;
    s->spec.smtp_egress = chance(random_, 50);
    s->spec.egress = sample::random_egress(random_);
    s->spec.isolation = static_cast<Isolation>(random_.below(3));
  }

  // For a while; fit_quotas() gives the room back with the next act.
  void lower_quota() {
    SandboxResource* s = any(world_.sandboxes);
    if (s == nullptr) return;
    s->spec.quota = sample::random_quota(random_);
    lowered_ = s->spec.ns;
  }

  // Claims that outlived one would be another's of the name.
  void ended(const UserDeploymentResource& d) {
    if (!loose_.contains(d.spec.stem)) ended_.emplace_back(d.spec.stem, d.meta.ns);
  }

  void drop_deployment() {
    const UserDeploymentResource* d = any(world_.deployments);
    if (d == nullptr) return;
    const kube::Ref ref{kinds::kUserDeployment, d->meta.ns, d->spec.stem};
    ended(*d);
    world_.deployments.erase(ref.name);
    remove_surely(ref);
  }

  void drop_sandbox() {
    const SandboxResource* s = any(world_.sandboxes);
    if (s == nullptr || world_.sandboxes.size() < 2) return;
    const std::string ns = s->spec.ns;
    dropped_[ns] = *s;
    std::erase_if(world_.deployments, [&](const auto& d) {
      if (d.second.meta.ns == ns) ended(d.second);
      return d.second.meta.ns == ns;
    });
    world_.sandboxes.erase(ns);
    remove_surely({kinds::kSandbox, {}, ns});
  }

  // The tenants' side tries until it is done; only the operator's side is to suffer here.
  void remove_surely(const kube::Ref& ref) {
    without_faults([&] { (void)world_.cluster().remove(ref, {}); });
  }

  template <class Body>
  void without_faults(Body body) {
    world_.cluster().set_faults({});
    if (down_) world_.cluster().set_down(false);
    body();
    world_.cluster().set_faults(faults_);
    if (down_) world_.cluster().set_down(true);
  }

  // Room for what is granted and for what is still there, and one more pod of each service. It
  // shrinks only when all has come to rest: until then what is being replaced, and was larger
  // perhaps, stands beside all of what replaces it.
  void fit_quotas() {
    const std::string lowered = std::exchange(lowered_, {});
    for (auto& [ns, sandbox] : world_.sandboxes) {
      if (lowered == ns) continue;
      SandboxLoad load;
      for (const auto& [stem, d] : world_.deployments)
        if (d.meta.ns == ns) load.add(d.spec.workload);
      for (const Json& object : held(ns))
        if (const auto d = user_deployment_from_json(object))
          if (!world_.deployments.contains(d->spec.stem)) load.add(d->spec.workload);
      for (const Workload& workload : replaced_[ns]) load.add(workload);
      SandboxQuota& kept = kept_[ns];
      const SandboxQuota now = room_for(load);
      for (const auto amount :
           {&SandboxQuota::cpu_milli, &SandboxQuota::memory_bytes, &SandboxQuota::storage_bytes,
            &SandboxQuota::pods, &SandboxQuota::services, &SandboxQuota::ingresses,
            &SandboxQuota::claims, &SandboxQuota::secrets, &SandboxQuota::config_maps})
        kept.*amount = std::max((kept.*amount).value_or(0), *(now.*amount));
      // Claims outlive the services that had them.
      kept.storage_bytes = std::int64_t{1} << 50;
      sandbox.spec.quota = kept;
    }
  }

  std::vector<Json> held(const std::string& ns) {
    std::vector<Json> out;
    without_faults([&] { out = world_.list(kinds::kUserDeployment, ns); });
    return out;
  }

  // People with kubectl.
  // ----------------------------------------------------------------------------------------

  void delete_by_hand() {
    static const std::vector<const kube::Kind*> kKinds = {&kinds::kDeployment,
                                                          &kinds::kService,
                                                          &kinds::kIngress,
                                                          &kinds::kPod,
                                                          &kinds::kNetworkPolicy,
                                                          &kinds::kResourceQuota,
                                                          &kinds::kLimitRange,
                                                          &kinds::kServiceAccount,
                                                          &kinds::kPodDisruptionBudget,
                                                          &kinds::kHorizontalPodAutoscaler};
    const kube::Kind& kind = *kKinds[random_.below(kKinds.size())];
    without_faults([&] {
      const auto objects = world_.ours(kind);
      if (objects.empty()) return;
      const kube::Ref ref = kube::ref_of(kind, objects[random_.below(objects.size())]);
      if (kind == kinds::kNetworkPolicy || kind == kinds::kResourceQuota ||
          kind == kinds::kLimitRange)
        oracle_.bared(ref.ns);
      (void)world_.cluster().remove(ref, {});
    });
  }

  void edit_by_hand() {
    static const std::vector<const kube::Kind*> kKinds = {&kinds::kDeployment,
                                                          &kinds::kService,
                                                          &kinds::kNetworkPolicy,
                                                          &kinds::kResourceQuota,
                                                          &kinds::kIngress,
                                                          &kinds::kNamespace,
                                                          &kinds::kHorizontalPodAutoscaler};
    const kube::Kind& kind = *kKinds[random_.below(kKinds.size())];
    without_faults([&] { edit_one(kind); });
  }

  void edit_one(const kube::Kind& kind) {
    const auto objects = world_.ours(kind);
    if (objects.empty()) return;
    const Json& object = objects[random_.below(objects.size())];
    Json edit = Json::object({{"apiVersion", kind.api_version()}, {"kind", kind.name}});
    edit["metadata"].set("name", object.text("metadata", "name"));
    if (kind.namespaced) edit["metadata"].set("namespace", object.text("metadata", "namespace"));
    if (kind == kinds::kNetworkPolicy)
      edit["spec"].set("egress", Json::array({Json::object()}));
    else if (kind == kinds::kDeployment)
      edit["spec"].set("replicas", between(random_, 0, 6));
    else if (kind == kinds::kHorizontalPodAutoscaler)
      edit["spec"].set("maxReplicas", between(random_, 1, 90));
    else if (kind == kinds::kResourceQuota)
      edit["spec"]["hard"].set("pods", std::to_string(between(random_, 0, 90)));
    else if (kind == kinds::kService)
      edit["spec"].set("selector", Json::object({{"app", "theirs"}}));
    else if (kind == kinds::kNamespace)
      edit["metadata"]["labels"].set("pod-security.kubernetes.io/enforce", "privileged");
    if (chance(random_, 30)) edit["metadata"]["labels"].set(labels::kManagedBy, kThief);
    // As if it were a part of another's deployment.
    const UserDeploymentResource* other = any(world_.deployments);
    const bool part = !object.at("metadata", "labels").text(labels::kDeployment).empty();
    if (part && other != nullptr && chance(random_, 30))
      edit["metadata"]["labels"].set(labels::kDeployment, other->spec.stem);
    oracle_.by_hand(true);
    (void)world_.cluster().apply(kind, edit, by("kubectl"));
    oracle_.by_hand(false);
  }

  void delete_namespace() {
    const SandboxResource* s = any(world_.sandboxes);
    if (s == nullptr || !chance(random_, 50)) return;
    (void)world_.cluster().remove({kinds::kNamespace, {}, s->spec.ns}, {});
  }

  // Somebody has a namespace of the name that the next sandbox will want, for a while.
  void take_namespace() {
    if (!taken_.empty()) {
      remove_surely({kinds::kNamespace, {}, taken_});
      taken_.clear();
      return;
    }
    if (world_.sandboxes.size() >= 3) return;
    taken_ = "sandbox-" + std::to_string(count_ + 1);
    without_faults([&] {
      (void)world_.cluster().create(kinds::kNamespace,
                                    Json::object({{"apiVersion", "v1"},
                                                  {"kind", "Namespace"},
                                                  {"metadata", Json::object({{"name", taken_}})}}));
    });
    add_sandbox();
  }

  void drop_finalizer() {
    const UserDeploymentResource* d = any(world_.deployments);
    if (d == nullptr) return;
    // Goes before the operator has cleaned up: then claims are kept, since they hold data.
    oracle_.loose(d->spec.stem);
    loose_.insert(d->spec.stem);
    std::erase_if(ended_, [&](const auto& one) { return one.first == d->spec.stem; });
    Json bare = Json::object(
        {{"apiVersion", std::string(kResourceApiVersion)},
         {"kind", "UserDeployment"},
         {"metadata", Json::object({{"name", d->spec.stem}, {"namespace", d->meta.ns}})}});
    without_faults([&] {
      if (world_.get({kinds::kUserDeployment, d->meta.ns, d->spec.stem}))
        (void)world_.cluster().apply(kinds::kUserDeployment, bare, by("k8s-scheduler/deployment"));
    });
  }

  // Somebody's admission refuses policies, perhaps also the word that they are not as wanted, while
  // another isolation is wanted and something is to start.
  void refuse_policies() {
    refusing_ = !refusing_;
    const bool word = chance(random_, 50);
    const auto refuse = [this, word](std::string_view verb,
                                     const kube::Ref& ref) -> std::optional<kube::KubeError> {
      const bool refused =
          ref.kind == kinds::kNetworkPolicy || (word && ref.kind == kinds::kSandbox);
      if (!refusing_ || !refused || verb == "get" || verb == "list" || verb == "watch")
        return std::nullopt;
      return kube::KubeError{422, "Invalid", "refused", {}};
    };
    for (std::size_t i = 0; i < world_.operators(); ++i) world_.gate(i).refuse(refuse);
    if (!refusing_) return;
    change_sandbox();
    change_workload();
  }

  // The machinery.
  // ----------------------------------------------------------------------------------------

  void turn_faults() {
    faults_ = {};
    if (chance(random_, 70))
      for (std::size_t i = 0; i < std::size(kFaults); ++i) {
        const int rate = between(random_, 0, kFaults[i].most);
        if ((script_.calm >> i & 1U) == 0) faults_.*kFaults[i].rate = rate;
      }
    faults_.retry_after_max = seconds(between(random_, 1, 20));
    world_.cluster().set_faults(faults_);
  }
  std::size_t some_operator() { return random_.below(world_.operators()); }
  void restart_operator() { world_.restart_operator(some_operator()); }
  void crash_operator() {
    world_.gate(some_operator())
        .crash_at(between(random_, 0, 40),
                  chance(random_, 50) ? Gate::When::before : Gate::When::after);
  }
  void pause_operator() { world_.pause(some_operator(), true); }
  void wake_operators() {
    for (std::size_t i = 0; i < world_.operators(); ++i) world_.pause(i, false);
  }
  // Stopped between the decision to write and the write, for longer than the lease; the world goes
  // on without it, and another may take over.
  void hold_operator() {
    const Duration held = seconds(between(random_, 1, 60));
    const std::size_t which = some_operator();
    world_.gate(which).hold_at_write(between(random_, 0, 20), [this, held, which] {
      world_.pause(which, true);
      world_.run_for(held);
      world_.pause(which, false);
    });
  }
  void slow_calls() {
    const Duration each = milliseconds(between(random_, 0, 3000));
    for (std::size_t i = 0; i < world_.operators(); ++i)
      world_.gate(i).each_call([this, each] { world_.clock().advance(each); });
  }
  void quick_calls() {
    for (std::size_t i = 0; i < world_.operators(); ++i) world_.gate(i).each_call({});
  }
  void toggle_down() {
    down_ = chance(random_, 40);
    world_.cluster().set_down(down_);
  }
  void compact() { world_.cluster().compact(); }
  void let_time_pass() { world_.run_some(between(random_, 100, 400)); }
  void jump_clock() { world_.clock().advance(seconds(between(random_, 1, 7200))); }
  void toggle_nodes() { world_.cluster().set_nodes(chance(random_, 50)); }
  void keep_copy() {
    copy_ = world_.cluster().copy();
    taken_then_ = taken_;
  }
  // The cluster's data are of an earlier time; restored as etcd's manual says, for only then every
  // client can notice.
  void lose_data() {
    if (copy_ == nullptr) return keep_copy();
    world_.cluster().go_back_to(*copy_, kube::simulated::SimulatedCluster::Versions::jump_ahead);
    copy_ = nullptr;
    // Somebody's namespace is there again, to be given free once more.
    taken_ = taken_then_;
    without_faults([&] { oracle_.look_again(); });
    for (const auto& [ns, sandbox] : world_.sandboxes) oracle_.bared(ns);
    // What was dropped since is there again; sync removes it again.
    without_faults([&] {
      for (const Json& box : world_.list(kinds::kSandbox))
        if (!world_.sandboxes.contains(std::string(box.text("metadata", "name"))))
          (void)world_.cluster().remove(kube::ref_of(kinds::kSandbox, box), {});
      for (const Json& d : world_.list(kinds::kUserDeployment))
        if (!world_.deployments.contains(std::string(d.text("metadata", "name"))))
          (void)world_.cluster().remove(kube::ref_of(kinds::kUserDeployment, d), {});
    });
  }

  // The end.
  // ----------------------------------------------------------------------------------------

  void calm_down() {
    wake_operators();
    quick_calls();
    refusing_ = false;
    for (std::size_t i = 0; i < world_.operators(); ++i) {
      world_.gate(i).crash_at(-1, Gate::When::before);
      world_.gate(i).hold_at_write(-1, {});
    }
    faults_ = {};
    down_ = false;
    // So that no watch is silent for longer than the world is looked at.
    world_.cluster().set_down(true);
    world_.cluster().set_down(false);
    world_.cluster().set_faults({});
    world_.cluster().set_nodes(true);
    give_back();
    if (taken_.empty()) return;
    (void)world_.cluster().remove({kinds::kNamespace, {}, taken_}, {});
    taken_.clear();
  }

  // Who took an object for himself takes it away, or it would be in the quota for good. A policy
  // that is no longer wanted would stay as well: nobody's label but ours says that it may be
  // pruned.
  void give_back() {
    for (const kube::Kind* kind :
         {&kinds::kDeployment, &kinds::kService, &kinds::kIngress, &kinds::kNetworkPolicy})
      for (const Json& object : world_.list(*kind)) {
        if (object.at("metadata", "labels").text(labels::kManagedBy) != kThief) continue;
        const kube::Ref ref = kube::ref_of(*kind, object);
        if (*kind == kinds::kNetworkPolicy) oracle_.bared(ref.ns);
        (void)world_.cluster().remove(ref, {});
      }
  }

  bool come_to_rest() {
    lowered_.clear();
    fit_quotas();
    // A deployment whose namespace went away comes again when the namespace does.
    for (int i = 0; i < 3; ++i) {
      world_.apply();
      if (!world_.settle()) return false;
    }
    kept_.clear();
    replaced_.clear();
    fit_quotas();
    world_.apply();
    return world_.settle();
  }

  // At rest nothing is written, by this process or the next.
  void check_silence() {
    if (const auto writes = world_.resync_writes(); writes != 0)
      own_.push_back(fmt::format("a resync wrote {} times", writes));
    const auto before = world_.cluster().mutating_calls();
    for (std::size_t i = 0; i < world_.operators(); ++i) world_.restart_operator(i);
    if (!world_.settle()) own_.push_back("does not come to rest after a restart");
    if (const auto writes = world_.cluster().mutating_calls() - before; writes != 0)
      own_.push_back(fmt::format("a new process wrote {} times", writes));
  }

  const Script& script_;
  World world_;
  Oracle oracle_;
  SeededRandom random_;
  Faults faults_;
  bool down_ = false;
  bool refusing_ = false;
  std::string lowered_;
  std::string taken_;
  std::string taken_then_;  // In the copy.
  std::map<std::string, SandboxQuota> kept_;
  // Workloads that were changed since all was at rest, by namespace.
  std::map<std::string, std::vector<Workload>> replaced_;
  std::shared_ptr<const kube::simulated::SimulatedCluster::Copy> copy_;
  std::vector<std::string> own_;
  // Sandboxes that were dropped, and names of deployments with their namespaces.
  std::map<std::string, SandboxResource> dropped_;
  std::vector<std::pair<std::string, std::string>> ended_;
  std::set<std::string> loose_;
  int count_ = 0;
};

// What stands here twice comes twice as often.
const Story::Act Story::kActs[] = {
    {"add a deployment", &Story::add_deployment},
    {"add a deployment", &Story::add_deployment},
    {"add a deployment", &Story::add_deployment},
    {"add a stray deployment", &Story::add_stray},
    {"change a workload", &Story::change_workload},
    {"change a workload", &Story::change_workload},
    {"change a sandbox", &Story::change_sandbox},
    {"lower a quota", &Story::lower_quota},
    {"restart pods", &Story::restart_pods},
    {"suspend a deployment, or lift that", &Story::suspend_or_resume},
    {"suspend a sandbox, or lift that", &Story::suspend_or_resume_all},
    {"drop a deployment", &Story::drop_deployment},
    {"add a deployment of an old name", &Story::add_deployment_again},
    {"drop a sandbox", &Story::drop_sandbox},
    {"add a sandbox", &Story::add_sandbox},
    {"add a sandbox that was dropped", &Story::add_sandbox_again},
    {"delete by hand", &Story::delete_by_hand},
    {"delete by hand", &Story::delete_by_hand},
    {"edit by hand", &Story::edit_by_hand},
    {"edit by hand", &Story::edit_by_hand},
    {"delete a namespace", &Story::delete_namespace},
    {"take a namespace, or give it free", &Story::take_namespace},
    {"take a finalizer off", &Story::drop_finalizer},
    {"policies refused, or taken again", &Story::refuse_policies},
    {"policies refused, or taken again", &Story::refuse_policies},
    {"turn faults", &Story::turn_faults},
    {"turn faults", &Story::turn_faults},
    {"turn faults", &Story::turn_faults},
    {"restart an operator", &Story::restart_operator},
    {"crash an operator", &Story::crash_operator},
    {"crash an operator", &Story::crash_operator},
    {"pause an operator", &Story::pause_operator},
    {"wake the operators", &Story::wake_operators},
    {"hold an operator at a write", &Story::hold_operator},
    {"slow calls", &Story::slow_calls},
    {"quick calls", &Story::quick_calls},
    {"the cluster away or back", &Story::toggle_down},
    {"forget old versions", &Story::compact},
    {"let time pass", &Story::let_time_pass},
    {"jump the clock", &Story::jump_clock},
    {"nodes gone or back", &Story::toggle_nodes},
    {"keep a copy of the data, or go back to it", &Story::lose_data}};

std::string Story::name_of(const Script& script, int number) {
  SeededRandom random = random_of(script.seed, 100 + static_cast<std::uint64_t>(number));
  return kActs[random.below(std::size(kActs))].name;
}

void Story::act() { (this->*kActs[random_.below(std::size(kActs))].body)(); }

std::string joined(const std::vector<int>& numbers) {
  std::string out;
  for (const int n : numbers) out += (out.empty() ? "" : ",") + std::to_string(n);
  return out.empty() ? "none" : out;
}

}  // namespace

Script script_of(std::uint64_t seed) {
  SeededRandom random = random_of(seed, 3);
  Script out;
  out.seed = seed;
  for (int i = between(random, 5, 25); i > 0; --i)
    out.acts.push_back(static_cast<int>(out.acts.size()));
  return out;
}

std::vector<std::string> play(const Script& script, const World::Front& front,
                              std::uint64_t* trace) {
  return Story(script, front, trace).play();
}

Script shrink(Script script, int plays) {
  const auto still_wrong = [&](const Script& less) { return --plays >= 0 && !play(less).empty(); };
  // Halves first, then smaller and smaller parts, as long as leaving one out keeps it wrong.
  for (std::size_t part = std::max<std::size_t>(1, script.acts.size() / 2); plays > 0;) {
    bool less = false;
    for (std::size_t at = 0; at < script.acts.size() && plays > 0;) {
      Script without = script;
      const auto begin = without.acts.begin() + static_cast<std::ptrdiff_t>(at);
      without.acts.erase(
          begin, begin + static_cast<std::ptrdiff_t>(std::min(part, without.acts.size() - at)));
      if (still_wrong(without)) {
        script = std::move(without);
        less = true;
      } else {
        at += part;
      }
    }
    if (part == 1 && !less) break;
    part = std::max<std::size_t>(1, part / 2);
  }
  for (std::size_t i = 0; i < std::size(kFaults); ++i) {
    Script without = script;
    without.calm |= 1U << i;
    if (still_wrong(without)) script = std::move(without);
  }
  return script;
}

std::string command(const Script& script) {
  return fmt::format(
      "KS_SIM_SEED={} KS_SIM_ACTS={} KS_SIM_CALM={} build/dev/tests/sim/ks_operator_sim "
      "-tc='seeded worlds*'",
      script.seed, joined(script.acts), script.calm);
}

std::string describe(const Script& script) {
  std::string out;
  for (const int number : script.acts)
    out += fmt::format("  {:>3} {}\n", number, Story::name_of(script, number));
  std::string faults;
  for (std::size_t i = 0; i < std::size(kFaults); ++i)
    if ((script.calm >> i & 1U) == 0)
      faults += fmt::format("{}{}", faults.empty() ? "" : ", ", kFaults[i].name);
  return out + "  faults: " + faults + "\n";
}

std::vector<std::string> fault_names() {
  std::vector<std::string> out;
  for (const FaultKind& kind : kFaults) out.emplace_back(kind.name);
  return out;
}

}  // namespace ks::sim
