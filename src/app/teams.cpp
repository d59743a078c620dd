#include "app/teams.hpp"

#include <fmt/format.h>

#include "app/audited.hpp"
#include "app/deployments.hpp"
#include "app/organizations.hpp"
#include "app/plans.hpp"
#include "domain/amount.hpp"
#include "domain/name.hpp"

namespace ks::app {

namespace {
void check(std::vector<Fault>& faults, std::string pointer, const Result<void>& ok) {
  if (!ok) faults.push_back({std::move(pointer), ok.error().message});
}
std::unexpected<Error> slug_taken(const char* pointer) {
  auto error = conflict("slug_taken",
                        "Another team of the organization has this slug, or had it until lately.");
  error.error().faults.push_back({pointer, "is taken"});
  return error;
}

std::unexpected<Error> not_empty(std::int64_t deployments) {
  const std::string counted = spoken_amount("deployments.max", deployments);
  auto error = conflict("team_not_empty",
                        fmt::format("The team has {}. Delete what is in it first, or say that it "
                                    "goes with the team.",
                                    counted));
  error.error().faults.push_back(
      {"/deployments", fmt::format("must be \"delete\" for {} to go", counted)});
  return error;
}

// A name of which no letter can stand in an address says nothing there, so two of them must not be
// told apart by it.
std::string slug_for(Random& random, std::string_view name) {
  std::string slug = latin_slug(name);
  return slug.empty() ? "team-" + random_suffix(random, 6) : slug;
}

Result<void> change_slug(Tx& tx, const Stores& stores,
                         const Permit<Action::team_update, Team>& permit, std::string_view from,
                         const TeamRow& to) {
  // No other team takes or gives up a slug from here on.
  KS_CHECK(stores.plans.lock_usage(tx, permit));
  KS_TRY(const auto before, stores.teams.holder_before(tx, permit, to.slug, to.updated_at));
  if (before && *before != to.id) return slug_taken("/slug");
  KS_TRY(const auto again_at, stores.teams.lets_go_at(tx, permit, to.updated_at));
  if (again_at)
    return too_many("The team has changed its slug too often.", *again_at - to.updated_at);
  return stores.teams.change_slug(tx, permit, from, to.slug, to.updated_at);
}

Result<void> end_deployments(Tx& tx, const Stores& stores, const TenantScope& scope,
                             const TeamId& team) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::deployments_read>(tx, scope, team));
  KS_TRY(const auto may_delete,
         stores.authorizer.require<Action::deployments_delete>(tx, scope, team));
  PageRequest page{200, ""};
  for (;;) {
    KS_TRY(const auto rows, stores.deployments.list(tx, may_read, "", page));
    for (const ListedDeployment& item : rows.items) {
      KS_TRY(const DeploymentRow row, item.row());
      if (!row.deleting) KS_CHECK(end_deployment(tx, stores, may_delete, row));
    }
    if (!rows.next) return {};
    page.after = *rows.next;
  }
}
}  // namespace

std::vector<Fault> faults_of(const TeamPatch& patch) {
  std::vector<Fault> faults;
  if (patch.name) check(faults, "/name", check_text(*patch.name, kTextMax));
  if (patch.slug) check(faults, "/slug", check_label(*patch.slug, kSlugMax));
  if (patch.description) check(faults, "/description", check_description(*patch.description));
  return faults;
}

Result<TeamRow> create_team(Tx& tx, const Stores& stores, const TenantScope& scope,
                            const NewTeam& wanted) {
  if (auto faults = faults_of(TeamPatch{wanted.name, wanted.slug, wanted.description});
      !faults.empty())
    return invalid(std::move(faults));
  const std::string slug = wanted.slug ? *wanted.slug : slug_for(stores.random, wanted.name);
  KS_TRY(const auto permit, stores.authorizer.require<Action::teams_create>(scope));
  Usage one;
  one.teams = 1;
  KS_CHECK(charge(tx, stores, permit, one));
  const Time now = stores.clock.now();
  // Under the lock of the charge, as each change of a slug.
  KS_TRY(const auto before, stores.teams.holder_before(tx, permit, slug, now));
  if (before) return slug_taken(wanted.slug ? "/slug" : "/name");
  TeamRow row{TeamId::make(stores.clock, stores.random),
              slug,
              wanted.name,
              wanted.description,
              1,
              now,
              now};
  if (auto created = stores.teams.create(tx, permit, row); !created) {
    // Without a slug it was made of the name.
    if (created.error().problem == "teams_slug_taken")
      return slug_taken(wanted.slug ? "/slug" : "/name");
    return std::unexpected(std::move(created).error());
  }
  KS_CHECK(stores.journal.record(tx, permit,
                                 created(Action::teams_create, {"team", row.id.str()}, facts(row)),
                                 Change{"team", row.id.str(), row.id}, now));
  return row;
}

