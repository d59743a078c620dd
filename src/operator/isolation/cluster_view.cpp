#include "operator/isolation/cluster_view.hpp"

#include <fmt/format.h>

namespace ks::op {

namespace {

kube::KubeResult<std::vector<Json>> all_of(kube::Cluster& cluster, const kube::Kind& kind) {
  std::vector<Json> out;
  kube::ListOptions options;
  options.limit = kube::page_limit(kind);
  do {
    auto page = cluster.list(kind, options);
    if (!page && page.error().is_expired() && !options.continue_token.empty()) {
      out.clear();
      options.continue_token.clear();
      continue;
    }
    if (!page) return std::unexpected(std::move(page).error());
    for (Json& item : page->items) out.push_back(std::move(item));
    options.continue_token = page->continue_token;
    if (options.continue_token.empty()) return out;
  } while (true);
}

}  // namespace

kube::KubeResult<ClusterView> read_cluster(kube::Cluster& cluster) {
  using namespace kube::kinds;
  ClusterView out;
  struct Part {
    const kube::Kind* kind;
    std::vector<Json>* into;
  };
  // Sandboxes first and policies last: what is made while it reads is judged by what it has then.
  for (const auto& [kind, into] :
       {Part{&kSandbox, &out.sandboxes}, Part{&kUserDeployment, &out.user_deployments},
        Part{&kNamespace, &out.namespaces}, Part{&kDeployment, &out.deployments},
        Part{&kPod, &out.pods}, Part{&kNode, &out.nodes}, Part{&kServiceAccount, &out.accounts},
        Part{&kResourceQuota, &out.quotas}, Part{&kLimitRange, &out.limit_ranges},
        Part{&kNetworkPolicy, &out.policies}}) {
    auto items = all_of(cluster, *kind);
    if (items) {
      *into = std::move(*items);
    } else if (items.error().status == 403 || items.error().is_not_found()) {
      out.unread.push_back(fmt::format("{}: {}", kind->plural, items.error().message));
    } else {
      return std::unexpected(std::move(items).error());
    }
  }
  auto service = cluster.get({kService, "default", "kubernetes"});
  if (service)
    out.api_server = std::move(*service);
  else if (service.error().is_not_found() && cluster.simulated())
    out.api_server = Json::object();  // It has no server that a pod could reach.
  else if (service.error().status == 403 || service.error().is_not_found())
    out.unread.push_back("services: " + service.error().message);
  else
    return std::unexpected(std::move(service).error());
  return out;
}

}  // namespace ks::op
