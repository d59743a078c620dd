#pragma once

#include <memory>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "kube/cluster.hpp"
#include "main/config/config.hpp"
#include "runtime/loop.hpp"

namespace ks {

// The cluster that the configuration names: an API server, or the simulated one, whose controllers
// then run on `loop`. A server that does not answer is no error here.
Result<std::unique_ptr<kube::Cluster>> connect_cluster(const Config& config, runtime::Loop& loop,
                                                       const Clock& clock, Random& random);

}  // namespace ks
