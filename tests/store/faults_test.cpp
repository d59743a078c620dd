#include <atomic>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/loop.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::test;
using ks::sql::sql_tx;

namespace {
Result<std::int64_t> put(Database& database, const std::string& key, const std::string& value) {
  return database.fleet_write(
      kFleet, [&](Tx& tx) { return sql_tx(tx).run(kFleet, *kPutFact, key, value); });
}
Result<std::size_t> count(Database& database) {
  return database.fleet_read(kFleet, [](Tx& tx) -> Result<std::size_t> {
    KS_TRY(const auto rows, sql_tx(tx).run(kFleet, *kFacts));
    return rows.size();
  });
}
}  // namespace

TEST_CASE("a full disk refuses writes clearly, reads go on, and room heals it") {
  TempFolder folder;
  ManualClock clock;
  sql::DatabaseOptions options{.dsn = "sqlite:" + folder.path() + "/full.db"};
  options.auto_migrate = true;
  options.sqlite_pages_max = 200;
  auto database = sql::open_database(options, clock);
  REQUIRE(database);
  const std::string block(8192, 'x');
  int stored = 0;
  std::string problem;
  while (problem.empty() && stored < 1000) {
    const auto result = put(**database, std::to_string(stored), block);
    if (result)
      ++stored;
    else
      problem = result.error().problem;
  }
  CHECK(problem == "storage_full");
  REQUIRE(stored > 0);
  // Many at once: each is told, none is half done.
  std::atomic<int> full{0};
  {
    runtime::LoopGroup loops(2);
    runtime::Event done;
    std::atomic<int> left{16};
    for (int i = 0; i < 16; ++i)
      loops.at(static_cast<std::size_t>(i) % 2).spawn([&, i] {
        const auto result = put(**database, "many" + std::to_string(i), block + block);
        full += !result && result.error().problem == "storage_full";
        if (--left == 0) done.set();
      });
    done.wait();
  }
  CHECK(full == 16);
  CHECK(*count(**database) == static_cast<std::size_t>(stored));
  CHECK((*database)->ready());
  // Room is made, without a restart.
  static const TestStatement<Scope::fleet, Rows::none, 0> kClear("clear",
                                                                 "DELETE FROM installation");
  REQUIRE((*database)->fleet_write(kFleet, [](Tx& tx) { return sql_tx(tx).run(kFleet, *kClear); }));
  CHECK(put(**database, "again", block));
  CHECK(*count(**database) == 1);
}

TEST_CASE("a second process on the same file is refused with the reason") {
  TempFolder folder;
  ManualClock clock;
  const std::string path = folder.path() + "/one.db";
  const int held = ::open((path + ".lock").c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(::flock(held, LOCK_EX | LOCK_NB) == 0);
  sql::DatabaseOptions options{.dsn = "sqlite:" + path};
  options.auto_migrate = true;
  const auto refused = sql::open_database(options, clock);
  REQUIRE(!refused);
  CHECK(refused.error().code == Error::Code::unavailable);
  CHECK(refused.error().message.find("Another process") != std::string::npos);
  CHECK(!sql::migrate_database(options, clock));
  ::close(held);
  CHECK(sql::open_database(options, clock));
}

TEST_CASE("the database's files are for nobody else to read") {
  EngineCase engine(EngineCase::Kind::sqlite_file);
  REQUIRE(put(engine.database(), "a", "b"));
  const std::string path = engine.options().dsn.substr(7);
  for (const char* end : {"", "-wal", ".lock"}) {
    struct stat file{};
    REQUIRE(::stat((path + end).c_str(), &file) == 0);
    CHECK((file.st_mode & 0777) == 0600);
  }
}

TEST_CASE("what was committed is there after the file is opened again") {
  EngineCase engine(EngineCase::Kind::sqlite_file);
  REQUIRE(put(engine.database(), "a", "b"));
  engine.close();
  engine.reopen();
  CHECK(*count(engine.database()) == 1);
}

TEST_CASE("a database that dies makes requests unavailable, and they go on when it is back") {
  if (!PostgresServer::available()) return;
  PostgresServer server;
  const auto login = server.create_database();
  ManualClock clock;
  sql::DatabaseOptions options{.dsn = login.dsn, .owner_dsn = login.owner_dsn};
  options.auto_migrate = true;
  auto opened = sql::open_database(options, clock);
  REQUIRE(opened);
  Database& database = **opened;
  runtime::Event reconnected;
  database.on_feed([&](std::optional<OrgId> org) {
    if (!org) reconnected.set();
  });

  // Half of the fibers write, half read, while the server dies and comes back.
  std::atomic<int> next{0}, good{0}, acknowledged{0}, unavailable_ones{0}, other{0};
  std::atomic<bool> stop{false};
  runtime::Event some_good, some_unavailable, all_over;
  std::atomic<int> left{16};
  runtime::LoopGroup loops(2);
  for (int i = 0; i < 16; ++i)
    loops.at(static_cast<std::size_t>(i / 2) % 2).spawn([&, i] {
      while (!stop) {
        Result<void> result;
        if (i % 2 == 0) {
          const auto done = put(database, std::to_string(++next), "");
          if (!done) result = std::unexpected(done.error());
          acknowledged += done.has_value();
        } else {
          const auto done =
              database.read([](Tx& tx) { return sql_tx(tx).run(client_scope(), *kUsers); });
          if (!done) result = std::unexpected(done.error());
        }
        if (result) {
          if (++good == 100) some_good.set();
        } else if (result.error().problem == "database_unavailable") {
          if (++unavailable_ones == 100) some_unavailable.set();
        } else {
          ++other;
        }
      }
      if (--left == 0) all_over.set();
    });
  REQUIRE(some_good.wait_for(seconds(30)));
  server.kill();
  REQUIRE(some_unavailable.wait_for(seconds(30)));
  CHECK(!database.ready());
  server.start();
  REQUIRE(reconnected.wait_for(seconds(30)));
  good = 0;
  some_good.reset();
  REQUIRE(some_good.wait_for(seconds(30)));
  stop = true;
  all_over.wait();
  loops.stop();
  CHECK(other == 0);
  CHECK(database.ready());
  // A commit whose answer was lost may be there too.
  const auto there = count(database);
  REQUIRE(there);
  CHECK(*there >= static_cast<std::size_t>(acknowledged));
  CHECK(*there <= static_cast<std::size_t>(acknowledged) + 8);
}
