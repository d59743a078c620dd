// Who may give a role to whom: every standing, every role, every change. The expectations are
// ranks, written down here, while the policy compares what roles allow.
#include "authz/grants.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <doctest/doctest.h>

#include "authz/policy.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"

namespace ks {

namespace {

constexpr std::array kOrgRoles = {OrgRole::member, OrgRole::admin, OrgRole::owner};
constexpr std::array kTeamRoles = {TeamRole::viewer, TeamRole::developer, TeamRole::admin};

struct Teams {
  ManualClock clock;
  SeededRandom random{11};
  TeamId blue = TeamId::make(clock, random), green = TeamId::make(clock, random);
};

// Everything that somebody can be in one organization with two teams.
std::vector<Standing> all_standings(const Teams& teams) {
  std::vector<Standing> out;
  for (int org = -1; org <= 2; ++org)
    for (int blue = -1; blue <= 2; ++blue)
      for (int green = -1; green <= 2; ++green)
        for (int above = 0; above <= 5; ++above) {
          Standing s;
          if (org >= 0) s.org_role = kOrgRoles[static_cast<std::size_t>(org)];
          if (blue >= 0)
            s.teams.push_back({teams.blue, "blue", kTeamRoles[static_cast<std::size_t>(blue)]});
          if (green >= 0)
            s.teams.push_back({teams.green, "green", kTeamRoles[static_cast<std::size_t>(green)]});
          if (above == 1) s.client_role = ClientRole::support;
          if (above == 2) s.client_role = ClientRole::billing;
          if (above == 3) s.client_role = ClientRole::admin;
          s.platform_admin = above == 4;
          s.system = above == 5;
          out.push_back(std::move(s));
        }
  return out;
}

// By rank alone: the strongest role that somebody may give, or -1.
int org_reach(const Standing& s) { return s.org_role && *s.org_role != OrgRole::member ? 1 : -1; }
int team_reach(const Standing& s, const TeamId& team) {
  if (!s.org_role) return -1;
  if (*s.org_role != OrgRole::member) return 2;
  return s.role_in(team) == TeamRole::admin ? 2 : -1;
}

}  // namespace

TEST_CASE("nobody gives, changes or takes a role of the organization above their own") {
  const Teams teams;
  for (const Standing& by : all_standings(teams)) {
    const int reach = org_reach(by);
    for (const OrgRole from : kOrgRoles) {
      CHECK(policy::may_grant(by, from) == (static_cast<int>(from) <= reach));
      CHECK(policy::may_remove(by, from) == (static_cast<int>(from) <= reach));
      for (const OrgRole to : kOrgRoles)
        CHECK(policy::may_change(by, from, to) ==
              (static_cast<int>(from) <= reach && static_cast<int>(to) <= reach));
      if (policy::may_grant(by, from)) CHECK(from <= *by.org_role);
    }
  }
}

TEST_CASE("nobody gives, changes or takes a role in a team that they do not run") {
  const Teams teams;
  for (const Standing& by : all_standings(teams))
    for (const TeamId& team : {teams.blue, teams.green}) {
      const int reach = team_reach(by, team);
      for (const TeamRole from : kTeamRoles) {
        CHECK(policy::may_grant(by, team, from) == (static_cast<int>(from) <= reach));
        CHECK(policy::may_remove(by, team, from) == (static_cast<int>(from) <= reach));
        for (const TeamRole to : kTeamRoles)
          CHECK(policy::may_change(by, team, from, to) ==
                (static_cast<int>(from) <= reach && static_cast<int>(to) <= reach));
      }
    }
}

TEST_CASE("only the owner makes somebody owner, and an owner cannot go away") {
  const Teams teams;
  for (const Standing& by : all_standings(teams)) {
    CHECK(policy::may_make_owner(by) == (by.org_role == OrgRole::owner));
    CHECK(policy::may_leave(by) == (by.org_role && by.org_role != OrgRole::owner));
    CHECK_FALSE(policy::may_grant(by, OrgRole::owner));
    CHECK_FALSE(policy::may_remove(by, OrgRole::owner));
    CHECK_FALSE(policy::may_invite(by, OrgRole::owner, {}));
  }
}

TEST_CASE("an invitation gives nothing that its sender could not give") {
  const Teams teams;
  for (const Standing& by : all_standings(teams))
    for (const OrgRole role : kOrgRoles) {
      CHECK(policy::may_invite(by, role, {}) == (static_cast<int>(role) <= org_reach(by)));
      for (const TeamRole in_blue : kTeamRoles) {
        const std::array one = {policy::TeamGrant{teams.blue, in_blue}};
        const bool runs_blue = team_reach(by, teams.blue) == 2;
        const bool runs_green = team_reach(by, teams.green) == 2;
        const bool as =
            static_cast<int>(role) <= org_reach(by) || (role == OrgRole::member && runs_blue);
        CHECK(policy::may_invite_to(by, one[0]) == runs_blue);
        CHECK(policy::may_invite(by, role, one) == (as && runs_blue));
        for (const TeamRole in_green : kTeamRoles) {
          const std::array both = {policy::TeamGrant{teams.blue, in_blue},
                                   policy::TeamGrant{teams.green, in_green}};
          CHECK(policy::may_invite(by, role, both) == (as && runs_blue && runs_green));
        }
      }
    }
}

namespace {

// One organization whose people do whatever they are allowed to do to each other's roles.
struct Colony {
  const Teams teams;
  std::vector<Standing> people;

