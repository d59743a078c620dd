#include "app/members.hpp"

#include <utility>

#include <doctest/doctest.h>

#include "app/removal.hpp"
#include "app/team_members.hpp"
#include "domain/name.hpp"
#include "tests/people/world.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using test::EngineCase;

struct House {
  explicit House(EngineCase& engine) : world(engine) {}
  World world;
  const World::Person& ann = world.add_person("ann");
  const World::Person& ben = world.add_person("ben");
  OrgId org = world.found(ann, "Acme");

  Outcome join(const World::Person& who, OrgRole role = OrgRole::member) {
    return world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      const auto stores = world.stores();
      KS_TRY(const auto may, stores.authorizer.require<Action::org_members_manage>(scope));
      KS_CHECK(app::join(tx, stores, may, app::Joining{who.id, role}));
      return {};
    });
  }
  Outcome remove(const World::Person& who) {
    return world.write(ann, org, [&](Tx& tx, const TenantScope& scope) {
      return app::remove_member(tx, world.stores(), scope, PersonRef{who.id, {}}, false,
                                std::nullopt);
    });
  }
  Outcome reinstate(const World::Person& who) {
    return world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::reinstate(tx, world.stores(), scope, PersonRef{who.id, {}}));
      return {};
    });
  }
  std::optional<Time> last_active(const World::Person& who) {
    std::optional<Time> out;
    CHECK(world.read(ann, org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_TRY(const MemberRow row, app::member(tx, world.stores(), scope, PersonRef{who.id, {}}));
      out = row.last_active;
      return {};
    }) == "");
    return out;
  }
};

}  // namespace

TEST_CASE("when somebody was last here is exact to five minutes, and outlives the session") {
  test::for_each_engine([](EngineCase& engine) {
    House house(engine);
    REQUIRE(house.join(house.ben) == "");
    const Time signed_in = *house.last_active(house.ben);
    engine.clock().advance(minutes(4));
    house.world.memberships(house.ben);
    CHECK(house.last_active(house.ben) == signed_in);
    engine.clock().advance(minutes(1));
    house.world.memberships(house.ben);
    CHECK(house.last_active(house.ben) == engine.clock().now());
    const Time seen = engine.clock().now();
    // A write notes it too, and the end of all sessions takes nothing away.
    engine.clock().advance(hours(2));
    house.world.write(house.ben, house.org,
                      [](Tx&, const TenantScope&) -> Result<void> { return {}; });
    CHECK(house.last_active(house.ben) == seen + hours(2));
    static const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 1> kGone(
        "gone", "DELETE FROM sessions WHERE user_id = ?1");
    REQUIRE(house.world.database().fleet_write(test::kFleet, [&](Tx& tx) -> Result<void> {
      KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *kGone, house.ben.id));
      return {};
    }));
    CHECK(house.last_active(house.ben) == seen + hours(2));
  });
}

TEST_CASE("who was removed can come back for 90 days, to the moment") {
  test::for_each_engine([](EngineCase& engine) {
    House house(engine);
    REQUIRE(house.join(house.ben) == "");
    for (const bool late : {false, true}) {
      CAPTURE(late);
      REQUIRE(house.remove(house.ben) == "");
      engine.clock().advance(late ? kReinstatable : kReinstatable - microseconds(1));
      house.world.renew_sessions();
      CHECK(house.reinstate(house.ben) == (late ? "not_removed_here" : ""));
    }
    // What nobody can be given back is not kept.
    static const test::TestStatement<sql::Scope::fleet, sql::Rows::many, 0> kFormer(
        "former", "SELECT user_id FROM former_members");
    const auto kept = [&] {
      const auto rows = house.world.database().fleet_write(
          test::kFleet, [&](Tx& tx) -> Result<std::vector<sql::Row>> {
            KS_CHECK(house.world.stores().removals.forget_older(
                tx, test::kFleet, engine.clock().now() - kReinstatable, 100));
            return sql::sql_tx(tx).run(test::kFleet, *kFormer);
          });
      REQUIRE(rows);
      return rows->size();
    };
    CHECK(kept() == 0);
    REQUIRE(house.join(house.ben) == "");
    REQUIRE(house.remove(house.ben) == "");
    CHECK(kept() == 1);
  });
}

