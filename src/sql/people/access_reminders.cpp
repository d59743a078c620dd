#include "sql/people/access_reminders.hpp"

#include "sql/driver/sql_tx.hpp"
#include "sql/people/member_rows.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

Result<std::vector<ReminderDue>> SqlAccessReminderStore::due(
    Tx& tx, const FleetScope& fleet, Time since, const std::optional<ReminderDue>& after,
    int limit) {
  KS_TRY(const auto rows,
         sql_tx(tx).run(fleet, q::access_reminders_due, after ? after->client.text() : kFirstId,
                        after ? after->org.text() : kFirstId, since, limit));
  std::vector<ReminderDue> out;
  out.reserve(rows.size());
  for (const Row& row : rows) out.push_back({row.id<Client>(0), row.id<Org>(1)});
  return out;
}

Result<bool> SqlAccessReminderStore::begin(Tx& tx, const Permit<Action::sync_status, Org>& permit,
                                           Time since, Time now) {
  KS_TRY(const auto begun, sql_tx(tx).run(permit, q::access_reminder_begin, now, since));
  return begun == 1;
}

Result<AccessFigures> SqlAccessReminderStore::figures(
    Tx& tx, const Permit<Action::sync_status, Org>& permit, Time seen_until) {
  SqlTx& sql = sql_tx(tx);
  KS_TRY(const auto org, sql.run(permit, q::organization_by_scope));
  if (!org) return not_found();
  // One row a person there, one a role in a team here.
  KS_TRY(const Row in_org, sql.run(permit, q::access_count_in_org, seen_until));
  KS_TRY(const Row in_teams, sql.run(permit, q::access_count_in_teams, seen_until));
  return AccessFigures{MailOrg{org->str(2), org->str(1)}, in_org.integer(0),
                       in_org.integer(0) + in_teams.integer(0), in_org.integer(1)};
}

}  // namespace ks::sql
