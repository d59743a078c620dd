// Taking rights away does not wait for the work of those who have them.
#include <array>
#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "sql/database.hpp"
#include "tests/api/server.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 1> kHold(
    "hold_team", "UPDATE teams SET name = name WHERE id = ?1");
// Whom this transaction blocks, and who waits in line behind them.
const test::TestStatement<sql::Scope::fleet, sql::Rows::one, 0> kWaiting(
    "waiting",
    "WITH held AS (SELECT w.pid, pg_blocking_pids(w.pid) AS by FROM pg_locks AS w "
    "WHERE NOT w.granted) "
    "SELECT COUNT(DISTINCT h.pid) FROM held AS h WHERE pg_backend_pid() = ANY(h.by) OR EXISTS ("
    "SELECT 1 FROM held AS f WHERE pg_backend_pid() = ANY(f.by) AND f.pid = ANY(h.by))");

}  // namespace

TEST_CASE("who keeps all the turns of their organization does not hold off their own removal") {
  // On SQLite no write waits for another one's lock.
  if (!test::PostgresServer::available()) return;
  const auto login = test::PostgresServer::shared().create_database();
  ServerOptions options;
  options.settings = {{"DATABASE_DSN", login.dsn},
                      {"DATABASE_OWNER_DSN", login.owner_dsn},
                      {"AUTO_MIGRATE", "true"}};
  Server server(options);
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  Person abe = server.colleague(ann, "Abe", "org_admin");
  Person max = server.colleague(ann, "Max", "org_admin");
  const auto team = TeamId::parse(ann.team_id);
  REQUIRE(team);
  auto beside = sql::open_database({.dsn = login.dsn}, server.clock());
  REQUIRE(beside);
  std::array<std::thread, 2> busy;
  int demoted = 0;
  int removed = 0;
  std::int64_t waiting = 0;
  const auto held = (*beside)->fleet_write(test::kFleet, [&](Tx& tx) -> Result<void> {
    KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *kHold, *team));
    for (std::thread& one : busy)
      one = std::thread(
          [abe]() mutable { abe.patch(abe.team_path(), Json::object({{"description", "Busy"}})); });
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const auto count = [&]() -> Result<void> {
      KS_TRY(const sql::Row row, sql::sql_tx(tx).run(test::kFleet, *kWaiting));
      waiting = row.integer(0);
      return {};
    };
    while (waiting < 2) {
      KS_CHECK(count());
      REQUIRE(std::chrono::steady_clock::now() < until);
      std::this_thread::yield();
    }
    const std::string members = ann.org_path() + "/members/";
    demoted = ann.patch(members + max.id, Json::object({{"org_role", "org_member"}})).status;
    removed = ann.del(members + abe.id).status;
    return count();
  });
  for (std::thread& one : busy) one.join();
  CHECK(held);
  CHECK(demoted == 200);
  CHECK(removed == 204);
  // And that without a turn that one of them gave up.
  CHECK(waiting == 2);
}
