#include "app/teams.hpp"

#include "app/organizations.hpp"
#include "app/plans.hpp"
#include "domain/name.hpp"

namespace ks::app {

namespace {
void check(std::vector<Fault>& faults, std::string pointer, const Result<void>& ok) {
  if (!ok) faults.push_back({std::move(pointer), ok.error().message});
}
}  // namespace

Result<TeamRow> create_team(Tx& tx, const Stores& stores, const TenantScope& scope,
                            const NewTeam& wanted) {
  std::vector<Fault> faults;
  check(faults, "/name", check_text(wanted.name, kTextMax));
  check(faults, "/description", check_description(wanted.description));
  const std::string slug = wanted.slug.value_or(slug_from(wanted.name));
  if (wanted.slug) check(faults, "/slug", check_label(slug, kSlugMax));
  if (!faults.empty()) return invalid(std::move(faults));
  KS_TRY(const auto permit, stores.authorizer.require<Action::teams_create>(scope));
  Usage one;
  one.teams = 1;
  KS_CHECK(charge(tx, stores, permit, one));
  const Time now = stores.clock.now();
  TeamRow row{TeamId::make(stores.clock, stores.random),
              slug,
              wanted.name,
              wanted.description,
              1,
              now,
              now};
  if (auto created = stores.teams.create(tx, permit, row); !created) {
    if (created.error().problem == "teams_slug_taken") {
      auto error = conflict("slug_taken", "Another team of the organization has this slug.");
      // Without a slug it was made of the name.
      error.error().faults.push_back({wanted.slug ? "/slug" : "/name", "is taken"});
      return error;
    }
    return std::unexpected(std::move(created).error());
  }
  KS_CHECK(stores.journal.record(
      tx, permit,
      Deed{Action::teams_create, "team", row.id.str(), Json::object({{"slug", row.slug}})},
      Change{"team", row.id.str(), row.id}, now));
  return row;
}

Result<TeamRow> team(Tx& tx, const Stores& stores, const TenantScope& scope,
                     std::string_view id_or_slug) {
  KS_TRY(const TeamId id, stores.authorizer.find_team(tx, scope, id_or_slug));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::team_read>(tx, scope, id));
  return stores.teams.get(tx, may_read);
}

Result<Page<TeamRow>> teams(Tx& tx, const Stores& stores, const TenantScope& scope,
                            const PageRequest& page) {
  KS_TRY(const auto may_list, stores.authorizer.require<Action::teams_list>(scope));
  const bool all = policy::sees_every_team(scope.standing());
  return stores.teams.list(tx, may_list, all ? std::nullopt : scope.actor(), page);
}

Result<TeamRow> change_team(Tx& tx, const Stores& stores, const TenantScope& scope,
                            std::string_view id_or_slug, const TeamPatch& patch,
                            const std::optional<std::int64_t>& if_version) {
  KS_TRY(const TeamId id, stores.authorizer.find_team(tx, scope, id_or_slug));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::team_read>(tx, scope, id));
  KS_TRY(const auto may_update, stores.authorizer.require<Action::team_update>(tx, scope, id));
  std::vector<Fault> faults;
  if (patch.name) check(faults, "/name", check_text(*patch.name, kTextMax));
  if (patch.description) check(faults, "/description", check_description(*patch.description));
  if (!faults.empty()) return invalid(std::move(faults));
  KS_TRY(TeamRow row, stores.teams.get(tx, may_read));
  if (if_version && *if_version != row.version) return stale_version();
  Json changed = Json::array();
  if (patch.name && *patch.name != row.name) changed.push("name");
  if (patch.description && *patch.description != row.description) changed.push("description");
  if (changed.as_array().empty()) return row;
  row.name = patch.name.value_or(row.name);
  row.description = patch.description.value_or(row.description);
  row.updated_at = stores.clock.now();
  KS_TRY(const bool set, stores.teams.set(tx, may_update, row, row.version));
  if (!set) return stale_version();
  KS_CHECK(stores.journal.record(
      tx, may_update,
      Deed{Action::team_update, "team", id.str(), Json::object({{"changed", std::move(changed)}})},
      Change{"team", id.str(), id}, row.updated_at));
  // The snapshot of every member names the team.
  KS_CHECK(stores.organizations.touch_members(tx, may_update));
  return stores.teams.get(tx, may_read);
}

Result<void> remove_team(Tx& tx, const Stores& stores, const TenantScope& scope,
                         std::string_view id_or_slug) {
  KS_TRY(const TeamId id, stores.authorizer.find_team(tx, scope, id_or_slug));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::team_read>(tx, scope, id));
  KS_TRY(const auto may_delete, stores.authorizer.require<Action::teams_delete>(scope));
  auto removed = stores.teams.remove(tx, may_delete, id);
  if (!removed) {
    if (removed.error().problem == "foreign_key")
      return conflict("team_not_empty", "The team still has deployments; delete them first.");
    return std::unexpected(std::move(removed).error());
  }
  if (!*removed) return not_found();
  Usage one;
  one.teams = -1;
  KS_CHECK(charge(tx, stores, may_delete, one));
  KS_CHECK(stores.journal.record(tx, may_delete,
                                 Deed{Action::teams_delete, "team", id.str(), Json::object()},
                                 Change{"team", id.str(), std::nullopt}, stores.clock.now()));
  return stores.organizations.touch_members(tx, may_delete);
}

}  // namespace ks::app
