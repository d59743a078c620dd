#include "app/access/rows.hpp"

#include "api/access/present.hpp"
#include "api/api.hpp"
#include "api/exports/export.hpp"
#include "api/lists.hpp"
#include "api/router.hpp"

namespace ks::api {

namespace {

Result<bool> inactive_in_query(const http::Request& request) {
  const auto given = request.query_value("inactive");
  if (!given || *given == "false") return false;
  if (*given == "true") return true;
  return invalid({Fault{"?inactive", "must be true or false"}});
}

Result<std::optional<UserId>> user_in_query(const http::Request& request) {
  const auto given = request.query_value("user");
  if (!given) return std::optional<UserId>();
  const auto user = UserId::parse(*given);
  if (!user) return invalid({Fault{"?user", "must be the id of a user"}});
  return std::optional(*user);
}

app::AccessPlace place_of(const Call& call) {
  const std::string_view team = call.param("team");
  return team.empty() ? app::AccessPlace() : team;
}

Result<Reply> show_list(Tx& tx, const Services& services, const TenantScope& scope,
                        const Call& call) {
  const app::AccessPlace place = place_of(call);
  KS_TRY(const MaySeeAccess may, app::require_see_access(tx, services.stores, scope, place));
  app::AccessQuery query{services.inactive_after};
  KS_TRY(query.only_inactive, inactive_in_query(call.request));
  KS_TRY(query.user, user_in_query(call.request));
  const std::string list =
      "access/" + scope.org().str() + "/" + (may.team() ? may.team()->str() : "") +
      (query.only_inactive ? "?inactive" : "") + (query.user ? "?user=" + query.user->str() : "");
  KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
  KS_TRY(const auto found, app::access_rows(tx, services.stores, scope, place, query, wanted));
  Reply reply = list_reply(found.page, services.cursors, list, [&](const AccessRow& row) {
    return present(row, row.inactive(found.seen_until));
  });
  reply.body.set("totals", Json::object({{"rights", found.totals.rights},
                                         {"inactive", found.totals.inactive}}));
  return reply;
}

Result<Export> start_export(Tx& tx, const Services& services, const TenantScope& scope,
                            const Call& call) {
  const app::AccessPlace place = place_of(call);
  KS_CHECK(app::require_see_access(tx, services.stores, scope, place));
  KS_CHECK(check_query(call.request, {"format", "inactive"}));
  app::AccessQuery query{services.inactive_after};
  KS_TRY(query.only_inactive, inactive_in_query(call.request));
  KS_TRY(const ExportFormat format, export_format(call.request));
  KS_TRY(const app::AccessExport begun,
         app::begin_access_export(tx, services.stores, scope, place, query, name(format)));
  return Export{
      "access-review", format, format == ExportFormat::csv ? access_csv_head() : std::string(),
      [&services, begun, format](Tx& reading, const TenantScope& reader, const std::string& after,
                                 int rows) -> Result<ExportedRows> {
        KS_TRY(const auto page,
               app::access_export(reading, services.stores, reader, begun, {rows, after}));
        ExportedRows out{{}, page.next};
        for (const AccessRow& row : page.items) {
          if (out.text.size() > kExportPartBytes) break;
          const bool inactive = row.inactive(begun.seen_until);
          out.text += format == ExportFormat::csv ? access_csv(row, inactive)
                                                  : access_ndjson(row, inactive);
        }
        return out;
      }};
}

}  // namespace

void mount_access(Router& router, Services& services, const std::shared_ptr<ExportSeats>& seats) {
  const auto list = [&services](Tx& tx, const TenantScope& scope, const Call& call) {
    return show_list(tx, services, scope, call);
  };
  const auto file = [&services, seats](const ClientScope& client, const std::string& token,
                                       const TenantScope& seen, const Call& call) {
    return begin_export(
        services, *seats, client, token, seen, call,
        [&](Tx& tx, const TenantScope& scope) { return start_export(tx, services, scope, call); });
  };
  router.get<Member>(
      "/api/v1/orgs/{org}/access-review",
      {.action = Action::org_members_read, .query = {"limit", "cursor", "inactive", "user"}}, list);
  router.stream("/api/v1/orgs/{org}/access-review/export", Action::org_members_read, file);
  router.get<Member>("/api/v1/orgs/{org}/teams/{team}/access-review",
                     {.action = Action::members_manage, .query = {"limit", "cursor", "inactive"}},
                     list);
  router.stream("/api/v1/orgs/{org}/teams/{team}/access-review/export", Action::members_manage,
                file);
}

}  // namespace ks::api
