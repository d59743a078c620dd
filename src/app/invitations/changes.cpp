#include "app/invitations/changes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/invitations/allowance.hpp"
#include "app/invitations/revocation.hpp"
#include "app/members.hpp"
#include "app/organizations.hpp"
#include "app/plans.hpp"
#include "authz/grants.hpp"
#include "domain/people/invitation_token.hpp"

namespace ks::app {

namespace {

std::unexpected<Error> closed(InvitationState state) {
  return conflict("invitation_closed", fmt::format("The invitation is {} already.", name(state)));
}

std::unexpected<Error> too_soon(Time again, Time now) {
  return too_many("This invitation was sent again not long ago; wait a while.", again - now);
}

// One that is pending, under the lock.
Result<Invitation> pending_one(Tx& tx, const Stores& stores, const MayInvite& may,
                               std::string_view id, InvitationEvent event) {
  KS_CHECK(hold_for(tx, stores, may));
  KS_TRY(Invitation found, visible_invitation(tx, stores, may, id));
  const InvitationState state = found.state_at(stores.clock.now());
  if (!after(state, event)) return closed(state);
  return found;
}

bool may_touch(const TenantScope& scope, const TeamId& team, TeamRole role) {
  return policy::may_invite_to(scope.standing(), {team, role});
}

bool gives_all(const TenantScope& scope, const MayInvite& may, const Invitation& invitation) {
  return !invitation.org_wide &&
         std::ranges::all_of(invitation.parts, [&](const Invitation::Part& part) {
           return may.over(part.team) && may_touch(scope, part.team, part.role);
         });
}

// What a patch does to the teams that the caller sees.
Result<bool> change_teams(Tx& tx, const Stores& stores, const TenantScope& scope,
                          const MayInvite& may, Invitation& invitation,
                          const std::vector<Wanted::InTeam>& wanted) {
  if (!may.whole() && wanted.empty())
    return invalid({Fault{"/teams", "would leave nothing of your part; revoke it instead"}});
  for (const Wanted::InTeam& in : wanted)
    if (!may.over(in.team)) return out_of_reach(Action::invitations_manage);
  bool changed = false;
  const auto kept = [&](const TeamId& team) {
    return std::ranges::find(wanted, team, &Wanted::InTeam::team) != wanted.end();
  };
  for (const Invitation::Part& part : std::vector(invitation.parts)) {
    if (!may.over(part.team) || kept(part.team)) continue;
    if (!part.gone && !may_touch(scope, part.team, part.role))
      return out_of_reach(Action::invitations_manage);
    KS_CHECK(stores.invitations.remove_part(tx, may.permit(), invitation.id, part.team));
    std::erase_if(invitation.parts, [&](const auto& p) { return p.team == part.team; });
    changed = true;
  }
  for (const Wanted::InTeam& in : wanted) {
    const Invitation::Part* before = invitation.part(in.team);
    if (before != nullptr && before->role == in.role) continue;
    if (!may_touch(scope, in.team, in.role) ||
        (before != nullptr && !may_touch(scope, in.team, before->role)))
      return out_of_reach(Action::invitations_manage);
    const Invitation::Part part{in.team, in.role, *scope.actor(), {}, {}, {}, {}, false};
    KS_TRY(const bool set, stores.invitations.set_part(tx, may, invitation.id, part));
    if (!set) return invalid({Fault{"/teams", "names a team that is gone"}});
    if (before == nullptr) invitation.parts.push_back(part);
    changed = true;
  }
  return changed;
}

}  // namespace

Result<InvitationView> change_invitation(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view id, const InvitationPatch& patch,
                                         const std::optional<std::int64_t>& if_version) {
  KS_TRY(const MayInvite may, require_invite(tx, stores, scope));
  KS_TRY(Invitation invitation, pending_one(tx, stores, may, id, InvitationEvent::change));
  if (if_version && *if_version != invitation.version) return stale_version();
  const Invitation before = invitation;
  bool changed = false;
  if (patch.role && *patch.role != invitation.role) {
    const bool within_reach = may.whole() &&
                              policy::may_invite(scope.standing(), invitation.role, {}) &&
                              policy::may_invite(scope.standing(), *patch.role, {});
    if (!within_reach) return out_of_reach(Action::org_invitations_manage);
    invitation.role = *patch.role;
    invitation.org_wide = true;
    invitation.by = *scope.actor();
    changed = true;
  }
  if (patch.teams) {
    KS_TRY(const bool teams, change_teams(tx, stores, scope, may, invitation, *patch.teams));
    changed = changed || teams;
  }
  if (patch.locale && *patch.locale != invitation.locale) {
    invitation.locale = *patch.locale;
    changed = true;
  }
  if (!changed) return view_of(std::move(invitation), may);
  if (!invitation.org_wide && invitation.parts.empty()) {
    // Without teams it is the organization's, which is theirs to give who see the whole.
    KS_ASSERT(may.whole());
    invitation.org_wide = true;
    invitation.by = *scope.actor();
  }
  KS_CHECK(stores.invitations.set(tx, may.permit(), invitation));
  KS_TRY(auto now, stores.invitations.find(tx, may.permit(), invitation.id));
  if (!now) return not_found();
  KS_CHECK(record_invitation(tx, stores, may.permit(), *now, became(before, *now)));
  return view_of(std::move(*now), may);
}

Result<InvitationView> resend_invitation(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view id) {
  KS_TRY(const MayInvite may, require_invite(tx, stores, scope));
  KS_TRY(Invitation invitation, pending_one(tx, stores, may, id, InvitationEvent::resend));
  const Time now = stores.clock.now();
  if (const auto again = resend_from(invitation.resends, now)) return too_soon(*again, now);
  KS_TRY(const auto allowance, InvitationAllowance::find(tx, stores, scope, may));
  if (allowance.spent()) return too_many(allowance.message(), allowance.wait());
  KS_TRY(const EmailAddress to, EmailAddress::parse(invitation.email));
  KS_TRY(const auto later, stores.outbox.count_invitation(tx, may.permit(), to));
  if (later) return too_many(invited_too_often(*later - now), *later - now);
  const InvitationToken token = InvitationToken::make(scope.org(), stores.random);
  const Invitation before = invitation;
  invitation.resends = after_resend(invitation.resends, now);
  // Who could not have given all of it gives none of it more time.
  if (may.whole() || gives_all(scope, may, invitation))
    invitation.expires_at = now + days(invitation.life_days);
  KS_TRY(const bool renewed, stores.invitations.renew(tx, may, invitation, token.hash()));
  if (!renewed) return closed(invitation.state);
  KS_CHECK(stores.outbox.cancel(tx, may.permit(), about(invitation)));
  KS_CHECK(send_invitation(tx, stores, scope, may, invitation, token.text()));
  Deed resent = became(before, invitation);
  resent.detail.set("resent", invitation.resends.count);
  KS_CHECK(record_invitation(tx, stores, may.permit(), invitation, std::move(resent)));
  KS_TRY(auto sent, stores.invitations.find(tx, may.permit(), invitation.id));
  if (!sent) return not_found();
  return view_of(std::move(*sent), may);
}

Result<void> revoke_invitation(Tx& tx, const Stores& stores, const TenantScope& scope,
                               std::string_view id, const std::optional<std::int64_t>& if_version) {
  KS_TRY(const MayInvite may, require_invite(tx, stores, scope));
  KS_CHECK(hold_for(tx, stores, may));
  KS_TRY(Invitation invitation, visible_invitation(tx, stores, may, id));
  if (if_version && *if_version != invitation.version) return stale_version();
  const InvitationState state = invitation.state_at(stores.clock.now());
  if (state == InvitationState::revoked) return {};
  if (!after(state, InvitationEvent::revoke)) return closed(state);
  if (may.whole()) return revoke(tx, stores, may.permit(), invitation, RevokedFor::by_hand);
  const Invitation before = invitation;
  std::vector<Invitation::Part> taken;
  for (const Invitation::Part& part : invitation.parts) {
    if (!may.over(part.team)) continue;
    if (!part.gone && !may_touch(scope, part.team, part.role))
      return out_of_reach(Action::invitations_manage);
    taken.push_back(part);
  }
  std::erase_if(invitation.parts, [&](const auto& part) { return may.over(part.team); });
  if (!invitation.org_wide && invitation.parts.empty())
    return revoke(tx, stores, may.permit(), invitation, RevokedFor::by_hand);
  for (const Invitation::Part& part : taken)
    KS_CHECK(stores.invitations.remove_part(tx, may.permit(), invitation.id, part.team));
  if (!invitation.org_wide) invitation.by = invitation.parts.front().by;
  KS_CHECK(stores.invitations.set(tx, may.permit(), invitation));
  return record_invitation(tx, stores, may.permit(), invitation, became(before, invitation));
}

}  // namespace ks::app
