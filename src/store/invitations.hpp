#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/people/invitation.hpp"
#include "store/members.hpp"
#include "store/outbox.hpp"
#include "store/page.hpp"

namespace ks {

// Somebody was asked to join an organization, with a role in it and any number of teams.
struct Invitation {
  struct Part {
    TeamId team;
    TeamRole role = TeamRole::viewer;
    UserId by;
    std::string by_name;
    std::string name;  // As the team is called now, or was when it went.
    std::string slug;
    std::string description;
    bool gone = false;  // The team is.
  };
  InvitationId id;
  std::string email;  // As normal_email() gives it.
  OrgRole role = OrgRole::member;
  // The role was given by somebody who manages the organization. Otherwise only the parts are what
  // was given, and the role is that of every member.
  bool org_wide = false;
  InvitationState state = InvitationState::pending;  // As stored; see state_at().
  std::string reason;                                // Why it was revoked.
  UserId by;                                         // Of the role; else of the first part.
  std::string by_name;  // As the address "" when that person is not in the organization.
  std::string by_email;
  std::optional<UserId> answered_by;
  std::int64_t version = 1;
  int life_days = kInvitationDays;
  Time created_at;
  Time expires_at;
  Resends resends;
  std::optional<Time> settled_at;
  std::vector<Part> parts;               // By name of the team.
  std::optional<MailDelivery> delivery;  // Of the newest mail about it, while that is kept.
  Locale locale = Locale::en;            // Of the mail to who has no account.

  // One that nobody answered in time has expired, whether or not that is written down.
  InvitationState state_at(Time now) const {
    return state == InvitationState::pending && now >= expires_at ? InvitationState::expired
                                                                  : state;
  }
  const Part* part(const TeamId& team) const {
    const auto at = std::ranges::find(parts, team, &Part::team);
    return at == parts.end() ? nullptr : &*at;
  }
};

// The right over the organization's invitations: over all of each, or over the parts of teams.
// Prevents that a right in one team reaches what another one gave.
template <Action OnOrg, Action OnTeam>
class InvitationRight {
 public:
  InvitationRight(const Permit<OnOrg, Org>& permit)  // NOLINT(google-explicit-constructor)
      : permit_(permit), whole_(true) {}
  InvitationRight(const Permit<OnTeam, Team>& permit)  // NOLINT(google-explicit-constructor)
      : permit_(permit), teams_{permit.id()} {}
  void also(const Permit<OnTeam, Team>& permit) { teams_.push_back(permit.id()); }

  const AnyPermit& permit() const noexcept { return permit_; }
  bool whole() const noexcept { return whole_; }
  // Empty for who has the whole.
  const std::vector<TeamId>& teams() const noexcept { return teams_; }
  bool over(const TeamId& team) const {
    return whole_ || std::ranges::find(teams_, team) != teams_.end();
  }
  bool over_any_of(const Invitation& invitation) const {
    return whole_ || std::ranges::any_of(invitation.parts, [&](const Invitation::Part& part) {
             return over(part.team);
           });
  }

 private:
  AnyPermit permit_;
  bool whole_ = false;
  std::vector<TeamId> teams_;
};
using MayInvite = InvitationRight<Action::org_invitations_manage, Action::invitations_manage>;
using MaySeeInvitations = InvitationRight<Action::org_invitations_read, Action::invitations_read>;

// By who came with a token.
using MayAnswer = Permit<Action::invitation_answer, Org>;

inline MayAdd MayAdd::invited(const MayAnswer& permit, const Invitation& invitation,
                              const UserId& by) {
  KS_ASSERT(invitation.state == InvitationState::pending);
  return {permit, by};
}

class InvitationStore {
 public:
  virtual ~InvitationStore() = default;

  // By id, which is by time of making; of every state, or of one as it is at `now`. Each comes with
  // all its parts: what the reader may not see of it is the caller's to leave out.
  virtual Result<Page<Invitation>> list(Tx&, const MaySeeInvitations&,
                                        const std::optional<InvitationState>&, const PageRequest&,
                                        Time now) = 0;
  virtual Result<std::optional<Invitation>> find(Tx&, const AnyPermit&, const InvitationId&) = 0;
  virtual Result<std::optional<InvitationId>> find_pending(Tx&, const AnyPermit&,
                                                           std::string_view email) = 0;
  // A member of the organization with this address.
  virtual Result<std::optional<UserId>> find_member(Tx&, const MayInvite&,
                                                    std::string_view email) = 0;
  struct Held {
    Invitation invitation;
    MailOrg org;
    bool org_active = false;
  };
  virtual Result<std::optional<Held>> find_by_token(Tx&, const MayAnswer&,
                                                    std::string_view token_hash) = 0;
  // Whether there is an account of the address that it is for.
  virtual Result<bool> address_has_account(Tx&, const MayAnswer&, const InvitationId&) = 0;

  // Of the address, if it was written to after that time.
  virtual Result<std::optional<Resends>> last_sent(Tx&, const MayInvite&, std::string_view email,
                                                   Time sent_after) = 0;
  // False, with nothing done, while one for the address is pending. Without its parts, and without
  // its seat. `locale` in place of the invitation's; where none is given it is that of who invites.
  virtual Result<bool> create(Tx&, const MayInvite&, const Invitation&,
                              const std::optional<Locale>& locale, std::string_view token_hash) = 0;
  // Sets what was given by whom, and the language: role, org_wide, by, locale.
  virtual Result<void> set(Tx&, const AnyPermit&, const Invitation&) = 0;
  // Adds or changes; false when the team is gone.
  virtual Result<bool> set_part(Tx&, const MayInvite&, const InvitationId&,
                                const Invitation::Part&) = 0;
  virtual Result<void> remove_part(Tx&, const AnyPermit&, const InvitationId&, const TeamId&) = 0;
  // Another token and another end: expires_at and resends. The token before is dead.
  virtual Result<bool> renew(Tx&, const MayInvite&, const Invitation&,
                             std::string_view token_hash) = 0;
  // False when it is not pending any more. Its seat is not given back here.
  virtual Result<bool> settle(Tx&, const AnyPermit&, const InvitationId&, InvitationState,
                              std::string_view reason, const std::optional<UserId>& answered_by,
                              Time now) = 0;

  // Writes down that what is pending has expired by `now`; gives which.
  virtual Result<std::vector<InvitationId>> expire(Tx&, const AnyPermit&, Time now) = 0;
  virtual Result<std::vector<InvitationId>> pending(Tx&, const AnyPermit&) = 0;
  // Of which this person gave the role or a part.
  virtual Result<std::vector<InvitationId>> pending_of(Tx&, const AnyPermit&, const UserId&) = 0;
  // What somebody is in the organization at this moment; none who is not in it, or whose account is
  // not active.
  virtual Result<std::optional<Standing>> standing(Tx&, const AnyPermit&, const UserId&) = 0;

  // True once, until `told_before` has come after the last time.
  virtual Result<bool> tell(Tx&, const AnyPermit&, const InvitationId&, Time now,
                            Time told_before) = 0;
  struct Administrator {
    std::string email;
    std::string name;
  };
  virtual Result<std::vector<Administrator>> administrators(Tx&, const AnyPermit&, int limit) = 0;

  struct Tenant {
    ClientId client;
    OrgId org;
  };
  virtual Result<std::vector<Tenant>> with_overdue(Tx&, const FleetScope&, Time now, int limit) = 0;
  // Settled ones, at most `limit`; how many.
  virtual Result<std::int64_t> forget_older(Tx&, const FleetScope&, Time settled_before,
                                            int limit) = 0;
};

}  // namespace ks
