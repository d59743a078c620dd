#include "app/access/rows.hpp"

#include "api/access/present.hpp"
#include "api/api.hpp"
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
  const std::string list = "access/" + scope.org().str() + "/" +
                           (may.team() ? may.team()->str() : "") +
                           (query.only_inactive ? "?inactive" : "");
  KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
  KS_TRY(const auto found, app::access_rows(tx, services.stores, scope, place, query, wanted));
  Reply reply = list_reply(found.page, services.cursors, list, [&](const AccessRow& row) {
    return present(row, row.inactive(found.seen_until));
  });
  reply.body.set("totals", Json::object({{"rights", found.totals.rights},
                                         {"inactive", found.totals.inactive}}));
  return reply;
}

// The whole of it is one text in memory, as it is in one moment.
Result<Reply> export_list(Tx& tx, const Services& services, const TenantScope& scope,
                          const Call& call) {
  const app::AccessPlace place = place_of(call);
  KS_CHECK(app::require_see_access(tx, services.stores, scope, place));
  app::AccessQuery query{services.inactive_after};
  KS_TRY(query.only_inactive, inactive_in_query(call.request));
  const std::string_view format = call.request.query_value("format").value_or("csv");
  const bool csv = format == "csv";
  if (!csv && format != "ndjson") return invalid({Fault{"?format", "must be csv or ndjson"}});
  std::string text = csv ? access_csv_head() : "";
  KS_CHECK(app::each_access(
      tx, services.stores, scope, place, query, [&](const AccessRow& row, bool inactive) {
        text += csv ? access_csv(row, inactive) : access_ndjson(row, inactive);
      }));
  Reply reply;
  reply.text = std::move(text);
  reply.file = csv ? Reply::File{"text/csv; charset=utf-8", "access-review.csv"}
                   : Reply::File{"application/x-ndjson", "access-review.ndjson"};
  return reply;
}

}  // namespace

void mount_access(Router& router, Services& services) {
  const auto list = [&services](Tx& tx, const TenantScope& scope, const Call& call) {
    return show_list(tx, services, scope, call);
  };
  const auto file = [&services](Tx& tx, const TenantScope& scope, const Call& call) {
    return export_list(tx, services, scope, call);
  };
  router.get<Member>("/api/v1/orgs/{org}/access-review",
                     {.action = Action::org_members_read, .query = {"limit", "cursor", "inactive"}},
                     list);
  router.get<Member>("/api/v1/orgs/{org}/access-review/export",
                     {.action = Action::org_members_read, .query = {"format", "inactive"}}, file);
  router.get<Member>("/api/v1/orgs/{org}/teams/{team}/access-review",
                     {.action = Action::members_manage, .query = {"limit", "cursor", "inactive"}},
                     list);
  router.get<Member>("/api/v1/orgs/{org}/teams/{team}/access-review/export",
                     {.action = Action::members_manage, .query = {"format", "inactive"}}, file);
}

}  // namespace ks::api
