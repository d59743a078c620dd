#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "domain/resources.hpp"
#include "kube/cluster.hpp"
#include "operator/plan/object.hpp"

namespace ks::op {

// Field managers, one per reconciler.
inline constexpr std::string_view kSandboxManager = "k8s-scheduler/sandbox";
inline constexpr std::string_view kDeploymentManager = "k8s-scheduler/deployment";
// Of the number of pods alone, where an autoscaler has it. The reconciler stops sending the field
// then, and Kubernetes would take away what nobody else has sent.
inline constexpr std::string_view kScaleManager = "k8s-scheduler/scale";

// One effect on the cluster.
struct Step {
  enum class Verb { create, apply, remove };
  Verb verb = Verb::apply;
  kube::Ref ref;
  std::optional<Object> object;  // Not of a removal.
  // When set, the step fails on an object with another UID; an apply then never creates.
  std::string uid;
  kube::Subresource subresource = kube::Subresource::none;
  kube::DeleteOptions::Propagation propagation = kube::DeleteOptions::Propagation::background;
  std::string_view manager{};  // Empty: that of the reconciler.
};

inline Step create_step(Object object) {
  kube::Ref ref = object.ref();
  return {Step::Verb::create, std::move(ref), std::move(object), {}, {}, {}};
}
inline Step apply_step(Object object, std::string uid = {}) {
  kube::Ref ref = object.ref();
  return {Step::Verb::apply, std::move(ref), std::move(object), std::move(uid), {}, {}};
}
Step remove_step(kube::Ref ref, std::string uid);

// An object as the cache holds it. `ours`: one of our managers applied it.
struct Seen {
  std::shared_ptr<const Json> object;
  bool ours = false;

  explicit operator bool() const { return object != nullptr; }
  std::string_view name() const { return object->text("metadata", "name"); }
  std::string_view uid() const { return object->text("metadata", "uid"); }
  std::string_view label(std::string_view key) const {
    return object->at("metadata", "labels").text(key);
  }
  bool terminating() const { return !object->text("metadata", "deletionTimestamp").empty(); }
};
// Objects with their kinds; what a plan looks at.
struct SeenOfKind {
  const kube::Kind* kind;
  Seen seen;
};
using SeenList = std::vector<SeenOfKind>;

// The one with this reference, or an empty one.
Seen find_seen(const SeenList& list, const kube::Ref& ref);

// Adds an apply for every wanted object that `observed` does not hold.
void apply_missing(std::vector<Step>& steps, const std::vector<Object>& wanted,
                   const SeenList& observed);

// Sets last_transition_time: the previous one's where the status is the same, else `now`.
void stamp(std::vector<Condition>& conditions, const std::vector<Condition>& previous, Time now);

}  // namespace ks::op
