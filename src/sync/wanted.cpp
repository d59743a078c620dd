#include "sync/wanted.hpp"

namespace ks::sync {

SandboxQuota quota_of(const SandboxLoad& load, const Entitlements& limits) {
  SandboxQuota quota = room_for(load);
  if (!limits.limit("cpu.max")) quota.cpu_milli.reset();
  if (!limits.limit("memory.max")) quota.memory_bytes.reset();
  if (!limits.limit("storage.max")) quota.storage_bytes.reset();
  if (!limits.limit("deployments.max"))
    for (const auto count :
         {&SandboxQuota::pods, &SandboxQuota::services, &SandboxQuota::ingresses,
          &SandboxQuota::claims, &SandboxQuota::secrets, &SandboxQuota::config_maps})
      (quota.*count).reset();
  return quota;
}

SandboxResource sandbox_resource(const WantedSandbox& row, const SandboxLoad& load,
                                 const Entitlements& limits) {
  SandboxResource out;
  out.meta.name = row.namespace_;
  out.meta.labels = {{std::string(labels::kManagedBy), std::string(labels::kProduct)},
                     {std::string(labels::kClient), row.client.str()},
                     {std::string(labels::kOrg), row.org.str()},
                     {std::string(labels::kUser), row.user.str()}};
  // The database's own id, by which status finds its way back.
  out.meta.annotations = {{"k8s-scheduler.dev/sandbox-id", row.id.str()}};
  out.spec.ns = row.namespace_;
  out.spec.client_id = row.client.str();
  out.spec.org_id = row.org.str();
  out.spec.user_id = row.user.str();
  out.spec.claim = row.claim;
  out.spec.isolation = isolation(row.isolation).value_or(Isolation::dedicated);
  out.spec.smtp_egress = limits.allows("smtp.egress");
  // Whatever the plan is now: a smaller one opens nothing that was closed.
  out.spec.egress = row.egress;
  out.spec.suspended = row.suspended;
  out.spec.quota = quota_of(load, limits);
  return out;
}

std::string host_of(std::string_view stem, const Routing& routing) {
  return std::string(stem) + "." + routing.deployment_domain;
}

std::string secret_name(std::string_view stem, std::int64_t revision) {
  return std::string(stem) + "-" + std::to_string(revision);
}

UserDeploymentResource deployment_resource(const WantedDeployment& row, const Routing& routing,
                                           bool has_secrets) {
  UserDeploymentResource out;
  out.meta.name = row.stem;
  out.meta.ns = row.namespace_;
  out.meta.labels = {{std::string(labels::kManagedBy), std::string(labels::kProduct)},
                     {std::string(labels::kClient), row.client.str()},
                     {std::string(labels::kOrg), row.org.str()},
                     {std::string(labels::kTeam), row.team.str()},
                     {std::string(labels::kDeployment), row.stem}};
  out.spec.stem = row.stem;
  out.spec.name = row.name;
  out.spec.deployment_id = row.id.str();
  out.spec.team_id = row.team.str();
  out.spec.org_id = row.org.str();
  out.spec.revision = row.revision;
  out.spec.restarts = row.restarts;
  out.spec.workload = row.workload;
  out.spec.suspended = row.suspended;
  const bool exposed =
      row.workload.exposure == Exposure::public_ && !row.workload.ingress_service.empty();
  if (exposed) out.spec.host = host_of(row.stem, routing);
  if (has_secrets) out.spec.secret_name = secret_name(row.stem, row.revision);
  return out;
}

}  // namespace ks::sync
