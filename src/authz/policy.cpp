#include "authz/policy.hpp"

#include <array>
#include <cstdint>

namespace ks::policy {

namespace {

// One row an action: which roles have it. A role's column is a bit.
enum Role : std::uint8_t {
  kOwner = 1 << 0,
  kAdmin = 1 << 1,
  kMember = 1 << 2,
  kTeamAdmin = 1 << 3,
  kDeveloper = 1 << 4,
  kViewer = 1 << 5,
  kPlatformAdmin = 1 << 6,
  kSystem = 1 << 7,
};

struct Row {
  Action action;
  unsigned roles;
};

constexpr unsigned kAnyMember = kOwner | kAdmin | kMember;
constexpr unsigned kAnyInTeam = kTeamAdmin | kDeveloper | kViewer;

constexpr std::array<Row, kActions> kTable = {{
    {Action::org_read, kAnyMember},
    {Action::org_update, kOwner | kAdmin},
    {Action::org_delete, kOwner},
    {Action::org_transfer, kOwner},
    {Action::billing_read, kOwner | kAdmin},
    {Action::billing_manage, kOwner},
    {Action::teams_create, kOwner | kAdmin},
    {Action::teams_update, kOwner | kAdmin},
    {Action::teams_delete, kOwner | kAdmin},
    // Members see the teams that they belong to; the list is cut by the statement.
    {Action::teams_list, kAnyMember},
    {Action::org_members_read, kOwner | kAdmin},
    {Action::org_members_manage, kOwner | kAdmin},
    {Action::audit_read, kOwner | kAdmin},
    {Action::team_read, kAnyInTeam},
    {Action::team_update, kTeamAdmin},
    {Action::members_read, kAnyInTeam},
    {Action::members_manage, kTeamAdmin},
    {Action::deployments_read, kAnyInTeam},
    {Action::deployments_create, kTeamAdmin | kDeveloper},
    {Action::deployments_update, kTeamAdmin | kDeveloper},
    {Action::deployments_delete, kTeamAdmin | kDeveloper},
    {Action::deployments_restart, kTeamAdmin | kDeveloper},
    {Action::secrets_read, kTeamAdmin | kDeveloper},
    {Action::secrets_write, kTeamAdmin},
    {Action::orgs_set_plan, kPlatformAdmin},
    {Action::org_found, kOwner},
    {Action::sync_status, kSystem},
    {Action::audit_append, kAnyMember | kPlatformAdmin | kSystem},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i)
    if (static_cast<std::size_t>(kTable[i].action) != i) return false;
  return true;
}
static_assert(in_order(), "one row an action, in the catalogue's order");

bool has(Action action, unsigned role) {
  return (kTable[static_cast<std::size_t>(action)].roles & role) != 0;
}

unsigned bit(OrgRole role) {
  switch (role) {
    case OrgRole::member:
      return kMember;
    case OrgRole::admin:
      return kAdmin;
    case OrgRole::owner:
      return kOwner;
  }
  return 0;
}

unsigned bit(TeamRole role) {
  switch (role) {
    case TeamRole::viewer:
      return kViewer;
    case TeamRole::developer:
      return kDeveloper;
    case TeamRole::admin:
      return kTeamAdmin;
  }
  return 0;
}

}  // namespace

bool allows(OrgRole role, Action action) { return has(action, bit(role)); }
bool allows(TeamRole role, Action action) { return has(action, bit(role)); }
bool platform_admin_allows(Action action) { return has(action, kPlatformAdmin); }

bool allows_on_org(const Standing& standing, Action action) {
  if (is_team_action(action)) return false;
  if (standing.system && has(action, kSystem)) return true;
  if (standing.platform_admin && has(action, kPlatformAdmin)) return true;
  return standing.org_role && has(action, bit(*standing.org_role));
}

bool allows_on_team(const Standing& standing, const TeamId& team, Action action) {
  if (!is_team_action(action) || !standing.org_role) return false;
  if (*standing.org_role >= OrgRole::admin) return has(action, kTeamAdmin);
  const auto role = standing.role_in(team);
  return role && has(action, bit(*role));
}

std::vector<std::string> roles_with(Action action) {
  static constexpr std::array<std::pair<Role, std::string_view>, 7> kNames = {{
      {kPlatformAdmin, "platform_admin"},
      {kOwner, "org_owner"},
      {kAdmin, "org_admin"},
      {kMember, "org_member"},
      {kTeamAdmin, "team_admin"},
      {kDeveloper, "developer"},
      {kViewer, "viewer"},
  }};
  std::vector<std::string> out;
  const bool team = is_team_action(action);
  for (const auto& [role, text] : kNames) {
    const bool by_administration =
        team && (role == kOwner || role == kAdmin) && has(action, kTeamAdmin);
    if (has(action, role) || by_administration) out.emplace_back(text);
  }
  return out;
}

std::vector<std::string> allowed_on_org(const Standing& standing) {
  std::vector<std::string> out;
  for (const Action action : all_actions())
    if (!is_internal(action) && allows_on_org(standing, action)) out.emplace_back(name(action));
  return out;
}

std::vector<std::string> allowed_on_team(const Standing& standing, const TeamId& team) {
  std::vector<std::string> out;
  for (const Action action : all_actions())
    if (allows_on_team(standing, team, action)) out.emplace_back(name(action));
  return out;
}

}  // namespace ks::policy