TEST_CASE("nobody is missing from a list for what they are called") {
  test::for_each_engine([](EngineCase& engine) {
    House house(engine);
    const TeamId team = house.world.memberships(house.ann)[0].teams[0].id;
    // As high as a name can be, to its end.
    const std::string last = "\xf4\x8f\xbf\xbf";
    std::string highest;
    for (std::size_t i = 0; i < kTextMax; ++i) highest += last;
    std::size_t expected = 1;
    for (const std::string& name :
         {last, highest, "ann" + last, std::string("%"), std::string("Ann_")}) {
      const auto& who = house.world.add_person(name);
      REQUIRE(house.join(who) == "");
      ++expected;
      CHECK(house.world.write(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
                  KS_CHECK(app::set_team_member(tx, house.world.stores(), scope, team.text(),
                                                PersonRef{who.id, {}}, {TeamRole::viewer, false},
                                                std::nullopt));
                  return {};
                }) == "");
      CHECK(house.world.read(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
                  const auto stores = house.world.stores();
                  for (const std::string& prefix : {std::string(), name}) {
                    CAPTURE(prefix);
                    const std::size_t least = prefix.empty() ? expected : 1;
                    KS_TRY(const auto all, app::members(tx, stores, scope, {prefix}, {}));
                    CHECK(all.items.size() >= least);
                    KS_TRY(const auto in_team,
                           app::team_members(tx, stores, scope, team.text(), {prefix}, {}));
                    CHECK(in_team.items.size() >= least);
                  }
                  return {};
                }) == "");
    }
  });
}

TEST_CASE("joining twice is joining once, and raises nobody") {
  test::for_each_engine([](EngineCase& engine) {
    House house(engine);
    const TeamId team = house.world.memberships(house.ann)[0].teams[0].id;
    const auto joined = [&](OrgRole role, TeamRole team_role, app::Joining::Seat seat) {
      app::Joined out;
      CHECK(house.world.write(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
                  const auto stores = house.world.stores();
                  KS_TRY(const auto may,
                         stores.authorizer.require<Action::org_members_manage>(scope));
                  KS_TRY(out, app::join(tx, stores, may,
                                        {house.ben.id, role, {{team, team_role}}, seat}));
                  return {};
                }) == "");
      return out;
    };
    const auto seats = [&] {
      std::int64_t out = 0;
      CHECK(house.world.read(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
                  const auto stores = house.world.stores();
                  KS_TRY(const auto may, stores.authorizer.require<Action::org_read>(scope));
                  KS_TRY(const Usage used, stores.plans.usage(tx, may));
                  out = used.members;
                  return {};
                }) == "");
      return out;
    };
    CHECK(joined(OrgRole::member, TeamRole::viewer, app::Joining::Seat::take).added);
    CHECK(seats() == 2);
    CHECK_FALSE(joined(OrgRole::admin, TeamRole::admin, app::Joining::Seat::take).added);
    CHECK(seats() == 2);
    const Membership mine = house.world.memberships(house.ben)[0];
    CHECK(mine.role == OrgRole::member);
    CHECK(mine.teams[0].role == TeamRole::viewer);
    // An invitation's seat goes back when the person has one; without one it becomes theirs.
    CHECK_FALSE(joined(OrgRole::member, TeamRole::viewer, app::Joining::Seat::held).added);
    CHECK(seats() == 1);
  });
}

TEST_CASE("a right that ends while a request is under way is not used by it") {
  if (!test::PostgresServer::available()) return;
  EngineCase engine(EngineCase::Kind::postgres);
  House house(engine);
  World& world = house.world;
  const auto& cleo = world.add_person("cleo");
  REQUIRE(house.join(house.ben, OrgRole::admin) == "");
  REQUIRE(house.join(cleo, OrgRole::member) == "");
  const auto set = [&](const World::Person& by, const World::Person& who, OrgRole role,
                       const std::function<void()>& meanwhile) {
    bool first = true;
    return world.write(by, house.org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      if (std::exchange(first, false)) meanwhile();
      KS_CHECK(app::change_member(tx, world.stores(), scope, PersonRef{who.id, {}}, {role, true},
                                  std::nullopt));
      return {};
    });
  };
  // Ben's request has read that he is an administrator; then he is not any more.
  CHECK(set(house.ben, cleo, OrgRole::admin,
            [&] { CHECK(set(house.ann, house.ben, OrgRole::member, [] {}) == ""); }) == "busy");
  CHECK(set(house.ben, cleo, OrgRole::admin, [] {}) == "permission_denied");
  CHECK(set(house.ann, house.ben, OrgRole::admin, [] {}) == "");
  CHECK(set(house.ben, cleo, OrgRole::admin, [&] { CHECK(house.remove(house.ben) == ""); }) ==
        "not_found");
  CHECK(world.memberships(cleo)[0].role == OrgRole::member);
}
