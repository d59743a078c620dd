// The keys of requests over each engine: what rests on the database.
#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "identity/session_gate.hpp"
#include "sql/accounts.hpp"
#include "sql/deployments.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

namespace ks::test {

TEST_CASE("of many requests with one key, over two processes, one works and all answer alike") {
  for_each_engine([](EngineCase& engine) {
    // SQLite has one process.
    const auto other = engine.is_postgres() ? engine.open_another() : nullptr;
    Database& first = engine.database();
    Database& second = other ? *other : first;
    sql::SqlIdempotencyStore answers;
    sql::SqlAccountStore accounts;
    SystemRandom random;
    SessionGate gate(first, accounts, engine.clock(), random);
    const Time now = engine.clock().now();
    REQUIRE(first.write([&](Tx& tx) -> Result<void> {
      KS_CHECK(accounts.create_user(tx, client_scope(),
                                    {id_of<User>(1), "ann@x.test", "Ann", "", false, now}));
      return accounts.create_session(
          tx, client_scope(),
          {id_of<Session>(1), SessionGate::token_hash("token"), id_of<User>(1), now});
    }));
    const auto caller = gate.load(client_scope(), "token",
                                  std::make_shared<const Trail>(Trail{"test", "192.0.2.1"}));
    REQUIRE(caller);
    const PersonScope& ann = caller->person();
    std::atomic<int> worked{0};
    const auto request = [&](Database& process, Time at, int answer) -> Result<std::string> {
      return process.write([&](Tx& tx) -> Result<std::string> {
        const Time not_before = at - hours(24);
        KS_TRY(const bool mine, answers.reserve(tx, ann, "key", "mac", not_before, at));
        if (!mine) {
          KS_TRY(const auto stored, answers.find(tx, ann, "key", not_before));
          if (!stored) return bug("taken, and no answer");
          return stored->body;
        }
        const StoredAnswer made{"mac", 201, "", "", std::to_string(answer)};
        KS_CHECK(answers.store(tx, ann, "key", made, at));
        ++worked;
        return made.body;
      });
    };
    // Who fails leaves the key to the next.
    CHECK_FALSE(first.write([&](Tx& tx) -> Result<void> {
      KS_TRY(const bool mine, answers.reserve(tx, ann, "key", "mac", now - hours(24), now));
      CHECK(mine);
      return invalid("no");
    }));
    for (const Time at : {now, now + hours(25)}) {
      worked = 0;
      std::array<std::string, 8> bodies;
      std::vector<std::thread> threads;
      for (std::size_t i = 0; i < bodies.size(); ++i)
        threads.emplace_back([&, i] {
          const auto body = request(i % 2 == 0 ? first : second, at,
                                    static_cast<int>(i) + (at == now ? 100 : 200));
          bodies[i] = body ? *body : body.error().message;
        });
      for (std::thread& thread : threads) thread.join();
      CHECK(worked == 1);
      for (const std::string& body : bodies) CHECK(body == bodies[0]);
      CHECK(bodies[0].substr(0, 1) == (at == now ? "1" : "2"));
    }
  });
}

}  // namespace ks::test
