#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "kube/cluster.hpp"
#include "operator/config.hpp"

namespace ks::op {

// Where the operator's Lease is.
Json system_namespace(const OperatorConfig& config);

// Before anything else: the system namespace, and the custom kinds where this identity may install
// them.
class Bootstrap {
 public:
  Bootstrap(kube::Cluster& cluster, const OperatorConfig& config, const Clock& clock,
            Random& random)
      : cluster_(cluster), config_(config), clock_(clock), random_(random) {}

  bool done() const { return done_; }
  // Does the next call that is due; false when it has to wait.
  bool pump();
  Time next_due() const { return retry_at_; }
  // What it waits for, in plain words; empty when nothing.
  const std::string& missing() const { return missing_; }

 private:
  // True when the part is in place; otherwise missing_ says why not.
  bool ensure_namespace();
  bool ensure_definition(const Json& wanted);
  bool failed(std::string what, const kube::KubeError& error);

  kube::Cluster& cluster_;
  const OperatorConfig& config_;
  const Clock& clock_;
  Random& random_;
  bool done_ = false;
  std::size_t failures_ = 0;
  Time retry_at_{};
  std::string missing_;
};

}  // namespace ks::op
