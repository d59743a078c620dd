// Who is told what a smaller plan is too small for, on both engines.
#include <algorithm>

#include <doctest/doctest.h>

#include "app/members.hpp"
#include "app/plans.hpp"
#include "tests/people/invitation_house.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using Lines = std::vector<std::string>;

const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 2> kDeployments(
    "deployments", "UPDATE org_usage SET deployments = ?2 WHERE org_id = ?1");

struct Planning : InvitationHouse {
  explicit Planning(test::EngineCase& engine) : InvitationHouse(engine) {
    join(ben, OrgRole::admin);
    join(cleo, OrgRole::member);
    REQUIRE(world.database().fleet_write(test::kFleet, [&](Tx& tx) -> ks::Result<void> {
      KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *kDeployments, org, std::int64_t{4}));
      return {};
    }));
  }
  Lines preview(const std::string& plan) {
    Lines out;
    CHECK(world.administer(org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_TRY(const auto found, app::preview_plan(tx, world.stores(), scope, plan));
      for (const Overrun& one : found.conflicts)
        out.push_back(one.feature + " " + std::to_string(one.used) + " of " +
                      std::to_string(one.limit));
      return {};
    }) == "");
    return out;
  }
  void set(const std::string& plan) {
    REQUIRE(world.administer(org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::set_plan(tx, world.stores(), scope, plan));
      return {};
    }) == "");
  }
};

}  // namespace

TEST_CASE("a smaller plan says what is over it, before and after, to who runs the organization") {
  test::for_each_engine([](test::EngineCase& engine) {
    Planning house(engine);
    CHECK(house.preview("free") == Lines{"deployments.max 4 of 1", "members.max 3 of 1"});
    CHECK(house.preview("business").empty());
    CHECK(house.preview("enterprise").empty());
    CHECK(house.world.mails().empty());

    const Lines told{"plan_changed ann@example.com", "plan_changed ben@example.com"};
    house.set("free");
    CHECK(sorted(house.world.mails()) == told);
    for (const AddressedDraft& mail : house.world.waiting()) {
      const auto said = [&](std::string_view place) {
        const auto at = std::ranges::find(mail.draft.places, place, &MailDraft::Place::name);
        REQUIRE(at != mail.draft.places.end());
        return std::get<MailDraft::Word>(at->value).text;
      };
      CHECK(said("deployments_used") == "4");
      CHECK(said("deployments_limit") == "1");
      CHECK(said("members_used") == "3");
      CHECK(said("memory_used").empty());
      CHECK(said("replicas_used").empty());
    }
    // What was so before is no news; and of what is not so any more nobody is told who was not yet.
    house.set("free");
    CHECK(sorted(house.world.mails()) == told);
    house.set("enterprise");
    CHECK(house.world.mails().empty());
    house.set("free");
    CHECK(sorted(house.world.mails()) == told);
    // Nor who does not run it any more.
    REQUIRE(house.world.write(
                house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                  KS_CHECK(app::change_member(tx, house.world.stores(), scope,
                                              PersonRef{house.ben.id, {}}, {OrgRole::member, false},
                                              std::nullopt));
                  return {};
                }) == "");
    CHECK(house.world.mails() == Lines{"plan_changed ann@example.com"});
  });
}

TEST_CASE("a team's invitation that finds no seat tells who can have more, once a day") {
  test::for_each_engine([](test::EngineCase& engine) {
    Planning house(engine);
    const World::Person& tess = house.world.add_person("tess");
    house.join(tess, OrgRole::member, {{"default", TeamRole::admin}});
    house.world.set_seats(house.org, 4);
    const std::map<std::string, TeamRole> viewer{{"default", TeamRole::viewer}};
    // Who can have it raised sees it themselves.
    CHECK(house.invite(house.ben, "one@example.com", viewer) == "seat_limit");
    CHECK(house.world.mails().empty());
    for (int i = 0; i < 2; ++i) {
      CHECK(house.invite(tess, "one@example.com", viewer) == "seat_limit");
      CHECK(sorted(house.world.mails()) ==
            Lines{"limit_reached ann@example.com", "limit_reached ben@example.com"});
    }
  });
}
