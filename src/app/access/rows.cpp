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
  const auto seen_until = filter(query, out.seen_until);
  if (query.user) {
    KS_TRY(const auto permit, stores.authorizer.require<Action::org_members_read>(scope));
    KS_TRY(out.page, stores.access.list_of(tx, permit, *query.user, seen_until, page));
  } else {
    KS_TRY(out.page, stores.access.list(tx, may, seen_until, page));
  }
  KS_TRY(out.totals, stores.access.totals(tx, may, out.seen_until));
  return out;
}

Result<AccessExport> begin_access_export(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         const AccessPlace& place, const AccessQuery& query,
                                         std::string_view format) {
  KS_TRY(const MaySeeAccess may, require_see_access(tx, stores, scope, place));
  const Time now = stores.clock.now();
  Json detail = Json::object({{"format", format}, {"only_inactive", query.only_inactive}});
  if (may.team()) detail.set("team", may.team()->text());
  KS_CHECK(stores.journal.record(
      tx, may.permit(), Deed{may.action(), "access_export", scope.org().str(), std::move(detail)},
      std::nullopt, now));
  return AccessExport{may.team(), query, now - query.inactive_after};
}

Result<Page<AccessRow>> access_export(Tx& tx, const Stores& stores, const TenantScope& scope,
                                      const AccessExport& begun, const PageRequest& page) {
  // By id: the team may be called something else meanwhile.
  const auto place = begun.team ? AccessPlace(begun.team->text()) : AccessPlace();
  KS_TRY(const MaySeeAccess may, require_see_access(tx, stores, scope, place));
  return stores.access.list(tx, may, filter(begun.query, begun.seen_until), page);
}

}  // namespace ks::app
