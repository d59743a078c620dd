#include "app/deployments.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/audited.hpp"
#include "app/organizations.hpp"
#include "app/plans.hpp"

namespace ks::app {

namespace {

// Beyond what the plan has.
constexpr std::int64_t kDeletingMore = 10;

Change feed_change(const DeploymentRow& row) { return {"deployment", row.id.str(), row.team}; }

Usage amount_only(const Amount& amount) {
  Usage usage;
  usage.amount = amount;
  return usage;
}

// replicas.max is a limit of each service by itself. What one has over it from a larger plan is not
// asked for anew by a change of something else: only more than it has is.
Result<void> check_replicas(Tx& tx, const Stores& stores, const AnyPermit& permit,
                            const Workload& workload, const Workload& before = {}) {
  int most = 0;
  int had = 0;
  for (const Service& service : workload.services) {
    const Service* was = before.find(service.name);
    const int has = was == nullptr ? 0 : was->replicas;
    if (service.replicas <= has || service.replicas <= most) continue;
    most = service.replicas;
    had = has;
  }
  return check_per_item(tx, stores, permit, "replicas.max", most, had);
}

Result<std::string> org_key(Tx& tx, const Stores& stores, const AnyPermit& permit) {
  KS_TRY(auto key, stores.sandboxes.wrapped_key(tx, permit));
  if (key) return std::move(*key);
  const TenantScope& scope = permit.scope();
  KS_CHECK(stores.sandboxes.store_key(
      tx, permit, stores.envelope.new_key(stores.random, scope.client(), scope.org()),
      stores.clock.now()));
  // Another writer's key may have come first; that one counts.
  KS_TRY(key, stores.sandboxes.wrapped_key(tx, permit));
  if (!key) return bug("the organization's key vanished");
  return std::move(*key);
}

Result<std::vector<SealedSecret>> seal(Tx& tx, const Stores& stores, const AnyPermit& permit,
                                       const DeploymentId& id,
                                       const std::vector<DraftSecret>& secrets) {
  std::vector<SealedSecret> out;
  if (secrets.empty()) return out;
  KS_TRY(const std::string key, org_key(tx, stores, permit));
  const TenantScope& scope = permit.scope();
  for (const DraftSecret& secret : secrets) {
    KS_TRY(std::string sealed,
           stores.envelope.seal(stores.random, key, scope.client(), scope.org(),
                                fmt::format("deployment/{}/{}", id.text(), secret.name),
                                secret.value));
    out.push_back({secret.name, std::move(sealed)});
  }
  return out;
}

Result<SandboxRow> sandbox_of(Tx& tx, const Stores& stores, const NamespacePattern& pattern,
                              const Permit<Action::deployments_create, Team>& permit,
                              const UserId& user) {
  const std::optional<TeamId> team_only =
      pattern.names_team() ? std::optional(permit.id()) : std::nullopt;
  KS_TRY(auto existing, stores.sandboxes.find(tx, permit, user, team_only));
  if (existing) return std::move(*existing);
  const TenantScope& scope = permit.scope();
  const Time now = stores.clock.now();
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_TRY(const Organization org, stores.organizations.get(tx, may_read));
  KS_TRY(const auto may_read_team,
         stores.authorizer.require<Action::team_read>(tx, scope, permit.id()));
  KS_TRY(const TeamRow team, stores.teams.get(tx, may_read_team));
  KS_TRY(const Entitlements limits, stores.plans.entitlements(tx, permit, now));
  for (const std::string& name : pattern.names(
           {scope.client(), scope.org(), user, permit.id(), org.slug, team.slug}, stores.random)) {
    NewSandbox fresh{SandboxId::make(stores.clock, stores.random),
                     user,
                     team_only,
                     name,
                     random_token(stores.random, 24),
                     limits.isolation(),
                     now};
    KS_TRY(const bool given,
           stores.names.give(tx, permit, ClusterName::namespace_, fresh.namespace_));
    if (!given) continue;
    KS_TRY(const bool created, stores.sandboxes.create(tx, permit, fresh));
    if (created) return SandboxRow{fresh.id, fresh.namespace_};
  }
  return conflict("namespace_taken",
                  "The namespace of your sandbox is taken; ask the platform's administrator.");
}

Result<TeamId> team_of(Tx& tx, const Stores& stores, const TenantScope& scope,
                       std::string_view team) {
  return stores.authorizer.find_team(tx, scope, team);
}

struct Target {
  TeamId team;
  DeploymentRow row;
};
Result<Target> target(Tx& tx, const Stores& stores, const TenantScope& scope, std::string_view team,
                      std::string_view deployment) {
  KS_TRY(const TeamId id, team_of(tx, stores, scope, team));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::deployments_read>(tx, scope, id));
  KS_TRY(auto row, stores.deployments.find(tx, may_read, deployment));
  if (!row) return not_found();
  return Target{id, std::move(*row)};
}

// As target(), for a write that changes what the organization uses.
Result<Target> locked_target(Tx& tx, const Stores& stores, const TenantScope& scope,
                             std::string_view team, std::string_view deployment) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_CHECK(stores.plans.lock_usage(tx, may_read));
  return target(tx, stores, scope, team, deployment);
}

