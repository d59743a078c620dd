#include "app/invitations/answer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/invitations/revocation.hpp"
#include "app/members.hpp"
#include "app/plans.hpp"

namespace ks::app {

namespace {

constexpr Duration kToldEvery = hours(24);
constexpr int kAdministratorsTold = 20;

using Held = InvitationStore::Held;

Result<Held> held(Tx& tx, const Stores& stores, const MayAnswer& may,
                  const InvitationToken& token) {
  KS_TRY(auto found, stores.invitations.find_by_token(tx, may, token.hash()));
  if (!found || !found->org_active) return not_found();
  found->invitation.state = found->invitation.state_at(stores.clock.now());
  return std::move(*found);
}

std::unexpected<Error> for_another(const Invitation& invitation, std::string_view email) {
  const auto address = EmailAddress::parse(invitation.email);
  Error error{};
  error.code = Error::Code::denied;
  error.problem = "invitation_for_another";
  error.message = fmt::format("You are signed in as {}; the invitation is for {}.", email,
                              address ? address->masked() : "somebody else");
  return std::unexpected(std::move(error));
}

std::unexpected<Error> expired(const Held& held) {
  const std::string& by = held.invitation.by_name;
  return conflict("invitation_expired",
                  fmt::format("The invitation {}to {} has expired; you can ask for a new one.",
                              by.empty() ? by : "of " + by + " ", held.org.name));
}

std::unexpected<Error> silent_raise() {
  return conflict("no_silent_raise",
                  "You are a member already, with a weaker role than the invitation's; an "
                  "administrator of the organization changes it.");
}

std::vector<std::string> gone_teams(const Invitation& invitation) {
  std::vector<std::string> out;
  for (const Invitation::Part& part : invitation.parts)
    if (part.gone) out.push_back(part.name);
  return out;
}

// Merely tells: an address that cannot be written to stops nothing.
Result<void> tell(Tx& tx, const Stores& stores, const AnyPermit& permit, std::string_view email,
                  MailContent content, const MailSubject& subject) {
  const auto to = EmailAddress::parse(email);
  if (!to) return {};
  return stores.outbox.queue(tx, permit, Mail{*to, std::move(content), subject});
}

// Under the lock of the members: whoever is removed at this moment is either read no more, or has
// the mail cancelled.
Result<void> tell_administrators(Tx& tx, const Stores& stores, const MayAnswer& may,
                                 const Invitation& invitation, std::string_view subject,
                                 const MailContent& content) {
  const Time now = stores.clock.now();
  KS_TRY(const bool due, stores.invitations.tell(tx, may, invitation.id, now, now - kToldEvery));
  if (!due) return {};
  KS_CHECK(stores.journal.record(tx, may,
                                 Deed{Action::invitation_answer, "invitation", invitation.id.str(),
                                      Json::object({{"told", subject}})},
                                 std::nullopt, now));
  KS_TRY(const auto administrators,
         stores.invitations.administrators(tx, may, kAdministratorsTold));
  for (const auto& administrator : administrators)
    KS_CHECK(tell(tx, stores, may, administrator.email, content,
                  MailSubject{std::string(subject), invitation.id.str()}));
  return {};
}

Result<void> settle(Tx& tx, const Stores& stores, const MayAnswer& may,
                    const Invitation& invitation, InvitationState to,
                    const std::optional<UserId>& by) {
  Invitation after = invitation;
  after.state = to;
  after.answered_by = by;
  KS_TRY(const bool done,
         stores.invitations.settle(tx, may, invitation.id, to, {}, by, stores.clock.now()));
  if (!done) return bug("an invitation was settled under its lock");
  return record_invitation(tx, stores, may, invitation,
                           became(invitation, after, Action::invitation_answer));
}

// What those who invited may still give, and nothing beyond what the person may be given.
Result<Accepted> join_as_invited(Tx& tx, const Stores& stores, const MayAnswer& may,
                                 const Invitation& invitation, const UserId& user) {
  KS_TRY(const Sound sound, sound_part(tx, stores, may, invitation));
  if (!sound.anything()) return not_found();
  const OrgRole role = sound.role(invitation);
  KS_TRY(const auto now, stores.members.roles(tx, may, user));
  if (now && role > now->org) return silent_raise();
  Joining joining{user, role, {}, now ? Joining::Seat::held : Joining::Seat::take};
  for (const Invitation::Part& part : sound.parts)
    if (!part.gone) joining.teams.push_back({part.team, part.role, part.by});
  // The seat that the invitation held is counted anew, against the limit of now.
  if (!now) KS_CHECK(give_back_seats(tx, stores, may, 1));
  const UserId& by = sound.org_wide ? invitation.by : sound.parts.front().by;
  KS_TRY(const Joined joined, join(tx, stores, MayAdd::invited(may, invitation, by), joining));
  Accepted out{.id = invitation.id,
               .org = may.scope().org(),
               .added = joined.added,
               .left_out = gone_teams(invitation)};
  for (const TeamId& team : joined.vanished)
    if (const auto* part = invitation.part(team)) out.left_out.push_back(part->name);
  return out;
}

}  // namespace

Result<LookedUp> look_up(Tx& tx, const Stores& stores, const TenantScope& invited,
                         const InvitationToken& token) {
  KS_TRY(const auto may, stores.authorizer.require<Action::invitation_answer>(invited));
  KS_TRY(Held found, held(tx, stores, may, token));
  const InvitationState state = found.invitation.state;
  if (state == InvitationState::declined) return not_found();
  // Once it was used it is for who used it, and nobody learns from the link who that was.
  if (state == InvitationState::accepted && found.invitation.answered_by != invited.actor())
    return not_found();
  KS_TRY(const bool known, stores.invitations.address_has_account(tx, may, found.invitation.id));
  return LookedUp{std::move(found.invitation), std::move(found.org), state, known};
}

Result<std::string> invited_address(Tx& tx, const Stores& stores, const TenantScope& invited,
                                    const InvitationToken& token, Used used) {
  KS_TRY(const auto may, stores.authorizer.require<Action::invitation_answer>(invited));
  KS_TRY(Held found, held(tx, stores, may, token));
  const InvitationState state = found.invitation.state;
  if (state == InvitationState::expired) return expired(found);
  const bool usable = state == InvitationState::pending ||
                      (state == InvitationState::accepted && used == Used::allowed);
  if (!usable) return not_found();
  return std::move(found.invitation.email);
}

Result<Accepted> accept_invitation(Tx& tx, const Stores& stores, const TenantScope& invited,
                                   const InvitationToken& token, const Guest& guest) {
  KS_TRY(const auto may, stores.authorizer.require<Action::invitation_answer>(invited));
  KS_ASSERT(invited.actor().has_value());
  const UserId user = *invited.actor();
  KS_CHECK(stores.members.lock(tx, may));
  KS_TRY(const Held found, held(tx, stores, may, token));
  const Invitation& invitation = found.invitation;
  if (invitation.state == InvitationState::accepted && invitation.answered_by == user) {
    // Who was removed since is not let in again by the same link.
    KS_TRY(const auto still, stores.members.roles(tx, may, user));
    if (!still) return not_found();
    return Accepted{invitation.id, invited.org(), false, gone_teams(invitation),
                    invitation.email == guest.email};
  }
  if (invitation.state == InvitationState::expired) return expired(found);
  const auto to = after(invitation.state, InvitationEvent::accept);
  if (!to) return not_found();
  if (invitation.email != guest.email) return for_another(invitation, guest.email);
  KS_TRY(Accepted out, join_as_invited(tx, stores, may, invitation, user));
  out.proves_address = true;
  KS_CHECK(settle(tx, stores, may, invitation, *to, user));
  KS_CHECK(stores.outbox.cancel(tx, may, about(invitation)));
  KS_TRY(const EmailAddress invited_to, EmailAddress::parse(invitation.email));
  KS_CHECK(tell(tx, stores, may, invitation.by_email,
                mails::InvitationAccepted{found.org, guest.name, invited_to, invitation.role},
                MailSubject{"invitation_accepted", invitation.id.str()}));
  return out;
}

Result<void> after_refused_accept(Tx& tx, const Stores& stores, const TenantScope& invited,
                                  const InvitationToken& token, const Error& refused) {
  if (refused.problem != "plan_limit_reached" || !refused.limit) return {};
  KS_TRY(const auto may, stores.authorizer.require<Action::invitation_answer>(invited));
  KS_CHECK(stores.members.lock(tx, may));
  KS_TRY(const Held found, held(tx, stores, may, token));
  return tell_administrators(tx, stores, may, found.invitation, "seat_limit",
                             mails::SeatLimit{found.org, refused.limit->limit.value_or(0)});
}

Result<void> decline_invitation(Tx& tx, const Stores& stores, const TenantScope& invited,
                                const InvitationToken& token, const std::optional<Guest>& guest) {
  KS_TRY(const auto may, stores.authorizer.require<Action::invitation_answer>(invited));
  const std::optional<UserId> user = invited.actor();
  KS_ASSERT(user.has_value() == guest.has_value());
  KS_CHECK(stores.members.lock(tx, may));
  KS_TRY(const Held found, held(tx, stores, may, token));
  const Invitation& invitation = found.invitation;
  if (user && invitation.state == InvitationState::declined && invitation.answered_by == user)
    return {};
  if (invitation.state == InvitationState::expired) return expired(found);
  const auto to = after(invitation.state, InvitationEvent::decline);
  if (!to) return not_found();
  if (guest && invitation.email != guest->email) return for_another(invitation, guest->email);
  KS_CHECK(settle(tx, stores, may, invitation, *to, user));
  KS_CHECK(give_back_seats(tx, stores, may, 1));
  KS_CHECK(stores.outbox.cancel(tx, may, about(invitation)));
  return {};
}

Result<void> ask_for_invitation(Tx& tx, const Stores& stores, const TenantScope& invited,
                                const InvitationToken& token,
                                const std::optional<std::string>& email) {
  KS_TRY(const auto may, stores.authorizer.require<Action::invitation_answer>(invited));
  KS_CHECK(stores.members.lock(tx, may));
  KS_TRY(const Held found, held(tx, stores, may, token));
  const Invitation& invitation = found.invitation;
  const bool pending = invitation.state == InvitationState::pending;
  if (!pending && invitation.state != InvitationState::expired) return not_found();
  const bool anothers = email && *email != invitation.email;
  if (pending && !anothers)
    return conflict("invitation_usable", "The invitation can be accepted; no other is needed.");
  const auto wanted_for = EmailAddress::parse(anothers ? *email : invitation.email);
  if (!wanted_for) return not_found();
  return tell_administrators(tx, stores, may, invitation, "invitation_wanted",
                             mails::InvitationWanted{found.org, *wanted_for});
}

}  // namespace ks::app
