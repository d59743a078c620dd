#include "sql/plans.hpp"

#include <algorithm>

#include "sql/driver/sql_tx.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {
std::optional<std::string> value_at(const Row& row, int column) {
  const auto text = row.text_or_null(column);
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

void override_one(std::vector<Entitlement>& in, const Row& row) {
  const auto at = std::ranges::find(in, row.text(1), &Entitlement::feature);
  if (at == in.end())
    in.push_back({row.str(1), value_at(row, 2)});
  else
    at->value = value_at(row, 2);
}
}  // namespace

Result<Entitlements> SqlPlanStore::entitlements(Tx& tx, const AnyPermit& permit, Time now) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::entitlements_per_org, now));
  if (rows.empty()) return not_found();
  // The plan's own rows come first; an override replaces the plan's value.
  std::string plan;
  std::vector<Entitlement> out;
  for (const Row& row : rows) {
    if (!row.flag(3)) {
      plan = row.str(0);
      out.push_back({row.str(1), value_at(row, 2)});
      continue;
    }
    override_one(out, row);
  }
  return Entitlements(std::move(plan), std::move(out));
}

Result<Entitlements> SqlPlanStore::entitlements_on(Tx& tx, const AnyPermit& permit,
                                                   const PlanRow& plan, Time now) {
  const ClientScope client = permit.scope().client_scope();
  KS_TRY(const auto own, sql_tx(tx).run(client, q::entitlements_per_plan, plan.key, plan.version));
  std::vector<Entitlement> out;
  for (const Row& row : own) out.push_back({row.str(0), value_at(row, 1)});
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::entitlements_per_org, now));
  for (const Row& row : rows)
    if (row.flag(3)) override_one(out, row);
  return Entitlements(plan.key, std::move(out));
}

Result<std::vector<PlanRow>> SqlPlanStore::active(Tx& tx, const ClientScope& client) {
  KS_TRY(const auto rows, sql_tx(tx).run(client, q::plans_active));
  std::vector<PlanRow> out;
  for (const Row& row : rows)
    out.push_back({row.str(0), row.integer(1), row.str(2), row.integer(3)});
  return out;
}

Result<Entitlements> SqlPlanStore::entitlements_of(Tx& tx, const ClientScope& client,
                                                   const PlanRow& plan) {
  KS_TRY(const auto rows, sql_tx(tx).run(client, q::entitlements_per_plan, plan.key, plan.version));
  std::vector<Entitlement> out;
  for (const Row& row : rows) out.push_back({row.str(0), value_at(row, 1)});
  return Entitlements(plan.key, std::move(out));
}

Result<void> SqlPlanStore::subscribe(Tx& tx, const Permit<Action::orgs_set_plan, Org>& permit,
                                     const PlanRow& plan, Time now) {
  KS_TRY(const auto changed,
         sql_tx(tx).run(permit, q::subscription_set, plan.key, plan.version, now));
  if (changed != 1) return not_found();
  return {};
}

Result<Usage> SqlPlanStore::usage(Tx& tx, const AnyPermit& permit) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::usage_per_org));
  if (!row) return not_found();
  return Usage{row->integer(0), row->integer(1), row->integer(2),
               Amount{row->integer(3), row->integer(4), row->integer(5)}};
}

Result<void> SqlPlanStore::lock_usage(Tx& tx, const AnyPermit& permit) {
  KS_CHECK(sql_tx(tx).run(permit, q::usage_lock));
  return {};
}

Result<bool> SqlPlanStore::charge(Tx& tx, const AnyPermit& permit, const Usage& change,
                                  const Entitlements& limits) {
  // Far above every real sum, far below overflow.
  constexpr std::int64_t kUnlimited = std::int64_t{1} << 62;
  const auto limit = [&](std::string_view feature) {
    return limits.limit(feature).value_or(kUnlimited);
  };
  KS_TRY(const auto changed,
         sql_tx(tx).run(permit, q::usage_charge, change.deployments, change.teams, change.members,
                        change.amount.cpu_milli, change.amount.memory_bytes,
                        change.amount.storage_bytes, limit("deployments.max"), limit("teams.max"),
                        limit("members.max"), limit("cpu.max"), limit("memory.max"),
                        limit("storage.max")));
  return changed == 1;
}

}  // namespace ks::sql