Result<std::optional<TeamId>> team_before(Tx& tx, const Stores& stores, const TenantScope& scope,
                                          std::string_view slug) {
  KS_TRY(const auto may_look, stores.authorizer.require<Action::org_read>(scope));
  return stores.teams.holder_before(tx, may_look, slug, stores.clock.now());
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
  if (auto faults = faults_of(patch); !faults.empty()) return invalid(std::move(faults));
  KS_TRY(TeamRow row, stores.teams.get(tx, may_read));
  if (if_version && *if_version != row.version) return stale_version();
  // A slug stands in addresses that others use, and tells of teams that its own cannot see.
  if (patch.slug && *patch.slug != row.slug)
    KS_CHECK(stores.authorizer.require<Action::teams_update>(scope));
  const Facts before = facts(row);
  const std::string was = row.slug;
  row.name = patch.name.value_or(row.name);
  row.slug = patch.slug.value_or(row.slug);
  row.description = patch.description.value_or(row.description);
  const Facts after = facts(row);
  if (before == after) return row;
  row.updated_at = stores.clock.now();
  if (row.slug != was) KS_CHECK(change_slug(tx, stores, may_update, was, row));
  auto set = stores.teams.set(tx, may_update, row, row.version);
  if (!set && set.error().problem == "teams_slug_taken") return slug_taken("/slug");
  if (!set) return std::unexpected(std::move(set).error());
  if (!*set) return stale_version();
  KS_CHECK(stores.journal.record(tx, may_update,
                                 changed(Action::team_update, {"team", id.str()}, before, after),
                                 Change{"team", id.str(), id}, row.updated_at));
  // The snapshot of every member names the team.
  KS_CHECK(stores.organizations.touch_members(tx, may_update));
  return stores.teams.get(tx, may_read);
}

Result<TeamRemoved> remove_team(Tx& tx, const Stores& stores, const TenantScope& scope,
                                std::string_view id_or_slug, const TeamRemoval& wanted) {
  KS_TRY(const TeamId id, stores.authorizer.find_team(tx, scope, id_or_slug));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::team_read>(tx, scope, id));
  KS_TRY(const auto may_delete, stores.authorizer.require<Action::teams_delete>(scope));
  // Nothing is created in it from here on.
  KS_CHECK(stores.plans.lock_usage(tx, may_delete));
  KS_TRY(const TeamRow row, stores.teams.get(tx, may_read));
  if (wanted.typed_name && *wanted.typed_name != row.name)
    return invalid({Fault{"/name", "must be the name of the team, letter by letter"}});
  KS_TRY(const auto load, stores.teams.load(tx, may_delete, id));
  if (load.deployments > 0) {
    if (!wanted.deployments) return not_empty(load.deployments);
    KS_CHECK(end_deployments(tx, stores, scope, id));
  }
  KS_TRY(const bool gone, stores.teams.remove(tx, may_delete, id));
  if (!gone) return not_found();
  KS_CHECK(stores.outbox.cancel(tx, may_delete, MailSubject{"team_member", id.str()}));
  Usage one;
  one.teams = -1;
  KS_CHECK(charge(tx, stores, may_delete, one));
  KS_CHECK(stores.journal.record(tx, may_delete,
                                 removed(Action::teams_delete, {"team", id.str()},
                                         facts(row).tell("deployments", load.deployments)),
                                 Change{"team", id.str(), std::nullopt}, stores.clock.now()));
  KS_CHECK(stores.organizations.touch_members(tx, may_delete));
  return load.deployments + load.ending == 0 ? TeamRemoved::at_once : TeamRemoved::with_deployments;
}

}  // namespace ks::app
