#include "app/ownership.hpp"

#include <fmt/format.h>

#include "app/members.hpp"
#include "app/organizations.hpp"
#include "authz/policy.hpp"
#include "authz/recent.hpp"
#include "domain/name.hpp"

namespace ks::app {

namespace {

constexpr std::string_view kActive = "active";

Result<OfferId> offer_id(std::string_view text) {
  auto id = OfferId::parse(text);
  if (!id) return not_found();
  return std::move(*id);
}

// What the caller may know of: the owner and administrators all, everybody their own.
Result<OwnershipOffer> visible(Tx& tx, const Stores& stores,
                               const Permit<Action::org_read, Org>& may_read,
                               std::string_view offer) {
  KS_TRY(const OfferId id, offer_id(offer));
  KS_TRY(auto found, stores.ownership.find(tx, may_read, id));
  if (!found) return not_found();
  const TenantScope& scope = may_read.scope();
  if (found->to != scope.actor() &&
      !policy::allows_on_org(scope.standing(), Action::org_members_read))
    return not_found();
  found->state = found->state_at(stores.clock.now());
  return std::move(*found);
}

// In words, of one that ended with something else than the will of those between whom it was.
std::string_view ended_with(std::string_view reason) {
  if (reason == name(CancelledFor::recipient_left)) return ": the person left";
  if (reason == name(CancelledFor::recipient_removed)) return ": the person was removed";
  if (reason == name(CancelledFor::organization_suspended))
    return ": the organization was suspended";
  if (reason == name(CancelledFor::organization_deleted)) return ": the organization was deleted";
  if (reason == name(CancelledFor::owner_appointed)) return ": another owner was appointed";
  return "";
}

// What became of it and when, for who comes too late.
std::string ended(const OwnershipOffer& offer) {
  const auto on = [](Time at) {
    const std::string text = rfc3339(at);
    return fmt::format(" on {} at {} UTC", text.substr(0, 10), text.substr(11, 5));
  };
  const std::string when = offer.settled_at ? on(*offer.settled_at) : "";
  switch (offer.state) {
    case OfferState::accepted:
      return "The offer was accepted" + when;
    case OfferState::declined:
      return "The offer was declined" + when;
    case OfferState::cancelled:
      return fmt::format("The offer was withdrawn{}{}", when, ended_with(offer.reason));
    case OfferState::expired:
      return "The offer expired" + on(offer.expires_at);
    case OfferState::open:
      break;
  }
  return "The offer is not open any more";
}

std::unexpected<Error> offer_closed(const OwnershipOffer& offer) {
  return conflict("offer_closed", ended(offer) + ".");
}

// An offer that is cancelled says why: who reads of it must not take the end of a person, or of the
// organization, for the owner's second thought.
Deed deed_on(const OfferId& id, const UserId& from, const UserId& to, OfferState after,
             std::string_view reason = {}) {
  Json detail = Json::object({{"from", from.text()}, {"to", to.text()}, {"state", name(after)}});
  if (!reason.empty()) detail.set("reason", reason);
  return Deed{Action::org_transfer, "ownership_offer", id.str(), std::move(detail)};
}

Change change_of(const OfferId& id) { return {"ownership_offer", id.str(), std::nullopt}; }

Result<void> record(Tx& tx, const Stores& stores, const AnyPermit& permit,
                    const OwnershipOffer& offer, OfferState after, Time now,
                    std::string_view reason = {}) {
  return stores.journal.record(tx, permit, deed_on(offer.id, offer.from, offer.to, after, reason),
                               change_of(offer.id), now);
}

// What both ends of an offer do to it without ownership passing.
Result<OwnershipOffer> close(Tx& tx, const Stores& stores,
                             const Permit<Action::org_read, Org>& may_read, OwnershipOffer offer,
                             OfferState to) {
  if (offer.state == to) return offer;
  if (offer.state != OfferState::open) return offer_closed(offer);
  const Time now = stores.clock.now();
  const std::string_view reason =
      to == OfferState::cancelled ? name(CancelledFor::by_hand) : std::string_view();
  KS_TRY(const bool settled, stores.ownership.settle(tx, may_read, offer.id, to, reason, now));
  if (!settled) return offer_closed(offer);
  KS_CHECK(record(tx, stores, may_read, offer, to, now, reason));
  KS_CHECK(stores.outbox.cancel(tx, may_read, MailSubject{"ownership_offer", offer.id.str()}));
  offer.state = to;
  offer.settled_at = now;
  offer.reason = reason;
  return offer;
}

// Merely tells: an address that cannot be written to stops nothing.
Result<void> tell(Tx& tx, const Stores& stores, const AnyPermit& permit, std::string_view address,
                  MailContent content, const OfferId& about) {
  const auto to = EmailAddress::parse(address);
  if (!to) return {};
  return stores.outbox.queue(
      tx, permit, Mail{*to, std::move(content), MailSubject{"ownership_offer", about.str()}});
}

// The owner before has no account that is in use.
Result<void> tell_appointed(Tx& tx, const Stores& stores, const AnyPermit& permit,
                            const Organization& org, const Appointee& appointee,
                            const std::optional<OwnershipStore::Owner>& before) {
  const auto to = EmailAddress::parse(appointee.email);
  if (!to) return {};
  return stores.outbox.queue(
      tx, permit,
      Mail{*to,
           mails::OwnershipTransferred{MailOrg{org.name, org.slug}, before ? before->name : "",
                                       appointee.name},
           MailSubject{"member", appointee.user.str()}});
}

}  // namespace

Result<OwnershipOffer> offer_ownership(Tx& tx, const Stores& stores, const TenantScope& scope,
                                       const PersonRef& to) {
  KS_TRY(const auto may_transfer, stores.authorizer.require<Action::org_transfer>(scope));
  KS_TRY(const auto may_see, stores.authorizer.require<Action::org_members_read>(scope));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  const Time now = stores.clock.now();
  KS_CHECK(require_recent_password(scope, now));
  KS_CHECK(hold_members(tx, stores, may_transfer));
  KS_TRY(const auto target, stores.members.find(tx, may_see, to));
  if (!target) return invalid({Fault{"/user", "is not a member of the organization"}});
  if (target->user == scope.actor()) return invalid({Fault{"/user", "is the owner already"}});
  KS_TRY(const auto expired, stores.ownership.expire(tx, may_transfer, now));
  if (expired)
    KS_CHECK(stores.journal.record(
        tx, may_transfer, deed_on(expired->id, expired->from, expired->to, OfferState::expired),
        change_of(expired->id), now));
  const OwnershipOffer offer{OfferId::make(stores.clock, stores.random),
                             *scope.actor(),
                             {},
                             {},
                             target->user,
                             {},
                             {},
                             OfferState::open,
                             now,
                             now + kOfferLife,
                             std::nullopt,
                             {}};
  KS_TRY(const bool created, stores.ownership.create(tx, may_transfer, offer));
  if (!created)
    return conflict("offer_open", "An offer is open already; withdraw it to make another one.");
  KS_CHECK(record(tx, stores, may_transfer, offer, OfferState::open, now));
  KS_TRY(auto made, stores.ownership.find(tx, may_read, offer.id));
  if (!made) return not_found();
  KS_TRY(MailOrg org, mail_org(tx, stores, scope));
  KS_CHECK(tell(tx, stores, may_transfer, made->to_email,
                mails::OwnershipOffer{org, made->from_name, made->expires_at}, offer.id));
  // Not about the offer: that it was made stays worth knowing when it is taken back at once.
  if (const auto owner = EmailAddress::parse(made->from_email))
    KS_CHECK(stores.outbox.queue(
        tx, may_transfer,
        Mail{*owner, mails::OwnershipOffered{std::move(org), made->to_name, made->expires_at},
             MailSubject{"ownership_offered", offer.id.str()}}));
  return std::move(*made);
}

Result<Page<OwnershipOffer>> ownership_offers(Tx& tx, const Stores& stores,
                                              const TenantScope& scope, const PageRequest& page) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  const bool all = policy::allows_on_org(scope.standing(), Action::org_members_read);
  KS_TRY(auto offers,
         stores.ownership.list(tx, may_read, all ? std::nullopt : scope.actor(), page));
  const Time now = stores.clock.now();
  for (OwnershipOffer& offer : offers.items) offer.state = offer.state_at(now);
  return offers;
}

