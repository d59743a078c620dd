#include "tests/sim/oracle.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ks::sim {

namespace kinds = kube::kinds;

namespace {

constexpr std::size_t kFaultsMax = 20;
constexpr const char* kPolicies[] = {"allow-dns", "allow-ingress-controller", "allow-internet",
                                     "default-deny"};

const kube::Kind* const kClosing[] = {&kinds::kNetworkPolicy, &kinds::kResourceQuota,
                                      &kinds::kLimitRange};

const kube::Kind* const kInNamespaces[] = {
    &kinds::kDeployment,    &kinds::kService,        &kinds::kIngress,
    &kinds::kPod,           &kinds::kSecret,         &kinds::kPersistentVolumeClaim,
    &kinds::kNetworkPolicy, &kinds::kLimitRange,     &kinds::kPodDisruptionBudget,
    &kinds::kResourceQuota, &kinds::kServiceAccount, &kinds::kHorizontalPodAutoscaler};

bool is_ours(const Json& object) {
  return object.at("metadata", "labels").text(labels::kManagedBy) == labels::kProduct;
}

std::string text(std::string_view view) { return std::string(view); }

// As the operator's configuration has it.
constexpr Duration kRenewDeadline = seconds(10);
constexpr const char* kSystemNamespace = "k8s-scheduler";
// Longer than any watch is late, or silent before it breaks.
constexpr Duration kToldAtLast = minutes(3);

void mix(std::uint64_t& hash, std::string_view part) {
  for (const char c : part)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;  // FNV-1a
}

std::string pods_of(const SandboxSpec& spec) {
  if (spec.suspended) return "0";
  return spec.quota.pods ? std::to_string(*spec.quota.pods) : "";
}

}  // namespace

Oracle::Oracle(World& world) : world_(world) {
  world.cluster().on_change([this](const kube::Kind& kind, const Json* before, const Json* after) {
    changed(kind, before, after);
  });
  world.on_write(
      [this](const std::string& identity, const kube::Ref& ref) { writes(identity, ref); });
}

void Oracle::fault(std::string what) {
  if (faults_.size() < kFaultsMax) faults_.push_back(std::move(what));
}

void Oracle::look_again() {
  namespaces_.clear();
  orgs_.clear();
  closing_.clear();
  parts_.clear();
  walls_.clear();
  decided_.clear();
  for (const kube::Kind* kind :
       {&kinds::kNamespace, &kinds::kSandbox, &kinds::kUserDeployment, &kinds::kLease})
    for (const Json& object : world_.list(*kind)) changed(*kind, &object, &object);
  for (const kube::Kind* kind : kInNamespaces)
    for (const Json& object : world_.list(*kind)) changed(*kind, &object, &object);
  // Nobody was told yet of what stood then.
  for (const Json& policy : world_.list(kinds::kNetworkPolicy))
    walls_.policy_changed(&policy, &policy, true);
  // Who led in the data that are gone does not know yet.
  leads_from_ = world_.clock().now() + kRenewDeadline;
}

// Before anything of a tenant starts in it.
bool Oracle::closed(const std::string& ns) const {
  const auto there = closing_.find(ns);
  return there != closing_.end() && std::ranges::all_of(kClosing, [&](const kube::Kind* kind) {
           return std::ranges::any_of(there->second, [&](const kube::Ref& ref) {
             return ref.kind == *kind &&
                    (*kind != kinds::kNetworkPolicy || ref.name == "default-deny");
           });
         });
}

