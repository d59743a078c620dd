#include "sync/sync.hpp"

#include <atomic>
#include <mutex>

#include "base/log.hpp"
#include "sync/carrier.hpp"
#include "sync/isolation_sign.hpp"
#include "sync/mirror.hpp"
#include "sync/observer.hpp"

namespace ks::sync {

namespace {
constexpr std::string_view kLease = "sync";
constexpr int kBatch = 256;
// Of rows with a workload, which may have half a megabyte.
constexpr int kWorkloads = 64;
// A round begins nothing new after this long, so that what is new and in turn waits for one answer
// of the cluster at most, however many rows are ahead of it that the cluster lets wait.
constexpr Duration kRoundMax = seconds(2);
// Between tries of a cluster that does not answer.
constexpr Duration kAwayMin = milliseconds(250), kAwayMax = seconds(5);
}  // namespace

struct Sync::Impl : std::enable_shared_from_this<Sync::Impl> {
  Impl(Stores s, kube::Cluster& c, Config conf, const Clock& cl, Random& random)
      : stores(s),
        cluster(c),
        config(std::move(conf)),
        clock(cl),
        holder(uuid_v7(cl, random)),
        sandboxes(c, kube::kinds::kSandbox, std::string(labels::kOursSelector), cl,
                  [this](const Json& o, bool gone) {
                    observer.sandbox_changed(o, gone);
                    awake.set();
                  }),
        deployments(c, kube::kinds::kUserDeployment, std::string(labels::kOursSelector), cl,
                    [this](const Json& o, bool gone) {
                      observer.deployment_changed(o, gone);
                      awake.set();
                    }),
        carrier(stores, c, config, cl, sandboxes, deployments),
        observer(stores, carrier),
        isolation(stores, c, config, carrier, cl),
        slots(config.parallel) {}

  Stores stores;
  kube::Cluster& cluster;
  Config config;
  const Clock& clock;
  std::string holder;
  Mirror sandboxes;
  Mirror deployments;
  Carrier carrier;
  Observer observer;
  IsolationSign isolation;
  runtime::Semaphore slots;
  runtime::Loop* loop = nullptr;

  std::atomic<bool> stopping{false};
  std::atomic<bool> leading{false};
  std::atomic<int> fibers{0};
  runtime::Event stopped;
  runtime::Event ending;  // stop() was called.
  // Replaced at each wait, so that a wake between two waits is not lost.
  runtime::Event awake;
  mutable std::mutex mutex;
  std::string trouble;

