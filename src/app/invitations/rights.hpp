#pragma once

#include "app/stores.hpp"

namespace ks::app {

// Over all invitations of the organization, or over the parts of the teams that the caller manages;
// `denied` for who has neither.
Result<MayInvite> require_invite(Tx& tx, const Stores& stores, const TenantScope& scope);
Result<MaySeeInvitations> require_see_invitations(Tx& tx, const Stores& stores,
                                                  const TenantScope& scope);

// As hold_members(), for every team that the right is over.
Result<void> hold_for(Tx& tx, const Stores& stores, const MayInvite& may);

// An invitation as somebody sees it: who looks after teams sees their parts of it and nothing else.
struct InvitationView {
  Invitation invitation;
  bool whole = true;
};
InvitationView view_of(Invitation invitation, const MayInvite& may);
InvitationView view_of(Invitation invitation, const MaySeeInvitations& may);

// The one that the caller names and sees some of, whatever its state; not_found for every other.
Result<Invitation> visible_invitation(Tx& tx, const Stores& stores, const MayInvite& may,
                                      std::string_view id);

}  // namespace ks::app
