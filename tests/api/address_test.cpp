// Where slugs of before lead, told to somebody whose rights end at that very moment.
#include "api/people/address.hpp"

#include <array>
#include <string>

#include <doctest/doctest.h>

#include "app/removal.hpp"
#include "app/team_members.hpp"
#include "app/teams.hpp"
#include "tests/api/texts_world.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// Ann's organization and its team had other slugs; Max was in both when he was looked up.
struct Moved {
  Moved(EngineCase& engine, std::string to) : world(engine), new_org(std::move(to)) {
    world.join(ann, org, max, TeamRole::viewer);
    old_max = known();  // By the slugs of before.
    write([&](Tx& tx, const TenantScope& scope) -> Result<void> {
      KS_TRY(const Organization now, app::organization(tx, world.app_stores(), scope));
      old_org = now.slug;
      KS_TRY(const TeamRow team,
             app::team(tx, world.app_stores(), scope, TextsWorld::team_of(scope).text()));
      old_team = team.slug;
      app::TeamPatch team_patch;
      team_patch.slug = "store";
      KS_CHECK(app::change_team(tx, world.app_stores(), scope, old_team, team_patch, std::nullopt));
      app::OrganizationPatch org_patch;
      org_patch.slug = new_org;
      KS_CHECK(app::change(tx, world.app_stores(), scope, org_patch, std::nullopt));
      return {};
    });
    new_max = known();
  }

  void write(const std::function<Result<void>(Tx&, const TenantScope&)>& act) {
    must(world.db.write([&](Tx& tx) -> Result<void> {
      KS_TRY(const TenantScope scope, world.scope_in(tx, ann, org));
      return act(tx, scope);
    }));
  }
  Caller known() { return must(world.gate.load(world.client(), max.token, world.trail)); }

  // What is said to `caller` of a write under these slugs.
  std::string said(const Caller& caller, const std::string& in_org, const std::string& in_team) {
    http::Request request;
    request.method = http::Method::patch;
    request.path = "/" + in_org + "/" + in_team;
    request.params = {{"org", 1, in_org.size()}, {"team", in_org.size() + 2, in_team.size()}};
    return api::slugs_now(caller, api::Call{request, Json::object()}, world.services);
  }

  TextsWorld world;
  const TextsWorld::Person ann = world.person("Ann"), max = world.person("Max");
  const OrgId org = world.found(ann);
  const std::string new_org;
  std::string old_org, old_team;
  std::optional<Caller> old_max, new_max;
};

const std::string kUnchanged = " Nothing is changed under a slug of before.";
const std::string kTeam = " The slug of the team is store now.";

enum class End { none, team_left, removed, left };
constexpr std::array kEnds = {End::none, End::team_left, End::removed, End::left};

void end(Moved& house, End how) {
  const auto stores = house.world.app_stores();
  const PersonRef max{house.max.user, {}};
  switch (how) {
    case End::none:
      return;
    case End::team_left:
      return house.write([&](Tx& tx, const TenantScope& scope) {
        return app::remove_team_member(tx, stores, scope, "store", max, false, std::nullopt);
      });
    case End::removed:
      return house.write([&](Tx& tx, const TenantScope& scope) {
        return app::remove_member(tx, stores, scope, max, false, std::nullopt);
      });
    case End::left:
      must(house.world.db.write([&](Tx& tx) -> Result<void> {
        KS_TRY(const TenantScope scope, house.world.scope_in(tx, house.max, house.org));
        return app::leave(tx, stores, scope);
      }));
  }
}

}  // namespace

TEST_CASE("who is no member any more learns no slug of now, whatever was known of them") {
  for_each_engine([](EngineCase& engine) {
    for (const End how : kEnds) {
      CAPTURE(static_cast<int>(how));
      Moved house(engine, "acme-" + std::to_string(static_cast<int>(how)));
      const std::string now_org = " The slug of the organization is " + house.new_org + " now.";
      end(house, how);
      const std::string id = house.org.str();
      for (const std::string& in_org : {house.old_org, house.new_org, id})
        for (const std::string& in_team : {house.old_team, std::string("store"), std::string()}) {
          CAPTURE(in_org);
          CAPTURE(in_team);
          // One who was known before something ended is asked for again.
          const bool org_told = in_org == house.old_org, team_told = in_team == house.old_team;
          const std::string wanted =
              how == End::none ? (org_told ? now_org : "") + std::string(team_told ? kTeam : "")
                               : "";
          CHECK(house.said(*house.new_max, in_org, in_team) ==
                (wanted.empty() ? "" : kUnchanged + wanted));
          if (how != End::none) CHECK(house.said(*house.old_max, in_org, in_team) == "");
          // As they are now, they learn what they may still see, and a stranger nothing.
          const Caller now = house.known();
          const std::string may =
              how == End::none ? wanted : (how == End::team_left && org_told ? now_org : "");
          CHECK(house.said(now, in_org, in_team) == (may.empty() ? "" : kUnchanged + may));
        }
    }
  });
}
