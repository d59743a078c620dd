#include "operator/plan/step.hpp"

#include <algorithm>

#include "operator/plan/match.hpp"

namespace ks::op {

Step remove_step(kube::Ref ref, std::string uid) {
  return {Step::Verb::remove, std::move(ref), std::nullopt, std::move(uid), {}, {}};
}

Seen find_seen(const SeenList& list, const kube::Ref& ref) {
  for (const SeenOfKind& s : list)
    if (*s.kind == ref.kind && s.seen.name() == ref.name &&
        s.seen.object->text("metadata", "namespace") == ref.ns)
      return s.seen;
  return {};
}

void apply_missing(std::vector<Step>& steps, const std::vector<Object>& wanted,
                   const SeenList& observed) {
  for (const Object& object : wanted) {
    const Seen seen = find_seen(observed, object.ref());
    if (!seen || !holds(*seen.object, object.tree())) steps.push_back(apply_step(object));
  }
}

void stamp(std::vector<Condition>& conditions, const std::vector<Condition>& previous, Time now) {
  // Kubernetes writes the times of conditions in whole seconds.
  const std::string text = rfc3339(now).substr(0, 19) + "Z";
  for (Condition& c : conditions) {
    const auto old = std::ranges::find(previous, c.type, &Condition::type);
    c.last_transition_time =
        old != previous.end() && old->status == c.status && !old->last_transition_time.empty()
            ? old->last_transition_time
            : text;
  }
}

}  // namespace ks::op
