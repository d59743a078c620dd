#include "app/invitations/revocation.hpp"

#include <algorithm>

#include "app/audited.hpp"
#include "app/plans.hpp"
#include "authz/grants.hpp"

namespace ks::app {

namespace {

constexpr int kTenantsAtOnce = 100;

Thing thing(const Invitation& invitation) { return {"invitation", invitation.id.str()}; }

// Sets an invitation to what is left of it, or revokes it when that is nothing.
Result<void> reduce(Tx& tx, const Stores& stores, const AnyPermit& permit,
                    const Invitation& invitation, const Sound& sound) {
  if (!sound.anything())
    return revoke(tx, stores, permit, invitation, RevokedFor::inviter_lost_right);
  if (sound.org_wide == invitation.org_wide && sound.lost.empty()) return {};
  for (const Invitation::Part& part : sound.lost)
    KS_CHECK(stores.invitations.remove_part(tx, permit, invitation.id, part.team));
  Invitation left = invitation;
  left.role = sound.role(invitation);
  left.org_wide = sound.org_wide;
  if (!left.org_wide) left.by = sound.parts.front().by;
  left.parts = sound.parts;
  KS_CHECK(stores.invitations.set(tx, permit, left));
  Facts after = facts(left);
  after.tell("reason", name(RevokedFor::inviter_lost_right));
  return record_invitation(
      tx, stores, permit, invitation,
      changed(Action::org_invitations_manage, thing(invitation), facts(invitation), after));
}

Result<void> recheck(Tx& tx, const Stores& stores, const AnyPermit& permit, const UserId& user,
                     const std::optional<UserId>& gone) {
  KS_TRY(const auto ids, stores.invitations.pending_of(tx, permit, user));
  for (const InvitationId& id : ids) {
    KS_TRY(const auto invitation, stores.invitations.find(tx, permit, id));
    if (!invitation) continue;
    KS_TRY(const Sound sound, sound_part(tx, stores, permit, *invitation, gone));
    KS_CHECK(reduce(tx, stores, permit, *invitation, sound));
  }
  return {};
}

}  // namespace

MailSubject about(const Invitation& invitation) { return {"invitation", invitation.id.str()}; }

Deed became(const Invitation& before, const Invitation& after, Action action) {
  return changed(action, thing(before), facts(before), facts(after));
}

Result<void> give_back_seats(Tx& tx, const Stores& stores, const AnyPermit& permit,
                             std::int64_t seats) {
  if (seats == 0) return {};
  Usage change;
  change.members = -seats;
  return charge(tx, stores, permit, change);
}

Result<void> record_invitation(Tx& tx, const Stores& stores, const AnyPermit& permit,
                               const Invitation& invitation, Deed deed) {
  return stores.journal.record(tx, permit, deed,
                               Change{"invitation", invitation.id.str(), std::nullopt},
                               stores.clock.now());
}

Result<void> revoke(Tx& tx, const Stores& stores, const AnyPermit& permit,
                    const Invitation& invitation, RevokedFor reason) {
  Invitation after = invitation;
  after.state = InvitationState::revoked;
  after.reason = name(reason);
  KS_TRY(const bool revoked,
         stores.invitations.settle(tx, permit, invitation.id, after.state, after.reason,
                                   std::nullopt, stores.clock.now()));
  if (!revoked) return {};
  KS_CHECK(give_back_seats(tx, stores, permit, 1));
  KS_CHECK(stores.outbox.cancel(tx, permit, about(invitation)));
  return record_invitation(tx, stores, permit, invitation, became(invitation, after));
}

Result<void> expire_invitations(Tx& tx, const Stores& stores, const AnyPermit& permit) {
  KS_TRY(const auto expired, stores.invitations.expire(tx, permit, stores.clock.now()));
  KS_CHECK(give_back_seats(tx, stores, permit, static_cast<std::int64_t>(expired.size())));
  for (const InvitationId& id : expired) {
    KS_TRY(const auto invitation, stores.invitations.find(tx, permit, id));
    if (!invitation) continue;
    KS_CHECK(stores.outbox.cancel(tx, permit, about(*invitation)));
    Invitation before = *invitation;
    before.state = InvitationState::pending;
    KS_CHECK(record_invitation(tx, stores, permit, *invitation, became(before, *invitation)));
  }
  return {};
}

Result<void> expire_all_invitations(Database& db, const Stores& stores, const FleetScope& fleet) {
  for (;;) {
    KS_TRY(const auto tenants, db.fleet_read(fleet, [&](Tx& tx) {
      return stores.invitations.with_overdue(tx, fleet, stores.clock.now(), kTenantsAtOnce);
    }));
    for (const InvitationStore::Tenant& tenant : tenants) {
      const auto expired = db.write([&](Tx& tx) -> Result<void> {
        KS_TRY(const auto permit, stores.authorizer.require<Action::sync_status>(
                                      fleet.tenant(tenant.client, tenant.org)));
        KS_CHECK(stores.members.lock(tx, permit));
        return expire_invitations(tx, stores, permit);
      });
      KS_CHECK(expired);
    }
    if (tenants.size() < static_cast<std::size_t>(kTenantsAtOnce)) return {};
  }
}

Result<Sound> sound_part(Tx& tx, const Stores& stores, const AnyPermit& permit,
                         const Invitation& invitation, const std::optional<UserId>& gone) {
  std::vector<std::pair<UserId, std::optional<Standing>>> known;
  const auto standing = [&](const UserId& user) -> Result<std::optional<Standing>> {
    const auto at = std::ranges::find_if(known, [&](const auto& k) { return k.first == user; });
    if (at != known.end()) return at->second;
    std::optional<Standing> now;
    if (user != gone) {
      KS_TRY(now, stores.invitations.standing(tx, permit, user));
    }
    known.emplace_back(user, now);
    return now;
  };
  Sound out;
  if (invitation.org_wide) {
    KS_TRY(const auto giver, standing(invitation.by));
    out.org_wide = giver && policy::may_invite(*giver, invitation.role, {});
  }
  for (const Invitation::Part& part : invitation.parts) {
    KS_TRY(const auto giver, standing(part.by));
    const bool stands =
        giver && (part.gone || policy::may_invite_to(*giver, {part.team, part.role}));
    (stands ? out.parts : out.lost).push_back(part);
  }
  return out;
}

Result<void> recheck_invitations_of(Tx& tx, const Stores& stores, const AnyPermit& permit,
                                    const UserId& user) {
  return recheck(tx, stores, permit, user, std::nullopt);
}

Result<void> revoke_invitations_of_leaving(Tx& tx, const Stores& stores, const AnyPermit& permit,
                                           const UserId& user) {
  return recheck(tx, stores, permit, user, user);
}

Result<void> revoke_all_invitations(Tx& tx, const Stores& stores, const AnyPermit& permit,
                                    RevokedFor reason) {
  KS_TRY(const auto ids, stores.invitations.pending(tx, permit));
  for (const InvitationId& id : ids) {
    KS_TRY(const auto invitation, stores.invitations.find(tx, permit, id));
    if (invitation) KS_CHECK(revoke(tx, stores, permit, *invitation, reason));
  }
  return {};
}

}  // namespace ks::app
