#include "sync/observer.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/log.hpp"

namespace ks::sync {

namespace {
std::string key_of(const Json& object) {
  return fmt::format("{}/{}", object.text("metadata", "namespace"),
                     object.text("metadata", "name"));
}

bool is_as_wanted(const WantedDeployment& wanted, const UserDeploymentResource& resource) {
  return resource.spec.revision == wanted.revision && resource.spec.restarts == wanted.restarts &&
         resource.spec.suspended == wanted.suspended && resource.spec.workload == wanted.workload;
}
}  // namespace

void Observer::note(Events& events, const Json& object, bool gone) {
  const std::lock_guard lock(mutex_);
  events[key_of(object)] = {object, gone};
}

std::vector<Observer::Event> Observer::take(Events& events) {
  const std::lock_guard lock(mutex_);
  std::vector<Event> out;
  for (auto& [key, event] : events) out.push_back(std::move(event));
  events.clear();
  return out;
}

void Observer::again(Events& events, const Event& event) {
  const std::lock_guard lock(mutex_);
  events.try_emplace(key_of(event.object), event);
}

void Observer::pull_sandbox(const Event& event) {
  const auto client = ClientId::parse(event.object.text("spec", "clientId"));
  const auto org = OrgId::parse(event.object.text("spec", "orgId"));
  const auto id = SandboxId::parse(
      event.object.text("metadata", "annotations", "k8s-scheduler.dev/sandbox-id"));
  if (!client || !org || !id) return;
  const std::string_view name = event.object.text("metadata", "name");
  if (event.gone) {
    carrier_.gone(name);
    // Nothing of ours deletes one while its row is there: it is made again.
    const auto done = carrier_.write([&](Tx& tx) -> Result<void> {
      const auto permit = carrier_.permit(*client, *org);
      KS_CHECK(stores_.sync.set_sandbox_status(tx, permit, *id, false, "SandboxNotReady",
                                               "The sandbox is made again."));
      KS_CHECK(stores_.sync.set_sandbox_isolation(tx, permit, *id, std::nullopt));
      return stores_.sync.sandbox_lost(tx, permit, *id);
    });
    if (!done) again(sandboxes_changed_, event);
    return;
  }
  if (!carrier_.compare_changed(*client, *org, *id, name)) again(sandboxes_changed_, event);
  const auto resource = sandbox_from_json(event.object);
  const Condition* ready = resource ? resource->status.find("Ready") : nullptr;
  if (ready == nullptr) return;
  const bool is_ready = ready->status == "True";
  const auto done = carrier_.write([&](Tx& tx) -> Result<void> {
    const auto permit = carrier_.permit(*client, *org);
    KS_CHECK(stores_.sync.set_sandbox_status(
        tx, permit, *id, is_ready, is_ready ? "" : ready->reason, is_ready ? "" : ready->message));
    std::optional<IsolationSeen> seen = resource->status.isolation;
    if (const Condition* network = resource->status.find("NetworkIsolated"); network) {
      NetworkSeen told = NetworkSeen::of(network->status, network->reason);
      if (seen)
        seen->network = std::move(told);
      else if (told != NetworkSeen())
        // One that waits has no look, and stands in an open network all the same.
        seen = IsolationSeen::before_a_look(std::move(told));
    }
    return stores_.sync.set_sandbox_isolation(tx, permit, *id, seen);
  });
  if (done) return;
  log::warn("sandbox status not stored", {{"cause", done.error().message}});
  // What is not stored must not be signed.
  again(sandboxes_changed_, event);
}

void Observer::pull_deployment(const Event& event) {
  const auto resource = user_deployment_from_json(event.object);
  if (!resource)
    return log::warn("unreadable UserDeployment", {{"cause", resource.error().message}});
  const auto id = DeploymentId::parse(resource->spec.deployment_id);
  if (!id) return;
  const auto row =
      carrier_.read([&](Tx& tx) { return stores_.sync.deployment(tx, kSyncFleet, *id); });
  if (!row) return again(deployments_changed_, event);
  if (!*row) return;
  const WantedDeployment& wanted = **row;
  // Somebody else's object of the same id says nothing about our row.
  if (wanted.stem != resource->meta.name || wanted.namespace_ != resource->meta.ns) return;
  if (wanted.parked && !wanted.deleting) {
    // Its status of before says nothing any more.
    if (!event.gone && !resource->meta.deleting) carrier_.lost(wanted);
    return;
  }
  if (event.gone) {
    if (!wanted.deleting) return carrier_.lost(wanted);  // Removed by hand.
    if (!carrier_.forget(wanted, event.object)) again(deployments_changed_, event);
    return;
  }
  if (wanted.deleting != resource->meta.deleting) {
    // A removal by hand goes on; what is left of it at its end comes as a word of its own.
    if (wanted.deleting) carrier_.lost(wanted);
  } else if (!wanted.deleting && !is_as_wanted(wanted, *resource)) {
    carrier_.lost(wanted);
  }
  store_status(wanted, *resource);
  carrier_.status_came(wanted, event.object);
}

// The operator's word while it has not looked at the newest wish yet: what runs is of the one
// before.
Observer::Told Observer::told(const WantedDeployment& wanted,
                              const UserDeploymentResource& resource) const {
  const UserDeploymentStatus& status = resource.status;
  if (wanted.deleting) return {Phase::deleting, status.reason, status.message};
  if (is_as_wanted(wanted, resource) && status.observed_generation >= resource.meta.generation)
    return {status.phase, status.reason, status.message};
  const bool serves = status.phase == Phase::ready || status.phase == Phase::degraded ||
                      status.phase == Phase::updating;
  const Phase phase = serves                           ? Phase::updating
                      : status.phase == Phase::pending ? Phase::pending
                                                       : Phase::provisioning;
  if (!is_as_wanted(wanted, resource))
    if (auto bar = carrier_.barred(wanted))
      return {phase, std::move(bar->reason), std::move(bar->message)};
  return {phase, "", "A change is on its way."};
}

void Observer::store_status(const WantedDeployment& wanted,
                            const UserDeploymentResource& resource) {
  if (resource.status.observed_generation == 0 && !resource.meta.deleting) return;
  Json services = Json::object();
  for (const auto& [name, service] : resource.status.services) {
    Json one = Json::object(
        {{"ready", service.ready}, {"replicas", service.replicas}, {"restarts", service.restarts}});
    if (service.last_termination)
      one.set("last_termination",
              Json::object({{"reason", service.last_termination->reason},
                            {"exit_code", service.last_termination->exit_code}}));
    for (const Termination& end : service.terminations)
      one["terminations"].push(Json::object({{"reason", end.reason},
                                             {"exit_code", end.exit_code},
                                             {"at", end.at},
                                             {"pod", end.pod}}));
    services.set(name, std::move(one));
  }
  const Told now = told(wanted, resource);
  const Json status = Json::object({{"services", std::move(services)},
                                    {"observed_revision", resource.status.observed_revision}});
  const auto done = carrier_.write([&](Tx& tx) {
    return stores_.sync.set_status(tx, carrier_.permit(wanted.client, wanted.org), wanted.id,
                                   wanted.generation, now.phase, now.reason, now.message, status);
  });
  if (!done) log::warn("status not stored", {{"cause", done.error().message}});
}

}  // namespace ks::sync
