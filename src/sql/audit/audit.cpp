#include "sql/audit/audit.hpp"

#include <limits>

#include "sql/statements.hpp"

namespace ks::sql {

namespace {

constexpr std::string_view kBelowEveryId = "00000000-0000-0000-0000-000000000000";

// Rows of an index that one page looks at when not all of them fit the filter: nobody makes the
// database read a whole log for a page that has nothing in it.
constexpr int kStretch = 2000;
constexpr int kPlaceInStretch = 13;

AuditRow row_at(const Row& row) {
  return {row.integer(0), row.str(1), row.str(2), row.time(3), row.str(4),  row.str(5), row.str(6),
          row.str(7),     row.str(8), row.str(9), row.str(10), row.str(11), row.str(12)};
}

std::vector<AuditRow> rows_at(const std::vector<Row>& rows) {
  std::vector<AuditRow> out;
  out.reserve(rows.size());
  for (const Row& row : rows) out.push_back(row_at(row));
  return out;
}

// A filter as the statements take it: "system" is no id but a kind of actor.
struct Wanted {
  explicit Wanted(const AuditFilter& f)
      : filter(f),
        actor_kind(f.actor == "system" ? "system" : ""),
        actor_id(f.actor == "system" ? "" : f.actor) {}

  bool has(const AuditRow& row) const {
    const auto fits = [](const std::string& asked, const std::string& is) {
      return asked.empty() || asked == is;
    };
    return fits(actor_kind, row.actor_kind) && fits(actor_id, row.actor_id) &&
           fits(filter.action, row.action) && fits(filter.target_kind, row.target_kind) &&
           fits(filter.target_id, row.target_id) && fits(filter.result, row.result);
  }
  // Whether every row of the index that the list goes by fits.
  bool all() const {
    const auto count = [](const std::string& asked) { return asked.empty() ? 0 : 1; };
    const int asked = count(actor_kind) + count(filter.target_kind) + count(filter.result);
    return asked == 0 && count(actor_id) + count(filter.action) + count(filter.target_id) <= 1;
  }

