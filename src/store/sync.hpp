#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "authz/permit.hpp"
#include "domain/deployment/workload.hpp"
#include "domain/phase.hpp"
#include "domain/sandbox/egress.hpp"
#include "domain/sandbox/isolation_seen.hpp"
#include "store/deployments.hpp"
#include "store/transaction.hpp"

namespace ks {

// A sandbox as the cluster should have it.
struct WantedSandbox {
  ClientId client;
  OrgId org;
  SandboxId id;
  UserId user;
  std::string namespace_;
  std::string claim;
  std::string isolation;
  std::int64_t generation = 0;
  std::int64_t failures = 0;              // Tries in a row that the cluster did not take.
  bool suspended = false;                 // Its organization is: nobody makes a pod in it.
  std::optional<EgressList> egress = {};  // Its organization's.
};

// A deployment as the cluster should have it.
struct WantedDeployment {
  ClientId client;
  OrgId org;
  DeploymentId id;
  TeamId team;
  std::string name;
  std::string stem;
  std::string namespace_;
  Workload workload;
  std::int64_t revision = 0;
  std::int64_t restarts = 0;
  std::int64_t generation = 0;
  bool deleting = false;
  std::int64_t failures = 0;  // As a sandbox's.
  std::string claim;          // Of its namespace.
  // Its organization is being deleted: it leaves the cluster, its volumes and its row stay.
  bool parked = false;
  // Its organization is suspended: it stays in the cluster, without pods.
  bool suspended = false;
};

// What a sandbox is to keep apart now.
struct WantedIsolation {
  std::string isolation;
  std::optional<EgressList> egress;
};

struct LeaseGrant {
  std::int64_t fence = 0;
};

// The work of the process that holds the sync lease: all tenants' wanted state, and the only way in
// which cluster status reaches the database.
class SyncStore {
 public:
  virtual ~SyncStore() = default;

  // Takes or renews a lease until `until`; nullopt when another holder has it at `now`. All who
  // want one ask for the same time, and one that ends later than twice that has ended.
  virtual Result<std::optional<LeaseGrant>> lease(Tx&, const FleetScope&, std::string_view name,
                                                  std::string_view holder, Time now,
                                                  Time until) = 0;
  virtual Result<void> release(Tx&, const FleetScope&, std::string_view name,
                               std::string_view holder) = 0;

  // What was changed and not handed to the cluster yet and is not to wait longer than `now`, at
  // most `limit`: one row of each organization, then a second of each. With `after` (an id) all of
  // it, in pages, whether handed over or not.
  virtual Result<std::vector<WantedSandbox>> unsynced_sandboxes(Tx&, const FleetScope&, Time now,
                                                                int limit) = 0;
  virtual Result<std::vector<WantedSandbox>> all_sandboxes(Tx&, const FleetScope&,
                                                           std::string_view after, int limit) = 0;
  // Nothing where it is gone or its organization is being purged.
  virtual Result<std::optional<WantedSandbox>> sandbox(Tx&, const Permit<Action::sync_status, Org>&,
                                                       const SandboxId&) = 0;
  virtual Result<std::vector<WantedDeployment>> unsynced_deployments(Tx&, const FleetScope&,
                                                                     Time now, int limit) = 0;
  // What the cluster never had, and whose reason is another than `reason`.
  virtual Result<std::vector<WantedDeployment>> untold_deployments(Tx&, const FleetScope&,
                                                                   std::string_view reason,
                                                                   int limit) = 0;
  virtual Result<std::vector<WantedDeployment>> all_deployments(Tx&, const FleetScope&,
                                                                std::string_view after,
                                                                int limit) = 0;
  virtual Result<std::optional<WantedDeployment>> deployment(Tx&, const FleetScope&,
                                                             const DeploymentId&) = 0;
  // Of the sandbox that the deployment is in; nothing once it is gone.
  virtual Result<std::optional<WantedIsolation>> isolation_around(
      Tx&, const Permit<Action::sync_status, Org>&, const DeploymentId&) = 0;
  // False once the organization is being purged: nothing of it is wanted any more.
  virtual Result<bool> is_wanted(Tx&, const Permit<Action::sync_status, Org>&) = 0;
  // Calls `visit` with each workload of a sandbox, what is being deleted included, and with what it
  // takes the place of as long as that is not rolled out. One may have half a megabyte and no plan
  // bounds how many are being deleted, so a few are held at a time.
  virtual Result<void> each_workload_in(Tx&, const Permit<Action::sync_status, Org>&,
                                        const SandboxId&,
                                        const std::function<void(const Workload&)>& visit) = 0;
  virtual Result<std::vector<SealedSecret>> secrets_of(Tx&, const Permit<Action::sync_status, Org>&,
                                                       const DeploymentId&) = 0;

  virtual Result<void> sandbox_synced(Tx&, const Permit<Action::sync_status, Org>&,
                                      const SandboxId&, std::int64_t generation) = 0;
  virtual Result<void> deployment_synced(Tx&, const Permit<Action::sync_status, Org>&,
                                         const DeploymentId&, std::int64_t generation) = 0;
  // The cluster did not take this generation, `failures` times in a row: not again before `until`.
  virtual Result<void> defer_sandbox(Tx&, const Permit<Action::sync_status, Org>&, const SandboxId&,
                                     std::int64_t generation, Time until,
                                     std::int64_t failures) = 0;
  virtual Result<void> defer_deployment(Tx&, const Permit<Action::sync_status, Org>&,
                                        const DeploymentId&, std::int64_t generation, Time until,
                                        std::int64_t failures) = 0;
  // The cluster no longer has what was handed over: it is unsynced again.
  virtual Result<void> sandbox_lost(Tx&, const Permit<Action::sync_status, Org>&,
                                    const SandboxId&) = 0;
  // The cluster has another spec than this generation, which was handed over: unsynced again, and
  // not tried before `until`. False, with nothing changed, when something newer is wanted or is on
  // its way already.
  virtual Result<bool> sandbox_strayed(Tx&, const Permit<Action::sync_status, Org>&,
                                       const SandboxId&, std::int64_t generation, Time until) = 0;
  virtual Result<void> deployment_lost(Tx&, const Permit<Action::sync_status, Org>&,
                                       const DeploymentId&) = 0;
  // Once it is ready, its deployments that were deferred are due.
  virtual Result<void> set_sandbox_status(Tx&, const Permit<Action::sync_status, Org>&,
                                          const SandboxId&, bool ready, std::string_view reason,
                                          std::string_view message) = 0;
  // What the last look at the cluster saw of it; nothing when none did.
  virtual Result<void> set_sandbox_isolation(Tx&, const Permit<Action::sync_status, Org>&,
                                             const SandboxId&,
                                             const std::optional<IsolationSeen>&) = 0;
  // What is known of this generation. False when nothing changed, or a newer generation is wanted.
  virtual Result<bool> set_status(Tx&, const Permit<Action::sync_status, Org>&, const DeploymentId&,
                                  std::int64_t generation, Phase, std::string_view reason,
                                  std::string_view message, const Json& status) = 0;
  // The cluster has nothing left of it: the row goes, and its amounts go back to the ledger. False,
  // with nothing given back, when the row is gone already or is not being deleted.
  virtual Result<bool> forget_deployment(Tx&, const Permit<Action::sync_status, Org>&,
                                         const DeploymentId&) = 0;

  // Facts about the installation.
  virtual Result<std::optional<std::string>> fact(Tx&, const FleetScope&, std::string_view key) = 0;
  virtual Result<void> set_fact(Tx&, const FleetScope&, std::string_view key,
                                std::string_view value) = 0;
};

}  // namespace ks
