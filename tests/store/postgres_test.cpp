#include <atomic>

#include <doctest/doctest.h>

#include "runtime/loop.hpp"
#include "sql/driver/postgres/login.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::test;
using ks::sql::sql_tx;

namespace {
Result<void> make_org(Database& database, const Permit<Action::sync_status, Org>& permit,
                      int team) {
  return database.write([&](Tx& tx) -> Result<void> {
    KS_CHECK(sql_tx(tx).run(permit, *kPutOrg, permit.id().text().substr(30)));
    KS_CHECK(sql_tx(tx).run(permit, *kPutTeam, id_of<Team>(team), "t"));
    return {};
  });
}
}  // namespace

TEST_CASE("row-level security hides foreign rows from a statement that forgot its tenant") {
  static const TestStatement<Scope::tenant, Rows::many, 0> kForgetful(
      "forgetful", "SELECT id FROM teams WHERE ?1 = ?1 AND ?2 = ?2");
  static const TestStatement<Scope::tenant, Rows::none, 0> kCareless(
      "careless", "UPDATE teams SET version = 9 WHERE ?1 = ?1 AND ?2 = ?2");
  if (!PostgresServer::available()) return;
  EngineCase engine(EngineCase::Kind::postgres);
  const auto blue = permit_on(id_of<Org>(1));
  const auto green = permit_on(id_of<Org>(2));
  REQUIRE(make_org(engine.database(), blue, 1));
  REQUIRE(make_org(engine.database(), green, 2));
  const auto check = [&] {
    const auto seen =
        engine.database().read([&](Tx& tx) { return sql_tx(tx).run(blue, *kForgetful); });
    REQUIRE(seen);
    REQUIRE(seen->size() == 1);
    CHECK(seen->front().id<Team>(0) == id_of<Team>(1));
    const auto changed =
        engine.database().write([&](Tx& tx) { return sql_tx(tx).run(blue, *kCareless); });
    REQUIRE(changed);
    CHECK(*changed == 1);
  };
  check();
  runtime::run_fiber(check);
  // One transaction, two scopes: each statement runs under its own.
  const auto both = engine.database().write([&](Tx& tx) -> Result<std::vector<std::string>> {
    std::vector<std::string> out;
    for (const auto& permit : {blue, green, blue}) {
      KS_TRY(const auto rows, sql_tx(tx).run(permit, *kForgetful));
      for (const auto& row : rows) out.push_back(row.str(0));
    }
    return out;
  });
  REQUIRE(both);
  CHECK(*both ==
        std::vector<std::string>{id_of<Team>(1).str(), id_of<Team>(2).str(), id_of<Team>(1).str()});
}

TEST_CASE("a row for another tenant is refused by the database") {
  static const TestStatement<Scope::tenant, Rows::none, 1> kForeign(
      "foreign",
      "INSERT INTO teams (client_id, org_id, id, slug, name, description, version, created_at, "
      "updated_at) VALUES (?1, ?3, ?2, 's', 'N', '', 1, 0, 0)");
  if (!PostgresServer::available()) return;
  EngineCase engine(EngineCase::Kind::postgres);
  REQUIRE(make_org(engine.database(), permit_on(id_of<Org>(2)), 2));
  const auto result = engine.database().write(
      [&](Tx& tx) { return sql_tx(tx).run(permit_on(id_of<Org>(1)), *kForeign, id_of<Org>(2)); });
  CHECK(result.error().code == Error::Code::bug);
}

TEST_CASE("transactions that deadlock run again and all succeed") {
  static const TestStatement<Scope::fleet, Rows::none, 1> kTouch(
      "touch", "UPDATE leases SET fence = fence + 1 WHERE name = ?1");
  if (!PostgresServer::available()) return;
  EngineCase engine(EngineCase::Kind::postgres);
  for (const char* name : {"a", "b"})
    REQUIRE(engine.database().fleet_write(
        kFleet, [&](Tx& tx) { return sql_tx(tx).run(kFleet, *kPutLease, name, "h", 0, 0); }));
  std::atomic<int> runs{0}, good{0};
  runtime::LoopGroup loops(2);
  runtime::Event first_has, second_has, done;
  const auto cross = [&](const char* one, const char* two, runtime::Event& mine,
                         runtime::Event& theirs) {
    const auto result = engine.database().fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
      ++runs;
      KS_CHECK(sql_tx(tx).run(kFleet, *kTouch, one));
      mine.set();
      theirs.wait();
      KS_CHECK(sql_tx(tx).run(kFleet, *kTouch, two));
      return {};
    });
    if (result && ++good == 2) done.set();
  };
  loops.at(0).spawn([&] { cross("a", "b", first_has, second_has); });
  loops.at(1).spawn([&] { cross("b", "a", second_has, first_has); });
  REQUIRE(done.wait_for(seconds(30)));
  CHECK(runs > 2);
  const auto fence = engine.database().fleet_read(
      kFleet, [](Tx& tx) { return sql_tx(tx).run(kFleet, *kFence, "a"); });
  CHECK(fence->integer(0) == 2);
}

TEST_CASE("two processes on one database hear each other's changes") {
  if (!PostgresServer::available()) return;
  EngineCase engine(EngineCase::Kind::postgres);
  const auto other = engine.open_another();
  runtime::Event heard;
  other->on_feed([&](std::optional<OrgId> org) {
    if (org == id_of<Org>(5)) heard.set();
  });
  REQUIRE(engine.database().fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
    sql_tx(tx).feed_changed(id_of<Org>(5));
    return {};
  }));
  CHECK(heard.wait_for(seconds(20)));
}

TEST_CASE("a superuser is refused as the serving login, unless it is allowed") {
  if (!PostgresServer::available()) return;
  auto& server = PostgresServer::shared();
  const auto login = server.create_database();
  ManualClock clock;
  sql::DatabaseOptions options{.dsn = server.dsn(PostgresServer::kSuperuser, login.database)};
  options.auto_migrate = true;
  const auto refused = sql::open_database(options, clock);
  REQUIRE(!refused);
  CHECK(refused.error().problem == "login_too_strong");
  options.allow_superuser = true;
  CHECK(sql::open_database(options, clock));
}

TEST_CASE("one login that owns the tables serves under the roles all the same") {
  static const TestStatement<Scope::tenant, Rows::many, 0> kForgetful(
      "forgetful", "SELECT id FROM teams WHERE ?1 = ?1 AND ?2 = ?2");
  if (!PostgresServer::available()) return;
  const auto login = PostgresServer::shared().create_database();
  ManualClock clock;
  sql::DatabaseOptions options{.dsn = login.owner_dsn};
  options.auto_migrate = true;
  const auto database = sql::open_database(options, clock);
  REQUIRE(database);
  REQUIRE(make_org(**database, permit_on(id_of<Org>(1)), 1));
  const auto rows = (*database)->read(
      [](Tx& tx) { return sql_tx(tx).run(permit_on(id_of<Org>(2)), *kForgetful); });
  REQUIRE(rows);
  CHECK(rows->empty());
}

TEST_CASE("the roles' names fit and differ where databases differ") {
  CHECK(sql::roles_of("app").tenant == "ks_app_tenant");
  CHECK(sql::roles_of("app").fleet == "ks_app_fleet");
  const auto odd = sql::roles_of("My App");
  CHECK(odd.tenant != sql::roles_of("my app").tenant);
  CHECK(odd.tenant.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos);
  CHECK(sql::roles_of(std::string(63, 'x')).tenant.size() <= 63);
  CHECK(sql::roles_of(std::string(63, 'x')).tenant != sql::roles_of(std::string(62, 'x')).tenant);
}
