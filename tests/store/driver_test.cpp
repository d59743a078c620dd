#include <cstdint>
#include <limits>
#include <mutex>

#include <doctest/doctest.h>

#include "runtime/loop.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::test;
using ks::sql::sql_tx;

namespace {

Result<void> put_fact(Tx& tx, std::string_view key, std::string_view value) {
  KS_CHECK(sql_tx(tx).run(kFleet, *kPutFact, key, value));
  return {};
}

std::vector<std::string> facts(Database& database) {
  auto rows = database.fleet_read(kFleet, [](Tx& tx) { return sql_tx(tx).run(kFleet, *kFacts); });
  REQUIRE(rows);
  std::vector<std::string> out;
  for (const sql::Row& row : *rows) out.push_back(row.str(0));
  return out;
}

// What a fiber sees and what a plain thread sees is the same.
void on_thread_and_fiber(const std::function<void()>& check) {
  check();
  runtime::run_fiber(check);
}

}  // namespace

TEST_CASE("a body that returns a value is committed, one that returns an error leaves nothing") {
  for_each_engine([](EngineCase& engine) {
    CHECK(engine.database().fleet_write(kFleet, [](Tx& tx) { return put_fact(tx, "kept", "1"); }));
    const auto refused = engine.database().fleet_write(kFleet, [](Tx& tx) -> Result<int> {
      KS_CHECK(put_fact(tx, "lost", "1"));
      return invalid("no");
    });
    CHECK(refused.error().problem == "invalid_request");
    on_thread_and_fiber(
        [&] { CHECK(facts(engine.database()) == std::vector<std::string>{"kept"}); });
  });
}

