#pragma once

#include <optional>

#include "api/fields.hpp"
#include "app/stores.hpp"
#include "base/json.hpp"
#include "http/message.hpp"

namespace ks::api {

// People as the resources of the contract, and the roles of its bodies.

Json present(const MemberRow& member, const TenantScope& scope);
Json present(const TeamMemberRow& member, const TenantScope& scope, const TeamId& team);
Json present(const CandidateRow& candidate);
Json present(const OwnershipOffer& offer, const TenantScope& scope);

// nullopt when absent; a fault of `fields` when it is no role.
std::optional<OrgRole> org_role_of(Fields& fields, std::string_view name);
std::optional<TeamRole> team_role_of(Fields& fields, std::string_view name);
// `confirm` of the query; a fault when it is neither true nor false.
Result<bool> confirmed_in_query(const http::Request& request);

}  // namespace ks::api
