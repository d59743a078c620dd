// Reviews of rights when two people act at once, and when what they act on goes.
#include "app/access/reviews.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include <doctest/doctest.h>

#include "app/members.hpp"
#include "app/removal.hpp"
#include "tests/people/invitation_house.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using test::EngineCase;

struct Reviewing : InvitationHouse {
  explicit Reviewing(EngineCase& engine) : InvitationHouse(engine) {
    join(ben, OrgRole::admin);
    join(cleo, OrgRole::member, {{"default", TeamRole::viewer}});
  }
  std::string id;

  Outcome start(const World::Person& who, std::size_t process = 0) {
    return world.write(
        who, org,
        [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
          KS_TRY(const auto made,
                 app::start_review(tx, world.stores(), scope, std::nullopt, days(90)));
          id = made.id.str();
          return {};
        },
        process);
  }
  Outcome decide(const World::Person& who, int number, Decision decision, std::size_t process = 0) {
    return world.write(
        who, org,
        [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
          KS_CHECK(app::decide_right(tx, world.stores(), scope, id, std::to_string(number),
                                     {decision, true}));
          return {};
        },
        process);
  }
  Outcome finish(const World::Person& who, std::size_t process = 0) {
    return world.write(
        who, org,
        [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
          KS_CHECK(app::finish_review(tx, world.stores(), scope, id));
          return {};
        },
        process);
  }
  AccessReview seen(const World::Person& who) {
    std::optional<AccessReview> out;
    CHECK(world.read(who, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_TRY(out, app::review(tx, world.stores(), scope, id));
      return {};
    }) == "");
    REQUIRE(out);
    return *out;
  }
  // "ann org_owner pending", with what became of the right where that is not the same.
  std::vector<std::string> rows(const World::Person& who) {
    std::vector<std::string> out;
    CHECK(world.read(who, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      out.clear();
      KS_TRY(const auto page, app::review_rows(tx, world.stores(), scope, id, PageRequest{}));
      for (const ReviewRow& row : page.items)
        out.push_back(row.name + " " + row.role + " " + std::string(name(row.decision)) +
                      (row.now == ReviewRow::Now::same ? "" : " " + std::string(name(row.now))));
      return {};
    }) == "");
    return out;
  }
};

using Lines = std::vector<std::string>;

// Details of the audit log about reviews, in their order.
Lines audited(Reviewing& house) {
  static const test::TestStatement<sql::Scope::fleet, sql::Rows::many, 0> kAudited(
      "audited",
      "SELECT target_id, detail FROM audit WHERE target_kind = 'access_review' ORDER BY seq");
  Lines out;
  REQUIRE(house.world.database().fleet_read(test::kFleet, [&](Tx& tx) -> ks::Result<void> {
    out.clear();
    KS_TRY(const auto rows, sql::sql_tx(tx).run(test::kFleet, *kAudited));
    for (const sql::Row& row : rows) {
      CHECK(row.text(0) == house.id);
      out.push_back(row.str(1));
    }
    return {};
  }));
  return out;
}

