#pragma once

#include <optional>
#include <vector>

#include "authz/scope.hpp"
#include "store/transaction.hpp"

namespace ks {

// An organization whose feed has rows that may go.
struct LongFeed {
  ClientId client;
  OrgId org;
  std::int64_t last = 0;  // Its newest seq.
};

// A deployment that has revisions that may go.
struct LongHistory {
  ClientId client;
  OrgId org;
  DeploymentId deployment;
  std::int64_t revision = 0;  // What is wanted.
  std::int64_t observed = 0;  // What runs, as far as the cluster said; 0 before the first.
};

// Removal of what use leaves behind, in stretches of at most `limit` rows. Audit rows are not among
// it: nothing removes those.
class HousekeepingStore {
 public:
  virtual ~HousekeepingStore() = default;

  // Feeds of which not all rows are among the newest `keep` or from `before` or later; after the
  // one given, in a fixed order.
  virtual Result<std::vector<LongFeed>> long_feeds(Tx&, const FleetScope&, std::int64_t keep,
                                                   Time before,
                                                   const std::optional<LongFeed>& after,
                                                   int limit) = 0;
  // How many went, from the oldest on.
  virtual Result<std::int64_t> prune_feed(Tx&, const FleetScope&, const LongFeed&,
                                          std::int64_t keep, Time before, int limit) = 0;

  // Deployments that have more than the newest `keep` revisions.
  virtual Result<std::vector<LongHistory>> long_histories(Tx&, const FleetScope&, std::int64_t keep,
                                                          const std::optional<LongHistory>& after,
                                                          int limit) = 0;
  // The observed revision stays, however old it is.
  virtual Result<std::int64_t> prune_history(Tx&, const FleetScope&, const LongHistory&,
                                             std::int64_t keep, int limit) = 0;
};

}  // namespace ks
