#pragma once

#include <string_view>

#include "base/json.hpp"
#include "kube/cluster.hpp"

// What a change of an object says: `before` is null for a new one, `after` for one that is gone.
namespace ks::op {

// The status of a Sandbox's condition Ready; empty when there is none.
std::string_view ready_of(const Json* sandbox);
// The stem of the deployment that the object's label names; empty when there is none.
std::string_view stem_of(const Json* object);
// Whether that changed of a resource which only a person or sync changes.
bool wish_changed(const Json* before, const Json* after);
// Whether a Sandbox was paused, or goes on.
bool pause_changed(const Json* before, const Json* after);
// Whether nothing but what a HorizontalPodAutoscaler has measured changed, which its controller
// writes every 15 seconds.
bool only_measured(const Json* before, const Json* after);

// Whether a NetworkPolicy stood and is gone or says something else, or a Namespace that stands has
// other labels: by these tenants are apart.
bool wall_changed(const kube::Kind& kind, const Json* before, const Json* after);

}  // namespace ks::op
