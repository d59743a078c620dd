#include "sql/organizations.hpp"

#include "sql/driver/sql_tx.hpp"
#include "sql/people/prefix.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {
Organization organization_at(const Row& row, int first) {
  return {row.id<Org>(first),  row.str(first + 1),   row.str(first + 2),
          row.str(first + 3),  row.str(first + 4),   row.integer(first + 5),
          row.time(first + 6), row.time(first + 7),  row.time(first + 8),
          row.str(first + 9),  row.time(first + 10), egress_from_text(row.text(first + 11))};
}

std::optional<OrganizationSummary::Owner> owner_at(const Row& row, int first) {
  const auto user = row.id_or_null<User>(first);
  if (!user) return std::nullopt;
  return OrganizationSummary::Owner{*user, row.str(first + 1), row.str(first + 2),
                                    row.text(first + 3) == "active"};
}

Result<Organization> read(Tx& tx, const AnyPermit& permit) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::organization_by_scope));
  if (!row) return not_found();
  return organization_at(*row, 0);
}
}  // namespace

Result<bool> SqlOrganizationStore::create(Tx& tx, const Permit<Action::org_found, Org>& permit,
                                          const NewOrganization& org) {
  SqlTx& sql = sql_tx(tx);
  KS_TRY(const auto created, sql.run(permit, q::organization_create, org.slug, org.name, org.now));
  if (created == 0) return false;
  KS_TRY(const auto subscribed, sql.run(permit, q::subscription_create, org.now, org.plan));
  if (subscribed != 1) return bug("the client has no active plan " + org.plan);
  KS_CHECK(sql.run(permit, q::usage_create));
  return true;
}

Result<void> SqlOrganizationStore::add_member(Tx& tx, const Permit<Action::org_found, Org>& permit,
                                              const UserId& user, OrgRole role, Time now) {
  KS_CHECK(sql_tx(tx).run(permit, q::org_member_create, user, name(role), now));
  return {};
}

Result<Organization> SqlOrganizationStore::get(Tx& tx,
                                               const Permit<Action::org_read, Org>& permit) {
  return read(tx, permit);
}

Result<Organization> SqlOrganizationStore::get_for_administration(
    Tx& tx, const Permit<Action::orgs_set_plan, Org>& permit) {
  return read(tx, permit);
}

Result<Organization> SqlOrganizationStore::get_for_administration(
    Tx& tx, const Permit<Action::orgs_appoint_owner, Org>& permit) {
  return read(tx, permit);
}

Result<Organization> SqlOrganizationStore::get_for_administration(
    Tx& tx, const Permit<Action::orgs_suspend, Org>& permit) {
  return read(tx, permit);
}

Result<bool> SqlOrganizationStore::set_suspension(Tx& tx,
                                                  const Permit<Action::orgs_suspend, Org>& permit,
                                                  std::string_view reason, Time since, Time now) {
  KS_TRY(const auto changed,
         sql_tx(tx).run(permit, q::organization_set_suspension, reason, since, now));
  return changed == 1;
}

Result<bool> SqlOrganizationStore::set(Tx& tx, const Permit<Action::org_update, Org>& permit,
                                       const Organization& org, std::int64_t version) {
  KS_TRY(const auto changed, sql_tx(tx).run(permit, q::organization_set, org.slug, org.name,
                                            egress_text(org.egress), org.updated_at, version));
  return changed == 1;
}

Result<bool> SqlOrganizationStore::begin_delete(Tx& tx,
                                                const Permit<Action::org_delete, Org>& permit,
                                                Time now) {
  KS_TRY(const auto changed, sql_tx(tx).run(permit, q::organization_begin_delete, now));
  return changed == 1;
}

Result<bool> SqlOrganizationStore::restore(Tx& tx, const Permit<Action::org_delete, Org>& permit,
                                           Time now) {
  KS_TRY(const auto changed,
         sql_tx(tx).run(permit, q::organization_restore, now, now - kRestoreWithin));
  return changed == 1;
}

Result<void> SqlOrganizationStore::touch_members(Tx& tx, const AnyPermit& permit) {
  KS_CHECK(sql_tx(tx).run(permit, q::organization_touch_members));
  return {};
}

Result<std::vector<Contact>> SqlOrganizationStore::owners(Tx& tx, const AnyPermit& permit) {
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::organization_owners));
  std::vector<Contact> out;
  for (const Row& row : rows) out.push_back({row.str(0), row.str(1)});
  return out;
}

Result<Page<OrganizationSummary>> SqlOrganizationStore::list_all(Tx& tx, const FleetScope& fleet,
                                                                 std::string_view prefix,
                                                                 const PageRequest& page) {
  // The key of a page is "client/organization"; the first one starts below every id.
  std::string client = "00000000-0000-0000-0000-000000000000";
  std::string org = client;
  if (page.after.size() == 2 * client.size() + 1) {
    client = page.after.substr(0, client.size());
    org = page.after.substr(client.size() + 1);
  }
  const Prefix begins(prefix);
  KS_TRY(const auto rows, sql_tx(tx).run(fleet, q::organizations_all, client, org, begins.low,
                                         begins.high, page.limit + 1));
  Page<OrganizationSummary> out;
  for (const Row& row : rows) {
    if (out.items.size() == static_cast<std::size_t>(page.limit)) {
      const auto& last = out.items.back();
      out.next = last.client.str() + "/" + last.organization.id.str();
      break;
    }
    out.items.push_back({row.id<Client>(0), organization_at(row, 1), owner_at(row, 13)});
  }
  return out;
}

Result<std::optional<OrgId>> SqlOrganizationStore::find_any(Tx& tx, const FleetScope& fleet,
                                                            const ClientId& client,
                                                            std::string_view id_or_slug) {
  std::optional<Row> row;
  if (const auto id = OrgId::parse(id_or_slug)) {
    KS_TRY(row, sql_tx(tx).run(fleet, q::organization_any_by_id, client, *id));
  } else {
    KS_TRY(row, sql_tx(tx).run(fleet, q::organization_any_by_slug, client, id_or_slug));
  }
  if (!row) return std::optional<OrgId>();
  return std::optional(row->id<Org>(0));
}

}  // namespace ks::sql
