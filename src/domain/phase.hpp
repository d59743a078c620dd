#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ks {

// How far a deployment is (spec: deployments, phases).
enum class Phase { pending, provisioning, ready, updating, degraded, stopped, error, deleting };

// "Pending", "Provisioning", ...
std::string_view name(Phase phase);
std::optional<Phase> phase(std::string_view name);

}  // namespace ks
