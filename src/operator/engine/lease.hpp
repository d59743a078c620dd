#pragma once

#include <string>

#include "base/clock.hpp"
#include "kube/cluster.hpp"
#include "operator/config.hpp"

namespace ks::op {

// Who of several operators works: the holder of one Lease object. The holder stops by itself when
// it could not renew in time, well before another may take over, so that two never write at once.
class Elector {
 public:
  Elector(kube::Cluster& cluster, const OperatorConfig& config, std::string identity,
          const Clock& clock)
      : cluster_(cluster), config_(config), identity_(std::move(identity)), clock_(clock) {}

  // Makes the call that is due, if any; false when none is.
  bool pump();
  // Ask before each write.
  bool leading() const;
  Time next_due() const { return next_; }
  // Gives the lease to whoever comes next. Stop writing before.
  void release();

 private:
  void acquire(Time now);
  void renew(Time now);
  Json lease(Time now, bool mine) const;
  void remember(const Json& object, Time now);

  kube::Cluster& cluster_;
  const OperatorConfig& config_;
  std::string identity_;
  const Clock& clock_;

  bool held_ = false;
  Time renewed_{};  // When the last renewal that went through was sent.
  Time next_{};
  // The record as last seen, and since when it has not changed: another's clock is never trusted.
  std::string record_;
  Time record_since_{};
  std::string holder_;
  Duration record_duration_{};
  std::string version_;
  std::int64_t transitions_ = 0;
  std::string acquired_;
};

}  // namespace ks::op
