#include "operator/engine/change.hpp"

#include "domain/resources.hpp"
#include "domain/sandbox/paused.hpp"

namespace ks::op {

std::string_view ready_of(const Json* sandbox) {
  if (sandbox == nullptr) return "";
  const Json& list = sandbox->at("status", "conditions");
  if (list.is_array())
    for (const Json& c : list.as_array())
      if (c.text("type") == "Ready") return c.text("status");
  return "";
}

std::string_view stem_of(const Json* object) {
  return object == nullptr ? "" : object->at("metadata", "labels").text(labels::kDeployment);
}

bool wish_changed(const Json* before, const Json* after) {
  if (before == nullptr || after == nullptr) return true;
  return before->at("metadata", "generation") != after->at("metadata", "generation") ||
         before->at("metadata", "deletionTimestamp") !=
             after->at("metadata", "deletionTimestamp") ||
         before->text("metadata", "uid") != after->text("metadata", "uid");
}

bool pause_changed(const Json* before, const Json* after) {
  const auto paused = [](const Json* sandbox) {
    return sandbox != nullptr &&
           sandbox->at("metadata", "annotations").find(kPausedAnnotation) != nullptr;
  };
  return paused(before) != paused(after);
}

bool only_measured(const Json* before, const Json* after) {
  if (wish_changed(before, after)) return false;
  // Its generation stays as it is whatever is written.
  for (const char* field : {"labels", "annotations", "ownerReferences"})
    if (before->at("metadata", field) != after->at("metadata", field)) return false;
  return before->at("spec") == after->at("spec") &&
         before->at("status", "conditions") == after->at("status", "conditions");
}

bool wall_changed(const kube::Kind& kind, const Json* before, const Json* after) {
  if (before == nullptr) return false;
  if (kind == kube::kinds::kNetworkPolicy)
    return after == nullptr || before->at("spec") != after->at("spec") ||
           before->at("metadata", "labels") != after->at("metadata", "labels");
  return kind == kube::kinds::kNamespace && after != nullptr &&
         before->at("metadata", "labels") != after->at("metadata", "labels");
}

}  // namespace ks::op
