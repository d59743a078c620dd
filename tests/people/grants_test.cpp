// Whoever gives a right is written down with it, by every way in which one is given.
#include <doctest/doctest.h>

#include "app/access/rows.hpp"
#include "app/members.hpp"
#include "app/ownership.hpp"
#include "app/removal.hpp"
#include "app/team_members.hpp"
#include "tests/people/invitation_house.hpp"
#include "tests/store/statements.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

using test::EngineCase;

struct Granting : InvitationHouse {
  explicit Granting(EngineCase& engine) : InvitationHouse(engine) {}

  // Every right in the order of the list.
  std::vector<AccessRow> rights(const World::Person& reader) {
    std::vector<AccessRow> out;
    CHECK(world.read(reader, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_TRY(auto list, app::access_rows(tx, world.stores(), scope, std::nullopt, {days(90)},
                                         PageRequest{200, ""}));
      CHECK_FALSE(list.page.next);
      out = std::move(list.page.items);
      return {};
    }) == "");
    return out;
  }
  // "ben org_admin by ann", "ben developer by ben".
  std::vector<std::string> granted(const World::Person& reader) {
    std::vector<std::string> out;
    for (const AccessRow& row : rights(reader)) {
      const std::string by = row.granted.by == Grant::By::member
                                 ? row.granted.name
                                 : std::string(name(row.granted.by));
      out.push_back(row.name + " " + row.role + " by " + by);
    }
    return out;
  }
  std::optional<AccessRow> right(const World::Person& reader, const World::Person& of,
                                 bool in_team) {
    std::optional<AccessRow> out;
    for (const AccessRow& row : rights(reader))
      if (row.user == of.id && row.team.has_value() == in_team) out = row;
    return out;
  }
  Outcome set_org_role(const World::Person& by, const World::Person& of, OrgRole role) {
    return world.write(by, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::change_member(tx, world.stores(), scope, PersonRef{of.id, {}}, {role, true},
                                  std::nullopt));
      return {};
    });
  }
  Outcome set_team_role(const World::Person& by, const World::Person& of, TeamRole role) {
    return world.write(by, org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
      KS_CHECK(app::set_team_member(tx, world.stores(), scope, "default", PersonRef{of.id, {}},
                                    {role, true}, std::nullopt));
      return {};
    });
  }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("who founds has their rights of themselves, and changes tell who made them and when") {
  test::for_each_engine([](EngineCase& engine) {
    Granting house(engine);
    CHECK(house.granted(house.ann) == Lines{"ann org_owner by founder", "ann team_admin by self"});
    house.join(house.ben, OrgRole::member, {{"default", TeamRole::viewer}});
    house.join(house.cleo, OrgRole::admin);
    const Time joined = house.right(house.ann, house.ben, true)->since;
    engine.clock().advance(hours(1));
    CHECK(house.set_team_role(house.cleo, house.ben, TeamRole::admin) == "");
    CHECK(house.granted(house.ann) == Lines{"ann org_owner by founder", "ann team_admin by self",
                                            "ben org_member by ann", "ben team_admin by cleo",
                                            "cleo org_admin by ann"});
    CHECK(house.right(house.ann, house.ben, true)->since == joined + hours(1));
    CHECK(house.right(house.ann, house.ben, false)->since == joined);
    // The same role again gives nothing.
    engine.clock().advance(hours(1));
    CHECK(house.set_team_role(house.ann, house.ben, TeamRole::admin) == "");
    CHECK(house.right(house.ann, house.ben, true)->since == joined + hours(1));
    CHECK(house.set_org_role(house.cleo, house.ben, OrgRole::admin) == "");
    CHECK(house.set_org_role(house.cleo, house.cleo, OrgRole::member) == "");
    const Lines now = house.granted(house.ann);
    CHECK(now[2] == "ben org_admin by cleo");
    CHECK(now[4] == "cleo org_member by self");
    CHECK(house.right(house.ann, house.cleo, false)->since == engine.clock().now());
  });
}

