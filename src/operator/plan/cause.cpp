#include "operator/plan/cause.hpp"

#include <algorithm>
#include <csignal>
#include <tuple>

#include <fmt/format.h>

#include "domain/deployment/quantity.hpp"
#include "domain/sandbox/load.hpp"
#include "kube/refusal.hpp"
#include "operator/plan/events.hpp"
#include "operator/plan/match.hpp"
#include "operator/plan/sandbox.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Calls `visit(status)` for each container of the pod.
template <class Visit>
void each_container(const Seen& pod, Visit visit) {
  const Json& list = pod.object->at("status", "containerStatuses");
  if (!list.is_array()) return;
  for (const Json& c : list.as_array()) visit(c);
}

const Json* condition(const Json& object, std::string_view type) {
  const Json& list = object.at("status", "conditions");
  if (!list.is_array()) return nullptr;
  for (const Json& c : list.as_array())
    if (c.text("type") == type) return &c;
  return nullptr;
}

const Json* termination_of(const Json& container) {
  if (const Json& now = container.at("state", "terminated"); now.is_object()) return &now;
  if (const Json& last = container.at("lastState", "terminated"); last.is_object()) return &last;
  return nullptr;
}

Cause out_of_memory(const Service& service) {
  return {"OOMKilled",
          fmt::format("{} needs more memory than its limit of {}. Raise the limit.", service.name,
                      format_bytes(service.resources.memory_bytes_limit))};
}

// Where a service is asked: "port 8080/healthz".
std::string asked_at(const Service& service) {
  return fmt::format("port {}{}", service.port.value_or(0), service.health_path);
}

std::string with_answer(const std::optional<FailedProbe>& probe) {
  return probe && !probe->answer.empty() ? ": " + probe->answer : "";
}

Cause crash_loop(const Service& service, const Json& container,
                 const std::optional<FailedProbe>& probe) {
  const Json* end = termination_of(container);
  if (end != nullptr && end->text("reason") == "OOMKilled") return out_of_memory(service);
  // Whom the kubelet ends dies of a signal.
  const std::int64_t code = end == nullptr ? 0 : end->integer_or(0, "exitCode");
  if (end != nullptr && service.port && probe && probe->kind != FailedProbe::Kind::readiness &&
      probe->at >= end->text("startedAt") && (code == 128 + SIGKILL || code == 128 + SIGTERM))
    return {"ProbeFailing",
            fmt::format("{} is started anew again and again, since it does not answer on {}{}.",
                        service.name, asked_at(service), with_answer(probe))};
  return {"CrashLoopBackOff",
          fmt::format("{} ends again and again (exit code {}). Its last log lines say why.",
                      service.name, code)};
}

// From the second restart on Kubernetes waits before each, so the first alone is no loop.
constexpr std::int64_t kRestartsOfLoop = 2;

Cause not_configured(const Service& service, std::string_view said) {
  if (has(said, "run as root") || has(said, "non-numeric user"))
    return {"CreateContainerConfigError",
            fmt::format("The image of {} wants to run as root or as a user without a number, which "
                        "is not allowed. Set run_as, or take an image made for it (such as "
                        "nginxinc/nginx-unprivileged).",
                        service.name)};
  return {"CreateContainerConfigError",
          fmt::format("{} cannot be started: {}. Check its secrets.", service.name, said)};
}

// containerd's and the registries' words (github.com/containerd/containerd, core/remotes).
Cause image_unavailable(const Service& service, std::string_view said) {
  const auto any = [&](std::initializer_list<std::string_view> parts) {
    return std::ranges::any_of(parts, [&](std::string_view part) { return has(said, part); });
  };
  std::string_view why = "Check its name, its tag, and whether the registry asks for a credential.";
  if (any({"no such host", "i/o timeout", "connection refused", "deadline exceeded"}))
    why = "Its registry cannot be reached from the cluster; check its name.";
  else if (any({"401 Unauthorized", "403 Forbidden", "authorization failed", "access denied"}))
    why = "Its registry asks for a credential, or has no such image.";
  else if (any({"not found", "manifest unknown"}))
    why = "Its registry has none of that name; check its name and its tag.";
  return {"ImagePullBackOff",
          fmt::format("The image {} cannot be fetched. {}", service.image, why)};
}