std::unexpected<Error> is_being_deleted() {
  return conflict("being_deleted", "The deployment is being deleted.");
}

// A deployment that is being deleted takes no place in the plan, and one without replicas grants
// nothing else: while the cluster is away, this bounds how many there can be. After charge(), whose
// lock holds what is counted.
Result<void> check_deleting(Tx& tx, const Stores& stores,
                            const Permit<Action::deployments_create, Team>& permit) {
  KS_TRY(const Entitlements limits, stores.plans.entitlements(tx, permit, stores.clock.now()));
  const auto limit = limits.limit("deployments.max");
  if (!limit) return {};
  KS_TRY(const Usage used, stores.plans.usage(tx, permit));
  KS_TRY(const std::int64_t rows, stores.deployments.count(tx, permit));
  // The one that is being created is in the usage, and has no row yet.
  const std::int64_t deleting = rows - (used.deployments - 1);
  if (deleting <= *limit + kDeletingMore) return {};
  return too_many(
      fmt::format("{} deployments of the organization are still being deleted. Wait until the "
                  "cluster has removed some of them.",
                  deleting),
      minutes(1));
}

Result<DeploymentRow> revise(Tx& tx, const Stores& stores, const TenantScope& scope,
                             const Target& at,
                             const Permit<Action::deployments_update, Team>& permit,
                             const Workload& workload) {
  KS_CHECK(check_replicas(tx, stores, permit, workload, at.row.workload));
  KS_CHECK(charge(tx, stores, permit, amount_only(amount_of(workload) - at.row.amount)));
  const Time now = stores.clock.now();
  KS_TRY(const auto again_at, stores.deployments.count_revision(tx, permit, now));
  if (again_at)
    return too_many("The organization makes revisions faster than may be.", *again_at - now);
  KS_ASSERT(scope.actor().has_value());
  KS_TRY(const bool set, stores.deployments.revise(tx, permit, at.row.id, at.row.version, workload,
                                                   *scope.actor(), now));
  if (!set) return stale_version();
  const Facts after = facts(at.row.name, at.row.template_name, workload);
  KS_CHECK(stores.journal.record(
      tx, permit,
      changed(Action::deployments_update, {"deployment", at.row.id.str()}, facts(at.row), after),
      feed_change(at.row), now));
  KS_TRY(const auto may_read,
         stores.authorizer.require<Action::deployments_read>(tx, scope, at.team));
  KS_TRY(auto row, stores.deployments.find(tx, may_read, at.row.id.text()));
  if (!row) return not_found();
  return std::move(*row);
}

}  // namespace

