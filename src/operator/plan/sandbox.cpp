#include "operator/plan/sandbox.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "domain/sandbox/paused.hpp"
#include "operator/plan/match.hpp"
#include "operator/probe/condition.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

bool owns_namespace(const SandboxSpec& spec, const Json& ns) {
  return !spec.claim.empty() &&
         ns.at("metadata", "annotations").text(annotations::kClaim) == spec.claim;
}

bool is_terminating(const Json& ns) {
  return !ns.text("metadata", "deletionTimestamp").empty() ||
         ns.text("status", "phase") == "Terminating";
}

bool is_closed(const Json& ns) {
  const std::string_view uid = ns.text("metadata", "uid");
  return !uid.empty() && ns.at("metadata", "annotations").text(annotations::kClosed) == uid;
}

bool takes_pods(const SandboxSpec& spec, const Json& ns) {
  return owns_namespace(spec, ns) && !is_terminating(ns) && is_closed(ns);
}

namespace {

std::string waiting_for(std::size_t count, std::string_view noun) {
  return fmt::format("Waiting for {} {}{} to end.", count, noun, count == 1 ? "" : "s");
}

// `ready_message` empty: fine.
SandboxStatus status_of(const SandboxResource& sandbox, bool ready, std::string reason,
                        std::string message, bool quota_synced, Time now) {
  SandboxStatus out;
  const std::int64_t generation = sandbox.meta.generation;
  out.conditions.push_back({"Ready", ready ? "True" : "False", reason, message, generation, {}});
  // The rendered policies are in place when Ready says so. What probes and looks at the cluster
  // showed comes in when the rest of a status is complete: set_network_condition().
  out.conditions.push_back({kNetworkIsolated,
                            "Unknown",
                            "NotProbed",
                            "No probe has shown yet whether the network enforces the policies.",
                            generation,
                            {}});
  out.conditions.push_back(
      {"QuotaSynced",
       quota_synced ? "True" : "False",
       quota_synced ? "Applied" : reason,
       quota_synced ? "The quota in the namespace is the wanted one." : message,
       generation,
       {}});
  stamp(out.conditions, sandbox.status.conditions, now);
  return out;
}

bool is_ours_to_prune(const Seen& seen) {
  return seen.ours && seen.label(labels::kManagedBy) == labels::kProduct &&
         seen.label(labels::kDeployment).empty() && !seen.terminating();
}

SeenList surplus_policies(const std::vector<Object>& wanted, const SeenList& there) {
  SeenList out;
  for (const SeenOfKind& s : there) {
    if (*s.kind != kinds::kNetworkPolicy || !is_ours_to_prune(s.seen)) continue;
    const kube::Ref ref = kube::ref_of(*s.kind, *s.seen.object);
    if (std::ranges::none_of(wanted, [&](const Object& o) { return o.ref() == ref; }))
      out.push_back(s);
  }
  return out;
}

SandboxPlan plan_deletion(const SandboxResource& sandbox, const SandboxObserved& observed,
                          Time now) {
  SandboxPlan out;
  if (!sandbox.meta.has_finalizer) return out;
  if (sandbox.spec.deletion_protection) {
    out.status = status_of(sandbox, false, "DeletionProtected",
                           "The deletion waits until the protection is taken off.", true, now);
    return out;
  }
  const auto wait = [&](std::string message) {
    out.status = status_of(sandbox, false, "Deleting", std::move(message), false, now);
  };
  const bool ours = observed.ns && owns_namespace(sandbox.spec, *observed.ns.object);
  if (!ours) {
    // Somebody else's namespace of that name, or none: nothing of ours is left.
    out.steps.push_back(
        apply_step(without_finalizer(kinds::kSandbox, sandbox.meta), sandbox.meta.uid));
    return out;
  }
  if (is_terminating(*observed.ns.object)) {
    wait("The namespace is ending.");
    return out;
  }
  if (!observed.deployments.empty()) {
    for (const UserDeploymentResource& d : observed.deployments)
      if (!d.meta.deleting)
        out.steps.push_back(
            remove_step({kinds::kUserDeployment, d.meta.ns, d.meta.name}, d.meta.uid));
    wait(waiting_for(observed.deployments.size(), "deployment"));
    return out;
  }
  if (observed.pods > 0) {
    wait(waiting_for(static_cast<std::size_t>(observed.pods), "pod"));
    return out;
  }
  // The policies go with the namespace, so that nothing in it is ever without them.
  out.steps.push_back(
      remove_step({kinds::kNamespace, {}, sandbox.spec.ns}, std::string(observed.ns.uid())));
  wait("The namespace is ending.");
  return out;
}

}  // namespace

