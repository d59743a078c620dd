#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

#include <doctest/doctest.h>

#include "sql/database.hpp"
#include "tests/api/server.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/statements.hpp"

// Requests that are held up at a lock of PostgreSQL's, which a test has in a transaction beside the
// server. On SQLite no write waits for another one's lock.
namespace ks::api_test {

// A team; what is done to it waits.
inline const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 1> kHoldTeam(
    "hold_team", "UPDATE teams SET name = name WHERE id = ?1");
// What every change of an organization's members waits for.
inline const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 1> kHoldMembers(
    "hold_members", "UPDATE org_usage SET deployments = deployments WHERE org_id = ?1");
// Whom this transaction blocks, and who waits in line behind them.
inline const test::TestStatement<sql::Scope::fleet, sql::Rows::one, 0> kWaiting(
    "waiting",
    "WITH held AS (SELECT w.pid, pg_blocking_pids(w.pid) AS by FROM pg_locks AS w "
    "WHERE NOT w.granted) "
    "SELECT COUNT(DISTINCT h.pid) FROM held AS h WHERE pg_backend_pid() = ANY(h.by) OR EXISTS ("
    "SELECT 1 FROM held AS f WHERE pg_backend_pid() = ANY(f.by) AND f.pid = ANY(h.by))");

// A server with Ann's organization, and a connection beside it.
struct HeldHouse {
  test::PostgresServer::Login login = test::PostgresServer::shared().create_database();
  Server server{{.settings = {{"DATABASE_DSN", login.dsn},
                              {"DATABASE_OWNER_DSN", login.owner_dsn},
                              {"AUTO_MIGRATE", "true"}}}};
  Person ann = server.somebody("Ann");
  std::unique_ptr<Database> beside;
  HeldHouse() {
    server.raise(ann, "business");
    auto opened = sql::open_database({.dsn = login.dsn}, server.clock());
    REQUIRE(opened);
    beside = std::move(*opened);
  }
  static Result<std::int64_t> waiting(Tx& tx) {
    KS_TRY(const sql::Row row, sql::sql_tx(tx).run(test::kFleet, *kWaiting));
    return row.integer(0);
  }
  // Until as many wait for what this transaction holds; an error when they do not.
  static Result<void> until_waiting(Tx& tx, std::int64_t count) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (;;) {
      KS_TRY(const std::int64_t now, waiting(tx));
      if (now >= count) return {};
      if (std::chrono::steady_clock::now() > until)
        return unavailable("none_waits", "fewer wait than were to");
      std::this_thread::yield();
    }
  }
};

}  // namespace ks::api_test
