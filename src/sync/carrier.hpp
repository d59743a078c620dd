#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "sync/mirror.hpp"
#include "sync/sync.hpp"

namespace ks::sync {

inline const FleetScope kSyncFleet(FleetReason::sync);

// Carries single rows into the cluster. Each step may be repeated: what the cluster says already is
// not written again.
class Carrier {
 public:
  // `failed` hears why the cluster did not do something, where that is a matter of the cluster and
  // not of one object.
  Carrier(const Stores& stores, kube::Cluster& cluster, const Config& config, const Clock& clock,
          Mirror& sandboxes, Mirror& deployments, std::function<void(std::string)> failed);

  // False when the cluster does not have it now (its namespace is being made, the API server is
  // away): the caller tries again.
  bool push(const WantedSandbox& row);
  bool push(const WantedDeployment& row);
  // The cluster has nothing left of it: its Secrets go, and its row.
  bool forget(const WantedDeployment& row);
  // Whether the cluster refused an object since this was asked last.
  bool take_refused();
  // Secrets of revisions before the one that runs.
  void prune_secrets(const WantedDeployment& row, std::int64_t observed_revision);

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
  kube::KubeResult<void> apply(Mirror& mirror, const kube::Kind& kind, const Json& object);
  Result<SandboxResource> resource(const WantedSandbox& row) const;
  Result<std::optional<Json>> secret_of(const WantedDeployment& row) const;
  kube::KubeResult<void> write_secret(const Json& secret);
  bool push_removal(const WantedDeployment& row);
  bool mark(const WantedDeployment& row);
  void remove_secret(const WantedDeployment& row, std::int64_t revision);
  // Both give false.
  bool failed(const kube::KubeError& error);
  bool refused(const WantedDeployment& row, const kube::KubeError& error);

  const Stores& stores_;
  kube::Cluster& cluster_;
  const Config& config_;
  const Clock& clock_;
  Mirror& sandboxes_;
  Mirror& deployments_;
  std::function<void(std::string)> report_;
  std::mutex mutex_;
  bool refused_ = false;
  std::string last_refusal_;
  std::map<std::string, std::int64_t>
      pruned_;  // By stem: old Secrets up to this revision are gone.
};

}  // namespace ks::sync