  const AuditFilter& filter;
  std::string actor_kind;
  std::string actor_id;
};

AuditEnd org_end(const Row& row) {
  return {{row.id<Client>(0), row.id<Org>(1)},
          row.str(2),
          {row.integer(3), row.str(4)},
          row.integer(5)};
}

AuditEnd client_end(const Row& row) {
  return {{row.id<Client>(0), std::nullopt}, "", {row.integer(1), row.str(2)}, row.integer(3)};
}

template <class Make>
std::vector<AuditEnd> ends_at(const std::vector<Row>& rows, Make make) {
  std::vector<AuditEnd> out;
  out.reserve(rows.size());
  for (const Row& row : rows) out.push_back(make(row));
  return out;
}

std::string_view name(ClientDeed::By by) {
  switch (by) {
    case ClientDeed::By::user:
      return "user";
    case ClientDeed::By::system:
      return "system";
    case ClientDeed::By::anonymous:
      return "anonymous";
  }
  return "";
}

// After `after`, clients' own chains first.
Result<std::vector<AuditEnd>> ends_by(Tx& tx, const FleetScope& fleet,
                                      const Statement<Scope::fleet, Rows::many, 2>& of_clients,
                                      const Statement<Scope::fleet, Rows::many, 3>& of_orgs,
                                      const std::optional<AuditChain>& after, int limit) {
  SqlTx& sql = sql_tx(tx);
  const bool within_orgs = after && after->org;
  if (!within_orgs) {
    const std::string_view client = after ? after->client.text() : kBelowEveryId;
    KS_TRY(const auto rows, sql.run(fleet, of_clients, client, limit));
    if (!rows.empty()) return ends_at(rows, client_end);
  }
  KS_TRY(const auto rows,
         sql.run(fleet, of_orgs, within_orgs ? after->client.text() : kBelowEveryId,
                 within_orgs ? after->org->text() : kBelowEveryId, limit));
  return ends_at(rows, org_end);
}

}  // namespace

Result<void> SqlAuditStore::record(Tx& tx, const ClientScope& scope, const ClientDeed& deed,
                                   const Trail& trail, Time now) {
  SqlTx& sql = sql_tx(tx);
  std::string salt;
  if (deed.actor) {
    KS_TRY(salt, writer_.salt_of(sql, scope, *deed.actor));
  }
  KS_TRY(const Row taken, sql.run(scope, q::client_audit_take, writer_.new_salt()));
  if (!deed.actor) salt = taken.str(2);
  AuditRow row;
  row.seq = taken.integer(0);
  row.prev = taken.str(1);
  row.at = now;
  row.actor_kind = name(deed.by);
  row.actor_id = deed.actor ? deed.actor->str() : "";
  row.action = deed.action;
  row.target_kind = deed.target_kind;
  row.target_id = deed.target_id;
  row.result = name(deed.outcome);
  writer_.describe(row, {trail.request_id, trail.address, deed.detail, deed.personal}, salt);
  writer_.seal(row, {scope.client(), std::nullopt});
  KS_CHECK(sql.run(scope, q::client_audit_append, row.seq, row.prev, row.mac, row.at,
                   row.actor_kind, row.actor_id, row.address, row.request_id, row.action,
                   row.target_kind, row.target_id, row.result, row.detail));
  KS_CHECK(sql.run(scope, q::client_audit_set_head, row.mac));
  return {};
}

Result<void> SqlAuditStore::forget_person(Tx& tx, const ClientScope& scope, const UserId& user) {
  KS_CHECK(sql_tx(tx).run(scope, q::audit_salt_remove, user));
  return {};
}

Result<AuditPage> SqlAuditStore::list(Tx& tx, const Permit<Action::audit_read, Org>& permit,
                                      const AuditFilter& filter,
                                      const std::optional<AuditPlace>& place, int limit) {
  SqlTx& sql = sql_tx(tx);
  const bool newest = filter.order == AuditFilter::Order::newest_first;
  constexpr Time kFirst{std::numeric_limits<std::int64_t>::min()};
  constexpr Time kLast{std::numeric_limits<std::int64_t>::max()};
  const Time from = filter.from.value_or(kFirst);
  const Time until = filter.until.value_or(kLast);
  AuditPlace at;
  if (place) {
    at = *place;
  } else {
    KS_TRY(const auto last, sql.run(permit, q::audit_last));
    if (!last) return not_found();
    at = {newest ? until.us : from.us, kFirst.us, last->integer(0)};
  }
  const Wanted wanted(filter);
  const int stretch = wanted.all() ? limit + 1 : kStretch;
  const auto run = [&](const auto& newest_first, const auto& oldest_first, const auto&... rest) {
    return newest ? sql.run(permit, newest_first, rest..., limit + 1)
                  : sql.run(permit, oldest_first, rest..., limit + 1);
  };
  const Time end = newest ? from : until;
  Result<std::vector<Row>> rows;
  if (!filter.target_id.empty())
    rows = run(q::audit_newest_by_target, q::audit_oldest_by_target, filter.target_id, end, at.at,
               at.seq, at.head, stretch, wanted.actor_kind, wanted.actor_id, filter.action,
               filter.target_kind, filter.result);
  else if (!wanted.actor_id.empty())
    rows = run(q::audit_newest_by_actor, q::audit_oldest_by_actor, wanted.actor_id, end, at.at,
               at.seq, at.head, stretch, wanted.actor_kind, filter.action, filter.target_kind,
               filter.target_id, filter.result);
  else if (!filter.action.empty())
    rows = run(q::audit_newest_by_action, q::audit_oldest_by_action, filter.action, end, at.at,
               at.seq, at.head, stretch, wanted.actor_kind, wanted.actor_id, filter.target_kind,
               filter.target_id, filter.result);
  else
    rows = run(q::audit_newest, q::audit_oldest, end, at.at, at.seq, at.head, stretch,
               wanted.actor_kind, wanted.actor_id, filter.action, filter.target_kind,
               filter.target_id, filter.result);
  if (!rows) return std::unexpected(std::move(rows).error());
  AuditPage page;
  for (const Row& read : *rows) {
    AuditRow row = row_at(read);
    const AuditPlace here{row.at.us, row.seq, at.head};
    if (wanted.has(row)) {
      if (page.rows.size() == static_cast<std::size_t>(limit)) {
        page.next = AuditPlace{page.rows.back().at.us, page.rows.back().seq, at.head};
        return page;
      }
      page.rows.push_back(std::move(row));
    }
    if (read.integer(kPlaceInStretch) == stretch) page.next = here;
  }
  return page;
}

Result<std::optional<std::string>> SqlAuditStore::name_of(
    Tx& tx, const Permit<Action::audit_read, Org>& permit, const UserId& user) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::audit_actor, user));
  if (!row || row->text(0).empty()) return std::optional<std::string>();
  return std::optional(row->str(0));
}