Result<Created> create_deployment(Tx& tx, const Stores& stores, const NamespacePattern& pattern,
                                  const TenantScope& scope, std::string_view team,
                                  const DeploymentDraft& draft) {
  KS_TRY(const TeamId team_id, team_of(tx, stores, scope, team));
  KS_TRY(const auto may_create,
         stores.authorizer.require<Action::deployments_create>(tx, scope, team_id));
  KS_ASSERT(scope.actor().has_value());
  const UserId user = *scope.actor();
  KS_CHECK(check_replicas(tx, stores, may_create, draft.workload));
  Usage change = amount_only(amount_of(draft.workload));
  change.deployments = 1;
  KS_CHECK(charge(tx, stores, may_create, change));
  KS_CHECK(check_deleting(tx, stores, may_create));
  KS_TRY(const SandboxRow sandbox, sandbox_of(tx, stores, pattern, may_create, user));
  const Time now = stores.clock.now();
  const NewDeployment fresh{DeploymentId::make(stores.clock, stores.random),
                            sandbox.id,
                            draft.name,
                            draft.stem,
                            draft.template_name,
                            draft.workload,
                            user,
                            now};
  KS_TRY(const bool given, stores.names.give(tx, may_create, ClusterName::stem, draft.stem));
  if (!given) return conflict("busy", "The host's random ending was given before; try again.");
  KS_TRY(const auto sealed, seal(tx, stores, may_create, fresh.id, draft.secrets));
  if (auto created = stores.deployments.create(tx, may_create, fresh, sealed); !created) {
    if (created.error().problem == "deployments_name_taken") {
      auto error = conflict("name_taken", "Another deployment of the team has this name.");
      error.error().faults.push_back({"/name", "is taken"});
      return error;
    }
    return std::unexpected(std::move(created).error());
  }
  KS_CHECK(stores.journal.record(tx, may_create,
                                 created(Action::deployments_create, {"deployment", fresh.id.str()},
                                         facts(draft.name, draft.template_name, draft.workload)),
                                 Change{"deployment", fresh.id.str(), team_id}, now));
  KS_TRY(const auto may_read,
         stores.authorizer.require<Action::deployments_read>(tx, scope, team_id));
  KS_TRY(auto row, stores.deployments.find(tx, may_read, fresh.id.text()));
  if (!row) return bug("a deployment is not there after its insert");
  Created out{std::move(*row), {}};
  for (const DraftSecret& secret : draft.secrets)
    if (secret.generated) out.generated.push_back(secret);
  return out;
}

Result<DeploymentRow> deployment(Tx& tx, const Stores& stores, const TenantScope& scope,
                                 std::string_view team, std::string_view deployment) {
  KS_TRY(Target found, target(tx, stores, scope, team, deployment));
  return std::move(found.row);
}

Result<DeploymentStamp> deployment_stamp(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view team, std::string_view deployment) {
  KS_TRY(const TeamId id, team_of(tx, stores, scope, team));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::deployments_read>(tx, scope, id));
  KS_TRY(auto stamp, stores.deployments.find_stamp(tx, may_read, deployment));
  if (!stamp) return not_found();
  return std::move(*stamp);
}

Result<Page<ListedDeployment>> deployments(Tx& tx, const Stores& stores, const TenantScope& scope,
                                           std::string_view team, std::string_view name_prefix,
                                           const PageRequest& page) {
  KS_TRY(const TeamId id, team_of(tx, stores, scope, team));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::deployments_read>(tx, scope, id));
  return stores.deployments.list(tx, may_read, name_prefix, page);
}