void Oracle::changed(const kube::Kind& kind, const Json* before, const Json* after) {
  const Json& object = after != nullptr ? *after : *before;
  const std::string name = text(object.text("metadata", "name"));
  if (trace_ != nullptr) {
    mix(*trace_,
        std::to_string(world_.clock().now().us) + kind.plural + (after != nullptr ? "" : "gone"));
    mix(*trace_, object.canonical());
  }
  if (kind == kinds::kLease) return lease_changed(object);
  if (kind == kinds::kNamespace) {
    if (after == nullptr) {
      namespaces_.erase(name);
      closing_.erase(name);
      bared_.erase(name);
      walls_.namespace_gone(name);
    } else {
      Namespace& known = namespaces_.try_emplace(name, "", "", world_.clock().now()).first->second;
      known.claim = text(object.at("metadata", "annotations").text(annotations::kClaim));
      known.org = text(object.at("metadata", "labels").text(labels::kOrg));
    }
    return;
  }
  if (kind == kinds::kSandbox) {
    walls_.sandbox_changed(before, after);
    const auto sandbox = sandbox_from_json(object);
    if (!sandbox) return;
    if (after != nullptr) {
      pods_allowed_[sandbox->spec.ns].insert(pods_of(sandbox->spec));
      return;
    }
    const auto left = namespaces_.find(sandbox->spec.ns);
    if (left != namespaces_.end() && left->second.claim == sandbox->spec.claim &&
        world_.clock().now() - left->second.since > kToldAtLast)
      fault(sandbox->spec.ns + ": outlives its sandbox");
    return;
  }
  const std::string ns = text(object.text("metadata", "namespace"));
  if (kind == kinds::kUserDeployment) {
    if (after == nullptr) {
      orgs_.erase({ns, name});
      gone(ns, name);
    } else {
      orgs_[{ns, name}] = text(object.text("spec", "orgId"));
    }
    return;
  }
  if (std::ranges::any_of(kClosing, [&](const kube::Kind* one) { return *one == kind; })) {
    if (after == nullptr)
      closing_[ns].erase({kind, ns, name});
    else
      closing_[ns].insert({kind, ns, name});
    if (closed(ns)) bared_.erase(ns);
  }
  if (kind == kinds::kNetworkPolicy) walls_.policy_changed(before, after, by_hand_);
  keep_part(kind, before, after);
  if (by_hand_ || after == nullptr || !is_ours(object)) return;
  if (before == nullptr) made_in(kind, object, ns);
  if (kind == kinds::kDeployment) started(before, object);
  // A number that somebody set by hand stays where the Sandbox says none: an apply takes away what
  // it has put there, no more, and a tenant with less than the plan gives harms nobody else.
  if (kind == kinds::kResourceQuota &&
      (before == nullptr ||
       before->text("spec", "hard", "pods") != after->text("spec", "hard", "pods")))
    quota_set(ns, object);
}

// What an operator writes that makes pods other than those that run. At the moment that counts it
// has decided to: what changes while its call is on the way it cannot know.
void Oracle::started(const Json* before, const Json& after) {
  const std::int64_t pods = after.integer_or(1, "spec", "replicas");
  if (pods == 0) return;
  if (before != nullptr && before->at("spec", "template") == after.at("spec", "template") &&
      before->integer_or(1, "spec", "replicas") >= pods)
    return;
  const kube::Ref ref = kube::ref_of(kinds::kDeployment, after);
  for (const auto& [identity, decision] : decided_) {
    if (decision.ref == ref && !decision.open.empty())
      fault(fmt::format("deployments {}/{}: started where {}", ref.ns, ref.name, decision.open));
  }
}

void Oracle::lease_changed(const Json& lease) {
  holder_ = text(lease.text("spec", "holderIdentity"));
  renewed_ = world_.clock().now();
}

// Whoever writes holds the lease at the moment he decides to; how long the call takes is not his
// doing.
void Oracle::writes(const std::string& identity, const kube::Ref& ref) {
  const Time now = world_.clock().now();
  decided_[identity] = {ref, bared_.contains(ref.ns) ? "" : walls_.open_too_far(ref.ns)};
  // What every process needs before it can ask for the lease.
  const bool own = ref.kind == kinds::kCustomResourceDefinition ||
                   (ref.kind == kinds::kNamespace && ref.name == kSystemNamespace);
  if (own || now < leads_from_) return;
  if (holder_ != identity || now >= renewed_ + kRenewDeadline)
    fault(fmt::format("{} {}/{}: written without the lease", ref.kind.plural, ref.ns, ref.name));
}

void Oracle::keep_part(const kube::Kind& kind, const Json* before, const Json* after) {
  // Values are sync's, which takes them away by itself.
  if (kind == kinds::kSecret) return;
  const auto stem_of = [](const Json* object) {
    if (object == nullptr || !is_ours(*object)) return std::string();
    return text(object->at("metadata", "labels").text(labels::kDeployment));
  };
  const kube::Ref ref = kube::ref_of(kind, after != nullptr ? *after : *before);
  const std::string was = stem_of(before), is = stem_of(after);
  if (!was.empty() && was != is) parts_[{ref.ns, was}].erase(ref);
  if (!is.empty()) parts_[{ref.ns, is}].try_emplace(ref, world_.clock().now());
}

