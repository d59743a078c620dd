#pragma once

#include "store/housekeeping.hpp"

namespace ks::sql {

class SqlHousekeepingStore final : public HousekeepingStore {
 public:
  Result<std::vector<LongFeed>> long_feeds(Tx&, const FleetScope&, std::int64_t keep, Time before,
                                           const std::optional<LongFeed>& after,
                                           int limit) override;
  Result<std::int64_t> prune_feed(Tx&, const FleetScope&, const LongFeed&, std::int64_t keep,
                                  Time before, int limit) override;
  Result<std::vector<LongHistory>> long_histories(Tx&, const FleetScope&, std::int64_t keep,
                                                  const std::optional<LongHistory>& after,
                                                  int limit) override;
  Result<std::int64_t> prune_history(Tx&, const FleetScope&, const LongHistory&, std::int64_t keep,
                                     int limit) override;
};

}  // namespace ks::sql
