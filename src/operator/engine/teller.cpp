#include "operator/engine/teller.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

constexpr std::string_view kManager = "k8s-scheduler/events";
// Kubernetes forgets an Event an hour after the last word of it (--event-ttl); what comes later is
// told anew.
constexpr Duration kKept = minutes(50);
// Of one call, while the cluster is away or busy.
constexpr int kTriesMax = 3;
constexpr Duration kPause = seconds(10);

}  // namespace

Teller::Teller(kube::Cluster& cluster, const Clock& clock, std::function<bool()> may_write,
               std::function<void()> woken, Bounds bounds)
    : cluster_(cluster),
      clock_(clock),
      may_write_(std::move(may_write)),
      woken_(std::move(woken)),
      bounds_(bounds),
      total_{bounds.total_burst, clock.monotonic()} {}

bool Teller::Bucket::take(std::size_t burst, Duration every, Time now) {
  const auto come = static_cast<std::size_t>((now - since).us / every.us);
  if (left + come >= burst) {
    left = burst;
    since = now;
  } else {
    left += come;
    since = since + every * static_cast<std::int64_t>(come);
  }
  if (left == 0) return false;
  --left;
  return true;
}

bool Teller::allowed(const std::string& uid) {
  const Time now = clock_.monotonic();
  const auto [at, fresh] = objects_.try_emplace(uid, Bucket{bounds_.object_burst, now});
  if (fresh) object_order_.push_back(uid);
  const bool room = waiting_.size() < bounds_.waiting_max &&
                    at->second.take(bounds_.object_burst, bounds_.object_every, now) &&
                    total_.take(bounds_.total_burst, bounds_.total_every, now);
  if (objects_.size() > bounds_.known_max) {
    objects_.erase(object_order_.front());
    object_order_.pop_front();
  }
  return room;
}

Teller::Known& Teller::known_of(const Key& key) {
  const auto [at, fresh] = known_.try_emplace(key);
  if (!fresh) return at->second;
  known_order_.push_back(key);
  if (known_.size() > bounds_.known_max) {
    known_.erase(known_order_.front());
    known_order_.pop_front();
  }
  return at->second;
}

void Teller::tell(const kube::Kind& kind, const ResourceMeta& meta, News news) {
  const Time now = clock_.now();
  const Key key{meta.uid, news.reason, news.message};
  const auto before = known_.find(key);
  const bool again = before != known_.end() && now - before->second.telling.last < kKept;
  if (again) {
    before->second.telling.last = now;
    ++before->second.telling.count;
    // It is written with the count that it has then.
    if (before->second.waiting) return;
  }
  if (!allowed(meta.uid)) {
    ++dropped_;
    return;
  }
  Known& known = again ? before->second : known_of(key);
  if (!again) {
    known = {};
    known.kind = kind;
    known.meta.name = meta.name;
    known.meta.ns = meta.ns;
    known.meta.uid = meta.uid;
    known.news = std::move(news);
    known.telling = {name_of(known), now, now, 1};
  }
  known.waiting = true;
  waiting_.push_back(key);
  woken_();
}

// As Kubernetes' own clients name theirs: by the object and the time.
std::string Teller::name_of(const Known& known) {
  last_name_ = std::max(clock_.now(), last_name_ + microseconds(1));
  return fmt::format("{}.{:x}", known.meta.name, last_name_.us);
}

std::optional<Time> Teller::next_due() const {
  if (waiting_.empty() || !may_write_()) return std::nullopt;
  return std::max(paused_until_, clock_.monotonic());
}

void Teller::drop(const Key& key) {
  ++dropped_;
  known_.erase(key);
  std::erase(known_order_, key);
}

bool Teller::pump() {
  if (waiting_.empty()) return false;
  if (!may_write_()) {
    // Whoever leads now tells by itself.
    while (!waiting_.empty()) {
      drop(waiting_.front());
      waiting_.pop_front();
    }
    return false;
  }
  if (clock_.monotonic() < paused_until_) return false;
  const Key key = std::move(waiting_.front());
  waiting_.pop_front();
  const auto at = known_.find(key);
  if (at == known_.end()) return true;
  // What is told while the call is under way makes another call.
  at->second.waiting = false;
  const Json event =
      event_about(at->second.kind, at->second.meta, at->second.news, at->second.telling).tree();
  const std::string uid = at->second.uid;
  ++writes_;
  if (uid.empty()) {
    answered(key, true, cluster_.create(kinds::kEvent, event));
  } else {
    kube::ApplyOptions options;
    options.manager = kManager;
    // So it never makes one.
    options.uid = uid;
    answered(key, false, cluster_.apply(kinds::kEvent, event, options));
  }
  return true;
}

void Teller::answered(const Key& key, bool made, const kube::KubeResult<Json>& answer) {
  const auto at = known_.find(key);
  if (at == known_.end()) return;
  Known& known = at->second;
  if (answer) {
    known.failures = 0;
    if (made) known.uid = answer->text("metadata", "uid");
    return;
  }
  const kube::KubeError& error = answer.error();
  if (error.is_transient() && ++known.failures < kTriesMax) {
    paused_until_ = clock_.monotonic() + std::max(kPause, error.retry_after);
    if (known.waiting) return;
    known.waiting = true;
    waiting_.push_front(key);
    return;
  }
  log::debug("an Event is not written", {{"status", error.status}, {"reason", error.reason}});
  if (known.waiting) std::erase(waiting_, key);
  // One that Kubernetes has forgotten, or somebody took away, is told anew the next time.
  drop(key);
}

}  // namespace ks::op
