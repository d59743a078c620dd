// A guarded read may be answered without the engine; no reader can tell.
#include <atomic>
#include <random>
#include <thread>

#include <doctest/doctest.h>

#include "runtime/loop.hpp"
#include "sql/driver/sqlite/connection.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::test;
using ks::sql::sql_tx;

namespace {

const TestStatement<Scope::tenant, Rows::one, 1> kVersion(
    "version", "SELECT version FROM teams WHERE client_id = ?1 AND org_id = ?2 AND slug = ?3");

constexpr const char* kSlugs[] = {"a", "b", "c"};

// Two organizations that have teams of the same names, and a session to read with.
class TeamsOfTwo {
 public:
  explicit TeamsOfTwo(EngineCase& engine)
      : engine_(engine),
        guard_{client_scope(), "hash", 1, engine.clock().now()},
        permits_{permit_on(id_of<Org>(1)), permit_on(id_of<Org>(2))} {
    REQUIRE(engine.database().write([&](Tx& tx) -> Result<void> {
      const Time now = engine.clock().now();
      KS_CHECK(sql_tx(tx).run(client_scope(), *kPutUser, id_of<User>(1), "a@x.test", 1));
      KS_CHECK(sql_tx(tx).run(client_scope(), *kPutSession, id_of<Session>(1), "hash",
                              id_of<User>(1), now, now + days(2)));
      int team = 10;
      for (int org = 1; org <= 2; ++org) {
        const auto& permit = permits_[org - 1];
        KS_CHECK(sql_tx(tx).run(permit, *kPutOrg, "org-" + std::to_string(org)));
        for (const char* slug : kSlugs)
          KS_CHECK(sql_tx(tx).run(permit, *kPutTeam, id_of<Team>(team++), slug));
      }
      return {};
    }));
  }

  Result<void> set(Tx& tx, int org, const char* slug, std::int64_t version) {
    KS_CHECK(sql_tx(tx).run(permits_[org], *kSetVersion, slug, version));
    return {};
  }
  Result<std::int64_t> version(Tx& tx, int org, const char* slug) {
    KS_TRY(const auto row, sql_tx(tx).run(permits_[org], *kVersion, slug));
    return row.integer(0);
  }
  Database& database() { return engine_.database(); }
  const ReadGuard& guard() const { return guard_; }

 private:
  EngineCase& engine_;
  ReadGuard guard_;
  std::array<Permit<Action::sync_status, Org>, 2> permits_;
};

}  // namespace

TEST_CASE("a guarded read sees every commit that was before it, and nothing that was undone") {
  for_each_engine([](EngineCase& engine) {
    TeamsOfTwo teams(engine);
    std::unique_ptr<sql::SqliteConnection> elsewhere;
    if (engine.kind() == EngineCase::Kind::sqlite_file) {
      auto opened = sql::SqliteConnection::open(engine.options().dsn.substr(7),
                                                sql::SqliteConnection::Access::read_write);
      REQUIRE(opened);
      elsewhere = std::move(*opened);
    }
    const auto another = engine.is_postgres() ? engine.open_another() : nullptr;
    std::int64_t model[2][3] = {{1, 1, 1}, {1, 1, 1}};
    std::mt19937 random(7);
    for (std::int64_t round = 2; round < 400; ++round) {
      const int org = static_cast<int>(random() % 2);
      const int team = static_cast<int>(random() % 3);
      switch (random() % 6) {
        case 0:
          REQUIRE(teams.database().write(
              [&](Tx& tx) { return teams.set(tx, org, kSlugs[team], round); }));
          model[org][team] = round;
          break;
        case 1:
          REQUIRE_FALSE(teams.database().write([&](Tx& tx) -> Result<void> {
            KS_CHECK(teams.set(tx, org, kSlugs[team], round));
            return invalid("undone");
          }));
          break;
        case 2:  // By another process, of which this one hears nothing.
          if (another) {
            REQUIRE(
                another->write([&](Tx& tx) { return teams.set(tx, org, kSlugs[team], round); }));
            model[org][team] = round;
          }
          if (!elsewhere) break;
          REQUIRE(elsewhere->script("UPDATE teams SET version = " + std::to_string(round) +
                                    " WHERE slug = '" + kSlugs[team] + "'"));
          model[0][team] = model[1][team] = round;
          break;
        case 3:
          if (elsewhere && random() % 4 == 0)
            REQUIRE(elsewhere->script("PRAGMA wal_checkpoint(TRUNCATE)"));
          break;
        default:
          break;
      }
      const auto look = [&] {
        const auto seen =
            teams.database().read(teams.guard(), [&](Tx& tx) -> Result<std::vector<std::int64_t>> {
              std::vector<std::int64_t> out;
              for (const int from : {0, 1})
                for (const char* slug : kSlugs) {
                  KS_TRY(const auto version, teams.version(tx, from, slug));
                  out.push_back(version);
                }
              return out;
            });
        REQUIRE(seen);
        for (int i = 0; i < 6; ++i)
          CHECK((*seen)[static_cast<std::size_t>(i)] == model[i / 3][i % 3]);
      };
      look();
      runtime::run_fiber(look);
    }
  });
}

TEST_CASE("on SQLite all that a guarded read sees is of one moment, and not of an earlier one") {
  EngineCase engine(EngineCase::Kind::sqlite_file);
  TeamsOfTwo teams(engine);
  constexpr std::int64_t kCommits = 2000;
  std::atomic<std::int64_t> committed{1};
  std::atomic<bool> over{false};
  std::atomic<int> torn{0}, late{0}, reads{0}, failed{0};
  const auto look = [&] {
    // Different readers ask in another order, so that what one of them knows the other does not.
    std::mt19937 random(static_cast<unsigned>(reads.fetch_add(1)));
    while (!over) {
      const std::int64_t before = committed;
      const auto seen =
          teams.database().read(teams.guard(), [&](Tx& tx) -> Result<std::array<std::int64_t, 3>> {
            std::array<std::int64_t, 3> out{};
            std::size_t order[3] = {0, 1, 2};
            std::shuffle(std::begin(order), std::end(order), random);
            for (const std::size_t i : order) {
              KS_TRY(out[i], teams.version(tx, 0, kSlugs[i]));
            }
            return out;
          });
      if (!seen) {
        ++failed;
        continue;
      }
      if ((*seen)[0] != (*seen)[1] || (*seen)[1] != (*seen)[2]) ++torn;
      if ((*seen)[0] < before) ++late;
      ++reads;
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back(look);
  for (std::int64_t n = 2; n <= kCommits; ++n) {
    const auto done = teams.database().write([&](Tx& tx) -> Result<void> {
      for (const char* slug : kSlugs) KS_CHECK(teams.set(tx, 0, slug, n));
      return {};
    });
    if (!done) ++failed;
    committed = n;
  }
  over = true;
  for (auto& reader : readers) reader.join();
  CHECK(failed == 0);
  CHECK(torn == 0);
  CHECK(late == 0);
  CHECK(reads > 3);
}
