#include <algorithm>

#include <fmt/format.h>

#include "operator/plan/cause.hpp"
#include "operator/plan/deployment.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

// One service as the cluster shows it.
struct Seat {
  const Service* service = nullptr;
  bool exists = false;
  bool rolled_out =
      false;               // Every pod is of the newest template, and none of an older one is left.
  std::int64_t ready = 0;  // Of those that are believed to stay so.
  std::optional<Cause> cause;
  std::optional<std::string> unanswered;
  std::optional<std::string> unmeasured;

  // Whether it serves as it should. One that is scaled does from its least number of pods on: those
  // that the autoscaler has just asked for are on their way.
  bool enough() const {
    if (ready >= service->replicas) return true;
    return service->autoscale && ready >= service->autoscale->min && !(cause && is_failure(*cause));
  }
};

bool is_ready(const Seen& pod) {
  const Json& list = pod.object->at("status", "conditions");
  return list.is_array() && std::ranges::any_of(list.as_array(), [](const Json& c) {
           return c.text("type") == "Ready" && c.text("status") == "True";
         });
}

std::vector<Seen> pods_of(const DeploymentObserved& observed, const Service& service) {
  std::vector<Seen> out;
  for (const Seen& pod : observed.pods)
    if (pod.label(labels::kService) == service.name) out.push_back(pod);
  return out;
}

Seen autoscaler_of(const UserDeploymentResource& deployment, const DeploymentObserved& observed,
                   const Service& service) {
  return find_seen(observed.objects,
                   {kinds::kHorizontalPodAutoscaler, deployment.meta.ns,
                    object_name(deployment.spec.stem, deployment.spec.workload, service.name)});
}

// Of the Deployment of an autoscaled service: another number of pods is no roll-out, and is seen by
// its controller only a moment after it was said.
bool rolled_out_at_any_number(const UserDeploymentResource& deployment, const Json& d, bool told) {
  const std::int64_t pods = d.integer_or(0, "status", "replicas");
  return (told || deployment.status.observed_revision == deployment.spec.revision) && pods > 0 &&
         d.integer_or(0, "status", "updatedReplicas") == pods;
}

Seat seat_of(const UserDeploymentResource& deployment, const DeploymentObserved& observed,
             const Service& service, std::map<std::string, ServiceStatus>& shown, Time now) {
  Seat out;
  out.service = &service;
  const Seen seen =
      find_seen(observed.objects,
                {kinds::kDeployment, deployment.meta.ns,
                 object_name(deployment.spec.stem, deployment.spec.workload, service.name)});
  const std::vector<Seen> pods = pods_of(observed, service);
  if (seen) {
    const Json& d = *seen.object;
    out.exists = true;
    out.ready = d.integer_or(0, "status", "readyReplicas");
    const bool told = d.integer_or(0, "status", "observedGeneration") >=
                      d.integer_or(0, "metadata", "generation");
    out.rolled_out = service.autoscale
                         ? rolled_out_at_any_number(deployment, d, told)
                         : told &&
                               d.integer_or(0, "status", "updatedReplicas") == service.replicas &&
                               d.integer_or(0, "status", "replicas") == service.replicas;
  }
  out.cause = cause_of(service, seen, pods, observed.objects,
                       observed.sandbox ? observed.sandbox->quota : QuotaView{}, observed.events);
  for (const Seen& pod : pods) {
    if (pod.terminating() || service.replicas == 0) continue;
    auto doubt = unsteady(service, pod, observed.events, now);
    if (!doubt) continue;
    if (is_ready(pod) && out.ready > 0) --out.ready;
    if (!out.cause) out.cause = std::move(doubt->cause);
  }
  out.unanswered = unanswered(service, pods, observed.events);
  const auto blind = unmeasured(service, autoscaler_of(deployment, observed, service));
  if (blind && blind->at <= now) out.unmeasured = blind->message;
  const auto before = deployment.status.services.find(service.name);
  shown[service.name] = {
      out.ready, service.replicas, restarts_of(pods), last_termination(pods),
      terminations(before == deployment.status.services.end() ? std::vector<Termination>{}
                                                              : before->second.terminations,
                   pods)};
  return out;
}

