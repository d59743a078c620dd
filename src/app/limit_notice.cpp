#include "app/limit_notice.hpp"

#include <algorithm>

#include "domain/amount.hpp"
#include "domain/plan.hpp"

namespace ks::app {

namespace {

constexpr const char* kSubject = "limit_reached";
constexpr Duration kNoticeEvery = hours(24);
constexpr int kAdministratorsTold = 20;

// Of the deployments, teams, members and resources that an organization has together.
bool counted_over_organization(std::string_view feature) {
  return std::ranges::any_of(usage_items({}),
                             [&](const UsageItem& item) { return item.feature->key == feature; });
}

MailSubject subject_of(const LimitDetail& limit) { return {kSubject, limit.feature}; }

Result<std::string> plan_name(Tx& tx, const Stores& stores, const TenantScope& scope,
                              const std::string& key) {
  KS_TRY(const auto plans, stores.plans.active(tx, scope.client_scope()));
  const auto at = std::ranges::find(plans, key, &PlanRow::key);
  return at == plans.end() ? key : at->name;
}

}  // namespace

Result<bool> limit_notice_due(Tx& tx, const Stores& stores, const TenantScope& scope,
                              const LimitDetail& limit) {
  if (!stores.outbox.on() || scope.standing().org_role != OrgRole::member || !limit.limit ||
      !counted_over_organization(limit.feature))
    return false;
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_TRY(const auto last, stores.outbox.delivery(tx, may_read, subject_of(limit)));
  return !last || last->queued_at <= stores.clock.now() - kNoticeEvery;
}

Result<void> limit_notice(Tx& tx, const Stores& stores, const TenantScope& scope,
                          const LimitDetail& limit) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  // Two that are refused at once tell once; and whoever is removed at this moment is either read no
  // more, or has the mail cancelled.
  KS_CHECK(stores.members.lock(tx, may_read));
  KS_TRY(const bool due, limit_notice_due(tx, stores, scope, limit));
  if (!due) return {};
  KS_TRY(const Organization org, stores.organizations.get(tx, may_read));
  KS_TRY(std::string plan, plan_name(tx, stores, scope, limit.plan));
  KS_CHECK(
      stores.journal.record(tx, may_read,
                            Deed{Action::org_read, "organization", scope.org().str(),
                                 Json::object({{"told", kSubject}, {"feature", limit.feature}})},
                            std::nullopt, stores.clock.now()));
  const mails::LimitReached content{MailOrg{org.name, org.slug}, limit.feature,
                                    named_amount(limit.feature, *limit.limit), std::move(plan)};
  KS_TRY(const auto administrators,
         stores.invitations.administrators(tx, may_read, kAdministratorsTold));
  for (const auto& administrator : administrators)
    if (const auto to = EmailAddress::parse(administrator.email))
      KS_CHECK(stores.outbox.queue(tx, may_read, Mail{*to, content, subject_of(limit)}));
  return {};
}

}  // namespace ks::app
