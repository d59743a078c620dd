#pragma once

#include <span>

#include "authz/scope.hpp"

// Who may give a role to whom, beyond the table: nobody grants, edits or removes a role above their
// own, nor outside their own subtree. "Above" compares what roles allow: a role is within
// somebody's reach if they have every action of it.
//
// Ownership is out of reach of all of these, the owner's own hand included, so that there is always
// exactly one owner: it passes by may_make_owner alone (or is appointed,
// Action::orgs_appoint_owner, where the owner is gone).
//
// Ask with the standing of the moment, inside the transaction that writes; for an invitation again
// when it is accepted, with the inviter's.
namespace ks::policy {

struct TeamGrant {
  TeamId team;
  TeamRole role;
};

// In the organization of the standing.
bool may_grant(const Standing& by, OrgRole role);
bool may_change(const Standing& by, OrgRole from, OrgRole to);
bool may_remove(const Standing& by, OrgRole target);
// Leaving needs no right, but an owner cannot.
bool may_leave(const Standing& who);
bool may_make_owner(const Standing& by);

// In a team of it.
bool may_grant(const Standing& by, const TeamId& team, TeamRole role);
bool may_change(const Standing& by, const TeamId& team, TeamRole from, TeamRole to);
bool may_remove(const Standing& by, const TeamId& team, TeamRole target);

// One invitation, with everything it would give: a team's administrator may invite to their teams
// alone, and thereby as org_member.
bool may_invite(const Standing& by, OrgRole role, std::span<const TeamGrant> teams);
// The team's part of a pending one, for adding, changing or revoking it.
bool may_invite_to(const Standing& by, const TeamGrant& part);

}  // namespace ks::policy
