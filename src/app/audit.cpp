#include "app/audit.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "app/deployments.hpp"
#include "app/plans.hpp"
#include "authz/policy.hpp"
#include "store/removals.hpp"

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
  if (in_path == "review") return "access_review";
  return in_path;
}

struct Place {
  std::string kind;
  std::string id;
};

// A file that somebody was to take away. An export that is refused is told on the same thing as one
// that is done, or the log would say of it that somebody was not let look.
struct ExportRoute {
  std::string_view ends;
  std::string_view kind;
};
constexpr std::array<ExportRoute, 2> kExportRoutes{
    {{"/audit/export", "audit_export"}, {"/access-review/export", "access_export"}}};

const ExportRoute* export_of(std::string_view route) {
  const auto* at = std::ranges::find_if(
      kExportRoutes, [&](const ExportRoute& one) { return route.ends_with(one.ends); });
  return at == kExportRoutes.end() ? nullptr : at;
}

// The innermost thing of the path. What its caller wrote into the path is kept only where it is an
// id: anything else might be somebody's address.
Result<Place> place_of(Tx& tx, const Stores& stores, const TenantScope& scope,
                       const Attempt& attempt) {
  Place out{"organization", scope.org().str()};
  std::string team;
  for (const auto& [name, value] : attempt.path) {
    // A row is told of by its review.
    if (name == "row") continue;
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

// More than any deed has of them; a row is no way to make the database work.
constexpr std::size_t kNamedMax = 64;

// The ids in a detail: values, and the end of names such as "teams.<id>". A detail is as deep as
// this program has written it, and parse_json() goes no deeper than its limit.
void collect_ids(const Json& value, std::set<std::string>& out) {
  const auto take = [&](std::string_view text) {
    if (out.size() < kNamedMax && OrgId::parse(text)) out.emplace(text);
  };
  if (value.is_string()) {
    take(value.as_string());
  } else if (value.is_array()) {
    for (const Json& item : value.as_array()) collect_ids(item, out);
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.members()) {
      const std::size_t dot = name.rfind('.');
      take(dot == std::string::npos ? std::string_view(name)
                                    : std::string_view(name).substr(dot + 1));
      collect_ids(member, out);
    }
  }
}

std::set<std::string> ids_of(const AuditRow& row) {
  std::set<std::string> out;
  if (!row.target_id.empty()) out.insert(row.target_id);
  if (const auto detail = parse_json(row.detail)) collect_ids(*detail, out);
  return out;
}

// The names of a page's things, each looked up once.
class Names {
 public:
  Names(Tx& tx, const Stores& stores, const Permit<Action::audit_read, Org>& may_read)
      : tx_(tx),
        stores_(stores),
        may_read_(may_read),
        removed_after_(stores.clock.now() - kReinstatable),
        may_know_former_(allowed(Action::org_members_manage)),
        may_know_invitations_(allowed(Action::org_invitations_read)) {}

  Result<void> add(AuditEntry& entry) {
    for (const std::string& id : ids_of(entry.row)) {
      const auto [known, fresh] = known_.try_emplace(id);
      if (fresh) {
        KS_TRY(auto thing, stores_.audit.find_thing(tx_, may_read_, id, removed_after_));
        if (thing && may_know(thing->kind)) known->second = std::move(thing->name);
      }
      if (known->second) entry.names.emplace(id, *known->second);
    }
    return {};
  }

 private:
  bool allowed(Action action) const {
    return policy::allows_on_org(may_read_.scope().standing(), action);
  }
  bool may_know(AuditThing::Kind kind) const {
    if (kind == AuditThing::Kind::former) return may_know_former_;
    return kind != AuditThing::Kind::invitation || may_know_invitations_;
  }

  Tx& tx_;
  const Stores& stores_;
  const Permit<Action::audit_read, Org>& may_read_;
  Time removed_after_;
  bool may_know_former_;
  bool may_know_invitations_;
  std::map<std::string, std::optional<std::string>, std::less<>> known_;
};

}  // namespace

Result<void> record_denied(Tx& tx, const Stores& stores, const TenantScope& scope, Action action,
                           const Attempt& attempt) {
  KS_TRY(const auto permit, stores.authorizer.require<Action::audit_append>(scope));
  KS_TRY(Place place, place_of(tx, stores, scope, attempt));
  Json detail = detail_of(attempt);
  if (const ExportRoute* exported = export_of(attempt.route)) {
    if (place.kind == "team" && !place.id.empty()) detail.set("team", place.id);
    place = {std::string(exported->kind), scope.org().str()};
  }
  return stores.journal.record(tx, permit,
                               Deed{action, std::move(place.kind), std::move(place.id),
                                    std::move(detail), Deed::Outcome::denied},
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
  Names things(tx, stores, may_read);
  for (AuditRow& row : page.rows) {
    std::optional<std::string> actor;
    if (const auto id = UserId::parse(row.actor_id)) {
      const auto [known, fresh] = names.try_emplace(row.actor_id);
      if (fresh) {
        KS_TRY(known->second, stores.audit.name_of(tx, may_read, *id));
      }
      actor = known->second;
    }
    AuditEntry entry{std::move(row), std::move(actor), {}};
    KS_CHECK(things.add(entry));
    out.items.push_back(std::move(entry));
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