Result<OwnershipOffer> accept_ownership(Tx& tx, const Stores& stores, const TenantScope& scope,
                                        std::string_view offer_text) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_CHECK(hold_members(tx, stores, may_read));
  KS_TRY(OwnershipOffer offer, visible(tx, stores, may_read, offer_text));
  const auto may_take = MayTakeOwnership::offered(may_read, offer);
  if (!may_take) return not_found();
  KS_TRY(const auto owner, stores.ownership.owner(tx, may_read));
  // Accepted before, and still so.
  if (offer.state == OfferState::accepted && owner && owner->user == offer.to) return offer;
  if (offer.state != OfferState::open) return offer_closed(offer);
  // Whoever made the offer must be who gives.
  if (!owner || owner->user != offer.from) return offer_closed(offer);
  KS_TRY(const Organization org, stores.organizations.get(tx, may_read));
  if (org.state != kActive)
    return conflict("org_not_active", "The organization is not active; its owner stays.");
  const Time now = stores.clock.now();
  KS_TRY(const bool settled,
         stores.ownership.settle(tx, may_read, offer.id, OfferState::accepted, {}, now));
  if (!settled) return offer_closed(offer);
  KS_TRY(const bool passed, stores.ownership.transfer(tx, *may_take, now));
  if (!passed) return not_found();
  KS_CHECK(stores.members.touch(tx, may_read, offer.from));
  KS_CHECK(stores.members.touch(tx, may_read, offer.to));
  KS_CHECK(record(tx, stores, may_read, offer, OfferState::accepted, now));
  const mails::OwnershipTransferred told{MailOrg{org.name, org.slug}, offer.from_name,
                                         offer.to_name};
  KS_CHECK(tell(tx, stores, may_read, offer.from_email, told, offer.id));
  KS_CHECK(tell(tx, stores, may_read, offer.to_email, told, offer.id));
  offer.state = OfferState::accepted;
  offer.settled_at = now;
  return offer;
}

