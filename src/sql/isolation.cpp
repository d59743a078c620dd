#include "sql/isolation.hpp"

#include "sql/driver/sql_tx.hpp"
#include "sql/people/member_rows.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {

// Columns of both lists; the last two only of that over all organizations.
enum Column { kClient, kOrg, kId, kNamespace, kUser, kProfile, kSeen, kUserName, kSlug, kOrgName };

Result<SandboxAlone> sandbox_at(const Row& row) {
  SandboxAlone out{row.id<Sandbox>(kId), row.id<Client>(kClient),
                   row.id<Org>(kOrg),    row.str(kNamespace),
                   row.id<User>(kUser),  std::string(row.text_or_null(kUserName).value_or("")),
                   Isolation::dedicated, std::nullopt};
  const auto profile = isolation(row.text(kProfile));
  if (!profile) return bug("a stored sandbox has an unknown isolation");
  out.profile = *profile;
  if (const std::string_view seen = row.text(kSeen); !seen.empty()) {
    KS_TRY(const Json json, parse_json(seen));
    KS_TRY(out.seen, isolation_seen_from_json(json));
  }
  return out;
}

IsolationTotals totals_at(const Row& row) {
  return {row.integer(0), row.integer(1), row.integer(2)};
}

std::optional<IsolationCheck> check_at(const Row& row) {
  if (row.integer(0) == 0) return std::nullopt;
  return IsolationCheck{row.time(0), row.flag(1)};
}

// The fact of the installation that no tenant may read: it names objects of all of them.
constexpr std::string_view kUnread = "isolation_unread";

std::string key_of(const SandboxAlone& s) {
  return s.client.str() + "/" + s.org.str() + "/" + s.id.str();
}

}  // namespace

Result<Page<SandboxAlone>> SqlIsolationStore::list(Tx& tx,
                                                   const Permit<Action::audit_read, Org>& permit,
                                                   const PageRequest& page) {
  const std::string_view after = page.after.empty() ? kFirstId : std::string_view(page.after);
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::isolation_in_org, after, page.limit + 1));
  Page<SandboxAlone> out;
  for (const Row& row : rows) {
    if (out.items.size() == static_cast<std::size_t>(page.limit)) {
      out.next = out.items.back().id.str();
      break;
    }
    KS_TRY(SandboxAlone sandbox, sandbox_at(row));
    out.items.push_back(std::move(sandbox));
  }
  return out;
}

Result<IsolationTotals> SqlIsolationStore::totals(Tx& tx,
                                                  const Permit<Action::audit_read, Org>& permit) {
  KS_TRY(const Row row, sql_tx(tx).run(permit, q::isolation_totals_in_org));
  return totals_at(row);
}

Result<Page<AnySandboxAlone>> SqlIsolationStore::list_all(Tx& tx, const FleetScope& fleet,
                                                          bool only_exposed,
                                                          const PageRequest& page) {
  // The key of a page is "client/organization/sandbox"; the first one starts below every id.
  std::string client(kFirstId), org(kFirstId), id(kFirstId);
  const std::size_t n = kFirstId.size();
  if (page.after.size() == 3 * n + 2) {
    client = page.after.substr(0, n);
    org = page.after.substr(n + 1, n);
    id = page.after.substr(2 * n + 2);
  }
  KS_TRY(const auto rows, sql_tx(tx).run(fleet, q::isolation_everywhere, client, org, id,
                                         std::int64_t{only_exposed ? 1 : 0}, page.limit + 1));
  Page<AnySandboxAlone> out;
  for (const Row& row : rows) {
    if (out.items.size() == static_cast<std::size_t>(page.limit)) {
      out.next = key_of(out.items.back().sandbox);
      break;
    }
    KS_TRY(SandboxAlone sandbox, sandbox_at(row));
    out.items.push_back({std::move(sandbox), row.str(kSlug), row.str(kOrgName)});
  }
  return out;
}

Result<IsolationTotals> SqlIsolationStore::totals_of_all(Tx& tx, const FleetScope& fleet) {
  KS_TRY(const Row row, sql_tx(tx).run(fleet, q::isolation_totals_everywhere));
  return totals_at(row);
}

Result<std::optional<IsolationCheck>> SqlIsolationStore::last_check(
    Tx& tx, const Permit<Action::audit_read, Org>& permit) {
  KS_TRY(const Row row, sql_tx(tx).run(permit, q::isolation_check_for_org));
  return check_at(row);
}

Result<std::optional<IsolationSignature>> SqlIsolationStore::last_signature(
    Tx& tx, const FleetScope& fleet) {
  SqlTx& sql = sql_tx(tx);
  KS_TRY(const Row row, sql.run(fleet, q::isolation_check_everywhere));
  const auto check = check_at(row);
  if (!check) return std::optional<IsolationSignature>();
  KS_TRY(const auto unread, sql.run(fleet, q::fact_by_key, kUnread));
  return std::optional(IsolationSignature{*check, unread ? unread->str(0) : std::string()});
}

Result<void> SqlIsolationStore::sign(Tx& tx, const FleetScope& fleet,
                                     const IsolationSignature& signature) {
  SqlTx& sql = sql_tx(tx);
  KS_CHECK(sql.run(fleet, q::fact_set, kUnread, signature.unread));
  KS_CHECK(sql.run(fleet, q::isolation_checked, signature.check.at, signature.check.complete));
  return {};
}

}  // namespace ks::sql
