#include "authz/roles.hpp"

#include <array>
#include <cstdint>

#include "authz/catalogue.hpp"
#include "base/error.hpp"

namespace ks::policy {

namespace {

constexpr std::uint16_t bit(Role role) {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(role));
}

constexpr std::uint16_t kOwner = bit(Role::org_owner);
constexpr std::uint16_t kAdmins = kOwner | bit(Role::org_admin);
constexpr std::uint16_t kMembers = kAdmins | bit(Role::org_member);
constexpr std::uint16_t kTeamAdmin = bit(Role::team_admin);
constexpr std::uint16_t kDevelopers = kTeamAdmin | bit(Role::developer);
constexpr std::uint16_t kViewers = kDevelopers | bit(Role::viewer);
constexpr std::uint16_t kPlatform = bit(Role::platform_admin);
constexpr std::uint16_t kClient = kPlatform | bit(Role::client_admin);
constexpr std::uint16_t kClientSupport = bit(Role::client_support);
constexpr std::uint16_t kClientBilling = bit(Role::client_billing);
constexpr std::uint16_t kClientAnybody = kClient | kClientSupport | kClientBilling;
constexpr std::uint16_t kSystem = bit(Role::system);

struct Right {
  Action action;
  std::uint16_t roles;
};

// One row an action: which roles have it.
constexpr std::array<Right, kActions> kRights = {{
    {Action::org_read, kMembers},
    {Action::org_update, kAdmins},
    {Action::org_delete, kOwner},
    {Action::org_transfer, kOwner},
    {Action::org_export, kOwner},
    {Action::billing_read, kAdmins},
    {Action::billing_manage, kOwner},
    {Action::teams_create, kAdmins},
    {Action::teams_update, kAdmins},
    {Action::teams_delete, kAdmins},
    // Members see the teams that they belong to; the list is cut by the statement.
    {Action::teams_list, kMembers},
    {Action::org_members_read, kAdmins},
    {Action::org_members_manage, kAdmins},
    {Action::org_invitations_read, kAdmins},
    {Action::org_invitations_manage, kAdmins},
    {Action::own_templates_read, kMembers},
    {Action::own_templates_write, kMembers},
    {Action::org_templates_read, kMembers},
    {Action::org_templates_write, kAdmins},
    {Action::org_secrets_read, kAdmins},
    {Action::org_secrets_write, kAdmins},
    {Action::audit_read, kAdmins},
    {Action::apikeys_manage, kAdmins},

    {Action::team_read, kViewers},
    {Action::team_update, kTeamAdmin},
    {Action::members_read, kViewers},
    {Action::members_manage, kTeamAdmin},
    {Action::invitations_read, kTeamAdmin},
    {Action::invitations_manage, kTeamAdmin},
    {Action::deployments_read, kViewers},
    {Action::deployments_create, kDevelopers},
    {Action::deployments_update, kDevelopers},
    {Action::deployments_delete, kDevelopers},
    {Action::deployments_restart, kDevelopers},
    {Action::deployments_rollback, kDevelopers},
    {Action::deployments_exec, kDevelopers},
    {Action::logs_read, kViewers},
    {Action::metrics_read, kViewers},
    {Action::secrets_read, kDevelopers},
    {Action::secrets_write, kTeamAdmin},
    {Action::templates_read, kViewers},
    {Action::templates_write, kTeamAdmin},

    {Action::orgs_set_plan, kClient},
    {Action::orgs_suspend, kClient},
    {Action::orgs_appoint_owner, kClient},
    {Action::entitlements_override, kClient},
    {Action::support_ask, kClient | kClientSupport},
    {Action::support_enter, kClient},

    {Action::orgs_list, kClientAnybody},
    {Action::orgs_create, kClient},
    {Action::client_read, kClientAnybody},
    {Action::client_update, kClient},
    {Action::client_billing_read, kClient | kClientBilling},
    {Action::plans_read, kClientAnybody},
    {Action::plans_manage, kClient},
    {Action::public_templates_read, kMembers | kClient},
    {Action::public_templates_write, kClient},

    {Action::clients_list, kPlatform},
    {Action::clients_create, kPlatform},
    {Action::clients_suspend, kPlatform},
    {Action::clients_delete, kPlatform},
    {Action::clients_set_ceilings, kPlatform},
    {Action::clusters_read, kPlatform},
    {Action::clusters_manage, kPlatform},

    {Action::org_found, kOwner},
    {Action::sync_status, kSystem},
    {Action::org_purge, kSystem},
    // No role's: whoever comes with a token has it, see Standing::invited.
    {Action::invitation_answer, 0},
    {Action::audit_append, kMembers | kClientAnybody | kSystem},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRights.size(); ++i)
    if (static_cast<std::size_t>(kRights[i].action) != i) return false;
  return true;
}
static_assert(in_order(), "one row an action, in the catalogue's order");

// In every team of the organization, without being a member of it.
constexpr std::uint16_t kActAsTeamAdmin = kAdmins;

constexpr ActionSet set_of(Role role) {
  ActionSet out;
  for (const Right& right : kRights) {
    const bool in_all_teams = (kActAsTeamAdmin & bit(role)) != 0 && (right.roles & kTeamAdmin) != 0;
    if ((right.roles & bit(role)) != 0 || in_all_teams) out.add(right.action);
  }
  return out;
}

constexpr RoleRow role_row(Role role, std::string_view name, Place level,
                           std::string_view purpose) {
  return {role, name, level, purpose, set_of(role)};
}

constexpr std::array<RoleRow, kRoles> kRows = {{
    role_row(
        Role::org_owner, "org_owner", Place::organization,
        "Answers for the organization: does all that an administrator does, pays for it, hands "
        "it over and deletes it."),
    role_row(Role::org_admin, "org_admin", Place::organization,
             "Runs the organization: its people, its teams and everything in them."),
    role_row(Role::org_member, "org_member", Place::organization,
             "Belongs to the organization and works in the teams they were added to."),
    role_row(Role::team_admin, "team_admin", Place::team,
             "Runs one team: its people, its secrets and its deployments."),
    role_row(Role::developer, "developer", Place::team,
             "Deploys in the team and keeps what runs there running."),
    role_row(Role::viewer, "viewer", Place::team,
             "Sees what the team runs and how it is doing, and changes nothing."),
    role_row(
        Role::platform_admin, "platform_admin", Place::platform,
        "Runs the platform: clients, their ceilings, clusters, and the templates that everybody "
        "gets."),
    role_row(Role::client_admin, "client_admin", Place::client,
             "Runs one client: its brand, its domains, its plans and its organizations."),
    role_row(Role::client_support, "client_support", Place::client,
             "Helps a client's organizations: sees their state and limits, and may ask to be let "
             "in."),
    role_row(Role::client_billing, "client_billing", Place::client,
             "Keeps a client's books: sees its plans, invoices and usage."),
    role_row(Role::system, "system", Place::platform,
             "Is the program itself, carrying state between database and cluster."),
}};

constexpr bool roles_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (static_cast<std::size_t>(kRows[i].role) != i) return false;
  return true;
}
static_assert(roles_in_order(), "one row a role, in the order of the enumeration");

