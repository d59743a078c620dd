#include "app/audit.hpp"

#include <algorithm>
#include <charconv>

#include "api/api.hpp"
#include "api/audit/csv.hpp"
#include "api/exports/export.hpp"
#include "api/router.hpp"
#include "domain/audit/target_kind.hpp"

namespace ks::api {

namespace {

// Narrowing by what cannot be there is a mistake of the caller, and nothing that might be
// somebody's address enters the row of an export.
class FilterReader {
 public:
  explicit FilterReader(const http::Request& request) : request_(request) {}

  Result<AuditFilter> read() {
    text("actor", out_.actor, "must be the id of a user, or system",
         [](std::string_view v) { return v == "system" || UserId::parse(v).has_value(); });
    text("action", out_.action, "must be the name of an action, such as teams:create",
         [](std::string_view v) {
           return std::ranges::any_of(all_actions(), [&](Action one) { return name(one) == v; });
         });
    text("target_kind", out_.target_kind, "must be a kind of thing, such as deployment",
         is_target_kind);
    text("target_id", out_.target_id, "must be an id",
         [](std::string_view v) { return OrgId::parse(v).has_value(); });
    text("result", out_.result, "must be done or denied",
         [](std::string_view v) { return v == "done" || v == "denied"; });
    time("from", out_.from);
    time("until", out_.until);
    if (out_.from && out_.until && *out_.until < *out_.from)
      faults_.push_back({"?from", "must not be later than until"});
    std::string order;
    text("order", order, "must be newest or oldest",
         [](std::string_view v) { return v == "newest" || v == "oldest"; });
    if (order == "oldest") out_.order = AuditFilter::Order::oldest_first;
    if (!faults_.empty()) return invalid(std::move(faults_));
    return std::move(out_);
  }

 private:
  void text(std::string_view name, std::string& into, const char* what,
            const std::function<bool(std::string_view)>& good) {
    const auto value = request_.query_value(name);
    if (!value) return;
    if (good(*value))
      into = *value;
    else
      faults_.push_back({"?" + std::string(name), what});
  }
  void time(std::string_view name, std::optional<Time>& into) {
    const auto value = request_.query_value(name);
    if (!value) return;
    if (auto read = parse_rfc3339(*value))
      into = *read;
    else
      faults_.push_back({"?" + std::string(name), "must be a time of RFC 3339"});
  }

  const http::Request& request_;
  AuditFilter out_;
  std::vector<Fault> faults_;
};

// What a cursor is good for: the organization, the filters and the order.
std::string list_of(const TenantScope& scope, const AuditFilter& f) {
  const auto at = [](const std::optional<Time>& t) { return t ? std::to_string(t->us) : ""; };
  std::string out = "audit/" + scope.org().str();
  for (const std::string& part :
       {f.actor, f.action, f.target_kind, f.target_id, f.result, at(f.from), at(f.until)})
    out += "?" + part;
  return out + (f.order == AuditFilter::Order::newest_first ? "?newest" : "?oldest");
}

std::string text_of(const AuditPlace& place) {
  return std::to_string(place.at) + "." + std::to_string(place.seq) + "." +
         std::to_string(place.head);
}

// Only what text_of() made gets here: a cursor carries a MAC.
std::optional<AuditPlace> place_of(std::string_view text) {
  AuditPlace out;
  for (std::int64_t* number : {&out.at, &out.seq, &out.head}) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), *number);
    if (read.ec != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    if (text.starts_with('.')) text.remove_prefix(1);
  }
  return out;
}

Json detail_of(const AuditRow& row) {
  auto detail = parse_json(row.detail);
  return detail ? std::move(*detail) : Json::object();
}

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json names_of(const app::AuditEntry& entry) {
  Json out = Json::object();
  for (const auto& [id, name] : entry.names) out.set(id, name);
  return out;
}

