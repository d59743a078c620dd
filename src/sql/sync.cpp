#include "sql/sync.hpp"

#include <algorithm>

#include "domain/sandbox/load.hpp"
#include "sql/driver/sql_tx.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {

// Longer than any row is deferred.
constexpr Duration kPauseMax = minutes(10);

// Of revisions that never got ready Kubernetes takes the pods away first, the oldest before others.
constexpr int kReplacedMax = 5;

Result<Workload> workload_at(const Row& row, int column) {
  KS_TRY(const Json spec, parse_json(row.text(column), {64, std::size_t{8} << 20}));
  return workload_from_json(spec);
}

WantedSandbox sandbox_at(const Row& row) {
  return {row.id<Client>(0),
          row.id<Org>(1),
          row.id<Sandbox>(2),
          row.id<User>(3),
          row.str(4),
          row.str(5),
          row.str(6),
          row.integer(7),
          row.integer(8),
          row.integer(9) != 0,
          egress_from_text(row.text(10))};
}

std::vector<WantedSandbox> sandboxes_at(const std::vector<Row>& rows) {
  std::vector<WantedSandbox> out;
  for (const Row& row : rows) out.push_back(sandbox_at(row));
  return out;
}

Result<WantedDeployment> deployment_at(const Row& row) {
  KS_TRY(Workload workload, workload_at(row, 7));
  const bool parked = row.text(14) == "deleting" || row.text(14) == "purging";
  return WantedDeployment{
      row.id<Client>(0),   row.id<Org>(1), row.id<Deployment>(2), row.id<Team>(3), row.str(4),
      row.str(5),          row.str(6),     std::move(workload),   row.integer(8),  row.integer(9),
      row.integer(10),     row.flag(11),   row.integer(12),       row.str(13),     parked,
      row.integer(15) != 0};
}

Result<std::vector<WantedDeployment>> deployments_at(const std::vector<Row>& rows) {
  std::vector<WantedDeployment> out;
  for (const Row& row : rows) {
    KS_TRY(WantedDeployment d, deployment_at(row));
    out.push_back(std::move(d));
  }
  return out;
}

}  // namespace

Result<std::optional<LeaseGrant>> SqlSyncStore::lease(Tx& tx, const FleetScope& fleet,
                                                      std::string_view name,
                                                      std::string_view holder, Time now,
                                                      Time until) {
  // What nobody who holds it can have written, and nobody waits for: forged, or of before the clock
  // was set back. Twice its life, since the clocks of two holders differ.
  const Time beyond = until + (until - now);
  KS_TRY(const auto row, sql_tx(tx).run(fleet, q::lease_take, name, holder, until, now, beyond));
  if (!row) return std::optional<LeaseGrant>();
  return std::optional(LeaseGrant{row->integer(0)});
}

Result<void> SqlSyncStore::release(Tx& tx, const FleetScope& fleet, std::string_view name,
                                   std::string_view holder) {
  KS_CHECK(sql_tx(tx).run(fleet, q::lease_release, name, holder));
  return {};
}

Result<std::vector<WantedSandbox>> SqlSyncStore::unsynced_sandboxes(Tx& tx, const FleetScope& fleet,
                                                                    Time now, int limit) {
  KS_TRY(const auto rows,
         sql_tx(tx).run(fleet, q::sandboxes_unsynced, now, now + kPauseMax, limit));
  return sandboxes_at(rows);
}

Result<std::vector<WantedSandbox>> SqlSyncStore::all_sandboxes(Tx& tx, const FleetScope& fleet,
                                                               std::string_view after, int limit) {
  KS_TRY(const auto rows, sql_tx(tx).run(fleet, q::sandboxes_all, after, limit));
  return sandboxes_at(rows);
}

Result<std::optional<WantedSandbox>> SqlSyncStore::sandbox(
    Tx& tx, const Permit<Action::sync_status, Org>& permit, const SandboxId& id) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::sandbox_wanted, id));
  if (!row) return std::optional<WantedSandbox>();
  return std::optional(sandbox_at(*row));
}

Result<std::vector<WantedDeployment>> SqlSyncStore::unsynced_deployments(Tx& tx,
                                                                         const FleetScope& fleet,
                                                                         Time now, int limit) {
  KS_TRY(const auto rows,
         sql_tx(tx).run(fleet, q::deployments_unsynced, now, now + kPauseMax, limit));
  return deployments_at(rows);
}

Result<std::vector<WantedDeployment>> SqlSyncStore::untold_deployments(Tx& tx,
                                                                       const FleetScope& fleet,
                                                                       std::string_view reason,
                                                                       int limit) {
  KS_TRY(const auto rows, sql_tx(tx).run(fleet, q::deployments_untold, reason, limit));
  return deployments_at(rows);
}

