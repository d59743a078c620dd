// What is removed by and by, and above all what is not.
#include "app/housekeeping.hpp"

#include <doctest/doctest.h>

#include "sql/housekeeping.hpp"
#include "tests/store/statements.hpp"
#include "tests/twin/world.hpp"

using namespace ks;
using namespace ks::test;

namespace {

constexpr Time kNow{1'000'000'000'000'000};

struct House {
  explicit House(Database& database) : db(database) {
    populate(db, Beside::tenants);
    run("DELETE FROM feed");
    run("DELETE FROM deployment_revisions");
  }

  std::vector<std::string> rows(const std::string& text) {
    auto out = db.fleet_read(kFleet, [&](Tx& tx) -> Result<Outcome> { return run_text(tx, text); });
    REQUIRE(out.has_value());
    CHECK_MESSAGE(out->problem.empty(), out->problem);
    return out->rows;
  }
  void run(const std::string& text) {
    REQUIRE(db.fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
      const Outcome outcome = run_text(tx, text);
      CHECK_MESSAGE(outcome.problem.empty(), outcome.problem);
      return {};
    }));
  }
  // Events 1 to `last` of each organization that has a team, the newest `age` ago and each a
  // second older than the next.
  void fill_feeds(int last, Duration age) {
    const std::string newest = std::to_string((kNow - age).us);
    const std::string count = std::to_string(last);
    run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count +
        ") INSERT INTO feed (client_id, org_id, seq, at, kind, target_id, team_id) "
        "SELECT t.client_id, t.org_id, n.i, " +
        newest + " - (" + count +
        " - n.i) * CAST(1000000 AS BIGINT), 'team', CAST(t.id AS TEXT), CAST(t.id AS TEXT) " +
        "FROM teams AS t CROSS JOIN n WHERE t.id = '" + number_id(1) + "'");
    run("UPDATE organizations SET feed_seq = " + count);
  }
  void fill_revisions(int last, const std::string& status) {
    const std::string count = std::to_string(last);
    run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count +
        ") INSERT INTO deployment_revisions (client_id, org_id, deployment_id, revision, spec, "
        "created_by, created_at) SELECT d.client_id, d.org_id, d.id, n.i, '{}', d.created_by, 0 "
        "FROM deployments AS d CROSS JOIN n WHERE d.id = '" +
        number_id(1) + "'");
    run("UPDATE deployments SET revision = " + count + ", status = '" + status + "'");
  }
  std::vector<std::string> feeds() {
    return rows("SELECT MIN(seq), MAX(seq), COUNT(*) FROM feed GROUP BY client_id, org_id");
  }
  app::Pruned prune(const app::Kept& kept) {
    const auto pruned = app::prune(db, store, kFleet, kept, kNow);
    REQUIRE(pruned.has_value());
    return *pruned;
  }

  Database& db;
  sql::SqlHousekeepingStore store;
};

}  // namespace

TEST_CASE("of every feed the newest events stay, and all of the last day") {
  for_each_engine([](EngineCase& engine) {
    House house(engine.database());
    // Batches smaller than what is to go, and pages of one organization.
    const app::Kept kept{.events = 10, .events_for = hours(24), .revisions = 50, .batch = 1};
    house.fill_feeds(30, hours(23));
    const std::size_t tenants = house.feeds().size();
    REQUIRE(tenants >= 3);
    CHECK(house.prune(kept).events == 0);

    house.run("UPDATE feed SET at = at - CAST(7200000000 AS BIGINT)");
    CHECK(house.prune(kept).events == static_cast<std::int64_t>(20 * tenants));
    const auto left = house.feeds();
    CHECK(left.size() == tenants);
    for (const auto& row : left) CHECK(row == house.rows("SELECT 21, 30, 10").front());
    CHECK(house.prune(kept).events == 0);
  });
}

TEST_CASE("a feed is shortened from its front only, whatever the clock did") {
  for_each_engine([](EngineCase& engine) {
    House house(engine.database());
    house.fill_feeds(30, days(3));
    // The clock was ahead for one event.
    house.run("UPDATE feed SET at = " + std::to_string(kNow.us) + " WHERE seq = 5");
    house.prune({.events = 10});
    for (const auto& row : house.feeds()) CHECK(row == house.rows("SELECT 5, 30, 26").front());
  });
}

TEST_CASE("of a deployment the newest revisions stay, and the one that runs") {
  for_each_engine([](EngineCase& engine) {
    House house(engine.database());
    house.fill_revisions(70, R"({"observed_revision":3})");
    const std::string count =
        "SELECT COUNT(*) FROM deployment_revisions GROUP BY client_id, org_id";
    const std::size_t tenants = house.rows(count).size();
    REQUIRE(tenants >= 3);
    const app::Kept kept{.batch = 7};
    CHECK(house.prune(kept).revisions == static_cast<std::int64_t>(19 * tenants));
    for (const auto& row : house.rows(count)) CHECK(row == house.rows("SELECT 51").front());
    CHECK(house.rows("SELECT 1 FROM deployment_revisions WHERE revision = 3").size() == tenants);
    CHECK(house.rows("SELECT 1 FROM deployment_revisions WHERE revision = 20").empty());
    CHECK(house.rows("SELECT 1 FROM deployment_revisions WHERE revision = 21").size() == tenants);
    CHECK(house.prune(kept).revisions == 0);
  });
}

TEST_CASE("nothing else is touched, and the audit log least of all") {
  for_each_engine([](EngineCase& engine) {
    House house(engine.database());
    house.fill_feeds(30, days(30));
    house.fill_revisions(70, "{}");
    std::vector<std::string> tables = tables_of_schema();
    std::erase(tables, "feed");
    std::erase(tables, "deployment_revisions");
    const auto seen = [&] {
      auto out = house.db.fleet_read(
          kFleet, [&](Tx& tx) -> Result<std::vector<std::string>> { return dump(tx, tables); });
      REQUIRE(out.has_value());
      return *out;
    };
    const auto before = seen();
    CHECK(house.prune({.events = 1, .revisions = 1}).events > 0);
    CHECK(seen() == before);
    CHECK_FALSE(house.rows("SELECT 1 FROM audit").empty());
  });
}
