#include "api/feed_hub.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <vector>

#include "base/log.hpp"
#include "runtime/caught.hpp"

namespace ks::api {

namespace {
constexpr Duration kRound = seconds(2);

struct Subscriber {
  std::shared_ptr<http::SseStream> stream;
  FeedHub::Seat seat;
  FeedHub::Deliver deliver;
  std::mutex mutex;
  bool busy = false;   // A delivery runs.
  bool again = false;  // Something changed while it ran.
};
}  // namespace

struct FeedHub::Impl : std::enable_shared_from_this<FeedHub::Impl> {
  explicit Impl(Bounds b) : bounds(b) {}

  struct Seats {
    std::size_t all = 0;
    std::map<OrgId, std::size_t> by_org;
  };
  const Bounds bounds;
  std::map<UserId, Seats> seats;  // Of those who have a stream open.

  bool sit(const UserId& user, const OrgId& org) {
    const std::lock_guard lock(mutex);
    Seats& taken = seats[user];
    const auto of_org = taken.by_org.find(org);
    if (taken.all >= bounds.per_person ||
        (of_org != taken.by_org.end() && of_org->second >= bounds.per_member)) {
      if (taken.all == 0) seats.erase(user);
      return false;
    }
    ++taken.all;
    ++taken.by_org[org];
    return true;
  }
  void rise(const UserId& user, const OrgId& org) {
    const std::lock_guard lock(mutex);
    Seats& taken = seats.at(user);
    if (--taken.by_org.at(org) == 0) taken.by_org.erase(org);
    if (--taken.all == 0) seats.erase(user);
  }

  runtime::Loop* loop = nullptr;
  std::atomic<bool> stopping{false};
  mutable std::mutex mutex;
  std::multimap<OrgId, std::shared_ptr<Subscriber>> subscribers;

  std::vector<std::shared_ptr<Subscriber>> of(const std::optional<OrgId>& org) const {
    const std::lock_guard lock(mutex);
    std::vector<std::shared_ptr<Subscriber>> out;
    const auto range =
        org ? subscribers.equal_range(*org) : std::pair(subscribers.begin(), subscribers.end());
    for (auto at = range.first; at != range.second; ++at) out.push_back(at->second);
    return out;
  }

  void wake(const std::shared_ptr<Subscriber>& subscriber) {
    {
      const std::lock_guard lock(subscriber->mutex);
      if (subscriber->busy) {
        subscriber->again = true;
        return;
      }
      subscriber->busy = true;
    }
    loop->spawn([subscriber] {
      for (;;) {
        if (!subscriber->stream->open()) return;
        bool goes_on = false;
        try {
          goes_on = subscriber->deliver(*subscriber->stream);
        } catch (...) {
          log::error("a stream failed by a defect", {{"what", runtime::caught()}});
        }
        if (!goes_on) {
          subscriber->stream->close();
          return;
        }
        const std::lock_guard lock(subscriber->mutex);
        if (!subscriber->again) {
          subscriber->busy = false;
          return;
        }
        subscriber->again = false;
      }
    });
  }

  void rounds() {
    auto self = shared_from_this();
    loop->call_after(kRound, [self] {
      if (self->stopping) return;
      for (const auto& subscriber : self->of(std::nullopt)) self->wake(subscriber);
      self->rounds();
    });
  }
};

FeedHub::FeedHub(Bounds bounds) : impl_(std::make_shared<Impl>(bounds)) {}
FeedHub::~FeedHub() = default;

void FeedHub::start(runtime::Loop& loop) {
  impl_->loop = &loop;
  impl_->rounds();
}

void FeedHub::stop() {
  impl_->stopping = true;
  for (const auto& subscriber : impl_->of(std::nullopt)) subscriber->stream->close();
}

FeedHub::Seat FeedHub::take_seat(const UserId& user, const OrgId& org) {
  if (!impl_->sit(user, org)) return nullptr;
  // Not shared: the seat stands in what it points to.
  return Seat(impl_.get(), [weak = std::weak_ptr(impl_), user, org](const void*) {
    if (const auto impl = weak.lock()) impl->rise(user, org);
  });
}

void FeedHub::subscribe(const OrgId& org, const std::shared_ptr<http::SseStream>& stream, Seat seat,
                        Deliver deliver) {
  auto subscriber = std::make_shared<Subscriber>();
  subscriber->stream = stream;
  subscriber->seat = std::move(seat);
  subscriber->deliver = std::move(deliver);
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->subscribers.emplace(org, subscriber);
  }
  stream->on_close([impl = std::weak_ptr(impl_), org, raw = subscriber.get()] {
    const auto self = impl.lock();
    if (!self) return;
    std::unique_lock lock(self->mutex);
    // Its seat must not be given back under the lock.
    std::shared_ptr<Subscriber> gone;
    const auto range = self->subscribers.equal_range(org);
    for (auto at = range.first; at != range.second; ++at) {
      if (at->second.get() != raw) continue;
      gone = std::move(at->second);
      self->subscribers.erase(at);
      break;
    }
    lock.unlock();
  });
  impl_->wake(subscriber);
}

void FeedHub::changed(const std::optional<OrgId>& org) {
  if (impl_->loop == nullptr || impl_->stopping) return;
  for (const auto& subscriber : impl_->of(org)) impl_->wake(subscriber);
}

std::size_t FeedHub::subscribers() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->subscribers.size();
}

}  // namespace ks::api
