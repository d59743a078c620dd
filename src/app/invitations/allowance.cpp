#include "app/invitations/allowance.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "domain/people/invitation.hpp"

namespace ks::app {

Result<InvitationAllowance> InvitationAllowance::find(Tx& tx, const Stores& stores,
                                                      const AnyPermit& permit) {
  const Time now = stores.clock.now();
  KS_TRY(const Entitlements limits, stores.plans.entitlements(tx, permit, now));
  KS_TRY(const MailTally sent, stores.outbox.tally(tx, permit, "invitation"));
  const InvitationMails bound = invitation_mails(limits.limit("members.max"));
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
  const std::int64_t wait =
      std::max<std::int64_t>((wait_.us + minutes(1).us - 1) / minutes(1).us, 1);
  return fmt::format("The organization has sent as many invitations as it may for now; wait {} {}.",
                     wait, wait == 1 ? "minute" : "minutes");
}

}  // namespace ks::app
