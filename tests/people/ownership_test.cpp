#include "app/ownership.hpp"

#include <doctest/doctest.h>

#include "app/life/ending.hpp"
#include "app/members.hpp"
#include "app/removal.hpp"
#include "tests/people/world.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using test::EngineCase;

struct Estate {
  explicit Estate(EngineCase& engine) : world(engine) {
    REQUIRE(world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      const auto stores = world.stores();
      KS_TRY(const auto may, stores.authorizer.require<Action::org_members_manage>(scope));
      KS_CHECK(app::join(tx, stores, may, app::Joining{ben.id}));
      return {};
    }) == "");
  }
  World world;
  const World::Person& ann = world.add_person("ann");
  const World::Person& ben = world.add_person("ben");
  OrgId org = world.found(ann, "Acme");
  std::string id;

  Outcome offer() {
    return world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_TRY(const auto made,
             app::offer_ownership(tx, world.stores(), scope, PersonRef{ben.id, {}}));
      id = made.id.str();
      return {};
    });
  }
  Outcome accept() {
    return world.write(ben, org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_CHECK(app::accept_ownership(tx, world.stores(), scope, id));
      return {};
    });
  }
  OrgRole role_of(const World::Person& who) { return world.memberships(who)[0].role; }
  // The states that the audit log tells offers came to.
  std::string told() {
    std::string out;
    for (const std::string& detail : world.audited("ownership_offer")) {
      const auto row = parse_json(detail);
      REQUIRE(row);
      CHECK(row->text("from") == ann.id.text());
      CHECK(row->text("to") == ben.id.text());
      out += (out.empty() ? "" : " ") + std::string(row->text("state"));
    }
    return out;
  }
};

}  // namespace

TEST_CASE("an offer of ownership can be accepted for 24 hours, to the moment") {
  test::for_each_engine([](EngineCase& engine) {
    Estate estate(engine);
    REQUIRE(estate.offer() == "");
    engine.clock().advance(kOfferLife);
    estate.world.renew_sessions();
    CHECK(estate.accept() == "offer_closed");
    CHECK(estate.role_of(estate.ann) == OrgRole::owner);
    // What has expired is in nobody's way.
    REQUIRE(estate.offer() == "");
    engine.clock().advance(kOfferLife - microseconds(1));
    estate.world.renew_sessions();
    CHECK(estate.offer() == "offer_open");
    CHECK(estate.accept() == "");
    CHECK(estate.role_of(estate.ben) == OrgRole::owner);
    CHECK(estate.role_of(estate.ann) == OrgRole::admin);
    CHECK(estate.accept() == "");
  });
}

TEST_CASE("ownership is offered only by who gave the password lately") {
  test::for_each_engine([](EngineCase& engine) {
    Estate estate(engine);
    engine.clock().advance(minutes(10));
    CHECK(estate.offer() == "reauthentication_required");
    estate.world.renew_sessions();
    CHECK(estate.offer() == "");
    // Taking it needs no more than the session.
    engine.clock().advance(minutes(30));
    CHECK(estate.accept() == "");
  });
}

TEST_CASE("an organization that is not active keeps its owner") {
  test::for_each_engine([](EngineCase& engine) {
    Estate estate(engine);
    REQUIRE(estate.offer() == "");
    estate.world.set_state(estate.org, "suspended");
    CHECK(estate.accept() == "org_not_active");
    CHECK(estate.role_of(estate.ann) == OrgRole::owner);
    estate.world.set_state(estate.org, "active");
    CHECK(estate.accept() == "");
  });
}

TEST_CASE(
    "an offer that ends by itself, or with somebody or something, leaves a row that says so") {
  test::for_each_engine([](EngineCase& engine) {
    Estate estate(engine);
    World& world = estate.world;
    REQUIRE(estate.offer() == "");
    engine.clock().advance(kOfferLife);
    world.renew_sessions();
    REQUIRE(estate.offer() == "");
    CHECK(estate.told() == "open expired open");
    REQUIRE(world.write(estate.ann, estate.org, [&](Tx& tx, const TenantScope& scope) {
      return app::remove_member(tx, world.stores(), scope, PersonRef{estate.ben.id, {}}, false,
                                std::nullopt);
    }) == "");
    CHECK(estate.told() == "open expired open cancelled");
    REQUIRE(
        world.write(estate.ann, estate.org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
          const auto stores = world.stores();
          KS_TRY(const auto may, stores.authorizer.require<Action::org_members_manage>(scope));
          KS_CHECK(app::join(tx, stores, may, app::Joining{estate.ben.id}));
          return {};
        }) == "");
    engine.clock().advance(seconds(1));
    REQUIRE(estate.offer() == "");
    REQUIRE(
        world.write(estate.ann, estate.org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
          KS_CHECK(app::delete_organization(tx, world.stores(), scope, "Acme", {}));
          return {};
        }) == "");
    CHECK(estate.told() == "open expired open cancelled open cancelled");
    REQUIRE(
        world.end_of(estate.ann, estate.org, [&](Tx& tx, const TenantScope& scope) -> Result<void> {
          KS_CHECK(app::restore_organization(tx, world.stores(), scope, {}));
          return {};
        }) == "");
    CHECK(estate.accept() == "offer_closed");
  });
}
