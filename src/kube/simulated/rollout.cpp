// The part of Controllers that plays the deployment controller.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "kube/body.hpp"
#include "kube/simulated/controllers.hpp"
#include "kube/simulated/quota.hpp"

namespace ks::kube::simulated {

using namespace kinds;

namespace {

constexpr const char* kHashLabel = "pod-template-hash";

std::string hash_of(const Json& pod_template) {
  return hex(sha256(pod_template.canonical())).substr(0, 10);
}

bool ready(const Json& pod) {
  const Json& conditions = pod.at("status", "conditions");
  return conditions.is_array() && std::ranges::any_of(conditions.as_array(), [](const Json& c) {
           return c.text("type") == "Ready" && c.text("status") == "True";
         });
}

// A number of pods, or a share of `wanted`: "25%", which is what Kubernetes takes by default.
std::int64_t share(const Json& value, std::int64_t wanted, bool up) {
  if (value.is_int()) return value.as_int();
  const double part = value.is_string() ? std::atof(value.as_string().c_str()) : 25.0;
  const double pods = static_cast<double>(wanted) * part / 100.0;
  return static_cast<std::int64_t>(up ? std::ceil(pods) : std::floor(pods));
}

}  // namespace

KubeResult<void> Controllers::add_pod(const Ref& owner, const Json& deployment,
                                      const std::string& hash) {
  const Json& pod_template = deployment.at("spec", "template");
  Json pod = Json::object({{"apiVersion", "v1"}, {"kind", "Pod"}});
  Json& meta = pod["metadata"];
  if (pod_template.at("metadata").is_object()) meta = pod_template.at("metadata");
  meta.set("namespace", owner.ns);
  meta["labels"].set(kHashLabel, hash);
  meta.set("ownerReferences",
           Json::array({Json::object({{"apiVersion", kDeployment.api_version()},
                                      {"kind", kDeployment.name},
                                      {"name", owner.name},
                                      {"uid", deployment.text("metadata", "uid")},
                                      {"controller", true},
                                      {"blockOwnerDeletion", true}})}));
  pod.set("spec", pod_template.at("spec"));
  pod["spec"].set("nodeName", "simulated");
  pod.set("status", Json::object({{"phase", "Pending"}}));
  // The same words each time that it is tried.
  KS_CHECK(
      admit_quota(state_, {kPod, owner.ns, fmt::format("{}-{}", owner.name, hash)}, pod, nullptr));
  const std::string name =
      fmt::format("{}-{}-{}", owner.name, hash, random_suffix(state_.random(), 5));
  pod["metadata"].set("name", name);
  state_.add({kPod, owner.ns, name}, std::move(pod), {});
  return {};
}

void Controllers::deployment(const Ref& ref) {
  const Json object = *state_.object(ref);
  if (is_ending(object)) return;
  const std::string hash = hash_of(object.at("spec", "template"));
  const std::int64_t wanted = std::max<std::int64_t>(0, object.integer_or(1, "spec", "replicas"));
  const Json* around = state_.object({kNamespace, "", ref.ns});
  const bool may_add = around == nullptr || !is_ending(*around);

  std::vector<Ref> current, old_ready, old_unready;
  std::int64_t old_left = 0;
  for (const Ref& dependent : state_.dependents(std::string(object.text("metadata", "uid")))) {
    if (dependent.kind != kPod) continue;
    const Json& pod = *state_.object(dependent);
    const bool is_current = pod.text("metadata", "labels", kHashLabel) == hash;
    if (!is_current) ++old_left;
    if (is_ending(pod)) continue;
    (is_current ? current : ready(pod) ? old_ready : old_unready).push_back(dependent);
  }
  const auto size = [](const std::vector<Ref>& pods) {
    return static_cast<std::int64_t>(pods.size());
  };
  const auto end = [&](std::vector<Ref>& pods, std::int64_t count) {
    for (; count > 0 && !pods.empty(); --count) {
      state_.begin_removal(pods.back(), DeleteOptions::Propagation::background);
      pods.pop_back();
    }
  };
  end(current, size(current) - wanted);
  const auto current_ready =
      std::ranges::count_if(current, [this](const Ref& pod) { return ready(*state_.object(pod)); });
  const Json& strategy = object.at("spec", "strategy");
  const bool recreate = strategy.text("type") == "Recreate";
  std::int64_t room = 0;  // For pods of the new template.
  if (recreate) {
    room = old_left > 0 ? 0 : wanted;
    end(old_ready, size(old_ready));
    end(old_unready, size(old_unready));
  } else {
    const Json& limits = strategy.at("rollingUpdate");
    room =
        wanted + share(limits.at("maxSurge"), wanted, true) - size(old_ready) - size(old_unready);
    // As the controller counts: what serves stays until its successor does, what never served goes
    // first.
    const std::int64_t least = wanted - share(limits.at("maxUnavailable"), wanted, false);
    std::int64_t spare = size(current) + size(old_ready) + size(old_unready) - least -
                         (size(current) - current_ready);
    const std::int64_t unready = std::clamp<std::int64_t>(spare, 0, size(old_unready));
    end(old_unready, unready);
    spare = std::min(spare - unready, current_ready + size(old_ready) - least);
    end(old_ready, spare);
  }
  std::string refusal;
  refused_.erase(ref);
  for (std::int64_t i = size(current); may_add && i < std::min(wanted, room); ++i) {
    const auto made = add_pod(ref, object, hash);
    if (made) continue;
    refusal = made.error().message;
    refused_.insert(ref);
    break;
  }

  std::vector<Ref> pods;
  for (const Ref& dependent : state_.dependents(std::string(object.text("metadata", "uid"))))
    if (dependent.kind == kPod && !is_ending(*state_.object(dependent))) pods.push_back(dependent);
  state_.set_status(ref, deployment_status(object, hash, pods, refusal));
}

Json Controllers::deployment_status(const Json& deployment, const std::string& hash,
                                    const std::vector<Ref>& pods, const std::string& refusal) {
  const Time now = state_.now();
  const std::int64_t wanted = deployment.integer_or(1, "spec", "replicas");
  std::int64_t updated = 0, available = 0, updated_ready = 0;
  for (const Ref& ref : pods) {
    const Json& pod = *state_.object(ref);
    const bool current = pod.text("metadata", "labels", kHashLabel) == hash;
    if (current) ++updated;
    if (!ready(pod)) continue;
    ++available;
    if (current) ++updated_ready;
  }
  Rollout& rollout = rollouts_[ref_of(kDeployment, deployment)];
  if (rollout.template_hash != hash || rollout.ready != updated_ready) {
    rollout = {hash, updated_ready, now};
  }
  const bool complete = updated == wanted && updated_ready == wanted &&
                        static_cast<std::int64_t>(pods.size()) == wanted;
  const Duration limit = seconds(deployment.integer_or(600, "spec", "progressDeadlineSeconds"));
  const bool too_late = !complete && now >= rollout.progress_at + limit;
  if (!complete && !too_late)
    state_.mark_at(rollout.progress_at + limit, ref_of(kDeployment, deployment));

  Json status =
      Json::object({{"observedGeneration", deployment.integer_or(0, "metadata", "generation")}});
  // Counts of zero are left out, as the API server leaves them out.
  const auto count = [&](const char* name, std::int64_t n) {
    if (n != 0) status.set(name, n);
  };
  count("replicas", static_cast<std::int64_t>(pods.size()));
  count("updatedReplicas", updated);
  count("readyReplicas", available);
  count("availableReplicas", available);
  count("unavailableReplicas",
        std::max<std::int64_t>(
            0, std::max<std::int64_t>(wanted, static_cast<std::int64_t>(pods.size())) - available));
  const bool enough =
      available >=
      wanted - (deployment.text("spec", "strategy", "type") == "Recreate" ? 0 : wanted / 4);
  const Json& before = deployment.at("status", "conditions");
  const std::string name(deployment.text("metadata", "name"));
  status.set(
      "conditions",
      Json::array(
          {condition(before, "Available", enough,
                     enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                     enough ? "Deployment has minimum availability."
                            : "Deployment does not have minimum availability.",
                     now),
           condition(before, "Progressing", !too_late,
                     too_late   ? "ProgressDeadlineExceeded"
                     : complete ? "NewReplicaSetAvailable"
                                : "ReplicaSetUpdated",
                     too_late ? fmt::format("Deployment \"{}\" has timed out progressing.", name)
                     : complete
                         ? fmt::format("Deployment \"{}\" has successfully progressed.", name)
                         : fmt::format("Deployment \"{}\" is progressing.", name),
                     now)}));
  if (!refusal.empty())
    status["conditions"].push(
        condition(before, "ReplicaFailure", true, "FailedCreate", refusal, now));
  return status;
}

}  // namespace ks::kube::simulated
