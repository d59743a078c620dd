#include "sync/sync.hpp"

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include <fmt/format.h>

#include "base/log.hpp"
#include "sync/carrier.hpp"
#include "sync/mirror.hpp"

namespace ks::sync {

namespace {
constexpr std::string_view kLease = "sync";
constexpr int kBatch = 256;
}  // namespace

struct Sync::Impl : std::enable_shared_from_this<Sync::Impl> {
  Impl(Stores s, kube::Cluster& c, Config conf, const Clock& cl, Random& random)
      : stores(s),
        cluster(c),
        config(std::move(conf)),
        clock(cl),
        holder(uuid_v7(cl, random)),
        sandboxes(c, kube::kinds::kSandbox, std::string(labels::kOursSelector),
                  [this](const Json& o, bool gone) { note(sandbox_events, o, gone); }),
        deployments(c, kube::kinds::kUserDeployment, std::string(labels::kOursSelector),
                    [this](const Json& o, bool gone) { note(deployment_events, o, gone); }),
        carrier(stores, c, config, cl, sandboxes, deployments,
                [this](std::string cause) { set_trouble(std::move(cause)); }),
        slots(config.parallel) {}

  Stores stores;
  kube::Cluster& cluster;
  Config config;
  const Clock& clock;
  std::string holder;
  Mirror sandboxes;
  Mirror deployments;
  Carrier carrier;
  runtime::Semaphore slots;
  runtime::Loop* loop = nullptr;

  std::atomic<bool> stopping{false};
  std::atomic<bool> leading{false};
  std::atomic<int> fibers{0};
  runtime::Event stopped;
  // Replaced at each wait, so that a wake between two waits is not lost.
  runtime::Event awake;
  mutable std::mutex mutex;
  std::string trouble;

  // Objects that changed in the cluster and were not looked at yet; the last word wins.
  struct Event {
    Json object;
    bool gone = false;
  };
  std::map<std::string, Event> sandbox_events;
  std::map<std::string, Event> deployment_events;
  // Not taken by the cluster at the last try.
  std::map<SandboxId, WantedSandbox> sandboxes_again;
  std::set<DeploymentId> deployments_again;

  bool running() const { return !stopping; }

  void note(std::map<std::string, Event>& events, const Json& object, bool gone) {
    {
      const std::lock_guard lock(mutex);
      events[fmt::format("{}/{}", object.text("metadata", "namespace"),
                         object.text("metadata", "name"))] = {object, gone};
    }
    awake.set();
  }

  std::vector<Event> take(std::map<std::string, Event>& events) {
    const std::lock_guard lock(mutex);
    std::vector<Event> out;
    for (auto& [key, event] : events) out.push_back(std::move(event));
    events.clear();
    return out;
  }

  void fiber(std::function<void(Impl&)> body) {
    ++fibers;
    loop->spawn([self = shared_from_this(), body = std::move(body)] {
      body(*self);
      if (--self->fibers == 0) self->stopped.set();
    });
  }

  void set_trouble(std::string text) {
    const std::lock_guard lock(mutex);
    if (!text.empty() && text != trouble) log::warn("cluster not reached", {{"cause", text}});
    trouble = std::move(text);
  }

  // --- the lease

  void keep_lease() {
    Time renewed{};
    while (running()) {
      const Time asked = clock.monotonic();
      const auto grant = carrier.write([&](Tx& tx) {
        const Time now = clock.now();
        return stores.sync.lease(tx, kSyncFleet, kLease, holder, now, now + config.lease);
      });
      if (grant && *grant) {
        renewed = asked;
        if (!leading.exchange(true)) {
          log::info("sync lease taken", {{"fence", (*grant)->fence}});
          awake.set();
        }
      } else if (grant || clock.monotonic() - renewed > config.lease - seconds(2)) {
        // Somebody else has it, or the database did not answer for so long that somebody may.
        if (leading.exchange(false)) log::warn("sync lease lost");
      }
      nap(config.renew);
    }
    if (leading.exchange(false)) {
      const auto released = carrier.write([&](Tx& tx) -> Result<void> {
        return stores.sync.release(tx, kSyncFleet, kLease, holder);
      });
      if (!released) log::warn("sync lease not given back");
    }
  }

  void nap(Duration d) {
    for (Duration left = d; running() && left.us > 0; left = left - milliseconds(200))
      runtime::sleep_for(std::min(left, milliseconds(200)));
  }

  // What the cluster did not take is tried again, also where the generation says that it was
  // carried over once: a cluster that was emptied, or a namespace on its way, is not in any
  // generation.
  void push(const WantedSandbox& row) {
    if (carrier.push(row)) return;
    const std::lock_guard lock(mutex);
    sandboxes_again.insert_or_assign(row.id, row);
  }
  void push(const WantedDeployment& row) {
    if (!carrier.push(row)) again(row);
  }
  void again(const WantedDeployment& row) {
    const std::lock_guard lock(mutex);
    deployments_again.insert(row.id);
  }