Result<std::vector<WantedDeployment>> SqlSyncStore::all_deployments(Tx& tx, const FleetScope& fleet,
                                                                    std::string_view after,
                                                                    int limit) {
  KS_TRY(const auto rows, sql_tx(tx).run(fleet, q::deployments_all, after, limit));
  return deployments_at(rows);
}

Result<std::optional<WantedDeployment>> SqlSyncStore::deployment(Tx& tx, const FleetScope& fleet,
                                                                 const DeploymentId& id) {
  KS_TRY(const auto row, sql_tx(tx).run(fleet, q::deployment_wanted, id));
  if (!row) return std::optional<WantedDeployment>();
  KS_TRY(WantedDeployment d, deployment_at(*row));
  return std::optional(std::move(d));
}

Result<std::optional<WantedIsolation>> SqlSyncStore::isolation_around(
    Tx& tx, const Permit<Action::sync_status, Org>& permit, const DeploymentId& id) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::isolation_by_deployment, id));
  if (!row) return std::optional<WantedIsolation>();
  return std::optional(WantedIsolation{row->str(0), egress_from_text(row->text(1))});
}

Result<bool> SqlSyncStore::is_wanted(Tx& tx, const Permit<Action::sync_status, Org>& permit) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::organization_state));
  return row && row->text(0) != "purging" && row->text(0) != "purged";
}

Result<void> SqlSyncStore::each_workload_in(Tx& tx, const Permit<Action::sync_status, Org>& permit,
                                            const SandboxId& sandbox,
                                            const std::function<void(const Workload&)>& visit) {
  constexpr int kPage = 16;
  std::string after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    KS_TRY(const auto rows,
           sql_tx(tx).run(permit, q::workloads_per_sandbox, sandbox, after, kPage));
    for (const Row& row : rows) {
      KS_TRY(Workload workload, workload_at(row, 1));
      KS_TRY(const Json status, parse_json(row.text(3)));
      const std::int64_t revision = row.integer(2);
      const std::int64_t observed = status.integer_or(0, "observed_revision");
      if (observed < revision) {
        KS_TRY(const auto replaced,
               sql_tx(tx).run(permit, q::revisions_replaced, row.id<Deployment>(0), observed,
                              revision, kReplacedMax));
        for (const Row& before : replaced) {
          KS_TRY(const Workload other, workload_at(before, 0));
          workload = covering(std::move(workload), other);
        }
      }
      visit(workload);
    }
    if (rows.size() < kPage) return {};
    after = rows.back().str(0);
  }
}

Result<std::vector<SealedSecret>> SqlSyncStore::secrets_of(
    Tx& tx, const Permit<Action::sync_status, Org>& permit, const DeploymentId& id) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::secrets_per_deployment, id));
  std::vector<SealedSecret> out;
  for (const Row& row : rows) out.push_back({row.str(0), row.str(1)});
  return out;
}

Result<void> SqlSyncStore::sandbox_synced(Tx& tx, const Permit<Action::sync_status, Org>& permit,
                                          const SandboxId& id, std::int64_t generation) {
  KS_CHECK(sql_tx(tx).run(permit, q::sandbox_synced, generation, id));
  return {};
}

Result<void> SqlSyncStore::deployment_synced(Tx& tx, const Permit<Action::sync_status, Org>& permit,
                                             const DeploymentId& id, std::int64_t generation) {
  KS_CHECK(sql_tx(tx).run(permit, q::deployment_synced, generation, id));
  return {};
}

Result<void> SqlSyncStore::defer_sandbox(Tx& tx, const Permit<Action::sync_status, Org>& permit,
                                         const SandboxId& id, std::int64_t generation, Time until,
                                         std::int64_t failures) {
  KS_CHECK(sql_tx(tx).run(permit, q::sandbox_deferred, until, failures, id, generation));
  return {};
}

Result<void> SqlSyncStore::defer_deployment(Tx& tx, const Permit<Action::sync_status, Org>& permit,
                                            const DeploymentId& id, std::int64_t generation,
                                            Time until, std::int64_t failures) {
  KS_CHECK(sql_tx(tx).run(permit, q::deployment_deferred, until, failures, id, generation));
  return {};
}

Result<void> SqlSyncStore::sandbox_lost(Tx& tx, const Permit<Action::sync_status, Org>& permit,
                                        const SandboxId& id) {
  KS_CHECK(sql_tx(tx).run(permit, q::sandbox_lost, id));
  return {};
}

