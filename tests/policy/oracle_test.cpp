// The policy beside a second opinion, over random hierarchies; and laws that need none.
#include "tests/policy/oracle.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include <doctest/doctest.h>

#include "authz/policy.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"

namespace ks::test {

namespace {

std::string asked(Action action) {
  std::string out = std::string(name(action)) + "@" + std::string(noun(action));
  std::ranges::replace(out, ' ', '_');
  return out;
}

std::vector<Action> told_actions() {
  std::vector<Action> out;
  for (const Action action : all_actions())
    if (!is_internal(action)) out.push_back(action);
  return out;
}

// A random platform, small enough that people meet.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {
    const ManualClock clock;
    for (int c = 0; c < 2; ++c) {
      const std::string client = "client:" + std::to_string(c);
      places.parent[client] = "platform:";
      for (int o = 0; o < 2; ++o) {
        const std::string org = "org:" + std::to_string(c) + std::to_string(o);
        places.parent[org] = client;
        orgs.push_back(org);
        for (int t = 0; t < 2; ++t) {
          const std::string team = "team:" + org.substr(4) + std::to_string(t);
          places.parent[team] = org;
          teams.push_back(team);
          ids.emplace(team, TeamId::make(clock, random_));
        }
      }
    }
    for (int u = 0; u < 4; ++u) users.push_back("user" + std::to_string(u));
    for (const std::string& user : users) {
      maybe(user, "platform:", {"platform_admin"}, 8);
      for (const auto& [place, parent] : places.parent) grant_maybe(user, place, 3);
    }
  }

  std::size_t below(std::size_t bound) { return random_.below(bound); }
  template <class T>
  const T& any(const std::vector<T>& of) {
    return of[below(of.size())];
  }

  void grant_maybe(const std::string& user, const std::string& place, std::size_t one_in) {
    if (place.starts_with("team:")) maybe(user, place, kTeamRoles, one_in);
    if (place.starts_with("org:")) maybe(user, place, kOrgRoles, one_in);
    if (place.starts_with("client:"))
      maybe(user, place, {"client_admin", "client_support", "client_billing"}, one_in * 2);
  }

  const std::string* grant(const std::string& user, const std::string& place) const {
    const auto found = places.grants.find({user, place});
    return found == places.grants.end() ? nullptr : &found->second;
  }
  const std::string& parent(const std::string& place) const { return places.parent.at(place); }
  std::string org_of(const std::string& place) const {
    return place.starts_with("team:") ? parent(place) : place;
  }

  // What is loaded with a session.
  Standing standing(const std::string& user, const std::string& org) const {
    Standing out;
    if (const auto* role = grant(user, org)) out.org_role = org_role(*role);
    for (const std::string& team : teams)
      if (parent(team) == org)
        if (const auto* role = grant(user, team))
          out.teams.push_back({ids.at(team), team, *team_role(*role)});
    if (const auto* role = grant(user, parent(org)))
      out.client_role = *role == "client_admin"     ? ClientRole::admin
                        : *role == "client_support" ? ClientRole::support
                                                    : ClientRole::billing;
    out.platform_admin = grant(user, "platform:") != nullptr;
    return out;
  }

  bool allowed(const std::string& user, const std::string& at, Action action) const {
    const Standing who = standing(user, org_of(at));
    if (at.starts_with("team:")) return policy::allows_on_team(who, ids.at(at), action);
    switch (place(action)) {
      case Place::client:
        return policy::rights_on_client(who).has(action);
      case Place::platform:
        return policy::rights_on_platform(who).has(action);
      default:
        return policy::allows_on_org(who, action);
    }
  }

  // Everything that anybody may do anywhere.
  std::set<std::string> all_allowed() const {
    std::set<std::string> out;
    for (const std::string& user : users)
      for (const auto* list : {&orgs, &teams})
        for (const std::string& at : *list)
          for (const Action action : told_actions())
            if (allowed(user, at, action)) {
              std::string line = user;
              line += ' ';
              line += at;
              line += ' ';
              line += asked(action);
              out.insert(std::move(line));
            }
    return out;
  }