bool tells(const std::string& detail, const std::string& part) {
  return detail.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a review holds the rights of its start, first in the organization and then in teams") {
  test::for_each_engine([](EngineCase& engine) {
    Reviewing house(engine);
    REQUIRE(house.start(house.ben) == "");
    CHECK(house.rows(house.ann) == Lines{"ann org_owner pending", "ben org_admin pending",
                                         "cleo org_member pending", "ann team_admin pending",
                                         "cleo viewer pending"});
    CHECK(house.decide(house.ben, 1, Decision::confirmed) == "");
    CHECK(house.decide(house.ben, 3, Decision::removed) == "");
    // Who has left has no name any more.
    CHECK(house.rows(house.ann) == Lines{"ann org_owner confirmed", "ben org_admin pending",
                                         " org_member removed gone", "ann team_admin pending",
                                         " viewer pending gone"});
    CHECK(house.decide(house.ann, 5, Decision::removed) == "right_changed");
    CHECK(house.finish(house.ann) == "");
    CHECK(house.rows(house.ann) == Lines{"ann org_owner confirmed", "ben org_admin undecided",
                                         " org_member removed gone", "ann team_admin undecided",
                                         " viewer changed gone"});
    const AccessReview done = house.seen(house.ben);
    CHECK(done.confirmed == 1);
    CHECK(done.removed == 1);
    CHECK(done.changed == 1);
    CHECK(done.undecided == 2);
    CHECK(done.pending() == 0);
    CHECK(house.decide(house.ann, 2, Decision::confirmed) == "review_closed");
    house.check_whole();
    // Done twice it is told once; what was refused is no decision.
    CHECK(house.decide(house.ann, 1, Decision::confirmed) == "");
    CHECK(house.finish(house.ben) == "");
    const Lines told = audited(house);
    REQUIRE(told.size() == 4);
    CHECK(tells(told[0], R"("rights":5)"));
    CHECK(tells(told[1], R"("decision":"confirmed")"));
    CHECK(tells(told[2], R"("decision":"removed")"));
    CHECK(tells(told[2], house.cleo.id.str()));
    CHECK(tells(told[3], R"("undecided":2)"));
  });
}

TEST_CASE("a reviewer who lost the right meanwhile decides nothing") {
  test::for_each_engine([](EngineCase& engine) {
    Reviewing house(engine);
    REQUIRE(house.start(house.ben) == "");
    REQUIRE(house.world.write(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                  KS_CHECK(app::change_member(tx, house.world.stores(), scope,
                                              PersonRef{house.ben.id, {}}, {OrgRole::member, false},
                                              std::nullopt));
                  return {};
                }) == "");
    CHECK(house.decide(house.ben, 3, Decision::removed) == "not_found");
    CHECK(house.finish(house.ben) == "not_found");
    CHECK(house.roles(house.cleo) == "org_member default=viewer");
    CHECK(house.rows(house.ann)[1] == "ben org_admin pending changed");
    CHECK(house.seen(house.ann).pending() == 5);
  });
}

TEST_CASE(
    "at once: one review starts, a right is removed once, and no decision comes after the end") {
  test::for_each_engine([](EngineCase& engine) {
    Reviewing house(engine);
    const std::size_t other = house.world.processes() - 1;
    const auto at_once = [](const std::function<void()>& one, const std::function<void()>& two) {
      std::thread first(one);
      std::thread second(two);
      first.join();
      second.join();
    };
    // Each with a source of ids of its own.
    std::array<Outcome, 2> started;
    const app::Stores here = house.world.stores();
    SeededRandom random(99);
    SqlStores of_other(std::string(32, 'k'), engine.clock(), random);
    const app::Stores there = of_other.for_app(here.outbox, engine.clock(), random);
    const auto begin = [&](const World::Person& who, const app::Stores& with, std::size_t process) {
      return house.world.write(
          who, house.org,
          [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
            KS_CHECK(app::start_review(tx, with, scope, std::nullopt, days(90)));
            return {};
          },
          process);
    };
    at_once([&] { started[0] = begin(house.ann, here, 0); },
            [&] { started[1] = begin(house.ben, there, other); });
    std::ranges::sort(started);
    CHECK(started == std::array<Outcome, 2>{"", "review_open"});
    CHECK(house.world.read(
              house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                KS_TRY(const auto page,
                       app::reviews(tx, house.world.stores(), scope, std::nullopt, PageRequest{}));
                REQUIRE(page.items.size() == 1);
                house.id = page.items[0].id.str();
                return {};
              }) == "");

    std::array<Outcome, 2> removed;
    at_once([&] { removed[0] = house.decide(house.ann, 3, Decision::removed); },
            [&] { removed[1] = house.decide(house.ben, 3, Decision::removed, other); });
    CHECK(removed == std::array<Outcome, 2>{"", ""});
    CHECK(house.seen(house.ann).removed == 1);

    Outcome confirmed, finished;
    at_once([&] { confirmed = house.decide(house.ann, 1, Decision::confirmed); },
            [&] { finished = house.finish(house.ben, other); });
    CHECK(finished == "");
    const AccessReview done = house.seen(house.ann);
    CHECK(done.confirmed == (confirmed.empty() ? 1 : 0));
    CHECK((confirmed.empty() || confirmed == "review_closed"));
    CHECK(done.confirmed + done.removed + done.changed + done.undecided == done.rights);
    house.check_whole();
  });
}

