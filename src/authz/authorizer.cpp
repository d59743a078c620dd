#include "authz/authorizer.hpp"

#include <fmt/format.h>

namespace ks {

namespace {
// Where no role that the caller may know of has the action, there is no such action.
std::unexpected<Error> denied(Action action, const Standing& standing) {
  auto roles = policy::roles_with(action, standing);
  if (roles.empty()) return not_found();
  Error error{};
  error.code = Error::Code::denied;
  error.problem = "permission_denied";
  error.message = fmt::format("You lack the right {}.", name(action));
  error.denial = DeniedDetail{std::string(name(action)), std::move(roles)};
  return std::unexpected(std::move(error));
}

std::unexpected<Error> suspended(const Standing& standing) {
  Error error{};
  error.code = Error::Code::denied;
  error.problem = "org_suspended";
  error.message = fmt::format(
      "The organization is suspended: {} Reading, exporting, billing, leaving and deleting it go "
      "on; everything else does again once an administrator of this installation lifts that.",
      standing.suspended.ends_with('.') ? standing.suspended : standing.suspended + ".");
  return std::unexpected(std::move(error));
}
}  // namespace

Result<void> Authorizer::decide_on_org(const TenantScope& scope, Action action) const {
  const Standing& standing = scope.standing();
  if (policy::allows_on_org(standing, action)) return {};
  if (!policy::allows_on_org(standing, Action::org_read)) return not_found();
  if (policy::is_held_up_on_org(standing, action)) return suspended(standing);
  return denied(action, standing);
}

Result<void> Authorizer::decide_on_team(Tx& tx, const TenantScope& scope, const TeamId& team,
                                        Action action) const {
  const Standing& standing = scope.standing();
  if (!policy::allows_on_team(standing, team, Action::team_read)) return not_found();
  // A membership proves that its team exists: its key refers to the team. An administrator's right
  // covers any team of the organization, so there the team itself must be looked for.
  if (!standing.role_in(team)) {
    KS_TRY(const bool exists, directory_.team_exists(tx, Lookup(scope), team));
    if (!exists) return not_found();
  }
  if (policy::is_held_up_on_team(standing, team, action)) return suspended(standing);
  if (!policy::allows_on_team(standing, team, action)) return denied(action, standing);
  return {};
}

Result<TeamId> Authorizer::find_team(Tx& tx, const TenantScope& scope,
                                     std::string_view id_or_slug) const {
  const Standing& standing = scope.standing();
  // A slug is never shaped like an id, so that either may be looked for first.
  for (const Standing::InTeam& t : standing.teams)
    if (t.slug == id_or_slug) return t.team;
  if (auto id = TeamId::parse(id_or_slug)) {
    if (!policy::allows_on_team(standing, *id, Action::team_read)) return not_found();
    return *id;
  }
  if (!policy::sees_every_team(standing)) return not_found();
  KS_TRY(const auto team, directory_.team_by_slug(tx, Lookup(scope), id_or_slug));
  if (!team) return not_found();
  return *team;
}

}  // namespace ks
