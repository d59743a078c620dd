#include "sql/people/members.hpp"

#include <algorithm>

#include "sql/driver/sql_tx.hpp"
#include "sql/people/member_rows.hpp"
#include "sql/people/prefix.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {

std::string_view after_id(const PageRequest& page) {
  return page.after.empty() ? kFirstId : std::string_view(page.after);
}

Result<OrgRole> org_role_at(const Row& row, int column) {
  const auto role = org_role(row.text(column));
  if (!role) return bug("org_members holds a role that is not known");
  return *role;
}

Result<TeamRole> team_role_at(const Row& row, int column) {
  const auto role = team_role(row.text(column));
  if (!role) return bug("team_members holds a role that is not known");
  return *role;
}

Result<std::optional<TeamRole>> team_role_or_null(const Row& row, int column) {
  if (row.is_null(column)) return std::optional<TeamRole>();
  KS_TRY(const TeamRole role, team_role_at(row, column));
  return std::optional(role);
}

Result<TeamMemberRow> team_member_at(const Row& row) {
  KS_TRY(const OrgRole org, org_role_at(row, 3));
  KS_TRY(const TeamRole role, team_role_at(row, 4));
  return TeamMemberRow{row.id<User>(0), row.str(1),  row.str(2),         org, role,
                       row.integer(5),  row.time(6), row.time_or_null(7)};
}

Result<CandidateRow> candidate_at(const Row& row) {
  KS_TRY(const OrgRole org, org_role_at(row, 3));
  KS_TRY(const auto role, team_role_or_null(row, 4));
  return CandidateRow{
      row.id<User>(0), row.str(1), row.str(2), org, role, row.integer_or_null(5).value_or(1)};
}

// Cuts what was read one row too far; the next page goes on after the last person.
template <class T>
Page<T> page_of(std::vector<T> items, int limit) {
  Page<T> out;
  out.items = std::move(items);
  if (out.items.size() > static_cast<std::size_t>(limit)) {
    out.items.pop_back();
    out.next = out.items.back().user.str();
  }
  return out;
}

Result<std::optional<UserId>> id_of(Tx& tx, const AnyPermit& permit, const PersonRef& person) {
  if (person.id) return person.id;
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::member_id_by_email, person.email));
  if (!row) return std::optional<UserId>();
  return std::optional(row->id<User>(0));
}

Result<bool> set_in_team(Tx& tx, const AnyPermit& permit, const TeamId& team, const UserId& user,
                         TeamRole role, const std::optional<UserId>& by, Time now) {
  KS_TRY(const auto set,
         sql_tx(tx).run(permit, q::team_member_set, user, name(role), now, by, team));
  return set == 1;
}

}  // namespace

Result<std::vector<MemberRow>> members_of(const std::vector<Row>& rows) {
  std::vector<MemberRow> out;
  for (const Row& row : rows) {
    const UserId user = row.id<User>(0);
    if (out.empty() || out.back().user != user) {
      KS_TRY(const OrgRole role, org_role_at(row, 3));
      out.push_back(MemberRow{user,
                              row.str(1),
                              row.str(2),
                              role,
                              row.integer(4),
                              row.time(5),
                              row.time_or_null(6),
                              {}});
    }
    if (row.is_null(7)) continue;
    KS_TRY(const TeamRole role, team_role_at(row, 10));
    out.back().teams.push_back({row.id<Team>(7), row.str(8), row.str(9), role});
  }
  return out;
}

Result<void> SqlMemberStore::lock(Tx& tx, const AnyPermit& permit) {
  KS_CHECK(sql_tx(tx).run(permit, q::usage_lock));
  return {};
}

void SqlMemberStore::settle_rights(Tx& tx, const AnyPermit& permit) {
  sql_tx(tx).settle_rights(permit.scope().org());
}

Result<std::optional<Roles>> SqlMemberStore::roles(Tx& tx, const AnyPermit& permit,
                                                   const UserId& user) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::member_role, user));
  if (!row) return std::optional<Roles>();
  KS_TRY(const OrgRole org, org_role_at(*row, 0));
  return std::optional(Roles{org, std::nullopt});
}

Result<std::optional<Roles>> SqlMemberStore::roles(Tx& tx, const AnyPermit& permit,
                                                   const UserId& user, const TeamId& team) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::member_roles_in_team, team, user));
  if (!row) return std::optional<Roles>();
  KS_TRY(const OrgRole org, org_role_at(*row, 0));
  KS_TRY(const auto role, team_role_or_null(*row, 1));
  return std::optional(Roles{org, role});
}

Result<Page<MemberRow>> SqlMemberStore::list(Tx& tx,
                                             const Permit<Action::org_members_read, Org>& permit,
                                             const PeopleFilter& filter, const PageRequest& page) {
  const Prefix prefix(filter.name_prefix);
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::members_per_org, after_id(page), prefix.low,
                                         prefix.high, page.limit + 1));
  KS_TRY(auto members, members_of(rows));
  return page_of(std::move(members), page.limit);
}

