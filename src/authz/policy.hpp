#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authz/action.hpp"
#include "authz/scope.hpp"

namespace ks::policy {

// The table of rights, as data. An organization's owner and administrators act as team
// administrators in every team of it.
bool allows(OrgRole role, Action action);
bool allows(TeamRole role, Action action);
bool platform_admin_allows(Action action);

// What `standing` allows on the organization itself.
bool allows_on_org(const Standing& standing, Action action);
// What it allows on a team of the organization; the caller knows that the team exists.
bool allows_on_team(const Standing& standing, const TeamId& team, Action action);

// Names of the roles that have the action, strongest first, for a refusal.
std::vector<std::string> roles_with(Action action);

// Names of every action allowed on the organization or the team, in the catalogue's order.
std::vector<std::string> allowed_on_org(const Standing& standing);
std::vector<std::string> allowed_on_team(const Standing& standing, const TeamId& team);

}  // namespace ks::policy
