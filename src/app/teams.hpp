#pragma once

#include <optional>
#include <string>

#include "app/stores.hpp"

namespace ks::app {

struct NewTeam {
  std::string name;
  std::optional<std::string> slug;  // Made of the name when absent.
  std::string description;
};
struct TeamPatch;
// What is wrong with the values by themselves.
std::vector<Fault> faults_of(const TeamPatch&);

Result<TeamRow> create_team(Tx& tx, const Stores& stores, const TenantScope& scope, const NewTeam&);

// Which team had this slug less than kSlugRest ago. Gives no right: who does not see the team is to
// get not_found for its id.
Result<std::optional<TeamId>> team_before(Tx& tx, const Stores& stores, const TenantScope& scope,
                                          std::string_view slug);

Result<TeamRow> team(Tx& tx, const Stores& stores, const TenantScope& scope,
                     std::string_view id_or_slug);

// The teams that the caller sees: all for administrators of the organization, else their own.
Result<Page<TeamRow>> teams(Tx& tx, const Stores& stores, const TenantScope& scope,
                            const PageRequest& page);

struct TeamPatch {
  std::optional<std::string> name;
  // `conflict` "slug_taken" for one that another team has, or had less than kSlugRest ago. 429
  // "too_many_requests" for who changes it over and over.
  std::optional<std::string> slug;
  std::optional<std::string> description;
};
Result<TeamRow> change_team(Tx& tx, const Stores& stores, const TenantScope& scope,
                            std::string_view id_or_slug, const TeamPatch& patch,
                            const std::optional<std::int64_t>& if_version);

struct TeamRemoval {
  std::optional<std::string> typed_name;  // The team's name, where it is given `invalid` at /name.
  bool deployments = false;               // They go with it.
};
enum class TeamRemoved { at_once, with_deployments };
// `conflict` "team_not_empty" while it has deployments that were not asked to go with it. The team
// is nobody's at once; what of it is in the cluster leaves in order, and its row with the last of
// it.
Result<TeamRemoved> remove_team(Tx& tx, const Stores& stores, const TenantScope& scope,
                                std::string_view id_or_slug, const TeamRemoval& wanted);

}  // namespace ks::app
