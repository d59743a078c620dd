#include "tests/api/audit_rows.hpp"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/store/postgres_server.hpp"

namespace ks::api_test {

void on_both(const std::function<void(Server&)>& promise,
             const std::map<std::string, std::string>& settings) {
  ServerOptions options;
  options.settings = settings;
  {
    INFO("SQLite");
    Server server(options);
    promise(server);
  }
  if (!test::PostgresServer::available()) return;
  INFO("PostgreSQL");
  const auto login = test::PostgresServer::shared().create_database();
  options.settings["DATABASE_DSN"] = login.dsn;
  options.settings["DATABASE_OWNER_DSN"] = login.owner_dsn;
  options.settings["AUTO_MIGRATE"] = "true";
  Server server(options);
  promise(server);
}

std::string metadata(const http::RouteInfo& info, std::string_view name) {
  for (const auto& [key, value] : info.metadata)
    if (key == name) return value;
  return {};
}

std::vector<std::string> rows_of(const test::RawSql& raw, const std::string& org) {
  const std::string columns = "seq, action, result, target_kind, target_id, detail";
  if (org.empty()) return raw.run("SELECT " + columns + " FROM client_audit ORDER BY seq");
  return raw.run("SELECT " + columns + " FROM audit WHERE org_id = '" + org + "' ORDER BY seq");
}
std::string all_rows(const test::RawSql& raw) {
  std::string out;
  for (const char* table : {"audit", "client_audit"})
    for (const auto& row : raw.run(std::string("SELECT * FROM ") + table)) out += row + "\n";
  return out;
}

std::int64_t count(const std::vector<std::string>& rows, const std::string& part) {
  return std::ranges::count_if(
      rows, [&](const std::string& row) { return row.find(part) != std::string::npos; });
}

std::string invited(Server& server, Person& owner, const std::string& email) {
  const Reply reply =
      owner.post(owner.org_path() + "/invitations",
                 Json::object({{"invitations", Json::array({Json::object({{"email", email}})})}}));
  REQUIRE(reply.status == 200);
  const Json result = reply.json().at("results").as_array()[0];
  REQUIRE(result.text("result") == "invited");
  return server.token_of(owner, std::string(result.text("invitation", "id")));
}

// Written into the database, so that it leaves no row itself.
Person viewer_in(Server& server, const Person& owner) {
  Person viewer = server.somebody("Viewer");
  const test::RawSql raw(server.dsn());
  const std::string user = raw.one("SELECT id FROM users WHERE email = '" + viewer.email + "'");
  const std::string client = platform_client().str();
  raw.run(
      fmt::format("INSERT INTO org_members (client_id, org_id, user_id, role, created_at) "
                  "VALUES ('{}', '{}', '{}', 'org_member', 0)",
                  client, owner.org_id, user));
  raw.run(
      fmt::format("INSERT INTO team_members (client_id, org_id, team_id, user_id, role, "
                  "created_at) VALUES ('{}', '{}', '{}', '{}', 'viewer', 0)",
                  client, owner.org_id, owner.team_id, user));
  raw.run("UPDATE users SET authz_version = authz_version + 1 WHERE id = '" + user + "'");
  // What was loaded of the session before knows nothing of it yet.
  REQUIRE(viewer
              .post("/api/v1/auth/login",
                    Json::object({{"email", viewer.email}, {"password", kPassword}}))
              .status == 200);
  viewer.org = owner.org;
  viewer.org_id = owner.org_id;
  viewer.team_id = owner.team_id;
  return viewer;
}

}  // namespace ks::api_test
