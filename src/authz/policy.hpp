#pragma once

#include <string>
#include <vector>

#include "authz/action.hpp"
#include "authz/action_set.hpp"
#include "authz/roles.hpp"
#include "authz/scope.hpp"

// What somebody may do where, from the roles of roles.hpp. Bit tests; nothing is allocated but for
// the lists of names.
namespace ks::policy {

// What `standing` allows on the organization itself. Of one that is suspended, what is open then.
ActionSet rights_on_org(const Standing& standing);
// On a team of it; the caller knows that the team exists. Roles above the organization give nothing
// here: their way to content is support_enter.
ActionSet rights_on_team(const Standing& standing, const TeamId& team);
// On the client that the organization belongs to.
ActionSet rights_on_client(const Standing& standing);
ActionSet rights_on_platform(const Standing& standing);

inline bool allows_on_org(const Standing& standing, Action action) {
  return rights_on_org(standing).has(action);
}
inline bool allows_on_team(const Standing& standing, const TeamId& team, Action action) {
  return rights_on_team(standing, team).has(action);
}

// Whether the roles of `standing` give it, and nothing but the suspension of the organization is in
// the way.
bool is_held_up_on_org(const Standing& standing, Action action);
bool is_held_up_on_team(const Standing& standing, const TeamId& team, Action action);

// Whether every team of the organization is in sight, or only those one is a member of.
bool sees_every_team(const Standing& standing);

// Names of the roles that have the action, strongest first within a level, for a refusal. Roles
// above the organization are told only to those who have one: who runs a client or the platform is
// not for its customers to know. Empty means that the action does not exist for them.
std::vector<std::string> roles_with(Action action, const Standing& told_to);

// Names of the actions allowed on a resource, in the catalogue's order. A deployment is its team's.
std::vector<std::string> allowed_on_org(const Standing& standing);
std::vector<std::string> allowed_on_team(const Standing& standing, const TeamId& team);
std::vector<std::string> allowed_on_deployment(const Standing& standing, const TeamId& team);

}  // namespace ks::policy
