#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "authz/permit.hpp"
#include "domain/deployment/workload.hpp"
#include "domain/phase.hpp"
#include "domain/plan.hpp"
#include "store/page.hpp"
#include "store/transaction.hpp"

namespace ks {

struct DeploymentRow {
  DeploymentId id;
  TeamId team;
  std::string name;
  std::string stem;
  std::string template_name;  // Empty when made from an image.
  Workload workload;
  std::int64_t revision = 1;
  std::int64_t version = 1;
  std::string namespace_;
  Phase phase = Phase::pending;
  std::string reason;
  std::string message;
  Json status;  // {"services": {name: {"ready", "replicas", ...}}}
  bool deleting = false;
  Amount amount;
  UserId created_by;
  std::string created_by_name;  // "" when that person is not in the organization.
  Time created_at;
  Time updated_at;
};

// What tells one state of a deployment from every other: the version covers what is wanted, the
// rest is what changes without it. Texts are as stored. Two rows of one id with equal stamps are
// equal in everything that DeploymentRow shows.
struct DeploymentStamp {
  DeploymentId id;
  TeamId team;
  std::int64_t version = 1;
  std::string phase;
  std::string reason;
  std::string message;
  std::string status;
  std::string created_by_name;
  friend bool operator==(const DeploymentStamp&, const DeploymentStamp&) = default;
};
inline DeploymentStamp stamp_of(const DeploymentRow& row) {
  return {row.id,
          row.team,
          row.version,
          std::string(name(row.phase)),
          row.reason,
          row.message,
          row.status.canonical(),
          row.created_by_name};
}

// An item of a list. `row` reads the rest out of what the list has fetched, when it is wanted; it
// may outlive the transaction.
struct ListedDeployment {
  DeploymentStamp stamp;
  std::function<Result<DeploymentRow>()> row;
};

struct NewDeployment {
  DeploymentId id;
  SandboxId sandbox;
  std::string name;
  std::string stem;
  std::string template_name;
  Workload workload;
  UserId created_by;
  Time now;
};

// A secret value of a deployment, sealed; see secrets/.
struct SealedSecret {
  std::string name;
  std::string sealed;
};

// Of each deployment's revisions the newest stay, and the one that runs.
inline constexpr std::int64_t kRevisionsKept = 50;

// So many are named of those that are told in a few words.
inline constexpr std::size_t kGrownNamed = 3;

class DeploymentStore {
 public:
  virtual ~DeploymentStore() = default;
  // `conflict` "deployments_name_taken"; not_found when the team was deleted meanwhile.
  virtual Result<void> create(Tx&, const Permit<Action::deployments_create, Team>&,
                              const NewDeployment&, const std::vector<SealedSecret>&) = 0;
  // How many the organization has, with those that are being deleted.
  virtual Result<std::int64_t> count(Tx&, const Permit<Action::deployments_create, Team>&) = 0;
  // By id, or by name among those that are not being deleted; of the permit's team only.
  virtual Result<std::optional<DeploymentRow>> find(Tx&,
                                                    const Permit<Action::deployments_read, Team>&,
                                                    std::string_view id_or_name) = 0;
  // The stamp of what find() would find; a smaller statement.
  virtual Result<std::optional<DeploymentStamp>> find_stamp(
      Tx&, const Permit<Action::deployments_read, Team>&, std::string_view id_or_name) = 0;
  // By name; `name_prefix` narrows.
  virtual Result<Page<ListedDeployment>> list(Tx&, const Permit<Action::deployments_read, Team>&,
                                              std::string_view name_prefix, const PageRequest&) = 0;
  // Counts one more revision of the organization; when it may come again where these are too many.
  virtual Result<std::optional<Time>> count_revision(
      Tx&, const Permit<Action::deployments_update, Team>&, Time now) = 0;
  // A new revision with `workload` when the version is still `version`; false when it is not or the
  // deployment is being deleted. Removes what is older than kRevisionsKept.
  virtual Result<bool> revise(Tx&, const Permit<Action::deployments_update, Team>&,
                              const DeploymentId&, std::int64_t version, const Workload&,
                              const UserId& by, Time now) = 0;
  // Rolls the pods without a new revision. False when it is being deleted.
  virtual Result<bool> restart(Tx&, const Permit<Action::deployments_restart, Team>&,
                               const DeploymentId&, Time now) = 0;
  // Gives the name back and hands the rest to the cluster. False when it is being deleted already.
  virtual Result<bool> begin_delete(Tx&, const Permit<Action::deployments_delete, Team>&,
                                    const DeploymentId&, Time now) = 0;

  // Those of the whole organization that are not being deleted: how many, and what runs of them
  // (processor and memory, no storage).
  struct Held {
    std::int64_t count = 0;
    Amount running;
  };
  virtual Result<Held> held(Tx&, const Permit<Action::org_delete, Org>&) = 0;
  // They leave the cluster, without their volumes, or come back: whichever the state of the
  // organization says.
  virtual Result<void> want_anew(Tx&, const Permit<Action::org_delete, Org>&) = 0;
  // Their pods go, or come back, likewise, and their sandboxes close to pods or open again.
  virtual Result<void> want_anew(Tx&, const Permit<Action::orgs_suspend, Org>&) = 0;
  // The most pods that one service has, in all of the organization that is not being deleted; 0
  // where nothing is. One look into an index, however many deployments there are.
  virtual Result<int> most_replicas(Tx&, const Permit<Action::org_read, Org>&) = 0;
  // The same, and of which deployments a service has more than `limit`. Counted in that index: with
  // 10,000 deployments SQLite takes 6 ms where all have more, and well under one where few have.
  struct Grown {
    int most = 0;
    std::int64_t count = 0;
    std::vector<std::string> names;  // "team/name" of the oldest kGrownNamed.
  };
  virtual Result<Grown> grown_over(Tx&, const Permit<Action::orgs_set_plan, Org>&,
                                   std::int64_t limit) = 0;
};

struct SandboxRow {
  SandboxId id;
  std::string namespace_;
};

struct NewSandbox {
  SandboxId id;
  UserId user;
  std::optional<TeamId> team;  // Where it is one team's only.
  std::string namespace_;
  std::string claim;
  Isolation isolation;
  Time now;
};

class SandboxStore {
 public:
  virtual ~SandboxStore() = default;
  // A person's, of all teams or of one.
  virtual Result<std::optional<SandboxRow>> find(Tx&,
                                                 const Permit<Action::deployments_create, Team>&,
                                                 const UserId&, const std::optional<TeamId>&) = 0;
  // False, with nothing done, when the namespace is taken.
  virtual Result<bool> create(Tx&, const Permit<Action::deployments_create, Team>&,
                              const NewSandbox&) = 0;
  // Every sandbox of the organization is synced again: its quota or profile may have changed.
  virtual Result<void> touch_all(Tx&, const AnyPermit&, Isolation) = 0;
  // The same, without another isolation.
  virtual Result<void> want_anew(Tx&, const AnyPermit&) = 0;
  // The organization's data key, wrapped; and the first one stored wins.
  virtual Result<std::optional<std::string>> wrapped_key(Tx&, const AnyPermit&) = 0;
  virtual Result<void> store_key(Tx&, const AnyPermit&, std::string_view wrapped, Time now) = 0;
};

}  // namespace ks