  // True when something had to be tried again.
  bool push_again() {
    std::vector<WantedSandbox> boxes;
    std::vector<DeploymentId> ids;
    {
      const std::lock_guard lock(mutex);
      for (auto& [id, row] : sandboxes_again) boxes.push_back(std::move(row));
      ids.assign(deployments_again.begin(), deployments_again.end());
      sandboxes_again.clear();
      deployments_again.clear();
    }
    each(boxes, [](auto& self, const auto& row) { self.push(row); });
    each(ids, [](Impl& self, const DeploymentId& id) {
      const auto row = self.carrier.read(
          [&](Tx& tx) { return self.stores.sync.deployment(tx, kSyncFleet, id); });
      if (row && *row) return self.push(**row);
      if (row) return;
      const std::lock_guard lock(self.mutex);
      self.deployments_again.insert(id);
    });
    return !boxes.empty() || !ids.empty();
  }

  // Runs `work` for each item, so many at a time, and waits for all.
  template <class Item, class Work>
  void each(const std::vector<Item>& items, Work work) {
    if (items.empty()) return;
    auto left = std::make_shared<std::atomic<std::size_t>>(items.size());
    auto done = std::make_shared<runtime::Event>();
    for (const Item& item : items) {
      slots.acquire();
      fiber([item, work, left, done](Impl& self) {
        if (self.leading && self.running()) work(self, item);
        self.slots.release();
        if (--*left == 0) done->set();
      });
    }
    done->wait();
  }

  // One round over what was changed. True when something was there to do.
  bool push_changes() {
    const auto boxes = carrier.read(
        [&](Tx& tx) { return stores.sync.unsynced_sandboxes(tx, kSyncFleet, kBatch); });
    if (!boxes) return false;
    each(*boxes, [](auto& self, const auto& row) { self.push(row); });
    const auto rows = carrier.read(
        [&](Tx& tx) { return stores.sync.unsynced_deployments(tx, kSyncFleet, kBatch); });
    if (!rows) return false;
    each(*rows, [](auto& self, const auto& row) { self.push(row); });
    return !boxes->empty() || !rows->empty();
  }

  // Everything once, for what was changed or removed in the cluster while nobody held the lease.
  bool push_everything() {
    std::string after = "00000000-0000-0000-0000-000000000000";
    for (;;) {
      const auto rows = carrier.read(
          [&](Tx& tx) { return stores.sync.all_sandboxes(tx, kSyncFleet, after, kBatch); });
      if (!rows) return false;
      each(*rows, [](auto& self, const auto& row) { self.push(row); });
      if (rows->size() < kBatch) break;
      after = rows->back().id.str();
    }
    after = "00000000-0000-0000-0000-000000000000";
    for (;;) {
      const auto rows = carrier.read(
          [&](Tx& tx) { return stores.sync.all_deployments(tx, kSyncFleet, after, kBatch); });
      if (!rows) return false;
      each(*rows, [](auto& self, const auto& row) { self.push(row); });
      if (rows->size() < kBatch) break;
      after = rows->back().id.str();
    }
    return true;
  }

  // --- cluster to database

  void pull_sandbox(const Event& event) {
    auto resource = sandbox_from_json(event.object);
    const auto client = ClientId::parse(event.object.text("spec", "clientId"));
    const auto org = OrgId::parse(event.object.text("spec", "orgId"));
    const auto at = resource ? resource->meta.annotations.find("k8s-scheduler.dev/sandbox-id")
                             : decltype(resource->meta.annotations.end()){};
    if (!resource || !client || !org || at == resource->meta.annotations.end()) return;
    const auto id = SandboxId::parse(at->second);
    if (!id || event.gone) return;
    const Condition* ready = resource->status.find("Ready");
    if (ready == nullptr) return;
    const bool is_ready = ready->status == "True";
    const auto done = carrier.write([&](Tx& tx) {
      return stores.sync.set_sandbox_status(tx, carrier.permit(*client, *org), *id, is_ready,
                                            is_ready ? "" : ready->reason,
                                            is_ready ? "" : ready->message);
    });
    if (!done) log::warn("sandbox status not stored", {{"cause", done.error().message}});
  }

  void pull_deployment(const Event& event) {
    const auto resource = user_deployment_from_json(event.object);
    if (!resource)
      return log::warn("unreadable UserDeployment", {{"cause", resource.error().message}});
    const auto id = DeploymentId::parse(resource->spec.deployment_id);
    if (!id) return;
    const auto row =
        carrier.read([&](Tx& tx) { return stores.sync.deployment(tx, kSyncFleet, *id); });
    if (!row) return requeue(event);
    if (!*row) return;
    const WantedDeployment& wanted = **row;
    // Somebody else's object of the same id says nothing about our row.
    if (wanted.stem != resource->meta.name || wanted.namespace_ != resource->meta.ns) return;
    if (event.gone) {
      if (wanted.deleting) {
        if (!carrier.forget(wanted)) again(wanted);
        return;
      }
      // Removed by hand while it is wanted.
      return push(wanted);
    }
    if (wanted.deleting && !resource->meta.deleting) return push(wanted);
    const bool current = resource->spec.revision == wanted.revision &&
                         resource->spec.restarts == wanted.restarts &&
                         resource->spec.workload == wanted.workload;
    if (!wanted.deleting && !resource->meta.deleting && !current) push(wanted);
    store_status(wanted, *resource);
    carrier.prune_secrets(wanted, resource->status.observed_revision);
  }

