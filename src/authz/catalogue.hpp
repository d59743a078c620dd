#pragma once

#include <array>
#include <string_view>

#include "authz/action_set.hpp"

// The rows behind action.hpp, for what is computed from them at compile time. Other folders ask the
// functions of action.hpp.
namespace ks::catalogue {

inline constexpr unsigned kOnOrg = 1 << static_cast<unsigned>(Resource::organization);
inline constexpr unsigned kOnTeam = 1 << static_cast<unsigned>(Resource::team);
inline constexpr unsigned kOnDeployment = 1 << static_cast<unsigned>(Resource::deployment);

struct Row {
  Action action;
  std::string_view name;
  Place place;
  std::string_view noun;
  unsigned shown_on;  // Bits of Resource; none for an internal action.
};

// clang-format off
inline constexpr std::array<Row, kActions> kRows = {{
    {Action::org_read, "org:read", Place::organization, "organization", kOnOrg},
    {Action::org_update, "org:update", Place::organization, "organization", kOnOrg},
    {Action::org_delete, "org:delete", Place::organization, "organization", kOnOrg},
    {Action::org_transfer, "org:transfer", Place::organization, "organization", kOnOrg},
    {Action::org_export, "org:export", Place::organization, "organization", kOnOrg},
    {Action::billing_read, "billing:read", Place::organization, "organization", kOnOrg},
    {Action::billing_manage, "billing:manage", Place::organization, "organization", kOnOrg},
    {Action::teams_create, "teams:create", Place::organization, "organization", kOnOrg},
    {Action::teams_update, "teams:update", Place::organization, "organization", kOnOrg | kOnTeam},
    {Action::teams_delete, "teams:delete", Place::organization, "organization", kOnOrg | kOnTeam},
    {Action::teams_list, "teams:list", Place::organization, "organization", kOnOrg},
    {Action::org_members_read, "members:read", Place::organization, "organization", kOnOrg},
    {Action::org_members_manage, "members:manage", Place::organization, "organization", kOnOrg},
    {Action::org_invitations_read, "invitations:read", Place::organization, "organization", kOnOrg},
    {Action::org_invitations_manage, "invitations:manage", Place::organization, "organization", kOnOrg},
    // Not shown on the organization: there the name means those with visibility org.
    {Action::own_templates_read, "templates:read", Place::organization, "private template", 0},
    {Action::own_templates_write, "templates:write", Place::organization, "private template", 0},
    {Action::org_templates_read, "templates:read", Place::organization, "org template", kOnOrg},
    {Action::org_templates_write, "templates:write", Place::organization, "org template", kOnOrg},
    {Action::org_secrets_read, "secrets:read", Place::organization, "org secret", kOnOrg},
    {Action::org_secrets_write, "secrets:write", Place::organization, "org secret", kOnOrg},
    {Action::audit_read, "audit:read", Place::organization, "organization", kOnOrg},
    {Action::apikeys_manage, "apikeys:manage", Place::organization, "organization", kOnOrg},

    {Action::team_read, "team:read", Place::team, "team", kOnTeam},
    {Action::team_update, "team:update", Place::team, "team", kOnTeam},
    {Action::members_read, "members:read", Place::team, "team", kOnTeam},
    {Action::members_manage, "members:manage", Place::team, "team", kOnTeam},
    {Action::invitations_read, "invitations:read", Place::team, "team", kOnTeam},
    {Action::invitations_manage, "invitations:manage", Place::team, "team", kOnTeam},
    {Action::deployments_read, "deployments:read", Place::team, "deployment", kOnTeam | kOnDeployment},
    {Action::deployments_create, "deployments:create", Place::team, "deployment", kOnTeam},
    {Action::deployments_update, "deployments:update", Place::team, "deployment", kOnTeam | kOnDeployment},
    {Action::deployments_delete, "deployments:delete", Place::team, "deployment", kOnTeam | kOnDeployment},
    {Action::deployments_restart, "deployments:restart", Place::team, "deployment", kOnTeam | kOnDeployment},
    {Action::deployments_rollback, "deployments:rollback", Place::team, "deployment", kOnTeam | kOnDeployment},
    {Action::deployments_exec, "deployments:exec", Place::team, "deployment", kOnTeam | kOnDeployment},
    {Action::logs_read, "logs:read", Place::team, "deployment", kOnTeam | kOnDeployment},
    {Action::metrics_read, "metrics:read", Place::team, "deployment", kOnTeam | kOnDeployment},
    {Action::secrets_read, "secrets:read", Place::team, "team secret", kOnTeam | kOnDeployment},
    {Action::secrets_write, "secrets:write", Place::team, "team secret", kOnTeam | kOnDeployment},
    {Action::templates_read, "templates:read", Place::team, "team template", kOnTeam},
    {Action::templates_write, "templates:write", Place::team, "team template", kOnTeam},

    {Action::orgs_set_plan, "orgs:set_plan", Place::organization, "client's organization", kOnOrg},
    {Action::orgs_suspend, "orgs:suspend", Place::organization, "client's organization", kOnOrg},
    {Action::orgs_appoint_owner, "orgs:appoint_owner", Place::organization, "client's organization", kOnOrg},
    {Action::entitlements_override, "entitlements:override", Place::organization, "client's organization", kOnOrg},
    {Action::support_ask, "support:ask", Place::organization, "client's organization", kOnOrg},
    {Action::support_enter, "support:enter", Place::organization, "client's organization", kOnOrg},

    {Action::orgs_list, "orgs:list", Place::client, "client", 0},
    {Action::orgs_create, "orgs:create", Place::client, "client", 0},
    {Action::client_read, "client:read", Place::client, "client", 0},
    {Action::client_update, "client:update", Place::client, "client", 0},
    {Action::client_billing_read, "billing:read", Place::client, "client", 0},
    {Action::plans_read, "plans:read", Place::client, "client", 0},
    {Action::plans_manage, "plans:manage", Place::client, "client", 0},
    {Action::public_templates_read, "templates:read", Place::client, "public template", 0},
    {Action::public_templates_write, "templates:write", Place::client, "public template", 0},

    {Action::clients_list, "clients:list", Place::platform, "platform", 0},
    {Action::clients_create, "clients:create", Place::platform, "platform", 0},
    {Action::clients_suspend, "clients:suspend", Place::platform, "platform", 0},
    {Action::clients_delete, "clients:delete", Place::platform, "platform", 0},
    {Action::clients_set_ceilings, "clients:set_ceilings", Place::platform, "platform", 0},
    {Action::clusters_read, "clusters:read", Place::platform, "platform", 0},
    {Action::clusters_manage, "clusters:manage", Place::platform, "platform", 0},

    {Action::org_found, "org:found", Place::organization, "organization", 0},
    {Action::sync_status, "sync:status", Place::organization, "organization", 0},
    {Action::org_purge, "org:purge", Place::organization, "organization", 0},
    {Action::invitation_answer, "invitation:answer", Place::organization, "organization", 0},
    {Action::audit_append, "audit:append", Place::organization, "organization", 0},
}};
// clang-format on

// What goes on in an organization that is suspended: looking, taking its data along, paying, ending
// it, and what the system does. Its owner is the one who cannot leave, so deleting is the way out
// for them; restored within its time it is suspended as before. A new action does not go on, unless
// it is written here.
inline constexpr ActionSet kOpenWhileSuspended = {
    Action::org_read,
    Action::org_delete,
    Action::org_export,
    Action::billing_read,
    Action::billing_manage,
    Action::teams_list,
    Action::org_members_read,
    Action::org_invitations_read,
    Action::own_templates_read,
    Action::org_templates_read,
    Action::org_secrets_read,
    Action::audit_read,
    Action::team_read,
    Action::members_read,
    Action::invitations_read,
    Action::deployments_read,
    Action::logs_read,
    Action::metrics_read,
    Action::secrets_read,
    Action::templates_read,
    Action::public_templates_read,
    Action::audit_append,
};

constexpr const Row& row(Action action) { return kRows[static_cast<std::size_t>(action)]; }

constexpr ActionSet at(Place place) {
  ActionSet out;
  for (const Row& r : kRows)
    if (r.place == place) out.add(r.action);
  return out;
}

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (static_cast<std::size_t>(kRows[i].action) != i) return false;
  return true;
}
static_assert(in_order(), "one row an action, in the order of the enumeration");

constexpr bool unambiguous() {
  for (const Row& a : kRows)
    for (const Row& b : kRows)
      if (a.action < b.action && a.name == b.name &&
          (a.noun == b.noun || (a.shown_on & b.shown_on) != 0))
        return false;
  return true;
}
static_assert(unambiguous(), "one name means one action for a noun and on a resource");

}  // namespace ks::catalogue
