#include "authz/policy.hpp"

#include "authz/catalogue.hpp"

namespace ks::policy {

namespace {

constexpr ActionSet kOnOrg = catalogue::at(Place::organization);
constexpr ActionSet kOnTeam = catalogue::at(Place::team);
constexpr ActionSet kOnClient = catalogue::at(Place::client);
constexpr ActionSet kOnPlatform = catalogue::at(Place::platform);

bool is_above(const Standing& standing) {
  return standing.platform_admin || standing.client_role.has_value();
}

// All that the roles give which are not a team's.
ActionSet rights(const Standing& standing) {
  ActionSet out;
  if (standing.org_role) out = out | actions(*standing.org_role);
  if (standing.client_role) out = out | actions(*standing.client_role);
  if (standing.platform_admin) out = out | actions(Role::platform_admin);
  if (standing.system) out = out | actions(Role::system);
  if (standing.invited) out.add(Action::invitation_answer);
  return out;
}

// What a suspension of the organization leaves of it.
ActionSet open(const Standing& standing, const ActionSet& given) {
  return standing.suspended.empty() ? given : given & catalogue::kOpenWhileSuspended;
}

ActionSet given_on_team(const Standing& standing, const TeamId& team) {
  // A team's role means nothing to somebody who is not in the organization.
  if (!standing.org_role) return {};
  ActionSet out = actions(*standing.org_role);
  if (const auto role = standing.role_in(team)) out = out | actions(*role);
  return out & kOnTeam;
}

std::vector<std::string> shown(const ActionSet& allowed, Resource resource) {
  std::vector<std::string> out;
  for (const Action action : all_actions())
    if (is_shown_on(action, resource) && allowed.has(action)) out.emplace_back(name(action));
  return out;
}

}  // namespace

ActionSet rights_on_org(const Standing& standing) {
  return open(standing, rights(standing) & kOnOrg);
}
ActionSet rights_on_client(const Standing& standing) { return rights(standing) & kOnClient; }
ActionSet rights_on_platform(const Standing& standing) { return rights(standing) & kOnPlatform; }

ActionSet rights_on_team(const Standing& standing, const TeamId& team) {
  return open(standing, given_on_team(standing, team));
}

bool is_held_up_on_org(const Standing& standing, Action action) {
  return !allows_on_org(standing, action) && (rights(standing) & kOnOrg).has(action);
}

bool is_held_up_on_team(const Standing& standing, const TeamId& team, Action action) {
  return !allows_on_team(standing, team, action) && given_on_team(standing, team).has(action);
}

bool sees_every_team(const Standing& standing) {
  return standing.org_role && actions(*standing.org_role).has(Action::team_read);
}

std::vector<std::string> roles_with(Action action, const Standing& told_to) {
  std::vector<std::string> out;
  if (is_internal(action)) return out;
  for (const RoleRow& r : roles()) {
    const bool above = r.level == Place::client || r.level == Place::platform;
    if (r.actions.has(action) && (!above || is_above(told_to))) out.emplace_back(r.name);
  }
  return out;
}

std::vector<std::string> allowed_on_org(const Standing& standing) {
  return shown(rights_on_org(standing), Resource::organization);
}

std::vector<std::string> allowed_on_team(const Standing& standing, const TeamId& team) {
  return shown(rights_on_team(standing, team) | rights_on_org(standing), Resource::team);
}

std::vector<std::string> allowed_on_deployment(const Standing& standing, const TeamId& team) {
  return shown(rights_on_team(standing, team), Resource::deployment);
}

}  // namespace ks::policy
