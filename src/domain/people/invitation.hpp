#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace ks {

// Of an invitation. All but `pending` are final: to be invited again is another one.
enum class InvitationState { pending, accepted, declined, revoked, expired };
std::string_view name(InvitationState state);
std::optional<InvitationState> invitation_state(std::string_view name);

// What can happen to one. `change` is of its roles and teams; `resend` gives it a new token.
enum class InvitationEvent { change, resend, accept, decline, revoke, expire };
// The state afterwards; none where the event has no place, and then nothing may change.
std::optional<InvitationState> after(InvitationState state, InvitationEvent event);

// Why one was revoked: by hand, or because what it stood on is gone.
enum class RevokedFor { by_hand, inviter_lost_right, organization_suspended, organization_deleted };
std::string_view name(RevokedFor reason);

inline constexpr int kInvitationDaysMin = 1;
inline constexpr int kInvitationDaysMax = 30;
inline constexpr int kInvitationDays = 7;
// Of one request.
inline constexpr std::size_t kInvitationsMax = 100;
inline constexpr std::size_t kInvitationTeamsMax = 50;
// What is settled is kept as long as that.
inline constexpr Duration kInvitationKept = days(90);

// How often one was sent again.
struct Resends {
  Time sent_at;   // The last time, the first one included.
  Time since;     // When the day began in which they are counted.
  int count = 0;  // In that day, the first sending not included.
};
inline constexpr Duration kResendPause = seconds(60);
inline constexpr Duration kResendDay = hours(24);
inline constexpr int kResendsPerDay = 5;
// When it may be sent again; none for now.
std::optional<Time> resend_from(const Resends& before, Time now);
Resends after_resend(const Resends& before, Time now);
// How many mails with invitations one organization sends, the ones sent again included: five for
// each seat of its plan in an hour, within these ends, and four times as many in a day. Taking
// invitations back frees their seats, so seats alone bound no mail.
struct InvitationMails {
  std::int64_t an_hour = 0;
  std::int64_t a_day = 0;
};
inline constexpr std::int64_t kInvitationMailsMin = 100;
inline constexpr std::int64_t kInvitationMailsMax = 500;
// `seats`: none for as many as they like.
InvitationMails invitation_mails(const std::optional<std::int64_t>& seats);
// What of it is good for whom. Who invites for teams alone leaves half to those who are over the
// whole organization, and these leave a tenth to the owner: counted is what all have sent, so that
// nobody uses up what those above them have.
enum class Inviter { of_teams, administrator, owner };
InvitationMails share_of(const InvitationMails& all, Inviter inviter);
// Of another invitation to the same address, `before` being the last sending to it within a day, if
// there was one: taking back and inviting anew counts as sending again, though without the pause.
// None when it was sent too often that day.
std::optional<Resends> first_sending(const std::optional<Resends>& before, Time now);

}  // namespace ks
