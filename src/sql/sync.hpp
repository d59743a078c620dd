#pragma once

#include "store/journal.hpp"
#include "store/sync.hpp"

namespace ks::sql {

class SqlSyncStore final : public SyncStore {
 public:
  // Status changes are announced through `journal`, in their own transaction.
  SqlSyncStore(Journal& journal, const Clock& clock) : journal_(journal), clock_(clock) {}

  Result<std::optional<LeaseGrant>> lease(Tx&, const FleetScope&, std::string_view name,
                                          std::string_view holder, Time now, Time until) override;
  Result<void> release(Tx&, const FleetScope&, std::string_view name,
                       std::string_view holder) override;
  Result<std::vector<WantedSandbox>> unsynced_sandboxes(Tx&, const FleetScope&, Time now,
                                                        int limit) override;
  Result<std::vector<WantedSandbox>> all_sandboxes(Tx&, const FleetScope&, std::string_view after,
                                                   int limit) override;
  Result<std::optional<WantedSandbox>> sandbox(Tx&, const Permit<Action::sync_status, Org>&,
                                               const SandboxId&) override;
  Result<std::vector<WantedDeployment>> unsynced_deployments(Tx&, const FleetScope&, Time now,
                                                             int limit) override;
  Result<std::vector<WantedDeployment>> untold_deployments(Tx&, const FleetScope&,
                                                           std::string_view reason,
                                                           int limit) override;
  Result<std::vector<WantedDeployment>> all_deployments(Tx&, const FleetScope&,
                                                        std::string_view after, int limit) override;
  Result<std::optional<WantedDeployment>> deployment(Tx&, const FleetScope&,
                                                     const DeploymentId&) override;
  Result<std::optional<WantedIsolation>> isolation_around(Tx&,
                                                          const Permit<Action::sync_status, Org>&,
                                                          const DeploymentId&) override;
  Result<bool> is_wanted(Tx&, const Permit<Action::sync_status, Org>&) override;
  Result<void> each_workload_in(Tx&, const Permit<Action::sync_status, Org>&, const SandboxId&,
                                const std::function<void(const Workload&)>& visit) override;
  Result<std::vector<SealedSecret>> secrets_of(Tx&, const Permit<Action::sync_status, Org>&,
                                               const DeploymentId&) override;
  Result<void> sandbox_synced(Tx&, const Permit<Action::sync_status, Org>&, const SandboxId&,
                              std::int64_t generation) override;
  Result<void> deployment_synced(Tx&, const Permit<Action::sync_status, Org>&, const DeploymentId&,
                                 std::int64_t generation) override;
  Result<void> defer_sandbox(Tx&, const Permit<Action::sync_status, Org>&, const SandboxId&,
                             std::int64_t generation, Time until, std::int64_t failures) override;
  Result<void> defer_deployment(Tx&, const Permit<Action::sync_status, Org>&, const DeploymentId&,
                                std::int64_t generation, Time until,
                                std::int64_t failures) override;
  Result<void> sandbox_lost(Tx&, const Permit<Action::sync_status, Org>&,
                            const SandboxId&) override;
  Result<bool> sandbox_strayed(Tx&, const Permit<Action::sync_status, Org>&, const SandboxId&,
                               std::int64_t generation, Time until) override;
  Result<void> deployment_lost(Tx&, const Permit<Action::sync_status, Org>&,
                               const DeploymentId&) override;
  Result<void> set_sandbox_status(Tx&, const Permit<Action::sync_status, Org>&, const SandboxId&,
                                  bool ready, std::string_view reason,
                                  std::string_view message) override;
  Result<void> set_sandbox_isolation(Tx&, const Permit<Action::sync_status, Org>&, const SandboxId&,
                                     const std::optional<IsolationSeen>&) override;
  Result<bool> set_status(Tx&, const Permit<Action::sync_status, Org>&, const DeploymentId&,
                          std::int64_t generation, Phase, std::string_view reason,
                          std::string_view message, const Json& status) override;
  Result<bool> forget_deployment(Tx&, const Permit<Action::sync_status, Org>&,
                                 const DeploymentId&) override;
  Result<std::optional<std::string>> fact(Tx&, const FleetScope&, std::string_view key) override;
  Result<void> set_fact(Tx&, const FleetScope&, std::string_view key,
                        std::string_view value) override;

 private:
  Journal& journal_;
  const Clock& clock_;
};

}  // namespace ks::sql