Result<bool> SqlSyncStore::sandbox_strayed(Tx& tx, const Permit<Action::sync_status, Org>& permit,
                                           const SandboxId& id, std::int64_t generation,
                                           Time until) {
  KS_TRY(const auto changed, sql_tx(tx).run(permit, q::sandbox_strayed, until, id, generation));
  return changed > 0;
}

Result<void> SqlSyncStore::deployment_lost(Tx& tx, const Permit<Action::sync_status, Org>& permit,
                                           const DeploymentId& id) {
  KS_CHECK(sql_tx(tx).run(permit, q::deployment_lost, id));
  return {};
}

Result<void> SqlSyncStore::set_sandbox_status(Tx& tx,
                                              const Permit<Action::sync_status, Org>& permit,
                                              const SandboxId& id, bool ready,
                                              std::string_view reason, std::string_view message) {
  SqlTx& sql = sql_tx(tx);
  KS_TRY(const auto changed, sql.run(permit, q::sandbox_set_status, ready, reason, message, id));
  if (changed > 0 && ready) KS_CHECK(sql.run(permit, q::deployments_undeferred, id));
  return {};
}

Result<void> SqlSyncStore::set_sandbox_isolation(Tx& tx,
                                                 const Permit<Action::sync_status, Org>& permit,
                                                 const SandboxId& id,
                                                 const std::optional<IsolationSeen>& seen) {
  const std::string text = seen ? to_json(*seen).dump() : std::string();
  // Without a finding it is one all the same where the network does not do what policies say.
  const auto findings = seen ? std::max(static_cast<std::int64_t>(seen->findings.size()),
                                        std::int64_t{seen->exposed() ? 1 : 0})
                             : 0;
  KS_CHECK(sql_tx(tx).run(permit, q::sandbox_set_isolation, text, findings, id));
  return {};
}

Result<bool> SqlSyncStore::set_status(Tx& tx, const Permit<Action::sync_status, Org>& permit,
                                      const DeploymentId& id, std::int64_t generation, Phase phase,
                                      std::string_view reason, std::string_view message,
                                      const Json& status) {
  SqlTx& sql = sql_tx(tx);
  const std::int64_t observed = status.integer_or(0, "observed_revision");
  // Nothing of a name comes before it in the canonical form.
  const std::string said = "{\"observed_revision\":" + std::to_string(observed) + ",%";
  KS_TRY(const auto sandbox, sql.run(permit, q::sandbox_not_told, id, said));
  KS_TRY(const auto row, sql.run(permit, q::deployment_set_status, name(phase), reason, message,
                                 status.canonical(), id, generation));
  if (!row) return false;
  // The quota had room for what this revision has taken the place of.
  if (sandbox && observed > 1) KS_CHECK(sql.run(permit, q::sandbox_touch, sandbox->id<Sandbox>(0)));
  KS_CHECK(
      journal_.notify(tx, permit, Change{"deployment", id.str(), row->id<Team>(0)}, clock_.now()));
  return true;
}

Result<bool> SqlSyncStore::forget_deployment(Tx& tx, const Permit<Action::sync_status, Org>& permit,
                                             const DeploymentId& id) {
  SqlTx& sql = sql_tx(tx);
  // First, as every change of what an organization uses does, so that no two wait for each other.
  KS_CHECK(sql.run(permit, q::usage_lock));
  KS_TRY(const auto row, sql.run(permit, q::deployment_forget, id));
  if (!row) return false;
  KS_CHECK(sql.run(permit, q::usage_give_back, row->integer(2), row->integer(3), row->integer(4)));
  // The namespace's quota counted it to here.
  KS_CHECK(sql.run(permit, q::sandbox_touch, row->id<Sandbox>(1)));
  const TeamId team = row->id<Team>(0);
  KS_CHECK(sql.run(permit, q::team_forget, team));
  KS_CHECK(journal_.notify(tx, permit, Change{"deployment", id.str(), team}, clock_.now()));
  return true;
}

Result<std::optional<std::string>> SqlSyncStore::fact(Tx& tx, const FleetScope& fleet,
                                                      std::string_view key) {
  KS_TRY(const auto row, sql_tx(tx).run(fleet, q::fact_by_key, key));
  if (!row) return std::optional<std::string>();
  return std::optional(row->str(0));
}

Result<void> SqlSyncStore::set_fact(Tx& tx, const FleetScope& fleet, std::string_view key,
                                    std::string_view value) {
  KS_CHECK(sql_tx(tx).run(fleet, q::fact_set, key, value));
  return {};
}

}  // namespace ks::sql