struct Verdict {
  Phase phase = Phase::pending;
  std::string reason;
  std::string message;
};

std::string readiness(const std::vector<Seat>& seats) {
  std::int64_t ready = 0, wanted = 0;
  for (const Seat& s : seats) {
    ready += std::min<std::int64_t>(s.ready, s.service->replicas);
    wanted += s.service->replicas;
  }
  std::string out = wanted == 1  ? fmt::format("{} of {} pod is ready.", ready, wanted)
                    : ready == 1 ? fmt::format("{} of {} pods is ready.", ready, wanted)
                                 : fmt::format("{} of {} pods are ready.", ready, wanted);
  for (const Seat& s : seats)
    for (const auto& more : {s.unanswered, s.unmeasured})
      if (more) out += " " + *more;
  return out;
}

Verdict verdict(const std::vector<Seat>& seats, bool settled, bool was_serving) {
  const bool rolled_out =
      settled && std::ranges::all_of(seats, [](const Seat& s) { return s.rolled_out; });
  const bool all_ready = std::ranges::all_of(seats, &Seat::enough);
  const bool stopped =
      std::ranges::all_of(seats, [](const Seat& s) { return s.service->replicas == 0; });
  const bool any_ready = std::ranges::any_of(seats, [](const Seat& s) { return s.ready > 0; });
  if (rolled_out && stopped)
    return any_ready ? Verdict{Phase::updating, "", "The pods are ending."}
                     : Verdict{Phase::stopped, "", "Scaled to zero."};
  if (rolled_out && all_ready) return {Phase::ready, "", readiness(seats)};

  const auto broken =
      std::ranges::find_if(seats, [](const Seat& s) { return s.cause.has_value(); });
  const bool failed = broken != seats.end() && is_failure(*broken->cause);
  Verdict out;
  if (!rolled_out)
    out.phase = any_ready && was_serving ? Phase::updating
                : failed                 ? Phase::error
                                         : Phase::provisioning;
  else if (any_ready && (was_serving || failed))
    out.phase = Phase::degraded;
  else
    out.phase = failed ? Phase::error : Phase::provisioning;
  // Pods that were ready and no longer are, without a word why: their probes fail.
  if (rolled_out && !failed && !any_ready && was_serving) {
    out.phase = Phase::error;
    out.reason = "NotReady";
    out.message = "No pod answers its check any more.";
    return out;
  }
  if (broken != seats.end()) {
    out.reason = broken->cause->reason;
    out.message = broken->cause->message;
  } else {
    out.message = readiness(seats);
    if (out.phase == Phase::updating)
      out.message = "Waiting for pods of the new revision. With those of before: " + out.message;
  }
  return out;
}

UserDeploymentStatus finish(const UserDeploymentResource& deployment, UserDeploymentStatus out,
                            Time now) {
  out.observed_generation = deployment.meta.generation;
  const bool ready = out.phase == Phase::ready;
  out.conditions = {{"Ready",
                     ready ? "True" : "False",
                     out.reason.empty() ? std::string(name(out.phase)) : out.reason,
                     out.message,
                     deployment.meta.generation,
                     {}}};
  stamp(out.conditions, deployment.status.conditions, now);
  return out;
}

}  // namespace

std::optional<Time> steady_at(const UserDeploymentResource& deployment,
                              const DeploymentObserved& observed, Time now) {
  std::optional<Time> out;
  for (const Service& service : deployment.spec.workload.services) {
    const auto blind = unmeasured(service, autoscaler_of(deployment, observed, service));
    if (blind && blind->at > now && (!out || blind->at < *out)) out = blind->at;
    for (const Seen& pod : pods_of(observed, service)) {
      if (pod.terminating()) continue;
      const auto doubt = unsteady(service, pod, observed.events, now);
      if (doubt && doubt->until && (!out || *doubt->until < *out)) out = doubt->until;
    }
  }
  return out;
}

