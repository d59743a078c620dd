#pragma once

#include <optional>

#include "base/clock.hpp"
#include "domain/sandbox/isolation_check.hpp"
#include "kube/cluster.hpp"
#include "sync/carrier.hpp"
#include "sync/sync.hpp"

namespace ks::sync {

// Carries the operator's sign, that its last look at the cluster's isolation stands in every
// sandbox's status, into the database.
class IsolationSign {
 public:
  // Between looks at the Lease.
  static constexpr Duration kEvery = seconds(5);

  IsolationSign(const Stores& stores, kube::Cluster& cluster, const Config& config,
                const Carrier& carrier, const Clock& clock)
      : stores_(stores), cluster_(cluster), config_(config), carrier_(carrier), clock_(clock) {}

  // To be called while no status waits to be stored. A sign counts when it is seen a second time:
  // the statuses that it stands for were sent before it, and have come by then.
  void pump();

 private:
  const Stores& stores_;
  kube::Cluster& cluster_;
  const Config& config_;
  const Carrier& carrier_;
  const Clock& clock_;
  Time next_{};
  std::optional<IsolationSignature> seen_;
  std::optional<IsolationSignature> stored_;
};

}  // namespace ks::sync
