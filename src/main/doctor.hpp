#pragma once

#include <vector>

#include "main/config/config.hpp"
#include "operator/doctor/doctor.hpp"

namespace ks {

// Examines the cluster that the configuration names, with the rights of its kubeconfig. The
// simulated cluster lacks nothing and cannot be looked at from outside: an error.
Result<std::vector<op::Check>> examine_cluster(const Config& config);

}  // namespace ks
