#pragma once

#include "api/services.hpp"
#include "app/plans.hpp"

namespace ks::api {

// Rows as the resources of the contract.

Json present(const UserRow& user);
// Who did something in an organization; without a name where that person has left it.
Json author(const UserId& user, const std::string& name);
Json present(const Organization& org, const TenantScope& scope);
Json present(const TeamRow& team, const TenantScope& scope);
Json present(const DeploymentRow& row, const TenantScope& scope, const Services& services);
// The same but for allowed_actions: what everybody who may read it is shown.
Json present_to_all(const DeploymentRow& row, const Services& services);
// What the caller may do to a deployment of the team as it is: one that is being deleted is changed
// no more.
std::vector<std::string> allowed_on_deployment(const TenantScope& scope, const TeamId& team,
                                               std::string_view phase);
Json present(const app::UsageReport& report);
Json present_me(const Caller& caller);

}  // namespace ks::api