TEST_CASE("of finished reviews the newest stay, and older ones by age and by number") {
  static const test::TestStatement<sql::Scope::tenant, sql::Rows::none, 3> kPut(
      "put_review",
      "INSERT INTO access_reviews (client_id, org_id, id, team_id, state, started_by, started_at, "
      "finished_at, rights, confirmed, removed, changed, undecided) VALUES (?1, ?2, ?3, "
      "NULL, 'finished', ?4, ?5, 1, 0, 0, 0, 0, 0)");
  static const test::TestStatement<sql::Scope::tenant, sql::Rows::one, 0> kCount(
      "review_counts",
      "SELECT COUNT(*), (SELECT COUNT(DISTINCT r.review_id) FROM access_review_rows AS r WHERE "
      "r.client_id = ?1 AND r.org_id = ?2) FROM access_reviews AS v "
      "WHERE v.client_id = ?1 AND v.org_id = ?2");
  test::for_each_engine([](EngineCase& engine) {
    Reviewing house(engine);
    const auto permit = test::permit_on(house.org);
    const auto counts = [&] {
      std::pair<std::int64_t, std::int64_t> out;
      REQUIRE(house.world.database().write([&](Tx& tx) -> ks::Result<void> {
        KS_TRY(const sql::Row row, sql::sql_tx(tx).run(permit, *kCount));
        out = {row.integer(0), row.integer(1)};
        return {};
      }));
      return out;
    };
    using Counts = std::pair<std::int64_t, std::int64_t>;
    const auto hold_one = [&] {
      house.world.renew_sessions();
      REQUIRE(house.start(house.ben) == "");
      REQUIRE(house.finish(house.ben) == "");
      engine.clock().advance(kReviewEvery);
    };
    for (int i = 0; i < kReviewsKept + 3; ++i) hold_one();
    hold_one();
    CHECK(counts() == Counts{kReviewsKept + 4, kReviewsKept + 4});
    // The newest stay however old they are; what goes takes its rows along.
    engine.clock().advance(kReviewsKeptFor);
    hold_one();
    CHECK(counts() == Counts{kReviewsKept + 1, kReviewsKept + 1});
    // Nobody keeps more than so many, however new.
    REQUIRE(house.world.database().write([&](Tx& tx) -> ks::Result<void> {
      for (int i = 0; i < kReviewsKeptMax; ++i)
        KS_CHECK(sql::sql_tx(tx).run(permit, *kPut,
                                     ReviewId::make(engine.clock(), house.world.random()),
                                     house.ann.id, engine.clock().now() - hours(1)));
      return {};
    }));
    for (int i = 0; i < 10; ++i) hold_one();
    CHECK(counts().first == kReviewsKeptMax + 1);
  });
}

TEST_CASE("a review that was started less than an hour ago is the last one for so long") {
  test::for_each_engine([](EngineCase& engine) {
    Reviewing house(engine);
    REQUIRE(house.start(house.ben) == "");
    CHECK(house.start(house.ann) == "review_open");
    REQUIRE(house.finish(house.ben) == "");
    engine.clock().advance(kReviewEvery - seconds(1));
    CHECK(house.start(house.ann) == "too_many_requests");
    engine.clock().advance(seconds(1));
    CHECK(house.start(house.ann) == "");
  });
}
