#pragma once

#include "store/deployments.hpp"
#include "store/housekeeping.hpp"
#include "store/transaction.hpp"

namespace ks::app {

// What is kept of what grows by use.
struct Kept {
  // Of each organization's feed at least so many events, and all of this age. A stream that comes
  // back from before is told to read everything again.
  std::int64_t events = 1000;
  Duration events_for = hours(24);
  // Of each deployment, and the one that runs.
  std::int64_t revisions = kRevisionsKept;
  // The longest stretch that one transaction removes, so that none keeps others waiting.
  int batch = 500;
  // The same for revisions, each of which may hold half a megabyte.
  int revisions_batch = 50;
};

struct Pruned {
  std::int64_t events = 0;
  std::int64_t revisions = 0;
};

// Removes what is not kept, of all tenants, in many small transactions.
Result<Pruned> prune(Database& db, HousekeepingStore& store, const FleetScope& fleet,
                     const Kept& kept, Time now);

}  // namespace ks::app
