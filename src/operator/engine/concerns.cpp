#include "operator/engine/concerns.hpp"

#include "operator/engine/change.hpp"
#include "operator/plan/events.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

Key sandbox_key(std::string name) { return {Key::Kind::sandbox, {}, std::move(name)}; }
Key deployment_key(std::string_view ns, std::string_view name) {
  return {Key::Kind::deployment, std::string(ns), std::string(name)};
}

}  // namespace

void Concerns::changed(const kube::Kind& kind, const Json* before, const Json* after) {
  const Json& object = after != nullptr ? *after : *before;
  const std::string_view ns = object.text("metadata", "namespace");
  const std::string_view name = object.text("metadata", "name");
  if (kind == kinds::kSandbox) {
    reconciler_.index(before, after);
    const bool wished = wish_changed(before, after) || pause_changed(before, after);
    const Key key = sandbox_key(std::string(name));
    if (wished)
      queue_.add_now(key);
    else
      queue_.add(key);
    if (wished || ready_of(before) != ready_of(after))
      add_deployments_of(object.text("spec", "namespace"));
  } else if (kind == kinds::kUserDeployment) {
    if (wish_changed(before, after)) {
      queue_.add_now(deployment_key(ns, name));
      add_sandboxes_of(ns);
    } else {
      queue_.add(deployment_key(ns, name));
    }
  } else if (kind == kinds::kEvent) {
    const auto subject = subject_of(object);
    const Seen about = subject ? cache_.find(*subject) : Seen{};
    if (about && !about.label(labels::kDeployment).empty())
      queue_.add(deployment_key(ns, about.label(labels::kDeployment)));
  } else if (kind == kinds::kIngressClass) {
    for (const Seen& d : cache_.list(kinds::kUserDeployment))
      queue_.add(deployment_key(d.object->text("metadata", "namespace"), d.name()));
  } else if (kind == kinds::kNamespace) {
    add_sandboxes_of(name);
    add_deployments_of(name);
  } else if (kind == kinds::kHorizontalPodAutoscaler && only_measured(before, after)) {
    return;
  } else {
    // Both, where somebody gave the object to another by its label.
    const std::string_view was = stem_of(before), is = stem_of(after);
    for (const std::string_view stem : {was, is})
      if (!stem.empty()) queue_.add(deployment_key(ns, stem));
    // A sandbox that ends waits for the last pod.
    if ((before != nullptr && was.empty()) || (after != nullptr && is.empty()) ||
        (kind == kinds::kPod && after == nullptr))
      add_sandboxes_of(ns);
    // What waits until policies let no more through than they are to.
    if (kind == kinds::kNetworkPolicy)
      for (const std::string& stem : reconciler_.held_back(ns))
        queue_.add_now(deployment_key(ns, stem));
    // What a quota refused may be let in by another.
    if (kind == kinds::kResourceQuota &&
        (before == nullptr || after == nullptr || before->at("spec") != after->at("spec") ||
         before->at("status", "hard") != after->at("status", "hard")))
      add_deployments_of(ns);
  }
  // A tenant without its walls does not wait until others have all that is new.
  if (wall_changed(kind, before, after)) mend_first(kind == kinds::kNamespace ? name : ns, before);
}

void Concerns::mend_first(std::string_view ns, const Json* object) {
  for (const std::string& name : reconciler_.sandboxes_of(ns)) queue_.add_first(sandbox_key(name));
  if (const std::string_view stem = stem_of(object); !stem.empty())
    queue_.add_first(deployment_key(ns, stem));
}

void Concerns::add_sandbox(const std::string& name) { queue_.add_now(sandbox_key(name)); }

void Concerns::add_sandboxes() {
  for (const std::string& name : reconciler_.sandboxes()) add_sandbox(name);
}

void Concerns::add_sandboxes_of(std::string_view ns) {
  for (const std::string& name : reconciler_.sandboxes_of(ns)) add_sandbox(name);
}

void Concerns::add_deployments_of(std::string_view ns) {
  if (ns.empty()) return;
  for (const Seen& d : cache_.list(kinds::kUserDeployment, ns))
    queue_.add_now(deployment_key(ns, d.name()));
}

void Concerns::add_all() {
  for (const kube::Kind* kind : {&kinds::kSandbox, &kinds::kUserDeployment})
    for (const Seen& seen : cache_.list(*kind))
      queue_.add(*kind == kinds::kSandbox
                     ? sandbox_key(std::string(seen.name()))
                     : deployment_key(seen.object->text("metadata", "namespace"), seen.name()));
}

}  // namespace ks::op
