#include "main/isolation.hpp"

#include <fmt/format.h>

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
  op::IsolationReport out = op::isolation_report(*view, config.op);
  const auto lease = cluster->get(
      {kube::kinds::kLease, config.op.system_namespace, std::string(op::NetworkProof::kLease)});
  if (!lease && !lease.error().is_not_found())
    out.unread.push_back(fmt::format("the last probe of the network: {}", lease.error().message));
  // The last is told also where nobody probes any more: that it showed no enforcement stays true.
  const auto proof = lease ? op::NetworkProof::of_lease(*lease) : std::nullopt;
  out.network = proof   ? proof->worth(clock.now(), config.op.probe_every)
                : lease ? op::NetworkProof::not_read()
                        : op::NetworkProof::none();
  return out;
}

}  // namespace ks
