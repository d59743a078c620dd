#pragma once

#include "api/services.hpp"
#include "app/plans.hpp"

namespace ks::api {

// Rows as the resources of the contract.

Json present(const UserRow& user);
Json present(const Organization& org, const TenantScope& scope);
Json present(const TeamRow& team, const TenantScope& scope);
Json present(const DeploymentRow& row, const TenantScope& scope, const Services& services);
Json present(const app::UsageReport& report);
Json present_me(const Caller& caller);

}  // namespace ks::api