std::optional<Cause> waiting_cause(const Service& service, const Json& container,
                                   const std::optional<FailedProbe>& probe) {
  const std::string_view reason = container.text("state", "waiting", "reason");
  const std::string_view said = container.text("state", "waiting", "message");
  if (reason == "ImagePullBackOff" || reason == "ErrImagePull")
    return image_unavailable(service, said);
  if (reason == "InvalidImageName")
    return Cause{"InvalidImageName", fmt::format("{} is no name of an image.", service.image)};
  if (reason == "CreateContainerConfigError") return not_configured(service, said);
  if (reason == "CreateContainerError" || reason == "RunContainerError")
    return Cause{std::string(reason), fmt::format("{} cannot be started: {}", service.name, said)};
  if (reason == "CrashLoopBackOff") return crash_loop(service, container, probe);
  if (const Json& end = container.at("state", "terminated");
      end.is_object() && end.text("reason") == "OOMKilled")
    return out_of_memory(service);
  return std::nullopt;
}

std::optional<Cause> unschedulable(const Service& service, const Seen& pod) {
  const Json* scheduled = condition(*pod.object, "PodScheduled");
  if (scheduled == nullptr || scheduled->text("status") != "False" ||
      scheduled->text("reason") != "Unschedulable")
    return std::nullopt;
  return Cause{"Unschedulable",
               fmt::format("No node can take {}: {}", service.name, scheduled->text("message"))};
}

std::optional<Cause> volume_pending(const Service& service, const SeenList& objects,
                                    const std::vector<Seen>& events) {
  for (const SeenOfKind& s : objects) {
    if (*s.kind != kinds::kPersistentVolumeClaim ||
        s.seen.label(labels::kService) != service.name ||
        s.seen.object->text("status", "phase") != "Pending")
      continue;
    // What the provisioner says of it is about the installation.
    if (last_event(s.seen, "ProvisioningFailed", events))
      return Cause{
          "ProvisioningFailed",
          fmt::format("The volume of {} cannot be made: the cluster's storage fails. Whoever "
                      "runs the platform finds the reason in the claim's events.",
                      service.name)};
    return Cause{"VolumePending", fmt::format("The volume of {} is not there yet; the cluster's "
                                              "storage class has to provide it.",
                                              service.name)};
  }
  return std::nullopt;
}

std::optional<Cause> not_mounted(const Service& service, const Seen& pod,
                                 const std::vector<Seen>& events) {
  if (service.volumes.empty() || pod.object->text("status", "phase") != "Pending")
    return std::nullopt;
  for (const char* reason : {"FailedAttachVolume", "FailedMount"})
    if (last_event(pod, reason, events))
      return Cause{reason,
                   fmt::format("The volume of {} does not come to the node of its pod. It is "
                               "tried again.",
                               service.name)};
  return std::nullopt;
}

Cause refused_pod(const Service& service, std::string_view said, const QuotaView& quota) {
  if (has(said, "exceeded quota") && quota_passes(said, quota))
    return {std::string(kQuotaPending), "Waiting for the sandbox's quota to take effect."};
  if (has(said, "exceeded quota"))
    return {"QuotaExceeded",
            fmt::format("The sandbox's quota leaves no room for {}: {}", service.name, said)};
  if (has(said, "violates PodSecurity"))
    return {"PodSecurity", fmt::format("The cluster does not let {} run: {}", service.name, said)};
  // Anything else may name webhooks and addresses; the Deployment's own condition keeps it.
  return {"FailedCreate", fmt::format("The cluster makes no pod of {}. The reason is in the log of "
                                      "the installation.",
                                      service.name)};
}

std::optional<FailedProbe> any_failed_probe(const std::vector<Seen>& pods,
                                            const std::vector<Seen>& events) {
  for (const Seen& pod : pods)
    if (!pod.terminating())
      if (auto probe = failed_probe(pod, events)) return probe;
  return std::nullopt;
}