Json present(const app::AuditEntry& entry) {
  const AuditRow& row = entry.row;
  return Json::object(
      {{"seq", row.seq},
       {"at", rfc3339(row.at)},
       {"actor", Json::object({{"kind", row.actor_kind},
                               {"id", or_null(row.actor_id)},
                               {"name", entry.actor_name ? Json(*entry.actor_name) : Json()}})},
       {"address_hash", or_null(row.address)},
       {"request_id", or_null(row.request_id)},
       {"action", row.action},
       {"target", Json::object({{"kind", row.target_kind}, {"id", or_null(row.target_id)}})},
       {"result", row.result},
       {"detail", detail_of(row)},
       {"names", names_of(entry)},
       {"mac", row.mac}});
}

constexpr std::string_view kColumns =
    "seq,at,actor_kind,actor_id,actor_name,address_hash,request_id,action,target_kind,target_id,"
    "result,detail,mac\r\n";

void append_csv_row(std::string& out, const app::AuditEntry& entry) {
  const AuditRow& row = entry.row;
  out += std::to_string(row.seq);
  for (const std::string& cell :
       {rfc3339(row.at), row.actor_kind, row.actor_id, entry.actor_name.value_or(""), row.address,
        row.request_id, row.action, row.target_kind, row.target_id, row.result, row.detail,
        row.mac}) {
    out += ',';
    append_csv_cell(out, cell);
  }
  out += "\r\n";
}

Result<ExportedRows> rows_after(Tx& tx, const Services& services, const TenantScope& scope,
                                const AuditFilter& filter, ExportFormat format,
                                const std::string& after, int rows) {
  const auto place = after.empty() ? std::nullopt : place_of(after);
  KS_TRY(const app::AuditEntries entries,
         app::audit(tx, services.stores, scope, filter, place, rows));
  ExportedRows out;
  for (const app::AuditEntry& entry : entries.items) {
    if (out.text.size() > kExportPartBytes) break;
    if (format == ExportFormat::csv)
      append_csv_row(out.text, entry);
    else
      out.text += present(entry).dump() + "\n";
  }
  if (entries.next) out.next = text_of(*entries.next);
  return out;
}

}  // namespace

void mount_audit(Router& router, Services& services, const std::shared_ptr<ExportSeats>& seats) {
  router.get<Member>(
      "/api/v1/orgs/{org}/audit",
      {.action = Action::audit_read,
       .query = {"actor", "action", "target_kind", "target_id", "result", "from", "until", "order",
                 "limit", "cursor"}},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        // Who may not read it learns nothing about filters.
        KS_CHECK(services.stores.authorizer.check(scope, Action::audit_read));
        KS_TRY(const AuditFilter filter, FilterReader(call.request).read());
        const std::string list = list_of(scope, filter);
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
        KS_TRY(const auto entries, app::audit(tx, services.stores, scope, filter,
                                              place_of(wanted.after), wanted.limit));
        Json items = Json::array();
        for (const app::AuditEntry& entry : entries.items) items.push(present(entry));
        Reply reply;
        reply.body = Json::object(
            {{"items", std::move(items)},
             {"next_cursor",
              entries.next ? Json(services.cursors.make(text_of(*entries.next), list)) : Json()}});
        return reply;
      });

  router.stream(
      "/api/v1/orgs/{org}/audit/export", Action::audit_read,
      [&services, seats](const ClientScope& client, const std::string& token,
                         const TenantScope& seen, const Call& call) -> Result<http::Response> {
        return begin_export(
            services, *seats, client, token, seen, call,
            [&](Tx& tx, const TenantScope& scope) -> Result<Export> {
              KS_CHECK(services.stores.authorizer.check(scope, Action::audit_read));
              KS_CHECK(check_query(call.request, {"actor", "action", "target_kind", "target_id",
                                                  "result", "from", "until", "order", "format"}));
              KS_TRY(const AuditFilter filter, FilterReader(call.request).read());
              KS_TRY(const ExportFormat format, export_format(call.request));
              KS_CHECK(app::begin_audit_export(tx, services.stores, scope, filter, name(format)));
              return Export{"audit-" + scope.org().str(), format,
                            format == ExportFormat::csv ? std::string(kColumns) : std::string(),
                            [&services, filter, format](Tx& reading, const TenantScope& reader,
                                                        const std::string& after, int rows) {
                              return rows_after(reading, services, reader, filter, format, after,
                                                rows);
                            }};
            });
      });
}

}  // namespace ks::api
