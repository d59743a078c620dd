#pragma once

#include "base/json.hpp"

namespace ks::op {

// True when every leaf of `wanted` is in `observed` with the same value. Lists that Kubernetes
// merges by key (containers, env, ports...) are compared item by item and may hold foreign items;
// all others must be the same as a whole. Quantities are compared by what they mean. An empty text
// or list equals an absent one.
bool holds(const Json& observed, const Json& wanted);

}  // namespace ks::op
