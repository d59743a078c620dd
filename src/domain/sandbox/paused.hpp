#pragma once

#include <string_view>

#include "domain/resources.hpp"

namespace ks {

// On a Sandbox, by hand: while it has any value, the operator writes nothing in its namespace but
// statuses, neither repairs nor deletions, so that somebody can mend there what the operator would
// undo. Whoever may write it is whoever may write Sandboxes; no tenant is.
inline constexpr std::string_view kPausedAnnotation = "k8s-scheduler.dev/paused";

inline constexpr const char* kPaused = "Paused";
inline constexpr const char* kSandboxPaused = "SandboxPaused";

inline constexpr const char* kPausedMessage =
    "An administrator of the cluster has paused the upkeep of this sandbox. What runs goes on.";

inline bool is_paused(const ResourceMeta& meta) {
  return meta.annotations.contains(std::string(kPausedAnnotation));
}

}  // namespace ks
