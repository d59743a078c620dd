#include "operator/probe/objects.hpp"

#include <fmt/format.h>

#include "domain/resources.hpp"
#include "operator/plan/builder.hpp"
#include "operator/plan/sandbox.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

// In place of ids: no tenant's is like it, so no tenant's policy means these pods.
constexpr const char* kNobody = "network-probe";
// Any but 0; images that are made for it have no user of their own.
constexpr std::int64_t kUser = 65532;
// Pods of one round, and those of the round before that are still ending.
constexpr std::int64_t kPodsMax = 8;
// Enough to answer many strangers at once, where no policy keeps them away.
constexpr std::int64_t kCpuMilli = 500;
constexpr std::int64_t kMemoryBytes = std::int64_t{64} << 20;
// Who is left behind by an operator that ended takes nothing for longer than this.
constexpr std::int64_t kLifeSeconds = 900;

using Labels = std::map<std::string, std::string>;

SandboxResource probe_sandbox(const OperatorConfig& config) {
  SandboxResource out;
  out.spec.ns = out.meta.name = probe_namespace_name(config.system_namespace);
  out.spec.client_id = out.spec.org_id = out.spec.user_id = out.spec.claim = kNobody;
  // The profile by which pods of one team reach each other, and no others.
  out.spec.isolation = Isolation::namespace_;
  SandboxQuota& quota = out.spec.quota;
  quota.pods = kPodsMax;
  quota.cpu_milli = kPodsMax * kCpuMilli;
  quota.memory_bytes = kPodsMax * kMemoryBytes;
  quota.storage_bytes = quota.services = quota.ingresses = quota.claims = quota.secrets =
      quota.config_maps = 0;
  return out;
}

Labels labels_of(const SandboxSpec& spec) {
  return {{std::string(labels::kManagedBy), std::string(labels::kProduct)},
          {std::string(labels::kPartOf), std::string(labels::kProduct)},
          {std::string(labels::kClient), spec.client_id},
          {std::string(labels::kOrg), spec.org_id},
          {std::string(labels::kUser), spec.user_id}};
}

Labels pods_of(ProbeRole role) { return {{std::string(labels::kProbe), std::string(name(role))}}; }

// What is the other side of `role` in the pods' own namespace.
TrafficRule towards(const SandboxSpec& spec, ProbeRole role) {
  const Labels ns = {{std::string(labels::kManagedBy), std::string(labels::kProduct)},
                     {std::string(labels::kClient), spec.client_id},
                     {std::string(labels::kOrg), spec.org_id}};
  return {{{ns, pods_of(role), {}, {}}}, {{"TCP", kProbePort, kProbePort}}};
}

// The pods of one role, as a selector within their namespace.
Json role_selector(ProbeRole role) {
  return Json::object({{"matchLabels", Builder::texts(pods_of(role))}});
}

Json resources() {
  const Json amounts = Json::object({{"cpu", fmt::format("{}m", kCpuMilli)},
                                     {"memory", fmt::format("{}Mi", kMemoryBytes >> 20)},
                                     {"ephemeral-storage", "16Mi"}});
  Json least = amounts;
  least.set("cpu", "10m");
  return Json::object({{"requests", std::move(least)}, {"limits", amounts}});
}

Json container(const OperatorConfig& config, Json args) {
  return Json::object(
      {{"name", "probe"},
       {"image", config.probe_image},
       {"imagePullPolicy", "IfNotPresent"},
       {"args", std::move(args)},
       {"resources", resources()},
       {"securityContext",
        Json::object({{"allowPrivilegeEscalation", false},
                      {"readOnlyRootFilesystem", true},
                      {"capabilities", Json::object({{"drop", Json::array({Json("ALL")})}})}})}});
}