TEST_CASE("who comes by an invitation has each right of who invited to it") {
  test::for_each_engine([](EngineCase& engine) {
    Granting house(engine);
    house.join(house.ben, OrgRole::member, {{"default", TeamRole::admin}});
    const World::Person& dora = house.world.add_person("dora");
    const World::Person& emil = house.world.add_person("emil");
    // Ben invites to the team, and Ann into the organization.
    CHECK(house.invite(house.ben, dora.email, {{"default", TeamRole::viewer}}) == "invited");
    CHECK(house.invite(house.ann, dora.email, {}, OrgRole::admin) == "updated");
    CHECK(house.accept(dora, house.token(dora.email)) == "");
    CHECK(house.invite(house.ben, emil.email, {{"default", TeamRole::viewer}}) == "invited");
    CHECK(house.accept(emil, house.token(emil.email)) == "");
    // A member is put into a team at once.
    house.join(house.cleo, OrgRole::member);
    CHECK(house.invite(dora, house.cleo.email, {{"default", TeamRole::developer}}) == "added");
    CHECK(house.granted(house.ann) == Lines{"ann org_owner by founder", "ann team_admin by self",
                                            "ben org_member by ann", "ben team_admin by ann",
                                            "cleo org_member by ann", "cleo developer by dora",
                                            "dora org_admin by ann", "dora viewer by ben",
                                            "emil org_member by ben", "emil viewer by ben"});
  });
}

TEST_CASE("ownership is given by the owner before, what comes back by who gives it back") {
  test::for_each_engine([](EngineCase& engine) {
    Granting house(engine);
    house.join(house.ben, OrgRole::admin);
    house.join(house.cleo, OrgRole::member, {{"default", TeamRole::viewer}});
    std::string offer;
    CHECK(house.world.write(
              house.ann, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                KS_TRY(const auto made, app::offer_ownership(tx, house.world.stores(), scope,
                                                             PersonRef{house.ben.id, {}}));
                offer = made.id.str();
                return {};
              }) == "");
    CHECK(house.world.write(
              house.ben, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                KS_CHECK(app::accept_ownership(tx, house.world.stores(), scope, offer));
                return {};
              }) == "");
    CHECK(house.world.write(house.ann, house.org, [&](Tx& tx, const TenantScope& scope) {
      return app::remove_member(tx, house.world.stores(), scope, PersonRef{house.cleo.id, {}},
                                false, std::nullopt);
    }) == "");
    CHECK(house.world.write(
              house.ben, house.org, [&](Tx& tx, const TenantScope& scope) -> ks::Result<void> {
                KS_CHECK(
                    app::reinstate(tx, house.world.stores(), scope, PersonRef{house.cleo.id, {}}));
                return {};
              }) == "");
    CHECK(house.granted(house.ben) == Lines{"ann org_admin by self", "ann team_admin by self",
                                            "ben org_owner by ann", "cleo org_member by ben",
                                            "cleo viewer by ben"});
    // Who gave it may go; then it was somebody.
    CHECK(house.world.write(house.ben, house.org, [&](Tx& tx, const TenantScope& scope) {
      return app::remove_member(tx, house.world.stores(), scope, PersonRef{house.ann.id, {}}, false,
                                std::nullopt);
    }) == "");
    CHECK(house.granted(house.ben) ==
          Lines{"ben org_owner by former_member", "cleo org_member by ben", "cleo viewer by ben"});
    CHECK(house.right(house.ben, house.ben, false)->granted.user == house.ann.id);
  });
}

TEST_CASE("a right that is older than the record of it is by nobody that is known") {
  test::for_each_engine([](EngineCase& engine) {
    Granting house(engine);
    house.join(house.ben, OrgRole::member);
    const Time since = house.right(house.ann, house.ben, false)->since;
    static const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 0> kOld(
        "old", "UPDATE org_members SET granted_by = NULL, granted_at = NULL");
    static const test::TestStatement<sql::Scope::fleet, sql::Rows::none, 0> kAppointed(
        "appointed", "UPDATE org_members SET granted_at = 7");
    const auto run = [&](const auto& statement) {
      REQUIRE(house.world.database().fleet_write(test::kFleet, [&](Tx& tx) -> ks::Result<void> {
        KS_CHECK(sql::sql_tx(tx).run(test::kFleet, *statement));
        return {};
      }));
    };
    run(kOld);
    CHECK(house.granted(house.ann)[2] == "ben org_member by unknown");
    CHECK(house.right(house.ann, house.ben, false)->since == since);
    run(kAppointed);
    CHECK(house.granted(house.ann)[2] == "ben org_member by system");
  });
}
