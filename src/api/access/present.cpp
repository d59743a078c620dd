#include "api/access/present.hpp"

#include "api/audit/csv.hpp"

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

std::string_view place(const AccessRow& row) { return row.team ? "team" : "organization"; }

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json granted_by(const Grant& grant) {
  return Json::object({{"kind", name(grant.by)},
                       {"id", grant.user ? Json(grant.user->text()) : Json()},
                       {"name", text_or_null(grant.name)}});
}

}  // namespace

Json present(const AccessRow& row, bool inactive) {
  return Json::object(
      {{"user", Json::object({{"id", row.user.text()}, {"email", row.email}, {"name", row.name}})},
       {"scope", place(row)},
       {"team", row.team ? Json(row.team->slug) : Json()},
       {"team_id", row.team ? Json(row.team->id.text()) : Json()},
       {"team_name", row.team ? Json(row.team->name) : Json()},
       {"role", row.role},
       {"since", rfc3339(row.since)},
       {"granted_by", granted_by(row.granted)},
       {"last_active", row.last_active ? Json(rfc3339(*row.last_active)) : Json()},
       {"inactive", inactive}});
}

std::string access_csv_head() {
  return csv_line({"user_id", "email", "name", "scope", "team", "team_id", "team_name", "role",
                   "since", "granted_by", "granted_by_id", "granted_by_name", "last_active",
                   "inactive"});
}

std::string access_csv(const AccessRow& row, bool inactive) {
  const Grant& by = row.granted;
  return csv_line({row.user.str(), row.email, row.name, std::string(place(row)),
                   row.team ? row.team->slug : "", row.team ? row.team->id.str() : "",
                   row.team ? row.team->name : "", row.role, rfc3339(row.since),
                   std::string(name(by.by)), by.user ? by.user->str() : "", by.name,
                   row.last_active ? rfc3339(*row.last_active) : "", inactive ? "true" : "false"});
}

std::string access_ndjson(const AccessRow& row, bool inactive) {
  return present(row, inactive).dump() + "\n";
}

}  // namespace ks::api