bool may_let_more_through(const SandboxResource& sandbox,
                          const std::vector<UserDeploymentResource>& deployments,
                          const SeenList& there, const OperatorConfig& config) {
  const std::vector<Object> wanted = sandbox_objects(sandbox, deployments, config);
  if (!surplus_policies(wanted, there).empty()) return true;
  return std::ranges::any_of(wanted, [&](const Object& o) {
    const kube::Ref ref = o.ref();
    if (ref.kind != kinds::kNetworkPolicy) return false;
    const Seen seen = find_seen(there, ref);
    return seen ? !holds(*seen.object, o.tree()) : ref.name == kDefaultDeny;
  });
}

SandboxStatus failed_status(const SandboxResource& sandbox, std::string reason, std::string message,
                            Time now) {
  return status_of(sandbox, false, std::move(reason), std::move(message), false, now);
}

SandboxPlan plan(const SandboxResource& sandbox, const SandboxObserved& observed,
                 const OperatorConfig& config, Time now) {
  SandboxPlan out;
  if (is_paused(sandbox.meta)) {
    out.status = failed_status(sandbox, kPaused, kPausedMessage, now);
    return out;
  }
  if (sandbox.meta.deleting) return plan_deletion(sandbox, observed, now);
  const SandboxSpec& spec = sandbox.spec;
  if (observed.ns && !owns_namespace(spec, *observed.ns.object)) {
    out.status = failed_status(
        sandbox, "NamespaceTaken",
        fmt::format("The namespace {} belongs to somebody else. It is left alone; give it up there "
                    "or delete it.",
                    spec.ns),
        now);
    return out;
  }
  if (observed.ns && is_terminating(*observed.ns.object)) {
    out.status = failed_status(sandbox, "NamespaceTerminating",
                               "The namespace is ending and is made again once it is gone.", now);
    return out;
  }
  // One that has been made before is made again: what runs elsewhere does not end either.
  if (!observed.ns && observed.network_open && !sandbox.meta.has_finalizer) {
    out.status = failed_status(
        sandbox, kNetworkNotEnforced,
        observed.network_unread ? kNetworkUnreadMessage : kNetworkNotEnforcedMessage, now);
    return out;
  }
  // Before the first object, so that there is never one that a deletion would forget. Again for a
  // namespace made anew: only a resource that is still there takes it.
  if (!sandbox.meta.has_finalizer || !observed.ns)
    out.steps.push_back(
        apply_step(with_finalizer(kinds::kSandbox, sandbox.meta), sandbox.meta.uid));
  if (!observed.ns) {
    out.steps.push_back(create_step(namespace_object(spec, config.pod_security_version, {})));
    out.status = status_of(sandbox, false, "Applying", "The namespace is being made.", false, now);
    return out;
  }
  // What is seen in one that is not closed may have gone with the namespace of before, of which a
  // watch that is late still tells. So everything is written, and then that it was.
  const bool closed = is_closed(*observed.ns.object);
  const SeenList there = closed ? observed.objects : SeenList{};
  const std::string uid(observed.ns.uid());
  Object wanted_namespace = namespace_object(spec, config.pod_security_version, uid);
  if (closed && !holds(*observed.ns.object, wanted_namespace.tree()))
    out.steps.push_back(apply_step(wanted_namespace, uid));
  const std::vector<Object> wanted = sandbox_objects(sandbox, observed.deployments, config);
  apply_missing(out.steps, wanted, there);
  for (const SeenOfKind& s : surplus_policies(wanted, there))
    out.steps.push_back(
        remove_step(kube::ref_of(*s.kind, *s.seen.object), std::string(s.seen.uid())));
  if (!closed) out.steps.push_back(apply_step(std::move(wanted_namespace), uid));
  out.status = out.steps.empty()
                   ? status_of(sandbox, true, "Applied", "Everything is in place.", true, now)
                   : status_of(sandbox, false, "Applying", "Objects are being made.", false, now);
  return out;
}

}  // namespace ks::op
