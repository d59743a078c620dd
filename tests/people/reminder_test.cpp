// Reminders of the access review: who gets one, when, and that it is one.
#include "app/access/reminder.hpp"

#include <array>
#include <thread>

#include <doctest/doctest.h>

#include "app/access/reviews.hpp"
#include "app/life/suspension.hpp"
#include "tests/people/invitation_house.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using test::EngineCase;
using Texts = std::vector<std::string>;

// An organization that has no plan cannot be read.
const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 1> kBreak(
    "break_org", "DELETE FROM subscriptions WHERE org_id = ?1");
const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 2> kMend(
    "mend_org",
    "INSERT INTO subscriptions (client_id, org_id, plan_key, plan_version, state, period_start, "
    "updated_at) SELECT o.client_id, o.id, ?2, 1, 'active', 0, 0 FROM organizations AS o "
    "WHERE o.id = ?1");
const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 2> kLocale(
    "locale", "UPDATE users SET locale = ?2 WHERE id = ?1");
const test::TestStatement<sql::Scope::fleet, sql::Rows::many, 0> kMarks(
    "marks", "SELECT access_reminded_at FROM organizations ORDER BY id");

struct Reminding : InvitationHouse {
  explicit Reminding(EngineCase& engine) : InvitationHouse(engine) {
    join(ben, OrgRole::admin, {{"default", TeamRole::viewer}});
    join(cleo, OrgRole::member);
  }

  app::AccessReminder reminder(app::AccessReminder::Settings settings = {}) {
    return {world.database(), world.stores(), store, leases, settings};
  }
  int round() {
    const auto done = reminder().round();
    REQUIRE(done);
    return *done;
  }
  template <class Statement, class... Values>
  void run(const Statement& statement, const Values&... values) {
    REQUIRE(world.database().fleet_write(test::kFleet, [&](Tx& tx) -> ks::Result<void> {
      KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *statement, values...));
      return {};
    }));
  }
  int marks() {
    const auto rows = world.database().fleet_read(
        test::kFleet, [&](Tx& tx) { return sql::sql_tx(tx).run(test::kFleet, *kMarks); });
    REQUIRE(rows);
    int out = 0;
    for (const sql::Row& row : *rows) out += row.integer(0) > 0 ? 1 : 0;
    return out;
  }
  void pass(Duration time) {
    engine().clock().advance(time);
    world.renew_sessions();
  }
  void finish_review() {
    CHECK(world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_TRY(const auto made, app::start_review(tx, world.stores(), scope, std::nullopt, days(90)));
      KS_CHECK(app::finish_review(tx, world.stores(), scope, made.id.str()));
      return {};
    }) == "");
  }

  sql::SqlAccessReminderStore store;
  SeededRandom audit_random{2};
  sql::AuditWriter writer{std::string(32, 'k'), audit_random};
  sql::SqlJournal journal{writer};
  sql::SqlSyncStore leases{journal, engine().clock()};
};

// Answers with what was due a while ago.
class Stale final : public AccessReminderStore {
 public:
  Stale(AccessReminderStore& store, std::vector<ReminderDue> due)
      : store_(store), due_(std::move(due)) {}
  ks::Result<std::vector<ReminderDue>> due(Tx&, const FleetScope&, Time,
                                           const std::optional<ReminderDue>&, int) override {
    return std::exchange(due_, {});
  }
  ks::Result<bool> begin(Tx& tx, const Permit<Action::sync_status, Org>& permit, Time since,
                         Time now) override {
    return store_.begin(tx, permit, since, now);
  }
  ks::Result<AccessFigures> figures(Tx& tx, const Permit<Action::sync_status, Org>& permit,
                                    Time seen_until) override {
    return store_.figures(tx, permit, seen_until);
  }

 private:
  AccessReminderStore& store_;
  std::vector<ReminderDue> due_;
};

std::string places(const AddressedDraft& mail) {
  std::vector<std::string> numbers;
  for (const auto& place : mail.draft.places)
    if (const auto* number = std::get_if<std::int64_t>(&place.value))
      numbers.push_back(place.name + "=" + std::to_string(*number));
  std::string out(name(mail.locale));
  for (const std::string& number : sorted(numbers)) out += " " + number;
  return out + " " + mail.draft.link->path;
}

}  // namespace

