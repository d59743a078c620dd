#include "sql/journal.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "sql/driver/sql_tx.hpp"
#include "sql/statements.hpp"

namespace ks {

namespace {
std::string mac_of(std::string_view key, const ClientId& client, const OrgId& org,
                   const AuditRow& row) {
  const std::string seq = std::to_string(row.seq);
  const std::string at = std::to_string(row.at.us);
  return hex(hmac_fields(
      key, {client.text(), org.text(), seq, row.prev, at, row.actor_kind, row.actor_id, row.address,
            row.request_id, row.action, row.target_kind, row.target_id, row.result, row.detail}));
}
}  // namespace

Result<void> verify_chain(std::string_view audit_key, const ClientId& client, const OrgId& org,
                          const std::vector<AuditRow>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const AuditRow& row = rows[i];
    if (!equal_secret(mac_of(audit_key, client, org, row), row.mac))
      return bug(fmt::format("audit row {} was changed", row.seq));
    if (i > 0 && row.seq != rows[i - 1].seq + 1)
      return bug(fmt::format("an audit row after {} is missing", rows[i - 1].seq));
    if (i > 0 && row.prev != rows[i - 1].mac)
      return bug(fmt::format("audit row {} does not follow the row before it", row.seq));
    if (i == 0 && row.seq == 1 && !row.prev.empty())
      return bug("audit row 1 says that a row came before it");
  }
  return {};
}

}  // namespace ks

namespace ks::sql {

namespace {
Result<void> append_feed(Tx& tx, const AnyPermit& permit, std::int64_t seq, const Change& change,
                         Time now) {
  SqlTx& sql = sql_tx(tx);
  const std::string team = change.team ? change.team->str() : "";
  KS_CHECK(sql.run(permit, q::feed_append, seq, now, change.kind, change.id, team));
  sql.feed_changed(permit.scope().org());
  return {};
}
}  // namespace

Result<void> SqlJournal::record(Tx& tx, const AnyPermit& permit, const Deed& deed,
                                const std::optional<Change>& change, Time now) {
  SqlTx& sql = sql_tx(tx);
  const TenantScope& scope = permit.scope();
  const std::string_view actor_kind = scope.actor() ? "user" : "system";
  std::optional<Row> taken;
  if (change) {
    KS_TRY(taken, sql.run(permit, q::journal_take_both, actor_kind));
  } else {
    KS_TRY(taken, sql.run(permit, q::journal_take_audit, actor_kind));
  }
  if (!taken) return not_found();
  AuditRow row;
  row.seq = taken->integer(0);
  row.prev = taken->str(2);
  row.at = now;
  row.actor_kind = actor_kind;
  row.actor_id = scope.actor() ? scope.actor()->str() : "";
  // An address is personal data: what is kept can be compared, not read back.
  row.address =
      scope.trail().address.empty()
          ? ""
          : hex(hmac_fields(audit_key_, {"address", scope.org().text(), scope.trail().address}));
  row.request_id = scope.trail().request_id;
  row.action = name(deed.action);
  row.target_kind = deed.target_kind;
  row.target_id = deed.target_id;
  row.result = deed.outcome == Deed::Outcome::done ? "done" : "denied";
  row.detail = deed.detail.is_null() ? "{}" : deed.detail.dump();
  row.mac = mac_of(audit_key_, scope.client(), scope.org(), row);
  KS_CHECK(sql.run(permit, q::audit_append, row.seq, row.prev, row.mac, row.at, row.actor_kind,
                   row.actor_id, row.address, row.request_id, row.action, row.target_kind,
                   row.target_id, row.result, row.detail));
  KS_CHECK(sql.run(permit, q::audit_set_head, row.mac));
  if (change) KS_CHECK(append_feed(tx, permit, taken->integer(1), *change, now));
  return {};
}

Result<void> SqlJournal::notify(Tx& tx, const AnyPermit& permit, const Change& change, Time now) {
  KS_TRY(const auto taken, sql_tx(tx).run(permit, q::journal_take_feed));
  if (!taken) return not_found();
  return append_feed(tx, permit, taken->integer(0), change, now);
}

Result<std::vector<FeedRow>> SqlJournal::feed_after(Tx& tx,
                                                    const Permit<Action::org_read, Org>& permit,
                                                    std::int64_t seq, int limit) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::feed_after, seq, seq + kFeedWindow, limit));
  std::vector<FeedRow> out;
  for (const Row& row : rows) {
    FeedRow feed{row.integer(0), {row.str(1), row.str(2), std::nullopt}};
    if (auto team = TeamId::parse(row.text(3))) feed.change.team = *team;
    out.push_back(std::move(feed));
  }
  return out;
}

Result<Journal::FeedSpan> SqlJournal::feed_span(Tx& tx,
                                                const Permit<Action::org_read, Org>& permit) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::feed_span));
  if (!row) return not_found();
  return FeedSpan{row->integer(1), row->integer(0)};
}

Result<std::vector<AuditRow>> SqlJournal::audit_after(Tx& tx,
                                                      const Permit<Action::audit_read, Org>& permit,
                                                      std::int64_t seq, int limit) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::audit_after, seq, limit));
  std::vector<AuditRow> out;
  for (const Row& row : rows)
    out.push_back({row.integer(0), row.str(1), row.str(2), row.time(3), row.str(4), row.str(5),
                   row.str(6), row.str(7), row.str(8), row.str(9), row.str(10), row.str(11),
                   row.str(12)});
  return out;
}

}  // namespace ks::sql
