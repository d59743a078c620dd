#include "main/cluster.hpp"

#include "kube/simulated/cluster.hpp"

namespace ks {

Result<std::unique_ptr<kube::Cluster>> connect_cluster(const Config& config, runtime::Loop& loop,
                                                       const Clock& clock, Random& random) {
  if (config.kubernetes == KubernetesMode::simulated) {
    kube::simulated::Options options;
    options.seed = random.u64();
    auto cluster = std::make_unique<kube::simulated::SimulatedCluster>(clock, options);
    cluster->start(loop);
    return cluster;
  }
  return bug("not there yet");
}

}  // namespace ks