  static void set(Standing& who, const TeamId& team, std::optional<TeamRole> role) {
    who.teams.erase(std::ranges::remove(who.teams, team, &Standing::InTeam::team).begin(),
                    who.teams.end());
    if (role) who.teams.push_back({team, "", *role});
  }

  // One random try; true when it was allowed.
  bool act(Random& random, std::size_t first, std::size_t last) {
    const Standing by = people[first + random.below(last - first)];
    Standing& to = people[random.below(people.size())];
    const auto org = kOrgRoles[random.below(3)];
    const auto in_team = kTeamRoles[random.below(3)];
    const TeamId& team = random.below(2) == 0 ? teams.blue : teams.green;
    switch (random.below(6)) {
      case 0:
        if (to.org_role ? !policy::may_change(by, *to.org_role, org) : !policy::may_grant(by, org))
          return false;
        to.org_role = org;
        return true;
      case 1:
        if (!to.org_role || !policy::may_remove(by, *to.org_role)) return false;
        to.org_role.reset();
        to.teams.clear();
        return true;
      case 2: {
        const auto now = to.role_in(team);
        if (!to.org_role || (now ? !policy::may_change(by, team, *now, in_team)
                                 : !policy::may_grant(by, team, in_team)))
          return false;
        set(to, team, in_team);
        return true;
      }
      case 3: {
        const auto now = to.role_in(team);
        if (!now || !policy::may_remove(by, team, *now)) return false;
        set(to, team, std::nullopt);
        return true;
      }
      case 4: {
        const std::array parts = {policy::TeamGrant{team, in_team}};
        if (to.org_role || !policy::may_invite(by, org, parts)) return false;
        to.org_role = org;
        set(to, team, in_team);
        return true;
      }
      default:
        if (!policy::may_make_owner(by)) return false;
        for (Standing& old : people)
          if (old.org_role == OrgRole::owner) old.org_role = OrgRole::admin;
        to.org_role = OrgRole::owner;
        return true;
    }
  }

  std::size_t owners() const {
    std::size_t out = 0;
    for (const Standing& s : people) out += s.org_role == OrgRole::owner ? 1U : 0U;
    return out;
  }
};

}  // namespace

TEST_CASE("whatever people do to each other's roles, there is one owner") {
  SeededRandom random(12);
  Colony colony;
  colony.people.resize(6);
  colony.people[0].org_role = OrgRole::owner;
  int allowed = 0;
  for (int i = 0; i < 20'000; ++i) {
    allowed += colony.act(random, 0, colony.people.size()) ? 1 : 0;
    REQUIRE(colony.owners() == 1);
  }
  CHECK(allowed > 1'000);
}

TEST_CASE("people who conspire gain nothing that none of them had") {
  SeededRandom random(13);
  Colony colony;
  colony.people.resize(8);
  // The first four conspire: the administrators of a team, a developer, and somebody outside.
  for (const std::size_t i : {0U, 1U, 2U}) colony.people[i].org_role = OrgRole::member;
  Colony::set(colony.people[0], colony.teams.blue, TeamRole::admin);
  Colony::set(colony.people[1], colony.teams.blue, TeamRole::admin);
  Colony::set(colony.people[2], colony.teams.green, TeamRole::developer);
  colony.people[4].org_role = OrgRole::owner;
  colony.people[5].org_role = OrgRole::admin;
  colony.people[6].org_role = OrgRole::member;
  Colony::set(colony.people[6], colony.teams.green, TeamRole::admin);
  const std::vector<Standing> before = colony.people;
  for (int i = 0; i < 20'000; ++i) colony.act(random, 0, 4);
  for (std::size_t i = 0; i < colony.people.size(); ++i) {
    const auto& now = colony.people[i];
    const auto& then = before[i];
    CAPTURE(i);
    // They may bring people in as members, and no further.
    CHECK((now.org_role == then.org_role || (!then.org_role && now.org_role == OrgRole::member)));
    CHECK(now.role_in(colony.teams.green) == then.role_in(colony.teams.green));
  }
}

TEST_CASE("the roles of domain and the rows of policy have the same names") {
  for (const OrgRole role : kOrgRoles) CHECK(policy::row(policy::role_of(role)).name == name(role));
  for (const TeamRole role : kTeamRoles)
    CHECK(policy::row(policy::role_of(role)).name == name(role));
}

}  // namespace ks
