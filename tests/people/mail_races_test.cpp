// Mails that tell administrators something, and the removal of one of them at the same moment: the
// lock of the members puts one after the other, so that nothing leaves for who was removed before.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <utility>

#include <doctest/doctest.h>

#include "app/limit_notice.hpp"
#include "app/removal.hpp"
#include "runtime/loop.hpp"
#include "tests/people/held_outbox.hpp"
#include "tests/people/invitation_house.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using test::EngineCase;
using At = HeldOutbox::At;

const test::TestStatement<sql::Scope::fleet, sql::Rows::one, 0> kWaiting(
    "waiting_for_locks",
    "SELECT COUNT(*) FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid "
    "WHERE NOT l.granted AND a.datname = current_database()");

// Ann's organization with Ben as another administrator, an invitation that has expired, whose
// holder asks for another, and a member who came to a limit.
struct Race : InvitationHouse {
  explicit Race(EngineCase& engine) : InvitationHouse(engine) {
    join(ben, OrgRole::admin);
    join(dan, OrgRole::member);
    REQUIRE(invite(ann, "cleo@example.com") == "invited");
    link = token("cleo@example.com");
    engine.clock().advance(days(8));
    world.renew_sessions();
  }
  const World::Person& dan = world.add_person("dan");
  std::string link;

  app::Stores with(Outbox& outbox) {
    const app::Stores s = world.stores();
    return {s.authorizer,  s.organizations, s.teams,   s.members,     s.removals,  s.ownership,
            s.invitations, s.access,        s.reviews, s.deployments, s.sandboxes, s.isolation,
            s.plans,       s.journal,       s.audit,   s.idempotency, s.names,     outbox,
            s.envelope,    s.clock,         s.random};
  }
  Outcome remove_ben(Outbox& outbox, std::size_t process) {
    const app::Stores stores = with(outbox);
    return world.write(
        ann, org,
        [&](Tx& tx, const TenantScope& scope) {
          return app::remove_member(tx, stores, scope, PersonRef{ben.id, {}}, false, std::nullopt);
        },
        process);
  }
  Outcome ask_for_another(Outbox& outbox, std::size_t process) {
    const app::Stores stores = with(outbox);
    return world.answer(
        cleo, org,
        [&](Tx& tx, const TenantScope& invited, const app::Guest& guest) {
          return app::ask_for_invitation(tx, stores, invited, *InvitationToken::parse(link),
                                         guest.email);
        },
        process);
  }
  Outcome tell_of_limit(Outbox& outbox, std::size_t process) {
    const app::Stores stores = with(outbox);
    LimitDetail limit;
    limit.feature = "deployments.max";
    limit.limit = 5;
    return world.write(
        dan, org,
        [&](Tx& tx, const TenantScope& scope) {
          return app::limit_notice(tx, stores, scope, limit);
        },
        process);
  }
  // Until somebody waits for a lock, or the thread is through without having waited.
  void until_it_waits(const std::atomic<bool>& through) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (std::int64_t waiting = 0; waiting == 0 && !through;) {
      REQUIRE(std::chrono::steady_clock::now() < until);
      const auto seen = world.database().fleet_read(test::kFleet, [&](Tx& tx) -> ks::Result<int> {
        KS_TRY(const sql::Row row, sql::sql_tx(tx).run(test::kFleet, *kWaiting));
        return static_cast<int>(row.integer(0));
      });
      REQUIRE(seen);
      waiting = *seen;
      std::this_thread::yield();
    }
  }

  using Work = std::function<Outcome(Outbox&, std::size_t process)>;
  // `first` is held up at that point, with `second` begun behind it.
  void run(const Work& first, At point, const Work& second) {
    runtime::Event reached, go;
    bool held = false;
    HeldOutbox holding(world.stores().outbox, [&](At at) {
      if (at != point || std::exchange(held, true)) return;
      reached.set();
      go.wait();
    });
    HeldOutbox passing(world.stores().outbox, [](At) {});
    Outcome outcome_first, outcome_second;
    std::atomic<bool> through{false};
    std::thread one([&] { outcome_first = first(holding, 0); });
    reached.wait();
    std::thread two([&] {
      outcome_second = second(passing, 1);
      through = true;
    });
    until_it_waits(through);
    go.set();
    one.join();
    two.join();
    CHECK(outcome_first == "");
    CHECK(outcome_second == "");
  }

  // Ben is told that he is out, and of nothing else; Ann is told.
  void check_mails(const std::string& kind) {
    CHECK(roles(ben) == "");
    const auto mails = world.mails();
    CHECK(std::ranges::count(mails, kind + " ann@example.com") == 1);
    CHECK(std::ranges::count(mails, kind + " ben@example.com") == 0);
    CHECK(std::ranges::count(mails, "member_removed ben@example.com") == 1);
  }
};

}  // namespace

TEST_CASE("no mail to administrators leaves for one who was removed before it was written") {
  // On SQLite no two writes are under way at once.
  if (!test::PostgresServer::available()) return;
  for (const bool of_limit : {false, true})
    for (const bool removal_first : {false, true}) {
      CAPTURE(of_limit);
      CAPTURE(removal_first);
      EngineCase engine(EngineCase::Kind::postgres);
      Race race(engine);
      REQUIRE(race.world.processes() == 2);
      const Race::Work tells = [&](Outbox& outbox, std::size_t process) {
        return of_limit ? race.tell_of_limit(outbox, process)
                        : race.ask_for_another(outbox, process);
      };
      const Race::Work removes = [&](Outbox& outbox, std::size_t process) {
        return race.remove_ben(outbox, process);
      };
      if (removal_first)
        race.run(removes, At::cancelled, tells);
      else
        race.run(tells, At::queue, removes);
      race.check_mails(of_limit ? "limit_reached" : "invitation_wanted");
    }
}
