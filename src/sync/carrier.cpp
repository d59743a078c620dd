#include "sync/carrier.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "domain/claim.hpp"
#include "domain/sandbox/waiting.hpp"
#include "kube/refusal.hpp"

namespace ks::sync {

namespace {
// What is wrong with one object, or with its namespace, says nothing about the cluster: one
// tenant's object must not make the installation look ill. An API server also gives 500 to an
// object that its store does not take.
bool concerns_one_object(const kube::KubeError& error) {
  switch (error.status) {
    case 400:
    case 409:
    case 413:
    case 422:
    case 500:
      return true;
    case 403:
      // Our own rights; what else is forbidden, an admission or a quota forbids to this object.
      return error.message.find(" cannot ") == std::string::npos ||
             error.message.find(" resource ") == std::string::npos;
    default:
      return false;
  }
}

// From the first failure on, doubling: what is on its way comes soon or is told by an event; what
// the cluster refuses needs a person; a row that gets no answer is tried now and then.
Duration pause(std::int64_t failures, Carried why) {
  const Duration first = why == Carried::waits ? milliseconds(250) : seconds(1);
  const Duration most = why == Carried::waits     ? seconds(5)
                        : why == Carried::refused ? minutes(5)
                                                  : seconds(10);
  return std::min(most, first * (std::int64_t{1} << std::clamp<std::int64_t>(failures, 0, 10)));
}
}  // namespace

Carrier::Carrier(const Stores& stores, kube::Cluster& cluster, const Config& config,
                 const Clock& clock, Mirror& sandboxes, Mirror& deployments)
    : stores_(stores),
      cluster_(cluster),
      config_(config),
      clock_(clock),
      sandboxes_(sandboxes),
      deployments_(deployments),
      old_secrets_(cluster) {}

Permit<Action::sync_status, Org> Carrier::permit(const ClientId& client, const OrgId& org) const {
  auto allowed = stores_.authorizer.require<Action::sync_status>(kSyncFleet.tenant(client, org));
  KS_ASSERT(allowed.has_value());
  return std::move(*allowed);
}

bool Carrier::same(const Json& known, const Json& object) {
  return known.at("spec") == object.at("spec") &&
         known.at("metadata", "labels") == object.at("metadata", "labels");
}

// Whether the cluster's object says the same already.
bool Carrier::says(const Mirror& mirror, const Json& object) {
  const auto known =
      mirror.find(object.text("metadata", "namespace"), object.text("metadata", "name"));
  return known && same(*known, object);
}

kube::KubeResult<void> Carrier::apply(Mirror& mirror, const kube::Kind& kind, const Json& object) {
  if (says(mirror, object)) return {};
  kube::ApplyOptions options;
  options.manager = kManager;
  auto applied = cluster_.apply(kind, object, options);
  if (!applied) return std::unexpected(std::move(applied).error());
  mirror.put(*applied);
  return {};
}

Result<std::optional<SandboxResource>> Carrier::resource(const WantedSandbox& row) const {
  return read([&](Tx& tx) -> Result<std::optional<SandboxResource>> {
    const auto may = permit(row.client, row.org);
    KS_TRY(const bool still, stores_.sync.is_wanted(tx, may));
    if (!still) return std::optional<SandboxResource>();
    KS_TRY(const Entitlements limits, stores_.plans.entitlements(tx, may, clock_.now()));
    SandboxLoad load;
    KS_CHECK(stores_.sync.each_workload_in(tx, may, row.id,
                                           [&](const Workload& workload) { load.add(workload); }));
    return std::optional(sandbox_resource(row, load, limits));
  });
}

Carried Carrier::push(const WantedSandbox& row) {
  auto wanted = resource(row);
  if (!wanted) {
    log::warn("sandbox not read", {{"cause", wanted.error().message}});
    return Carried::waits;
  }
  if (!*wanted) return Carried::done;
  const Json object = to_json(**wanted);
  if (auto done = apply(sandboxes_, kube::kinds::kSandbox, object); !done)
    return failed(done.error());
  // What the watch tells of it then is nothing new.
  if (const auto known = sandboxes_.find("", row.namespace_); known && same(*known, object))
    strayed_.looked_at(row.namespace_, *known);
  const auto synced = write([&](Tx& tx) {
    return stores_.sync.sandbox_synced(tx, permit(row.client, row.org), row.id, row.generation);
  });
  if (!synced) log::warn("sandbox not marked", {{"cause", synced.error().message}});
  return synced ? Carried::done : Carried::waits;
}

bool Carrier::holds(const WantedDeployment& row) const {
  if (row.deleting) {
    const auto known = deployments_.find(row.namespace_, row.stem);
    return known && !known->text("metadata", "deletionTimestamp").empty();
  }
  if (row.parked) {
    const auto known = deployments_.find(row.namespace_, row.stem);
    return !known || !known->text("metadata", "deletionTimestamp").empty();
  }
  const auto secret = secret_of(row);
  return secret && says(deployments_,
                        to_json(deployment_resource(row, config_.routing, secret->has_value())));
}

void Carrier::defer(const WantedSandbox& row, Carried why, Fault fault) const {
  const bool own = fault == Fault::row;
  const Time until = clock_.now() + (own ? pause(row.failures, why) : Duration{});
  const std::int64_t failures = row.failures + (own ? 1 : 0);
  const auto done = write([&](Tx& tx) {
    return stores_.sync.defer_sandbox(tx, permit(row.client, row.org), row.id, row.generation,
                                      until, failures);
  });
  if (!done) log::warn("sandbox not deferred", {{"cause", done.error().message}});
}

void Carrier::defer(const WantedDeployment& row, Carried why, Fault fault) const {
  const bool own = fault == Fault::row;
  const Time until = clock_.now() + (own ? pause(row.failures, why) : Duration{});
  const std::int64_t failures = row.failures + (own ? 1 : 0);
  const auto done = write([&](Tx& tx) {
    return stores_.sync.defer_deployment(tx, permit(row.client, row.org), row.id, row.generation,
                                         until, failures);
  });
  if (!done) log::warn("deployment not deferred", {{"cause", done.error().message}});
}

void Carrier::lost(const WantedSandbox& row) const {
  const auto done = write(
      [&](Tx& tx) { return stores_.sync.sandbox_lost(tx, permit(row.client, row.org), row.id); });
  if (!done) log::warn("sandbox not taken up again", {{"cause", done.error().message}});
}

void Carrier::lost(const WantedDeployment& row) const {
  const auto done = write([&](Tx& tx) {
    return stores_.sync.deployment_lost(tx, permit(row.client, row.org), row.id);
  });
  if (!done) log::warn("deployment not taken up again", {{"cause", done.error().message}});
}

Carried Carrier::failed(const kube::KubeError& error) {
  // A namespace, or a quota with room for what was granted: its Sandbox is on the way.
  if (error.is_not_found() || kube::is_over_quota(error)) return Carried::waits;
  const std::string why = error.message.empty() ? error.reason : error.message;
  const std::lock_guard lock(mutex_);
  if (!concerns_one_object(error)) {
    last_failure_ = why.empty() ? "no answer" : why;
    return error.status == 0 ? Carried::away : Carried::ailing;
  }
  if (std::exchange(last_refusal_, why) != why)
    log::warn("the cluster refused an object", {{"cause", why}});
  return Carried::refused;
}

std::string Carrier::last_failure() const {
  const std::lock_guard lock(mutex_);
  return last_failure_;
}

// As failed(); the owner hears of what will not pass by itself.
Carried Carrier::refused(const WantedDeployment& row, const kube::KubeError& error) {
  // A 500 may pass; only where nothing runs yet is there no better status that it would hide.
  const bool told = error.status == 400 || error.status == 413 || error.status == 422 ||
                    (error.status == 500 && !deployments_.find(row.namespace_, row.stem));
  if (told)
    tell(row, Phase::error, "Refused", "The cluster refused the deployment: " + kube::told(error));
  return failed(error);
}

// The Secret first: pods that start before it would wait for it.
kube::KubeResult<void> Carrier::write_secret(const Json& secret) {
  kube::ApplyOptions options;
  options.manager = kManager;
  const auto applied = cluster_.apply(kube::kinds::kSecret, secret, options);
  if (!applied) return std::unexpected(applied.error());
  return {};
}

Result<std::optional<Json>> Carrier::secret_of(const WantedDeployment& row) const {
  return read([&](Tx& tx) -> Result<std::optional<Json>> {
    const auto may = permit(row.client, row.org);
    KS_TRY(const auto sealed, stores_.sync.secrets_of(tx, may, row.id));
    if (sealed.empty()) return std::optional<Json>();
    KS_TRY(const auto key, stores_.sandboxes.wrapped_key(tx, may));
    if (!key) return bug("secrets without a key");
    Json data = Json::object();
    for (const SealedSecret& secret : sealed) {
      KS_TRY(const std::string value,
             stores_.envelope.open(*key, row.client, row.org,
                                   fmt::format("deployment/{}/{}", row.id.text(), secret.name),
                                   secret.sealed));
      data.set(secret.name, base64(value));
    }
    return std::optional(Json::object(
        {{"apiVersion", "v1"},
         {"kind", "Secret"},
         {"metadata",
          Json::object({{"name", secret_name(row.stem, row.revision)},
                        {"namespace", row.namespace_},
                        {"labels", Json::object({{std::string(labels::kManagedBy),
                                                  std::string(labels::kProduct)},
                                                 {std::string(labels::kOrg), row.org.str()},
                                                 {std::string(labels::kTeam), row.team.str()},
                                                 {std::string(labels::kDeployment), row.stem}})}})},
         {"type", "Opaque"},
         {"immutable", true},
         {"data", std::move(data)}}));
  });
}

Carried Carrier::push(const WantedDeployment& row) {
  if (row.deleting) return push_removal(row);
  if (row.parked) return park(row);
  auto secret = secret_of(row);
  if (!secret) {
    log::warn("secrets not read", {{"cause", secret.error().message}});
    return Carried::waits;
  }
  auto wanted = deployment_resource(row, config_.routing, secret->has_value());
  Json object = to_json(wanted);
  if (says(deployments_, object)) return mark(row);
  const auto known = deployments_.find(row.namespace_, row.stem);
  if (const auto bar = barred(row)) {
    // What runs has a status of its own.
    if (!known)
      tell(row, bar->reason == "NamespaceTaken" ? Phase::error : Phase::pending, bar->reason,
           bar->message);
    else if (bar->reason == kSandboxBehind)
      if (const auto done = shut(*known, object); !done) return failed(done.error());
    return Carried::waits;
  }
  // First, for the quota of the namespace has room for so many.
  const auto older = old_secrets_.before_push(row, known);
  if (!older) return refused(row, older.error());
  if (!older->empty()) {
    wanted.meta.annotations.emplace(OldSecrets::kAnnotation, *older);
    object = to_json(wanted);
  }
  if (*secret) {
    const bool written = known && known->text("spec", "secretName") == wanted.spec.secret_name;
    if (!written)
      if (auto done = write_secret(**secret); !done) return refused(row, done.error());
  }
  if (auto done = apply(deployments_, kube::kinds::kUserDeployment, object); !done)
    return refused(row, done.error());
  return mark(row);
}

void Carrier::tell(const WantedDeployment& row, Phase phase, const std::string& reason,
                   const std::string& message) const {
  const auto stored = write([&](Tx& tx) {
    return stores_.sync.set_status(tx, permit(row.client, row.org), row.id, row.generation, phase,
                                   reason, message, Json::object());
  });
  if (!stored) log::warn("status not stored", {{"cause", stored.error().message}});
}

Carried Carrier::push_removal(const WantedDeployment& row) {
  // Before the resource, which names them.
  const auto known = deployments_.find(row.namespace_, row.stem);
  if (const auto gone = old_secrets_.all(row, known); !gone) return failed(gone.error());
  const kube::Ref ref{kube::kinds::kUserDeployment, row.namespace_, row.stem};
  const auto removed = cluster_.remove(ref, {});
  if (!removed && !removed.error().is_not_found()) return failed(removed.error());
  // Nothing is left of it.
  if (!removed) return forget(row, known) ? Carried::done : Carried::waits;
  return mark(row);
}

// Out of the cluster but for its claims. The word that they stay is there before the deletion is.
Carried Carrier::park(const WantedDeployment& row) {
  const auto known = deployments_.find(row.namespace_, row.stem);
  // Before the resource, which names them.
  if (const auto gone = old_secrets_.all(row, known); !gone) return failed(gone.error());
  if (!known) return mark(row);
  const std::string uid(known->text("metadata", "uid"));
  if (known->text("metadata", "deletionTimestamp").empty()) {
    const bool has_secret = !known->text("spec", "secretName").empty();
    auto wanted = deployment_resource(row, config_.routing, has_secret);
    wanted.meta.annotations[std::string(annotations::kKeepVolumes)] = "true";
    kube::ApplyOptions options;
    options.manager = kManager;
    options.uid = uid;
    const auto told = cluster_.apply(kube::kinds::kUserDeployment, to_json(wanted), options);
    if (!told && !told.error().is_not_found()) return failed(told.error());
    kube::DeleteOptions precisely;
    precisely.uid = uid;
    const auto removed =
        cluster_.remove({kube::kinds::kUserDeployment, row.namespace_, row.stem}, precisely);
    if (!removed && !removed.error().is_not_found()) return failed(removed.error());
  }
  return mark(row);
}

Carried Carrier::mark(const WantedDeployment& row) {
  const auto synced = write([&](Tx& tx) {
    return stores_.sync.deployment_synced(tx, permit(row.client, row.org), row.id, row.generation);
  });
  if (!synced) log::warn("deployment not marked", {{"cause", synced.error().message}});
  return synced ? Carried::done : Carried::waits;
}

// Those that a resource which was parked left behind; of any other the operator removed them.
kube::KubeResult<void> Carrier::forget_claims(const WantedDeployment& row) {
  for (const Service& service : row.workload.services)
    for (const Volume& volume : service.volumes) {
      const auto removed = cluster_.remove({kube::kinds::kPersistentVolumeClaim, row.namespace_,
                                            claim_name(row.stem, service.name, volume.name)},
                                           {});
      if (!removed && !removed.error().is_not_found()) return removed;
    }
  return {};
}

bool Carrier::forget(const WantedDeployment& row, const std::optional<Json>& last) {
  if (const auto gone = old_secrets_.all(row, last); !gone) {
    failed(gone.error());
    return false;
  }
  if (const auto gone = forget_claims(row); !gone) {
    failed(gone.error());
    return false;
  }
  const auto done = write([&](Tx& tx) {
    return stores_.sync.forget_deployment(tx, permit(row.client, row.org), row.id);
  });
  if (!done) log::warn("deployment not forgotten", {{"cause", done.error().message}});
  return done.has_value();
}

void Carrier::status_came(const WantedDeployment& row, const Json& object) {
  if (const auto done = old_secrets_.after_status(row, object); !done) failed(done.error());
}

}  // namespace ks::sync
