#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace ks {

// The catalogue of what can be done. Code asks for an action on a thing, never for a role. The part
// before the colon of its name is the noun it acts on. Where the product uses one name on an
// organization and on a team (`members:read`), there are two actions with that name, each at its
// place: the one on the organization is called org_*. How an action is added is told in
// docs/guides/adding-an-action.md.
//
// What needs no action, because it is a person's own: leaving, accepting and declining, sessions,
// personal API keys, accepting ownership that was offered.
enum class Action {
  // On an organization.
  org_read,  // Also its usage, and the plans it could have.
  // Name, slug and policies; also whether support may do more than read.
  org_update,
  org_delete,
  org_transfer,  // Offers of ownership: making and withdrawing them.
  org_export,    // Everything of the organization, in any state it is in.
  billing_read,
  billing_manage,
  teams_create,
  teams_update,  // Of any team, what its own administrators do not set: its slug.
  teams_delete,
  teams_list,          // All, or one's own; see policy::sees_every_team.
  org_members_read,    // Of the whole organization, and the access review of it.
  org_members_manage,  // Roles up to org_admin, and confirming an access review.
  org_invitations_read,
  org_invitations_manage,
  own_templates_read,  // With visibility private: the author's alone, whatever the role.
  own_templates_write,
  org_templates_read,  // With visibility org.
  org_templates_write,
  org_secrets_read,  // Names and metadata, at organization scope.
  org_secrets_write,
  audit_read,      // Exporting needs the plan besides.
  apikeys_manage,  // Service keys of the organization: listing, making and revoking them.
  // On a team.
  team_read,
  team_update,   // Name and description.
  members_read,  // Of the team.
  // Of the team: adding, changing, removing, its access review, and looking up members of the
  // organization for it.
  members_manage,
  invitations_read,    // The team's part of pending ones.
  invitations_manage,  // Likewise: inviting, changing, sending again, revoking.
  deployments_read,    // With revisions and events.
  deployments_create,  // Also bringing a deleted one back.
  deployments_update,  // Also resolving its tag afresh.
  deployments_delete,
  deployments_restart,
  deployments_rollback,
  deployments_exec,
  logs_read,
  metrics_read,
  secrets_read,    // Names and metadata of all that reach the team's deployments.
  secrets_write,   // At team, deployment and service scope.
  templates_read,  // With visibility team.
  templates_write,
  // On an organization, from above it.
  orgs_set_plan,
  orgs_suspend,
  orgs_appoint_owner,  // Of an orphaned organization, with a reason.
  entitlements_override,
  support_ask,    // To be let in by who may enter.
  support_enter,  // The only way to content.
  // On a client.
  orgs_list,    // States, plans and limits; nothing that is inside.
  orgs_create,  // For a customer, who is invited to own it.
  client_read,
  client_update,        // Brand, domains, mail, login.
  client_billing_read,  // Invoices and monthly usage.
  plans_read,
  plans_manage,
  public_templates_read,  // With visibility public: everybody's of the client.
  public_templates_write,
  // On the platform.
  clients_list,
  clients_create,
  clients_suspend,
  clients_delete,
  clients_set_ceilings,
  clusters_read,
  clusters_manage,
  // Made by the act itself: the founder of an organization that does not exist yet.
  org_found,
  // Background work on one tenant: status of its things, its feed.
  sync_status,
  // Removing an organization for good, when its time to be restored is over.
  org_purge,
  // Looking at, accepting and declining an invitation, by who has its token.
  invitation_answer,
  // Appending to the audit log what was refused; whoever acts in the organization may.
  audit_append,
};
inline constexpr std::size_t kActions = static_cast<std::size_t>(Action::audit_append) + 1;

// The container whose roles decide an action.
enum class Place { organization, team, client, platform };

// Resources that carry `allowed_actions`.
enum class Resource { organization, team, deployment };

// The name of the API, "deployments:create". Not unique: see above.
std::string_view name(Action action);
// What it is done to, for people: "deployment", "team secret". With the name it is unique.
std::string_view noun(Action action);
Place place(Action action);
// Whether a resource of this kind lists the action among those allowed.
bool is_shown_on(Action action, Resource resource);
std::span<const Action> all_actions();
// True for actions that no person is ever told about: they are steps of other acts.
bool is_internal(Action action);
// Whether it goes on while the organization is suspended.
bool is_open_while_suspended(Action action);
// True for actions that a team's roles decide.
bool is_team_action(Action action);

}  // namespace ks
