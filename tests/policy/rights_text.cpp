#include "tests/policy/rights_text.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "authz/grants.hpp"
#include "authz/policy.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"

namespace ks::test {

namespace {

using policy::Role;
using policy::RoleRow;

const TeamId& some_team() {
  static const TeamId kTeam = [] {
    const ManualClock clock;
    SeededRandom random(1);
    return TeamId::make(clock, random);
  }();
  return kTeam;
}

// Somebody who has this role and nothing else; a team's role with a place in the organization.
Standing standing_of(Role role) {
  Standing out;
  const auto in_team = [&](TeamRole r) {
    out.org_role = OrgRole::member;
    out.teams.push_back({some_team(), "blue", r});
  };
  switch (role) {
    case Role::org_owner:
      out.org_role = OrgRole::owner;
      break;
    case Role::org_admin:
      out.org_role = OrgRole::admin;
      break;
    case Role::org_member:
      out.org_role = OrgRole::member;
      break;
    case Role::team_admin:
      in_team(TeamRole::admin);
      break;
    case Role::developer:
      in_team(TeamRole::developer);
      break;
    case Role::viewer:
      in_team(TeamRole::viewer);
      break;
    case Role::platform_admin:
      out.platform_admin = true;
      break;
    case Role::client_admin:
      out.client_role = ClientRole::admin;
      break;
    case Role::client_support:
      out.client_role = ClientRole::support;
      break;
    case Role::client_billing:
      out.client_role = ClientRole::billing;
      break;
    case Role::system:
      out.system = true;
      break;
  }
  return out;
}

std::string mark(std::string_view under, bool yes) {
  return fmt::format("  {:>{}}", yes ? "yes" : "-", under.size());
}

std::string without_trailing_space(const std::string& line) {
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

constexpr std::array kGiven = {std::string_view("org_owner"),  std::string_view("org_admin"),
                               std::string_view("org_member"), std::string_view("team_admin"),
                               std::string_view("developer"),  std::string_view("viewer")};

template <class May>
std::string given(std::string_view title, May may) {
  std::string head = fmt::format("{:20}", title);
  for (const std::string_view role : kGiven) head += fmt::format("  {}", role);
  std::string out = head + "\n";
  for (const RoleRow& by : policy::roles()) {
    if (by.role == Role::system) continue;
    std::string line = fmt::format("{:20}", by.name);
    for (const std::string_view role : kGiven) line += mark(role, may(standing_of(by.role), role));
    out += line + "\n";
  }
  return out;
}

std::string fenced(const std::string& text) { return "```\n" + text + "```\n"; }

void replace_part(std::string& page, std::string_view part, const std::string& text) {
  const std::string begin = fmt::format("<!-- {}: made from src/authz -->\n", part);
  const std::string end = fmt::format("<!-- end of {} -->", part);
  const auto from = page.find(begin), to = page.find(end);
  if (from == std::string::npos || to == std::string::npos || to < from)
    throw std::runtime_error("docs/rbac.md lacks its part " + std::string(part));
  page.replace(from + begin.size(), to - from - begin.size(), text);
}

}  // namespace

std::string purposes() {
  std::string out = "| Role | Held in | What it is for |\n| --- | --- | --- |\n";
  constexpr std::array<std::string_view, 4> kLevels = {"organization", "team", "client",
                                                       "platform"};
  for (const RoleRow& r : policy::roles())
    if (r.role != Role::system)
      out += fmt::format("| `{}` | {} | {} |\n", r.name, kLevels[static_cast<std::size_t>(r.level)],
                         r.purpose);
  return out;
}

std::string rights() {
  std::string out;
  const auto head = [&] {
    std::string line = fmt::format("{:24}{:22}", "action", "on");
    for (const RoleRow& r : policy::roles()) line += fmt::format("  {}", r.name);
    return line + "\n";
  };
  out += head();
  for (const Action action : all_actions()) {
    std::string line = fmt::format("{:24}{:22}", name(action), noun(action));
    for (const RoleRow& r : policy::roles()) line += mark(r.name, r.actions.has(action));
    out += without_trailing_space(line);
  }
  return out;
}

std::string grants() {
  const auto team_part = [](std::string_view role) {
    return policy::TeamGrant{some_team(), *team_role(role)};
  };
  std::string out = given("gives and takes", [&](const Standing& by, std::string_view role) {
    if (role == "org_owner") return policy::may_make_owner(by);
    if (const auto org = org_role(role)) return policy::may_grant(by, *org);
    return policy::may_grant(by, some_team(), *team_role(role));
  });
  out += "\n";
  out += given("invites as", [&](const Standing& by, std::string_view role) {
    if (const auto org = org_role(role)) return policy::may_invite(by, *org, {});
    const policy::TeamGrant part = team_part(role);
    return policy::may_invite(by, OrgRole::member, std::span(&part, 1));
  });
  return out;
}

std::string needs_text() {
  std::string out;
  for (const policy::Need& need : policy::needs())
    out += fmt::format("{:24}{:22}needs  {:24}{}\n", name(need.action), noun(need.action),
                       name(need.needed), noun(need.needed));
  return out;
}

std::string golden() { return rights() + "\n" + grants() + "\n" + needs_text(); }

std::string with_rights(std::string page) {
  replace_part(page, "roles", purposes());
  replace_part(page, "rights", fenced(rights()));
  replace_part(page, "grants", fenced(grants()));
  replace_part(page, "needs", fenced(needs_text()));
  return page;
}

}  // namespace ks::test
