#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "authz/authorizer.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "kube/cluster.hpp"
#include "runtime/loop.hpp"
#include "store/idempotency.hpp"
#include "store/journal.hpp"
#include "store/names.hpp"
#include "store/purge.hpp"
#include "store/sync.hpp"
#include "store/transaction.hpp"

namespace ks::sync {

// Removes for good, by themselves and one after another, the organizations that were deleted and
// not restored in time: first what they have in the cluster, whose end is awaited, then mail that
// was written into files, then their rows, in batches. What stays is the audit chain, and keyed
// hashes of names that are not given again.
//
// Every step may be repeated and the work may stop after any: an organization is in the state
// `purging` until its last row is gone, and whoever takes the lease next goes on. One process works
// at a time; two would do no harm, only the same thing.
class Purge {
 public:
  struct Stores {
    Database& db;
    PurgeStore& purge;
    NameStore& names;
    IdempotencyStore& idempotency;
    Journal& journal;
    SyncStore& sync;
    const Authorizer& authorizer;
    // Removes what stands in files of these mails; those of which nothing does are no error. From
    // any thread. None: mail stands in no files.
    std::function<Result<void>(const std::vector<MailId>&)> remove_mail_files = {};
  };
  struct Config {
    Duration every = minutes(1);  // By the clock that is given.
    std::int64_t batch = 500;     // Rows of one transaction.
    int organizations = 20;       // Of one round.
  };

  Purge(Stores stores, kube::Cluster& cluster, Config config, const Clock& clock, Random& random);

  void start(runtime::Loop& loop);
  void stop();
  // Returns when the fiber has ended. Call after stop(), and only after start().
  void wait_stopped();

  // One round, on the thread or fiber of the caller; as the fiber does them. An organization needs
  // two at least: what sync was about to write when its end began must be in the cluster by the
  // time that it is looked for there.
  Result<void> round();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ks::sync
