// What lists give is what may be read one by one: random small worlds on every engine.
#include <map>
#include <set>
#include <string>

#include "tests/policy/lists_world.hpp"

namespace ks::test {

namespace {

void check_deployments(ListsWorld& world, const TenantScope& scope, const TeamAt& team,
                       const std::vector<OrgAt>& everywhere) {
  CAPTURE(team.slug);
  Texts readable;
  std::set<std::string> names;
  for (const OrgAt& org : everywhere)
    for (const TeamAt& any : org.teams)
      names.insert(any.deployments.begin(), any.deployments.end());
  for (const std::string& name : names) {
    const auto row = world.read<DeploymentRow>(
        [&](Tx& tx) { return app::deployment(tx, world.stores(), scope, team.id.text(), name); });
    if (!row) continue;
    CHECK(row->team == team.id);
    readable.push_back(row->id.str());
  }
  for (const int limit : {1, 2, 50}) {
    const Texts listed = walk(
        limit,
        [&](const PageRequest& page) {
          return world.read<Page<ListedDeployment>>([&](Tx& tx) {
            return app::deployments(tx, world.stores(), scope, team.id.text(), "", page);
          });
        },
        [](const ListedDeployment& item) { return item.stamp.id.str(); });
    CHECK(listed == readable);
  }
}

void check_teams(ListsWorld& world, const TenantScope& scope,
                 const std::vector<OrgAt>& everywhere) {
  std::map<std::string, std::string> readable;  // By slug, the order of the list.
  const auto look = [&](std::string_view team) {
    const auto row =
        world.read<TeamRow>([&](Tx& tx) { return app::team(tx, world.stores(), scope, team); });
    if (row) readable.emplace(row->slug, row->id.str());
    return row.has_value();
  };
  look("default");
  for (const OrgAt& org : everywhere)
    for (const TeamAt& team : org.teams) {
      const bool seen = look(team.id.text());
      // Its deployments are as visible as the team, by any of the two names.
      if (seen || org.id == scope.org()) check_deployments(world, scope, team, everywhere);
    }
  Texts wanted;
  for (const auto& [slug, id] : readable) wanted.push_back(id);
  for (const int limit : {1, 2, 50}) {
    const Texts listed = walk(
        limit,
        [&](const PageRequest& page) {
          return world.read<Page<TeamRow>>(
              [&](Tx& tx) { return app::teams(tx, world.stores(), scope, page); });
        },
        [](const TeamRow& row) { return row.id.str(); });
    CHECK(listed == wanted);
  }
}

}  // namespace

TEST_CASE("for everybody, a list has exactly what they may read one by one") {
  std::size_t seen = 0, hidden = 0;
  for (const std::uint64_t seed : {1U, 2U, 3U})
    for_each_engine([&](EngineCase& engine) {
      CAPTURE(seed);
      ListsWorld world(engine, seed);
      for (const User& user : world.users) {
        const Caller caller = world.caller(user);
        std::set<std::string> mine, readable;
        for (const Membership& m : caller.memberships()) mine.insert(m.id.str());
        for (const OrgAt& org : world.orgs) {
          const auto scope = world.gate().tenant(caller, org.id);
          if (!scope) {
            ++hidden;
            continue;
          }
          ++seen;
          const auto read = world.read<Organization>(
              [&](Tx& tx) { return app::organization(tx, world.stores(), *scope); });
          if (read) readable.insert(read->id.str());
          check_teams(world, *scope, world.orgs);
        }
        CHECK(mine == readable);
      }
    });
  CHECK(seen > 10);
  CHECK(hidden > 3);
}

}  // namespace ks::test
