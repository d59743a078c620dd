#include "domain/people/invitation.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace ks {

std::string_view name(InvitationState state) {
  switch (state) {
    case InvitationState::pending:
      return "pending";
    case InvitationState::accepted:
      return "accepted";
    case InvitationState::declined:
      return "declined";
    case InvitationState::revoked:
      return "revoked";
    case InvitationState::expired:
      return "expired";
  }
  assertion_failed("known state", __FILE__, __LINE__);
}

std::optional<InvitationState> invitation_state(std::string_view text) {
  for (const InvitationState state :
       {InvitationState::pending, InvitationState::accepted, InvitationState::declined,
        InvitationState::revoked, InvitationState::expired})
    if (name(state) == text) return state;
  return std::nullopt;
}

std::optional<InvitationState> after(InvitationState state, InvitationEvent event) {
  if (state != InvitationState::pending) return std::nullopt;
  switch (event) {
    case InvitationEvent::change:
    case InvitationEvent::resend:
      return InvitationState::pending;
    case InvitationEvent::accept:
      return InvitationState::accepted;
    case InvitationEvent::decline:
      return InvitationState::declined;
    case InvitationEvent::revoke:
      return InvitationState::revoked;
    case InvitationEvent::expire:
      return InvitationState::expired;
  }
  assertion_failed("known event", __FILE__, __LINE__);
}

std::string_view name(RevokedFor reason) {
  switch (reason) {
    case RevokedFor::by_hand:
      return "by_hand";
    case RevokedFor::inviter_lost_right:
      return "inviter_lost_right";
    case RevokedFor::organization_suspended:
      return "organization_suspended";
    case RevokedFor::organization_deleted:
      return "organization_deleted";
  }
  assertion_failed("known reason", __FILE__, __LINE__);
}

std::optional<Time> resend_from(const Resends& before, Time now) {
  if (now < before.sent_at + kResendPause) return before.sent_at + kResendPause;
  if (before.count >= kResendsPerDay && now < before.since + kResendDay)
    return before.since + kResendDay;
  return std::nullopt;
}

Resends after_resend(const Resends& before, Time now) {
  if (before.count == 0 || now >= before.since + kResendDay) return {now, now, 1};
  return {now, before.since, before.count + 1};
}

InvitationMails invitation_mails(const std::optional<std::int64_t>& seats) {
  const std::int64_t an_hour =
      std::clamp(std::min(seats.value_or(kInvitationMailsMax), kInvitationMailsMax) * 5,
                 kInvitationMailsMin, kInvitationMailsMax);
  return {an_hour, 4 * an_hour};
}

InvitationMails share_of(const InvitationMails& all, Inviter inviter) {
  switch (inviter) {
    case Inviter::of_teams:
      return {all.an_hour / 2, all.a_day / 2};
    case Inviter::administrator:
      return {all.an_hour * 9 / 10, all.a_day * 9 / 10};
    case Inviter::owner:
      return all;
  }
  assertion_failed("known inviter", __FILE__, __LINE__);
}

std::optional<Resends> first_sending(const std::optional<Resends>& before, Time now) {
  if (!before || now >= before->since + kResendDay) return Resends{now, now, 0};
  if (before->count >= kResendsPerDay) return std::nullopt;
  return Resends{now, before->since, before->count + 1};
}

}  // namespace ks
