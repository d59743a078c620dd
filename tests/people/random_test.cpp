// Random grants, changes, removals, leaves and returns over a small world, against a model that is
// a few maps. After each step everybody is told exactly what the model says, whatever was in memory
// before: no right outlives what gave it.
#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "app/members.hpp"
#include "app/ownership.hpp"
#include "app/plans.hpp"
#include "app/removal.hpp"
#include "app/team_members.hpp"
#include "app/teams.hpp"
#include "authz/policy.hpp"
#include "tests/people/world.hpp"

using namespace ks;
using namespace ks::people_test;

namespace {

constexpr std::size_t kPeople = 6;
constexpr int kTeamsMax = 3;

struct Team {
  TeamId id;
  std::string slug;
  std::map<std::size_t, TeamRole> people;
};

struct Past {
  OrgRole role;
  std::map<TeamId, TeamRole> teams;
  Time at;
  bool own_will = false;
};

struct Model {
  OrgId id;
  std::size_t seats = 10;
  std::map<std::size_t, OrgRole> people;
  std::vector<Team> teams;
  std::map<std::size_t, Past> past;

  bool is_member(std::size_t who) const { return people.contains(who); }
  bool administers(std::size_t who) const {
    return is_member(who) && people.at(who) >= OrgRole::admin;
  }
  std::size_t owner() const {
    for (const auto& [who, role] : people)
      if (role == OrgRole::owner) return who;
    return kPeople;
  }
  static bool sees(const Team& team, std::size_t who, const Model& org) {
    return org.administers(who) || (org.is_member(who) && team.people.contains(who));
  }
  static bool manages(const Team& team, std::size_t who, const Model& org) {
    const auto at = team.people.find(who);
    return org.administers(who) ||
           (org.is_member(who) && at != team.people.end() && at->second == TeamRole::admin);
  }
  Team* team(const TeamId& wanted) {
    const auto at = std::ranges::find(teams, wanted, &Team::id);
    return at == teams.end() ? nullptr : &*at;
  }
  void take_out(std::size_t who, Time now, bool own_will) {
    Past was{people.at(who), {}, now, own_will};
    for (Team& t : teams)
      if (const auto at = t.people.find(who); at != t.people.end()) {
        was.teams[t.id] = at->second;
        t.people.erase(at);
      }
    past[who] = std::move(was);
    people.erase(who);
  }
};

class Play {
 public:
  Play(test::EngineCase& engine, std::uint64_t seed) : world_(engine, seed) {
    for (std::size_t i = 0; i < kPeople; ++i)
      people_.push_back(&world_.add_person(fmt::format("p{}", i)));
    for (std::size_t i = 0; i < 2; ++i) {
      Model org{
          world_.found(*people_[i], fmt::format("org{}", i)), 10, {{i, OrgRole::owner}}, {}, {}};
      if (i == 1) {
        org.seats = 4;
        world_.set_seats(org.id, 4);
      }
      const Membership mine = world_.memberships(*people_[i]).front();
      org.teams.push_back({mine.teams[0].id, "default", {{i, TeamRole::admin}}});
      orgs_.push_back(std::move(org));
    }
  }

  void step() {
    Model& org = orgs_[below(orgs_.size())];
    const std::size_t actor = below(kPeople), target = below(kPeople);
    // Most of the time somebody who may.
    const std::size_t who = below(3) == 0 ? actor : org.owner();
    switch (below(13)) {
      case 0:
      case 1:
        return join(org, who, target);
      case 2:
      case 3:
        return set_in_team(org, actor, target);
      case 4:
        return remove_from_team(org, below(2) == 0 ? actor : who, target);
      case 5:
      case 6:
        return change(org, below(2) == 0 ? actor : who, target);
      case 7:
        return remove(org, who, target);
      case 8:
        return leave(org, actor);
      case 9:
        return reinstate(org, who, target);
      case 10:
        return make_team(org, who);
      case 11:
        return pass_ownership(org, who, target);
      default:
        if (below(6) == 0) return pass_time();
        return remove_team(org, who);
    }
  }

