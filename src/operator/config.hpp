#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace ks::op {

// One side of permitted traffic: pods of some namespaces, or addresses.
struct Peer {
  std::map<std::string, std::string> namespace_labels;
  std::map<std::string, std::string> pod_labels;  // Empty: every pod of those namespaces.
  std::string cidr;                               // When set, the labels do not count.
  friend bool operator==(const Peer&, const Peer&) = default;
};

// INGRESS_FROM: entries apart by commas, each `namespace=NAME`, `namespace=NAME/label=value` or a
// CIDR.
Result<std::vector<Peer>> parse_ingress_from(std::string_view text);
// DNS_SELECTOR: `NAMESPACE/label=value`.
Result<Peer> parse_dns_selector(std::string_view text);
// DNS_CIDRS, CLUSTER_CIDRS: CIDRs apart by commas, IPv4 or IPv6; may be empty.
Result<std::vector<std::string>> parse_cidrs(std::string_view text);

// Nodes that are kept for some pods: they carry this both as a label and as a taint.
struct NodePool {
  std::string key;
  std::string value;
  friend bool operator==(const NodePool&, const NodePool&) = default;

  // Of one organization, where each has nodes of its own.
  NodePool of(std::string_view org_id) const;
};
// DEDICATED_NODES: `LABEL=VALUE`, where {orgId} may stand in the value; nothing where it is empty.
Result<std::optional<NodePool>> parse_node_pool(std::string_view text);

// USER_NAMESPACES. `auto_`: pods that are made or changed get them while every node has them; those
// that run keep what they have.
enum class UserNamespaces { never, always, auto_ };
Result<UserNamespaces> parse_user_namespaces(std::string_view text);

// NETWORK_PROBE_IMAGE: the reference of an image, or nothing.
Result<std::string> parse_probe_image(std::string_view text);

// Beside it is one for the probe of the network, with a longer name.
inline constexpr std::size_t kSystemNamespaceMax = 57;

struct OperatorConfig {
  std::string system_namespace = "k8s-scheduler";
  // kube-system, k8s-app=kube-dns.
  Peer dns = {{{"kubernetes.io/metadata.name", "kube-system"}}, {{"k8s-app", "kube-dns"}}, {}};
  std::vector<std::string> dns_cidrs;
  // Pods, services and nodes: what "the internet" does not mean, beside private addresses.
  std::vector<std::string> cluster_cidrs;
  std::vector<Peer> ingress_from = {{{{"kubernetes.io/metadata.name", "ingress-nginx"}}, {}, {}}};
  std::string ingress_class;  // Empty: the cluster's default.
  std::string storage_class;  // Empty: the cluster's default.
  std::string url_scheme = "https";
  // "v1.30" or "latest": which version of the pod security standard namespaces ask for.
  std::string pod_security_version = "v1.30";
  // Where pods of the profile `dedicated` run. Absent: among all others.
  std::optional<NodePool> dedicated_nodes;
  std::string dedicated_runtime_class;  // Empty: the nodes' default.
  // Pods in a user namespace of their own (hostUsers: false); not every cluster can.
  UserNamespaces user_namespaces = UserNamespaces::never;

  enum class InstallCrds { auto_, never } install_crds = InstallCrds::auto_;
  // Off only where nothing else can run on the same cluster.
  bool leader_elect = true;
  // Who this process is among candidates; made up when empty.
  std::string identity;
  Duration lease_duration = seconds(15);
  Duration renew_deadline = seconds(10);
  Duration retry_period = seconds(2);
  Duration resync = minutes(10);
  std::size_t workers = 8;
  // How often the whole cluster is read to see how alone each sandbox is; zero: never.
  Duration isolation_every = {};
  // The program's own image, of which the pods consist that probe the network; empty: none do.
  std::string probe_image;
  Duration probe_every = hours(1);
  // New sandboxes are made also where a probe showed that nobody enforces policies.
  bool allow_unenforced_network = false;
};

}  // namespace ks::op
