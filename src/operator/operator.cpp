#include "operator/operator.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

#include "base/log.hpp"
#include "operator/engine/bootstrap.hpp"
#include "operator/engine/cache.hpp"
#include "operator/engine/change.hpp"
#include "operator/engine/informer.hpp"
#include "operator/engine/isolation_watch.hpp"
#include "operator/engine/lease.hpp"
#include "operator/engine/queue.hpp"
#include "operator/engine/reconciler.hpp"
#include "operator/plan/events.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

// How long a fiber that waits for an event may overlook that it shall end.
constexpr Duration kNap = seconds(1);
// How long a key waits at most when the cluster did not answer.
constexpr Duration kAwayMax = seconds(10);

std::string identity_of(const OperatorConfig& config, Random& random) {
  return config.identity.empty() ? "operator-" + random_suffix(random, 10) : config.identity;
}

}  // namespace

struct Operator::Impl {
  Impl(kube::Cluster& c, OperatorConfig given, const Clock& k, Random& r)
      : cluster(c),
        config(std::move(given)),
        clock(k),
        random(r),
        cache([this](const kube::Kind& kind, const Json* before, const Json* after) {
          changed(kind, before, after);
        }),
        queue(random),
        bootstrap(cluster, config, clock, random),
        elector(cluster, config, identity_of(config, random), clock),
        reconciler(cluster, cache, config, clock, [this] { return may_write(); }),
        isolation(
            cluster, reconciler, config, clock, [this] { return may_work(); },
            [this](const std::string& sandbox) {
              queue.add_now(sandbox_key(sandbox));
              wake.set();
            },
            [this] { return sees_sandboxes(); }),
        resync_at(clock.monotonic() + config.resync) {
    const std::string ours(labels::kOursSelector);
    for (const kube::Kind* kind : {&kinds::kSandbox, &kinds::kUserDeployment})
      add_informer(*kind, {});
    for (const kube::Kind* kind :
         {&kinds::kNamespace, &kinds::kNetworkPolicy, &kinds::kResourceQuota, &kinds::kLimitRange,
          &kinds::kServiceAccount, &kinds::kPersistentVolumeClaim, &kinds::kService,
          &kinds::kDeployment, &kinds::kPod, &kinds::kPodDisruptionBudget, &kinds::kIngress})
      add_informer(*kind, ours);
    // They carry no labels.
    add_informer(kinds::kEvent, {});
  }

  void add_informer(const kube::Kind& kind, std::string selector) {
    informers.push_back(
        std::make_unique<Informer>(cluster, cache, kind, std::move(selector), clock, random));
  }

  bool may_write() const { return !stopping.load() && (!config.leader_elect || elector.leading()); }
  bool all_synced() const {
    // Events make a status say more. Where they may not be read, or come without end, nothing
    // waits.
    return std::ranges::all_of(
        informers, [](const auto& i) { return i->synced() || i->kind() == kinds::kEvent; });
  }
  bool sees_sandboxes() const {
    return std::ranges::all_of(
        informers, [](const auto& i) { return i->kind() != kinds::kSandbox || i->current(); });
  }
  bool may_work() const { return bootstrap.done() && all_synced() && may_write(); }

  static Key sandbox_key(std::string name) { return {Key::Kind::sandbox, {}, std::move(name)}; }
  static Key deployment_key(std::string_view ns, std::string_view name) {
    return {Key::Kind::deployment, std::string(ns), std::string(name)};
  }

  // Which resources a change may concern.
  void changed(const kube::Kind& kind, const Json* before, const Json* after) {
    const Json& object = after != nullptr ? *after : *before;
    const std::string_view ns = object.text("metadata", "namespace");
    const std::string_view name = object.text("metadata", "name");
    if (kind == kinds::kSandbox) {
      reconciler.index(before, after);
      const bool wished = wish_changed(before, after);
      const Key key = sandbox_key(std::string(name));
      if (wished)
        queue.add_now(key);
      else
        queue.add(key);
      if (wished || ready_of(before) != ready_of(after))
        add_deployments_of(object.text("spec", "namespace"));
    } else if (kind == kinds::kUserDeployment) {
      if (wish_changed(before, after)) {
        queue.add_now(deployment_key(ns, name));
        add_sandboxes_of(ns);
      } else {
        queue.add(deployment_key(ns, name));
      }
    } else if (kind == kinds::kEvent) {
      const auto subject = subject_of(object);
      const Seen about = subject ? cache.find(*subject) : Seen{};
      if (about && !about.label(labels::kDeployment).empty())
        queue.add(deployment_key(ns, about.label(labels::kDeployment)));
    } else if (kind == kinds::kNamespace) {
      add_sandboxes_of(name);
      add_deployments_of(name);
    } else {
      // Both, where somebody gave the object to another by its label.
      const std::string_view was = stem_of(before), is = stem_of(after);
      for (const std::string_view stem : {was, is})
        if (!stem.empty()) queue.add(deployment_key(ns, stem));
      // A sandbox that ends waits for the last pod.
      if ((before != nullptr && was.empty()) || (after != nullptr && is.empty()) ||
          (kind == kinds::kPod && after == nullptr))
        add_sandboxes_of(ns);
      // What a quota refused may be let in by another.
      if (kind == kinds::kResourceQuota &&
          (before == nullptr || after == nullptr || before->at("spec") != after->at("spec") ||
           before->at("status", "hard") != after->at("status", "hard")))
        add_deployments_of(ns);
    }
    wake.set();
  }

