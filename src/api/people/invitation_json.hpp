#pragma once

#include "api/call.hpp"
#include "app/invitations/changes.hpp"
#include "app/invitations/invite.hpp"

namespace ks::api {

// Invitations as the resources of the contract, and the bodies that ask for them.

Json present(const app::InvitationView& view, const TenantScope& scope);
Json present(const std::string& email, const app::Invited& invited, const TenantScope& scope);

struct InviteBody {
  std::vector<app::Wanted> wanted;
  int life_days = kInvitationDays;
};
// `invalid` with all faults of all rows. A team that the caller does not see is one.
Result<InviteBody> invite_body(Tx& tx, const app::Stores& stores, const TenantScope& scope,
                               const Json& body);
Result<app::InvitationPatch> invitation_patch(Tx& tx, const app::Stores& stores,
                                              const TenantScope& scope, const Json& body);

}  // namespace ks::api