Result<OwnershipOffer> decline_ownership(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view offer_text) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_CHECK(hold_members(tx, stores, may_read));
  KS_TRY(OwnershipOffer offer, visible(tx, stores, may_read, offer_text));
  if (offer.to != scope.actor()) return not_found();
  const bool again = offer.state == OfferState::declined;
  KS_TRY(OwnershipOffer declined,
         close(tx, stores, may_read, std::move(offer), OfferState::declined));
  if (again) return declined;
  KS_TRY(MailOrg org, mail_org(tx, stores, scope));
  KS_CHECK(tell(tx, stores, may_read, declined.from_email,
                mails::OwnershipDeclined{std::move(org), declined.to_name}, declined.id));
  return declined;
}

Result<OwnershipOffer> cancel_ownership(Tx& tx, const Stores& stores, const TenantScope& scope,
                                        std::string_view offer_text) {
  KS_TRY(const auto may_transfer, stores.authorizer.require<Action::org_transfer>(scope));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_CHECK(hold_members(tx, stores, may_transfer));
  KS_TRY(OwnershipOffer offer, visible(tx, stores, may_read, offer_text));
  const bool again = offer.state == OfferState::cancelled;
  KS_TRY(OwnershipOffer withdrawn,
         close(tx, stores, may_read, std::move(offer), OfferState::cancelled));
  if (again) return withdrawn;
  KS_TRY(MailOrg org, mail_org(tx, stores, scope));
  KS_CHECK(tell(tx, stores, may_transfer, withdrawn.to_email,
                mails::OwnershipWithdrawn{std::move(org), withdrawn.from_name}, withdrawn.id));
  return withdrawn;
}