Result<DeploymentRow> change_deployment(Tx& tx, const Stores& stores,
                                        const TemplateCatalogue& templates,
                                        const TenantScope& scope, std::string_view team,
                                        std::string_view deployment, const Json& patch,
                                        const std::optional<std::int64_t>& if_version) {
  KS_TRY(const Target at, locked_target(tx, stores, scope, team, deployment));
  KS_TRY(const auto may_update,
         stores.authorizer.require<Action::deployments_update>(tx, scope, at.team));
  if (if_version && *if_version != at.row.version) return stale_version();
  if (at.row.deleting) return is_being_deleted();
  KS_TRY(const Workload workload,
         patch_workload(at.row.workload, patch, templates.find(at.row.template_name)));
  if (workload == at.row.workload) return at.row;
  return revise(tx, stores, scope, at, may_update, workload);
}

Result<DeploymentRow> deploy(Tx& tx, const Stores& stores, const TenantScope& scope,
                             std::string_view team, std::string_view deployment,
                             const std::optional<std::string>& image) {
  KS_TRY(const Target at, locked_target(tx, stores, scope, team, deployment));
  KS_TRY(const auto may_update,
         stores.authorizer.require<Action::deployments_update>(tx, scope, at.team));
  if (at.row.deleting) return is_being_deleted();
  Workload workload = at.row.workload;
  if (image && workload.services.size() > 1)
    return invalid({Fault{"/image",
                          "is for a deployment of one service; change that of one of several with "
                          "PATCH {\"services\":{\"NAME\":{\"image\":\"...\"}}}"}});
  if (image) {
    KS_TRY(workload, patch_workload(workload, Json::object({{"image", *image}}), nullptr));
  }
  return revise(tx, stores, scope, at, may_update, workload);
}

Result<DeploymentRow> restart_deployment(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view team, std::string_view deployment) {
  KS_TRY(Target at, target(tx, stores, scope, team, deployment));
  KS_TRY(const auto may_restart,
         stores.authorizer.require<Action::deployments_restart>(tx, scope, at.team));
  const Time now = stores.clock.now();
  KS_TRY(const bool done, stores.deployments.restart(tx, may_restart, at.row.id, now));
  if (!done) return is_being_deleted();
  KS_CHECK(stores.journal.record(
      tx, may_restart,
      Deed{Action::deployments_restart, "deployment", at.row.id.str(), Json::object()},
      feed_change(at.row), now));
  if (at.row.phase == Phase::ready || at.row.phase == Phase::degraded) {
    at.row.phase = Phase::updating;
    at.row.message = "A restart is on its way.";
  }
  return std::move(at.row);
}

Result<void> end_deployment(Tx& tx, const Stores& stores,
                            const Permit<Action::deployments_delete, Team>& may_delete,
                            const DeploymentRow& row) {
  const Time now = stores.clock.now();
  KS_TRY(const bool begun, stores.deployments.begin_delete(tx, may_delete, row.id, now));
  if (!begun) return {};
  // The amounts are given back when the cluster has nothing left of it; until then its pods run.
  Usage change;
  change.deployments = -1;
  KS_CHECK(charge(tx, stores, may_delete, change));
  return stores.journal.record(
      tx, may_delete, removed(Action::deployments_delete, {"deployment", row.id.str()}, facts(row)),
      feed_change(row), now);
}

Result<DeploymentRow> delete_deployment(Tx& tx, const Stores& stores, const TenantScope& scope,
                                        std::string_view team, std::string_view deployment,
                                        const std::optional<std::int64_t>& if_version) {
  KS_TRY(Target at, locked_target(tx, stores, scope, team, deployment));
  KS_TRY(const auto may_delete,
         stores.authorizer.require<Action::deployments_delete>(tx, scope, at.team));
  if (if_version && *if_version != at.row.version) return stale_version();
  if (at.row.deleting) return std::move(at.row);
  const Time now = stores.clock.now();
  KS_CHECK(end_deployment(tx, stores, may_delete, at.row));
  at.row.deleting = true;
  at.row.phase = Phase::deleting;
  at.row.reason.clear();
  at.row.message.clear();
  ++at.row.version;
  at.row.updated_at = now;
  return std::move(at.row);
}

}  // namespace ks::app