Result<std::optional<AuditThing>> SqlAuditStore::find_thing(
    Tx& tx, const Permit<Action::audit_read, Org>& permit, std::string_view id,
    Time removed_after) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::audit_thing, id, removed_after));
  if (!row || row->text(1).empty()) return std::optional<AuditThing>();
  const std::string_view kind = row->text(0);
  using Kind = AuditThing::Kind;
  return std::optional(AuditThing{kind == "team"         ? Kind::team
                                  : kind == "deployment" ? Kind::deployment
                                  : kind == "member"     ? Kind::member
                                  : kind == "former"     ? Kind::former
                                                         : Kind::invitation,
                                  row->str(1)});
}

Result<std::vector<AuditEnd>> SqlAuditStore::ends(Tx& tx, const FleetScope& fleet,
                                                  const std::optional<AuditChain>& after,
                                                  int limit) {
  return ends_by(tx, fleet, q::audit_client_ends, q::audit_org_ends, after, limit);
}

Result<std::vector<AuditEnd>> SqlAuditStore::unsunk(Tx& tx, const FleetScope& fleet,
                                                    const std::optional<AuditChain>& after,
                                                    int limit) {
  return ends_by(tx, fleet, q::audit_client_unsunk, q::audit_org_unsunk, after, limit);
}

Result<void> SqlAuditStore::set_sunk(Tx& tx, const FleetScope& fleet, const AuditChain& chain,
                                     std::int64_t seq) {
  if (chain.org)
    KS_CHECK(sql_tx(tx).run(fleet, q::audit_org_set_sunk, seq, chain.client, *chain.org));
  else
    KS_CHECK(sql_tx(tx).run(fleet, q::audit_client_set_sunk, seq, chain.client));
  return {};
}

Result<std::optional<AuditEnd>> SqlAuditStore::end_of(Tx& tx, const FleetScope& fleet,
                                                      const AuditChain& chain) {
  std::optional<Row> row;
  if (chain.org) {
    KS_TRY(row, sql_tx(tx).run(fleet, q::audit_org_end, chain.client, *chain.org));
    if (row) return std::optional(org_end(*row));
  } else {
    KS_TRY(row, sql_tx(tx).run(fleet, q::audit_client_end, chain.client));
    if (row) return std::optional(client_end(*row));
  }
  return std::optional<AuditEnd>();
}

Result<std::vector<AuditRow>> SqlAuditStore::rows_after(Tx& tx, const FleetScope& fleet,
                                                        const AuditChain& chain, std::int64_t seq,
                                                        int limit) {
  if (chain.org) {
    KS_TRY(const auto rows,
           sql_tx(tx).run(fleet, q::audit_org_rows, chain.client, *chain.org, seq, limit));
    return rows_at(rows);
  }
  KS_TRY(const auto rows, sql_tx(tx).run(fleet, q::audit_client_rows, chain.client, seq, limit));
  return rows_at(rows);
}

}  // namespace ks::sql