  void check() {
    for (std::size_t process = 0; process < world_.processes(); ++process)
      for (std::size_t who = 0; who < kPeople; ++who) {
        check_told(who, process);
        for (const Model& org : orgs_) check_sight(org, who, process);
      }
    for (const Model& org : orgs_) check_whole(org);
  }

  std::string last;

 private:
  std::size_t below(std::size_t n) { return world_.random().below(n); }
  bool dice() { return below(2) == 0; }
  TeamRole team_role() { return static_cast<TeamRole>(below(3)); }
  OrgRole org_role() { return static_cast<OrgRole>(below(3)); }
  PersonRef person(std::size_t who) {
    if (dice()) return PersonRef{people_[who]->id, {}};
    return PersonRef{std::nullopt, people_[who]->email};
  }

  void expect(const std::string& what, const Model& org, std::size_t who, const Outcome& expected,
              const World::Act& act) {
    last = fmt::format("{} by p{} in {}", what, who, org.id.str());
    CAPTURE(last);
    const Outcome outcome = world_.write(*people_[who], org.id, act, below(world_.processes()));
    CHECK(outcome == expected);
  }

  void join(Model& org, std::size_t who, std::size_t target) {
    app::Joining joining{people_[target]->id,
                         dice() ? OrgRole::member : OrgRole::admin,
                         {},
                         app::Joining::Seat::take};
    for (const Team& team : org.teams)
      if (dice()) joining.teams.push_back({team.id, team_role()});
    Outcome expected;
    if (!org.is_member(who))
      expected = "not_found";
    else if (!org.administers(who))
      expected = "permission_denied";
    else if (!org.is_member(target) && org.people.size() >= org.seats)
      expected = "plan_limit_reached";
    expect(fmt::format("join of p{}", target), org, who, expected,
           [&](Tx& tx, const TenantScope& scope) -> Result<void> {
             const auto stores = world_.stores();
             KS_TRY(const auto may, stores.authorizer.require<Action::org_members_manage>(scope));
             KS_CHECK(app::join(tx, stores, may, joining));
             return {};
           });
    if (!expected.empty()) return;
    if (org.people.emplace(target, joining.role).second) org.past.erase(target);
    for (const auto& in : joining.teams) org.team(in.team)->people.emplace(target, in.role);
  }

  void set_in_team(Model& org, std::size_t who, std::size_t target) {
    if (org.teams.empty()) return;
    Team& team = org.teams[below(org.teams.size())];
    const TeamRole role = team_role();
    const bool confirmed = dice();
    const auto had = team.people.find(target);
    const bool lowers = who == target && had != team.people.end() && role < had->second;
    Outcome expected;
    if (!Model::sees(team, who, org))
      expected = "not_found";
    else if (!Model::manages(team, who, org))
      expected = "permission_denied";
    else if (!org.is_member(target))
      expected = "not_found";
    else if (lowers && !confirmed)
      expected = "confirmation_required";
    expect(fmt::format("p{} as {} in {}", target, name(role), team.slug), org, who, expected,
           [&](Tx& tx, const TenantScope& scope) -> Result<void> {
             KS_CHECK(app::set_team_member(tx, world_.stores(), scope,
                                           dice() ? team.slug : team.id.str(), person(target),
                                           {role, confirmed}, std::nullopt));
             return {};
           });
    if (expected.empty()) team.people[target] = role;
  }

