#include "app/access/rows.hpp"

namespace ks::app {

namespace {

std::optional<Time> filter(const AccessQuery& query, Time seen_until) {
  return query.only_inactive ? std::optional(seen_until) : std::nullopt;
}

}  // namespace

Result<MaySeeAccess> require_see_access(Tx& tx, const Stores& stores, const TenantScope& scope,
                                        const AccessPlace& place) {
  if (!place) {
    KS_TRY(const auto may, stores.authorizer.require<Action::org_members_read>(scope));
    return MaySeeAccess(may);
  }
  KS_TRY(const TeamId team, stores.authorizer.find_team(tx, scope, *place));
  KS_TRY(const auto may, stores.authorizer.require<Action::members_manage>(tx, scope, team));
  return MaySeeAccess(may);
}

Result<AccessList> access_rows(Tx& tx, const Stores& stores, const TenantScope& scope,
                               const AccessPlace& place, const AccessQuery& query,
                               const PageRequest& page) {
  KS_TRY(const MaySeeAccess may, require_see_access(tx, stores, scope, place));
  AccessList out;
  out.seen_until = stores.clock.now() - query.inactive_after;
  KS_TRY(out.page, stores.access.list(tx, may, filter(query, out.seen_until), page));
  KS_TRY(out.totals, stores.access.totals(tx, may, out.seen_until));
  return out;
}

Result<void> each_access(Tx& tx, const Stores& stores, const TenantScope& scope,
                         const AccessPlace& place, const AccessQuery& query,
                         const std::function<void(const AccessRow&, bool)>& take) {
  KS_TRY(const MaySeeAccess may, require_see_access(tx, stores, scope, place));
  const Time seen_until = stores.clock.now() - query.inactive_after;
  PageRequest page{200, ""};
  for (;;) {
    KS_TRY(const auto rows, stores.access.list(tx, may, filter(query, seen_until), page));
    for (const AccessRow& row : rows.items) take(row, row.inactive(seen_until));
    if (!rows.next) return {};
    page.after = *rows.next;
  }
}

}  // namespace ks::app
