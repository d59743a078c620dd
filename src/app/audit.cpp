#include "app/audit.hpp"

#include <functional>
#include <map>

#include "app/deployments.hpp"
#include "app/plans.hpp"

namespace ks::app {

namespace {

constexpr std::string_view kExport = "audit.export";

Json detail_of(const Attempt& attempt) {
  Json detail = Json::object({{"route", attempt.route}, {"problem", attempt.refusal.problem}});
  if (attempt.refusal.limit) detail.set("feature", attempt.refusal.limit->feature);
  if (attempt.left_out > 0) detail.set("left_out", attempt.left_out);
  return detail;
}

// What the log calls what a path names.
std::string_view kind_of(std::string_view in_path) {
  if (in_path == "user") return "member";
  if (in_path == "offer") return "ownership_offer";
  return in_path;
}

struct Place {
  std::string kind;
  std::string id;
};

// The innermost thing of the path. What its caller wrote into the path is kept only where it is an
// id: anything else might be somebody's address.
Result<Place> place_of(Tx& tx, const Stores& stores, const TenantScope& scope,
                       const Attempt& attempt) {
  Place out{"organization", scope.org().str()};
  std::string team;
  for (const auto& [name, value] : attempt.path) {
    out = {std::string(kind_of(name)), OrgId::parse(value) ? value : ""};
    if (name == "team") {
      team = value;
      auto id = stores.authorizer.find_team(tx, scope, value);
      if (id)
        out.id = id->str();
      else if (id.error().code != Error::Code::not_found)
        return std::unexpected(std::move(id).error());
    } else if (name == "deployment") {
      auto row = deployment(tx, stores, scope, team, value);
      if (row)
        out.id = row->id.str();
      else if (row.error().code != Error::Code::not_found)
        return std::unexpected(std::move(row).error());
    }
  }
  return out;
}

}  // namespace

Result<void> record_denied(Tx& tx, const Stores& stores, const TenantScope& scope, Action action,
                           const Attempt& attempt) {
  KS_TRY(const auto permit, stores.authorizer.require<Action::audit_append>(scope));
  KS_TRY(Place place, place_of(tx, stores, scope, attempt));
  return stores.journal.record(tx, permit,
                               Deed{action, std::move(place.kind), std::move(place.id),
                                    detail_of(attempt), Deed::Outcome::denied},
                               std::nullopt, stores.clock.now());
}

Result<void> record_denied(Tx& tx, const Stores& stores, const PersonScope& person,
                           std::string_view deed, const Attempt& attempt) {
  ClientDeed denied;
  denied.action = deed;
  denied.actor = person.user();
  denied.target_kind = "account";
  denied.target_id = person.user().str();
  denied.outcome = Deed::Outcome::denied;
  denied.detail = detail_of(attempt);
  return stores.audit.record(tx, person.client_scope(), denied, *person.trail(),
                             stores.clock.now());
}

Result<AuditEntries> audit(Tx& tx, const Stores& stores, const TenantScope& scope,
                           const AuditFilter& filter, const std::optional<AuditPlace>& place,
                           int limit) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::audit_read>(scope));
  KS_TRY(AuditPage page, stores.audit.list(tx, may_read, filter, place, limit));
  AuditEntries out{{}, page.next};
  out.items.reserve(page.rows.size());
  std::map<std::string, std::optional<std::string>, std::less<>> names;
  for (AuditRow& row : page.rows) {
    std::optional<std::string> actor;
    if (const auto id = UserId::parse(row.actor_id)) {
      const auto [known, fresh] = names.try_emplace(row.actor_id);
      if (fresh) {
        KS_TRY(known->second, stores.audit.name_of(tx, may_read, *id));
      }
      actor = known->second;
    }
    out.items.push_back({std::move(row), std::move(actor)});
  }
  return out;
}

Result<void> begin_audit_export(Tx& tx, const Stores& stores, const TenantScope& scope,
                                const AuditFilter& filter, std::string_view format) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::audit_read>(scope));
  KS_CHECK(check_feature(tx, stores, may_read, kExport));
  Json narrowed = Json::object();
  const auto tell = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) narrowed.set(name, value);
  };
  tell("actor", filter.actor);
  tell("action", filter.action);
  tell("target_kind", filter.target_kind);
  tell("target_id", filter.target_id);
  tell("result", filter.result);
  if (filter.from) narrowed.set("from", rfc3339(*filter.from));
  if (filter.until) narrowed.set("until", rfc3339(*filter.until));
  return stores.journal.record(
      tx, may_read,
      Deed{Action::audit_read, "audit_export", scope.org().str(),
           Json::object({{"format", format}, {"filter", std::move(narrowed)}})},
      std::nullopt, stores.clock.now());
}

}  // namespace ks::app
