// What a purge leaves of an organization, looked for in every table that each engine itself says
// there is. The twin test sees to it that tenant A has a row in each that a purge empties.
#include <algorithm>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "sql/statements.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/statements.hpp"
#include "tests/twin/world.hpp"

using namespace ks;
using namespace ks::test;

namespace {

using Names = std::set<std::string>;

struct Catalogue {
  const char* tables;
  const char* of_organizations;
};

constexpr Catalogue kSqlite{
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "SELECT t.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c "
    "WHERE t.type = 'table' AND c.name = 'org_id'"};
constexpr Catalogue kPostgres{
    "SELECT CAST(tablename AS TEXT) FROM pg_catalog.pg_tables WHERE schemaname = 'public'",
    "SELECT CAST(c.relname AS TEXT) FROM pg_catalog.pg_class AS c "
    "JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid "
    "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' AND a.attname = 'org_id'"};

Names names(Tx& tx, const char* text) {
  const Outcome outcome = run_text(tx, text);
  REQUIRE_MESSAGE(outcome.problem.empty(), outcome.problem);
  Names out;
  for (const std::string& row : outcome.rows) out.insert(row.substr(0, row.size() - 1));
  out.erase("schema_migrations");
  return out;
}

// The tables that have a row of tenant A's organization.
Names holding(Tx& tx, const Names& tables) {
  Names out;
  for (const std::string& table : tables) {
    const Outcome rows =
        run_text(tx, fmt::format("SELECT COUNT(*) FROM {} WHERE client_id = '{}' AND org_id = '{}'",
                                 table, platform_client().text(), number_id(1)));
    REQUIRE_MESSAGE(rows.problem.empty(), rows.problem);
    if (rows.rows != std::vector<std::string>{"0|"}) out.insert(table);
  }
  return out;
}

void purge_beside_twins(EngineCase::Kind kind, const Catalogue& catalogue) {
  EngineCase alone(kind), beside(kind);
  populate(alone.database(), Beside::nobody);
  populate(beside.database(), Beside::tenants);
  std::vector<std::string> own;
  REQUIRE(!alone.database().fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
    const Names all = names(tx, catalogue.tables);
    own = dump(tx, {all.begin(), all.end()});
    return invalid("taken back");
  }));
  REQUIRE(!beside.database().fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
    const Names all = names(tx, catalogue.tables);
    const Names of_organizations = names(tx, catalogue.of_organizations);
    CHECK(of_organizations.size() >= 15);
    // A row in each, or the rest says nothing of it.
    CHECK(holding(tx, of_organizations) == of_organizations);
    const std::vector<std::string> tables(all.begin(), all.end());
    std::vector<std::string> twins;
    std::ranges::set_difference(dump(tx, tables), own, std::back_inserter(twins));
    // In their order, a row at a time: nothing that is left may refer to what is gone.
    for (const auto& statement : sql::purge_statements())
      for (Outcome last{{}, 1, ""}; last.affected > 0;) {
        last = run_as(tx, {1, 1, 1}, *statement.text, {1});
        CHECK_MESSAGE(last.problem.empty(), statement.text->name << " " << last.problem);
        if (!last.problem.empty()) return invalid("taken back");
        CHECK(last.affected <= 1);
      }
    CHECK(holding(tx, of_organizations) == Names{"audit"});
    const std::vector<std::string> after = dump(tx, tables);
    CHECK(std::ranges::includes(after, twins));
    return invalid("taken back");
  }));
}

}  // namespace

TEST_CASE("on SQLite a purge leaves rows in no table but the audit chain, and twins their own") {
  purge_beside_twins(EngineCase::Kind::sqlite_memory, kSqlite);
}

TEST_CASE(
    "on PostgreSQL a purge leaves rows in no table but the audit chain, and twins their own") {
  if (!PostgresServer::available()) return;
  purge_beside_twins(EngineCase::Kind::postgres, kPostgres);
}
