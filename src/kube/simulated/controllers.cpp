#include "kube/simulated/controllers.hpp"

#include <algorithm>

#include "kube/simulated/quota.hpp"

namespace ks::kube::simulated {

using namespace kinds;

void Controllers::tick() {
  while (const auto ref = state_.next_marked(state_.now())) look_at(*ref);
}

void Controllers::look_at(const Ref& ref) {
  if (state_.find(ref) == nullptr) {
    rollouts_.erase(ref);
    refused_.erase(ref);
    return;
  }
  if (collect(ref)) return;
  if (ref.kind == kNamespace)
    namespace_(ref);
  else if (ref.kind == kPersistentVolumeClaim)
    claim(ref);
  else if (ref.kind == kResourceQuota)
    quota(ref);
  else if (ref.kind == kCustomResourceDefinition)
    definition(ref);
  else if (ref.kind == kDeployment)
    deployment(ref);
  else if (ref.kind == kPod)
    pod(ref);
}

bool Controllers::collect(const Ref& ref) {
  const Json object = *state_.object(ref);
  const std::string uid(object.text("metadata", "uid"));
  if (is_ending(object)) {
    const bool foreground = has_finalizer(object, "foregroundDeletion");
    const bool orphan = has_finalizer(object, "orphan");
    if (!foreground && !orphan) return false;
    for (const Ref& dependent : state_.dependents(uid)) {
      if (foreground) {
        state_.begin_removal(dependent, DeleteOptions::Propagation::background);
        continue;
      }
      const Stored* stored = state_.find(dependent);
      Json freed = *stored->object;
      auto& owners = freed["metadata"]["ownerReferences"].as_array();
      std::erase_if(owners, [&](const Json& owner) { return owner.text("uid") == uid; });
      auto fields = stored->owners;
      state_.replace(dependent, std::move(freed), std::move(fields));
    }
    if (!state_.dependents(uid).empty()) return true;
    const Stored* stored = state_.find(ref);
    Json done = *stored->object;
    drop_finalizer(done, foreground ? "foregroundDeletion" : "orphan");
    auto fields = stored->owners;
    state_.replace(ref, std::move(done), std::move(fields));
    return state_.find(ref) == nullptr;
  }
  const Json& owners = object.at("metadata", "ownerReferences");
  if (!owners.is_array() || owners.as_array().empty()) return false;
  if (std::ranges::any_of(owners.as_array(), [&](const Json& owner) {
        return state_.by_uid(std::string(owner.text("uid"))).has_value();
      }))
    return false;
  state_.begin_removal(ref, DeleteOptions::Propagation::background);
  return state_.find(ref) == nullptr;
}

void Controllers::namespace_(const Ref& ref) {
  if (is_ending(*state_.object(ref)))
    empty_namespace(ref);
  else
    fill_namespace(ref);
}

void Controllers::fill_namespace(const Ref& ref) {
  const auto make = [&](const Kind& kind, const char* name, Json object) {
    const Ref there{kind, ref.name, name};
    if (state_.find(there) != nullptr) return;
    object.set("apiVersion", kind.api_version()).set("kind", kind.name);
    object["metadata"].set("name", name).set("namespace", ref.name);
    state_.add(there, std::move(object), {});
  };
  make(kServiceAccount, "default", Json::object());
  make(kConfigMap, "kube-root-ca.crt",
       Json::object({{"data", Json::object({{"ca.crt", "simulated"}})}}));
}

void Controllers::empty_namespace(const Ref& ref) {
  for (const Ref& inside : state_.in_namespace(ref.name))
    state_.begin_removal(inside, DeleteOptions::Propagation::background);
  // What has a finalizer or a grace period is still there; its end brings us back.
  if (!state_.in_namespace(ref.name).empty()) return;
  const Stored* stored = state_.find(ref);
  Json done = *stored->object;
  if (!done.at("spec", "finalizers").is_array()) return;
  done["spec"].erase("finalizers");
  auto fields = stored->owners;
  state_.replace(ref, std::move(done), std::move(fields));
}

void Controllers::claim(const Ref& ref) {
  const Json object = *state_.object(ref);
  if (is_ending(object)) return;
  const Json& wanted = object.at("spec", "resources", "requests");
  Json status =
      Json::object({{"phase", "Bound"}, {"accessModes", object.at("spec", "accessModes")}});
  if (wanted.is_object()) status.set("capacity", wanted);
  if (object.text("spec", "volumeName").empty()) {
    const Stored* stored = state_.find(ref);
    Json bound = object;
    bound["spec"].set("volumeName", "pvc-" + std::string(object.text("metadata", "uid")));
    auto fields = stored->owners;
    state_.replace(ref, std::move(bound), std::move(fields));
  }
  state_.set_status(ref, std::move(status));
}

void Controllers::quota(const Ref& ref) {
  const Json object = *state_.object(ref);
  if (is_ending(object)) return;
  const Json& hard = object.at("spec", "hard");
  if (!hard.is_object()) return;
  const Usage usage = usage_of(state_, ref.ns);
  Json used = Json::object();
  for (const auto& [resource, limit] : hard.members()) used.set(resource, usage.text(resource));
  const Json status = Json::object({{"hard", hard}, {"used", used}});
  if (object.at("status") == status) return;
  state_.set_status(ref, status);
  for (const Ref& waiting : refused_)
    if (waiting.ns == ref.ns) state_.mark(waiting);
}

void Controllers::definition(const Ref& ref) {
  const Json object = *state_.object(ref);
  if (is_ending(object)) return;
  const Json& before = object.at("status", "conditions");
  Json status = object.at("status").is_object() ? object.at("status") : Json::object();
  status.set("acceptedNames", object.at("spec", "names"));
  status.set("conditions",
             Json::array({condition(before, "NamesAccepted", true, "NoConflicts",
                                    "no conflicts found", state_.now()),
                          condition(before, "Established", true, "InitialNamesAccepted",
                                    "the initial names have been accepted", state_.now())}));
  state_.set_status(ref, std::move(status));
}

Json condition(const Json& before, std::string_view type, bool holds, std::string_view reason,
               std::string_view message, Time now) {
  const char* status = holds ? "True" : "False";
  std::string since = kube_time(now);
  if (before.is_array())
    for (const Json& known : before.as_array())
      if (known.text("type") == type && known.text("status") == status)
        since = known.text("lastTransitionTime");
  return Json::object({{"type", type},
                       {"status", status},
                       {"reason", reason},
                       {"message", message},
                       {"lastTransitionTime", since}});
}

}  // namespace ks::kube::simulated
