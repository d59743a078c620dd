// Writes whose rights were loaded before somebody took them: they wait for the organization, and
// see then what has become of their person.
#include <doctest/doctest.h>

#include "app/life/ending.hpp"
#include "app/members.hpp"
#include "app/organizations.hpp"
#include "app/ownership.hpp"
#include "app/removal.hpp"
#include "app/team_members.hpp"
#include "app/teams.hpp"
#include "tests/people/invitation_house.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using test::EngineCase;
using Act = World::Act;

struct House : InvitationHouse {
  explicit House(EngineCase& engine) : InvitationHouse(engine) {
    join(ben, OrgRole::admin);
    join(cleo, OrgRole::member, {{"default", TeamRole::admin}});
  }

  TenantScope rights_of(const World::Person& who) {
    std::optional<TenantScope> out;
    REQUIRE(world.write(who, org, [&](Tx&, const TenantScope& scope) -> ks::Result<void> {
      out = scope;
      return {};
    }) == "");
    return *out;
  }
  Outcome with(const TenantScope& rights, const Act& act) {
    return outcome_of(
        world.database().write([&](Tx& tx) -> ks::Result<void> { return act(tx, rights); }));
  }

  void demote(const World::Person& who, OrgRole to) {
    REQUIRE(world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::change_member(tx, world.stores(), scope, PersonRef{who.id, {}},
                                  app::RoleChange{to, false}, std::nullopt));
      return {};
    }) == "");
  }
  void remove(const World::Person& who) {
    REQUIRE(world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      return app::remove_member(tx, world.stores(), scope, PersonRef{who.id, {}}, false,
                                std::nullopt);
    }) == "");
  }
  void hand_over(const World::Person& to) {
    std::string offer;
    REQUIRE(world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_TRY(const auto made,
             app::offer_ownership(tx, world.stores(), scope, PersonRef{to.id, {}}));
      offer = made.id.str();
      return {};
    }) == "");
    REQUIRE(world.write(to, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::accept_ownership(tx, world.stores(), scope, offer));
      return {};
    }) == "");
  }

  Act makes_team() {
    return [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::create_team(tx, world.stores(), scope, {"Shop", std::nullopt, ""}));
      return {};
    };
  }
  Act describes_team() {
    return [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      app::TeamPatch patch;
      patch.description = "Ours now";
      KS_CHECK(app::change_team(tx, world.stores(), scope, "default", patch, std::nullopt));
      return {};
    };
  }
  Act renames_org() {
    return [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      app::OrganizationPatch patch;
      patch.name = "Taken";
      KS_CHECK(app::change(tx, world.stores(), scope, patch, std::nullopt));
      return {};
    };
  }
  Act ends_org() {
    return [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::delete_organization(tx, world.stores(), scope, "Acme", {}));
      return {};
    };
  }
};

}  // namespace

TEST_CASE("a write of somebody who was removed meanwhile does not happen") {
  test::for_each_engine([](EngineCase& engine) {
    House house(engine);
    const TenantScope bens = house.rights_of(house.ben);
    const TenantScope cleos = house.rights_of(house.cleo);
    house.remove(house.ben);
    house.remove(house.cleo);
    CHECK(house.with(bens, house.makes_team()) == "busy");
    CHECK(house.with(bens, house.renames_org()) == "busy");
    CHECK(house.with(cleos, house.describes_team()) == "busy");
  });
}

TEST_CASE("a write of an administrator who is none any more does not happen") {
  test::for_each_engine([](EngineCase& engine) {
    House house(engine);
    const TenantScope bens = house.rights_of(house.ben);
    house.demote(house.ben, OrgRole::member);
    CHECK(house.with(bens, house.makes_team()) == "busy");
    CHECK(house.with(bens, house.renames_org()) == "busy");
    // Tried again it is refused for what it is.
    CHECK(house.world.write(house.ben, house.org, house.makes_team()) == "permission_denied");
  });
}

TEST_CASE("a write with a role in a team that was taken meanwhile does not happen") {
  test::for_each_engine([](EngineCase& engine) {
    House house(engine);
    const TenantScope cleos = house.rights_of(house.cleo);
    CHECK(house.with(cleos, house.describes_team()) == "");
    REQUIRE(house.world.write(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                  KS_CHECK(app::set_team_member(tx, house.world.stores(), scope, "default",
                                                PersonRef{house.cleo.id, {}},
                                                {TeamRole::viewer, false}, std::nullopt));
                  return {};
                }) == "");
    app::TeamPatch other;
    CHECK(house.with(cleos, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      other.description = "And now";
      KS_CHECK(app::change_team(tx, house.world.stores(), scope, "default", other, std::nullopt));
      return {};
    }) == "busy");
  });
}

TEST_CASE("who handed an organization over does not delete it by a request that waited") {
  test::for_each_engine([](EngineCase& engine) {
    House house(engine);
    const TenantScope anns = house.rights_of(house.ann);
    house.hand_over(house.ben);
    CHECK(house.with(anns, house.ends_org()) == "busy");
    CHECK(house.world.write(house.ben, house.org, house.ends_org()) == "");
  });
}

TEST_CASE("what others change meanwhile holds up nobody whose role stays") {
  test::for_each_engine([](EngineCase& engine) {
    House house(engine);
    const TenantScope bens = house.rights_of(house.ben);
    house.remove(house.cleo);
    REQUIRE(house.world.write(house.ann, house.org, house.renames_org()) == "");
    CHECK(house.with(bens, house.makes_team()) == "");
  });
}
