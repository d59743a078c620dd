// The part of Controllers that plays kubelets and the scheduler.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "kube/simulated/controllers.hpp"

namespace ks::kube::simulated {

using namespace kinds;

namespace {

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
  if (!state.has_nodes()) return "0/0 nodes are available: no node is there.";
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
  if (pod.text("status", "phase") == "Running" || pod.text("status", "phase") == "Succeeded")
    return;
  if (const auto why = unschedulable(state_, pod)) {
    state_.set_status(
        ref, Json::object(
                 {{"phase", "Pending"},
                  {"conditions", pod_conditions(pod, false, false, "Unschedulable", *why, now)}}));
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
    return;
  }
  if (now < times.ready_at) {
    state_.set_status(ref, pod_status(pod, "Pending", false, now, [](const Json&, Json& out) {
                        out.set("state", waiting("ContainerCreating", ""));
                      }));
    state_.mark_at(times.ready_at, ref);
    return;
  }
  if (const auto& ends = state_.options().ends; ends && !crash)
    if (const auto told = ends(pod)) {
      state_.set_status(
          ref, pod_status(pod, "Succeeded", false, now, [&](const Json&, Json& out) {
            out.set("state",
                    Json::object({{"terminated", Json::object({{"exitCode", 0},
                                                               {"reason", "Completed"},
                                                               {"message", *told},
                                                               {"finishedAt", kube_time(now)}})}}));
          }));
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
}  // namespace ks::kube::simulated
