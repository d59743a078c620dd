// What teams are called in addresses, on both engines.
#include <doctest/doctest.h>

#include "app/teams.hpp"
#include "tests/people/invitation_house.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

struct Naming : InvitationHouse {
  explicit Naming(test::EngineCase& engine) : InvitationHouse(engine) {}

  Outcome make(const std::string& name, const std::optional<std::string>& slug = std::nullopt) {
    return world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_TRY(const TeamRow made, app::create_team(tx, world.stores(), scope, {name, slug, ""}));
      made_ = made.slug;
      return {};
    });
  }
  Outcome rename(const std::string& from, const std::string& to) {
    return world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::change_team(tx, world.stores(), scope, from, {std::nullopt, to, std::nullopt},
                                std::nullopt));
      return {};
    });
  }
  Outcome remove(const std::string& slug) {
    return world.write(ann, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::remove_team(tx, world.stores(), scope, slug, {}));
      return {};
    });
  }
  // The slug of the team that this one leads to, by a name of now or of before; "" for none.
  std::string leads(const World::Person& who, const std::string& slug) {
    std::string out;
    world.read(who, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      auto found = app::team(tx, world.stores(), scope, slug);
      if (!found) {
        KS_TRY(const auto before, app::team_before(tx, world.stores(), scope, slug));
        if (before) found = app::team(tx, world.stores(), scope, before->str());
      }
      KS_CHECK(found);
      out = found->slug;
      return {};
    });
    return out;
  }
  std::string made_;
};

}  // namespace

TEST_CASE("a slug of before leads who sees the team to it, and rests for 90 days") {
  test::for_each_engine([](test::EngineCase& engine) {
    Naming house(engine);
    house.team("shop");
    REQUIRE(house.rename("shop", "store") == "");
    house.join(house.ben, OrgRole::member, {{"shop", TeamRole::viewer}});
    house.join(house.cleo, OrgRole::member, {{"default", TeamRole::viewer}});
    CHECK(house.leads(house.ann, "shop") == "store");
    CHECK(house.leads(house.ben, "shop") == "store");
    CHECK(house.leads(house.cleo, "shop") == "");
    CHECK(house.rename("shop", "other") == "not_found");
    CHECK(house.make("Shop") == "slug_taken");
    CHECK(house.make("Other", "shop") == "slug_taken");
    CHECK(house.rename("default", "shop") == "slug_taken");
    // The team itself goes back to it, and then the other one rests.
    CHECK(house.rename("store", "shop") == "");
    CHECK(house.leads(house.ann, "store") == "shop");
    CHECK(house.make("Store") == "slug_taken");
    CHECK(house.rename("shop", "store") == "");

    engine.clock().advance(days(90) - microseconds(1));
    house.world.renew_sessions();
    CHECK(house.leads(house.ann, "shop") == "store");
    CHECK(house.make("Shop") == "slug_taken");
    engine.clock().advance(microseconds(1));
    house.world.renew_sessions();
    CHECK(house.leads(house.ann, "shop") == "");
    CHECK(house.make("Shop") == "");
    CHECK(house.leads(house.ann, "shop") == "shop");
  });
}

TEST_CASE("with a team its slugs are free at once, and ten of one rest at a time") {
  test::for_each_engine([](test::EngineCase& engine) {
    Naming house(engine);
    REQUIRE(house.make("Shop") == "");
    REQUIRE(house.rename("shop", "store") == "");
    REQUIRE(house.remove("store") == "");
    CHECK(house.leads(house.ann, "shop") == "");
    CHECK(house.make("Shop") == "");
    CHECK(house.make("Store") == "");
    std::string now = "shop";
    for (int i = 0; i < 10; ++i) {
      const std::string next = "name-" + std::to_string(i);
      REQUIRE(house.rename(now, next) == "");
      now = next;
    }
    CHECK(house.rename(now, "one-more") == "too_many_requests");
    // Each team has its own ten.
    CHECK(house.rename("store", "base") == "");
  });
}

TEST_CASE("a name of another script has a slug that says it is a team") {
  test::for_each_engine([](test::EngineCase& engine) {
    Naming house(engine);
    std::string before;
    for (const char* name : {"开发", "开发", "Разработка"}) {
      REQUIRE(house.make(name) == "");
      CHECK(house.made_.starts_with("team-"));
      CHECK(house.made_.size() == 11);
      CHECK(house.made_ != before);
      before = house.made_;
    }
  });
}
