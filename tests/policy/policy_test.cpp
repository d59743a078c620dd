#include "authz/policy.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "authz/authorizer.hpp"
#include "store/transaction.hpp"

namespace ks {

namespace {

std::string golden_path() {
  const char* root = std::getenv("KS_SOURCE_DIR");
  REQUIRE(root != nullptr);
  return std::string(root) + "/tests/policy/rights.golden";
}

// role x action, one row an action; the form in which a change of rights is read.
std::string table() {
  std::string out =
      fmt::format("{:24}{:>11}{:>11}{:>12}{:>12}{:>11}{:>8}{:>16}\n", "action", "org_owner",
                  "org_admin", "org_member", "team_admin", "developer", "viewer", "platform_admin");
  const auto mark = [](bool yes) { return yes ? "yes" : "-"; };
  for (const Action action : all_actions()) {
    const bool on_team = is_team_action(action);
    // Owners and administrators act as team administrators.
    const auto org = [&](OrgRole role) {
      return on_team && role >= OrgRole::admin ? policy::allows(TeamRole::admin, action)
                                               : policy::allows(role, action);
    };
    out += fmt::format("{:24}{:>11}{:>11}{:>12}{:>12}{:>11}{:>8}{:>16}\n", name(action),
                       mark(org(OrgRole::owner)), mark(org(OrgRole::admin)),
                       mark(org(OrgRole::member)), mark(policy::allows(TeamRole::admin, action)),
                       mark(policy::allows(TeamRole::developer, action)),
                       mark(policy::allows(TeamRole::viewer, action)),
                       mark(policy::platform_admin_allows(action)));
  }
  return out;
}

Standing standing(std::optional<OrgRole> org, std::optional<TeamRole> in_team, const TeamId& team) {
  Standing out;
  out.org_role = org;
  if (in_team) out.teams.push_back({team, "blue", *in_team});
  return out;
}

}  // namespace

TEST_CASE("the table of rights is the one that was reviewed") {
  std::ifstream file(golden_path());
  std::stringstream text;
  text << file.rdbuf();
  const std::string now = table();
  if (text.str() != now) MESSAGE("the table is now:\n" << now);
  CHECK(text.str() == now);
}

TEST_CASE("docs/rbac.md shows the table that is enforced") {
  const char* root = std::getenv("KS_SOURCE_DIR");
  REQUIRE(root != nullptr);
  std::ifstream file(std::string(root) + "/docs/rbac.md");
  std::stringstream text;
  text << file.rdbuf();
  CHECK(text.str().find("```\n" + table() + "```") != std::string::npos);
}

TEST_CASE("a stronger role never lacks what a weaker one has") {
  for (const Action action : all_actions()) {
    CAPTURE(name(action));
    if (policy::allows(TeamRole::viewer, action))
      CHECK(policy::allows(TeamRole::developer, action));
    if (policy::allows(TeamRole::developer, action)) CHECK(policy::allows(TeamRole::admin, action));
    if (policy::allows(OrgRole::member, action)) CHECK(policy::allows(OrgRole::admin, action));
    if (policy::allows(OrgRole::admin, action)) CHECK(policy::allows(OrgRole::owner, action));
  }
}

TEST_CASE("a team's role means nothing in another team, and nothing without the organization") {
  const ManualClock clock;
  SeededRandom random(7);
  const TeamId blue = TeamId::make(clock, random), green = TeamId::make(clock, random);
  for (const TeamRole role : {TeamRole::viewer, TeamRole::developer, TeamRole::admin})
    for (const Action action : all_actions()) {
      CAPTURE(name(action));
      CHECK_FALSE(policy::allows_on_team(standing(OrgRole::member, role, blue), green, action));
      CHECK_FALSE(policy::allows_on_team(standing(std::nullopt, role, blue), blue, action));
    }
}

TEST_CASE("a platform administrator has no right on a team or on an organization's content") {
  const ManualClock clock;
  SeededRandom random(8);
  const TeamId team = TeamId::make(clock, random);
  Standing above;
  above.platform_admin = true;
  for (const Action action : all_actions()) {
    CAPTURE(name(action));
    CHECK_FALSE(policy::allows_on_team(above, team, action));
    const bool expected = action == Action::orgs_set_plan || action == Action::audit_append;
    CHECK(policy::allows_on_org(above, action) == expected);
  }
}

TEST_CASE("background work may store status and nothing that a person does") {
  const auto scope = FleetScope(FleetReason::sync)
                         .tenant(platform_client(), *OrgId::parse(platform_client().text()));
  for (const Action action : all_actions()) {
    CAPTURE(name(action));
    const bool expected = action == Action::sync_status || action == Action::audit_append;
    CHECK(policy::allows_on_org(scope.standing(), action) == expected);
  }
}

TEST_CASE("allowed actions are exactly those that policy allows, without internal steps") {
  const ManualClock clock;
  SeededRandom random(9);
  const TeamId team = TeamId::make(clock, random);
  for (const OrgRole role : {OrgRole::member, OrgRole::admin, OrgRole::owner}) {
    const Standing s = standing(role, TeamRole::viewer, team);
    std::vector<std::string> org, on_team;
    for (const Action action : all_actions()) {
      if (!is_internal(action) && policy::allows_on_org(s, action)) org.emplace_back(name(action));
      if (policy::allows_on_team(s, team, action)) on_team.emplace_back(name(action));
    }
    CHECK(policy::allowed_on_org(s) == org);
    CHECK(policy::allowed_on_team(s, team) == on_team);
    for (const auto& action : policy::allowed_on_org(s)) {
      CHECK(action != "org:found");
      CHECK(action != "sync:status");
    }
  }
}

namespace {
// Knows one team; counts how often it is asked.
class OneTeam final : public Directory {
 public:
  explicit OneTeam(TeamId team) : team_(team) {}
  Result<bool> team_exists(Tx&, const Lookup&, const TeamId& team) const override {
    return team == team_;
  }
  Result<std::optional<TeamId>> team_by_slug(Tx&, const Lookup&,
                                             std::string_view slug) const override {
    return slug == "blue" ? std::optional(team_) : std::nullopt;
  }

 private:
  TeamId team_;
};
class NoTx final : public Tx {};
}  // namespace

TEST_CASE("the system's scope finds no team, whatever it is asked for") {
  const ManualClock clock;
  SeededRandom random(10);
  const TeamId team = TeamId::make(clock, random);
  const OneTeam directory(team);
  const Authorizer authorizer(directory);
  NoTx tx;
  const auto scope = FleetScope(FleetReason::sync)
                         .tenant(platform_client(), *OrgId::parse(platform_client().text()));
  CHECK_FALSE(authorizer.find_team(tx, scope, "blue"));
  CHECK_FALSE(authorizer.require<Action::deployments_read>(tx, scope, team));
  CHECK(authorizer.require<Action::sync_status>(scope));
}

}  // namespace ks