TEST_CASE(
    "a quarter without a review, and every administrator is reminded once, in their language") {
  test::for_each_engine([](EngineCase& engine) {
    Reminding house(engine);
    house.run(kLocale, house.ben.id, "de");
    const std::string page =
        "/o/" + house.world.memberships(house.ann).at(0).slug + "/access-review";
    CHECK(house.round() == 0);
    house.engine().clock().advance(days(90) - seconds(1));
    CHECK(house.round() == 0);
    house.engine().clock().advance(seconds(1));
    CHECK(house.round() == 1);
    CHECK(sorted(house.world.mails()) ==
          Texts{"access_review ann@example.com", "access_review ben@example.com"});
    // Nobody was here since; a role in a team is a right of its own.
    const std::string figures = " days=90 inactive=3 people=3 rights=5 " + page;
    Texts told;
    for (const AddressedDraft& mail : house.world.waiting()) told.push_back(places(mail));
    std::ranges::sort(told);
    CHECK(told.at(0) == "de" + figures);
    CHECK(told.at(1) == "en" + figures);
    CHECK(house.round() == 0);
    house.engine().clock().advance(days(90));
    CHECK(house.round() == 1);
    CHECK(house.world.mails().size() == 4);
  });
}

TEST_CASE("while an organization is suspended nobody is reminded to review it, and then at once") {
  test::for_each_engine([](EngineCase& engine) {
    Reminding house(engine);
    const auto set = [&](auto act) {
      REQUIRE(house.world.administer(house.org,
                                     [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                                       KS_CHECK(act(tx, scope));
                                       return {};
                                     }) == "");
    };
    set([&](Tx& tx, const TenantScope& scope) {
      return app::suspend_organization(tx, house.world.stores(), scope, "Why.");
    });
    house.engine().clock().advance(days(90));
    CHECK(house.round() == 0);
    house.world.renew_sessions();
    set([&](Tx& tx, const TenantScope& scope) {
      return app::lift_suspension(tx, house.world.stores(), scope);
    });
    CHECK(house.round() == 1);
  });
}

TEST_CASE("who has finished a review within the time is not reminded") {
  test::for_each_engine([](EngineCase& engine) {
    Reminding house(engine);
    house.pass(days(60));
    house.finish_review();
    house.engine().clock().advance(days(89));
    CHECK(house.round() == 0);
    house.engine().clock().advance(days(1));
    CHECK(house.round() == 1);
  });
}

TEST_CASE("an organization that is suspended or goes, and a server without mail, remind nobody") {
  test::for_each_engine([](EngineCase& engine) {
    Reminding house(engine);
    house.engine().clock().advance(days(100));
    for (const char* state : {"suspended", "deleting", "purging"}) {
      house.world.set_state(house.org, state);
      CHECK(house.round() == 0);
    }
    house.world.set_state(house.org, "active");
    SystemRandom random;
    SqlStores stores(std::string(32, 'k'), engine.clock(), random);
    mail::SealedOutbox off(stores.mails, stores.envelope, engine.clock(), random,
                           mail::Switch::off);
    app::AccessReminder silent(house.world.database(), stores.for_app(off, engine.clock(), random),
                               house.store, house.leases, {});
    CHECK(*silent.round() == 0);
    CHECK(house.marks() == 0);
    CHECK(house.round() == 1);
  });
}

TEST_CASE("an organization that fails stops no other, and has lost nothing when it is well again") {
  test::for_each_engine([](EngineCase& engine) {
    Reminding house(engine);
    const OrgId second = house.world.found(house.cleo, "Second");
    house.world.found(house.ben, "Third");
    house.engine().clock().advance(days(100));
    house.run(kBreak, second);
    CHECK(house.round() == 2);
    CHECK(house.marks() == 2);
    CHECK(house.world.mails().size() == 3);
    CHECK(house.round() == 0);
    house.run(kMend, second, "business");
    house.engine().clock().advance(seconds(1));
    CHECK(house.round() == 1);
    CHECK(house.world.mails().back() == "access_review cleo@example.com");
    CHECK(house.marks() == 3);
  });
}

