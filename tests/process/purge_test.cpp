#include <algorithm>
#include <filesystem>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

namespace {

constexpr int kRows = 60'000;
constexpr const char* kName = "Quokka Works";
constexpr const char* kValue = "the-value-of-a-variable";
constexpr const char* kGuest = "guest@quokka.example.com";

std::string one(const Installation& world, const std::string& column, const std::string& table) {
  return world.query(fmt::format("SELECT {} FROM {}", column, table));
}

std::int64_t count(const Installation& world, const std::string& rest) {
  return std::stoll(world.query("SELECT COUNT(*) FROM " + rest));
}

// The tables that this engine says there are, apart by spaces.
std::string tables(const Installation& world, const std::string& of_which) {
  return world.kind() == Installation::Kind::sqlite
             ? world.query(
                   "SELECT group_concat(t.name, ' ') FROM sqlite_schema AS t "
                   "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'" +
                   of_which)
             : world.query(
                   "SELECT string_agg(t.name, ' ') FROM (SELECT CAST(tablename AS TEXT) "
                   "AS name FROM pg_tables WHERE schemaname = 'public') AS t WHERE true" +
                   of_which);
}

// The tables with a row that says one of these; nothing is left out.
std::set<std::string> saying(const Installation& world, const std::string& text) {
  std::set<std::string> out;
  std::string rest = tables(world, "") + " ";
  while (!rest.empty()) {
    const std::string table = rest.substr(0, rest.find(' '));
    rest.erase(0, table.size() + 1);
    std::string row = "CAST(t AS TEXT)";
    if (world.kind() == Installation::Kind::sqlite)
      row = world.query(
          fmt::format("SELECT group_concat('COALESCE(CAST(t.\"' || name || '\" AS TEXT), '''')', "
                      "' || ''|'' || ') FROM pragma_table_info('{}')",
                      table));
    if (count(world, fmt::format("{} AS t WHERE {} LIKE '%{}%'", table, row, text)) > 0)
      out.insert(table);
  }
  return out;
}

// Files that the program keeps, mail that was written into files too, with the text in them. What
// it prints is not among them.
std::vector<std::string> files_saying(const Installation& world, const std::string& text) {
  std::vector<std::string> out;
  for (const auto& file : std::filesystem::recursive_directory_iterator(world.folder())) {
    if (!file.is_regular_file()) continue;
    const std::string name = file.path().filename();
    if (name.ends_with(".out") || name.ends_with(".err")) continue;
    if (read_file(file.path()).find(text) != std::string::npos) out.push_back(name);
  }
  return out;
}

}  // namespace

TEST_CASE(
    "a purge that is killed again and again goes on, and leaves nothing in tables and files") {
  on_both_engines([](Installation& world) {
    world.settings()["PURGE_INTERVAL"] = "1";
    std::string org, slug, stem, ns;
    {
      const auto server = world.start();
      Person ann(server->port());
      REQUIRE(ann.sign_up("ann@example.com").status == 201);
      Person ben(server->port());
      REQUIRE(ben.sign_up("ben@example.com").status == 201);
      world.execute("UPDATE subscriptions SET plan_key = 'business' WHERE org_id = '" +
                    ann.org_id() + "'");
      REQUIRE(ann.send("PATCH", ann.org(), Json::object({{"name", kName}})).status == 200);
      REQUIRE(ann.post(ann.deployments(), Json::object({{"name", "wombat"},
                                                        {"image", "docker.io/library/nginx:1"},
                                                        {"port", 8080},
                                                        {"env", Json::object({{"X", kValue}})}}))
                  .status == 201);
      const Json guest = Json::object({{"email", kGuest}});
      REQUIRE(ann.post(ann.org() + "/invitations",
                       Json::object({{"invitations", Json::array({guest})}}))
                  .status == 200);
      REQUIRE(eventually(seconds(60), [&] { return ann.ready("wombat"); }));
      // Before its organization ends, which takes back what has not left.
      const auto is_mail = [](const std::string& name) { return name.ends_with(".eml"); };
      REQUIRE(eventually(
          seconds(60), [&] { return std::ranges::any_of(files_saying(world, kGuest), is_mail); }));
      CHECK(std::ranges::any_of(files_saying(world, kName), is_mail));
      org = ann.org_id();
      slug = ann.org().substr(ann.org().rfind('/') + 1);
      stem = one(world, "stem", "deployments");
      ns = one(world, "namespace", "sandboxes");
      REQUIRE(ann.send("DELETE", ann.org(), Json::object({{"name", kName}})).status == 202);
      REQUIRE(eventually(seconds(60), [&] {
        return count(world, "deployments WHERE synced_generation < generation") == 0;
      }));
      CHECK(server->stop() == 0);
    }
    const std::vector<std::string> marks = {slug, stem, ns, kName, kValue, kGuest};
    for (const std::string& text : marks) {
      CAPTURE(text);
      CHECK(!saying(world, text).empty());
    }
    world.execute(
        fmt::format("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
                    "INSERT INTO feed (client_id, org_id, seq, at, kind, target_id, team_id) "
                    "SELECT o.client_id, o.id, 100000 + n.i, 0, 'deployment', 'wombat', '' "
                    "FROM organizations AS o CROSS JOIN n WHERE o.state = 'deleting'",
                    kRows));
    world.execute("UPDATE organizations SET deleted_at = 1 WHERE state = 'deleting'");

    // Killed while its rows are on their way out, as often as there are some to be caught.
    int caught = 0;
    for (std::int64_t before = count(world, "feed"); caught < 3; ++caught) {
      world.expire_leases();
      auto server = world.start();
      std::int64_t now = before;
      REQUIRE(eventually(seconds(120), [&] { return (now = count(world, "feed")) < before; }));
      server->kill9();
      REQUIRE(eventually(seconds(30), [&] { return world.connections() == 0; }));
      before = count(world, "feed");
      if (count(world, "feed WHERE org_id = '" + org + "'") == 0) break;
      CHECK(one(world, "state", "organizations WHERE id = '" + org + "'") == "purging");
    }
    CHECK(caught > 0);

    world.expire_leases();
    const auto server = world.start();
    CHECK(eventually(seconds(120), [&] {
      return one(world, "state", "organizations WHERE id = '" + org + "'") == "purged";
    }));
    CHECK(server->stop() == 0);
    for (const std::string& text : marks) {
      CAPTURE(text);
      CHECK(saying(world, text).empty());
      CHECK(files_saying(world, text).empty());
    }
    CHECK(saying(world, org) == std::set<std::string>{"audit", "organizations"});
    // The database alone has them.
    for (const std::string& name : files_saying(world, org)) CHECK(name.starts_with("data.db"));
    // Somebody else's is as it was.
    CHECK(count(world, "organizations WHERE state = 'active' AND name = 'Somebody'") == 1);
    CHECK(count(world, "org_members") == 1);
  });
}
