#pragma once

#include "kube/simulated/state.hpp"

// What the API server does to a write before it is stored. Not locked; the caller does.
namespace ks::kube::simulated {

KubeResult<Json> create(State& state, const Kind& kind, const Json& object);

struct Applied {
  Json object;
  bool changed = false;
  bool made = false;
};
KubeResult<Applied> apply(State& state, const Kind& kind, const Json& object,
                          const ApplyOptions& options);

// True when something changed.
KubeResult<bool> remove(State& state, const Ref& ref, const DeleteOptions& options);

std::unexpected<KubeError> missing(const Ref& ref);

}  // namespace ks::kube::simulated
