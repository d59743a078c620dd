#include <algorithm>

#include "domain/deployment/quantity.hpp"
#include "operator/plan/builder.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

std::string_view Object::hash() const {
  return tree_.at("metadata", "annotations").text(annotations::kWanted);
}

Object namespace_object(const SandboxSpec& spec, std::string_view pod_security_version,
                        std::string_view closed) {
  Json names = Json::object();
  names.set(labels::kManagedBy, labels::kProduct)
      .set(labels::kPartOf, labels::kProduct)
      .set(labels::kClient, spec.client_id)
      .set(labels::kOrg, spec.org_id)
      .set(labels::kUser, spec.user_id)
      .set(labels::kIsolation, name(spec.isolation));
  for (const std::string mode : {"enforce", "audit", "warn"}) {
    names.set("pod-security.kubernetes.io/" + mode, "restricted");
    names.set("pod-security.kubernetes.io/" + mode + "-version", pod_security_version);
  }
  Json notes = Json::object();
  notes.set(annotations::kClaim, spec.claim);
  if (!closed.empty()) notes.set(annotations::kClosed, closed);
  return Builder::make(
      kinds::kNamespace,
      Json::object(
          {{"name", spec.ns}, {"labels", std::move(names)}, {"annotations", std::move(notes)}}),
      Json::object());
}

namespace {

Json labels_selector(const std::map<std::string, std::string>& wanted) {
  Json out = Json::object();
  if (!wanted.empty()) out.set("matchLabels", Builder::texts(wanted));
  return out;
}

Json peer(const TrafficPeer& p) {
  if (!p.cidr.empty()) {
    Json block = Json::object({{"cidr", p.cidr}});
    for (const std::string& hole : p.except) block["except"].push(hole);
    return Json::object({{"ipBlock", std::move(block)}});
  }
  // A namespace selector always: without one a peer is the pods of this namespace, and an empty one
  // is every namespace there is.
  KS_ASSERT_MSG(!p.namespace_labels.empty(), "a peer needs labels of its namespace");
  Json out = Json::object({{"namespaceSelector", labels_selector(p.namespace_labels)}});
  if (!p.pod_labels.empty()) out.set("podSelector", labels_selector(p.pod_labels));
  return out;
}

Json rules(const std::vector<TrafficRule>& list, const char* direction) {
  Json out = Json::array();
  for (const TrafficRule& r : list) {
    KS_ASSERT_MSG(!r.peers.empty(), "a rule without peers opens everything");
    Json one = Json::object();
    for (const TrafficPeer& p : r.peers) one[direction].push(peer(p));
    for (const PortRange& range : r.ports) {
      Json port = Json::object({{"protocol", range.protocol}, {"port", range.first}});
      if (range.last != range.first) port.set("endPort", range.last);
      one["ports"].push(std::move(port));
    }
    out.push(std::move(one));
  }
  return out;
}

}  // namespace

Object network_policy(const Place& place, const TrafficPolicy& policy) {
  Json types = Json::array();
  if (policy.ingress) types.push("Ingress");
  if (policy.egress) types.push("Egress");
  Json spec = Json::object(
      {{"podSelector", labels_selector(policy.pods)}, {"policyTypes", std::move(types)}});
  // Said also when empty: a rule that somebody adds is then ours to take away.
  spec.set("ingress", rules(policy.ingress_rules, "from"));
  spec.set("egress", rules(policy.egress_rules, "to"));
  return Builder::make(kinds::kNetworkPolicy, Builder::metadata(place),
                       Json::object({{"spec", std::move(spec)}}));
}

