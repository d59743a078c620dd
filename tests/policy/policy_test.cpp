#include "authz/policy.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "authz/authorizer.hpp"
#include "store/transaction.hpp"
#include "tests/policy/rights_text.hpp"

namespace ks {

namespace {

std::string path_of(const char* file) {
  const char* root = std::getenv("KS_SOURCE_DIR");
  REQUIRE(root != nullptr);
  return std::string(root) + "/" + file;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Compares a file with what it ought to be; KS_RIGHTS_WRITE=1 writes it instead, to be reviewed as
// a difference.
void check_file(const char* file, const std::string& now) {
  const std::string path = path_of(file);
  if (const char* write = std::getenv("KS_RIGHTS_WRITE"); write != nullptr && *write == '1')
    std::ofstream(path) << now;
  const std::string text = text_of(path);
  if (text != now) MESSAGE("it is now:\n" << now);
  CHECK(text == now);
}

Standing standing(std::optional<OrgRole> org, std::optional<TeamRole> in_team, const TeamId& team) {
  Standing out;
  out.org_role = org;
  if (in_team) out.teams.push_back({team, "blue", *in_team});
  return out;
}

}  // namespace

TEST_CASE("the table of rights is the one that was reviewed") {
  check_file("tests/policy/rights.golden", test::golden());
}

TEST_CASE("docs/rbac.md shows the table that is enforced") {
  check_file("docs/rbac.md", test::with_rights(text_of(path_of("docs/rbac.md"))));
}

TEST_CASE("every role says in one sentence what it is for") {
  for (const policy::RoleRow& r : policy::roles()) {
    CAPTURE(r.name);
    CHECK(r.purpose.size() > 30);
    CHECK(r.purpose.ends_with("."));
    CHECK(r.purpose.find(". ") == std::string_view::npos);
  }
}

TEST_CASE("every role has all that its actions need, and every change needs that one sees") {
  for (const policy::RoleRow& r : policy::roles()) {
    CAPTURE(r.name);
    CHECK(policy::is_closed(r.actions));
  }
  CHECK_FALSE(policy::is_closed({Action::team_read, Action::secrets_write}));
  CHECK(policy::is_closed({Action::team_read, Action::secrets_read, Action::secrets_write}));
  for (const Action action : all_actions()) {
    if (is_internal(action)) continue;
    CAPTURE(name(action));
    bool needs_something = false;
    for (const policy::Need& need : policy::needs()) {
      CHECK(need.action != need.needed);
      needs_something |= need.action == action;
    }
    const bool sees = name(action).ends_with(":read") || name(action).ends_with(":list");
    if (!sees) CHECK(needs_something);
  }
}

TEST_CASE("a stronger role never lacks what a weaker one has") {
  for (const Action action : all_actions()) {
    CAPTURE(name(action));
    using policy::actions;
    if (actions(TeamRole::viewer).has(action)) CHECK(actions(TeamRole::developer).has(action));
    if (actions(TeamRole::developer).has(action)) CHECK(actions(TeamRole::admin).has(action));
    if (actions(TeamRole::admin).has(action) && is_team_action(action))
      CHECK(actions(OrgRole::admin).has(action));
    if (actions(OrgRole::member).has(action)) CHECK(actions(OrgRole::admin).has(action));
    if (actions(OrgRole::admin).has(action)) CHECK(actions(OrgRole::owner).has(action));
    for (const ClientRole role : {ClientRole::support, ClientRole::billing})
      if (actions(role).has(action)) CHECK(actions(ClientRole::admin).has(action));
    if (actions(ClientRole::admin).has(action))
      CHECK(actions(policy::Role::platform_admin).has(action));
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

TEST_CASE(
    "in a suspended organization one looks, takes along, pays and ends it, and nothing else") {
  const ManualClock clock;
  SeededRandom random(7);
  const TeamId team = TeamId::make(clock, random);
  for (const OrgRole role : {OrgRole::owner, OrgRole::admin, OrgRole::member})
    for (const Action action : all_actions()) {
      CAPTURE(name(action));
      const Standing before = standing(role, TeamRole::admin, team);
      Standing now = before;
      now.suspended = "Why.";
      const std::string_view called = name(action);
      const bool open = called.ends_with(":read") || called == "teams:list" ||
                        called == "org:export" || called == "org:delete" ||
                        called == "billing:manage" || called == "audit:append";
      CHECK(policy::allows_on_org(now, action) == (open && policy::allows_on_org(before, action)));
      CHECK(policy::allows_on_team(now, team, action) ==
            (open && policy::allows_on_team(before, team, action)));
      CHECK(policy::is_held_up_on_org(now, action) ==
            (!open && policy::allows_on_org(before, action)));
      CHECK(policy::is_held_up_on_team(now, team, action) ==
            (!open && policy::allows_on_team(before, team, action)));
      CHECK_FALSE(policy::is_held_up_on_org(before, action));
    }
}

TEST_CASE("who stands above an organization has no right on its content") {
  const ManualClock clock;
  SeededRandom random(8);
  const TeamId team = TeamId::make(clock, random);
  std::vector<Standing> above(4);
  above[0].platform_admin = true;
  above[1].client_role = ClientRole::admin;
  above[2].client_role = ClientRole::support;
  above[3].client_role = ClientRole::billing;
  for (const Standing& who : above) {
    CHECK(policy::rights_on_team(who, team).empty());
    for (const Action action : all_actions()) {
      CAPTURE(name(action));
      // What the organization's own people may do there, nobody above it may.
      if (policy::actions(OrgRole::owner).has(action) && action != Action::audit_append)
        CHECK_FALSE(policy::allows_on_org(who, action));
    }
    CHECK_FALSE(policy::rights_on_client(who).empty());
    CHECK(policy::rights_on_platform(who).empty() == !who.platform_admin);
  }
}

TEST_CASE("background work may store status, purge, and nothing that a person does") {
  const auto scope = FleetScope(FleetReason::sync)
                         .tenant(platform_client(), *OrgId::parse(platform_client().text()));
  for (const Action action : all_actions()) {
    CAPTURE(name(action));
    const bool expected = action == Action::sync_status || action == Action::org_purge ||
                          action == Action::audit_append;
    CHECK(policy::allows_on_org(scope.standing(), action) == expected);
  }
}

TEST_CASE("allowed actions are exactly those that policy allows, without internal steps") {
  const ManualClock clock;
  SeededRandom random(9);
  const TeamId team = TeamId::make(clock, random);
  for (const OrgRole role : {OrgRole::member, OrgRole::admin, OrgRole::owner})
    for (const TeamRole in_team : {TeamRole::viewer, TeamRole::developer, TeamRole::admin}) {
      const Standing s = standing(role, in_team, team);
      std::vector<std::string> org, on_team, on_deployment;
      for (const Action action : all_actions()) {
        const bool allowed = is_team_action(action) ? policy::allows_on_team(s, team, action)
                                                    : policy::allows_on_org(s, action);
        if (!allowed) continue;
        const std::string text(name(action));
        if (is_shown_on(action, Resource::organization)) org.push_back(text);
        if (is_shown_on(action, Resource::team)) on_team.push_back(text);
        if (is_shown_on(action, Resource::deployment)) on_deployment.push_back(text);
      }
      CHECK(policy::allowed_on_org(s) == org);
      CHECK(policy::allowed_on_team(s, team) == on_team);
      CHECK(policy::allowed_on_deployment(s, team) == on_deployment);
    }
  for (const Action action : all_actions())
    for (const Resource resource : {Resource::organization, Resource::team, Resource::deployment})
      if (is_internal(action)) CHECK_FALSE(is_shown_on(action, resource));
}

TEST_CASE("a refusal names the roles that have the action, and none above to those within") {
  Standing member, root;
  member.org_role = OrgRole::member;
  root.platform_admin = true;
  using Names = std::vector<std::string>;
  CHECK(policy::roles_with(Action::deployments_create, member) ==
        Names{"org_owner", "org_admin", "team_admin", "developer"});
  CHECK(policy::roles_with(Action::org_delete, member) == Names{"org_owner"});
  CHECK(policy::roles_with(Action::orgs_set_plan, member).empty());
  CHECK(policy::roles_with(Action::orgs_set_plan, root) == Names{"platform_admin", "client_admin"});
  for (const Action action : all_actions()) {
    CAPTURE(name(action));
    const Names told = policy::roles_with(action, member);
    if (is_internal(action)) CHECK(told.empty());
    for (const policy::RoleRow& r : policy::roles()) {
      const bool within = r.level == Place::organization || r.level == Place::team;
      const bool named = std::ranges::find(told, r.name) != told.end();
      CHECK(named == (within && !is_internal(action) && r.actions.has(action)));
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
