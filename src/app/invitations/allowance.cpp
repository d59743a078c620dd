#include "app/invitations/allowance.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "domain/people/invitation.hpp"

namespace ks::app {

namespace {

Inviter inviter_of(const TenantScope& scope, const MayInvite& may) {
  if (!may.whole()) return Inviter::of_teams;
  return scope.standing().org_role == OrgRole::owner ? Inviter::owner : Inviter::administrator;
}

// "5 minutes", of what is at least one.
std::string count_of(Duration wait, Duration unit, std::string_view one) {
  const std::int64_t count = std::max<std::int64_t>((wait.us + unit.us - 1) / unit.us, 1);
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

}  // namespace

Result<InvitationAllowance> InvitationAllowance::find(Tx& tx, const Stores& stores,
                                                      const TenantScope& scope,
                                                      const MayInvite& may) {
  const Time now = stores.clock.now();
  KS_TRY(const Entitlements limits, stores.plans.entitlements(tx, may.permit(), now));
  KS_TRY(const MailTally sent, stores.outbox.tally(tx, may.permit(), "invitation"));
  const InvitationMails bound =
      share_of(invitation_mails(limits.limit("members.max")), inviter_of(scope, may));
  const std::int64_t in_hour = bound.an_hour - sent.hour;
  const std::int64_t in_day = bound.a_day - sent.day;
  // Where this request uses up the rest, its own mails are the youngest.
  const auto wait = [&](std::int64_t left, std::int64_t count, Time first, Duration window) {
    if (left > std::min(in_hour, in_day)) return Duration{};
    return (count > 0 ? first : now) + window - now;
  };
  return InvitationAllowance(std::min(in_hour, in_day),
                             std::max(wait(in_hour, sent.hour, sent.hour_first, hours(1)),
                                      wait(in_day, sent.day, sent.day_first, hours(24))));
}

std::string InvitationAllowance::message() const {
  return fmt::format(
      "The organization has sent as many invitations as you may have it send for now; wait {}.",
      count_of(wait_, minutes(1), "minute"));
}

std::string invited_too_often(Duration wait) {
  return fmt::format("The address was invited as often as it may be in a day; wait {}.",
                     count_of(wait, hours(1), "hour"));
}

}  // namespace ks::app
