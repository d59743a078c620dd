#include "domain/phase.hpp"

namespace ks {

std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::pending:
      return "Pending";
    case Phase::provisioning:
      return "Provisioning";
    case Phase::ready:
      return "Ready";
    case Phase::updating:
      return "Updating";
    case Phase::degraded:
      return "Degraded";
    case Phase::stopped:
      return "Stopped";
    case Phase::error:
      return "Error";
    case Phase::deleting:
      return "Deleting";
  }
  return "Error";
}

std::optional<Phase> phase(std::string_view text) {
  for (const Phase p : {Phase::pending, Phase::provisioning, Phase::ready, Phase::updating,
                        Phase::degraded, Phase::stopped, Phase::error, Phase::deleting})
    if (name(p) == text) return p;
  return std::nullopt;
}

}  // namespace ks
