#include "app/teams.hpp"

#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/lists.hpp"
#include "api/present.hpp"
#include "api/router.hpp"

namespace ks::api {

namespace {
Reply show(const TeamRow& team, const TenantScope& scope, int status = 200) {
  Reply reply;
  reply.status = status;
  reply.body = present(team, scope);
  reply.version = team.version;
  return reply;
}

Result<app::TeamRemoval> removal_of(const Json& body) {
  Fields fields(body, {"name", "deployments"});
  app::TeamRemoval out;
  const auto deployments = fields.optional_text("deployments");
  // Whoever lets deployments go types what it is that goes.
  if (deployments)
    out.typed_name = fields.required_text("name");
  else
    out.typed_name = fields.optional_text("name");
  if (deployments && *deployments != "delete")
    fields.refuse("deployments", "must be \"delete\" where it is given");
  KS_CHECK(fields.done());
  out.deployments = deployments.has_value();
  return out;
}
}  // namespace

void mount_teams(Router& router, Services& services) {
  constexpr std::string_view kTeams = "/api/v1/orgs/{org}/teams";
  constexpr std::string_view kTeam = "/api/v1/orgs/{org}/teams/{team}";

  router.get<Member>(
      kTeams, {.action = Action::teams_list, .query = {"limit", "cursor"}},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        const std::string list = "teams/" + scope.org().str();
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
        KS_TRY(const auto page, app::teams(tx, services.stores, scope, wanted));
        return list_reply(page, services.cursors, list,
                          [&](const TeamRow& team) { return present(team, scope); });
      });

  router.post<Member>(
      kTeams, {Action::teams_create, Body::json, true},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"name", "slug", "description"});
        app::NewTeam wanted;
        wanted.name = fields.required_text("name");
        wanted.slug = fields.optional_text("slug");
        wanted.description = fields.optional_text("description").value_or("");
        KS_CHECK(fields.done(app::faults_of({wanted.name, wanted.slug, wanted.description})));
        KS_TRY(const TeamRow team, app::create_team(tx, services.stores, scope, wanted));
        Reply reply = show(team, scope, 201);
        reply.location = "/api/v1/orgs/" + std::string(call.param("org")) + "/teams/" + team.slug;
        return reply;
      });

  router.get<Member>(
      kTeam, {Action::team_read},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_TRY(const TeamRow team, app::team(tx, services.stores, scope, call.param("team")));
        return show(team, scope);
      });

  router.patch<Member>(
      kTeam, {Action::team_update, Body::json},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"name", "slug", "description"});
        app::TeamPatch patch;
        patch.name = fields.optional_text("name");
        patch.slug = fields.optional_text("slug");
        patch.description = fields.optional_text("description");
        KS_CHECK(fields.done(app::faults_of(patch)));
        auto team = app::change_team(tx, services.stores, scope, call.param("team"), patch,
                                     call.if_match());
        if (!team) {
          if (team.error().problem == "stale_version") {
            KS_TRY(const TeamRow now, app::team(tx, services.stores, scope, call.param("team")));
            team.error().current = present(now, scope).dump();
          }
          return std::unexpected(std::move(team).error());
        }
        return show(*team, scope);
      });

  router.del<Member>(
      kTeam, {Action::teams_delete, Body::optional_json},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_CHECK(services.stores.authorizer.find_team(tx, scope, call.param("team")));
        KS_TRY(const auto removal, removal_of(call.body));
        KS_TRY(const auto removed,
               app::remove_team(tx, services.stores, scope, call.param("team"), removal));
        Reply reply;
        reply.status = removed == app::TeamRemoved::at_once ? 204 : 202;
        return reply;
      });
}

}  // namespace ks::api