  void add_sandboxes_of(std::string_view ns) {
    for (const std::string& name : reconciler.sandboxes_of(ns)) queue.add_now(sandbox_key(name));
  }
  void add_deployments_of(std::string_view ns) {
    if (ns.empty()) return;
    for (const Seen& d : cache.list(kinds::kUserDeployment, ns))
      queue.add_now(deployment_key(ns, d.name()));
  }

  void add_all() {
    for (const kube::Kind* kind : {&kinds::kSandbox, &kinds::kUserDeployment})
      for (const Seen& seen : cache.list(*kind))
        queue.add(*kind == kinds::kSandbox
                      ? sandbox_key(std::string(seen.name()))
                      : deployment_key(seen.object->text("metadata", "namespace"), seen.name()));
    wake.set();
  }

  // Handles one key; false when none is due.
  bool work() {
    const auto key = queue.take(clock.monotonic());
    if (!key) return false;
    const Time began = clock.monotonic();
    const Outcome outcome = reconciler.reconcile(*key);
    if (told)
      told({key->kind == Key::Kind::sandbox ? ReconcilerKind::sandbox : ReconcilerKind::deployment,
            clock.monotonic() - began, outcome.cause});
    switch (outcome.kind) {
      case Outcome::Kind::done:
        queue.forget(*key);
        break;
      case Outcome::Kind::again:
        queue.forget(*key);
        queue.add_at(*key, clock.monotonic() + outcome.after);
        break;
      case Outcome::Kind::retry:
        queue.retry(*key, clock.monotonic(), outcome.after);
        break;
      case Outcome::Kind::retry_soon:
        queue.retry(*key, clock.monotonic(), outcome.after, kAwayMax);
        break;
    }
    queue.done(*key);
    publish();
    return true;
  }

  bool resync_if_due() {
    if (clock.monotonic() < resync_at) return false;
    resync_at = clock.monotonic() + config.resync;
    add_all();
    return true;
  }

  // What other threads may read.
  void publish() {
    const bool leads = !config.leader_elect || elector.leading();
    synced.store(all_synced());
    leading.store(leads && bootstrap.done());
    Counters now;
    now.reconciles = reconciler.counts().reconciles;
    now.writes = reconciler.counts().writes;
    now.failures = reconciler.counts().failures;
    now.queued = queue.size();
    now.queued_sandboxes = queue.size(Key::Kind::sandbox);
    std::vector<std::string> lacking;
    if (!bootstrap.missing().empty()) lacking.push_back(bootstrap.missing());
    for (const auto& i : informers) {
      now.relists += i->relists();
      if (i->failure().status == 200) continue;
      const kube::KubeError& e = i->failure();
      // A watch that broke is resumed; what cannot even be listed keeps the operator from working.
      if (!i->synced())
        lacking.push_back(i->kind().plural + " cannot be read: " +
                          (e.status == 0 ? std::string("the cluster does not answer") : e.message));
    }
    const std::lock_guard lock(mutex);
    counters = now;
    missing = std::move(lacking);
  }

  bool step() {
    const bool did = [&] {
      if (!bootstrap.done()) return bootstrap.pump();
      if (config.leader_elect && elector.pump()) return true;
      for (const auto& i : informers)
        if (i->pump(Duration{})) return true;
      if (resync_if_due()) return true;
      return may_work() && work();
    }();
    if (did) publish();
    return did;
  }

  Time next_due() const {
    if (!bootstrap.done()) return bootstrap.next_due();
    Time out = resync_at;
    if (config.leader_elect) out = std::min(out, elector.next_due());
    for (const auto& i : informers)
      if (i->retry_at().us != 0) out = std::min(out, i->retry_at());
    // Until this process leads and knows the cluster, no key is taken.
    if (const auto due = queue.next_due(); due && may_work()) out = std::min(out, *due);
    return out;
  }

