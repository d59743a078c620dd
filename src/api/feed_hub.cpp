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
  FeedHub::Deliver deliver;
  std::mutex mutex;
  bool busy = false;   // A delivery runs.
  bool again = false;  // Something changed while it ran.
};
}  // namespace

struct FeedHub::Impl : std::enable_shared_from_this<FeedHub::Impl> {
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

FeedHub::FeedHub() : impl_(std::make_shared<Impl>()) {}
FeedHub::~FeedHub() = default;

void FeedHub::start(runtime::Loop& loop) {
  impl_->loop = &loop;
  impl_->rounds();
}

void FeedHub::stop() {
  impl_->stopping = true;
  for (const auto& subscriber : impl_->of(std::nullopt)) subscriber->stream->close();
}

void FeedHub::subscribe(const OrgId& org, const std::shared_ptr<http::SseStream>& stream,
                        Deliver deliver) {
  auto subscriber = std::make_shared<Subscriber>();
  subscriber->stream = stream;
  subscriber->deliver = std::move(deliver);
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->subscribers.emplace(org, subscriber);
  }
  stream->on_close([impl = std::weak_ptr(impl_), org, raw = subscriber.get()] {
    const auto self = impl.lock();
    if (!self) return;
    const std::lock_guard lock(self->mutex);
    const auto range = self->subscribers.equal_range(org);
    for (auto at = range.first; at != range.second; ++at) {
      if (at->second.get() != raw) continue;
      self->subscribers.erase(at);
      return;
    }
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
