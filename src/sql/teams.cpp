#include "sql/driver/sql_tx.hpp"
#include "sql/organizations.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {
TeamRow team_at(const Row& row) {
  return {row.id<Team>(0), row.str(1),  row.str(2), row.str(3),
          row.integer(4),  row.time(5), row.time(6)};
}

Result<void> insert(Tx& tx, const AnyPermit& permit, const TeamRow& team) {
  KS_CHECK(sql_tx(tx).run(permit, q::team_create, team.id, team.slug, team.name, team.description,
                          team.created_at));
  return {};
}
}  // namespace

Result<void> SqlTeamStore::create(Tx& tx, const Permit<Action::teams_create, Org>& permit,
                                  const TeamRow& team) {
  return insert(tx, permit, team);
}

Result<void> SqlTeamStore::create_first(Tx& tx, const Permit<Action::org_found, Org>& permit,
                                        const TeamRow& team) {
  return insert(tx, permit, team);
}

Result<void> SqlTeamStore::add_founder(Tx& tx, const Permit<Action::org_found, Org>& permit,
                                       const TeamId& team, const UserId& user, Time now) {
  KS_CHECK(sql_tx(tx).run(permit, q::team_member_create, team, user, name(TeamRole::admin), now));
  return {};
}

Result<TeamRow> SqlTeamStore::get(Tx& tx, const Permit<Action::team_read, Team>& permit) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::team_by_id, permit.id()));
  if (!row) return not_found();
  return team_at(*row);
}

Result<Page<TeamRow>> SqlTeamStore::list(Tx& tx, const Permit<Action::teams_list, Org>& permit,
                                         const std::optional<UserId>& only_of,
                                         const PageRequest& page) {
  std::vector<Row> rows;
  if (only_of) {
    KS_TRY(rows, sql_tx(tx).run(permit, q::teams_per_member, *only_of, page.after, page.limit + 1));
  } else {
    KS_TRY(rows, sql_tx(tx).run(permit, q::teams_per_org, page.after, page.limit + 1));
  }
  Page<TeamRow> out;
  for (const Row& row : rows) {
    if (out.items.size() == static_cast<std::size_t>(page.limit)) {
      out.next = out.items.back().slug;
      break;
    }
    out.items.push_back(team_at(row));
  }
  return out;
}

Result<bool> SqlTeamStore::set(Tx& tx, const Permit<Action::team_update, Team>& permit,
                               const TeamRow& team, std::int64_t version) {
  KS_TRY(const auto changed,
         sql_tx(tx).run(permit, q::team_set, team.slug, team.name, team.description,
                        team.updated_at, permit.id(), version));
  return changed == 1;
}

Result<std::optional<TeamId>> SqlTeamStore::holder_before(Tx& tx, const AnyPermit& permit,
                                                          std::string_view slug, Time now) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::team_slug_holder_before, slug, now));
  if (!row) return std::optional<TeamId>();
  return std::optional(row->id<Team>(0));
}

Result<std::optional<Time>> SqlTeamStore::lets_go_at(
    Tx& tx, const Permit<Action::team_update, Team>& permit, Time now) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::team_slugs_at_rest, permit.id(), now));
  if (row.integer(0) < kSlugsAtRestMax) return std::optional<Time>();
  return std::optional(row.time(1));
}

Result<void> SqlTeamStore::change_slug(Tx& tx, const Permit<Action::team_update, Team>& permit,
                                       std::string_view given_up, std::string_view taken,
                                       Time now) {
  SqlTx& sql = sql_tx(tx);
  KS_CHECK(sql.run(permit, q::team_slugs_over, permit.id(), now));
  KS_CHECK(sql.run(permit, q::team_slug_taken_up, taken));
  KS_CHECK(sql.run(permit, q::team_slug_let_go, given_up, permit.id(), now + kSlugRest));
  return {};
}

Result<TeamStore::Load> SqlTeamStore::load(Tx& tx, const Permit<Action::teams_delete, Org>& permit,
                                           const TeamId& team) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::team_load, team));
  return Load{row.integer(0) - row.integer(1), row.integer(1)};
}

Result<bool> SqlTeamStore::remove(Tx& tx, const Permit<Action::teams_delete, Org>& permit,
                                  const TeamId& team) {
  SqlTx& sql = sql_tx(tx);
  KS_TRY(const auto changed, sql.run(permit, q::team_end, team));
  if (changed == 0) return false;
  KS_CHECK(sql.run(permit, q::team_members_remove, team));
  KS_CHECK(sql.run(permit, q::team_slugs_forgotten, team));
  KS_CHECK(sql.run(permit, q::team_forget, team));
  return true;
}

Result<bool> SqlTeamStore::team_exists(Tx& tx, const Lookup& lookup, const TeamId& team) const {
  KS_TRY(const auto row, sql_tx(tx).run(lookup, q::team_exists, team));
  return row.has_value();
}

Result<std::optional<TeamId>> SqlTeamStore::team_by_slug(Tx& tx, const Lookup& lookup,
                                                         std::string_view slug) const {
  KS_TRY(const auto row, sql_tx(tx).run(lookup, q::team_id_by_slug, slug));
  if (!row) return std::optional<TeamId>();
  return std::optional(row->id<Team>(0));
}

}  // namespace ks::sql
