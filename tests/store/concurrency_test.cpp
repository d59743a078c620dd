#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>

#include "runtime/loop.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::test;
using ks::sql::sql_tx;

namespace {

// Runs `body(n)` on `count` fibers over two loops, and waits for all.
void on_fibers(int count, const std::function<void(int)>& body) {
  runtime::LoopGroup loops(2);
  runtime::Event done;
  std::atomic<int> left{count};
  for (int i = 0; i < count; ++i)
    loops.at(static_cast<std::size_t>(i) % 2).spawn([&, i] {
      body(i);
      if (--left == 0) done.set();
    });
  done.wait();
}

}  // namespace

TEST_CASE("of bodies that commit together each stands or falls alone") {
  for_each_engine([](EngineCase& engine) {
    std::atomic<int> kept{0}, refused{0};
    on_fibers(60, [&](int n) {
      const auto result = engine.database().fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
        KS_CHECK(sql_tx(tx).run(kFleet, *kPutFact, std::to_string(n), ""));
        // Every third breaks a constraint, every third changes its mind.
        if (n % 3 == 1) KS_CHECK(sql_tx(tx).run(kFleet, *kPutFact, std::to_string(n), ""));
        if (n % 3 == 2) return invalid("no");
        return {};
      });
      ++(result ? kept : refused);
    });
    CHECK(kept == 20);
    CHECK(refused == 40);
    const auto rows = engine.database().fleet_read(
        kFleet, [](Tx& tx) { return sql_tx(tx).run(kFleet, *kFacts); });
    REQUIRE(rows);
    CHECK(rows->size() == 20);
    for (const sql::Row& row : *rows) CHECK(std::stoi(row.str(0)) % 3 == 0);
  });
}

TEST_CASE("a body that throws fails alone, and the database goes on") {
  for_each_engine([](EngineCase& engine) {
    std::atomic<int> kept{0}, failed{0};
    on_fibers(60, [&](int n) {
      const auto result = engine.database().fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
        KS_CHECK(sql_tx(tx).run(kFleet, *kPutFact, std::to_string(n), ""));
        if (n % 3 == 1) throw std::runtime_error("thrown by a body");
        if (n % 3 == 2) throw 42;
        return {};
      });
      if (result) {
        ++kept;
      } else if (result.error().code == Error::Code::bug) {
        ++failed;
        if (n % 3 == 1) CHECK(result.error().message == "thrown by a body");
      }
      const auto read = engine.database().read([&](Tx& tx) -> Result<void> {
        KS_CHECK(sql_tx(tx).run(client_scope(), *kUsers));
        throw std::runtime_error("thrown by a read");
      });
      CHECK((!read && read.error().code == Error::Code::bug));
    });
    CHECK(kept == 20);
    CHECK(failed == 40);
    const auto rows = engine.database().fleet_read(
        kFleet, [](Tx& tx) { return sql_tx(tx).run(kFleet, *kFacts); });
    REQUIRE(rows);
    CHECK(rows->size() == 20);
    CHECK(engine.database().ready());
  });
}

TEST_CASE("64 fibers on two loops lose no update, and read their own writes") {
  for_each_engine([](EngineCase& engine) {
    REQUIRE(engine.database().fleet_write(
        kFleet, [](Tx& tx) { return sql_tx(tx).run(kFleet, *kPutLease, "n", "h", 0, 0); }));
    std::atomic<int> wrong{0};
    on_fibers(64, [&](int) {
      for (int i = 0; i < 5; ++i) {
        const auto mine = engine.database().fleet_write(
            kFleet, [](Tx& tx) { return sql_tx(tx).run(kFleet, *kAddFence, "n", 1); });
        const auto seen = engine.database().fleet_read(
            kFleet, [](Tx& tx) { return sql_tx(tx).run(kFleet, *kFence, "n"); });
        if (!mine || !seen || seen->integer(0) < mine->integer(0)) ++wrong;
      }
    });
    CHECK(wrong == 0);
    const auto row = engine.database().fleet_read(
        kFleet, [](Tx& tx) { return sql_tx(tx).run(kFleet, *kFence, "n"); });
    REQUIRE(row);
    CHECK(row->integer(0) == 64 * 5);
  });
}

TEST_CASE("reads of many tenants over shared connections never mix") {
  for_each_engine([](EngineCase& engine) {
    constexpr int kOrgs = 8;
    for (int n = 1; n <= kOrgs; ++n)
      REQUIRE(engine.database().write([&](Tx& tx) -> Result<void> {
        const auto org = permit_on(id_of<Org>(n));
        KS_CHECK(sql_tx(tx).run(org, *kPutOrg, "org-" + std::to_string(n)));
        KS_CHECK(sql_tx(tx).run(org, *kPutTeam, id_of<Team>(n), "team-" + std::to_string(n)));
        return {};
      }));
    std::atomic<int> right{0};
    on_fibers(64, [&](int fiber) {
      for (int i = 0; i < 20; ++i) {
        const int n = (fiber + i) % kOrgs + 1;
        const auto teams = engine.database().read(
            [&](Tx& tx) { return sql_tx(tx).run(permit_on(id_of<Org>(n)), *kTeams); });
        if (teams && teams->size() == 1 && teams->front().str(1) == "team-" + std::to_string(n))
          ++right;
      }
    });
    CHECK(right == 64 * 20);
  });
}

