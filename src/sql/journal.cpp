#include "sql/journal.hpp"

#include "sql/statements.hpp"

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

// Whatever rights they came with: ones that were loaded before, or that another's offer gave.
bool is_held_up(const Standing& rights, const Deed& deed) {
  const bool own_people = rights.org_role || rights.invited;
  return own_people && deed.outcome == Deed::Outcome::done && !deed.open_while_suspended &&
         !is_open_while_suspended(deed.action);
}
// The roles that a write was allowed with; no role where none is to be looked at again.
struct Ground {
  std::string_view role = {};
  std::string_view team_role = {};
  std::optional<TeamId> team = {};
};
Ground ground_of(const SqlTx& sql, const TenantScope& scope, const Deed& deed,
                 const std::optional<Change>& change) {
  const Standing& rights = scope.standing();
  if (!scope.actor() || !rights.org_role || deed.outcome == Deed::Outcome::denied ||
      sql.has_settled_rights(scope.org()))
    return {};
  Ground out{.role = name(*rights.org_role)};
  if (change && change->team) {
    out.team = change->team;
    if (const auto role = rights.role_in(*change->team)) out.team_role = name(*role);
  }
  return out;
}
}  // namespace

Result<void> SqlJournal::record(Tx& tx, const AnyPermit& permit, const Deed& deed,
                                const std::optional<Change>& change, Time now) {
  SqlTx& sql = sql_tx(tx);
  const TenantScope& scope = permit.scope();
  // Nobody who is known, but somebody all the same: the bearer of an invitation's link.
  const std::string_view unknown = scope.standing().invited ? "anonymous" : "system";
  const std::string_view actor_kind = scope.actor() ? "user" : unknown;
  std::string salt;
  if (scope.actor()) {
    KS_TRY(salt, writer_.salt_of(sql, scope.client_scope(), *scope.actor()));
  }
  std::optional<Row> taken;
  if (change) {
    KS_TRY(taken, sql.run(permit, q::journal_take_both, actor_kind));
  } else {
    KS_TRY(taken, sql.run(permit, q::journal_take_audit, actor_kind));
  }
  if (!taken) return not_found();
  if (taken->integer(3) != 0 && is_held_up(scope.standing(), deed))
    return scope.standing().suspended.empty()
               ? conflict("busy", "The organization was suspended just now; try again.")
               : conflict("org_not_active", "The organization is suspended.");
  AuditRow row;
  row.seq = taken->integer(0);
  row.prev = taken->str(2);
  row.at = now;
  row.actor_kind = actor_kind;
  row.actor_id = scope.actor() ? scope.actor()->str() : "";
  row.action = name(deed.action);
  row.target_kind = deed.target_kind;
  row.target_id = deed.target_id;
  row.result = name(deed.outcome);
  writer_.describe(
      row, {scope.trail().request_id, scope.trail().address, deed.detail, deed.personal}, salt);
  writer_.seal(row, {scope.client(), scope.org()});
  KS_CHECK(sql.run(permit, q::audit_append, row.seq, row.prev, row.mac, row.at, row.actor_kind,
                   row.actor_id, row.address, row.request_id, row.action, row.target_kind,
                   row.target_id, row.result, row.detail));
  const Ground ground = ground_of(sql, scope, deed, change);
  KS_TRY(const auto stands, sql.run(permit, q::audit_set_head, row.mac, ground.role, ground.team,
                                    scope.actor(), ground.team_role));
  if (stands == 0) return conflict("busy", "Your own role changed just now; try again.");
  sql.settle_rights(scope.org());
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

}  // namespace ks::sql
