#pragma once

#include "store/deployments.hpp"
#include "store/idempotency.hpp"

namespace ks::sql {

class SqlDeploymentStore final : public DeploymentStore {
 public:
  Result<void> create(Tx&, const Permit<Action::deployments_create, Team>&, const NewDeployment&,
                      const std::vector<SealedSecret>&) override;
  Result<std::int64_t> count(Tx&, const Permit<Action::deployments_create, Team>&) override;
  Result<std::optional<DeploymentRow>> find(Tx&, const Permit<Action::deployments_read, Team>&,
                                            std::string_view id_or_name) override;
  Result<std::optional<DeploymentStamp>> find_stamp(Tx&,
                                                    const Permit<Action::deployments_read, Team>&,
                                                    std::string_view id_or_name) override;
  Result<Page<ListedDeployment>> list(Tx&, const Permit<Action::deployments_read, Team>&,
                                      std::string_view name_prefix, const PageRequest&) override;
  Result<std::optional<Time>> count_revision(Tx&, const Permit<Action::deployments_update, Team>&,
                                             Time now) override;
  Result<bool> revise(Tx&, const Permit<Action::deployments_update, Team>&, const DeploymentId&,
                      std::int64_t version, const Workload&, const UserId& by, Time now) override;
  Result<bool> restart(Tx&, const Permit<Action::deployments_restart, Team>&, const DeploymentId&,
                       Time now) override;
  Result<bool> begin_delete(Tx&, const Permit<Action::deployments_delete, Team>&,
                            const DeploymentId&, Time now) override;
  Result<Held> held(Tx&, const Permit<Action::org_delete, Org>&) override;
  Result<void> want_anew(Tx&, const Permit<Action::org_delete, Org>&) override;
  Result<void> want_anew(Tx&, const Permit<Action::orgs_suspend, Org>&) override;
  Result<int> most_replicas(Tx&, const Permit<Action::org_read, Org>&) override;
  Result<Grown> grown_over(Tx&, const Permit<Action::orgs_set_plan, Org>&,
                           std::int64_t limit) override;
};

class SqlSandboxStore final : public SandboxStore {
 public:
  Result<std::optional<SandboxRow>> find(Tx&, const Permit<Action::deployments_create, Team>&,
                                         const UserId&, const std::optional<TeamId>&) override;
  Result<bool> create(Tx&, const Permit<Action::deployments_create, Team>&,
                      const NewSandbox&) override;
  Result<void> touch_all(Tx&, const AnyPermit&, Isolation) override;
  Result<void> want_anew(Tx&, const AnyPermit&) override;
  Result<std::optional<std::string>> wrapped_key(Tx&, const AnyPermit&) override;
  Result<void> store_key(Tx&, const AnyPermit&, std::string_view wrapped, Time now) override;
};

class SqlIdempotencyStore final : public IdempotencyStore {
 public:
  Result<bool> reserve(Tx&, const PersonScope&, std::string_view key_hash,
                       std::string_view request_mac, Time not_before, Time now) override;
  Result<std::optional<StoredAnswer>> find(Tx&, const PersonScope&, std::string_view key_hash,
                                           Time not_before) override;
  Result<void> store(Tx&, const PersonScope&, std::string_view key_hash, const StoredAnswer&,
                     Time now) override;
  Result<std::int64_t> forget_older(Tx&, const FleetScope&, Time than, int limit) override;
};

}  // namespace ks::sql
