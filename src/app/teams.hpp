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
Result<TeamRow> create_team(Tx& tx, const Stores& stores, const TenantScope& scope, const NewTeam&);

Result<TeamRow> team(Tx& tx, const Stores& stores, const TenantScope& scope,
                     std::string_view id_or_slug);

// The teams that the caller sees: all for administrators of the organization, else their own.
Result<Page<TeamRow>> teams(Tx& tx, const Stores& stores, const TenantScope& scope,
                            const PageRequest& page);

struct TeamPatch {
  std::optional<std::string> name;
  std::optional<std::string> description;
};
Result<TeamRow> change_team(Tx& tx, const Stores& stores, const TenantScope& scope,
                            std::string_view id_or_slug, const TeamPatch& patch,
                            const std::optional<std::int64_t>& if_version);

// `conflict` "team_not_empty" while it has deployments.
Result<void> remove_team(Tx& tx, const Stores& stores, const TenantScope& scope,
                         std::string_view id_or_slug);

}  // namespace ks::app
