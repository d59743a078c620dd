#pragma once

#include <string>
#include <vector>

#include "kube/cluster.hpp"

namespace ks::op {

// What the isolation of sandboxes is judged by: objects as the API server has them, of all tenants
// and of everybody else.
struct ClusterView {
  std::vector<Json> namespaces, policies, pods, sandboxes, user_deployments;
  // Made by us or not, of all namespaces: what makes pods, and what stands in sandboxes.
  std::vector<Json> deployments, quotas, limit_ranges, accounts;
  std::vector<Json> nodes;
  Json api_server;  // The Service default/kubernetes.
  // What could not be read, with the reason; a report without it is no proof.
  std::vector<std::string> unread;
};

// Reads page by page. What is forbidden to the caller is listed as unread; a server that does not
// answer is an error.
kube::KubeResult<ClusterView> read_cluster(kube::Cluster& cluster);

}  // namespace ks::op
