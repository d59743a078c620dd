#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace ks {

// The catalogue of what can be done. Code asks for an action on a thing, never for a role. The part
// before the colon of its name is the noun it acts on.
enum class Action {
  // On an organization.
  org_read,
  org_update,
  org_delete,
  org_transfer,
  billing_read,
  billing_manage,
  teams_create,
  teams_update,
  teams_delete,
  teams_list,
  org_members_read,
  org_members_manage,
  audit_read,
  // On a team.
  team_read,
  team_update,
  members_read,
  members_manage,
  deployments_read,
  deployments_create,
  deployments_update,
  deployments_delete,
  deployments_restart,
  secrets_read,
  secrets_write,
  // On an organization, from above it.
  orgs_set_plan,
  // Made by the act itself: the founder of an organization that does not exist yet.
  org_found,
  // Background work on one tenant: status of its things, its feed.
  sync_status,
  // Appending to the audit log what was refused; whoever acts in the organization may.
  audit_append,
};
inline constexpr std::size_t kActions = static_cast<std::size_t>(Action::audit_append) + 1;

// The name of the API, "deployments:create".
std::string_view name(Action action);
std::span<const Action> all_actions();
// True for actions that no person is ever told about: they are steps of other acts.
bool is_internal(Action action);
// True for actions that a team's roles decide; the rest sits on the organization.
bool is_team_action(Action action);

}  // namespace ks
