#include "app/organizations.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/audited.hpp"
#include "app/plans.hpp"
#include "domain/name.hpp"

namespace ks::app {

namespace {
constexpr std::string_view kFirstPlan = "free";
constexpr int kSlugTries = 50;

void check_slug(std::vector<Fault>& faults, std::string_view slug) {
  if (auto ok = check_label(slug, kSlugMax); !ok)
    faults.push_back({"/slug", ok.error().message});
  else if (reserved_slug(slug))
    faults.push_back({"/slug", "is a word that the product needs itself"});
}

std::unexpected<Error> slug_taken() {
  auto error =
      conflict("slug_taken", "Another organization has this slug, or had it until lately.");
  error.error().faults.push_back({"/slug", "is taken"});
  return error;
}

}  // namespace

std::vector<Fault> faults_of(const std::optional<std::string>& name,
                             const std::optional<std::string>& slug) {
  std::vector<Fault> faults;
  if (name)
    if (auto ok = check_text(*name, kTextMax); !ok) faults.push_back({"/name", ok.error().message});
  if (slug) check_slug(faults, *slug);
  return faults;
}

std::unexpected<Error> stale_version() {
  auto error = conflict("stale_version", "It was changed since you read it.");
  error.error().status = 412;
  return error;
}

Result<Founded> found(Tx& tx, const Stores& stores, const TenantScope& founding,
                      std::string_view name, const std::optional<std::string>& wanted_slug) {
  if (auto faults = faults_of(std::string(name), wanted_slug); !faults.empty())
    return invalid(std::move(faults));
  KS_TRY(const auto permit, stores.authorizer.require<Action::org_found>(founding));
  const Time now = stores.clock.now();
  NewOrganization fresh{wanted_slug.value_or(""), std::string(name), std::string(kFirstPlan), now};
  bool made = false;
  for (int i = 0; i < kSlugTries && !made; ++i) {
    if (wanted_slug && i > 0) return slug_taken();
    if (!wanted_slug) {
      // Always a random ending: one that only came where the name is taken would tell that there is
      // another organization of the name.
      const std::string ending = "-" + random_suffix(stores.random, 6);
      fresh.slug = slug_from(name, kSlugMax - ending.size()) + ending;
    }
    KS_TRY(const bool claimed, stores.names.claim_slug(tx, permit, fresh.slug, now));
    if (!claimed) continue;
    KS_TRY(made, stores.organizations.create(tx, permit, fresh));
    // Of an organization that is older than the register of names.
    if (!made) KS_CHECK(stores.names.unclaim_slug(tx, permit, fresh.slug));
  }
  if (!made) return conflict("slug_taken", "No free slug was found for this name.");
  KS_ASSERT(founding.actor().has_value());
  const UserId owner = *founding.actor();
  KS_CHECK(stores.organizations.add_member(tx, permit, owner, OrgRole::owner, now));
  const TeamRow team{
      TeamId::make(stores.clock, stores.random), "default", "Default", "", 1, now, now};
  KS_CHECK(stores.teams.create_first(tx, permit, team));
  KS_CHECK(stores.teams.add_founder(tx, permit, team.id, owner, now));
  Usage first;
  first.teams = 1;
  first.members = 1;
  KS_CHECK(charge(tx, stores, permit, first));
  const Facts after = facts(fresh).tell("teams.default", team.id.text());
  KS_CHECK(stores.journal.record(
      tx, permit, created(Action::org_found, {"organization", founding.org().str()}, after),
      Change{"organization", founding.org().str(), std::nullopt}, now));
  KS_CHECK(stores.organizations.touch_members(tx, permit));
  return Founded{founding.org(), fresh.slug};
}

Result<void> check_may_own(const std::vector<Organization>& owned) {
  const auto free = std::ranges::count(owned, kFirstPlan, &Organization::plan);
  if (free < kFreeOrganizationsMax) return {};
  Error error{};
  error.code = Error::Code::over_limit;
  error.problem = "plan_limit_reached";
  error.message = "You own an organization on the free plan already; a person can own one.";
  LimitDetail detail;
  detail.feature = "free_orgs.max";
  detail.limit = kFreeOrganizationsMax;
  detail.used = free;
  detail.requested = 1;
  detail.plan = kFirstPlan;
  error.limit = std::move(detail);
  return std::unexpected(std::move(error));
}

Result<void> check_may_own(const std::vector<Organization>& owned, const Organization& org) {
  if (org.plan != kFirstPlan) return {};
  return check_may_own(owned);
}

Result<void> check_may_found(const std::vector<Organization>& owned, int ending) {
  if (ending >= kEndingOrganizationsMax)
    return too_many(
        fmt::format(
            "{} of your organizations are being deleted. Restore one of them, or wait until "
            "one is gone for good.",
            ending),
        hours(24));
  return check_may_own(owned);
}

Result<Organization> organization(Tx& tx, const Stores& stores, const TenantScope& scope) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  return stores.organizations.get(tx, may_read);
}

