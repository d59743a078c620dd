#include "app/team_members.hpp"

#include "api/api.hpp"
#include "api/lists.hpp"
#include "api/people/present.hpp"
#include "api/router.hpp"
#include "app/members.hpp"

namespace ks::api {

namespace {

// Who may not do this in the team learns nothing about bodies and people.
Result<TeamId> team_for(Tx& tx, const Services& services, const TenantScope& scope,
                        const Call& call, Action action) {
  const Authorizer& authorizer = services.stores.authorizer;
  KS_TRY(const TeamId team, authorizer.find_team(tx, scope, call.param("team")));
  KS_CHECK(authorizer.check(tx, scope, team, action));
  return team;
}

Reply show(const TeamMemberRow& member, const TenantScope& scope, const TeamId& team) {
  Reply reply;
  reply.body = present(member, scope, team);
  reply.version = member.version;
  return reply;
}

// A stale version comes with what is there now.
std::unexpected<Error> explained(Error error, Tx& tx, const TenantScope& scope,
                                 const Services& services, const TeamId& team,
                                 const PersonRef& person) {
  if (error.problem != "stale_version") return std::unexpected(std::move(error));
  const auto now = app::team_member(tx, services.stores, scope, team.text(), person);
  if (!now) return std::unexpected(now.error());
  error.current = present(*now, scope, team).dump();
  return std::unexpected(std::move(error));
}

Result<Reply> change(Tx& tx, const TenantScope& scope, const Services& services, const Call& call,
                     const TeamId& team, const app::TeamRoleChange& wanted) {
  KS_TRY(const PersonRef person, app::person_ref(call.param("user")));
  auto row = app::set_team_member(tx, services.stores, scope, team.text(), person, wanted,
                                  call.if_match());
  if (!row) return explained(std::move(row).error(), tx, scope, services, team, person);
  return show(*row, scope, team);
}

}  // namespace

void mount_team_members(Router& router, Services& services) {
  constexpr std::string_view kMany = "/api/v1/orgs/{org}/teams/{team}/members";
  constexpr std::string_view kOne = "/api/v1/orgs/{org}/teams/{team}/members/{user}";

  router.get<Member>(
      kMany, {.action = Action::members_read, .query = {"limit", "cursor", "name", "email"}},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_TRY(const TeamId team, team_for(tx, services, scope, call, Action::members_read));
        const PeopleFilter filter{std::string(call.request.query_value("name").value_or(""))};
        const std::string list =
            "team-members/" + scope.org().str() + "/" + team.str() + "?" + filter.name_prefix;
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
        Page<TeamMemberRow> page;
        if (const auto email = call.request.query_value("email")) {
          const auto person = app::person_ref(*email);
          if (person && !person->id) {
            auto found = app::team_member(tx, services.stores, scope, team.text(), *person);
            if (found)
              page.items.push_back(std::move(*found));
            else if (found.error().code != Error::Code::not_found)
              return std::unexpected(std::move(found).error());
          }
        } else {
          KS_TRY(page, app::team_members(tx, services.stores, scope, team.text(), filter, wanted));
        }
        return list_reply(page, services.cursors, list,
                          [&](const TeamMemberRow& row) { return present(row, scope, team); });
      });

  router.get<Member>(
      "/api/v1/orgs/{org}/teams/{team}/members/candidates",
      {.action = Action::members_manage, .query = {"q"}},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_TRY(const auto found,
               app::team_candidates(tx, services.stores, scope, call.param("team"),
                                    call.request.query_value("q").value_or("")));
        return list_reply(Page<CandidateRow>{found, std::nullopt}, services.cursors, "",
                          [](const CandidateRow& row) { return present(row); });
      });

  router.get<Member>(
      kOne, {Action::members_read},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_TRY(const TeamId team, team_for(tx, services, scope, call, Action::members_read));
        KS_TRY(const PersonRef person, app::person_ref(call.param("user")));
        KS_TRY(const TeamMemberRow row,
               app::team_member(tx, services.stores, scope, team.text(), person));
        return show(row, scope, team);
      });

  router.put<Member>(
      kOne, {Action::members_manage, Body::json},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_TRY(const TeamId team, team_for(tx, services, scope, call, Action::members_manage));
        Fields fields(call.body, {"role", "confirm"});
        app::TeamRoleChange wanted;
        wanted.role = team_role_of(fields, "role").value_or(TeamRole::viewer);
        wanted.confirmed = fields.optional_flag("confirm").value_or(false);
        KS_CHECK(fields.done());
        return change(tx, scope, services, call, team, wanted);
      });

  router.patch<Member>(
      kOne, {.action = Action::members_manage, .body = Body::json, .takes_rights = true},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_TRY(const TeamId team, team_for(tx, services, scope, call, Action::members_manage));
        Fields fields(call.body, {"role", "confirm"});
        const auto role = team_role_of(fields, "role");
        app::TeamRoleChange wanted;
        wanted.confirmed = fields.optional_flag("confirm").value_or(false);
        KS_CHECK(fields.done());
        KS_TRY(const PersonRef person, app::person_ref(call.param("user")));
        KS_TRY(const TeamMemberRow now,
               app::team_member(tx, services.stores, scope, team.text(), person));
        wanted.role = role.value_or(now.role);
        return change(tx, scope, services, call, team, wanted);
      });

  router.del<Member>(
      kOne, {.action = Action::members_manage, .query = {"confirm"}, .takes_rights = true},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_TRY(const TeamId team, team_for(tx, services, scope, call, Action::members_manage));
        KS_TRY(const PersonRef person, app::person_ref(call.param("user")));
        KS_TRY(const bool confirmed, confirmed_in_query(call.request));
        const auto removed = app::remove_team_member(tx, services.stores, scope, team.text(),
                                                     person, confirmed, call.if_match());
        if (!removed) return explained(removed.error(), tx, scope, services, team, person);
        Reply reply;
        reply.status = 204;
        return reply;
      });
}

}  // namespace ks::api
