#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "authz/action_set.hpp"
#include "domain/role.hpp"

// Roles as data: a role is a named set of the catalogue's actions, closed under what they need. The
// only place that says who may do what.
//
// A custom role (plan feature roles.custom) is one more Row, read from its organization's rows: a
// name, a purpose, and the set of its actions. It is accepted if needs are met within it
// (is_closed) and if its maker's own set contains it, and takes effect by standing where a built-in
// row's set stands now: `actions` of the member's or the team member's role in a Standing. Checks,
// rules of granting (they compare sets), refusals and allowed_actions follow without a change. How
// a built-in role is added is told in docs/guides/adding-a-role.md.
namespace ks::policy {

// Every role there is, by level, strongest first within an organization and within a team; the last
// of each of those two is the default wherever one is chosen.
enum class Role {
  org_owner,
  org_admin,
  org_member,
  team_admin,
  developer,
  viewer,
  platform_admin,
  client_admin,
  client_support,
  client_billing,
  system,  // Background work; no person has it, and nobody is told of it.
};
inline constexpr std::size_t kRoles = static_cast<std::size_t>(Role::system) + 1;

struct RoleRow {
  Role role;
  std::string_view name;     // The API's, "org_owner".
  Place level;               // Where it is held.
  std::string_view purpose;  // One sentence, shown where roles are chosen.
  // Also what it gives in every team, for a role of the organization that acts in all of them.
  ActionSet actions;
};

// In the order of the enumeration.
std::span<const RoleRow> roles();
const RoleRow& row(Role role);
Role role_of(OrgRole role);
Role role_of(TeamRole role);
Role role_of(ClientRole role);
// What a role allows.
const ActionSet& actions(Role role);
inline const ActionSet& actions(OrgRole role) { return actions(role_of(role)); }
inline const ActionSet& actions(TeamRole role) { return actions(role_of(role)); }
inline const ActionSet& actions(ClientRole role) { return actions(role_of(role)); }

// Whoever may do `action` must be able to do `needed` too: nobody changes what they cannot see.
struct Need {
  Action action;
  Action needed;
};
std::span<const Need> needs();
// Whether all that the set's actions need is in it.
bool is_closed(const ActionSet& set);

}  // namespace ks::policy
