#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/fiber.hpp"
#include "runtime/loop.hpp"

namespace ks::runtime {

namespace asio = boost::asio;

namespace {

// One wait of one fiber or thread. Whoever claims it first, the waker or the clock, ends it.
struct Waiter : std::enable_shared_from_this<Waiter> {
  std::atomic<bool> claimed{false};
  bool timed_out = false;

  // A fiber's side; touched on its loop's thread only.
  std::optional<asio::executor_work_guard<asio::any_io_executor>> loop;
  std::function<void()> resume;
  std::optional<asio::steady_timer> timer;

  // A plain thread's side.
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;

  // False when the wait had ended already.
  bool wake(bool by_clock) {
    if (claimed.exchange(true)) return false;
    timed_out = by_clock;
    if (loop) {
      asio::post(loop->get_executor(), [self = shared_from_this()] {
        if (self->timer) self->timer->cancel();
        auto go_on = std::move(self->resume);
        self->resume = nullptr;
        self->loop.reset();
        go_on();
      });
    } else {
      const std::lock_guard lock(mutex);
      done = true;
      ended.notify_one();
    }
    return true;
  }
};

std::shared_ptr<Waiter> make_waiter() {
  auto waiter = std::make_shared<Waiter>();
  if (FiberContext* fiber = fiber_here())
    waiter->loop.emplace(asio::any_io_executor(fiber->yield.get_executor()));
  return waiter;
}

// Parks the caller until somebody wakes `waiter`. False when the time ran out.
bool park(const std::shared_ptr<Waiter>& waiter, Duration timeout) {
  FiberContext* fiber = fiber_here();
  if (fiber == nullptr) {
    std::unique_lock lock(waiter->mutex);
    if (timeout.us <= 0) {
      waiter->ended.wait(lock, [&] { return waiter->done; });
      return true;
    }
    if (waiter->ended.wait_for(lock, std::chrono::microseconds(timeout.us),
                               [&] { return waiter->done; }))
      return true;
    // A waker that claimed the wait in this moment has given something away; take it.
    if (waiter->claimed.exchange(true)) {
      waiter->ended.wait(lock, [&] { return waiter->done; });
      return true;
    }
    return false;
  }
  if (timeout.us > 0) {
    waiter->timer.emplace(fiber->yield.get_executor());
    waiter->timer->expires_after(std::chrono::microseconds(timeout.us));
    waiter->timer->async_wait([waiter](boost::system::error_code code) {
      if (!code) waiter->wake(true);
    });
  }
  FiberPause pause;
  asio::async_initiate<asio::yield_context, void()>(
      [&waiter](auto handler) {
        auto held = std::make_shared<decltype(handler)>(std::move(handler));
        waiter->resume = [held] { std::move (*held)(); };
      },
      fiber->yield);
  return !waiter->timed_out;
}

}  // namespace

struct Event::Impl {
  mutable std::mutex mutex;
  bool set = false;
  std::deque<std::shared_ptr<Waiter>> waiters;
};

Event::Event() : impl_(std::make_shared<Impl>()) {}
Event::~Event() = default;

void Event::set() {
  // Whoever sees the event set may destroy it while this still lets go of the lock.
  const auto state = impl_;
  std::deque<std::shared_ptr<Waiter>> woken;
  {
    const std::lock_guard lock(state->mutex);
    state->set = true;
    woken.swap(state->waiters);
  }
  for (const auto& waiter : woken) waiter->wake(false);
}

void Event::reset() {
  const std::lock_guard lock(impl_->mutex);
  impl_->set = false;
}

bool Event::is_set() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->set;
}

void Event::wait() { wait_for({}); }

bool Event::wait_for(Duration timeout) {
  // The event may be destroyed by whom it wakes; the state lives as long as this wait.
  const auto state = impl_;
  std::shared_ptr<Waiter> waiter;
  {
    const std::lock_guard lock(state->mutex);
    if (state->set) return true;
    waiter = make_waiter();
    state->waiters.push_back(waiter);
  }
  if (park(waiter, timeout)) return true;
  const std::lock_guard lock(state->mutex);
  std::erase(state->waiters, waiter);
  return false;
}

struct Semaphore::Impl {
  std::mutex mutex;
  std::size_t free;
  std::deque<std::shared_ptr<Waiter>> waiters;
};

Semaphore::Semaphore(std::size_t count) : impl_(std::make_unique<Impl>()) { impl_->free = count; }
Semaphore::~Semaphore() = default;

bool Semaphore::acquire(Duration timeout) {
  std::shared_ptr<Waiter> waiter;
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->free > 0) {
      --impl_->free;
      return true;
    }
    waiter = make_waiter();
    impl_->waiters.push_back(waiter);
  }
  if (park(waiter, timeout)) return true;
  const std::lock_guard lock(impl_->mutex);
  std::erase(impl_->waiters, waiter);
  return false;
}

void Semaphore::release() {
  for (;;) {
    std::shared_ptr<Waiter> next;
    {
      const std::lock_guard lock(impl_->mutex);
      if (impl_->waiters.empty()) {
        ++impl_->free;
        return;
      }
      next = std::move(impl_->waiters.front());
      impl_->waiters.pop_front();
    }
    // One whose time ran out in this moment does not take it; the next in line does.
    if (next->wake(false)) return;
  }
}

struct BlockingPool::Impl {
  std::mutex mutex;
  std::condition_variable work_there;
  std::deque<std::function<void()>> queue;
  std::size_t queue_max = 0;
  bool stopping = false;
  std::vector<std::thread> threads;

  void serve() {
    for (;;) {
      std::function<void()> work;
      {
        std::unique_lock lock(mutex);
        work_there.wait(lock, [&] { return stopping || !queue.empty(); });
        if (queue.empty()) return;
        work = std::move(queue.front());
        queue.pop_front();
      }
      work();
    }
  }
};

BlockingPool::BlockingPool(std::size_t threads, std::size_t queue_max)
    : impl_(std::make_unique<Impl>()) {
  impl_->queue_max = queue_max;
  for (std::size_t i = 0; i < threads; ++i) impl_->threads.emplace_back([this] { impl_->serve(); });
}

BlockingPool::~BlockingPool() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->work_there.notify_all();
  for (auto& thread : impl_->threads) thread.join();
}

bool BlockingPool::post(std::function<void()> work) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping || impl_->queue.size() >= impl_->queue_max) return false;
    impl_->queue.push_back(std::move(work));
  }
  impl_->work_there.notify_one();
  return true;
}

bool BlockingPool::run(std::function<void()> work) {
  struct Run {
    Event done;
    std::exception_ptr thrown;
  };
  auto run = std::make_shared<Run>();
  const bool queued = post([run, work = std::move(work)] {
    try {
      work();
    } catch (...) {
      run->thrown = std::current_exception();
    }
    run->done.set();
  });
  if (queued) run->done.wait();
  if (run->thrown) std::rethrow_exception(run->thrown);
  return queued;
}

}  // namespace ks::runtime
