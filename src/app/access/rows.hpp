#pragma once

#include <optional>
#include <string_view>

#include "app/stores.hpp"

// The access review: who has which right, since when, given by whom, last active.
namespace ks::app {

// Of an organization with its teams, or of one team, by id or slug.
using AccessPlace = std::optional<std::string_view>;

// `denied` for who does not look after the people there.
Result<MaySeeAccess> require_see_access(Tx& tx, const Stores& stores, const TenantScope& scope,
                                        const AccessPlace& place);

struct AccessQuery {
  Duration inactive_after;
  // Only rights of people who were not here for so long.
  bool only_inactive = false;
  // Only of this person. Of a place that is the organization.
  std::optional<UserId> user = {};
};
struct AccessList {
  Page<AccessRow> page;
  AccessTotals totals;  // Of the whole place, whatever the query leaves out.
  Time seen_until;      // Who was last here by then is inactive.
};
Result<AccessList> access_rows(Tx& tx, const Stores& stores, const TenantScope& scope,
                               const AccessPlace& place, const AccessQuery& query,
                               const PageRequest& page);

// A list that somebody takes away. Who was last here by `seen_until` is inactive in all of it.
struct AccessExport {
  std::optional<TeamId> team;  // None: the organization.
  AccessQuery query;
  Time seen_until;
};
// Writes down that it is taken away.
Result<AccessExport> begin_access_export(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         const AccessPlace& place, const AccessQuery& query,
                                         std::string_view format);
// A page of its rows, in the order of the list.
Result<Page<AccessRow>> access_export(Tx& tx, const Stores& stores, const TenantScope& scope,
                                      const AccessExport& begun, const PageRequest& page);

}  // namespace ks::app
