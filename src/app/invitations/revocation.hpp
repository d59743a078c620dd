#pragma once

#include <optional>
#include <vector>

#include "app/stores.hpp"

// Invitations that end without anybody who was asked: by time, and because what they stand on is
// gone. All under the lock of hold_members, which is the ledger's: a pending one holds a seat.
namespace ks::app {

// Writes down that those have expired whose time is over, and gives their seats back.
Result<void> expire_invitations(Tx& tx, const Stores& stores, const AnyPermit& permit);
// The same for all organizations, in a transaction each; for the background.
Result<void> expire_all_invitations(Database& db, const Stores& stores, const FleetScope& fleet);

// What of an invitation those who gave it may still give.
struct Sound {
  bool org_wide = false;
  std::vector<Invitation::Part> parts;
  std::vector<Invitation::Part> lost;
  bool anything() const { return org_wide || !parts.empty(); }
  OrgRole role(const Invitation& of) const { return org_wide ? of.role : OrgRole::member; }
};
// `gone`: somebody who is about to leave. A part whose team is gone stands as long as its giver is
// in the organization, so that the person still comes in.
Result<Sound> sound_part(Tx& tx, const Stores& stores, const AnyPermit& permit,
                         const Invitation& invitation,
                         const std::optional<UserId>& gone = std::nullopt);

// Takes back what this person gave and may no longer give: they lost a role, or (`leaving`) are
// about to go. What others gave stays.
Result<void> recheck_invitations_of(Tx& tx, const Stores& stores, const AnyPermit& permit,
                                    const UserId& user);
Result<void> revoke_invitations_of_leaving(Tx& tx, const Stores& stores, const AnyPermit& permit,
                                           const UserId& user);
// All that are pending: the organization is suspended or deleted.
Result<void> revoke_all_invitations(Tx& tx, const Stores& stores, const AnyPermit& permit,
                                    RevokedFor reason);

// One. Nothing when it is not pending any more.
Result<void> revoke(Tx& tx, const Stores& stores, const AnyPermit& permit,
                    const Invitation& invitation, RevokedFor reason);
Result<void> give_back_seats(Tx& tx, const Stores& stores, const AnyPermit& permit,
                             std::int64_t seats);
Result<void> record_invitation(Tx& tx, const Stores& stores, const AnyPermit& permit,
                               const Invitation& invitation, Deed deed);
// What the audit log tells of an invitation that became another; `action` is what was done to it.
Deed became(const Invitation& before, const Invitation& after,
            Action action = Action::org_invitations_manage);
// Who is asked or told about an invitation: {"invitation", id}.
MailSubject about(const Invitation& invitation);

}  // namespace ks::app