Object pod(const OperatorConfig& config, ProbeRole role, const std::string& round, Json container,
           Json affinity) {
  Labels own = pods_of(role);
  own.emplace(labels::kPartOf, labels::kProduct);
  own.emplace(labels::kProbeRound, round);
  // A team, as a tenant's pods have one: its pods reach each other.
  if (role == ProbeRole::connector || role == ProbeRole::open) own.emplace(labels::kTeam, kNobody);
  Json spec = Json::object(
      {{"serviceAccountName", "default"},
       {"automountServiceAccountToken", false},
       {"enableServiceLinks", false},
       {"restartPolicy", "Never"},
       {"activeDeadlineSeconds", kLifeSeconds},
       {"terminationGracePeriodSeconds", 1},
       {"securityContext",
        Json::object({{"runAsNonRoot", true},
                      {"runAsUser", kUser},
                      {"runAsGroup", kUser},
                      {"seccompProfile", Json::object({{"type", "RuntimeDefault"}})}})},
       {"containers", Json::array({std::move(container)})}});
  if (!affinity.is_null()) spec.set("affinity", std::move(affinity));
  return Builder::make(kinds::kPod,
                       Builder::metadata({probe_namespace_name(config.system_namespace),
                                          fmt::format("{}-{}", name(role), round), own}),
                       Json::object({{"spec", std::move(spec)}}));
}

}  // namespace

std::string probe_namespace_name(const std::string& system_namespace) {
  return system_namespace + "-probe";
}

Object probe_namespace(const OperatorConfig& config) {
  return namespace_object(probe_sandbox(config).spec, config.pod_security_version, {});
}

bool is_probe_namespace(const Json& ns) {
  SandboxSpec spec;
  spec.claim = kNobody;
  return owns_namespace(spec, ns);
}

std::vector<Object> probe_objects(const OperatorConfig& config) {
  const SandboxResource sandbox = probe_sandbox(config);
  const SandboxSpec& spec = sandbox.spec;
  // Its team has the policy that lets a tenant's pods reach each other.
  UserDeploymentResource team;
  team.spec.org_id = spec.org_id;
  team.spec.team_id = kNobody;
  std::vector<Object> out = sandbox_objects(sandbox, {team}, config);
  TrafficPolicy exit;
  exit.pods = pods_of(ProbeRole::connector);
  exit.egress = true;
  exit.egress_rules = {towards(spec, ProbeRole::no_entry)};
  out.push_back(network_policy({spec.ns, "probe-exit-to-no-entry", labels_of(spec)}, exit));
  TrafficPolicy entry;
  entry.pods = pods_of(ProbeRole::no_exit);
  entry.ingress = true;
  entry.ingress_rules = {towards(spec, ProbeRole::connector)};
  out.push_back(network_policy({spec.ns, "probe-entry-to-no-exit", labels_of(spec)}, entry));
  return out;
}

Object probe_listener(const OperatorConfig& config, ProbeRole role, const std::string& round) {
  KS_ASSERT_MSG(role != ProbeRole::connector, "the connector does not listen");
  Json one =
      container(config, Json::array({Json("probe"), Json("listen"), Json("--round"), Json(round),
                                     Json("--port"), Json(std::to_string(kProbePort))}));
  one.set("ports",
          Json::array({Json::object({{"containerPort", kProbePort}, {"protocol", "TCP"}})}));
  // From its node, which policies let through always: so that one who does not answer the connector
  // is known to listen. One failure counts: a listener that strangers keep busy would look like one
  // that is closed.
  one.set("readinessProbe", Json::object({{"tcpSocket", Json::object({{"port", kProbePort}})},
                                          {"periodSeconds", 1},
                                          {"timeoutSeconds", 1},
                                          {"failureThreshold", 1}}));
  Json affinity;
  if (role != ProbeRole::open)
    affinity = Json::object(
        {{"podAffinity",
          Json::object({{"requiredDuringSchedulingIgnoredDuringExecution",
                         Json::array({Json::object(
                             {{"topologyKey", "kubernetes.io/hostname"},
                              {"labelSelector",
                               role_selector(ProbeRole::open)
                                   .set("matchExpressions",
                                        Json::array({Json::object(
                                            {{"key", labels::kProbeRound},
                                             {"operator", "In"},
                                             {"values", Json::array({Json(round)})}})}))}})})}})}});
  return pod(config, role, round, std::move(one), std::move(affinity));
}

Object probe_connector(const OperatorConfig& config, const std::string& round,
                       const std::map<ProbeRole, std::string>& addresses) {
  Json args = Json::array({Json("probe"), Json("connect"), Json("--round"), Json(round),
                           Json("--port"), Json(std::to_string(kProbePort))});
  for (const ProbeRole role : kProbeListeners)
    args.push(fmt::format("--{}={}", name(role), addresses.at(role)));
  return pod(config, ProbeRole::connector, round, container(config, std::move(args)), {});
}

}  // namespace ks::op