Result<std::optional<MemberRow>> SqlMemberStore::find(
    Tx& tx, const Permit<Action::org_members_read, Org>& permit, const PersonRef& person) {
  KS_TRY(const auto id, id_of(tx, permit, person));
  if (!id) return std::optional<MemberRow>();
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::member_by_id, *id));
  KS_TRY(auto members, members_of(rows));
  if (members.empty()) return std::optional<MemberRow>();
  return std::optional(std::move(members.front()));
}

Result<bool> SqlMemberStore::add(Tx& tx, const MayAdd& may, const UserId& user, OrgRole role,
                                 Time now) {
  KS_TRY(const auto added,
         sql_tx(tx).run(may.permit(), q::member_add, user, name(role), now, may.by()));
  return added == 1;
}

Result<bool> SqlMemberStore::set_role(Tx& tx, const Permit<Action::org_members_manage, Org>& permit,
                                      const UserId& user, OrgRole role, Time now) {
  KS_TRY(const auto set,
         sql_tx(tx).run(permit, q::member_role_set, name(role), permit.scope().actor(), now, user));
  return set == 1;
}

Result<bool> SqlMemberStore::add_to_team(Tx& tx, const MayAdd& may, const TeamId& team,
                                         const UserId& user, TeamRole role,
                                         const std::optional<UserId>& by, Time now) {
  return set_in_team(tx, may.permit(), team, user, role, by, now);
}

Result<Page<TeamMemberRow>> SqlMemberStore::list(Tx& tx,
                                                 const Permit<Action::members_read, Team>& permit,
                                                 const PeopleFilter& filter,
                                                 const PageRequest& page) {
  const Prefix prefix(filter.name_prefix);
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::members_per_team, permit.id(), after_id(page),
                                         prefix.low, prefix.high, page.limit + 1));
  std::vector<TeamMemberRow> members;
  for (const Row& row : rows) {
    KS_TRY(auto member, team_member_at(row));
    members.push_back(std::move(member));
  }
  return page_of(std::move(members), page.limit);
}

Result<std::optional<TeamMemberRow>> SqlMemberStore::find(
    Tx& tx, const Permit<Action::members_read, Team>& permit, const PersonRef& person) {
  KS_TRY(const auto id, id_of(tx, permit, person));
  if (!id) return std::optional<TeamMemberRow>();
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::team_member_by_id, permit.id(), *id));
  if (!row) return std::optional<TeamMemberRow>();
  KS_TRY(auto member, team_member_at(*row));
  return std::optional(std::move(member));
}

Result<std::vector<CandidateRow>> SqlMemberStore::candidates(
    Tx& tx, const Permit<Action::members_manage, Team>& permit, const PeopleFilter& filter,
    int limit) {
  const Prefix prefix(filter.name_prefix);
  KS_TRY(const auto rows, sql_tx(tx).run(permit, q::candidates_per_name, permit.id(), prefix.low,
                                         prefix.high, limit));
  std::vector<CandidateRow> out;
  for (const Row& row : rows) {
    KS_TRY(auto candidate, candidate_at(row));
    out.push_back(std::move(candidate));
  }
  return out;
}

Result<std::optional<CandidateRow>> SqlMemberStore::find_candidate(
    Tx& tx, const Permit<Action::members_manage, Team>& permit, const PersonRef& person) {
  KS_TRY(const auto id, id_of(tx, permit, person));
  if (!id) return std::optional<CandidateRow>();
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::candidate_by_id, permit.id(), *id));
  if (!row) return std::optional<CandidateRow>();
  KS_TRY(auto candidate, candidate_at(*row));
  return std::optional(std::move(candidate));
}

Result<void> SqlMemberStore::set(Tx& tx, const Permit<Action::members_manage, Team>& permit,
                                 const UserId& user, TeamRole role, Time now) {
  KS_TRY(const bool set,
         set_in_team(tx, permit, permit.id(), user, role, permit.scope().actor(), now));
  if (!set) return not_found();
  return {};
}

Result<bool> SqlMemberStore::remove(Tx& tx, const Permit<Action::members_manage, Team>& permit,
                                    const UserId& user) {
  KS_TRY(const auto removed, sql_tx(tx).run(permit, q::team_member_remove, permit.id(), user));
  return removed == 1;
}

Result<void> SqlMemberStore::touch(Tx& tx, const AnyPermit& permit, const UserId& user) {
  KS_CHECK(sql_tx(tx).run(permit, q::member_touch, user));
  KS_CHECK(sql_tx(tx).run(permit, q::member_rights_raise, user));
  return {};
}

}  // namespace ks::sql
