#include "sql/housekeeping.hpp"

#include "base/json.hpp"
#include "sql/driver/sql_tx.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {
// Before every id that there is.
constexpr std::string_view kBeforeAll = "00000000-0000-0000-0000-000000000000";
}  // namespace

Result<std::vector<LongFeed>> SqlHousekeepingStore::long_feeds(Tx& tx, const FleetScope& fleet,
                                                               std::int64_t keep, Time before,
                                                               const std::optional<LongFeed>& after,
                                                               int limit) {
  KS_TRY(const auto rows,
         sql_tx(tx).run(fleet, q::feeds_overlong, after ? after->client.text() : kBeforeAll,
                        after ? after->org.text() : kBeforeAll, keep, before, limit));
  std::vector<LongFeed> out;
  for (const Row& row : rows) out.push_back({row.id<Client>(0), row.id<Org>(1), row.integer(2)});
  return out;
}

Result<std::int64_t> SqlHousekeepingStore::prune_feed(Tx& tx, const FleetScope& fleet,
                                                      const LongFeed& feed, std::int64_t keep,
                                                      Time before, int limit) {
  return sql_tx(tx).run(fleet, q::feed_pruned, feed.client, feed.org, feed.last - keep, before,
                        limit);
}

Result<std::vector<LongHistory>> SqlHousekeepingStore::long_histories(
    Tx& tx, const FleetScope& fleet, std::int64_t keep, const std::optional<LongHistory>& after,
    int limit) {
  KS_TRY(const auto rows,
         sql_tx(tx).run(fleet, q::revisions_overlong, after ? after->client.text() : kBeforeAll,
                        after ? after->org.text() : kBeforeAll,
                        after ? after->deployment.text() : kBeforeAll, keep, limit));
  std::vector<LongHistory> out;
  for (const Row& row : rows) {
    KS_TRY(const Json status, parse_json(row.text(4), {64, std::size_t{8} << 20}));
    out.push_back({row.id<Client>(0), row.id<Org>(1), row.id<Deployment>(2), row.integer(3),
                   status.integer_or(0, "observed_revision")});
  }
  return out;
}

Result<std::int64_t> SqlHousekeepingStore::prune_history(Tx& tx, const FleetScope& fleet,
                                                         const LongHistory& history,
                                                         std::int64_t keep, int limit) {
  return sql_tx(tx).run(fleet, q::revisions_pruned, history.client, history.org, history.deployment,
                        history.revision - keep, history.observed, limit);
}

}  // namespace ks::sql