// Whether the deployments need more than the Sandbox wants to give: it will be written again.
bool is_behind(const QuotaView& quota) {
  SandboxLoad load;
  for (const Seen& seen : quota.deployments)
    if (const auto one = user_deployment_from_json(*seen.object)) load.add(one->spec.workload);
  return !quota.wanted.covers(room_for(load));
}

}  // namespace

QuotaView quota_view(const Seen& quota, const SandboxResource& sandbox,
                     std::vector<Seen> deployments) {
  QuotaView out{false, false, {}, sandbox.spec.quota, std::move(deployments)};
  if (!quota) return out;
  const Object wanted = sandbox_quota(sandbox);
  out.hard = quota.object->at("status", "hard");
  out.settled = holds(*quota.object, wanted.tree()) && out.hard == quota.object->at("spec", "hard");
  const auto closed = [](const Json& tree) { return tree.at("spec", "hard").text("pods") == "0"; };
  out.shut = closed(*quota.object) && !closed(wanted.tree());
  return out;
}

// "exceeded quota: quota, requested: pods=1, used: pods=2, limited: pods=2"
// (k8s.io/apiserver, admission of resource quotas).
bool quota_passes(std::string_view refusal, const QuotaView& quota) {
  if (!quota.settled || is_behind(quota)) return true;
  constexpr std::string_view kLimited = "limited: ";
  const std::size_t at = refusal.rfind(kLimited);
  if (at == refusal.npos) return false;
  std::string_view rest = refusal.substr(at + kLimited.size());
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const std::size_t equals = one.find('=');
    if (equals == one.npos) return false;
    const std::string_view value = one.substr(equals + 1);
    if (quota.hard.text(one.substr(0, equals)) != value.substr(0, value.find(' '))) return true;
  }
  return false;
}

bool is_failure(const Cause& cause) {
  return cause.reason != "VolumePending" && cause.reason != kQuotaPending &&
         cause.reason != "FailedMount" && cause.reason != "FailedAttachVolume";
}

std::optional<Cause> cause_of(const Service& service, const Seen& deployment,
                              const std::vector<Seen>& pods, const SeenList& objects,
                              const QuotaView& quota, const std::vector<Seen>& events) {
  if (service.replicas == 0) return std::nullopt;
  std::optional<Cause> found;
  for (const Seen& pod : pods) {
    if (pod.terminating()) continue;
    const auto probe = failed_probe(pod, events);
    each_container(pod, [&](const Json& c) {
      if (!found) found = waiting_cause(service, c, probe);
    });
    if (!found) found = unschedulable(service, pod);
    if (!found) found = not_mounted(service, pod, events);
  }
  if (found) return found;
  if (deployment) {
    const Json* failure = condition(*deployment.object, "ReplicaFailure");
    if (failure != nullptr && failure->text("status") == "True")
      return refused_pod(service, failure->text("message"), quota);
    const Json* progress = condition(*deployment.object, "Progressing");
    if (progress != nullptr && progress->text("status") == "False" &&
        progress->text("reason") == "ProgressDeadlineExceeded") {
      if (!service.port)
        return Cause{"ProgressDeadlineExceeded",
                     fmt::format("{} did not become ready in time.", service.name)};
      return Cause{"ProbeFailing",
                   fmt::format("{} runs, but does not answer on {}{}.", service.name,
                               asked_at(service), with_answer(any_failed_probe(pods, events)))};
    }
  }
  return volume_pending(service, objects, events);
}

std::optional<std::string> unanswered(const Service& service, const std::vector<Seen>& pods,
                                      const std::vector<Seen>& events) {
  if (!service.port) return std::nullopt;
  bool found = false;
  for (const Seen& pod : pods) {
    if (pod.terminating()) continue;
    each_container(pod, [&](const Json& c) {
      found = found || (c.at("state", "running").is_object() && c.at("ready") == Json(false));
    });
  }
  if (!found) return std::nullopt;
  return fmt::format("{} runs, but does not answer on {} yet{}.", service.name, asked_at(service),
                     with_answer(any_failed_probe(pods, events)));
}

