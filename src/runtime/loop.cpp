#include "runtime/loop.hpp"

#include <cerrno>
#include <chrono>
#include <thread>

#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <poll.h>

#include "runtime/carried.hpp"
#include "runtime/fiber.hpp"

namespace ks::runtime {

namespace asio = boost::asio;

namespace {
thread_local Loop* current_loop = nullptr;
thread_local FiberContext* current_fiber = nullptr;
// Of what runs off fibers, which never lets go of its thread.
thread_local void* thread_carries = nullptr;

// Only touched pages count; deep handlers with JSON trees stay under half of this.
constexpr std::size_t kStackBytes = 256 * 1024;
}  // namespace

struct Loop::Impl {
  asio::io_context context{1};
};

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

Loop* Loop::current() noexcept { return current_loop; }
void* Loop::native() noexcept { return &impl_->context; }

void Loop::post(std::function<void()> work) { asio::post(impl_->context, std::move(work)); }

void Loop::spawn(std::function<void()> body) {
  // Posted, because asio::spawn called on the loop's thread would run the new fiber at once, inside
  // the caller: when it waits, the caller would go on and not know that it is a fiber.
  asio::post(impl_->context, [this, body = std::move(body)]() mutable {
    asio::spawn(
        impl_->context, std::allocator_arg, boost::context::protected_fixedsize_stack(kStackBytes),
        [body = std::move(body)](asio::yield_context yield) {
          FiberContext fiber{yield, nullptr};
          const FiberScope scope(&fiber);
          body();
        },
        [](std::exception_ptr failure) {
          if (failure) std::rethrow_exception(failure);
        });
  });
}

void Loop::call_after(Duration delay, std::function<void()> work) {
  auto timer = std::make_shared<asio::steady_timer>(impl_->context);
  timer->expires_after(std::chrono::microseconds(delay.us));
  timer->async_wait([timer, work = std::move(work)](boost::system::error_code code) {
    if (!code) work();
  });
}

void Loop::run() {
  auto guard = asio::make_work_guard(impl_->context);
  Loop* outer = std::exchange(current_loop, this);
  impl_->context.run();
  current_loop = outer;
}

void Loop::run_until_idle() {
  Loop* outer = std::exchange(current_loop, this);
  impl_->context.restart();
  impl_->context.run();
  current_loop = outer;
}

void Loop::stop() { impl_->context.stop(); }

struct LoopGroup::Threads {
  std::vector<std::thread> list;
};

LoopGroup::LoopGroup(std::size_t threads) : threads_(std::make_unique<Threads>()) {
  for (std::size_t i = 0; i < threads; ++i) loops_.push_back(std::make_unique<Loop>());
  for (auto& loop : loops_) threads_->list.emplace_back([&loop = *loop] { loop.run(); });
}

LoopGroup::~LoopGroup() { stop(); }

void LoopGroup::stop() {
  for (auto& loop : loops_) loop->stop();
  for (auto& thread : threads_->list)
    if (thread.joinable()) thread.join();
}

void run_fiber(std::function<void()> body) {
  Loop loop;
  loop.spawn(std::move(body));
  loop.run_until_idle();
}

FiberContext* fiber_here() noexcept { return current_fiber; }

FiberScope::FiberScope(FiberContext* fiber) : outer_(std::exchange(current_fiber, fiber)) {}
FiberScope::~FiberScope() { current_fiber = outer_; }

FiberPause::FiberPause() : fiber_(std::exchange(current_fiber, nullptr)) {}
FiberPause::~FiberPause() { current_fiber = fiber_; }

void* carried() noexcept {
  return current_fiber != nullptr ? current_fiber->carried : thread_carries;
}
void* carry(void* what) noexcept {
  return std::exchange(current_fiber != nullptr ? current_fiber->carried : thread_carries, what);
}

bool on_fiber() noexcept { return current_fiber != nullptr; }

void sleep_for(Duration d) {
  FiberContext* fiber = fiber_here();
  if (fiber == nullptr) {
    std::this_thread::sleep_for(std::chrono::microseconds(d.us));
    return;
  }
  asio::steady_timer timer(fiber->yield.get_executor());
  timer.expires_after(std::chrono::microseconds(d.us));
  FiberPause pause;
  boost::system::error_code ignored;
  timer.async_wait(fiber->yield[ignored]);
}

bool wait_fd(int fd, Readiness what, Duration timeout) {
  FiberContext* fiber = fiber_here();
  if (fiber == nullptr) {
    pollfd wanted{fd, static_cast<short>(what == Readiness::readable ? POLLIN : POLLOUT), 0};
    const int ms = timeout.us > 0 ? static_cast<int>((timeout.us + 999) / 1000) : -1;
    for (;;) {
      const int n = ::poll(&wanted, 1, ms);
      if (n < 0 && errno == EINTR) continue;
      return n > 0;
    }
  }
  // Both handlers share this state, since the later one may run after the wait has returned.
  struct Wait {
    asio::posix::stream_descriptor descriptor;
    asio::steady_timer timer;
    bool over = false;
    bool timed_out = false;
  };
  auto executor = fiber->yield.get_executor();
  auto wait = std::make_shared<Wait>(Wait{{executor, fd}, asio::steady_timer(executor)});
  if (timeout.us > 0) {
    wait->timer.expires_after(std::chrono::microseconds(timeout.us));
    wait->timer.async_wait([wait](boost::system::error_code code) {
      if (code || wait->over) return;
      wait->timed_out = true;
      wait->descriptor.cancel();
    });
  }
  // The descriptor is the caller's and must not be closed here, not even when the fiber is dropped
  // with its loop while it waits.
  struct Release {
    ~Release() { descriptor.release(); }
    asio::posix::stream_descriptor& descriptor;
  };
  const Release release{wait->descriptor};
  {
    FiberPause pause;
    boost::system::error_code ignored;
    wait->descriptor.async_wait(what == Readiness::readable
                                    ? asio::posix::stream_descriptor::wait_read
                                    : asio::posix::stream_descriptor::wait_write,
                                fiber->yield[ignored]);
  }
  wait->over = true;
  wait->timer.cancel();
  return !wait->timed_out;
}

}  // namespace ks::runtime