TEST_CASE("200 threads that read at once all get their answer") {
  for_each_engine([](EngineCase& engine) {
    REQUIRE(engine.database().fleet_write(
        kFleet, [&](Tx& tx) { return sql_tx(tx).run(kFleet, *kPutFact, "one", ""); }));
    std::atomic<int> answered{0};
    std::vector<std::thread> threads;
    threads.reserve(200);
    for (int n = 0; n < 200; ++n)
      threads.emplace_back([&] {
        const auto rows = engine.database().fleet_read(kFleet, [](Tx& tx) {
          auto facts = sql_tx(tx).run(kFleet, *kFacts);
          // Long enough that they are in it together.
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
          return facts;
        });
        if (rows && rows->size() == 1) ++answered;
      });
    for (std::thread& thread : threads) thread.join();
    CHECK(answered == 200);
  });
}

TEST_CASE("a wrong read does not harm the reads beside it") {
  static const TestStatement<Scope::client, Rows::many, 1> kFragile(
      "fragile", "SELECT 10 / CAST(?2 AS BIGINT) FROM clients WHERE client_id = ?1");
  static const TestStatement<Scope::client, Rows::many, 0> kWrong(
      "wrong", "SELECT no_such_column FROM clients WHERE client_id = ?1");
  for_each_engine([](EngineCase& engine) {
    std::atomic<int> right{0}, bugs{0}, other{0};
    on_fibers(64, [&](int fiber) {
      for (int i = 0; i < 10; ++i) {
        const auto result = engine.database().read([&](Tx& tx) {
          if ((fiber + i) % 7 == 0) return sql_tx(tx).run(client_scope(), *kWrong);
          // SQLite divides by zero without an error.
          const int divisor = engine.is_postgres() && (fiber + i) % 7 == 1 ? 0 : 5;
          return sql_tx(tx).run(client_scope(), *kFragile, divisor);
        });
        if (!result)
          ++(result.error().code == Error::Code::bug ? bugs : other);
        else if (result->size() == 1 && result->front().integer(0) == 2)
          ++right;
      }
    });
    int wrong = 0;
    for (int fiber = 0; fiber < 64; ++fiber)
      for (int i = 0; i < 10; ++i)
        wrong += (fiber + i) % 7 == 0 || (engine.is_postgres() && (fiber + i) % 7 == 1);
    CHECK(bugs == wrong);
    CHECK(right == 640 - wrong);
    CHECK(other == 0);
  });
}

TEST_CASE("50 writes of one tenant behind its own lock do not keep another's from passing") {
  for_each_engine([](EngineCase& engine) {
    const auto put = [&](int n) {
      return engine.database().write([&](Tx& tx) {
        return sql_tx(tx).run(permit_on(id_of<Org>(n)), *kPutOrg, "org-" + std::to_string(n));
      });
    };
    REQUIRE(put(1));
    REQUIRE(put(2));
    static const TestStatement<Scope::tenant, Rows::none, 0> kTouch(
        "touch", "UPDATE organizations SET version = version + 1 WHERE client_id = ?1 AND id = ?2");
    const auto touch = [](Tx& tx, int n) {
      return sql_tx(tx).run(permit_on(id_of<Org>(n)), *kTouch);
    };
    runtime::Event held, release, all_wait, other_waits, done;
    std::atomic<int> waiting{0}, kept{0}, left{52}, before_other{0};
    std::atomic<bool> other_passed{false};
    runtime::LoopGroup loops(2);
    const auto end = [&] {
      if (--left == 0) done.set();
    };
    std::thread holder([&] {
      CHECK(engine.database().write([&](Tx& tx) -> Result<void> {
        KS_CHECK(touch(tx, 1));
        held.set();
        release.wait();
        return {};
      }));
      end();
    });
    held.wait();
    for (std::size_t i = 0; i < 50; ++i)
      loops.at(i % 2).spawn([&, i] {
        // What is posted runs when this fiber waits for its write.
        loops.at(i % 2).post([&] {
          if (++waiting == 50) all_wait.set();
        });
        const auto written = engine.database().write_for("a", [&](Tx& tx) -> Result<void> {
          KS_CHECK(touch(tx, 1));
          if (!other_passed) ++before_other;
          return {};
        });
        if (written) ++kept;
        end();
      });
    all_wait.wait();
    loops.at(0).spawn([&] {
      loops.at(0).post([&] { other_waits.set(); });
      const auto written = engine.database().write_for("b", [&](Tx& tx) -> Result<void> {
        KS_CHECK(touch(tx, 2));
        other_passed = true;
        return {};
      });
      CHECK(written);
      // Where there is one writer nothing passes it, so there the other takes the next turn.
      if (engine.is_postgres()) release.set();
      end();
    });
    other_waits.wait();
    if (!engine.is_postgres()) release.set();
    done.wait();
    holder.join();
    CHECK(kept == 50);
    CHECK(before_other <= (engine.is_postgres() ? 0 : 1));
  });
}

TEST_CASE("who has too many writes in line is refused alone") {
  for_each_engine([](EngineCase& engine) {
    if (engine.is_postgres()) return;  // There a wait counts as well as the number.
    runtime::Event held, release, all_wait, done;
    std::atomic<int> waiting{0}, kept{0}, refused{0}, left{302};
    runtime::LoopGroup loops(2);
    const auto end = [&] {
      if (--left == 0) done.set();
    };
    std::thread holder([&] {
      CHECK(engine.database().write([&](Tx&) -> Result<void> {
        held.set();
        release.wait();
        return {};
      }));
      end();
    });
    held.wait();
    for (std::size_t i = 0; i < 301; ++i)
      loops.at(i % 2).spawn([&, i] {
        loops.at(i % 2).post([&] {
          if (++waiting == 301) all_wait.set();
        });
        const auto written = engine.database().write_for(i == 300 ? "b" : "a",
                                                         [](Tx&) -> Result<void> { return {}; });
        if (i == 300) CHECK(written);
        ++(written ? kept : refused);
        end();
      });
    all_wait.wait();
    release.set();
    done.wait();
    holder.join();
    CHECK(refused == 300 - 256);
    CHECK(kept == 257);
  });
}
