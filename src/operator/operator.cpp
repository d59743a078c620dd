#include "operator/operator.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "base/log.hpp"
#include "operator/engine/bootstrap.hpp"
#include "operator/engine/cache.hpp"
#include "operator/engine/concerns.hpp"
#include "operator/engine/informer.hpp"
#include "operator/engine/isolation_watch.hpp"
#include "operator/engine/lease.hpp"
#include "operator/engine/node_watch.hpp"
#include "operator/engine/queue.hpp"
#include "operator/engine/reconciler.hpp"
#include "operator/engine/teller.hpp"
#include "operator/probe/probe.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

// How long a fiber that waits for an event may overlook that it shall end.
constexpr Duration kNap = seconds(1);
// How long a key waits at most when the cluster did not answer.
constexpr Duration kAwayMax = seconds(10);

using Informers = std::vector<std::unique_ptr<Informer>>;

std::vector<std::string> what_lacks(const Bootstrap& bootstrap, const Informers& informers) {
  std::vector<std::string> out;
  if (!bootstrap.missing().empty()) out.push_back(bootstrap.missing());
  // A watch that broke is resumed; what cannot even be listed keeps the operator from working.
  for (const auto& i : informers)
    if (const kube::KubeError& e = i->failure(); e.status != 200 && !i->synced())
      out.push_back(i->kind().plural + " cannot be read: " +
                    (e.status == 0 ? std::string("the cluster does not answer") : e.message));
  return out;
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
        elector(cluster, config,
                config.identity.empty() ? "operator-" + random_suffix(random, 10) : config.identity,
                clock),
        teller(
            cluster, clock, [this] { return may_write(); }, [this] { news.set(); }),
        reconciler(cluster, cache, teller, config, clock, [this] { return may_write(); }),
        isolation(
            cluster, reconciler, config, clock, [this] { return may_work(); },
            [this](const std::string& sandbox) {
              concerns.add_sandbox(sandbox);
              wake.set();
            },
            [this] { return sees_sandboxes(); }),
        probe(
            cluster, config, clock, random, [this] { return may_work(); },
            [this](const std::optional<NetworkProof>& proof) {
              if (!reconciler.know(proof)) return;
              concerns.add_sandboxes();
              wake.set();
            }),
        node_watch(cluster, reconciler, config, clock),
        resync_at(clock.monotonic() + config.resync) {
    // What a look once found proves nothing where nobody looks any more.
    if (!isolation.enabled()) (void)reconciler.know_look(false);
    const std::string ours(labels::kOursSelector);
    for (const kube::Kind* kind : {&kinds::kSandbox, &kinds::kUserDeployment})
      add_informer(*kind, {});
    for (const kube::Kind* kind :
         {&kinds::kNamespace, &kinds::kNetworkPolicy, &kinds::kResourceQuota, &kinds::kLimitRange,
          &kinds::kServiceAccount, &kinds::kPersistentVolumeClaim, &kinds::kService,
          &kinds::kDeployment, &kinds::kPod, &kinds::kPodDisruptionBudget,
          &kinds::kHorizontalPodAutoscaler, &kinds::kIngress})
      add_informer(*kind, ours);
    // They carry no labels.
    add_informer(kinds::kEvent, {});
    add_informer(kinds::kIngressClass, {});
  }

  void add_informer(const kube::Kind& kind, std::string selector) {
    informers.push_back(
        std::make_unique<Informer>(cluster, cache, kind, std::move(selector), clock, random));
  }

  bool may_write() const { return !stopping.load() && (!config.leader_elect || elector.leading()); }
  bool all_synced() const {
    // Events and classes of routes make a status say more. Where they may not be read, or come
    // without end, nothing waits.
    return std::ranges::all_of(informers, [](const auto& i) {
      return i->synced() || i->kind() == kinds::kEvent ||
             (i->kind() == kinds::kIngressClass && i->failure().status == 403);
    });
  }
  bool sees_sandboxes() const {
    return std::ranges::all_of(
        informers, [](const auto& i) { return i->kind() != kinds::kSandbox || i->current(); });
  }
  bool may_work() const { return bootstrap.done() && all_synced() && may_write(); }
  // Nothing new is begun before it is known whether the last probe forbids that.
  bool may_take() const { return may_work() && probe.knows() && node_watch.knows(); }

  void changed(const kube::Kind& kind, const Json* before, const Json* after) {
    concerns.changed(kind, before, after);
    wake.set();
  }
  void add_all() {
    concerns.add_all();
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
    now.writes = reconciler.counts().writes + teller.writes();
    now.failures = reconciler.counts().failures;
    now.queued = queue.size();
    now.due = queue.due();
    now.queued_sandboxes = queue.size(Key::Kind::sandbox);
    for (const auto& i : informers) now.relists += i->relists();
    std::vector<std::string> lacking = what_lacks(bootstrap, informers);
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
      if (node_watch.pump() || probe.pump()) return true;
      if (isolation_if_due() || teller.pump()) return true;
      return may_take() && work();
    }();
    if (did) publish();
    return did;
  }

  Time next_due() const {
    if (!bootstrap.done()) return bootstrap.next_due();
    Time out = node_watch.enabled() ? std::min(resync_at, node_watch.next_due()) : resync_at;
    if (config.leader_elect) out = std::min(out, elector.next_due());
    for (const auto& i : informers)
      if (i->retry_at().us != 0) out = std::min(out, i->retry_at());
    if (may_work()) out = std::min(out, probe.next_due());
    if (may_work() && isolation.enabled()) out = std::min(out, isolation_at);
    if (const auto due = teller.next_due()) out = std::min(out, *due);
    // Until this process leads and knows the cluster, no key is taken.
    if (const auto due = queue.next_due(); due && may_take()) out = std::min(out, *due);
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
      if (may_take() && work()) continue;
      const auto due = queue.next_due();
      const Duration left = due && may_take() ? *due - clock.monotonic() : kNap;
      wake.wait_for(std::clamp(left, milliseconds(1), kNap));
    }
    if (--workers == 0) idle.set();
  }

  // Beside the workers, none of which waits for it.
  void tell_news() {
    while (!stopping.load()) {
      news.reset();
      if (teller.pump()) continue;
      const auto due = teller.next_due();
      news.wait_for(due ? std::clamp(*due - clock.monotonic(), milliseconds(1), kNap) : kNap);
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
  bool isolation_if_due() {
    if (!isolation.enabled() || clock.monotonic() < isolation_at) return false;
    const bool works = may_work();
    isolation_at = isolation.pump();
    return works;
  }
  void watch_network() {
    for (; !stopping.load(); sleep_until(may_work() ? probe.next_due() : clock.monotonic() + kNap))
      if (probe.pump()) wake.set();
  }

  void watch_nodes() {
    for (; !stopping.load(); sleep_until(node_watch.next_due()))
      if (node_watch.pump()) wake.set();
  }

  void run(runtime::Loop& loop) {
    while (!stopping.load() && !bootstrap.done()) {
      bootstrap.pump();
      publish();
      if (!bootstrap.done()) sleep_until(bootstrap.next_due());
    }
    if (stopping.load()) return;
    for (const auto& i : informers) launch(loop, [this, &i] { follow(*i); });
    workers = std::max<std::size_t>(1, config.workers) + 1;
    for (std::size_t i = 1, n = workers; i < n; ++i) launch(loop, [this] { worker(); });
    launch(loop, [this] { tell_news(); });
    if (config.leader_elect) launch(loop, [this] { campaign(); });
    if (isolation.enabled()) launch(loop, [this] { watch_isolation(); });
    launch(loop, [this] { watch_network(); });
    if (node_watch.enabled()) launch(loop, [this] { watch_nodes(); });
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
  Teller teller;
  Reconciler reconciler;
  Concerns concerns{cache, reconciler, queue};
  IsolationWatch isolation;
  Time isolation_at{};
  NetworkProbe probe;
  NodeWatch node_watch;
  Informers informers;
  Time resync_at;
  std::function<void(const Reconciled&)> told;

  runtime::Event wake;    // Work may have come.
  runtime::Event news;    // There is something to tell.
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
  impl_->news.set();
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
void Operator::trace_with(trace::Tracer& tracer) { impl_->reconciler.trace_with(tracer); }
void Operator::resync() { impl_->add_all(); }

}  // namespace ks::op
