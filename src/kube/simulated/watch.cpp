#include <algorithm>
#include <atomic>
#include <utility>

#include "kube/body.hpp"
#include "kube/simulated/impl.hpp"
#include "kube/simulated/selector.hpp"

namespace ks::kube::simulated {

namespace {

class SimulatedWatch final : public Watch {
 public:
  SimulatedWatch(std::shared_ptr<SimulatedCluster::Impl> impl, Kind kind, WatchOptions options,
                 Selector selector, std::int64_t from, std::vector<Object> initial)
      : impl_(std::move(impl)),
        kind_(std::move(kind)),
        ns_(options.ns),
        selector_(std::move(selector)),
        seen_(from),
        initial_(std::move(initial)),
        changed_(std::make_shared<runtime::Event>()) {
    impl_->state.add_listener(changed_);
    breaks_ = impl_->breaks;
    bookmark_at_ = impl_->state.now() + impl_->state.options().bookmark_every;
    std::ranges::reverse(initial_);
  }

  KubeResult<std::optional<WatchEvent>> next(Duration timeout) override {
    const SystemClock real;
    const Time until = real.monotonic() + timeout;
    for (;;) {
      {
        const std::lock_guard lock(impl_->mutex);
        changed_->reset();
        auto found = look();
        if (!found || *found) return found;
      }
      const Duration left = until - real.monotonic();
      if (left.us <= 0 || woken_.exchange(false)) return std::nullopt;
      // A held event and a bookmark come due by the cluster's clock, which sets no event.
      changed_->wait_for(std::min(left, late_ || stalled_ ? milliseconds(10) : milliseconds(250)));
    }
  }

  void wake() override {
    woken_ = true;
    changed_->set();
  }

 private:
  KubeResult<std::optional<WatchEvent>> look() {
    if (ended_) return kube_error(0, "Closed", "the watch has ended");
    const Time now = impl_->state.now();
    if (impl_->breaks != breaks_) return end(0, "Closed", "the connection was lost");
    if (now < held_until_) return std::nullopt;
    if (stalled_) return end(0, "Closed", "the connection was lost");
    if (repeat_) return std::exchange(repeat_, std::nullopt);
    if (!initial_.empty()) {
      Json object = *initial_.back();
      initial_.pop_back();
      return WatchEvent{WatchEvent::Type::added, std::move(object)};
    }
    const std::deque<Change>* changes = impl_->state.changes(kind_, seen_);
    if (changes == nullptr) return end(410, "Expired", "too old resource version");
    auto at = std::ranges::upper_bound(*changes, seen_, {}, &Change::version);
    for (; at != changes->end(); ++at) {
      auto event = as_seen(*at);
      if (!event) {
        seen_ = at->version;
        continue;
      }
      if (impl_->happens(impl_->faults.watch_dropped))
        return end(0, "Closed", "the connection was lost");
      if (impl_->happens(impl_->faults.watch_expired_410))
        return end(410, "Expired", "too old resource version");
      if (!late_ && impl_->happens(impl_->faults.watch_event_late)) {
        late_ = true;
        held_until_ = now + impl_->faults.late_by;
        return std::nullopt;
      }
      if (impl_->happens(impl_->faults.watch_stalled)) {
        stalled_ = true;
        held_until_ = now + impl_->faults.stalled_for;
        return std::nullopt;
      }
      late_ = false;
      seen_ = at->version;
      if (impl_->happens(impl_->faults.watch_event_twice)) repeat_ = event;
      return event;
    }
    if (now < bookmark_at_) return std::nullopt;
    bookmark_at_ = now + impl_->state.options().bookmark_every;
    seen_ = impl_->state.version();
    Json object = Json::object({{"apiVersion", kind_.api_version()}, {"kind", kind_.name}});
    object["metadata"].set("resourceVersion", std::to_string(seen_));
    return WatchEvent{WatchEvent::Type::bookmark, std::move(object)};
  }

  // A change as this watch sees it: an object that comes to match is added, one that no longer does
  // is deleted.
  std::optional<WatchEvent> as_seen(const Change& change) const {
    const auto matches = [&](const Json& object) {
      return (ns_.empty() || object.text("metadata", "namespace") == ns_) &&
             selector_.matches(object);
    };
    const bool is = change.type != WatchEvent::Type::deleted && matches(*change.object);
    const bool was = change.before != nullptr && matches(*change.before);
    if (is)
      return WatchEvent{was ? WatchEvent::Type::modified : WatchEvent::Type::added, *change.object};
    if (!was) return std::nullopt;
    Json last = *change.before;
    last["metadata"].set("resourceVersion", std::to_string(change.version));
    return WatchEvent{WatchEvent::Type::deleted, std::move(last)};
  }

  std::unexpected<KubeError> end(int status, std::string reason, std::string message) {
    ended_ = true;
    return kube_error(status, std::move(reason), std::move(message));
  }

  std::shared_ptr<SimulatedCluster::Impl> impl_;
  Kind kind_;
  std::string ns_;
  Selector selector_;
  std::int64_t seen_;
  std::vector<Object> initial_;
  std::shared_ptr<runtime::Event> changed_;
  std::int64_t breaks_ = 0;
  Time bookmark_at_{};
  Time held_until_{};
  bool late_ = false;
  bool stalled_ = false;
  std::optional<WatchEvent> repeat_;
  bool ended_ = false;
  std::atomic<bool> woken_{false};
};

}  // namespace

std::unique_ptr<Watch> make_watch(std::shared_ptr<SimulatedCluster::Impl> impl, const Kind& kind,
                                  const WatchOptions& options, Selector selector, std::int64_t from,
                                  std::vector<Object> initial) {
  return std::make_unique<SimulatedWatch>(std::move(impl), kind, options, std::move(selector), from,
                                          std::move(initial));
}

}  // namespace ks::kube::simulated
