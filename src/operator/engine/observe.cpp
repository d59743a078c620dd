// What a Reconciler sees of the cluster, all of it from the cache.
#include "domain/sandbox/paused.hpp"
#include "domain/sandbox/waiting.hpp"
#include "operator/engine/reconciler.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

void Reconciler::index(const Json* before, const Json* after) {
  if (before != nullptr) {
    const auto at = by_namespace_.find(before->text("spec", "namespace"));
    if (at != by_namespace_.end()) {
      at->second.erase(std::string(before->text("metadata", "name")));
      if (at->second.empty()) by_namespace_.erase(at);
    }
  }
  if (after != nullptr)
    by_namespace_[std::string(after->text("spec", "namespace"))].insert(
        std::string(after->text("metadata", "name")));
}

std::set<std::string> Reconciler::sandboxes_of(std::string_view ns) const {
  const auto at = by_namespace_.find(ns);
  return at == by_namespace_.end() ? std::set<std::string>{} : at->second;
}

SandboxObserved Reconciler::observe(const SandboxResource& sandbox) const {
  SandboxObserved out;
  const std::string& ns = sandbox.spec.ns;
  out.ns = cache_.find({kinds::kNamespace, {}, ns});
  for (const kube::Kind* kind : {&kinds::kNetworkPolicy, &kinds::kResourceQuota,
                                 &kinds::kLimitRange, &kinds::kServiceAccount})
    for (Seen& seen : cache_.list(*kind, ns))
      if (seen.label(labels::kDeployment).empty()) out.objects.push_back({kind, std::move(seen)});
  for (const Seen& seen : cache_.list(kinds::kUserDeployment, ns))
    if (auto d = user_deployment_from_json(*seen.object)) out.deployments.push_back(std::move(*d));
  out.pods = cache_.list(kinds::kPod, ns).size();
  out.network_open =
      !config_.allow_unenforced_network && network_.proof && network_.proof->forbids_new();
  out.network_unread = network_.proof && network_.proof->unread;
  return out;
}

DeploymentObserved Reconciler::observe(const std::string& ns, const std::string& stem) const {
  DeploymentObserved out;
  out.sandbox = view_of(ns);
  for (const kube::Kind* kind :
       {&kinds::kIngress, &kinds::kPodDisruptionBudget, &kinds::kHorizontalPodAutoscaler,
        &kinds::kDeployment, &kinds::kService, &kinds::kPersistentVolumeClaim,
        &kinds::kServiceAccount})
    for (Seen& seen : cache_.list(*kind, ns))
      if (seen.label(labels::kDeployment) == stem) out.objects.push_back({kind, std::move(seen)});
  for (Seen& seen : cache_.list(kinds::kPod, ns))
    if (seen.label(labels::kDeployment) == stem) out.pods.push_back(std::move(seen));
  out.events = cache_.list(kinds::kEvent, ns);
  if (cache_.knows(kinds::kIngressClass))
    out.routes = route_classes(cache_.list(kinds::kIngressClass));
  out.nodes = nodes_;
  return out;
}

std::optional<SandboxView> Reconciler::view_of(const std::string& ns) const {
  const Seen there = cache_.find({kinds::kNamespace, {}, ns});
  std::optional<SandboxView> out;
  for (const std::string& name : sandboxes_of(ns)) {
    const Seen seen = cache_.find({kinds::kSandbox, {}, name});
    if (!seen) continue;
    const auto sandbox = sandbox_from_json(*seen.object);
    if (!sandbox) continue;
    SandboxView view{sandbox->spec, false, kSandboxNotReady, waits_for_sandbox({})};
    view.name = name;
    view.uid = sandbox->meta.uid;
    view.generation = sandbox->meta.generation;
    view.quota = quota_view(cache_.find(sandbox_quota(*sandbox).ref()), *sandbox,
                            cache_.list(kinds::kUserDeployment, ns));
    const Condition* ready = sandbox->status.find("Ready");
    if (is_paused(sandbox->meta)) {
      view.paused = true;
      view.reason = kSandboxPaused;
      view.message = waits_for_sandbox(kPausedMessage);
    } else if (sandbox->meta.deleting) {
      view.reason = "SandboxDeleting";
      view.message = "The sandbox is being deleted.";
    } else if (ready != nullptr && ready->status != "True") {
      const bool taken = ready->reason == "NamespaceTaken";
      view.reason = taken ? ready->reason : kSandboxNotReady;
      view.message = taken ? ready->message : waits_for_sandbox(ready->message);
    } else if (ready != nullptr && there && takes_pods(sandbox->spec, *there.object)) {
      view.ready = true;
      view.reason.clear();
      view.message.clear();
    }
    // Of two that want one namespace, the one whose claim it carries counts.
    const bool owner = there && owns_namespace(sandbox->spec, *there.object);
    if (!out || owner) out = std::move(view);
    if (owner) break;
  }
  return out;
}

void Reconciler::hold_back_where_behind(SandboxView& view) const {
  if (!view.ready) return;
  const Seen seen = cache_.find({kinds::kSandbox, {}, view.name});
  if (!seen) return;
  const auto sandbox = sandbox_from_json(*seen.object);
  if (!sandbox) return;
  const SandboxObserved around = observe(*sandbox);
  if (!may_let_more_through(*sandbox, around.deployments, around.objects, config_)) return;
  view.ready = false;
  view.behind = true;
  view.reason = kSandboxBehind;
  view.message = waits_for_sandbox(
      "Its network policies are not yet as they are wanted now. What runs goes on.");
}

void Reconciler::remember(const kube::Ref& deployment, bool held_back) {
  if (held_back) {
    held_back_[deployment.ns].insert(deployment.name);
    return;
  }
  const auto at = held_back_.find(deployment.ns);
  if (at == held_back_.end()) return;
  at->second.erase(deployment.name);
  if (at->second.empty()) held_back_.erase(at);
}

std::set<std::string> Reconciler::held_back(std::string_view ns) const {
  const auto at = held_back_.find(ns);
  return at == held_back_.end() ? std::set<std::string>{} : at->second;
}

std::vector<std::string> Reconciler::sandboxes() const {
  std::vector<std::string> out;
  for (const Seen& seen : cache_.list(kinds::kSandbox)) out.emplace_back(seen.name());
  return out;
}

}  // namespace ks::op
