#include "domain/role.hpp"

namespace ks {

std::string_view name(OrgRole role) {
  switch (role) {
    case OrgRole::member:
      return "org_member";
    case OrgRole::admin:
      return "org_admin";
    case OrgRole::owner:
      return "org_owner";
  }
  return "org_member";
}

std::string_view name(TeamRole role) {
  switch (role) {
    case TeamRole::viewer:
      return "viewer";
    case TeamRole::developer:
      return "developer";
    case TeamRole::admin:
      return "team_admin";
  }
  return "viewer";
}

std::optional<OrgRole> org_role(std::string_view text) {
  for (const OrgRole role : {OrgRole::member, OrgRole::admin, OrgRole::owner})
    if (name(role) == text) return role;
  return std::nullopt;
}

std::optional<TeamRole> team_role(std::string_view text) {
  for (const TeamRole role : {TeamRole::viewer, TeamRole::developer, TeamRole::admin})
    if (name(role) == text) return role;
  return std::nullopt;
}

}  // namespace ks