// A resource goes last; only then does whoever waits for its end know that nothing is left.
void Oracle::gone(const std::string& ns, const std::string& stem) {
  if (loose_.contains(stem)) return;
  for (const auto& [ref, since] : parts_[{ns, stem}])
    if (world_.clock().now() - since > kToldAtLast)
      fault(fmt::format("{} {}/{}: outlives its deployment", ref.kind.plural, ns, ref.name));
}

void Oracle::made_in(const kube::Kind& kind, const Json& object, const std::string& ns) {
  const auto where = [&] {
    return fmt::format("{} {}/{}", kind.plural, ns, object.text("metadata", "name"));
  };
  const auto around = namespaces_.find(ns);
  const auto box = world_.sandboxes.find(ns);
  if (around == namespaces_.end()) return fault(where() + ": made in no namespace");
  // A sandbox that nobody wants any more still ends what is in it.
  if (box != world_.sandboxes.end() && around->second.claim != box->second.spec.claim)
    return fault(where() + ": made in somebody else's namespace");
  const std::string org = text(object.at("metadata", "labels").text(labels::kOrg));
  if (!org.empty() && org != around->second.org)
    fault(where() + ": of another organization than its namespace");
  const std::string stem = text(object.at("metadata", "labels").text(labels::kDeployment));
  if (stem.empty() || kind == kinds::kSecret) return;
  const auto whose = orgs_.find({ns, stem});
  if (whose != orgs_.end() && whose->second != around->second.org)
    fault(where() + ": for a deployment of another organization");
  if (kind == kinds::kDeployment && !bared_.contains(ns) && !closed(ns))
    fault(where() + ": made before the namespace was closed");
}

void Oracle::quota_set(const std::string& ns, const Json& quota) {
  const auto allowed = pods_allowed_.find(ns);
  if (allowed == pods_allowed_.end()) return;
  if (!allowed->second.contains(text(quota.text("spec", "hard", "pods"))))
    fault(fmt::format("{}: the quota has a number of pods that no Sandbox said", ns));
}

bool Oracle::has(const kube::Kind& kind, const std::string& ns, const char* name) const {
  return world_.get({kind, ns, name}).has_value();
}

void Oracle::check_sandbox(const SandboxResource& sandbox) {
  const std::string& ns = sandbox.spec.ns;
  const SandboxStatus status = world_.sandbox_status(ns);
  const Condition* ready = status.find("Ready");
  if (ready == nullptr || ready->status != "True")
    fault(fmt::format("{}: not Ready ({})", ns, ready == nullptr ? "no status" : ready->reason));
  const auto object = world_.get({kinds::kNamespace, {}, ns});
  if (!object) return fault(ns + ": has no namespace");
  if (object->at("metadata", "annotations").text(annotations::kClaim) != sandbox.spec.claim)
    fault(ns + ": without its claim");
  const Json& marks = object->at("metadata", "labels");
  if (marks.text(labels::kIsolation) != name(sandbox.spec.isolation))
    fault(ns + ": of another isolation than wanted");
  if (marks.text(labels::kOrg) != sandbox.spec.org_id) fault(ns + ": of another organization");
  for (const char* policy : kPolicies)
    if (!has(kinds::kNetworkPolicy, ns, policy)) fault(ns + ": lacks policy " + policy);
  for (const Json& policy : world_.list(kinds::kNetworkPolicy, ns))
    if (const Json& egress = policy.at("spec", "egress"); egress.is_array())
      for (const Json& rule : egress.as_array())
        if (rule.find("to") == nullptr) fault(ns + ": open to everything");
  const auto quotas = world_.ours(kinds::kResourceQuota, ns);
  if (quotas.size() != 1) return fault(ns + ": has not one quota");
  if (quotas[0].text("spec", "hard", "pods") != pods_of(sandbox.spec))
    fault(ns + ": the quota is not the wanted one");
  if (world_.ours(kinds::kLimitRange, ns).size() != 1) fault(ns + ": has not one LimitRange");
  if (sandbox.spec.suspended && !world_.list(kinds::kPod, ns).empty())
    fault(ns + ": suspended, and has pods");
}

