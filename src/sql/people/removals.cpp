#include "sql/people/removals.hpp"

#include "base/json.hpp"
#include "sql/driver/sql_tx.hpp"
#include "sql/people/member_rows.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {

Json to_json(const std::vector<MemberRow::InTeam>& teams) {
  Json out = Json::array();
  for (const MemberRow::InTeam& team : teams)
    out.push(Json::object({{"id", team.team.text()},
                           {"slug", team.slug},
                           {"name", team.name},
                           {"role", name(team.role)}}));
  return out;
}

Result<std::vector<MemberRow::InTeam>> teams_from(std::string_view text) {
  KS_TRY(const Json teams, parse_json(text));
  std::vector<MemberRow::InTeam> out;
  for (const Json& team : teams.as_array()) {
    const auto id = TeamId::parse(team.text("id"));
    const auto role = team_role(team.text("role"));
    if (!id || !role) return bug("former_members holds teams that cannot be read");
    out.push_back({*id, std::string(team.text("slug")), std::string(team.text("name")), *role});
  }
  return out;
}

}  // namespace

Result<std::optional<MemberRow>> SqlRemovalStore::find(Tx& tx, const MayRemove& may) {
  KS_TRY(const auto rows, sql_tx(tx).run(may.permit(), q::member_by_id, may.user()));
  KS_TRY(auto members, members_of(rows));
  if (members.empty()) return std::optional<MemberRow>();
  return std::optional(std::move(members.front()));
}

Result<bool> SqlRemovalStore::remove(Tx& tx, const MayRemove& may) {
  KS_TRY(const auto removed, sql_tx(tx).run(may.permit(), q::member_remove, may.user()));
  return removed == 1;
}

Result<std::int64_t> SqlRemovalStore::count_deployments(Tx& tx, const MayRemove& may) {
  KS_TRY(const auto row, sql_tx(tx).run(may.permit(), q::deployments_per_author, may.user()));
  return row.integer(0);
}

Result<void> SqlRemovalStore::remember(Tx& tx, const MayRemove& may, const FormerMember& former) {
  KS_CHECK(sql_tx(tx).run(may.permit(), q::former_member_remember, former.user, name(former.role),
                          to_json(former.teams).dump(), former.removed_at, former.email,
                          former.own_will ? 1 : 0));
  return {};
}

Result<std::optional<FormerMember>> SqlRemovalStore::find_former(
    Tx& tx, const Permit<Action::org_members_manage, Org>& permit, const PersonRef& person,
    Time removed_after) {
  const std::string_view id = person.id ? std::string_view(person.id->text()) : kFirstId;
  KS_TRY(const auto row,
         sql_tx(tx).run(permit, q::former_member_find, removed_after, id, person.email));
  if (!row) return std::optional<FormerMember>();
  const auto role = org_role(row->text(1));
  if (!role) return bug("former_members holds a role that is not known");
  KS_TRY(auto teams, teams_from(row->text(2)));
  return std::optional(FormerMember{row->id<User>(0), *role, std::move(teams), row->time(3),
                                    row->str(4), row->integer(5) != 0, row->integer(6) != 0});
}

Result<void> SqlRemovalStore::forget_former(Tx& tx, const MayAdd& may, const UserId& user) {
  KS_CHECK(sql_tx(tx).run(may.permit(), q::former_member_forget, user));
  return {};
}

Result<std::int64_t> SqlRemovalStore::forget_older(Tx& tx, const FleetScope& fleet,
                                                   Time removed_before, int limit) {
  return sql_tx(tx).run(fleet, q::former_members_swept, removed_before, limit);
}

}  // namespace ks::sql