// The reasons are those of the autoscaler (k8s.io/kubernetes, pkg/controller/podautoscaler); of
// the others that it has none passes without metrics.
std::optional<Unmeasured> unmeasured(const Service& service, const Seen& autoscaler) {
  if (!service.autoscale || !autoscaler) return std::nullopt;
  const Json* active = condition(*autoscaler.object, "ScalingActive");
  if (active == nullptr || active->text("status") != "False" ||
      active->text("reason") != "FailedGetResourceMetric")
    return std::nullopt;
  const auto since = parse_rfc3339(active->text("lastTransitionTime"));
  if (!since) return std::nullopt;
  return Unmeasured{fmt::format("The cluster does not tell how much CPU {} uses, so the number of "
                                "its pods stays as it is.",
                                service.name),
                    *since + kMeasuredWithin};
}

Cause cause_of(const kube::KubeError& error) {
  if (error.status == 0)
    return {"ClusterUnavailable", "The cluster does not answer. It is tried again."};
  if (kube::is_over_quota(error))
    return {"QuotaExceeded", "The sandbox's quota leaves no room: " + kube::told(error)};
  // What the namespace's own end, or its not being there yet, makes of a write.
  if (error.is_not_found() || (error.status == 403 && has(error.message, "being terminated")))
    return {"SandboxNotReady", "Waiting for the sandbox."};
  if (error.is_transient() || error.is_conflict())
    return {"ClusterBusy", "The cluster could not do it just now. It is tried again."};
  return {"Refused", "The cluster refused an object: " + kube::told(error)};
}

std::optional<Unsteady> unsteady(const Service& service, const Seen& pod,
                                 const std::vector<Seen>& events, Time now) {
  std::optional<Unsteady> out;
  const auto probe = failed_probe(pod, events);
  each_container(pod, [&](const Json& c) {
    if (c.integer_or(0, "restartCount") < kRestartsOfLoop || termination_of(c) == nullptr) return;
    if (c.at("state", "terminated").is_object()) {
      out = Unsteady{crash_loop(service, c, probe), std::nullopt};
      return;
    }
    const auto since = parse_rfc3339(c.text("state", "running", "startedAt"));
    if (!since) return;
    // A node's clock that is ahead does not make it wait longer.
    const Time until = std::min(*since, now) + kSteadyAfter;
    if (until > now) out = Unsteady{crash_loop(service, c, probe), until};
  });
  return out;
}

std::optional<Termination> last_termination(const std::vector<Seen>& pods) {
  std::optional<Termination> out;
  std::string_view latest;
  for (const Seen& pod : pods)
    each_container(pod, [&](const Json& c) {
      const Json* end = termination_of(c);
      // RFC 3339 in UTC: the order of texts is the order of times.
      if (end == nullptr || (out && end->text("finishedAt") <= latest)) return;
      latest = end->text("finishedAt");
      out = Termination{std::string(end->text("reason")), end->integer_or(0, "exitCode"), {}, {}};
    });
  return out;
}

std::vector<Termination> terminations(const std::vector<Termination>& before,
                                      const std::vector<Seen>& pods) {
  std::vector<Termination> out = before;
  for (const Seen& pod : pods) {
    if (pod.terminating()) continue;
    each_container(pod, [&](const Json& c) {
      for (const char* state : {"state", "lastState"}) {
        const Json& end = c.at(state, "terminated");
        if (end.text("finishedAt").empty()) continue;
        Termination one{std::string(end.text("reason")), end.integer_or(0, "exitCode"),
                        std::string(end.text("finishedAt")), std::string(pod.name())};
        if (std::ranges::find(out, one) == out.end()) out.push_back(std::move(one));
      }
    });
  }
  std::ranges::sort(out, [](const Termination& a, const Termination& b) {
    return std::tie(a.at, a.pod, a.exit_code, a.reason) >
           std::tie(b.at, b.pod, b.exit_code, b.reason);
  });
  if (out.size() > ServiceStatus::kTerminationsKept) out.resize(ServiceStatus::kTerminationsKept);
  return out;
}

std::int64_t restarts_of(const std::vector<Seen>& pods) {
  std::int64_t out = 0;
  for (const Seen& pod : pods)
    each_container(pod, [&](const Json& c) { out += c.integer_or(0, "restartCount"); });
  return out;
}

}  // namespace ks::op
