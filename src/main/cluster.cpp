#include "main/cluster.hpp"

#include "kube/https/cluster.hpp"
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
  KS_TRY(auto kubeconfig,
         kube::https::load_kubeconfig(config.kubeconfig, config.kubernetes_context));
  kube::https::Options options;
  options.ca_file = config.ca_file;
  options.proxy = config.https_proxy;
  options.no_proxy = config.no_proxy;
  KS_TRY(auto cluster, kube::https::HttpsCluster::make(std::move(kubeconfig), options, &loop));
  return cluster;
}

}  // namespace ks
