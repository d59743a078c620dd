#include "authz/grants.hpp"

#include <algorithm>

#include "authz/policy.hpp"

namespace ks::policy {

namespace {

bool reaches(const Standing& by, Action right, OrgRole role) {
  if (role == OrgRole::owner || !by.org_role) return false;
  const ActionSet& own = actions(*by.org_role);
  return own.has(right) && own.contains(actions(role));
}

bool reaches(const Standing& by, Action right, const TeamId& team, TeamRole role) {
  const ActionSet own = rights_on_team(by, team);
  return own.has(right) && own.contains(actions(role));
}

}  // namespace

bool may_grant(const Standing& by, OrgRole role) {
  return reaches(by, Action::org_members_manage, role);
}
bool may_change(const Standing& by, OrgRole from, OrgRole to) {
  return may_grant(by, from) && may_grant(by, to);
}
bool may_remove(const Standing& by, OrgRole target) { return may_grant(by, target); }
bool may_leave(const Standing& who) { return who.org_role && *who.org_role != OrgRole::owner; }
bool may_make_owner(const Standing& by) { return allows_on_org(by, Action::org_transfer); }

bool may_grant(const Standing& by, const TeamId& team, TeamRole role) {
  return reaches(by, Action::members_manage, team, role);
}
bool may_change(const Standing& by, const TeamId& team, TeamRole from, TeamRole to) {
  return may_grant(by, team, from) && may_grant(by, team, to);
}
bool may_remove(const Standing& by, const TeamId& team, TeamRole target) {
  return may_grant(by, team, target);
}

bool may_invite(const Standing& by, OrgRole role, std::span<const TeamGrant> teams) {
  const bool into_org = reaches(by, Action::org_invitations_manage, role) ||
                        (role == OrgRole::member && !teams.empty());
  return into_org &&
         std::ranges::all_of(teams, [&](const TeamGrant& part) { return may_invite_to(by, part); });
}

bool may_invite_to(const Standing& by, const TeamGrant& part) {
  return reaches(by, Action::invitations_manage, part.team, part.role);
}

}  // namespace ks::policy