Result<std::optional<OwnershipStore::Ended>> cancel_offers_of(Tx& tx, const Stores& stores,
                                                              const AnyPermit& permit,
                                                              const UserId& user,
                                                              CancelledFor reason) {
  const Time now = stores.clock.now();
  KS_TRY(auto cancelled, stores.ownership.cancel_of(tx, permit, user, reason, now));
  if (!cancelled) return std::nullopt;
  Deed deed =
      deed_on(cancelled->id, cancelled->from, cancelled->to, OfferState::cancelled, name(reason));
  // It goes with what somebody does who may: a suspension, or a way out of it.
  deed.open_while_suspended = true;
  KS_CHECK(stores.journal.record(tx, permit, deed, change_of(cancelled->id), now));
  KS_CHECK(stores.outbox.cancel(tx, permit, MailSubject{"ownership_offer", cancelled->id.str()}));
  if (cancelled->expires_at <= now) return std::nullopt;
  return cancelled;
}

std::vector<Fault> reason_faults(std::string_view reason) {
  const auto ok = check_text(reason, kDescriptionMax);
  return ok ? std::vector<Fault>() : std::vector{Fault{"/reason", ok.error().message}};
}

Result<Organization> appoint_owner(Tx& tx, const Stores& stores, const TenantScope& scope,
                                   const PersonRef& user, std::string_view reason) {
  KS_TRY(const auto may_appoint, stores.authorizer.require<Action::orgs_appoint_owner>(scope));
  if (auto faults = reason_faults(reason); !faults.empty()) return invalid(std::move(faults));
  KS_CHECK(hold_members(tx, stores, may_appoint));
  KS_TRY(const auto owner, stores.ownership.owner(tx, may_appoint));
  if (owner && owner->active)
    return conflict("not_orphaned", "The organization has an owner, who alone can pass it on.");
  KS_TRY(const auto appointee, stores.ownership.find_appointee(tx, may_appoint, user));
  if (!appointee || !appointee->active)
    return invalid({Fault{
        "/user", user.id ? "has no active account here"
                         : "is the proved address of no active account here; where nobody has "
                           "proved it yet, name the account by its id"}});
  if (!appointee->member)
    KS_CHECK(join(tx, stores, may_appoint, Joining{appointee->user, OrgRole::admin}));
  const Time now = stores.clock.now();
  if (owner) {
    KS_CHECK(cancel_offers_of(tx, stores, may_appoint, owner->user, CancelledFor::owner_appointed));
    KS_CHECK(stores.members.touch(tx, may_appoint, owner->user));
  }
  const auto may_take = MayTakeOwnership::appointed(may_appoint, appointee->user);
  KS_TRY(const bool passed, stores.ownership.transfer(tx, may_take, now));
  if (!passed) return not_found();
  KS_CHECK(stores.members.touch(tx, may_appoint, appointee->user));
  KS_CHECK(stores.journal.record(
      tx, may_appoint,
      Deed{Action::orgs_appoint_owner,
           "member",
           appointee->user.str(),
           Json::object({{"before", owner ? Json(owner->user.text()) : Json()},
                         {"after", appointee->user.text()}}),
           Deed::Outcome::done,
           {{{"reason"}, std::string(reason)}}},
      Change{"member", appointee->user.str(), std::nullopt}, now));
  KS_TRY(Organization org, stores.organizations.get_for_administration(tx, may_appoint));
  KS_CHECK(tell_appointed(tx, stores, may_appoint, org, *appointee, owner));
  return org;
}

}  // namespace ks::app
