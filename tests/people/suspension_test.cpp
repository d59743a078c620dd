// A suspension and what its organization's people were doing at that moment.
#include "app/life/suspension.hpp"

#include <doctest/doctest.h>

#include "app/access/rows.hpp"
#include "app/life/ending.hpp"
#include "app/ownership.hpp"
#include "app/removal.hpp"
#include "app/teams.hpp"
#include "tests/people/invitation_house.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using test::EngineCase;

struct Paused : InvitationHouse {
  explicit Paused(EngineCase& engine) : InvitationHouse(engine) { join(ben, OrgRole::admin); }

  Outcome suspend(std::size_t process = 0) {
    return world.administer(
        org,
        [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
          KS_CHECK(app::suspend_organization(tx, world.stores(), scope, "Why."));
          return {};
        },
        process);
  }
  Outcome lift() {
    return world.administer(org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::lift_suspension(tx, world.stores(), scope));
      return {};
    });
  }
  ks::Result<void> make_team(Tx& tx, const TenantScope& scope) {
    KS_CHECK(app::create_team(tx, world.stores(), scope, {"Shop", std::nullopt, ""}));
    return {};
  }
  // The rights of that moment, for a write that ends later.
  TenantScope rights_of(const World::Person& who) {
    std::optional<TenantScope> out;
    REQUIRE(world.write(who, org, [&](Tx&, const TenantScope& scope) -> ks::Result<void> {
      out = scope;
      return {};
    }) == "");
    return *out;
  }
  Outcome later(const TenantScope& rights, const World::Act& act) {
    return outcome_of(
        world.database().write([&](Tx& tx) -> ks::Result<void> { return act(tx, rights); }));
  }
};

}  // namespace

TEST_CASE("a write that was begun before a suspension does not end after it") {
  test::for_each_engine([](EngineCase& engine) {
    Paused house(engine);
    const auto act = [&](Tx& tx, const TenantScope& scope) { return house.make_team(tx, scope); };
    const TenantScope rights = house.rights_of(house.ann);
    REQUIRE(house.suspend() == "");
    CHECK(house.later(rights, act) == "busy");
    // Tried again it is told why.
    CHECK(house.world.write(house.ann, house.org, act) == "org_suspended");
    // What goes on does so, also for who had begun it.
    CHECK(house.later(rights, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::begin_access_export(tx, house.world.stores(), scope, {}, {days(90)}, "csv"));
      return {};
    }) == "");
    CHECK(house.world.write(house.ben, house.org, [&](Tx& tx, const TenantScope& scope) {
      return app::leave(tx, house.world.stores(), scope);
    }) == "");
    REQUIRE(house.lift() == "");
    CHECK(house.world.write(house.ann, house.org, act) == "");
  });
}

TEST_CASE("a write that has loaded its rights and done half of it is undone by a suspension") {
  test::for_each_engine([](EngineCase& engine) {
    // On SQLite no two writes are under way at once.
    if (!engine.is_postgres()) return;
    Paused house(engine);
    int runs = 0;
    CHECK(house.world.write(house.ann, house.org,
                            [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                              if (runs++ == 0) REQUIRE(house.suspend(1) == "");
                              return house.make_team(tx, scope);
                            }) == "busy");
    CHECK(runs == 1);
    CHECK(house.world.memberships(house.ann).at(0).teams.size() == 1);
    // And who acts from above is not held up by it.
    CHECK(house.lift() == "");
  });
}

TEST_CASE(
    "the owner of a suspended organization can end it, and has it back as it was: suspended") {
  test::for_each_engine([](EngineCase& engine) {
    Paused house(engine);
    REQUIRE(house.suspend() == "");
    CHECK(house.world.write(house.ann, house.org, [&](Tx& tx, const TenantScope& scope) {
      return app::leave(tx, house.world.stores(), scope);
    }) == "last_owner");
    REQUIRE(house.world.write(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                  KS_CHECK(app::delete_organization(tx, house.world.stores(), scope, "Acme", {}));
                  return {};
                }) == "");
    CHECK(house.lift() == "being_deleted");
    REQUIRE(house.world.end_of(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                  KS_CHECK(app::restore_organization(tx, house.world.stores(), scope, {}));
                  return {};
                }) == "");
    CHECK(house.world.write(house.ann, house.org, [&](Tx& tx, const TenantScope& scope) {
      return house.make_team(tx, scope);
    }) == "org_suspended");
    CHECK(house.lift() == "");
  });
}

TEST_CASE("an offer that outlived a suspension's beginning gives nobody the organization") {
  test::for_each_engine([](EngineCase& engine) {
    Paused house(engine);
    World& world = house.world;
    std::string offer;
    REQUIRE(world.write(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                  KS_TRY(const auto made, app::offer_ownership(tx, world.stores(), scope,
                                                               PersonRef{house.ben.id, {}}));
                  offer = made.id.str();
                  return {};
                }) == "");
    // The bare suspension, as if it had cancelled nothing.
    REQUIRE(world.administer(house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      const auto stores = world.stores();
      KS_TRY(const auto may, stores.authorizer.require<Action::orgs_suspend>(scope));
      const Time now = stores.clock.now();
      KS_CHECK(stores.organizations.set_suspension(tx, may, "Why.", now, now));
      return {};
    }) == "");
    CHECK(world.write(house.ben, house.org,
                      [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                        KS_CHECK(app::accept_ownership(tx, world.stores(), scope, offer));
                        return {};
                      }) == "org_not_active");
    CHECK(world.memberships(house.ann).at(0).role == OrgRole::owner);
    // Whom it was made to may leave all the same, and takes it along.
    CHECK(world.audited("ownership_offer").size() == 1);
    CHECK(world.write(house.ben, house.org, [&](Tx& tx, const TenantScope& scope) {
      return app::leave(tx, world.stores(), scope);
    }) == "");
    const auto told = world.audited("ownership_offer");
    REQUIRE(told.size() == 2);
    CHECK(told[1].find("cancelled") != std::string::npos);
  });
}

TEST_CASE("a suspension that cancels an offer leaves a row that says so") {
  test::for_each_engine([](EngineCase& engine) {
    Paused house(engine);
    REQUIRE(house.world.write(house.ann, house.org,
                              [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                                KS_CHECK(app::offer_ownership(tx, house.world.stores(), scope,
                                                              PersonRef{house.ben.id, {}}));
                                return {};
                              }) == "");
    REQUIRE(house.suspend() == "");
    const auto told = house.world.audited("ownership_offer");
    REQUIRE(told.size() == 2);
    CHECK(told[1].find("cancelled") != std::string::npos);
  });
}