UserDeploymentStatus deployment_status(const UserDeploymentResource& deployment,
                                       const DeploymentObserved& observed,
                                       const OperatorConfig& config, bool settled, Time now) {
  const UserDeploymentSpec& spec = deployment.spec;
  UserDeploymentStatus out;
  out.observed_revision = deployment.status.observed_revision;
  if (!spec.host.empty()) out.url = config.url_scheme + "://" + spec.host;
  std::vector<Seat> seats;
  const SandboxSpec* sandbox = observed.sandbox ? &observed.sandbox->spec : nullptr;
  const Workload workload = wanted_now(deployment, sandbox, observed.objects);
  for (const Service& s : workload.services)
    seats.push_back(seat_of(deployment, observed, s, out.services, now));

  if (deployment.meta.deleting) {
    out.phase = Phase::deleting;
    out.message = observed.pods.empty() ? "What is left is being taken away."
                  : observed.pods.size() == 1
                      ? std::string("Waiting for 1 pod to end.")
                      : fmt::format("Waiting for {} pods to end.", observed.pods.size());
    if (observed.sandbox && observed.sandbox->paused) {
      out.reason = observed.sandbox->reason;
      out.message = observed.sandbox->message;
    }
    return finish(deployment, std::move(out), now);
  }
  if (observed.sandbox && observed.sandbox->spec.org_id != spec.org_id) {
    out.phase = Phase::error;
    out.reason = "ForeignSandbox";
    out.message = "The namespace belongs to another organization.";
    return finish(deployment, std::move(out), now);
  }
  const bool any = std::ranges::any_of(seats, &Seat::exists);
  if (!any && (!observed.sandbox || !observed.sandbox->ready)) {
    out.reason = observed.sandbox ? observed.sandbox->reason : "SandboxMissing";
    out.message =
        observed.sandbox ? observed.sandbox->message : "Waiting for the sandbox of this namespace.";
    // Nobody but a person can give the namespace free.
    out.phase = out.reason == "NamespaceTaken" ? Phase::error : Phase::pending;
    return finish(deployment, std::move(out), now);
  }
  const Verdict v = verdict(seats, settled, deployment.status.observed_revision > 0);
  out.phase = v.phase;
  out.reason = v.reason;
  out.message = v.message;
  if (is_suspended(spec, sandbox) && out.phase == Phase::stopped) {
    out.reason = "Suspended";
    out.message = "The organization is suspended. Its pods come back when that is lifted.";
  }
  // A change waits as long as its sandbox does.
  if (!settled && out.reason.empty() && observed.sandbox && !observed.sandbox->ready) {
    out.reason = observed.sandbox->reason;
    out.message = observed.sandbox->message;
  }
  if (out.phase == Phase::ready || out.phase == Phase::stopped)
    out.observed_revision = spec.revision;
  // All that was rolled out is there, whatever leads to it.
  if (out.phase == Phase::ready)
    if (auto route = route_cause(
            find_seen(observed.objects, {kinds::kIngress, deployment.meta.ns, spec.stem}),
            observed.routes, deployment.status)) {
      if (route->certain) out.phase = Phase::degraded;
      out.reason = std::move(route->cause.reason);
      out.message = std::move(route->cause.message);
    }
  return finish(deployment, std::move(out), now);
}

UserDeploymentStatus failed_status(const UserDeploymentResource& deployment,
                                   const DeploymentObserved& observed, const OperatorConfig& config,
                                   std::string reason, std::string message, Time now) {
  UserDeploymentStatus out = deployment_status(deployment, observed, config, false, now);
  if (reason == "QuotaExceeded" && observed.sandbox &&
      quota_passes(message, observed.sandbox->quota)) {
    reason = kQuotaPending;
    message = "Waiting for the sandbox's quota to take effect.";
  }
  // What passes by itself is no failure of the deployment's.
  const bool passes = reason == kQuotaPending || reason == "ClusterUnavailable" ||
                      reason == "ClusterBusy" || reason == "SandboxNotReady";
  if (!passes && out.phase != Phase::deleting)
    out.phase = out.phase == Phase::updating ? Phase::updating : Phase::error;
  out.reason = std::move(reason);
  out.message = std::move(message);
  return finish(deployment, std::move(out), now);
}

}  // namespace ks::op
