#include "app/life/ending.hpp"

#include <array>

#include "app/invitations/revocation.hpp"
#include "app/organizations.hpp"
#include "app/ownership.hpp"
#include "app/plans.hpp"

namespace ks::app {

namespace {

using EndPermit = Permit<Action::org_delete, Org>;

constexpr int kAdministratorsTold = 20;

MailSubject told_of(const OrgId& org) { return {"organization_deleted", org.str()}; }

Usage usage_of(const DeploymentStore::Held& held) {
  Usage out;
  out.deployments = held.count;
  out.amount = held.running;
  return out;
}

// What ran is given back; storage is not, since the volumes stay.
Result<void> park_deployments(Tx& tx, const Stores& stores, const EndPermit& permit, Time) {
  KS_TRY(const auto held, stores.deployments.held(tx, permit));
  Usage freed = usage_of(held);
  freed.deployments = -freed.deployments;
  freed.amount = Amount{} - freed.amount;
  KS_CHECK(charge(tx, stores, permit, freed));
  return stores.deployments.want_anew(tx, permit);
}

// Merely tells, who could have wondered: its other members see that it is gone. Under the lock of
// the usage, which is that of the members too, so that nobody is told who is none any more.
Result<void> tell_of_end(Tx& tx, const Stores& stores, const EndPermit& permit,
                         const Organization& org, Time now) {
  KS_TRY(const auto owner, stores.ownership.owner(tx, permit));
  KS_TRY(const auto administrators,
         stores.invitations.administrators(tx, permit, kAdministratorsTold));
  const mails::OrganizationDeleted content{MailOrg{org.name, org.slug}, owner ? owner->name : "",
                                           now + kRestoreWithin};
  for (const auto& administrator : administrators)
    if (const auto to = EmailAddress::parse(administrator.email))
      KS_CHECK(stores.outbox.queue(tx, permit, Mail{*to, content, told_of(org.id)}));
  return {};
}

constexpr std::array<EndStep, 1> kEndSteps = {&park_deployments};

Change changed(const OrgId& org) { return {"organization", org.str(), std::nullopt}; }

}  // namespace

std::span<const EndStep> end_steps() { return kEndSteps; }

Result<Organization> delete_organization(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view typed_name,
                                         const std::optional<std::int64_t>& if_version) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_TRY(const auto may_delete, stores.authorizer.require<Action::org_delete>(scope));
  const Time now = stores.clock.now();
  KS_CHECK(stores.plans.lock_usage(tx, may_delete));
  KS_TRY(const Organization org, stores.organizations.get(tx, may_read));
  // Asked once more, after an answer that was lost or by the second of two clicks.
  if (org.state != "active") return org;
  KS_CHECK(require_recent_password(scope, now));
  if (if_version && *if_version != org.version) return stale_version();
  if (typed_name != org.name)
    return invalid({Fault{"/name", "must be the name of the organization, letter by letter"}});
  // Before the state changes: nothing is recorded for a person in an organization that has ended.
  KS_CHECK(stores.journal.record(
      tx, may_delete, Deed{Action::org_delete, "organization", org.id.str(), Json::object()},
      changed(org.id), now));
  KS_CHECK(revoke_all_invitations(tx, stores, may_delete, RevokedFor::organization_deleted));
  // One at most is open, and it is the owner's, whose act this is.
  KS_ASSERT(scope.actor().has_value());
  KS_CHECK(
      cancel_offers_of(tx, stores, may_delete, *scope.actor(), CancelledFor::organization_deleted));
  // They lead to pages that are nobody's now.
  KS_CHECK(stores.outbox.cancel_all(tx, may_delete));
  KS_CHECK(tell_of_end(tx, stores, may_delete, org, now));
  // One that is older than the register of names enters it now: at the latest when it is purged,
  // nothing else says whose the slug was.
  KS_CHECK(stores.names.claim_slug(tx, may_delete, org.slug, now));
  KS_TRY(const bool begun, stores.organizations.begin_delete(tx, may_delete, now));
  if (!begun) return not_found();
  for (const EndStep step : end_steps()) KS_CHECK(step(tx, stores, may_delete, now));
  KS_CHECK(stores.organizations.touch_members(tx, may_delete));
  return stores.organizations.get(tx, may_read);
}

Result<Organization> restore_organization(Tx& tx, const Stores& stores, const TenantScope& scope,
                                          const std::vector<Organization>& owned) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_TRY(const auto may_delete, stores.authorizer.require<Action::org_delete>(scope));
  const Time now = stores.clock.now();
  KS_CHECK(stores.plans.lock_usage(tx, may_delete));
  KS_TRY(const Organization org, stores.organizations.get(tx, may_read));
  if (org.state == "active") return org;
  KS_CHECK(check_may_own(owned, org));
  KS_TRY(const bool restored, stores.organizations.restore(tx, may_delete, now));
  if (!restored)
    return conflict("restore_expired", "The time in which it could be restored is over.");
  KS_CHECK(stores.outbox.cancel(tx, may_delete, told_of(org.id)));
  KS_TRY(const auto held, stores.deployments.held(tx, may_delete));
  KS_CHECK(charge(tx, stores, may_delete, usage_of(held)));
  KS_CHECK(stores.deployments.want_anew(tx, may_delete));
  Deed deed{Action::org_update, "organization", org.id.str(), Json::object({{"restored", true}})};
  deed.open_while_suspended = true;
  KS_CHECK(stores.journal.record(tx, may_delete, deed, changed(org.id), now));
  KS_CHECK(stores.organizations.touch_members(tx, may_delete));
  return stores.organizations.get(tx, may_read);
}

}  // namespace ks::app
