#include "app/housekeeping.hpp"

#include <algorithm>

namespace ks::app {

namespace {

// Page after page of what is too long, and of each one batch after the other.
template <class Long, class Page, class Prune>
Result<std::int64_t> prune_all(Database& db, const FleetScope& fleet, int page_size, int batch,
                               const Page& page, const Prune& prune_one) {
  std::int64_t pruned = 0;
  std::optional<Long> after;
  for (;;) {
    KS_TRY(const std::vector<Long> found,
           db.fleet_read(fleet, [&](Tx& tx) { return page(tx, after); }));
    for (const Long& one : found) {
      for (std::int64_t went = batch; went == batch;) {
        KS_TRY(went, db.fleet_write(fleet, [&](Tx& tx) { return prune_one(tx, one); }));
        pruned += went;
      }
    }
    if (found.size() < static_cast<std::size_t>(page_size)) return pruned;
    after = found.back();
  }
}

}  // namespace

Result<Pruned> prune(Database& db, HousekeepingStore& store, const FleetScope& fleet,
                     const Kept& kept, Time now) {
  const Time before = now - kept.events_for;
  const int histories = std::min(kept.batch, kept.revisions_batch);
  Pruned out;
  KS_TRY(out.events,
         prune_all<LongFeed>(
             db, fleet, kept.batch, kept.batch,
             [&](Tx& tx, const std::optional<LongFeed>& after) {
               return store.long_feeds(tx, fleet, kept.events, before, after, kept.batch);
             },
             [&](Tx& tx, const LongFeed& feed) {
               return store.prune_feed(tx, fleet, feed, kept.events, before, kept.batch);
             }));
  KS_TRY(out.revisions,
         prune_all<LongHistory>(
             db, fleet, kept.batch, histories,
             [&](Tx& tx, const std::optional<LongHistory>& after) {
               return store.long_histories(tx, fleet, kept.revisions, after, kept.batch);
             },
             [&](Tx& tx, const LongHistory& history) {
               return store.prune_history(tx, fleet, history, kept.revisions, histories);
             }));
  return out;
}

}  // namespace ks::app