constexpr std::array kNeeds = {
    Need{Action::org_update, Action::org_read},
    Need{Action::org_delete, Action::org_read},
    Need{Action::org_transfer, Action::org_read},
    Need{Action::org_transfer, Action::org_members_read},
    Need{Action::org_export, Action::org_read},
    Need{Action::billing_read, Action::org_read},
    Need{Action::billing_manage, Action::billing_read},
    Need{Action::teams_list, Action::org_read},
    Need{Action::teams_create, Action::teams_list},
    Need{Action::teams_update, Action::teams_list},
    Need{Action::teams_delete, Action::teams_list},
    Need{Action::org_members_read, Action::org_read},
    Need{Action::org_members_manage, Action::org_members_read},
    Need{Action::org_invitations_read, Action::org_members_read},
    Need{Action::org_invitations_manage, Action::org_invitations_read},
    Need{Action::own_templates_read, Action::org_read},
    Need{Action::own_templates_write, Action::own_templates_read},
    Need{Action::org_templates_read, Action::org_read},
    Need{Action::org_templates_write, Action::org_templates_read},
    Need{Action::org_secrets_read, Action::org_read},
    Need{Action::org_secrets_write, Action::org_secrets_read},
    Need{Action::audit_read, Action::org_read},
    Need{Action::apikeys_manage, Action::org_read},

    Need{Action::team_update, Action::team_read},
    Need{Action::members_read, Action::team_read},
    Need{Action::members_manage, Action::members_read},
    Need{Action::invitations_read, Action::members_read},
    Need{Action::invitations_manage, Action::invitations_read},
    Need{Action::deployments_read, Action::team_read},
    Need{Action::deployments_create, Action::deployments_read},
    Need{Action::deployments_update, Action::deployments_read},
    Need{Action::deployments_delete, Action::deployments_read},
    Need{Action::deployments_restart, Action::deployments_read},
    Need{Action::deployments_rollback, Action::deployments_update},
    Need{Action::deployments_exec, Action::deployments_read},
    Need{Action::logs_read, Action::deployments_read},
    Need{Action::metrics_read, Action::deployments_read},
    Need{Action::secrets_read, Action::team_read},
    Need{Action::secrets_write, Action::secrets_read},
    Need{Action::templates_read, Action::team_read},
    Need{Action::templates_write, Action::templates_read},

    Need{Action::orgs_set_plan, Action::orgs_list},
    Need{Action::orgs_set_plan, Action::plans_read},
    Need{Action::orgs_suspend, Action::orgs_list},
    Need{Action::orgs_appoint_owner, Action::orgs_list},
    Need{Action::entitlements_override, Action::orgs_list},
    Need{Action::support_ask, Action::orgs_list},
    Need{Action::support_enter, Action::orgs_list},
    Need{Action::orgs_list, Action::client_read},
    Need{Action::orgs_create, Action::orgs_list},
    Need{Action::client_update, Action::client_read},
    Need{Action::client_billing_read, Action::client_read},
    Need{Action::plans_read, Action::client_read},
    Need{Action::plans_manage, Action::plans_read},
    Need{Action::public_templates_write, Action::public_templates_read},

    Need{Action::clients_create, Action::clients_list},
    Need{Action::clients_suspend, Action::clients_list},
    Need{Action::clients_delete, Action::clients_list},
    Need{Action::clients_set_ceilings, Action::clients_list},
    Need{Action::clusters_manage, Action::clusters_read},
};

