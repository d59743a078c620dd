#include "authz/action.hpp"

#include <array>

#include "base/error.hpp"

namespace ks {

std::string_view name(Action action) {
  switch (action) {
    case Action::org_read:
      return "org:read";
    case Action::org_update:
      return "org:update";
    case Action::org_delete:
      return "org:delete";
    case Action::org_transfer:
      return "org:transfer";
    case Action::billing_read:
      return "billing:read";
    case Action::billing_manage:
      return "billing:manage";
    case Action::teams_create:
      return "teams:create";
    case Action::teams_update:
      return "teams:update";
    case Action::teams_delete:
      return "teams:delete";
    case Action::teams_list:
      return "teams:list";
    case Action::org_members_read:
      return "org_members:read";
    case Action::org_members_manage:
      return "org_members:manage";
    case Action::audit_read:
      return "audit:read";
    case Action::team_read:
      return "team:read";
    case Action::team_update:
      return "team:update";
    case Action::members_read:
      return "members:read";
    case Action::members_manage:
      return "members:manage";
    case Action::deployments_read:
      return "deployments:read";
    case Action::deployments_create:
      return "deployments:create";
    case Action::deployments_update:
      return "deployments:update";
    case Action::deployments_delete:
      return "deployments:delete";
    case Action::deployments_restart:
      return "deployments:restart";
    case Action::secrets_read:
      return "secrets:read";
    case Action::secrets_write:
      return "secrets:write";
    case Action::orgs_set_plan:
      return "orgs:set_plan";
    case Action::org_found:
      return "org:found";
    case Action::sync_status:
      return "sync:status";
    case Action::audit_append:
      return "audit:append";
  }
  assertion_failed("known action", __FILE__, __LINE__);
}

std::span<const Action> all_actions() {
  static const auto kAll = [] {
    std::array<Action, kActions> all{};
    for (std::size_t i = 0; i < kActions; ++i) all[i] = static_cast<Action>(i);
    return all;
  }();
  return kAll;
}

bool is_internal(Action action) { return action >= Action::org_found; }

bool is_team_action(Action action) {
  return action >= Action::team_read && action <= Action::secrets_write;
}

}  // namespace ks