  bool running() const { return !stopping; }

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
      ending.wait_for(config.renew);
    }
    if (leading.exchange(false)) {
      const auto released = carrier.write([&](Tx& tx) -> Result<void> {
        return stores.sync.release(tx, kSyncFleet, kLease, holder);
      });
      if (!released) log::warn("sync lease not given back");
    }
  }

  // Runs `work` for each item, so many at a time, and waits for all. `on`: asked before each.
  template <class Item>
  void each(
      const std::vector<Item>& items, std::function<void(Impl&, const Item&)> work,
      std::function<bool()> on = [] { return true; }) {
    if (items.empty()) return;
    auto left = std::make_shared<std::atomic<std::size_t>>(items.size());
    auto done = std::make_shared<runtime::Event>();
    for (const Item& item : items) {
      slots.acquire();
      fiber([item, work, on, left, done](Impl& self) {
        if (self.leading && self.running() && on()) work(self, item);
        self.slots.release();
        if (--*left == 0) done->set();
      });
    }
    done->wait();
  }

  // --- database to cluster

  // What one round over the unsynced rows came to.
  struct Round {
    Time started;
    std::atomic<std::size_t> answered{0};  // Also by a refusal.
    std::atomic<std::size_t> unanswered{0};
    std::atomic<bool> ailing{false};
    // No answer to a row says nothing about the cluster as long as its watches run.
    bool watched = true;

    bool cluster_away() const { return answered == 0 && unanswered > 0 && (ailing || !watched); }
  };

  // Carries the rows over. Without a single answer the rest of the round is not begun.
  template <class Row>
  void carry(const std::vector<Row>& rows, Round& round) {
    std::mutex unanswered_mutex;
    std::vector<std::pair<Row, Carried>> unanswered;
    each<Row>(
        rows,
        [&](Impl& self, const Row& row) {
          const Carried got = self.carrier.push(row);
          if (got == Carried::away || got == Carried::ailing) {
            ++round.unanswered;
            if (got == Carried::ailing) round.ailing = true;
            const std::lock_guard lock(unanswered_mutex);
            unanswered.emplace_back(row, got);
            return;
          }
          if (got == Carried::waits) self.tell_waiting(row);
          if (got != Carried::waits) ++round.answered;
          if (got != Carried::done) self.carrier.defer(row, got, Carrier::Fault::row);
        },
        [this, &round] {
          return clock.monotonic() - round.started < kRoundMax &&
                 (round.unanswered < config.parallel || round.answered > 0);
        });
    const auto fault = round.cluster_away() ? Carrier::Fault::cluster : Carrier::Fault::row;
    each<std::pair<Row, Carried>>(unanswered, [fault](Impl& self, const auto& one) {
      self.carrier.defer(one.first, one.second, fault);
    });
  }

  // A change of what runs says what it waits for, as its first wish does.
  void tell_waiting(const WantedSandbox&) {}
  void tell_waiting(const WantedDeployment& row) {
    if (row.deleting || row.parked) return;
    if (const auto known = carrier.known(row)) observer.deployment_changed(*known, false);
  }

  enum class Pushed { nothing, some, away };
  // One round over what was changed.
  Pushed push_changes(bool watched) {
    Round round;
    round.started = clock.monotonic();
    round.watched = watched;
    const auto boxes = carrier.read([&](Tx& tx) {
      return stores.sync.unsynced_sandboxes(tx, kSyncFleet, clock.now(), kBatch);
    });
    if (!boxes) return Pushed::nothing;
    carry(*boxes, round);
    const auto rows = carrier.read([&](Tx& tx) {
      return stores.sync.unsynced_deployments(tx, kSyncFleet, clock.now(), kWorkloads);
    });
    if (!rows) return Pushed::nothing;
    carry(*rows, round);
    if (round.cluster_away()) return Pushed::away;
    return boxes->empty() && rows->empty() ? Pushed::nothing : Pushed::some;
  }

  // Compares everything once, for what was changed or removed in the cluster while nobody held the
  // lease. What is not there as it is wanted is carried in the rounds that follow.
  bool compare_everything() {
    std::string after = "00000000-0000-0000-0000-000000000000";
    for (;;) {
      const auto rows = carrier.read(
          [&](Tx& tx) { return stores.sync.all_sandboxes(tx, kSyncFleet, after, kBatch); });
      if (!rows) return false;
      each<WantedSandbox>(*rows, [](Impl& self, const WantedSandbox& row) {
        if (!self.carrier.compare(row)) self.carrier.lost(row);
      });
      if (rows->size() < kBatch) break;
      after = rows->back().id.str();
    }
    after = "00000000-0000-0000-0000-000000000000";
    for (;;) {
      const auto rows = carrier.read(
          [&](Tx& tx) { return stores.sync.all_deployments(tx, kSyncFleet, after, kWorkloads); });
      if (!rows) return false;
      each<WantedDeployment>(*rows, [](Impl& self, const WantedDeployment& row) {
        if (!self.carrier.holds(row)) self.carrier.lost(row);
      });
      if (rows->size() < kWorkloads) break;
      after = rows->back().id.str();
    }
    return true;
  }

  // What waits for a cluster that does not answer says so.
  void explain_waiting() {
    constexpr std::string_view kReason = "ClusterUnavailable";
    for (;;) {
      const auto rows = carrier.read([&](Tx& tx) {
        return stores.sync.untold_deployments(tx, kSyncFleet, kReason, kWorkloads);
      });
      if (!rows || rows->empty()) return;
      for (const WantedDeployment& row : *rows) {
        const auto done = carrier.write([&](Tx& tx) {
          return stores.sync.set_status(
              tx, carrier.permit(row.client, row.org), row.id, row.generation, Phase::pending,
              kReason,
              "The cluster does not answer at the moment; the deployment goes on when it does.",
              Json::object());
        });
        if (!done || !running()) return;
      }
      if (rows->size() < kWorkloads) return;
    }
  }

  // --- the main fiber

  void work() {
    bool known = false;
    Duration away = kAwayMin;
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
      if (!known) known = compare_everything();
      const auto boxes = observer.take_sandboxes();
      each<Observer::Event>(boxes,
                            [](Impl& self, const auto& e) { self.observer.pull_sandbox(e); });
      const auto rows = observer.take_deployments();
      each<Observer::Event>(rows,
                            [](Impl& self, const auto& e) { self.observer.pull_deployment(e); });
      const Pushed pushed = push_changes(unreachable.empty());
      // One object that gets no answer says nothing about the cluster.
      set_trouble(pushed == Pushed::away ? carrier.last_failure() : unreachable);
      if (!unreachable_now().empty()) explain_waiting();
      if (pushed == Pushed::away) {
        awake.wait_for(away);
        away = std::min(away * 2, kAwayMax);
        continue;
      }
      away = kAwayMin;
      // Nothing is waiting to be stored, and the watch would have told: it neither broke nor hangs.
      if (boxes.empty() && unreachable.empty() && sandboxes.current()) isolation.pump();
      const bool idle = pushed == Pushed::nothing && boxes.empty() && rows.empty();
      awake.wait_for(idle ? config.poll : milliseconds(20));
    }
    sandboxes.wake();
    deployments.wake();
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
  impl_->ending.set();
  impl_->awake.set();
}

void Sync::wait_stopped() { impl_->stopped.wait(); }

void Sync::wake() { impl_->awake.set(); }

bool Sync::working() const {
  return impl_->leading && impl_->sandboxes.complete() && impl_->deployments.complete();
}

std::string Sync::trouble() const { return impl_->unreachable_now(); }

}  // namespace ks::sync