  void remove_from_team(Model& org, std::size_t who, std::size_t target) {
    if (org.teams.empty()) return;
    Team& team = org.teams[below(org.teams.size())];
    const bool confirmed = dice();
    Outcome expected;
    if (!Model::sees(team, who, org))
      expected = "not_found";
    else if (!Model::manages(team, who, org))
      expected = "permission_denied";
    else if (!team.people.contains(target))
      expected = "not_found";
    else if (who == target && !confirmed)
      expected = "confirmation_required";
    expect(fmt::format("p{} out of {}", target, team.slug), org, who, expected,
           [&](Tx& tx, const TenantScope& scope) -> Result<void> {
             return app::remove_team_member(tx, world_.stores(), scope, team.slug, person(target),
                                            confirmed, std::nullopt);
           });
    if (expected.empty()) team.people.erase(target);
  }

  void change(Model& org, std::size_t who, std::size_t target) {
    const OrgRole role = org_role();
    const bool confirmed = dice();
    Outcome expected;
    bool changes = false;
    if (!org.is_member(who))
      expected = "not_found";
    else if (!org.administers(who))
      expected = "permission_denied";
    else if (!org.is_member(target))
      expected = "not_found";
    else if (org.people[target] == role)
      expected = "";
    else if (org.people[target] == OrgRole::owner)
      expected = who == target ? "last_owner" : "permission_denied";
    else if (role == OrgRole::owner)
      expected = org.owner() == who ? "transfer_required" : "permission_denied";
    else if (who == target && role < org.people[target] && !confirmed)
      expected = "confirmation_required";
    else
      changes = true;
    expect(fmt::format("p{} to {}", target, name(role)), org, who, expected,
           [&](Tx& tx, const TenantScope& scope) -> Result<void> {
             KS_CHECK(app::change_member(tx, world_.stores(), scope, person(target),
                                         {role, confirmed}, std::nullopt));
             return {};
           });
    if (changes) org.people[target] = role;
  }

  void remove(Model& org, std::size_t who, std::size_t target) {
    const bool confirmed = dice();
    Outcome expected;
    if (!org.is_member(who))
      expected = "not_found";
    else if (!org.administers(who))
      expected = "permission_denied";
    else if (!org.is_member(target))
      expected = "not_found";
    else if (org.people[target] == OrgRole::owner)
      expected = who == target ? "last_owner" : "permission_denied";
    else if (who == target && !confirmed)
      expected = "confirmation_required";
    expect(fmt::format("removal of p{}", target), org, who, expected,
           [&](Tx& tx, const TenantScope& scope) -> Result<void> {
             return app::remove_member(tx, world_.stores(), scope, person(target), confirmed,
                                       std::nullopt);
           });
    if (expected.empty()) org.take_out(target, world_.engine().clock().now(), who == target);
  }

  void leave(Model& org, std::size_t who) {
    Outcome expected;
    if (!org.is_member(who))
      expected = "not_found";
    else if (org.owner() == who)
      expected = "last_owner";
    expect("leave", org, who, expected, [&](Tx& tx, const TenantScope& scope) {
      return app::leave(tx, world_.stores(), scope);
    });
    if (expected.empty()) org.take_out(who, world_.engine().clock().now(), true);
  }

  void reinstate(Model& org, std::size_t who, std::size_t target) {
    const auto was = org.past.find(target);
    const Time now = world_.engine().clock().now();
    Outcome expected;
    bool returns = false;
    if (!org.is_member(who))
      expected = "not_found";
    else if (!org.administers(who))
      expected = "permission_denied";
    else if (org.is_member(target))
      expected = "";
    else if (was == org.past.end() || was->second.at <= now - kReinstatable)
      expected = "not_removed_here";
    else if (was->second.own_will)
      expected = "invitation_required";
    else if (org.people.size() >= org.seats)
      expected = "plan_limit_reached";
    else
      returns = true;
    std::size_t left_out = 0;
    expect(fmt::format("return of p{}", target), org, who, expected,
           [&](Tx& tx, const TenantScope& scope) -> Result<void> {
             KS_TRY(const auto back, app::reinstate(tx, world_.stores(), scope, person(target)));
             left_out = back.left_out.size();
             return {};
           });
    if (!returns) return;
    org.people[target] = was->second.role;
    std::size_t gone = 0;
    for (const auto& [id, role] : was->second.teams) {
      if (Team* team = org.team(id))
        team->people[target] = role;
      else
        ++gone;
    }
    CHECK(left_out == gone);
    org.past.erase(was);
  }

