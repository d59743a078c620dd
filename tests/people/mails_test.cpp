// Mails of an organization: to whom they go no more, and how many there may be.
#include <doctest/doctest.h>

#include "app/life/suspension.hpp"
#include "app/ownership.hpp"
#include "app/removal.hpp"
#include "tests/people/invitation_house.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using test::EngineCase;
using Texts = std::vector<std::string>;

struct Post : InvitationHouse {
  explicit Post(EngineCase& engine) : InvitationHouse(engine) {}

  const World::Person& dan = world.add_person("dan");

  Outcome remove(const World::Person& who) {
    return world.write(ann, org, [&](Tx& tx, const TenantScope& scope) {
      return app::remove_member(tx, world.stores(), scope, PersonRef{who.id, {}}, false,
                                std::nullopt);
    });
  }
  Outcome leave(const World::Person& who) {
    return world.write(who, org, [&](Tx& tx, const TenantScope& scope) {
      return app::leave(tx, world.stores(), scope);
    });
  }
  // `by` is told that `who` has joined.
  void bring(const World::Person& by, const World::Person& who) {
    REQUIRE(invite(by, who.email) == "invited");
    REQUIRE(accept(who, token(who.email)) == "");
  }
  std::int64_t waiting(const std::string& mail) { return std::ranges::count(world.mails(), mail); }
};

}  // namespace

TEST_CASE("what an organization told a member does not go to who is none any more") {
  for (const bool by_themselves : {false, true})
    test::for_each_engine([&](EngineCase& engine) {
      CAPTURE(by_themselves);
      Post house(engine);
      house.join(house.ben, OrgRole::admin);
      house.bring(house.ben, house.cleo);
      house.bring(house.ann, house.dan);
      // What another organization tells the same person is none of this one's.
      const OrgId acme = house.org;
      house.org = house.world.found(house.ben, "Blue");
      house.bring(house.ben, house.dan);
      house.org = acme;
      REQUIRE(sorted(house.world.mails()) == Texts{"invitation_accepted ann@example.com",
                                                   "invitation_accepted ben@example.com",
                                                   "invitation_accepted ben@example.com"});
      REQUIRE((by_themselves ? house.leave(house.ben) : house.remove(house.ben)) == "");
      Texts left{"invitation_accepted ann@example.com", "invitation_accepted ben@example.com"};
      if (!by_themselves) left.emplace_back("member_removed ben@example.com");
      CHECK(sorted(house.world.mails()) == left);
      // That it is over goes out, also when they come and go again.
      house.join(house.ben, OrgRole::member);
      REQUIRE(house.leave(house.ben) == "");
      CHECK(sorted(house.world.mails()) == left);
    });
}

TEST_CASE("a suspended organization sends nothing but that it is, and that a membership is over") {
  test::for_each_engine([](EngineCase& engine) {
    Post house(engine);
    house.join(house.ben, OrgRole::admin);
    house.join(house.dan, OrgRole::member);
    house.bring(house.ben, house.cleo);
    REQUIRE(house.invite(house.ann, "eve@example.com") == "invited");
    REQUIRE(house.remove(house.dan) == "");
    REQUIRE(house.world.administer(
                house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                  KS_CHECK(app::suspend_organization(tx, house.world.stores(), scope, "Spam."));
                  return {};
                }) == "");
    CHECK(sorted(house.world.mails()) ==
          Texts{"member_removed dan@example.com", "organization_suspended ann@example.com"});
  });
}
