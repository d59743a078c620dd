#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "sync/mirror.hpp"
#include "sync/old_secrets.hpp"
#include "sync/strayed.hpp"
#include "sync/sync.hpp"

namespace ks::sync {

// As whom sync writes.
inline constexpr std::string_view kManager = "k8s-scheduler/sync";

inline const FleetScope kSyncFleet(FleetReason::sync);

// What became of a row that was carried to the cluster.
enum class Carried {
  done,     // The cluster has it.
  waits,    // For something that is on its way: its namespace, its own end.
  refused,  // The cluster does not take this object.
  away,     // No answer came. Whether that is the row's fault is for its neighbours to tell.
  ailing,   // The cluster says that it cannot; whatever the row is.
};

// Carries single rows into the cluster. Each step may be repeated: what the cluster says already is
// not written again.
class Carrier {
 public:
  Carrier(const Stores& stores, kube::Cluster& cluster, const Config& config, const Clock& clock,
          Mirror& sandboxes, Mirror& deployments);

  Carried push(const WantedSandbox& row);
  Carried push(const WantedDeployment& row);
  // Whether the cluster has the row as it is wanted, as far as the mirrors know.
  bool holds(const WantedDeployment& row) const;
  // Holds what the cluster has against what is wanted, and sees to it that the row is carried again
  // where they differ. False when that could not be found out.
  bool compare(const WantedSandbox& row);
  // As above, for the Sandbox of that name, whose row it reads only where its spec is another than
  // when it was last compared.
  bool compare_changed(const ClientId&, const OrgId&, const SandboxId&, std::string_view name);
  // The Sandbox of that name is gone.
  void gone(std::string_view name) { strayed_.forget(name); }
  // Why nothing may be written into the row's namespace now; empty when it is proved to be ours,
  // and to keep apart all that it is to.
  struct Bar {
    std::string reason;
    std::string message;
  };
  std::optional<Bar> barred(const WantedDeployment& row) const;
  // What the cluster has of the row.
  std::optional<Json> known(const WantedDeployment& row) const {
    return deployments_.find(row.namespace_, row.stem);
  }
  // The row waits before it is carried again: longer with each failure, up to a bound that depends
  // on what failed. Where it is the cluster's fault, only until the others had their turn.
  enum class Fault { row, cluster };
  void defer(const WantedSandbox& row, Carried why, Fault fault) const;
  void defer(const WantedDeployment& row, Carried why, Fault fault) const;
  // The cluster no longer has it: it is to be carried again.
  void lost(const WantedSandbox& row) const;
  void lost(const WantedDeployment& row) const;
  // The cluster has nothing left of it, `last` was its resource: its Secrets go, and its row. False
  // when it has to be tried again.
  bool forget(const WantedDeployment& row, const std::optional<Json>& last);
  // Why something was Carried::away or ailing the last time.
  std::string last_failure() const;
  // The row's resource has a newer status.
  void status_came(const WantedDeployment& row, const Json& object);

  Permit<Action::sync_status, Org> permit(const ClientId& client, const OrgId& org) const;
  template <class Body>
  auto write(Body&& body) const {
    return stores_.db.fleet_write(kSyncFleet, std::forward<Body>(body));
  }
  template <class Body>
  auto read(Body&& body) const {
    return stores_.db.fleet_read(kSyncFleet, std::forward<Body>(body));
  }

 private:
  // Whether the sandbox as the cluster has it lets more through than is wanted in the database.
  std::optional<Bar> behind(const WantedDeployment& row, const SandboxSpec& has) const;
  // The host of what waits leaves the cluster where it is no longer wanted; all else stays as the
  // cluster has it.
  kube::KubeResult<void> shut(const Json& known, const Json& wanted);
  void tell(const WantedDeployment& row, Phase phase, const std::string& reason,
            const std::string& message) const;
  // Whether they differ in nothing that is handed over.
  static bool same(const Json& known, const Json& object);
  static bool says(const Mirror& mirror, const Json& object);
  kube::KubeResult<void> apply(Mirror& mirror, const kube::Kind& kind, const Json& object);
  // None when it is not wanted any more.
  Result<std::optional<SandboxResource>> resource(const WantedSandbox& row) const;
  Result<std::optional<Json>> secret_of(const WantedDeployment& row) const;
  kube::KubeResult<void> write_secret(const Json& secret);
  Carried push_removal(const WantedDeployment& row);
  Carried mark(const WantedDeployment& row);
  Carried park(const WantedDeployment& row);
  kube::KubeResult<void> forget_claims(const WantedDeployment& row);
  Carried failed(const kube::KubeError& error);
  Carried refused(const WantedDeployment& row, const kube::KubeError& error);

  const Stores& stores_;
  kube::Cluster& cluster_;
  const Config& config_;
  const Clock& clock_;
  Mirror& sandboxes_;
  Mirror& deployments_;
  OldSecrets old_secrets_;
  Strayed strayed_;
  mutable std::mutex mutex_;
  std::string last_failure_;
  std::string last_refusal_;
};

}  // namespace ks::sync
