#include "main/isolation.hpp"

#include "main/cluster.hpp"
#include "runtime/loop.hpp"

namespace ks {

Result<op::IsolationReport> read_isolation(const Config& config, const Clock& clock,
                                           Random& random) {
  if (config.kubernetes == KubernetesMode::simulated)
    return invalid("the simulated cluster lives inside the server and cannot be read from outside");
  runtime::LoopGroup loops(1);
  KS_TRY(const auto cluster, connect_cluster(config, loops.at(0), clock, random));
  const auto view = op::read_cluster(*cluster);
  if (!view)
    return unavailable(
        "cluster_unavailable",
        "the cluster cannot be read: " +
            (view.error().message.empty() ? view.error().reason : view.error().message));
  return op::isolation_report(*view, config.op);
}

}  // namespace ks
