#pragma once

#include "kube/cluster.hpp"

namespace ks::kube::simulated {

// Names, labels and finalizers by the API server's rules; 422 Invalid otherwise.
KubeResult<void> validate(const Kind& kind, const Json& object);

// Brings quantities of resources to their shortest form, as the API server does: "1024Mi" is "1Gi".
void shorten_quantities(const Kind& kind, Json& object);

// What may not change once an object is made: a Deployment's selector, a claim's specification but
// for a growing size.
KubeResult<void> validate_change(const Kind& kind, const Json& before, const Json& after);

}  // namespace ks::kube::simulated
