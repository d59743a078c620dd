#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "main/config/config.hpp"
#include "operator/isolation/report.hpp"

namespace ks {

// Reads the cluster that the configuration names, with the rights of its kubeconfig, and judges it.
// The simulated cluster lives inside its server and cannot be read from outside: an error.
Result<op::IsolationReport> read_isolation(const Config& config, const Clock& clock,
                                           Random& random);

}  // namespace ks