  void pass_ownership(Model& org, std::size_t who, std::size_t target) {
    Outcome expected;
    if (!org.is_member(who))
      expected = "not_found";
    else if (org.owner() != who)
      expected = "permission_denied";
    else if (!org.is_member(target) || who == target)
      expected = "validation_failed";
    std::string offer;
    expect(fmt::format("offer to p{}", target), org, who, expected,
           [&](Tx& tx, const TenantScope& scope) -> Result<void> {
             KS_TRY(const auto made,
                    app::offer_ownership(tx, world_.stores(), scope, person(target)));
             offer = made.id.str();
             return {};
           });
    if (!expected.empty()) return;
    const auto accept = [&](std::size_t by, const Outcome& outcome) {
      expect(fmt::format("ownership of p{}", target), org, by, outcome,
             [&](Tx& tx, const TenantScope& scope) -> Result<void> {
               KS_CHECK(app::accept_ownership(tx, world_.stores(), scope, offer));
               return {};
             });
    };
    const std::size_t other = below(kPeople);
    if (other != target) accept(other, "not_found");
    if (dice()) {
      expect("offer taken back", org, who, "",
             [&](Tx& tx, const TenantScope& scope) -> Result<void> {
               KS_CHECK(app::cancel_ownership(tx, world_.stores(), scope, offer));
               return {};
             });
      return accept(target, "offer_closed");
    }
    accept(target, "");
    org.people[who] = OrgRole::admin;
    org.people[target] = OrgRole::owner;
    accept(target, "");
  }

  void make_team(Model& org, std::size_t who) {
    if (org.teams.size() >= kTeamsMax) return;
    const std::string slug = fmt::format("t{}", ++teams_made_);
    Outcome expected;
    if (!org.is_member(who))
      expected = "not_found";
    else if (!org.administers(who))
      expected = "permission_denied";
    std::optional<TeamId> id;
    expect("new team " + slug, org, who, expected,
           [&](Tx& tx, const TenantScope& scope) -> Result<void> {
             KS_TRY(const TeamRow row,
                    app::create_team(tx, world_.stores(), scope, {slug, slug, ""}));
             id = row.id;
             return {};
           });
    if (expected.empty()) org.teams.push_back({*id, slug, {}});
  }

  void remove_team(Model& org, std::size_t who) {
    if (org.teams.empty()) return;
    const std::size_t at = below(org.teams.size());
    const Team& team = org.teams[at];
    Outcome expected;
    if (!Model::sees(team, who, org))
      expected = "not_found";
    else if (!org.administers(who))
      expected = "permission_denied";
    expect("end of team " + team.slug, org, who, expected,
           [&](Tx& tx, const TenantScope& scope) -> Result<void> {
             KS_CHECK(app::remove_team(tx, world_.stores(), scope, team.slug, {}));
             return {};
           });
    if (expected.empty()) org.teams.erase(org.teams.begin() + static_cast<std::ptrdiff_t>(at));
  }

  void pass_time() {
    last = "time passes";
    world_.engine().clock().advance(days(40));
    world_.renew_sessions();
  }

  void check_told(std::size_t who, std::size_t process) {
    std::set<std::string> expected, told;
    for (const Model& org : orgs_) {
      if (!org.is_member(who)) continue;
      expected.insert(org.id.str() + " " + std::string(name(org.people.at(who))));
      for (const Team& team : org.teams)
        if (const auto at = team.people.find(who); at != team.people.end())
          expected.insert(org.id.str() + " " + team.slug + " " + std::string(name(at->second)));
    }
    for (const Membership& m : world_.memberships(*people_[who], process)) {
      told.insert(m.id.str() + " " + std::string(name(m.role)));
      for (const auto& team : m.teams)
        told.insert(m.id.str() + " " + team.slug + " " + std::string(name(team.role)));
    }
    CHECK(told == expected);
  }