TEST_CASE("values come back as they went in") {
  for_each_engine([](EngineCase& engine) {
    const std::vector<std::string> texts{"",           "plain",       "a'b\"c\\d",
                                         "line\nline", "Größe 猫 🙂", std::string(100'000, 'x')};
    const std::int64_t numbers[] = {0, -1, std::numeric_limits<std::int64_t>::max(),
                                    std::numeric_limits<std::int64_t>::min()};
    runtime::run_fiber([&] {
      for (const std::string& text : texts) {
        REQUIRE(engine.database().fleet_write(
            kFleet, [&](Tx& tx) { return put_fact(tx, std::to_string(text.size()), text); }));
        const auto row = engine.database().fleet_read(kFleet, [&](Tx& tx) {
          return sql_tx(tx).run(kFleet, *kFact, std::to_string(text.size()));
        });
        REQUIRE(row);
        REQUIRE(*row);
        CHECK((*row)->text(0) == text);
      }
      for (const std::int64_t number : numbers) {
        const std::string name = std::to_string(number);
        const auto fence = engine.database().fleet_write(kFleet, [&](Tx& tx) -> Result<Time> {
          KS_CHECK(sql_tx(tx).run(kFleet, *kPutLease, name, "h", number, Time{7}));
          KS_TRY(const auto row, sql_tx(tx).run(kFleet, *kFence, name));
          return row.time(0);
        });
        REQUIRE(fence);
        CHECK(fence->us == number);
      }
    });
  });
}

TEST_CASE("null comes and goes as null") {
  static const TestStatement<Scope::fleet, Rows::one, 2> kEcho(
      "echo", "SELECT CAST(?1 AS BIGINT), CAST(?2 AS TEXT)");
  for_each_engine([](EngineCase& engine) {
    const auto row = engine.database().fleet_read(kFleet, [](Tx& tx) {
      return sql_tx(tx).run(kFleet, *kEcho, std::optional<std::int64_t>(),
                            std::optional<std::string>("x"));
    });
    REQUIRE(row);
    CHECK(row->is_null(0));
    CHECK(row->integer_or_null(0) == std::nullopt);
    CHECK(row->text_or_null(1) == "x");
  });
}

TEST_CASE("text with a zero character is refused, not cut") {
  for_each_engine([](EngineCase& engine) {
    on_thread_and_fiber([&] {
      const auto read = engine.database().read([](Tx& tx) {
        return sql_tx(tx).run(client_scope(), *kPutUser, id_of<User>(1), std::string("a@b.c\0d", 7),
                              1);
      });
      CHECK(read.error().code == Error::Code::invalid);
    });
  });
}

TEST_CASE("a broken constraint is a conflict that bears the constraint's name") {
  for_each_engine([](EngineCase& engine) {
    const auto org = permit_on(id_of<Org>(1));
    const auto write = [&](auto&&... arguments) {
      const auto result =
          engine.database().write([&](Tx& tx) { return sql_tx(tx).run(arguments...); });
      if (result) return std::string();
      CHECK(result.error().code == Error::Code::conflict);
      return result.error().problem;
    };
    CHECK(write(client_scope(), *kPutUser, id_of<User>(1), "a@x.test", 1) == "");
    CHECK(write(client_scope(), *kPutUser, id_of<User>(2), "b@x.test", 1) == "");
    CHECK(write(client_scope(), *kPutUser, id_of<User>(3), "a@x.test", 1) == "users_email_taken");
    CHECK(write(client_scope(), *kPutUser, id_of<User>(1), "c@x.test", 1) == "users_pkey");
    CHECK(write(org, *kPutTeam, id_of<Team>(1), "t") == "foreign_key");
    CHECK(write(org, *kPutOrg, "blue") == "");
    CHECK(write(permit_on(id_of<Org>(2)), *kPutOrg, "blue") == "organizations_slug_taken");
    CHECK(write(org, *kPutTeam, id_of<Team>(1), "t") == "");
    CHECK(write(org, *kPutTeam, id_of<Team>(2), "t") == "teams_slug_taken");
    CHECK(write(org, *kPutMember, id_of<User>(1), "king") == "org_members_role");
    CHECK(write(org, *kPutMember, id_of<User>(1), "org_owner") == "");
    CHECK(write(org, *kPutMember, id_of<User>(2), "org_owner") == "org_members_one_owner");
    CHECK(write(org, *kPutMember, id_of<User>(9), "org_admin") == "foreign_key");
  });
}

TEST_CASE("a failed statement ends its transaction, whatever the body makes of it") {
  for_each_engine([](EngineCase& engine) {
    const auto result = engine.database().fleet_write(kFleet, [](Tx& tx) -> Result<int> {
      KS_CHECK(put_fact(tx, "a", "1"));
      CHECK(!put_fact(tx, "a", "2"));
      CHECK(!put_fact(tx, "b", "3"));
      return 1;
    });
    CHECK(result.error().problem == "installation_pkey");
    CHECK(facts(engine.database()).empty());
  });
}

TEST_CASE("the number of changed rows is the answer of a statement without rows") {
  for_each_engine([](EngineCase& engine) {
    const auto org = permit_on(id_of<Org>(1));
    const auto changed = engine.database().write([&](Tx& tx) -> Result<std::vector<std::int64_t>> {
      std::vector<std::int64_t> out;
      KS_CHECK(sql_tx(tx).run(org, *kPutOrg, "blue"));
      KS_TRY(const auto added, sql_tx(tx).run(org, *kPutTeam, id_of<Team>(1), "t"));
      out.push_back(added);
      KS_TRY(const auto hit, sql_tx(tx).run(org, *kSetVersion, "t", 5));
      out.push_back(hit);
      KS_TRY(const auto missed, sql_tx(tx).run(org, *kSetVersion, "none", 5));
      out.push_back(missed);
      return out;
    });
    REQUIRE(changed);
    CHECK(*changed == std::vector<std::int64_t>{1, 1, 0});
  });
}

TEST_CASE("a read that writes is refused") {
  for_each_engine([](EngineCase& engine) {
    on_thread_and_fiber([&] {
      const auto result = engine.database().read([](Tx& tx) {
        return sql_tx(tx).run(client_scope(), *kPutUser, id_of<User>(1), "a@x.test", 1);
      });
      CHECK(result.error().code == Error::Code::bug);
      const auto users =
          engine.database().read([](Tx& tx) { return sql_tx(tx).run(client_scope(), *kUsers); });
      REQUIRE(users);
      CHECK(users->empty());
    });
  });
}

TEST_CASE("a fleet statement outside a fleet transaction is refused") {
  for_each_engine([](EngineCase& engine) {
    on_thread_and_fiber([&] {
      const auto read =
          engine.database().read([](Tx& tx) { return sql_tx(tx).run(kFleet, *kFacts); });
      CHECK(read.error().code == Error::Code::bug);
      const auto write = engine.database().write([](Tx& tx) { return put_fact(tx, "a", "b"); });
      CHECK(write.error().code == Error::Code::bug);
    });
  });
}

TEST_CASE("a statement for one row that finds another number is a bug") {
  static const TestStatement<Scope::fleet, Rows::one, 0> kOne("one",
                                                              "SELECT key FROM installation");
  static const TestStatement<Scope::fleet, Rows::optional, 0> kOptional(
      "optional", "SELECT key FROM installation");
  for_each_engine([](EngineCase& engine) {
    const auto run = [&](const auto& statement) {
      return engine.database().fleet_read(
          kFleet, [&](Tx& tx) { return sql_tx(tx).run(kFleet, *statement); });
    };
    CHECK(run(kOne).error().code == Error::Code::bug);
    CHECK(run(kOptional));
    for (const char* key : {"a", "b"})
      REQUIRE(engine.database().fleet_write(kFleet, [&](Tx& tx) { return put_fact(tx, key, ""); }));
    CHECK(run(kOne).error().code == Error::Code::bug);
    CHECK(run(kOptional).error().code == Error::Code::bug);
  });
}

TEST_CASE("a guard holds only for a live session of an active person with the same rights") {
  static const TestStatement<Scope::client, Rows::one, 0> kFirst(
      "first", "SELECT u.id FROM users AS u WHERE u.client_id = ?1 AND u.email = 'a@x.test'");
  for_each_engine([](EngineCase& engine) {
    Database& database = engine.database();
    const Time now = engine.clock().now();
    const std::string hash = "hash";
    REQUIRE(database.write([&](Tx& tx) -> Result<void> {
      KS_CHECK(sql_tx(tx).run(client_scope(), *kPutUser, id_of<User>(1), "a@x.test", 3));
      KS_CHECK(sql_tx(tx).run(client_scope(), *kPutSession, id_of<Session>(7), hash, id_of<User>(1),
                              now, now + days(2)));
      return {};
    }));
    enum class With { nothing, many, one, refusal };
    const auto read = [&](const ReadGuard& guard, With with) -> std::string {
      const auto result = database.read(guard, [&](Tx& tx) -> Result<int> {
        if (with == With::refusal) return not_found();
        if (with == With::many) KS_CHECK(sql_tx(tx).run(client_scope(), *kUsers));
        if (with == With::one) KS_CHECK(sql_tx(tx).run(client_scope(), *kFirst));
        return 1;
      });
      return result ? "ok" : result.error().problem;
    };
    on_thread_and_fiber([&] {
      for (const With statement : {With::nothing, With::many, With::one, With::refusal}) {
        const std::string right = statement == With::refusal ? "not_found" : "ok";
        const ReadGuard good{client_scope(), hash, 3, now};
        CHECK(read(good, statement) == right);
        auto other_version = good;
        other_version.authz_version = 4;
        CHECK(read(other_version, statement) == "stale_guard");
        auto no_session = good;
        no_session.session_hash = "none";
        CHECK(read(no_session, statement) == "stale_guard");
        auto idle = good;
        idle.now = now + hours(24);
        CHECK(read(idle, statement) == "stale_guard");
        auto not_yet_idle = good;
        not_yet_idle.now = now + hours(24) - microseconds(1);
        CHECK(read(not_yet_idle, statement) == right);
      }
    });
    const auto stale = [&](const ReadGuard& guard) {
      return read(guard, With::many) == "stale_guard" && read(guard, With::one) == "stale_guard";
    };
    static const TestStatement<Scope::client, Rows::none, 1> kSuspend(
        "suspend", "UPDATE users SET state = ?2 WHERE client_id = ?1");
    static const TestStatement<Scope::client, Rows::none, 1> kExpire(
        "expire", "UPDATE sessions SET expires_at = ?2 WHERE client_id = ?1");
    const ReadGuard guard{client_scope(), hash, 3, now};
    REQUIRE(database.write([&](Tx& tx) { return sql_tx(tx).run(client_scope(), *kSuspend, "x"); }));
    on_thread_and_fiber([&] { CHECK(stale(guard)); });
    REQUIRE(database.write(
        [&](Tx& tx) { return sql_tx(tx).run(client_scope(), *kSuspend, "active"); }));
    on_thread_and_fiber([&] {
      CHECK(read(guard, With::many) == "ok");
      CHECK(read(guard, With::one) == "ok");
    });
    REQUIRE(database.write([&](Tx& tx) { return sql_tx(tx).run(client_scope(), *kExpire, now); }));
    on_thread_and_fiber([&] { CHECK(stale(guard)); });
  });
}

TEST_CASE("a guard changes nothing of the answer that it comes with") {
  // Two columns of one name, and a null before them.
  static const TestStatement<Scope::client, Rows::optional, 2> kUser(
      "user",
      "SELECT NULLIF(u.email, ?3), u.name, s.token_hash AS name FROM users AS u "
      "JOIN sessions AS s ON s.client_id = u.client_id AND s.user_id = u.id "
      "WHERE u.client_id = ?1 AND u.email = ?2");
  static const TestStatement<Scope::client, Rows::optional, 1> kNulls(
      "nulls",
      "SELECT NULLIF(u.email, u.email) FROM users AS u "
      "WHERE u.client_id = ?1 AND u.email = ?2");
  for_each_engine([](EngineCase& engine) {
    const Time now = engine.clock().now();
    REQUIRE(engine.database().write([&](Tx& tx) -> Result<void> {
      KS_CHECK(sql_tx(tx).run(client_scope(), *kPutUser, id_of<User>(1), "a@x.test", 3));
      KS_CHECK(sql_tx(tx).run(client_scope(), *kPutUser, id_of<User>(2), "b@x.test", 9));
      for (const int n : {1, 2})
        KS_CHECK(sql_tx(tx).run(client_scope(), *kPutSession, id_of<Session>(n),
                                "hash" + std::to_string(n), id_of<User>(n), now, now + days(2)));
      return {};
    }));
    const ReadGuard guard{client_scope(), "hash1", 3, now};
    on_thread_and_fiber([&] {
      const auto found =
          engine.database().read(guard, [](Tx& tx) -> Result<std::vector<std::string>> {
            std::vector<std::string> out;
            // The first carries the guard, the others do not.
            for (int i = 0; i < 2; ++i) {
              KS_TRY(const auto row,
                     sql_tx(tx).run(client_scope(), *kUser, "b@x.test", "b@x.test"));
              if (!row || row->columns() != 3 || !row->is_null(0)) return invalid("another row");
              out.push_back(row->str(1) + row->str(2));
            }
            KS_TRY(const auto nulls, sql_tx(tx).run(client_scope(), *kNulls, "a@x.test"));
            out.push_back(nulls && nulls->is_null(0) ? "a null" : "none");
            return out;
          });
      REQUIRE(found.has_value());
      CHECK(*found == std::vector<std::string>{"Nhash2", "Nhash2", "a null"});
      const auto first_of_nulls = [&](std::string_view email) -> std::string {
        const auto row = engine.database().read(
            guard, [&](Tx& tx) { return sql_tx(tx).run(client_scope(), *kNulls, email); });
        return !row ? row.error().problem : *row ? "a row" : "none";
      };
      CHECK(first_of_nulls("a@x.test") == "a row");
      CHECK(first_of_nulls("c@x.test") == "none");
      for (const ReadGuard& wrong :
           {ReadGuard{client_scope(), "hash1", 9, now}, ReadGuard{client_scope(), "hash2", 3, now},
            ReadGuard{client_scope(), "hash", 3, now}}) {
        const auto row = engine.database().read(
            wrong, [&](Tx& tx) { return sql_tx(tx).run(client_scope(), *kUser, "a@x.test", ""); });
        REQUIRE(!row);
        CHECK(row.error().problem == Database::kStaleGuard);
      }
    });
  });
}

TEST_CASE("who listens to the feed hears of a commit, and not of what was rolled back") {
  for_each_engine([](EngineCase& engine) {
    std::mutex mutex;
    std::vector<std::string> heard;
    runtime::Event last;
    const OrgId end = id_of<Org>(99);
    engine.database().on_feed([&](std::optional<OrgId> org) {
      const std::lock_guard lock(mutex);
      heard.push_back(org ? org->str() : "any");
      if (org == end) last.set();
    });
    const auto change = [&](int org, bool keep) {
      return engine.database().fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
        KS_CHECK(put_fact(tx, std::to_string(org), ""));
        sql_tx(tx).feed_changed(id_of<Org>(org));
        sql_tx(tx).feed_changed(id_of<Org>(org));
        if (!keep) return invalid("no");
        return {};
      });
    };
    CHECK(change(1, true));
    CHECK(!change(2, false));
    // Changes no row.
    CHECK(engine.database().fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
      sql_tx(tx).feed_changed(end);
      return {};
    }));
    REQUIRE(last.wait_for(seconds(20)));
    const std::lock_guard lock(mutex);
    CHECK(heard == std::vector<std::string>{id_of<Org>(1).str(), end.str()});
  });
}

TEST_CASE("an open database is ready") {
  for_each_engine(
      [](EngineCase& engine) { on_thread_and_fiber([&] { CHECK(engine.database().ready()); }); });
}
