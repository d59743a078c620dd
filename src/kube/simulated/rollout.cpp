// The part of Controllers that plays deployments and their pods.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "kube/simulated/controllers.hpp"

namespace ks::kube::simulated {

using namespace kinds;

namespace {

constexpr const char* kHashLabel = "pod-template-hash";
// How often a pod that waits for a Secret or a claim is tried again.
constexpr Duration kRetry = milliseconds(200);

std::string hash_of(const Json& pod_template) {
  return hex(sha256(pod_template.canonical())).substr(0, 10);
}

bool ready(const Json& pod) {
  const Json& conditions = pod.at("status", "conditions");
  return conditions.is_array() && std::ranges::any_of(conditions.as_array(), [](const Json& c) {
           return c.text("type") == "Ready" && c.text("status") == "True";
         });
}

bool has_component(std::string_view image, std::string_view wanted) {
  for (std::size_t begin = 0; begin <= image.size();) {
    const std::size_t end = std::min(image.find_first_of("/:@", begin), image.size());
    if (image.substr(begin, end - begin) == wanted) return true;
    begin = end + 1;
  }
  return false;
}

bool cannot_be_pulled(std::string_view image) {
  return has_component(image, "does-not-exist") || has_component(image, "unreachable.invalid");
}

bool crashes(std::string_view image) { return has_component(image, "crash-loop"); }

const Json::Array& list_at(const Json& object, std::string_view name) {
  static const Json::Array kEmpty;
  const Json* list = object.find(name);
  return list != nullptr && list->is_array() ? list->as_array() : kEmpty;
}

bool optional_reference(const Json& reference) {
  return reference.at("optional").is_bool() && reference.at("optional").as_bool();
}

// What a container refers to and is not there, in the kubelet's words.
std::optional<std::string> missing_reference(const State& state, const std::string& ns,
                                             const Json& container) {
  const auto check = [&](const Kind& kind, const Json& reference,
                         std::string_view key) -> std::optional<std::string> {
    if (!reference.is_object() || optional_reference(reference)) return std::nullopt;
    const std::string name(reference.text("name"));
    const Json* object = state.object({kind, ns, name});
    const char* word = kind == kSecret ? "secret" : "configmap";
    if (object == nullptr) return fmt::format("{} \"{}\" not found", word, name);
    if (!key.empty() && object->at("data").find(key) == nullptr &&
        object->at("stringData").find(key) == nullptr)
      return fmt::format("couldn't find key {} in {} {}/{}", key,
                         kind == kSecret ? "Secret" : "ConfigMap", ns, name);
    return std::nullopt;
  };
  for (const Json& env : list_at(container, "env")) {
    const Json& secret = env.at("valueFrom", "secretKeyRef");
    if (auto lack = check(kSecret, secret, secret.text("key"))) return lack;
    const Json& config = env.at("valueFrom", "configMapKeyRef");
    if (auto lack = check(kConfigMap, config, config.text("key"))) return lack;
  }
  for (const Json& from : list_at(container, "envFrom")) {
    if (auto lack = check(kSecret, from.at("secretRef"), "")) return lack;
    if (auto lack = check(kConfigMap, from.at("configMapRef"), "")) return lack;
  }
  return std::nullopt;
}

// Why the pod cannot be given a node, or nullopt.
std::optional<std::string> unschedulable(const State& state, const Json& pod) {
  const std::string ns(pod.text("metadata", "namespace"));
  for (const Json& volume : list_at(pod.at("spec"), "volumes")) {
    const std::string claim(volume.text("persistentVolumeClaim", "claimName"));
    if (claim.empty()) continue;
    const Json* found = state.object({kPersistentVolumeClaim, ns, claim});
    if (found == nullptr) return fmt::format("persistentvolumeclaim \"{}\" not found", claim);
    if (found->text("status", "phase") != "Bound")
      return "pod has unbound immediate PersistentVolumeClaims";
  }
  return std::nullopt;
}

Json pod_conditions(const Json& pod, bool scheduled, bool ready_now, std::string_view reason,
                    std::string_view message, Time now) {
  const Json& before = pod.at("status", "conditions");
  return Json::array(
      {condition(before, "PodScheduled", scheduled, scheduled ? "" : reason,
                 scheduled ? "" : message, now),
       condition(before, "Initialized", scheduled, "", "", now),
       condition(before, "ContainersReady", ready_now, ready_now ? "" : "ContainersNotReady", "",
                 now),
       condition(before, "Ready", ready_now, ready_now ? "" : "ContainersNotReady", "", now)});
}

// The status of a pod all of whose containers are in `state`, given per container.
template <class StateOf>
Json pod_status(const Json& pod, std::string_view phase, bool ready_now, Time now,
                StateOf state_of) {
  Json status = Json::object({{"phase", phase},
                              {"conditions", pod_conditions(pod, true, ready_now, "", "", now)},
                              {"hostIP", "192.0.2.1"},
                              {"qosClass", "Burstable"}});
  const std::string started(pod.text("status", "startTime"));
  status.set("startTime", started.empty() ? kube_time(now) : started);
  Json statuses = Json::array();
  for (const Json& container : list_at(pod.at("spec"), "containers")) {
    Json one = Json::object({{"name", container.text("name")},
                             {"image", container.text("image")},
                             {"imageID", ""},
                             {"ready", ready_now},
                             {"started", ready_now},
                             {"restartCount", 0}});
    state_of(container, one);
    statuses.push(std::move(one));
  }
  status.set("containerStatuses", std::move(statuses));
  return status;
}

Json waiting(std::string_view reason, std::string_view message) {
  return Json::object({{"waiting", Json::object({{"reason", reason}, {"message", message}})}});
}

}  // namespace

void Controllers::pod(const Ref& ref) {
  const Json object = *state_.object(ref);
  const std::string uid(object.text("metadata", "uid"));
  PodTimes& times = pods_[uid];
  if (!is_ending(object)) {
    pod_starts(ref, object);
    return;
  }
  if (times.gone_at == Time{}) times.gone_at = state_.now() + state_.options().pod_gone_after;
  if (state_.now() < times.gone_at) {
    state_.mark_at(times.gone_at, ref);
    return;
  }
  const Json& finalizers = object.at("metadata", "finalizers");
  if (finalizers.is_array() && !finalizers.as_array().empty()) return;
  pods_.erase(uid);
  state_.erase(ref);
}

void Controllers::pod_starts(const Ref& ref, const Json& pod) {
  PodTimes& times = pods_[std::string(pod.text("metadata", "uid"))];
  const Time now = state_.now();
  if (pod.text("status", "phase") == "Running") return;
  if (const auto why = unschedulable(state_, pod)) {
    state_.set_status(
        ref, Json::object(
                 {{"phase", "Pending"},
                  {"conditions", pod_conditions(pod, false, false, "Unschedulable", *why, now)}}));
    state_.mark_at(now + kRetry, ref);
    return;
  }
  std::string lack;
  bool pull_fails = false, crash = false;
  for (const Json& container : list_at(pod.at("spec"), "containers")) {
    pull_fails = pull_fails || cannot_be_pulled(container.text("image"));
    crash = crash || crashes(container.text("image"));
    if (lack.empty()) lack = missing_reference(state_, ref.ns, container).value_or("");
  }
  const bool first = times.ready_at == Time{};
  if (first) {
    times.ready_at = now + state_.options().pod_ready_after;
    times.back_off_at = now + state_.options().back_off_after;
  }
  if (pull_fails) {
    const bool back_off = now >= times.back_off_at;
    state_.set_status(
        ref, pod_status(pod, "Pending", false, now, [&](const Json& c, Json& out) {
          if (!cannot_be_pulled(c.text("image"))) {
            out.set("state", waiting("ContainerCreating", ""));
            return;
          }
          out.set("state",
                  back_off ? waiting("ImagePullBackOff",
                                     fmt::format("Back-off pulling image \"{}\"", c.text("image")))
                           : waiting("ErrImagePull",
                                     fmt::format("failed to pull and unpack image \"{}\": "
                                                 "not found",
                                                 c.text("image"))));
        }));
    if (!back_off) state_.mark_at(times.back_off_at, ref);
    return;
  }
  if (!lack.empty()) {
    times.ready_at = now + state_.options().pod_ready_after;
    state_.set_status(ref, pod_status(pod, "Pending", false, now, [&](const Json&, Json& out) {
                        out.set("state", waiting("CreateContainerConfigError", lack));
                      }));
    state_.mark_at(now + kRetry, ref);
    return;
  }
  if (now < times.ready_at) {
    state_.set_status(ref, pod_status(pod, "Pending", false, now, [](const Json&, Json& out) {
                        out.set("state", waiting("ContainerCreating", ""));
                      }));
    state_.mark_at(times.ready_at, ref);
    return;
  }
  Json status = pod_status(pod, "Running", !crash, now, [&](const Json& c, Json& out) {
    if (!crashes(c.text("image"))) {
      out.set("state", Json::object({{"running", Json::object({{"startedAt", kube_time(now)}})}}));
      return;
    }
    out.set("restartCount", 3).set("ready", false).set("started", false);
    out.set("state", waiting("CrashLoopBackOff", "back-off 40s restarting failed container"));
    out.set("lastState",
            Json::object({{"terminated", Json::object({{"exitCode", 1},
                                                       {"reason", "Error"},
                                                       {"finishedAt", kube_time(now)}})}}));
  });
  const std::string address =
      fmt::format("10.244.{}.{}", state_.random().below(256), 1 + state_.random().below(254));
  status.set("podIP", address);
  status.set("podIPs", Json::array({Json::object({{"ip", address}})}));
  state_.set_status(ref, std::move(status));
}

void Controllers::add_pod(const Ref& owner, const Json& deployment, const std::string& hash) {
  const Json& pod_template = deployment.at("spec", "template");
  Json pod = Json::object({{"apiVersion", "v1"}, {"kind", "Pod"}});
  Json& meta = pod["metadata"];
  if (pod_template.at("metadata").is_object()) meta = pod_template.at("metadata");
  const std::string name =
      fmt::format("{}-{}-{}", owner.name, hash, random_suffix(state_.random(), 5));
  meta.set("name", name).set("namespace", owner.ns);
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
  state_.add({kPod, owner.ns, name}, std::move(pod), {});
}

void Controllers::deployment(const Ref& ref) {
  const Json object = *state_.object(ref);
  if (is_ending(object)) return;
  const std::string hash = hash_of(object.at("spec", "template"));
  const auto wanted =
      static_cast<std::size_t>(std::max<std::int64_t>(0, object.integer_or(1, "spec", "replicas")));
  const Json* around = state_.object({kNamespace, "", ref.ns});
  const bool may_add = around == nullptr || !is_ending(*around);

  std::vector<Ref> current, old;
  std::size_t current_ready = 0, old_left = 0;
  for (const Ref& dependent : state_.dependents(std::string(object.text("metadata", "uid")))) {
    if (dependent.kind != kPod) continue;
    const Json& pod = *state_.object(dependent);
    const bool is_current = pod.text("metadata", "labels", kHashLabel) == hash;
    if (!is_current) ++old_left;
    if (is_ending(pod)) continue;
    (is_current ? current : old).push_back(dependent);
    if (is_current && ready(pod)) ++current_ready;
  }
  const auto end = [&](const Ref& pod) {
    state_.begin_removal(pod, DeleteOptions::Propagation::background);
  };
  const bool recreate = object.text("spec", "strategy", "type") == "Recreate";
  while (current.size() > wanted) {
    end(current.back());
    current.pop_back();
  }
  if (may_add && !(recreate && old_left > 0))
    for (std::size_t i = current.size(); i < wanted; ++i) add_pod(ref, object, hash);
  // The old ones serve until the new ones can.
  if (recreate || current_ready >= wanted)
    for (const Ref& pod : old) end(pod);

  std::vector<Ref> pods;
  for (const Ref& dependent : state_.dependents(std::string(object.text("metadata", "uid"))))
    if (dependent.kind == kPod && !is_ending(*state_.object(dependent))) pods.push_back(dependent);
  state_.set_status(ref, deployment_status(object, hash, pods));
}

Json Controllers::deployment_status(const Json& deployment, const std::string& hash,
                                    const std::vector<Ref>& pods) {
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
  return status;
}

}  // namespace ks::kube::simulated
