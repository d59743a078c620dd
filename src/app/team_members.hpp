#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "app/stores.hpp"

// People of a team. `team` is an id or a slug.
namespace ks::app {

// What a team's administrator sees of the organization at once, at most.
inline constexpr int kCandidatesMax = 20;

Result<Page<TeamMemberRow>> team_members(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view team, const PeopleFilter& filter,
                                         const PageRequest& page);
Result<TeamMemberRow> team_member(Tx& tx, const Stores& stores, const TenantScope& scope,
                                  std::string_view team, const PersonRef& person);

// Members of the organization that could be added, by the first letters of a name (at least two) or
// by exact address.
Result<std::vector<CandidateRow>> team_candidates(Tx& tx, const Stores& stores,
                                                  const TenantScope& scope, std::string_view team,
                                                  std::string_view query);

struct TeamRoleChange {
  TeamRole role = TeamRole::viewer;
  // Lowering one's own role wants to be meant.
  bool confirmed = false;
};
// Adds a member of the organization to the team, or changes the role; not_found for everybody else.
// `denied` above the caller's reach, `conflict` "confirmation_required".
Result<TeamMemberRow> set_team_member(Tx& tx, const Stores& stores, const TenantScope& scope,
                                      std::string_view team, const PersonRef& person,
                                      const TeamRoleChange& change,
                                      const std::optional<std::int64_t>& if_version);
Result<void> remove_team_member(Tx& tx, const Stores& stores, const TenantScope& scope,
                                std::string_view team, const PersonRef& person, bool confirmed,
                                const std::optional<std::int64_t>& if_version);

}  // namespace ks::app
