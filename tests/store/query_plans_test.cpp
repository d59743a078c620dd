// What a request costs does not grow with the number of other tenants.
#include <deque>
#include <set>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "sql/driver/sqlite/connection.hpp"
#include "tests/store/engines.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// These read all rows of a client: few by their nature, or read once.
const std::set<std::string_view> kWholeClient = {
    "plans_active",             // The client's catalogue.
    "setup_tokens_removed",     // At most a few are open.
    "client_audit_set_head",    // One row a client, under its key.
    "isolation_check_for_org",  // As well.
    "platform_admin_any",       // At start and in the set-up, until there is an administrator.
};

// Whether a step of a plan reads a part of a table that the statement names, by more than the
// client.
bool narrow(std::string_view step, std::string_view statement) {
  constexpr std::string_view kScan = "SCAN ";
  if (!step.starts_with(kScan)) return step.find("(client_id=?)") == std::string_view::npos;
  // What a query in brackets gave was read by steps of its own.
  const std::string_view name = step.substr(kScan.size());
  return name.starts_with("(") || statement.find(fmt::format(") AS {}", name)) != std::string::npos;
}

}  // namespace

TEST_CASE("no statement of a request walks the rows of other tenants on SQLite") {
  EngineCase engine(EngineCase::Kind::sqlite_file);
  auto connection = sql::SqliteConnection::open(engine.options().dsn.substr(7),
                                                sql::SqliteConnection::Access::read_only);
  REQUIRE(connection);
  std::set<std::string_view> wide;
  // A connection knows a statement by its place.
  std::deque<std::string> texts;
  std::deque<sql::StatementText> explains;
  for (const sql::StatementText* statement : sql::all_statements()) {
    if (statement->scope == sql::Scope::fleet) continue;
    texts.push_back(fmt::format("EXPLAIN QUERY PLAN {}", statement->sqlite));
    explains.push_back(sql::sqlite_text(texts.back(), sql::Rows::many));
    const auto plan = (*connection)->execute(explains.back(), {});
    REQUIRE_MESSAGE(plan, statement->name);
    for (std::size_t row = 0; row < (*plan)->rows(); ++row) {
      const std::string step((*plan)->text((*plan)->cell(row, 3)));
      if (narrow(step, statement->sqlite)) continue;
      wide.insert(statement->name);
      CHECK_MESSAGE(kWholeClient.contains(statement->name), statement->name << ": " << step);
    }
  }
  // The list above only shrinks.
  CHECK(wide == kWholeClient);
}

TEST_CASE("what a plan allows each service is held against an index alone on SQLite") {
  EngineCase engine(EngineCase::Kind::sqlite_file);
  auto connection = sql::SqliteConnection::open(engine.options().dsn.substr(7),
                                                sql::SqliteConnection::Access::read_only);
  REQUIRE(connection);
  int found = 0;
  std::deque<std::string> texts;
  std::deque<sql::StatementText> explains;
  for (const sql::StatementText* statement : sql::all_statements()) {
    if (!statement->name.starts_with("deployments_grown") &&
        statement->name != "deployments_most_replicas")
      continue;
    ++found;
    texts.push_back(fmt::format("EXPLAIN QUERY PLAN {}", statement->sqlite));
    explains.push_back(sql::sqlite_text(texts.back(), sql::Rows::many));
    const auto plan = (*connection)->execute(explains.back(), {});
    REQUIRE_MESSAGE(plan, statement->name);
    std::string steps;
    for (std::size_t row = 0; row < (*plan)->rows(); ++row)
      steps += std::string((*plan)->text((*plan)->cell(row, 3))) + "\n";
    // Rows are read of the few that are named, by their key.
    CHECK_MESSAGE(steps.find("USING COVERING INDEX deployments_by_replicas") != std::string::npos,
                  statement->name << ": " << steps);
  }
  CHECK(found == 3);
}
