#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "sql/driver/postgres/login.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/postgres_server.hpp"

using namespace ks;
using namespace ks::test;

namespace {

std::string source_folder() {
  const char* folder = std::getenv("KS_SOURCE_DIR");
  REQUIRE_MESSAGE(folder != nullptr, "KS_SOURCE_DIR names the checkout");
  return folder;
}

std::string read_file(const std::string& path) {
  const std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// The snapshot is what a reviewer sees of a migration's effect. KS_UPDATE_SNAPSHOT=1 writes it.
void check_snapshot(const std::string& engine, const std::string& schema) {
  const std::string path =
      fmt::format("{}/src/sql/migrations/snapshot.{}.sql", source_folder(), engine);
  if (std::getenv("KS_UPDATE_SNAPSHOT") != nullptr) std::ofstream(path) << schema;
  CHECK(read_file(path) == schema);
}

// Every row of a query, columns parted by bars.
std::string sqlite_rows(const std::string& path, const std::string& query) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  std::string out;
  REQUIRE(sqlite3_exec(
              handle, query.c_str(),
              [](void* into, int columns, char** values, char**) {
                auto& text = *static_cast<std::string*>(into);
                for (int i = 0; i < columns; ++i)
                  text += fmt::format("{}{}", i > 0 ? "|" : "", values[i] ? values[i] : "NULL");
                text += "\n";
                return 0;
              },
              &out, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
  return out;
}

void sqlite_run(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  REQUIRE(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
}

std::string sqlite_schema(const std::string& path) {
  return sqlite_rows(path,
                     "SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL "
                     "ORDER BY tbl_name, type DESC, name");
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

std::string postgres_schema(const std::string& database) {
  auto& server = PostgresServer::shared();
  const std::string command =
      fmt::format("{} --schema-only --no-comments '{}' 2>&1", PostgresServer::program("pg_dump"),
                  server.dsn(PostgresServer::kSuperuser, database));
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string dump;
  std::array<char, 4096> block{};
  while (const auto n = std::fread(block.data(), 1, block.size(), pipe))
    dump.append(block.data(), n);
  REQUIRE_MESSAGE(::pclose(pipe) == 0, dump);
  // What depends on the version of the program that dumps.
  std::istringstream lines(dump);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with("--") || line.starts_with("SET ") ||
        line.starts_with("SELECT pg_catalog") || line.starts_with("\\"))
      continue;
    out += line + "\n";
  }
  const auto roles = sql::roles_of(database);
  out = replaced(out, roles.tenant, "{tenant_role}");
  out = replaced(out, roles.fleet, "{fleet_role}");
  return replaced(out, "tests_owner", "{owner_role}");
}

struct Target {
  TempFolder folder;
  ManualClock clock;
  sql::DatabaseOptions options;
  std::string database;  // PostgreSQL's name of it.

  std::string path() const { return folder.path() + "/m.db"; }
  Result<sql::MigrationReport> migrate() { return sql::migrate_database(options, clock); }
};

void sqlite_target(Target& target) { target.options.dsn = "sqlite:" + target.path(); }

void postgres_target(Target& target) {
  const auto login = PostgresServer::shared().create_database();
  target.options.dsn = login.dsn;
  target.options.owner_dsn = login.owner_dsn;
  target.database = login.database;
}

const std::string kSeeds =
    "SELECT c.client_id, p.key, p.version, e.feature, e.value FROM clients AS c "
    "JOIN plans AS p ON p.client_id = c.client_id JOIN plan_entitlements AS e "
    "ON e.plan_key = p.key AND e.plan_version = p.version ORDER BY 1, 2, 3, 4";

}  // namespace

TEST_CASE("SQLite: from empty to newest gives the snapshot, and a second run changes nothing") {
  Target target;
  sqlite_target(target);
  const auto first = target.migrate();
  REQUIRE(first);
  CHECK(!first->applied.empty());
  CHECK(first->version == sql::newest_version(sql::Engine::sqlite));
  const std::string schema = sqlite_schema(target.path());
  check_snapshot("sqlite", schema);
  const std::string seeds = sqlite_rows(target.path(), kSeeds);
  const std::string steps = sqlite_rows(target.path(), "SELECT * FROM schema_migrations");
  target.clock.advance(days(1));
  const auto second = target.migrate();
  REQUIRE(second);
  CHECK(second->applied.empty());
  CHECK(second->version == first->version);
  CHECK(sqlite_schema(target.path()) == schema);
  CHECK(sqlite_rows(target.path(), kSeeds) == seeds);
  CHECK(sqlite_rows(target.path(), "SELECT * FROM schema_migrations") == steps);
}

TEST_CASE("PostgreSQL: from empty to newest gives the snapshot, and a second run changes nothing") {
  if (!PostgresServer::available()) return;
  Target target;
  postgres_target(target);
  const auto first = target.migrate();
  REQUIRE(first);
  CHECK(!first->applied.empty());
  const std::string schema = postgres_schema(target.database);
  check_snapshot("postgres", schema);
  target.clock.advance(days(1));
  const auto second = target.migrate();
  REQUIRE(second);
  CHECK(second->applied.empty());
  CHECK(postgres_schema(target.database) == schema);
}

TEST_CASE("both engines have the same tables and columns, and start with the same rows") {
  if (!PostgresServer::available()) return;
  Target sqlite, postgres;
  sqlite_target(sqlite);
  postgres_target(postgres);
  REQUIRE(sqlite.migrate());
  REQUIRE(postgres.migrate());
  const auto& server = PostgresServer::shared();
  CHECK(sqlite_rows(sqlite.path(),
                    "SELECT t.name, c.name, c.\"notnull\" FROM sqlite_schema AS t, "
                    "pragma_table_info(t.name) AS c WHERE t.type = 'table' ORDER BY 1, 2") ==
        server.sql(postgres.database,
                   "SELECT string_agg(table_name || '|' || column_name || '|' || CASE is_nullable "
                   "WHEN 'NO' THEN 1 ELSE 0 END, E'\\n' ORDER BY table_name COLLATE \"C\", "
                   "column_name COLLATE \"C\") FROM information_schema.columns "
                   "WHERE table_schema = 'public'") +
            "\n");
  CHECK(sqlite_rows(sqlite.path(), kSeeds) ==
        server.sql(postgres.database,
                   "SELECT string_agg(concat_ws('|', s.client_id, s.key, s.version, s.feature, "
                   "coalesce(s.value, 'NULL')), E'\\n' ORDER BY s.key COLLATE \"C\", s.feature "
                   "COLLATE \"C\") FROM (" +
                       kSeeds + ") AS s") +
            "\n");
}

TEST_CASE("every table of PostgreSQL but the list of steps forces row-level security") {
  if (!PostgresServer::available()) return;
  Target target;
  postgres_target(target);
  REQUIRE(target.migrate());
  CHECK(PostgresServer::shared().sql(
            target.database,
            "SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "AND NOT (relrowsecurity AND relforcerowsecurity)") == "schema_migrations");
}

TEST_CASE("two migrators at once take each step once") {
  if (!PostgresServer::available()) return;
  Target target;
  postgres_target(target);
  std::array<std::size_t, 4> taken{};
  std::array<bool, 4> good{};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < taken.size(); ++i)
    threads.emplace_back([&, i] {
      const auto report = target.migrate();
      good[i] = report.has_value();
      if (report) taken[i] = report->applied.size();
    });
  for (auto& thread : threads) thread.join();
  std::size_t all = 0;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    CHECK(good[i]);
    all += taken[i];
  }
  CHECK(all == static_cast<std::size_t>(sql::newest_version(sql::Engine::postgres)));
}

TEST_CASE("a schema that is older or newer than the program is not served") {
  const auto check = [](Target& target, const std::function<void(const std::string&)>& run) {
    const auto refusal = [&] {
      const auto opened = sql::open_database(target.options, target.clock);
      return opened ? std::string() : opened.error().problem;
    };
    CHECK(refusal() == "schema_too_old");
    REQUIRE(target.migrate());
    CHECK(refusal() == "");
    run("INSERT INTO schema_migrations (version, name, checksum, applied_at) "
        "VALUES (999, 'later', 'x', 0)");
    CHECK(refusal() == "schema_too_new");
    CHECK(target.migrate().error().problem == "schema_too_new");
  };
  Target sqlite;
  sqlite_target(sqlite);
  check(sqlite, [&](const std::string& sql) { sqlite_run(sqlite.path(), sql); });
  if (!PostgresServer::available()) return;
  Target postgres;
  postgres_target(postgres);
  check(postgres,
        [&](const std::string& sql) { PostgresServer::shared().sql(postgres.database, sql); });
}

TEST_CASE("a step that was changed after it was taken is refused") {
  Target target;
  sqlite_target(target);
  REQUIRE(target.migrate());
  sqlite_run(target.path(), "UPDATE schema_migrations SET checksum = 'other'");
  CHECK(target.migrate().error().problem == "migration_changed");
}

TEST_CASE("amounts of deployments that were being deleted count again after the upgrade") {
  // Step 2 changes rows only, so it can be taken again by hand on today's schema.
  const auto check = [](const std::string& file, const std::function<void(const std::string&)>& run,
                        const std::function<std::string(const std::string&)>& ask) {
    const std::string client = "'00000000-0000-7000-8000-000000000001'";
    const auto id = [](int n) { return fmt::format("'00000000-0000-7000-8000-{:012}'", n); };
    run(
        fmt::format("INSERT INTO users (client_id, id, email, name, password_hash, state, "
                    "platform_admin, authz_version, created_at, updated_at) "
                    "VALUES ({}, {}, 'a@x.test', 'A', '', 'active', 0, 1, 0, 0)",
                    client, id(1)));
    for (const int org : {1, 2}) {
      run(
          fmt::format("INSERT INTO organizations (client_id, id, slug, name, state, version, "
                      "feed_seq, audit_seq, audit_mac, created_at, updated_at) "
                      "VALUES ({}, {}, 'o{}', 'O', 'active', 1, 0, 0, '', 0, 0)",
                      client, id(org), org));
      run(fmt::format(
          "INSERT INTO org_usage (client_id, org_id, deployments, teams, members, "
          "cpu_milli, memory_bytes, storage_bytes) VALUES ({}, {}, 1, 1, 1, 100, 10, 1)",
          client, id(org)));
      run(
          fmt::format("INSERT INTO teams (client_id, org_id, id, slug, name, description, version, "
                      "created_at, updated_at) VALUES ({}, {}, {}, 't', 'T', '', 1, 0, 0)",
                      client, id(org), id(1)));
      run(
          fmt::format("INSERT INTO sandboxes (client_id, org_id, id, user_id, namespace, claim, "
                      "isolation, generation, synced_generation, ready, reason, message, "
                      "created_at) VALUES ({}, {}, {}, {}, 'ns{}', 'c', 'shared', 1, 1, 1, '', '', "
                      "0)",
                      client, id(org), id(1), id(1), org));
    }
    const auto deployment = [&](int org, int n, int deleting) {
      run(fmt::format(
          "INSERT INTO deployments (client_id, org_id, id, team_id, sandbox_id, name, stem, "
          "template, spec, revision, version, generation, synced_generation, restarts, phase, "
          "reason, message, status, deleting, cpu_milli, memory_bytes, storage_bytes, created_by, "
          "created_at, updated_at) VALUES ({}, {}, {}, {}, {}, 'd{}', 's{}', '', '{{}}', 1, 1, 1, "
          "1, 0, 'Ready', '', '', '{{}}', {}, 100, 10, 1, {}, 0, 0)",
          client, id(org), id(n), id(1), id(1), n, n, deleting, id(1)));
    };
    deployment(1, 1, 0);
    deployment(1, 2, 1);
    deployment(1, 3, 1);
    deployment(2, 4, 0);
    run(read_file(source_folder() + "/src/sql/migrations/0002_amounts_until_gone/" + file));
    const std::string sums =
        "SELECT deployments || '|' || cpu_milli || '|' || memory_bytes || '|' || "
        "storage_bytes FROM org_usage WHERE org_id = ";
    CHECK(ask(sums + id(1)) == "1|300|30|3");
    CHECK(ask(sums + id(2)) == "1|100|10|1");
  };
  Target sqlite;
  sqlite_target(sqlite);
  REQUIRE(sqlite.migrate());
  check(
      "sqlite.sql", [&](const std::string& sql) { sqlite_run(sqlite.path(), sql); },
      [&](const std::string& sql) {
        const std::string rows = sqlite_rows(sqlite.path(), sql);
        return rows.substr(0, rows.find('\n'));
      });
  if (!PostgresServer::available()) return;
  Target postgres;
  postgres_target(postgres);
  REQUIRE(postgres.migrate());
  const auto run = [&](const std::string& sql) {
    return PostgresServer::shared().sql(postgres.database, sql);
  };
  check("postgres.sql", run, run);
}

TEST_CASE("who left before the upgrade comes back by an invitation only") {
  const auto check = [](const std::function<void(const std::string&)>& run,
                        const std::function<std::string(const std::string&)>& ask) {
    const std::string client = "'00000000-0000-7000-8000-000000000001'";
    run(
        fmt::format("INSERT INTO users (client_id, id, email, name, password_hash, state, "
                    "platform_admin, authz_version, created_at, updated_at) "
                    "VALUES ({0}, {0}, 'a@x.test', 'A', '', 'active', 0, 1, 0, 0)",
                    client));
    run(
        fmt::format("INSERT INTO organizations (client_id, id, slug, name, state, version, "
                    "feed_seq, audit_seq, audit_mac, created_at, updated_at) "
                    "VALUES ({0}, {0}, 'o', 'O', 'active', 1, 0, 0, '', 0, 0)",
                    client));
    run(
        fmt::format("INSERT INTO former_members (client_id, org_id, user_id, role, teams, "
                    "removed_at) VALUES ({0}, {0}, {0}, 'org_member', '[]', 5)",
                    client));
    // As a row that was there before the step, and one of a program that knows nothing of it.
    CHECK(ask("SELECT email || '|' || own_will || '|' || removed_at FROM former_members") ==
          "|1|5");
  };
  Target sqlite;
  sqlite_target(sqlite);
  REQUIRE(sqlite.migrate());
  check([&](const std::string& sql) { sqlite_run(sqlite.path(), sql); },
        [&](const std::string& sql) {
          const std::string rows = sqlite_rows(sqlite.path(), sql);
          return rows.substr(0, rows.find('\n'));
        });
  if (!PostgresServer::available()) return;
  Target postgres;
  postgres_target(postgres);
  REQUIRE(postgres.migrate());
  const auto run = [&](const std::string& sql) {
    return PostgresServer::shared().sql(postgres.database, sql);
  };
  check(run, run);
}

TEST_CASE("SQLite makes the table of sandboxes again with all its rows, and what refers to them") {
  Target target;
  sqlite_target(target);
  REQUIRE(target.migrate());
  const std::string path = target.path();
  const auto id = [](int n) { return fmt::format("'00000000-0000-7000-8000-{:012}'", n); };
  const std::string client = id(1);
  sqlite_run(path,
             fmt::format("INSERT INTO users (client_id, id, email, name, password_hash, state, "
                         "platform_admin, authz_version, created_at, updated_at) VALUES "
                         "({}, {}, 'a@x.test', 'A', '', 'active', 0, 1, 0, 0)",
                         client, id(1)));
  sqlite_run(path,
             fmt::format("INSERT INTO organizations (client_id, id, slug, name, state, version, "
                         "feed_seq, audit_seq, audit_mac, created_at, updated_at) VALUES "
                         "({}, {}, 'o', 'O', 'active', 1, 0, 0, '', 0, 0)",
                         client, id(2)));
  sqlite_run(path,
             fmt::format("INSERT INTO teams (client_id, org_id, id, slug, name, description, "
                         "version, created_at, updated_at) VALUES ({}, {}, {}, 't', 'T', '', 1, "
                         "0, 0)",
                         client, id(2), id(3)));
  sqlite_run(path, fmt::format(
                       "INSERT INTO sandboxes (client_id, org_id, id, user_id, namespace, claim, "
                       "isolation, generation, synced_generation, ready, reason, message, "
                       "created_at, retry_at, failures, isolation_seen, isolation_findings) VALUES "
                       "({}, {}, {}, {}, 'ns', 'c', 'shared', 7, 6, 1, 'r', 'm', 1, 2, 3, 's', 4)",
                       client, id(2), id(4), id(1)));
  sqlite_run(
      path,
      fmt::format(
          "INSERT INTO deployments (client_id, org_id, id, team_id, sandbox_id, name, stem, "
          "template, spec, revision, version, generation, synced_generation, restarts, phase, "
          "reason, message, status, deleting, cpu_milli, memory_bytes, storage_bytes, "
          "created_by, created_at, updated_at) VALUES ({}, {}, {}, {}, {}, 'd', 's', '', '{{}}', "
          "1, 1, 1, 1, 0, 'Ready', '', '', '{{}}', 0, 1, 1, 1, {}, 0, 0)",
          client, id(2), id(5), id(3), id(4), id(1)));
  const std::string schema = sqlite_schema(path);
  const std::string rows = sqlite_rows(path, "SELECT * FROM sandboxes");
  sqlite_run(path, "PRAGMA foreign_keys = ON; BEGIN EXCLUSIVE;" +
                       read_file(source_folder() +
                                 "/src/sql/migrations/0022_sandboxes_by_team/sqlite.sql") +
                       "COMMIT;");
  CHECK(sqlite_rows(path, "SELECT * FROM sandboxes") == rows);
  CHECK(sqlite_schema(path) == schema);
  CHECK(sqlite_rows(path, "PRAGMA foreign_key_check").empty());
}

TEST_CASE("a login that may not create roles is given the SQL to run, which is enough") {
  if (!PostgresServer::available()) return;
  auto& server = PostgresServer::shared();
  Target target;
  postgres_target(target);
  server.sql("postgres", "CREATE ROLE tests_plain LOGIN");
  server.sql("postgres", "ALTER DATABASE " + target.database + " OWNER TO tests_plain");
  target.options.owner_dsn = server.dsn("tests_plain", target.database);
  const auto refused = target.migrate();
  REQUIRE(!refused);
  CHECK(refused.error().problem == "roles_missing");
  const auto at = refused.error().message.find("CREATE ROLE");
  REQUIRE(at != std::string::npos);
  server.sql("postgres", refused.error().message.substr(at));
  CHECK(target.migrate());
  CHECK(sql::open_database(target.options, target.clock));
}