void Oracle::check_deployment(const UserDeploymentResource& d) {
  const std::string& stem = d.spec.stem;
  const UserDeploymentStatus status = world_.status(stem);
  const auto box = world_.sandboxes.find(d.meta.ns);
  if (box != world_.sandboxes.end() && box->second.spec.org_id != d.spec.org_id) {
    if (status.reason != "ForeignSandbox") fault(stem + ": not told of the foreign sandbox");
    return;
  }
  const bool suspended =
      d.spec.suspended || (box != world_.sandboxes.end() && box->second.spec.suspended);
  int replicas = 0;
  if (!suspended)
    for (const Service& s : d.spec.workload.services) replicas += s.replicas;
  if (name(status.phase) != (replicas == 0 ? "Stopped" : "Ready"))
    fault(fmt::format("{}: {} {} {}", stem, name(status.phase), status.reason, status.message));
  if (status.observed_revision != d.spec.revision)
    fault(fmt::format("{}: revision {} instead of {}", stem, status.observed_revision,
                      d.spec.revision));
  for (const Service& s : d.spec.workload.services) {
    const auto object =
        world_.get({kinds::kDeployment, d.meta.ns, object_name(stem, d.spec.workload, s.name)});
    if (!object) {
      fault(fmt::format("{}: {} has no Deployment", stem, s.name));
      continue;
    }
    // Whoever scales it by hand, it stays within what was reserved.
    const bool scaled = s.autoscale && !suspended;
    const std::int64_t most = suspended ? 0 : s.replicas;
    const std::int64_t least = scaled ? s.autoscale->min : most;
    const std::int64_t said = object->integer_or(-1, "spec", "replicas");
    if (said < least || said > most)
      fault(fmt::format("{}: {} has another number of replicas", stem, s.name));
    const auto autoscaler = world_.get(
        {kinds::kHorizontalPodAutoscaler, d.meta.ns, object_name(stem, d.spec.workload, s.name)});
    if (autoscaler.has_value() != scaled)
      fault(fmt::format("{}: {} has an autoscaler, or has none", stem, s.name));
    if (autoscaler && (autoscaler->integer_or(0, "spec", "minReplicas") != least ||
                       autoscaler->integer_or(0, "spec", "maxReplicas") != most))
      fault(fmt::format("{}: {} has an autoscaler of other bounds", stem, s.name));
    const Json& containers = object->at("spec", "template", "spec", "containers");
    if (!containers.is_array() || containers.as_array().size() != 1 ||
        containers.as_array()[0].text("image") != s.image)
      fault(fmt::format("{}: {} has another image", stem, s.name));
  }
}

// Nothing is left of what nobody wants.
void Oracle::check_nothing_else() {
  if (world_.ours(kinds::kNamespace).size() != world_.sandboxes.size())
    fault("a namespace is left over");
  if (world_.list(kinds::kUserDeployment).size() != world_.deployments.size())
    fault("a UserDeployment is left over");
  std::map<std::string, std::size_t> wanted;
  for (const auto& [stem, d] : world_.deployments) {
    const auto box = world_.sandboxes.find(d.meta.ns);
    if (box != world_.sandboxes.end() && box->second.spec.org_id == d.spec.org_id)
      wanted[stem] = d.spec.workload.services.size();
  }
  std::map<std::string, std::size_t> there;
  for (const kube::Kind* kind : kInNamespaces)
    for (const Json& object : world_.ours(*kind)) {
      const std::string ns = text(object.text("metadata", "namespace"));
      if (!world_.sandboxes.contains(ns))
        fault(fmt::format("{} {}/{}: of no sandbox", kind->plural, ns,
                          object.text("metadata", "name")));
      const std::string stem = text(object.at("metadata", "labels").text(labels::kDeployment));
      if (stem.empty()) continue;
      if (*kind == kinds::kDeployment) ++there[stem];
      if (*kind == kinds::kPersistentVolumeClaim && loose_.contains(stem)) continue;
      if (!wanted.contains(stem) && *kind != kinds::kSecret)
        fault(fmt::format("{} {}/{}: of no deployment", kind->plural, ns,
                          object.text("metadata", "name")));
    }
  for (const auto& [stem, count] : wanted)
    if (there[stem] != count) fault(stem + ": has a Deployment too many or too few");
}

void Oracle::check_rest() {
  for (const auto& [ns, sandbox] : world_.sandboxes) check_sandbox(sandbox);
  for (const auto& [stem, d] : world_.deployments) check_deployment(d);
  check_nothing_else();
}

}  // namespace ks::sim