  void store_status(const WantedDeployment& wanted, const UserDeploymentResource& resource) {
    if (resource.status.observed_generation == 0 && !resource.meta.deleting) return;
    Json services = Json::object();
    for (const auto& [name, service] : resource.status.services) {
      Json one = Json::object({{"ready", service.ready},
                               {"replicas", service.replicas},
                               {"restarts", service.restarts}});
      if (service.last_termination)
        one.set("last_termination",
                Json::object({{"reason", service.last_termination->reason},
                              {"exit_code", service.last_termination->exit_code}}));
      services.set(name, std::move(one));
    }
    const Phase phase = wanted.deleting ? Phase::deleting : resource.status.phase;
    const Json status = Json::object({{"services", std::move(services)},
                                      {"observed_revision", resource.status.observed_revision}});
    const auto done = carrier.write([&](Tx& tx) {
      return stores.sync.set_status(tx, carrier.permit(wanted.client, wanted.org), wanted.id, phase,
                                    resource.status.reason, resource.status.message, status);
    });
    if (!done) log::warn("status not stored", {{"cause", done.error().message}});
  }

  void requeue(const Event& event) {
    const std::lock_guard lock(mutex);
    deployment_events.try_emplace(fmt::format("{}/{}", event.object.text("metadata", "namespace"),
                                              event.object.text("metadata", "name")),
                                  event);
  }

  // What waits for a cluster that does not answer says so.
  void explain_waiting() {
    const auto rows = carrier.read(
        [&](Tx& tx) { return stores.sync.unsynced_deployments(tx, kSyncFleet, kBatch); });
    if (!rows) return;
    for (const WantedDeployment& row : *rows) {
      if (row.deleting || row.generation != 1) continue;
      const auto done = carrier.write([&](Tx& tx) {
        return stores.sync.set_status(
            tx, carrier.permit(row.client, row.org), row.id, Phase::pending, "ClusterUnavailable",
            "The cluster does not answer at the moment; the deployment goes on when it does.",
            Json::object());
      });
      if (!done) return;
    }
  }

  // --- the main fiber

  void work() {
    bool known = false;
    while (running()) {
      awake.reset();
      if (!leading) {
        known = false;
        awake.wait_for(milliseconds(500));
        continue;
      }
      const std::string unreachable =
          !sandboxes.trouble().empty() ? sandboxes.trouble() : deployments.trouble();
      if (!sandboxes.complete() || !deployments.complete()) {
        if (!unreachable.empty()) {
          set_trouble(unreachable);
          explain_waiting();
        }
        awake.wait_for(config.poll);
        continue;
      }
      set_trouble("");
      if (!known) known = push_everything();
      const auto boxes = take(sandbox_events);
      each(boxes, [](Impl& self, const Event& event) { self.pull_sandbox(event); });
      const auto rows = take(deployment_events);
      each(rows, [](Impl& self, const Event& event) { self.pull_deployment(event); });
      const bool busy = !boxes.empty() || !rows.empty();
      const bool tried_again = push_again();
      const bool pushed = push_changes();
      if (!unreachable_now().empty()) explain_waiting();
      // What could not be carried over yet (its namespace is being made) is tried again soon.
      const bool refused = carrier.take_refused();
      if (pushed || busy || tried_again)
        awake.wait_for(milliseconds(unreachable_now().empty() && !refused ? 20 : 250));
      else
        awake.wait_for(config.poll);
    }
  }

  std::string unreachable_now() const {
    const std::lock_guard lock(mutex);
    return trouble;
  }
};

Sync::Sync(Stores stores, kube::Cluster& cluster, Config config, const Clock& clock, Random& random)
    : impl_(std::make_shared<Impl>(stores, cluster, std::move(config), clock, random)) {}

Sync::~Sync() = default;

void Sync::start(runtime::Loop& loop) {
  impl_->loop = &loop;
  impl_->fiber([](Impl& self) { self.keep_lease(); });
  impl_->fiber([](Impl& self) { self.sandboxes.serve([&self] { return self.running(); }); });
  impl_->fiber([](Impl& self) { self.deployments.serve([&self] { return self.running(); }); });
  impl_->fiber([](Impl& self) { self.work(); });
}

void Sync::stop() {
  impl_->stopping = true;
  impl_->awake.set();
}

void Sync::wait_stopped() { impl_->stopped.wait(); }

void Sync::wake() { impl_->awake.set(); }

bool Sync::working() const {
  return impl_->leading && impl_->sandboxes.complete() && impl_->deployments.complete();
}

std::string Sync::trouble() const { return impl_->unreachable_now(); }

}  // namespace ks::sync
