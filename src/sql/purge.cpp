#include "sql/purge.hpp"

#include "sql/driver/sql_tx.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

Result<std::vector<PurgeStore::Due>> SqlPurgeStore::due(Tx& tx, const FleetScope& fleet,
                                                        Time before, int limit) {
  KS_TRY(const auto rows, sql_tx(tx).run(fleet, q::organizations_to_purge, before, limit));
  std::vector<Due> out;
  for (const Row& row : rows)
    out.push_back({row.id<Client>(0), row.id<Org>(1), row.text(2) == "purging"});
  return out;
}

Result<bool> SqlPurgeStore::begin(Tx& tx, const Permit<Action::org_purge, Org>& permit,
                                  Time before) {
  KS_TRY(const auto changed, sql_tx(tx).run(permit, q::organization_begin_purge, before));
  if (changed == 0) return false;
  // What its owner's session knows of it is no longer so.
  KS_CHECK(sql_tx(tx).run(permit, q::organization_touch_members));
  return true;
}

namespace {
std::vector<std::string> first_column(const std::vector<Row>& rows) {
  std::vector<std::string> out;
  for (const Row& row : rows) out.push_back(row.str(0));
  return out;
}
}  // namespace

Result<std::vector<std::string>> SqlPurgeStore::namespaces(
    Tx& tx, const Permit<Action::org_purge, Org>& permit) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::namespaces_per_org));
  return first_column(rows);
}

Result<std::vector<std::string>> SqlPurgeStore::stems(Tx& tx,
                                                      const Permit<Action::org_purge, Org>& permit,
                                                      std::string_view after, int limit) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::stems_per_org, after, limit));
  return first_column(rows);
}

Result<std::vector<MailId>> SqlPurgeStore::mails(Tx& tx,
                                                 const Permit<Action::org_purge, Org>& permit,
                                                 const MailId& after, int limit) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::mails_per_org, after, limit));
  std::vector<MailId> out;
  for (const Row& row : rows) out.push_back(row.id<Mail>(0));
  return out;
}

std::size_t SqlPurgeStore::tables() const { return purge_statements().size(); }

Result<std::int64_t> SqlPurgeStore::empty(Tx& tx, const Permit<Action::org_purge, Org>& permit,
                                          std::size_t table, std::int64_t batch) {
  return sql_tx(tx).run(permit, purge_statements()[table], batch);
}

Result<void> SqlPurgeStore::finish(Tx& tx, const Permit<Action::org_purge, Org>& permit, Time now) {
  KS_CHECK(sql_tx(tx).run(permit, q::organization_purged, now));
  return {};
}

}  // namespace ks::sql
