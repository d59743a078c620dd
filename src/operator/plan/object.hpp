#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/resources.hpp"
#include "kube/cluster.hpp"
#include "operator/config.hpp"

namespace ks::op {

// An object that may be written to the cluster. Only the builders below make one, and each takes
// the fields of its kind that the product uses and nothing else: no host path, host network, added
// capability, node port, external address, cluster-scoped kind beside Namespace or foreign
// namespace can be said. That is what keeps a tenant's text from becoming a manifest.
class Object {
 public:
  const kube::Kind& kind() const { return *kind_; }
  const Json& tree() const { return tree_; }
  kube::Ref ref() const { return kube::ref_of(*kind_, tree_); }
  // The tree's hash as it stands in its own annotation.
  std::string_view hash() const;

 private:
  friend struct Builder;
  Object(const kube::Kind& kind, Json tree) : kind_(&kind), tree_(std::move(tree)) {}
  const kube::Kind* kind_;
  Json tree_;
};

// Where an object stands and how it is labelled.
struct Place {
  std::string ns;
  std::string name;
  std::map<std::string, std::string> labels;
};

// Of a sandbox.
// ------------------------------------------------------------------------------------

// `closed`: the UID of the namespace that holds everything which closes it; empty for one that does
// not yet.
Object namespace_object(const SandboxSpec& spec, std::string_view pod_security_version,
                        std::string_view closed);

struct PortRange {
  std::string protocol = "TCP";
  int first = 0;
  int last = 0;  // Equal to `first` for one port.
};
// Peers with their exceptions; a rule without peers would mean everybody and cannot be built.
struct TrafficPeer {
  std::map<std::string, std::string> namespace_labels;
  std::map<std::string, std::string> pod_labels;
  // Peers in every namespace are said by labels of the namespace only.
  std::string cidr;
  std::vector<std::string> except;
};
struct TrafficRule {
  std::vector<TrafficPeer> peers;
  std::vector<PortRange> ports;  // Empty: all.
};
struct TrafficPolicy {
  std::map<std::string, std::string> pods;  // Which it is about; empty: all of the namespace.
  bool ingress = false;                     // Which directions it closes but for its rules.
  bool egress = false;
  std::vector<TrafficRule> ingress_rules;
  std::vector<TrafficRule> egress_rules;
};
Object network_policy(const Place& place, const TrafficPolicy& policy);
// `suspended`: no pods, whatever the quota says.
Object resource_quota(const Place& place, const SandboxQuota& quota, bool suspended);
Object limit_range(const Place& place, const SandboxQuota& quota);
// Never mounts a token.
Object service_account(const Place& place);

// Of a deployment.
// ---------------------------------------------------------------------------------

// On a Deployment where pods keep the user namespace that they have or lack: hash of the rest of
// the pod template that was last applied.
inline constexpr std::string_view kPodsAnnotation = "k8s-scheduler.dev/pods";
struct PodPlan {
  std::map<std::string, std::string> selector;  // A part of the pod's labels; never changes.
  std::map<std::string, std::string> pod_labels;
  std::string service_account;
  std::string secret_name;
  std::int64_t restarts = 0;
  bool user_namespaces = false;
  // The hash of all else of them stands on the Deployment (kPodsAnnotation).
  bool hash_rest = false;
  // The nodes they run on. Absent: any that are not kept for somebody.
  std::optional<NodePool> nodes;
  std::string runtime_class;  // Empty: the nodes' default.
  // Volume name -> claim name.
  std::map<std::string, std::string> claims;
};
// Of an autoscaled service without the number of pods.
Object deployment(const Place& place, const Service& service, const PodPlan& pods);
Object cluster_ip_service(const Place& place, const std::map<std::string, std::string>& selector,
                          int port);
Object ingress(const Place& place, const std::string& host, const std::string& class_name,
               const std::string& service_name, int port);
// `size_bytes` and `class_name` are fixed once a claim is there but for growth; see plan.
Object volume_claim(const Place& place, std::int64_t size_bytes, const std::string& class_name);
// Keeps the number of the pods of the Deployment at `place` by the CPU that they use; the service
// must be autoscaled.
Object autoscaler(const Place& place, const Service& service);
// Nothing of the Deployment but its number of pods.
Object pod_count(const Place& place, std::int64_t replicas);
Object disruption_budget(const Place& place, const std::map<std::string, std::string>& selector);

// Of a custom resource: holds it back, or lets it go. The UID keeps it from making one anew.
Object with_finalizer(const kube::Kind& kind, const ResourceMeta& meta);
Object without_finalizer(const kube::Kind& kind, const ResourceMeta& meta);
Object status_object(const kube::Kind& kind, const ResourceMeta& meta, Json status);

}  // namespace ks::op