  Hierarchy places;
  std::vector<std::string> users, orgs, teams;
  std::map<std::string, TeamId> ids;

 private:
  inline static const std::vector<std::string> kOrgRoles = {"org_owner", "org_admin", "org_member",
                                                            "org_member"};
  inline static const std::vector<std::string> kTeamRoles = {"team_admin", "developer", "viewer"};

  void maybe(const std::string& user, const std::string& place,
             const std::vector<std::string>& roles, std::size_t one_in) {
    if (below(one_in) == 0) places.grants[{user, place}] = any(roles);
  }
  SeededRandom random_;
};

std::size_t cases() {
  const char* many = std::getenv("KS_POLICY_CASES");
  return many != nullptr ? std::strtoull(many, nullptr, 10) : 100'000;
}

constexpr std::size_t kWorlds = 40;

// The lines of one that are not in the other.
std::set<std::string> difference(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::set<std::string> out;
  std::ranges::set_symmetric_difference(a, b, std::inserter(out, out.end()));
  return out;
}

}  // namespace

TEST_CASE("the description and the catalogue know the same actions") {
  std::set<std::string> known;
  for (const Action action : told_actions()) known.insert(asked(action));
  CHECK(difference(known, described_actions()).empty());
}

TEST_CASE("policy and the description agree about everybody, everywhere") {
  const auto actions = told_actions();
  std::size_t done = 0, yes = 0;
  for (std::uint64_t seed = 1; done < cases(); ++seed) {
    World world(seed);
    for (int i = 0; i < 500; ++i, ++done) {
      const std::string& user = world.any(world.users);
      const std::string& at = world.below(2) == 0 ? world.any(world.orgs) : world.any(world.teams);
      const Action action = world.any(actions);
      const bool said = described_right(world.places, user, at, asked(action));
      yes += said ? 1U : 0U;
      if (world.allowed(user, at, action) != said) {
        CAPTURE(seed);
        CAPTURE(user);
        CAPTURE(at);
        CAPTURE(asked(action));
        FAIL("they differ; the description says " << (said ? "yes" : "no"));
      }
    }
  }
  // Both answers were seen often.
  CHECK(yes > done / 20);
  CHECK(yes < done / 2);
}

TEST_CASE("taking a role away never allows more") {
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    CAPTURE(seed);
    World world(seed);
    const auto before = world.all_allowed();
    auto& grants = world.places.grants;
    const auto taken =
        std::next(grants.begin(), static_cast<std::ptrdiff_t>(world.below(grants.size())));
    CAPTURE(taken->first.first);
    CAPTURE(taken->first.second);
    grants.erase(taken);
    CHECK(std::ranges::includes(before, world.all_allowed()));
  }
}

TEST_CASE("a role somewhere else changes nothing here") {
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    CAPTURE(seed);
    World world(seed);
    const auto before = world.all_allowed();
    const std::string user = world.any(world.users);
    const std::string at = world.below(2) == 0 ? world.any(world.orgs) : world.any(world.teams);
    world.places.grants.erase({user, at});
    world.grant_maybe(user, at, 1);
    for (const std::string& line : difference(before, world.all_allowed())) {
      CAPTURE(line);
      CHECK(line.starts_with(user + " "));
      const std::string where = line.substr(user.size() + 1, line.rfind(' ') - user.size() - 1);
      CHECK((where == at || world.parent(where) == at));
    }
  }
}

TEST_CASE("moving somebody from one team to another changes these two and nothing else") {
  int moved = 0;
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    CAPTURE(seed);
    World world(seed);
    const auto before = world.all_allowed();
    const std::string user = world.any(world.users);
    const std::string from = world.any(world.teams), to = world.any(world.teams);
    const auto* role = world.grant(user, from);
    if (role == nullptr || from == to) continue;
    ++moved;
    world.places.grants[{user, to}] = *role;
    world.places.grants.erase({user, from});
    for (const std::string& line : difference(before, world.all_allowed())) {
      CAPTURE(line);
      CHECK((line.starts_with(user + " " + from + " ") || line.starts_with(user + " " + to + " ")));
    }
  }
  CHECK(moved > 3);
}

}  // namespace ks::test