constexpr bool closed(const ActionSet& set) {
  for (const Need& need : kNeeds)
    if (set.has(need.action) && !set.has(need.needed)) return false;
  return true;
}

constexpr bool all_closed() {
  for (const RoleRow& r : kRows)
    if (!closed(r.actions)) return false;
  return true;
}
static_assert(all_closed(), "a role has all that its actions need");

}  // namespace

std::span<const RoleRow> roles() { return kRows; }
const RoleRow& row(Role role) { return kRows[static_cast<std::size_t>(role)]; }
const ActionSet& actions(Role role) { return row(role).actions; }

Role role_of(OrgRole role) {
  switch (role) {
    case OrgRole::member:
      return Role::org_member;
    case OrgRole::admin:
      return Role::org_admin;
    case OrgRole::owner:
      return Role::org_owner;
  }
  assertion_failed("known role", __FILE__, __LINE__);
}

Role role_of(TeamRole role) {
  switch (role) {
    case TeamRole::viewer:
      return Role::viewer;
    case TeamRole::developer:
      return Role::developer;
    case TeamRole::admin:
      return Role::team_admin;
  }
  assertion_failed("known role", __FILE__, __LINE__);
}

Role role_of(ClientRole role) {
  switch (role) {
    case ClientRole::support:
      return Role::client_support;
    case ClientRole::billing:
      return Role::client_billing;
    case ClientRole::admin:
      return Role::client_admin;
  }
  assertion_failed("known role", __FILE__, __LINE__);
}

std::span<const Need> needs() { return kNeeds; }
bool is_closed(const ActionSet& set) { return closed(set); }

}  // namespace ks::policy
