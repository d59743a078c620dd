#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "bench/recording_cluster.hpp"
#include "bench/world.hpp"
#include "operator/operator.hpp"
#include "runtime/loop.hpp"
#include "sync/sync.hpp"

namespace ks::bench {

// Says why on standard error and ends the process.
[[noreturn]] void give_up(const std::string& why);

double seconds_since(const Clock& clock, Time before);

// A database of its own with sync and operator over a cluster, as one process of the program has
// them. What fails ends the process.
class Installation {
 public:
  Installation(kube::Cluster& cluster, Keep keep);

  // Seconds from the first row to the last Ready of so many sandboxes, each of a person and an
  // organization of their own.
  double to_ready(std::size_t count);

  // Ends sync and operator, which forget what they know.
  void stop();
  // Starts them again; seconds until the operator leads, knows the cluster and has nothing to do.
  double start();
  // Waits until no call changed anything for so long.
  void until_quiet(Duration silence);

  RecordingCluster& recording() { return recording_; }
  op::Operator::Counters counters() const { return operator_->counters(); }
  const Clock& clock() const { return world_.clock(); }

 private:
  static sql::DatabaseOptions options(const Folder& folder);
  Folder folder_;
  World world_;
  RecordingCluster recording_;
  std::unique_ptr<runtime::LoopGroup> loops_;
  std::unique_ptr<sync::Sync> sync_;
  std::unique_ptr<op::Operator> operator_;
  std::size_t people_ = 0;
};

}  // namespace ks::bench
