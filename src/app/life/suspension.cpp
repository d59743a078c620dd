#include "app/life/suspension.hpp"

#include "app/invitations/revocation.hpp"
#include "app/members.hpp"
#include "app/ownership.hpp"

namespace ks::app {

namespace {

using SuspendPermit = Permit<Action::orgs_suspend, Org>;

// Held until the transaction ends: nobody joins or takes ownership meanwhile.
Result<Organization> held(Tx& tx, const Stores& stores, const SuspendPermit& may) {
  KS_CHECK(hold_members(tx, stores, may));
  KS_TRY(Organization org, stores.organizations.get_for_administration(tx, may));
  if (org.state != "active")
    return conflict("being_deleted", "The organization is being deleted; that stops everything.");
  return org;
}

Result<Organization> set(Tx& tx, const Stores& stores, const SuspendPermit& may,
                         std::string_view reason, Time since) {
  const Time now = stores.clock.now();
  const std::string id = may.scope().org().str();
  Deed deed{Action::orgs_suspend, "organization", id,
            Json::object({{"suspended", !reason.empty()}})};
  if (!reason.empty()) deed.personal = {{{"reason"}, std::string(reason)}};
  KS_CHECK(stores.journal.record(tx, may, deed, Change{"organization", id, std::nullopt}, now));
  KS_TRY(const bool done, stores.organizations.set_suspension(tx, may, reason, since, now));
  if (!done) return not_found();
  return stores.organizations.get_for_administration(tx, may);
}

// Merely tells: an owner who is gone, or cannot be written to, stops nothing.
Result<void> tell_owner(Tx& tx, const Stores& stores, const SuspendPermit& may,
                        const std::optional<OwnershipStore::Owner>& owner, MailContent content) {
  if (!owner) return {};
  const auto to = EmailAddress::parse(owner->email);
  if (!to) return {};
  return stores.outbox.queue(
      tx, may, Mail{*to, std::move(content), MailSubject{"organization", may.scope().org().str()}});
}

// The same for everybody of it and for everything that runs.
Result<void> spread(Tx& tx, const Stores& stores, const SuspendPermit& may) {
  KS_CHECK(stores.deployments.want_anew(tx, may));
  return stores.organizations.touch_members(tx, may);
}

}  // namespace

Result<Organization> suspend_organization(Tx& tx, const Stores& stores, const TenantScope& scope,
                                          std::string_view reason) {
  KS_TRY(const auto may, stores.authorizer.require<Action::orgs_suspend>(scope));
  if (auto faults = reason_faults(reason); !faults.empty()) return invalid(std::move(faults));
  KS_TRY(const Organization before, held(tx, stores, may));
  if (before.suspended_for == reason) return before;
  if (!before.suspended_for.empty()) {
    KS_TRY(Organization changed, set(tx, stores, may, reason, before.suspended_at));
    KS_CHECK(stores.organizations.touch_members(tx, may));
    return changed;
  }
  KS_TRY(Organization after, set(tx, stores, may, reason, stores.clock.now()));
  KS_CHECK(revoke_all_invitations(tx, stores, may, RevokedFor::organization_suspended));
  KS_TRY(const auto owner, stores.ownership.owner(tx, may));
  if (owner)
    KS_CHECK(cancel_offers_of(tx, stores, may, owner->user, CancelledFor::organization_suspended));
  KS_CHECK(spread(tx, stores, may));
  // Its names stand in them, and may be what it is suspended for.
  KS_CHECK(stores.outbox.cancel_all(tx, may));
  KS_CHECK(tell_owner(
      tx, stores, may, owner,
      mails::OrganizationSuspended{MailOrg{after.name, after.slug}, std::string(reason)}));
  return after;
}

Result<Organization> lift_suspension(Tx& tx, const Stores& stores, const TenantScope& scope) {
  KS_TRY(const auto may, stores.authorizer.require<Action::orgs_suspend>(scope));
  KS_TRY(const Organization before, held(tx, stores, may));
  if (before.suspended_for.empty()) return before;
  KS_TRY(Organization after, set(tx, stores, may, {}, Time{}));
  KS_CHECK(spread(tx, stores, may));
  KS_TRY(const auto owner, stores.ownership.owner(tx, may));
  KS_CHECK(tell_owner(tx, stores, may, owner,
                      mails::OrganizationResumed{MailOrg{after.name, after.slug}}));
  return after;
}

}  // namespace ks::app