Object resource_quota(const Place& place, const SandboxQuota& quota, bool suspended) {
  // What no deployment of ours has is closed whatever the plan says.
  Json hard = Json::object({{"services.nodeports", "0"},
                            {"services.loadbalancers", "0"},
                            {"count/jobs.batch", "0"},
                            {"count/cronjobs.batch", "0"}});
  const auto count = [&](const char* key, const std::optional<std::int64_t>& value) {
    if (value) hard.set(key, std::to_string(*value));
  };
  if (quota.cpu_milli) hard.set("limits.cpu", format_cpu_milli(*quota.cpu_milli));
  if (quota.memory_bytes) hard.set("limits.memory", format_bytes(*quota.memory_bytes));
  if (quota.storage_bytes) hard.set("requests.storage", format_bytes(*quota.storage_bytes));
  count("pods", quota.pods);
  count("services", quota.services);
  count("count/deployments.apps", quota.services);
  count("count/ingresses.networking.k8s.io", quota.ingresses);
  count("persistentvolumeclaims", quota.claims);
  count("secrets", quota.secrets);
  // kube-root-ca.crt is Kubernetes' own.
  if (quota.config_maps) count("configmaps", *quota.config_maps + 1);
  // Those that are there are ended by whoever scales them down; this lets no other begin.
  if (suspended) count("pods", 0);
  return Builder::make(kinds::kResourceQuota, Builder::metadata(place),
                       Json::object({{"spec", Json::object({{"hard", std::move(hard)}})}}));
}

Object limit_range(const Place& place, const SandboxQuota& quota) {
  std::int64_t cpu = kCpuMilliDefault, memory = kMemoryBytesDefault;
  Json max = Json::object();
  // A maximum below the least that anything can use would refuse every pod, with a message that
  // hides the real reason; the quota says it better.
  if (quota.cpu_milli && *quota.cpu_milli > 0) {
    max.set("cpu", format_cpu_milli(*quota.cpu_milli));
    cpu = std::min(cpu, *quota.cpu_milli);
  }
  if (quota.memory_bytes && *quota.memory_bytes >= (1 << 20)) {
    max.set("memory", format_bytes(*quota.memory_bytes));
    memory = std::min(memory, *quota.memory_bytes);
  }
  const auto amounts = [](std::int64_t cpu_milli, std::int64_t memory_bytes) {
    return Json::object({{"cpu", format_cpu_milli(std::max<std::int64_t>(1, cpu_milli))},
                         {"memory", format_bytes(std::max<std::int64_t>(1 << 20, memory_bytes))}});
  };
  Json container = Json::object({{"type", "Container"},
                                 {"default", amounts(cpu, memory)},
                                 {"defaultRequest", amounts(cpu / 5, memory / 2)},
                                 {"min", amounts(1, 1 << 20)}});
  if (!max.members().empty()) container.set("max", std::move(max));
  Json claim = Json::object(
      {{"type", "PersistentVolumeClaim"}, {"min", Json::object({{"storage", "1Mi"}})}});
  if (quota.storage_bytes && *quota.storage_bytes >= (1 << 20))
    claim.set("max", Json::object({{"storage", format_bytes(*quota.storage_bytes)}}));
  return Builder::make(
      kinds::kLimitRange, Builder::metadata(place),
      Json::object(
          {{"spec",
            Json::object({{"limits", Json::array({std::move(container), std::move(claim)})}})}}));
}

Object service_account(const Place& place) {
  return Builder::make(kinds::kServiceAccount, Builder::metadata(place),
                       Json::object({{"automountServiceAccountToken", false}}));
}

namespace {
Json own_metadata(const ResourceMeta& meta) {
  Json out = Json::object({{"name", meta.name}});
  if (!meta.ns.empty()) out.set("namespace", meta.ns);
  return out;
}
}  // namespace

Object with_finalizer(const kube::Kind& kind, const ResourceMeta& meta) {
  return Builder::plain(kind, own_metadata(meta).set("finalizers", Json::array({Json(kFinalizer)})),
                        Json::object());
}

Object without_finalizer(const kube::Kind& kind, const ResourceMeta& meta) {
  return Builder::plain(kind, own_metadata(meta), Json::object());
}

Object status_object(const kube::Kind& kind, const ResourceMeta& meta, Json status) {
  return Builder::plain(kind, own_metadata(meta), Json::object({{"status", std::move(status)}}));
}

}  // namespace ks::op
