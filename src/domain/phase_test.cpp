#include "domain/phase.hpp"

#include <set>
#include <string>

#include <doctest/doctest.h>

#include "domain/role.hpp"

namespace ks {

TEST_CASE("each phase has its own name, and the name finds it") {
  std::set<std::string_view> names;
  for (const Phase p : {Phase::pending, Phase::provisioning, Phase::ready, Phase::updating,
                        Phase::degraded, Phase::stopped, Phase::error, Phase::deleting}) {
    CHECK(names.insert(name(p)).second);
    CHECK(phase(name(p)) == p);
  }
  CHECK(name(Phase::ready) == "Ready");
  CHECK_FALSE(phase("ready"));
  CHECK_FALSE(phase(""));
}

TEST_CASE("each role has its own name, and the name finds it") {
  for (const OrgRole r : {OrgRole::member, OrgRole::admin, OrgRole::owner})
    CHECK(org_role(name(r)) == r);
  for (const TeamRole r : {TeamRole::viewer, TeamRole::developer, TeamRole::admin})
    CHECK(team_role(name(r)) == r);
  CHECK(name(OrgRole::owner) == "org_owner");
  CHECK(name(TeamRole::admin) == "team_admin");
  CHECK_FALSE(org_role("owner"));
  CHECK_FALSE(team_role("org_owner"));
  CHECK(OrgRole::owner > OrgRole::admin);
  CHECK(TeamRole::developer > TeamRole::viewer);
}

}  // namespace ks
