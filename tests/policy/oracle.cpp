#include "tests/policy/oracle.hpp"

#include <array>
#include <sstream>

namespace ks::test {

namespace {

using Words = std::set<std::string>;
Words words(const char* text) {
  std::istringstream in(text);
  Words out;
  for (std::string word; in >> word;) out.insert(word);
  return out;
}

struct Line {
  const char* kind;  // Of the place that is asked about.
  const char* who;
  const char* what;
};

// clang-format off
constexpr std::array kLines = {
    Line{"org", "org_owner org_admin org_member", "org:read@organization teams:list@organization templates:read@org_template"},
    Line{"org", "org_owner org_admin", "org:update@organization billing:read@organization teams:create@organization teams:update@organization teams:delete@organization"},
    Line{"org", "org_owner org_admin", "members:read@organization members:manage@organization invitations:read@organization invitations:manage@organization"},
    Line{"org", "org_owner org_admin", "templates:write@org_template secrets:read@org_secret secrets:write@org_secret audit:read@organization apikeys:manage@organization"},
    Line{"org", "org_owner", "org:delete@organization org:transfer@organization org:export@organization billing:manage@organization"},
    // Private and public ones are anybody's in the organization; team roles imply org_member.
    Line{"org", "org_owner org_admin org_member", "templates:read@private_template templates:write@private_template"},
    Line{"org", "org_owner org_admin org_member platform_admin client_admin", "templates:read@public_template"},
    Line{"team", "team_admin developer viewer", "team:read@team members:read@team deployments:read@deployment logs:read@deployment metrics:read@deployment templates:read@team_template"},
    Line{"team", "team_admin developer", "deployments:create@deployment deployments:update@deployment deployments:delete@deployment deployments:restart@deployment"},
    Line{"team", "team_admin developer", "deployments:rollback@deployment deployments:exec@deployment secrets:read@team_secret"},
    Line{"team", "team_admin", "team:update@team invitations:manage@team members:manage@team invitations:read@team secrets:write@team_secret templates:write@team_template"},
    Line{"org", "platform_admin", "clients:list@platform clients:create@platform clients:suspend@platform clients:delete@platform clients:set_ceilings@platform clusters:read@platform clusters:manage@platform"},
    Line{"org", "platform_admin client_admin", "client:update@client plans:manage@client orgs:create@client orgs:set_plan@client's_organization entitlements:override@client's_organization"},
    Line{"org", "platform_admin client_admin", "orgs:suspend@client's_organization orgs:appoint_owner@client's_organization templates:write@public_template support:enter@client's_organization"},
    Line{"org", "platform_admin client_admin client_support client_billing", "client:read@client orgs:list@client plans:read@client"},
    Line{"org", "platform_admin client_admin client_support", "support:ask@client's_organization"},
    Line{"org", "platform_admin client_admin client_billing", "billing:read@client"},
};
// clang-format on

std::string kind_of(const std::string& place) { return place.substr(0, place.find(':')); }

Words roles_at(const Hierarchy& world, const std::string& user, const std::string& place) {
  Words out;
  if (const auto own = world.grants.find({user, place}); own != world.grants.end())
    out.insert(own->second);
  const auto parent = world.parent.find(place);
  if (parent == world.parent.end()) return out;
  const Words above = roles_at(world, user, parent->second);
  if (kind_of(place) != "team") {
    out.insert(above.begin(), above.end());
    return out;
  }
  const bool runs = above.contains("org_owner") || above.contains("org_admin");
  if (runs) out.insert("team_admin");
  return runs || above.contains("org_member") ? out : Words();
}

}  // namespace

bool described_right(const Hierarchy& world, const std::string& user, const std::string& place,
                     const std::string& what) {
  const Words held = roles_at(world, user, place);
  for (const Line& line : kLines)
    if (kind_of(place) == line.kind && words(line.what).contains(what))
      for (const std::string& role : words(line.who))
        if (held.contains(role)) return true;
  return false;
}

std::set<std::string> described_actions() {
  Words out;
  for (const Line& line : kLines) out.merge(words(line.what));
  return out;
}

}  // namespace ks::test