  // Lists and checks agree with each other and with the model.
  void check_sight(const Model& org, std::size_t who, std::size_t process) {
    const Outcome outcome = world_.read(
        *people_[who], org.id,
        [&](Tx& tx, const TenantScope& scope) -> Result<void> {
          const auto stores = world_.stores();
          CHECK(policy::allows_on_org(scope.standing(), Action::org_members_manage) ==
                org.administers(who));
          const auto listed = app::members(tx, stores, scope, {}, {});
          CHECK(outcome_of(listed) == (org.administers(who) ? "" : "permission_denied"));
          if (listed) check_list(org, *listed);
          for (const Team& team : org.teams) check_team(tx, stores, scope, org, team, who);
          return {};
        },
        process);
    CHECK(outcome == (org.is_member(who) ? "" : "not_found"));
  }

  void check_list(const Model& org, const Page<MemberRow>& list) {
    std::set<std::string> expected, listed;
    for (const auto& [who, role] : org.people)
      expected.insert(people_[who]->name + " " + std::string(name(role)));
    for (const Team& team : org.teams)
      for (const auto& [who, role] : team.people)
        expected.insert(people_[who]->name + " " + team.slug + " " + std::string(name(role)));
    for (const MemberRow& row : list.items) {
      listed.insert(row.name + " " + std::string(name(row.role)));
      for (const auto& team : row.teams)
        listed.insert(row.name + " " + team.slug + " " + std::string(name(team.role)));
    }
    CHECK(listed == expected);
  }

  void check_team(Tx& tx, const app::Stores& stores, const TenantScope& scope, const Model& org,
                  const Team& team, std::size_t who) {
    CHECK(policy::allows_on_team(scope.standing(), team.id, Action::members_manage) ==
          Model::manages(team, who, org));
    const auto listed = app::team_members(tx, stores, scope, team.slug, {}, {});
    CHECK(outcome_of(listed) == (Model::sees(team, who, org) ? "" : "not_found"));
    if (!listed) return;
    std::map<std::string, TeamRole> expected, in;
    for (const auto& [person, role] : team.people) expected[people_[person]->name] = role;
    for (const TeamMemberRow& row : listed->items) in[row.name] = row.role;
    CHECK(in == expected);
  }

  // One owner, and as many seats as people.
  void check_whole(const Model& org) {
    CHECK(world_.read(*people_[org.owner()], org.id,
                      [&](Tx& tx, const TenantScope& scope) -> Result<void> {
                        const auto stores = world_.stores();
                        KS_TRY(const auto may, stores.authorizer.require<Action::org_read>(scope));
                        KS_TRY(const Usage used, stores.plans.usage(tx, may));
                        CHECK(used.members == static_cast<std::int64_t>(org.people.size()));
                        KS_TRY(const auto owners, stores.organizations.owners(tx, may));
                        CHECK(owners.size() == 1);
                        return {};
                      }) == "");
  }

  World world_;
  std::vector<const World::Person*> people_;
  std::vector<Model> orgs_;
  int teams_made_ = 0;
};

}  // namespace

TEST_CASE("after any grants and removals everybody has what a simple model says, at once") {
  for (const std::uint64_t seed : {11, 12}) {
    test::for_each_engine([seed](test::EngineCase& engine) {
      if (engine.kind() == test::EngineCase::Kind::sqlite_file) return;
      CAPTURE(seed);
      Play play(engine, seed);
      play.check();
      for (int step = 0; step < 120; ++step) {
        CAPTURE(step);
        play.step();
        CAPTURE(play.last);
        play.check();
      }
    });
  }
}
