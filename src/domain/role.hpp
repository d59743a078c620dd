#pragma once

#include <optional>
#include <string_view>

namespace ks {

// Ordered from weak to strong: a comparison asks "at least".
enum class OrgRole { member, admin, owner };
enum class TeamRole { viewer, developer, admin };
// Of those who run a white-label client; support and billing stand beside each other.
enum class ClientRole { support, billing, admin };

// The names of the API: org_owner, org_admin, org_member; team_admin, developer, viewer.
std::string_view name(OrgRole role);
std::string_view name(TeamRole role);
std::optional<OrgRole> org_role(std::string_view name);
std::optional<TeamRole> team_role(std::string_view name);

}  // namespace ks