TEST_CASE("those that fail round after round keep no round from the ones behind them") {
  test::for_each_engine([](EngineCase& engine) {
    Reminding house(engine);
    house.run(kBreak, house.org);
    for (const char* name : {"Two", "Three", "Four"}) {
      house.engine().clock().advance(milliseconds(2));
      const OrgId made = house.world.found(house.cleo, name);
      if (name != std::string("Four")) house.run(kBreak, made);
    }
    house.engine().clock().advance(days(100));
    app::AccessReminder::Settings settings;
    settings.round = 2;
    settings.page = 1;
    app::AccessReminder reminder = house.reminder(settings);
    CHECK(*reminder.round() + *reminder.round() == 1);
    // At the end of the list it begins again.
    house.run(kMend, house.org, "business");
    CHECK(*reminder.round() + *reminder.round() == 1);
    CHECK(house.marks() == 2);
  });
}

TEST_CASE("of several processes at once one sends the reminder, and who is late sends none") {
  test::for_each_engine([](EngineCase& engine) {
    Reminding house(engine);
    house.engine().clock().advance(days(100));
    std::array<int, 4> sent{};
    std::vector<std::unique_ptr<app::AccessReminder>> reminders;
    for (std::size_t i = 0; i < sent.size(); ++i)
      reminders.push_back(std::make_unique<app::AccessReminder>(
          i % house.world.processes() == 0 ? house.world.database() : house.world.another(),
          house.world.stores(), house.store, house.leases, app::AccessReminder::Settings{}));
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < sent.size(); ++i)
      threads.emplace_back([&, i] {
        const auto done = reminders[i]->round();
        sent[i] = done ? *done : 100;
      });
    for (auto& thread : threads) thread.join();
    CHECK(std::ranges::count(sent, 1) == 1);
    CHECK(std::ranges::count(sent, 0) == 3);
    CHECK(house.world.mails().size() == 2);
    // Even where both took it for due and hold no lease against each other.
    house.engine().clock().advance(days(100));
    std::array<int, 4> begun{};
    threads.clear();
    for (std::size_t i = 0; i < begun.size(); ++i)
      threads.emplace_back([&, i] {
        Database& db =
            i % house.world.processes() == 0 ? house.world.database() : house.world.another();
        const auto done = db.write([&](Tx& tx) {
          const Time now = engine.clock().now();
          return house.store.begin(tx, test::permit_on(house.org), now - days(90), now);
        });
        begun[i] = done && *done ? 1 : 0;
      });
    for (auto& thread : threads) thread.join();
    CHECK(std::ranges::count(begun, 1) == 1);
  });
}

TEST_CASE("a process that lost the lease over a page of what was due sends none of it again") {
  test::for_each_engine([](EngineCase& engine) {
    Reminding house(engine);
    house.engine().clock().advance(days(100));
    const Time since = engine.clock().now() - days(90);
    const auto due = house.world.database().fleet_read(test::kFleet, [&](Tx& tx) {
      return house.store.due(tx, test::kFleet, since, std::nullopt, 10);
    });
    REQUIRE(due);
    CHECK(due->size() == 1);
    CHECK(house.round() == 1);
    Stale stale(house.store, *due);
    app::AccessReminder late(house.world.database(), house.world.stores(), stale, house.leases, {});
    CHECK(*late.round() == 0);
    CHECK(house.world.mails().size() == 2);
  });
}

TEST_CASE("without its mails the mark is not there either: whoever died in between is repeated") {
  test::for_each_engine([](EngineCase& engine) {
    Reminding house(engine);
    house.engine().clock().advance(days(100));
    const Time now = engine.clock().now();
    CHECK_FALSE(house.world.database().write([&](Tx& tx) -> ks::Result<void> {
      KS_TRY(const bool begun,
             house.store.begin(tx, test::permit_on(house.org), now - days(90), now));
      CHECK(begun);
      return unavailable("gone", "The process died here.");
    }));
    CHECK(house.marks() == 0);
    CHECK(house.round() == 1);
    CHECK(house.world.mails().size() == 2);
  });
}

TEST_CASE("a process that died with the lease is waited for, not longer than that lives") {
  test::for_each_engine([](EngineCase& engine) {
    Reminding house(engine);
    house.engine().clock().advance(days(100));
    REQUIRE(house.world.database().fleet_write(test::kFleet, [&](Tx& tx) -> ks::Result<void> {
      const Time now = engine.clock().now();
      KS_CHECK(house.leases.lease(tx, test::kFleet, "access-reminders", "another", now,
                                  now + minutes(5)));
      return {};
    }));
    CHECK(house.round() == 0);
    engine.clock().advance(minutes(5) + seconds(1));
    CHECK(house.round() == 1);
  });
}
