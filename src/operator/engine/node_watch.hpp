#pragma once

#include "base/clock.hpp"
#include "kube/cluster.hpp"
#include "operator/config.hpp"
#include "operator/engine/reconciler.hpp"
#include "operator/plan/nodes.hpp"

namespace ks::op {

// Looks at the nodes now and then, where something hangs on what they can (USER_NAMESPACES=auto).
// What it finds is for pods that are made or changed from then on; the plan leaves others as they
// are. A look that fails changes nothing.
class NodeWatch {
 public:
  static constexpr Duration kEvery = minutes(10);
  static constexpr Duration kAgain = seconds(30);  // After one that failed or found no node.

  // The reconciler is told the facts after each look that did not fail.
  NodeWatch(kube::Cluster& cluster, Reconciler& reconciler, const OperatorConfig& config,
            const Clock& clock)
      : cluster_(cluster), reconciler_(reconciler), config_(config), clock_(clock) {}

  bool enabled() const { return config_.user_namespaces == UserNamespaces::auto_; }
  // Whether a look was answered, be it by a refusal: no pod is made before.
  bool knows() const { return !enabled() || knows_; }
  // Looks if that is due; false when it is not.
  bool pump();
  // On the monotonic clock.
  Time next_due() const { return next_; }

 private:
  void take(const UserNamespaceNodes& nodes);

  kube::Cluster& cluster_;
  Reconciler& reconciler_;
  const OperatorConfig& config_;
  const Clock& clock_;
  Time next_{};
  bool knows_ = false;
  UserNamespaceNodes last_;
};

}  // namespace ks::op
