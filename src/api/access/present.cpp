#include "api/access/present.hpp"

#include "api/audit/csv.hpp"
#include "api/present.hpp"
#include "authz/policy.hpp"

namespace ks::api {

namespace {

std::string csv_line(const std::vector<std::string>& cells) {
  std::string out;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) out += ',';
    append_csv_cell(out, cell);
  }
  return out + "\r\n";
}

std::string_view place(const std::optional<AccessRow::InTeam>& team) {
  return team ? "team" : "organization";
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }
Json time_or_null(const std::optional<Time>& time) { return time ? Json(rfc3339(*time)) : Json(); }

void set_place(Json& out, const std::optional<AccessRow::InTeam>& team) {
  out.set("scope", place(team));
  out.set("team", team ? text_or_null(team->slug) : Json());
  out.set("team_id", team ? Json(team->id.text()) : Json());
  out.set("team_name", team ? Json(team->name) : Json());
}

Json person_or_null(const std::optional<UserId>& user, const std::string& name) {
  return user ? author(*user, name) : Json();
}

Json granted_by(const Grant& grant) {
  return Json::object({{"kind", name(grant.by)},
                       {"id", grant.user ? Json(grant.user->text()) : Json()},
                       {"name", text_or_null(grant.name)}});
}

}  // namespace

Json present(const AccessRow& row, bool inactive) {
  Json out = Json::object(
      {{"user",
        Json::object({{"id", row.user.text()}, {"email", row.email}, {"name", row.name}})}});
  set_place(out, row.team);
  out.set("role", row.role);
  out.set("since", rfc3339(row.since));
  out.set("granted_by", granted_by(row.granted));
  out.set("last_active", time_or_null(row.last_active));
  out.set("inactive", inactive);
  return out;
}

Json present(const AccessReview& review, const TenantScope& scope) {
  const Standing& own = scope.standing();
  Json actions = Json::array();
  // To decide of its rights, and to finish it.
  if (!review.finished_at &&
      (review.team ? policy::allows_on_team(own, review.team->id, Action::members_manage)
                   : policy::allows_on_org(own, Action::org_members_manage)))
    actions.push(name(Action::members_manage));
  Json out = Json::object({{"id", review.id.text()}});
  set_place(out, review.team);
  out.set("state", review.finished_at ? "finished" : "open");
  out.set("started_by", person_or_null(review.started_by, review.started_by_name));
  out.set("started_at", rfc3339(review.started_at));
  out.set("finished_by", person_or_null(review.finished_by, review.finished_by_name));
  out.set("finished_at", time_or_null(review.finished_at));
  out.set("counts", Json::object({{"rights", review.rights},
                                  {"pending", review.pending()},
                                  {"confirmed", review.confirmed},
                                  {"removed", review.removed},
                                  {"changed", review.changed},
                                  {"undecided", review.undecided}}));
  out.set("allowed_actions", std::move(actions));
  return out;
}

Json present(const ReviewRow& row) {
  Json out = Json::object({{"number", row.number},
                           {"user", Json::object({{"id", row.user.text()},
                                                  {"email", text_or_null(row.email)},
                                                  {"name", text_or_null(row.name)}})}});
  set_place(out, row.team);
  out.set("role", row.role);
  out.set("since", rfc3339(row.since));
  out.set("granted_by", granted_by(row.granted));
  out.set("last_active", time_or_null(row.last_active));
  out.set("inactive", row.inactive);
  out.set("now", name(row.now));
  out.set("role_now", text_or_null(row.role_now));
  out.set("decision", name(row.decision));
  out.set("decided_by", person_or_null(row.decided_by, row.decided_by_name));
  out.set("decided_at", time_or_null(row.decided_at));
  return out;
}

std::string access_csv_head() {
  return csv_line({"user_id", "email", "name", "scope", "team", "team_id", "team_name", "role",
                   "since", "granted_by", "granted_by_id", "granted_by_name", "last_active",
                   "inactive"});
}

std::string access_csv(const AccessRow& row, bool inactive) {
  const Grant& by = row.granted;
  return csv_line({row.user.str(), row.email, row.name, std::string(place(row.team)),
                   row.team ? row.team->slug : "", row.team ? row.team->id.str() : "",
                   row.team ? row.team->name : "", row.role, rfc3339(row.since),
                   std::string(name(by.by)), by.user ? by.user->str() : "", by.name,
                   row.last_active ? rfc3339(*row.last_active) : std::string(),
                   inactive ? "true" : "false"});
}

std::string access_ndjson(const AccessRow& row, bool inactive) {
  return present(row, inactive).dump() + "\n";
}

}  // namespace ks::api
