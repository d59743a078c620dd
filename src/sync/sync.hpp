#pragma once

#include <memory>
#include <string>

#include "authz/authorizer.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "kube/cluster.hpp"
#include "runtime/loop.hpp"
#include "secrets/envelope.hpp"
#include "store/isolation.hpp"
#include "store/plans.hpp"
#include "store/sync.hpp"
#include "sync/wanted.hpp"

namespace ks::sync {

struct Stores {
  Database& db;
  SyncStore& sync;
  PlanStore& plans;
  SandboxStore& sandboxes;
  IsolationStore& isolation;
  const Authorizer& authorizer;
  const Envelope& envelope;
};

struct Config {
  Routing routing;
  // A holder of the lease that says nothing for this long is taken for dead.
  Duration lease = seconds(15);
  Duration renew = seconds(5);
  // How often the database is asked for changes where no notification came.
  Duration poll = seconds(1);
  // Resources applied at the same time.
  std::size_t parallel = 16;
  // Where the operator's Leases are.
  std::string system_namespace = "k8s-scheduler";
};

// Carries the wanted state of the database into the cluster as custom resources and Secrets, and
// their status back. Works while it holds a lease in the database, so that of several processes one
// does it; every step may be repeated, so a moment with two holders does no harm. What is to be
// done is read from generation columns: no event has to arrive for the two sides to agree.
class Sync {
 public:
  Sync(Stores stores, kube::Cluster& cluster, Config config, const Clock& clock, Random& random);
  ~Sync();
  Sync(const Sync&) = delete;
  Sync& operator=(const Sync&) = delete;

  // Starts its fibers on `loop`. Once.
  void start(runtime::Loop& loop);
  // Asks the fibers to end and gives the lease back. From any thread.
  void stop();
  void wait_stopped();

  // Something may have to be carried over; from any thread.
  void wake();
  // True while the custom resources of the cluster are known and this process holds the lease.
  bool working() const;
  // Why the cluster was not reached at the last try; empty when it was.
  std::string trouble() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ks::sync
