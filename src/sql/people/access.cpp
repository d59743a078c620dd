#include "sql/people/access.hpp"

#include <algorithm>
#include <limits>

#include "sql/driver/sql_tx.hpp"
#include "sql/people/grant_rows.hpp"
#include "sql/people/member_rows.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {

constexpr Time kAnyTime{std::numeric_limits<std::int64_t>::max()};

// Columns of the statements that give rights; those of a team stand in two of them.
enum Column {
  kUser,
  kEmail,
  kName,
  kRole,
  kJoined,
  kSeen,
  kMade,
  kGrantedAt,  // With who gave it, and what that person is called; see grant_at().
  kTeam = kGrantedAt + 3,
  kTeamSlug,
  kTeamName
};

AccessRow access_at(const Row& row) {
  std::optional<AccessRow::InTeam> team;
  if (row.columns() > kTeam)
    team = AccessRow::InTeam{row.id<Team>(kTeam), row.str(kTeamSlug), row.str(kTeamName)};
  return AccessRow{row.id<User>(kUser),
                   row.str(kEmail),
                   row.str(kName),
                   std::move(team),
                   row.str(kRole),
                   row.time_or_null(kGrantedAt).value_or(row.time(kMade)),
                   grant_at(row, kGrantedAt, row.id<User>(kUser), row.text(kRole)),
                   row.time(kJoined),
                   row.time_or_null(kSeen)};
}

// The key of a row: its person, and its team or what no team has.
struct Key {
  std::string user{kFirstId};
  std::string team{kFirstId};

  explicit Key(std::string_view after) {
    const std::size_t slash = after.find('/');
    if (slash == std::string_view::npos) return;
    user = after.substr(0, slash);
    team = after.substr(slash + 1);
  }
  explicit Key(const AccessRow& row) : user(row.user.str()) {
    if (row.team) team = row.team->id.str();
  }
  std::string text() const { return user + "/" + team; }
  friend auto operator<=>(const Key&, const Key&) = default;
};

Page<AccessRow> page_of(std::vector<AccessRow> rows, int limit) {
  Page<AccessRow> out;
  const auto size = static_cast<std::size_t>(limit);
  if (rows.size() > size) {
    rows.erase(rows.begin() + limit, rows.end());
    out.next = Key(rows.back()).text();
  }
  out.items = std::move(rows);
  return out;
}

std::vector<AccessRow> rows_of(const std::vector<Row>& rows) {
  std::vector<AccessRow> out;
  out.reserve(rows.size());
  for (const Row& row : rows) out.push_back(access_at(row));
  return out;
}

}  // namespace

Grant grant_at(const Row& row, int first, const UserId& user, std::string_view role) {
  if (row.is_null(first)) return {};
  const auto by = row.id_or_null<User>(first + 1);
  if (!by) return {Grant::By::system, std::nullopt, {}};
  // Ownership that is not founded is given by somebody else.
  if (*by == user)
    return {role == name(OrgRole::owner) ? Grant::By::founder : Grant::By::self, by, {}};
  if (row.is_null(first + 2)) return {Grant::By::former_member, by, {}};
  return {Grant::By::member, by, row.str(first + 2)};
}

Result<Page<AccessRow>> SqlAccessStore::list(Tx& tx, const MaySeeAccess& may,
                                             const std::optional<Time>& seen_until,
                                             const PageRequest& page) {
  SqlTx& sql = sql_tx(tx);
  const Key after(page.after);
  const Time until = seen_until.value_or(kAnyTime);
  if (may.team()) {
    KS_TRY(const auto rows, sql.run(may.permit(), q::access_in_team, *may.team(), after.user, until,
                                    page.limit + 1));
    return page_of(rows_of(rows), page.limit);
  }
  // Each list is read as far as the page could reach, and they are merged in its order.
  KS_TRY(const auto in_org,
         sql.run(may.permit(), q::access_in_org, after.user, until, page.limit + 1));
  KS_TRY(const auto in_teams,
         sql.run(may.permit(), q::access_in_teams, after.user, after.team, until, page.limit + 1));
  std::vector<AccessRow> rows = rows_of(in_org);
  std::ranges::move(rows_of(in_teams), std::back_inserter(rows));
  std::ranges::sort(rows, {}, [](const AccessRow& row) { return Key(row); });
  return page_of(std::move(rows), page.limit);
}

Result<Page<AccessRow>> SqlAccessStore::list_of(Tx& tx,
                                                const Permit<Action::org_members_read, Org>& permit,
                                                const UserId& user,
                                                const std::optional<Time>& seen_until,
                                                const PageRequest& page) {
  SqlTx& sql = sql_tx(tx);
  const Time until = seen_until.value_or(kAnyTime);
  std::vector<AccessRow> rows;
  if (page.after.empty()) {
    KS_TRY(const auto in_org, sql.run(permit, q::access_of_person_in_org, user, until));
    if (in_org) rows.push_back(access_at(*in_org));
  }
  KS_TRY(const auto in_teams, sql.run(permit, q::access_of_person_in_teams, user,
                                      Key(page.after).team, until, page.limit + 1));
  std::ranges::move(rows_of(in_teams), std::back_inserter(rows));
  return page_of(std::move(rows), page.limit);
}

Result<AccessTotals> SqlAccessStore::totals(Tx& tx, const MaySeeAccess& may, Time seen_until) {
  SqlTx& sql = sql_tx(tx);
  if (may.team()) {
    KS_TRY(const Row row, sql.run(may.permit(), q::access_count_in_team, seen_until, *may.team()));
    return AccessTotals{row.integer(0), row.integer(1)};
  }
  KS_TRY(const Row in_org, sql.run(may.permit(), q::access_count_in_org, seen_until));
  KS_TRY(const Row in_teams, sql.run(may.permit(), q::access_count_in_teams, seen_until));
  return AccessTotals{in_org.integer(0) + in_teams.integer(0),
                      in_org.integer(1) + in_teams.integer(1)};
}

}  // namespace ks::sql