Result<MailOrg> mail_org(Tx& tx, const Stores& stores, const TenantScope& scope) {
  KS_TRY(Organization org, organization(tx, stores, scope));
  return MailOrg{std::move(org.name), std::move(org.slug)};
}

Result<std::optional<OrgId>> organization_before(Tx& tx, const Stores& stores,
                                                 const ClientScope& client, std::string_view slug) {
  return stores.names.holder_before(tx, client, slug, stores.clock.now());
}

Result<Organization> change(Tx& tx, const Stores& stores, const TenantScope& scope,
                            const OrganizationPatch& patch,
                            const std::optional<std::int64_t>& if_version) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_TRY(const auto may_update, stores.authorizer.require<Action::org_update>(scope));
  if (auto faults = faults_of(patch.name, patch.slug); !faults.empty())
    return invalid(std::move(faults));
  KS_TRY(Organization org, stores.organizations.get(tx, may_read));
  if (org.state != "active")
    return conflict("being_deleted", "The organization is being deleted; restore it first.");
  if (if_version && *if_version != org.version) return stale_version();
  const Facts before = facts(org);
  const bool moves = patch.slug && *patch.slug != org.slug;
  const bool reroutes = patch.egress && *patch.egress != org.egress;
  org.name = patch.name.value_or(org.name);
  if (reroutes) {
    if (*patch.egress) KS_CHECK(check_isolation(tx, stores, may_update, Isolation::dedicated));
    org.egress = *patch.egress;
  }
  if (!moves && facts(org) == before) return org;
  org.updated_at = stores.clock.now();
  if (moves) {
    KS_TRY(const bool claimed,
           stores.names.claim_slug(tx, may_update, *patch.slug, org.updated_at));
    if (!claimed) return slug_taken();
    KS_TRY(const auto again_at, stores.names.lets_go_at(tx, may_update, org.updated_at));
    if (again_at)
      return too_many("The organization has changed its slug too often.",
                      *again_at - org.updated_at);
    KS_CHECK(stores.names.let_go_slug(tx, may_update, org.slug, org.updated_at + kSlugRest));
    org.slug = *patch.slug;
  }
  auto set = stores.organizations.set(tx, may_update, org, org.version);
  if (!set && set.error().problem == "organizations_slug_taken") return slug_taken();
  if (!set) return std::unexpected(std::move(set).error());
  if (!*set) return stale_version();
  KS_CHECK(stores.journal.record(
      tx, may_update,
      changed(Action::org_update, {"organization", org.id.str()}, before, facts(org)),
      Change{"organization", org.id.str(), std::nullopt}, org.updated_at));
  KS_CHECK(stores.organizations.touch_members(tx, may_update));
  if (reroutes) KS_CHECK(stores.sandboxes.want_anew(tx, may_update));
  return stores.organizations.get(tx, may_read);
}

}  // namespace ks::app