  // Fibers. Waits until `due` or the end; at most a nap.
  void sleep_until(Time due) {
    const Duration left = due - clock.monotonic();
    ending.wait_for(std::clamp(left, milliseconds(1), kNap));
  }

  void launch(runtime::Loop& loop, std::function<void()> body) {
    ++fibers;
    loop.spawn([this, body = std::move(body)] {
      body();
      if (--fibers == 0) ended.set();
    });
  }

  void follow(Informer& informer) {
    while (!stopping.load()) {
      if (informer.retry_at().us != 0 && clock.monotonic() < informer.retry_at()) {
        sleep_until(informer.retry_at());
        continue;
      }
      const bool was_synced = informer.synced();
      const bool failed = informer.failure().status != 200;
      informer.pump(kNap);
      if (informer.synced() != was_synced || failed != (informer.failure().status != 200)) {
        publish();
        wake.set();
      }
    }
  }

  void worker() {
    while (!stopping.load()) {
      wake.reset();
      if (may_work() && work()) continue;
      const auto due = queue.next_due();
      const Duration left = due && may_work() ? *due - clock.monotonic() : kNap;
      wake.wait_for(std::clamp(left, milliseconds(1), kNap));
    }
    if (--workers == 0) idle.set();
  }

  void campaign() {
    while (!stopping.load()) {
      elector.pump();
      const bool leads = elector.leading();
      if (leads != leading.load()) {
        publish();
        wake.set();
      }
      sleep_until(elector.next_due());
    }
    // The lease is given back when the last write has been answered.
    idle.wait();
    elector.release();
    publish();
  }

  void watch_isolation() {
    while (!stopping.load()) sleep_until(isolation.pump());
  }

  void run(runtime::Loop& loop) {
    while (!stopping.load() && !bootstrap.done()) {
      bootstrap.pump();
      publish();
      if (!bootstrap.done()) sleep_until(bootstrap.next_due());
    }
    if (stopping.load()) return;
    for (const auto& i : informers) launch(loop, [this, &i] { follow(*i); });
    workers = std::max<std::size_t>(1, config.workers);
    for (std::size_t i = 0, n = workers; i < n; ++i) launch(loop, [this] { worker(); });
    if (config.leader_elect) launch(loop, [this] { campaign(); });
    if (isolation.enabled()) launch(loop, [this] { watch_isolation(); });
    while (!stopping.load()) {
      resync_if_due();
      publish();
      sleep_until(resync_at);
    }
    for (const auto& i : informers) i->wake();
  }

  kube::Cluster& cluster;
  const OperatorConfig config;
  const Clock& clock;
  Random& random;
  Cache cache;
  Queue queue;
  Bootstrap bootstrap;
  Elector elector;
  Reconciler reconciler;
  IsolationWatch isolation;
  std::vector<std::unique_ptr<Informer>> informers;
  Time resync_at;
  std::function<void(const Reconciled&)> told;

  runtime::Event wake;    // Work may have come.
  runtime::Event ending;  // stop() was called.
  runtime::Event idle;    // The last worker has ended.
  runtime::Event ended;   // The last fiber has.
  std::atomic<bool> stopping{false};
  std::atomic<bool> started{false};
  std::atomic<std::size_t> fibers{0};
  std::size_t workers = 0;

  std::atomic<bool> synced{false};
  std::atomic<bool> leading{false};
  mutable std::mutex mutex;
  Counters counters;
  std::vector<std::string> missing = {"the operator has not started"};
};

Operator::Operator(kube::Cluster& cluster, OperatorConfig config, const Clock& clock,
                   Random& random)
    : impl_(std::make_unique<Impl>(cluster, std::move(config), clock, random)) {}
Operator::~Operator() = default;

void Operator::on_reconciled(std::function<void(const Reconciled&)> told) {
  KS_ASSERT(!impl_->started.load());
  impl_->told = std::move(told);
}

void Operator::start(runtime::Loop& loop) {
  KS_ASSERT(!impl_->started.exchange(true));
  impl_->launch(loop, [this, &loop] { impl_->run(loop); });
}

void Operator::stop() {
  impl_->stopping.store(true);
  impl_->ending.set();
  impl_->wake.set();
}

void Operator::wait_stopped() {
  if (impl_->started.load()) impl_->ended.wait();
}

bool Operator::synced() const { return impl_->synced.load(); }
bool Operator::leading() const { return impl_->leading.load(); }

std::vector<std::string> Operator::missing() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->missing;
}

Operator::Counters Operator::counters() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->counters;
}

bool Operator::step() { return impl_->step(); }
Time Operator::next_due() const { return impl_->next_due(); }
void Operator::resync() { impl_->add_all(); }

}  // namespace ks::op
