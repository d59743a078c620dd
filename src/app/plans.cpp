#include "app/plans.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/audited.hpp"
#include "domain/amount.hpp"

namespace ks::app {

namespace {

constexpr int kAdministratorsTold = 20;
constexpr std::string_view kIsolation = "network.isolation";
constexpr std::string_view kReplicas = "replicas.max";

bool is_number(std::string_view key) {
  const Feature* feature = find_feature(key);
  return feature == nullptr ||
         (feature->kind != FeatureKind::boolean && feature->kind != FeatureKind::choice);
}

bool lifts(const Entitlements& limits, const LimitDetail& detail, std::int64_t needed) {
  // Of what is a choice only isolation is ever refused, for want of the strictest.
  if (detail.feature == kIsolation) return limits.isolation() == Isolation::dedicated;
  if (!is_number(detail.feature)) return limits.allows(detail.feature);
  const auto limit = limits.limit(detail.feature);
  return !limit || *limit >= needed;
}

// The cheapest plan above the current one whose limit takes `needed`.
Result<void> describe_upgrade(Tx& tx, const Stores& stores, const AnyPermit& permit,
                              LimitDetail& detail, std::int64_t needed) {
  const ClientScope client = permit.scope().client_scope();
  KS_TRY(const auto plans, stores.plans.active(tx, client));
  for (const PlanRow& plan : plans) {
    if (plan.key == detail.plan) continue;
    KS_TRY(const Entitlements limits, stores.plans.entitlements_of(tx, client, plan));
    if (!lifts(limits, detail, needed)) continue;
    detail.upgrade_plan = plan.key;
    if (is_number(detail.feature)) detail.upgrade_limit = limits.limit(detail.feature);
    return {};
  }
  return {};
}

Result<std::vector<UsageReport::Feature>> plan_features(Tx& tx, const Stores& stores,
                                                        const AnyPermit& permit,
                                                        const Entitlements& has) {
  std::vector<UsageReport::Feature> out;
  const auto included = [](const Entitlements& plan, std::string_view key) {
    return key == kIsolation ? plan.isolation() == Isolation::dedicated : plan.allows(key);
  };
  for (const Feature& feature : features())
    if (feature.kind == FeatureKind::boolean || feature.key == kIsolation)
      out.push_back({std::string(feature.key), included(has, feature.key), {}});
  if (std::ranges::all_of(out, &UsageReport::Feature::included)) return out;
  KS_TRY(const auto plans, offered_plans(tx, stores, permit.scope().client_scope()));
  for (UsageReport::Feature& one : out) {
    if (one.included) continue;
    // Not its own, which has it where an override took it away.
    const auto lifts = std::ranges::find_if(plans, [&](const OfferedPlan& offered) {
      return offered.plan.key != has.plan() && included(offered.entitlements, one.feature);
    });
    if (lifts != plans.end()) one.upgrade_plan = lifts->plan.key;
  }
  return out;
}

// Amounts of cpu, memory and storage differ by their unit alone, so the feature is named too.
std::string of_all(const Overrun& overrun) {
  return fmt::format("The organization's plan allows {} ({}). In use: {}; asked for: {} more.",
                     spoken_amount(overrun.feature, overrun.limit), overrun.feature,
                     spoken_amount(overrun.feature, overrun.used),
                     spoken_amount(overrun.feature, overrun.requested));
}

std::string of_one(const Overrun& overrun, std::int64_t had) {
  std::string out = fmt::format(
      "On the organization's plan one service may have at most {} ({}); {} were asked for.",
      spoken_amount(overrun.feature, overrun.limit), overrun.feature, overrun.requested);
  if (had > overrun.limit)
    out += fmt::format(" It has {} from before and may keep them, but not get more.", had);
  return out;
}

Result<Error> over_limit(Tx& tx, const Stores& stores, const AnyPermit& permit,
                         const std::string& plan, const Overrun& overrun, std::string message) {
  Error error{};
  error.code = Error::Code::over_limit;
  error.problem = "plan_limit_reached";
  error.message = std::move(message);
  error.message += " An administrator of this installation can give it another plan.";
  LimitDetail detail;
  detail.feature = overrun.feature;
  detail.limit = overrun.limit;
  detail.used = overrun.used;
  detail.requested = overrun.requested;
  detail.plan = plan;
  KS_CHECK(describe_upgrade(tx, stores, permit, detail, overrun.used + overrun.requested));
  KS_TRY(detail.contacts, stores.organizations.owners(tx, permit));
  if (!detail.upgrade_plan.empty()) {
    auto may_read = stores.authorizer.require<Action::org_read>(permit.scope());
    if (may_read) {
      KS_TRY(const Organization org, stores.organizations.get(tx, *may_read));
      detail.upgrade_url = fmt::format("/o/{}/billing?from={}", org.slug, overrun.feature);
    }
  }
  // Moving to a plan that costs needs a payment provider; until one is there, an administrator of
  // the platform does it.
  detail.can_upgrade = false;
  error.limit = std::move(detail);
  return error;
}

using PlanPermit = Permit<Action::orgs_set_plan, Org>;

Result<PlanRow> active_plan(Tx& tx, const Stores& stores, const TenantScope& scope,
                            std::string_view key, const char* place) {
  KS_TRY(const auto plans, stores.plans.active(tx, scope.client_scope()));
  const auto at = std::ranges::find(plans, key, &PlanRow::key);
  if (at == plans.end()) return invalid({Fault{place, "is not the key of an active plan"}});
  return *at;
}

struct Conflicts {
  std::vector<Overrun> over;
  DeploymentStore::Grown grown;
};
Result<Conflicts> conflicts_with(Tx& tx, const Stores& stores, const PlanPermit& permit,
                                 const Entitlements& limits) {
  Conflicts out;
  KS_TRY(const Usage used, stores.plans.usage(tx, permit));
  if (const auto limit = limits.limit(kReplicas)) {
    KS_TRY(out.grown, stores.deployments.grown_over(tx, permit, *limit));
  }
  out.over = overruns(used, out.grown.most, limits);
  return out;
}

// A list stays in force on every plan; it is made and changed only where pods have nodes of their
// own.
std::optional<std::int64_t> stuck_ranges(const Organization& org, const Entitlements& limits) {
  if (!org.egress || limits.isolation() >= Isolation::dedicated) return std::nullopt;
  return std::ssize(*org.egress);
}

// Merely tells. Under the lock of the usage, which is that of the members too: whoever is removed
// at this moment is either read no more, or has the mail cancelled.
Result<void> tell_of_conflicts(Tx& tx, const Stores& stores, const PlanPermit& permit,
                               const Organization& org, const PlanRow& plan,
                               const Entitlements& before, const Entitlements& after) {
  KS_TRY(const auto conflicts, conflicts_with(tx, stores, permit, after));
  const auto ranges = stuck_ranges(org, after);
  // With the plan of before goes its mail, and what it told of the list.
  const bool news = (ranges && (!stuck_ranges(org, before) || before.plan() != after.plan())) ||
                    std::ranges::any_of(conflicts.over, [&](const Overrun& one) {
                      return before.limit(one.feature) != after.limit(one.feature);
                    });
  if (!news && before.plan() == after.plan()) return {};
  // What was told of the plan before is not so any more.
  const MailSubject subject{"plan_changed", org.id.str()};
  KS_CHECK(stores.outbox.cancel(tx, permit, subject));
  if (!news || org.state != "active") return {};
  mails::PlanChanged content{
      MailOrg{org.name, org.slug}, plan.name, {}, ranges, conflicts.grown.count,
      conflicts.grown.names};
  for (const Overrun& one : conflicts.over)
    content.over.push_back(
        {one.feature, named_amount(one.feature, one.used), named_amount(one.feature, one.limit)});
  KS_TRY(const auto administrators,
         stores.invitations.administrators(tx, permit, kAdministratorsTold));
  for (const auto& administrator : administrators)
    if (const auto to = EmailAddress::parse(administrator.email))
      KS_CHECK(stores.outbox.queue(tx, permit, Mail{*to, content, subject}));
  return {};
}

}  // namespace

namespace {
Result<void> not_in_plan(Tx& tx, const Stores& stores, const AnyPermit& permit,
                         const Entitlements& has, std::string_view feature, std::string message) {
  KS_TRY(Error error, over_limit(tx, stores, permit, has.plan(),
                                 Overrun{std::string(feature), 0, 0, 1}, std::move(message)));
  error.problem = "feature_not_in_plan";
  return std::unexpected(std::move(error));
}
}  // namespace

Result<void> charge(Tx& tx, const Stores& stores, const AnyPermit& permit, const Usage& change) {
  KS_TRY(const Entitlements limits, stores.plans.entitlements(tx, permit, stores.clock.now()));
  KS_TRY(const bool fits, stores.plans.charge(tx, permit, change, limits));
  if (fits) return {};
  KS_TRY(const Usage used, stores.plans.usage(tx, permit));
  const auto overrun = first_overrun(used, change, limits);
  // Another request gave something back between the two statements; this one may be repeated.
  if (!overrun)
    return conflict("busy", "The usage of the organization changed just now; try again.");
  KS_TRY(Error error, over_limit(tx, stores, permit, limits.plan(), *overrun, of_all(*overrun)));
  return std::unexpected(std::move(error));
}

Result<void> check_per_item(Tx& tx, const Stores& stores, const AnyPermit& permit,
                            std::string_view feature, std::int64_t requested, std::int64_t had) {
  KS_TRY(const Entitlements limits, stores.plans.entitlements(tx, permit, stores.clock.now()));
  const auto limit = limits.limit(feature);
  if (!limit || requested <= *limit) return {};
  const Overrun overrun{std::string(feature), *limit, 0, requested};
  KS_TRY(Error error, over_limit(tx, stores, permit, limits.plan(), overrun, of_one(overrun, had)));
  error.limit->per = "service";
  return std::unexpected(std::move(error));
}

std::unexpected<Error> too_many(std::string message, Duration wait) {
  auto error = unavailable("too_many_requests", std::move(message));
  error.error().status = 429;
  error.error().retry_after_s =
      static_cast<int>(std::max<std::int64_t>((wait.us + 999'999) / 1'000'000, 1));
  return error;
}

Result<void> check_feature(Tx& tx, const Stores& stores, const AnyPermit& permit,
                           std::string_view feature) {
  KS_TRY(const Entitlements has, stores.plans.entitlements(tx, permit, stores.clock.now()));
  if (has.allows(feature)) return {};
  return not_in_plan(tx, stores, permit, has, feature,
                     fmt::format("The plan of the organization does not have {}.", feature));
}

Result<void> check_isolation(Tx& tx, const Stores& stores, const AnyPermit& permit,
                             Isolation least) {
  KS_TRY(const Entitlements has, stores.plans.entitlements(tx, permit, stores.clock.now()));
  if (has.isolation() >= least) return {};
  return not_in_plan(
      tx, stores, permit, has, kIsolation,
      fmt::format("The plan of the organization does not have network.isolation {}.", name(least)));
}

Result<UsageReport> usage(Tx& tx, const Stores& stores, const TenantScope& scope) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_TRY(const Entitlements limits, stores.plans.entitlements(tx, may_read, stores.clock.now()));
  KS_TRY(const Usage used, stores.plans.usage(tx, may_read));
  UsageReport report;
  report.plan = limits.plan();
  KS_TRY(report.features, plan_features(tx, stores, may_read, limits));
  KS_TRY(report.contacts, stores.organizations.owners(tx, may_read));
  for (const UsageItem& item : usage_items(used))
    report.items.push_back({std::string(item.feature->key), std::string(item.feature->unit),
                            item.used, limits.limit(item.feature->key)});
  KS_TRY(const int replicas, stores.deployments.most_replicas(tx, may_read));
  report.items.push_back({std::string(kReplicas), std::string(find_feature(kReplicas)->unit),
                          replicas, limits.limit(kReplicas), true});
  return report;
}

Result<std::vector<OfferedPlan>> offered_plans(Tx& tx, const Stores& stores,
                                               const ClientScope& client) {
  KS_TRY(auto plans, stores.plans.active(tx, client));
  std::vector<OfferedPlan> out;
  for (PlanRow& plan : plans) {
    KS_TRY(Entitlements entitlements, stores.plans.entitlements_of(tx, client, plan));
    out.push_back({std::move(plan), std::move(entitlements)});
  }
  return out;
}

Result<PlanPreview> preview_plan(Tx& tx, const Stores& stores, const TenantScope& scope,
                                 std::string_view plan_key) {
  KS_TRY(const auto may_set, stores.authorizer.require<Action::orgs_set_plan>(scope));
  KS_TRY(const PlanRow plan, active_plan(tx, stores, scope, plan_key, "?plan"));
  KS_TRY(const Entitlements limits,
         stores.plans.entitlements_on(tx, may_set, plan, stores.clock.now()));
  KS_TRY(auto conflicts, conflicts_with(tx, stores, may_set, limits));
  KS_TRY(const Organization org, stores.organizations.get_for_administration(tx, may_set));
  return PlanPreview{plan.key, std::move(conflicts.over), stuck_ranges(org, limits),
                     std::move(conflicts.grown)};
}

Result<Organization> set_plan(Tx& tx, const Stores& stores, const TenantScope& scope,
                              std::string_view plan_key) {
  KS_TRY(const auto may_set, stores.authorizer.require<Action::orgs_set_plan>(scope));
  // What is being created holds this too: a sandbox never keeps the isolation of the plan before.
  KS_CHECK(stores.plans.lock_usage(tx, may_set));
  KS_TRY(const PlanRow plan, active_plan(tx, stores, scope, plan_key, "/plan"));
  const Time now = stores.clock.now();
  KS_TRY(const Organization was, stores.organizations.get_for_administration(tx, may_set));
  KS_TRY(const Entitlements limits_before, stores.plans.entitlements(tx, may_set, now));
  const Facts before = facts(was);
  KS_CHECK(stores.plans.subscribe(tx, may_set, plan, now));
  // The plan decides quota and isolation of every namespace of the organization.
  KS_TRY(const Entitlements limits, stores.plans.entitlements(tx, may_set, now));
  KS_CHECK(stores.sandboxes.touch_all(tx, may_set, limits.isolation()));
  KS_TRY(Organization org, stores.organizations.get_for_administration(tx, may_set));
  const Facts after = facts(org).tell("plan_version", plan.version);
  KS_CHECK(stores.journal.record(
      tx, may_set,
      changed(Action::orgs_set_plan, {"organization", scope.org().str()}, before, after),
      Change{"organization", scope.org().str(), std::nullopt}, now));
  KS_CHECK(tell_of_conflicts(tx, stores, may_set, org, plan, limits_before, limits));
  return org;
}

}  // namespace ks::app
