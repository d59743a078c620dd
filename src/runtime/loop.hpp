#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"

// Event loops, one a thread, and fibers on them. A fiber is a plain function on a stack of its own;
// it runs until it waits and never moves to another loop. Waiting means calling one of the
// functions below (or something built on them); nothing else may block a loop's thread.
//
// Every wait also works off a fiber, on a plain thread, where it blocks that thread. So the same
// code serves a request in production and a test without a loop.
namespace ks::runtime {

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // The loop that the calling thread runs, or nullptr.
  static Loop* current() noexcept;

  // Runs `work` on the loop's thread, later. From any thread.
  void post(std::function<void()> work);
  // Starts a fiber on this loop. From any thread. An exception that leaves `body` aborts.
  void spawn(std::function<void()> body);
  // Runs `work` on the loop's thread after `delay`; not cancelled by anything but the loop's end.
  void call_after(Duration delay, std::function<void()> work);

  // Serves until stop(). The calling thread becomes the loop's thread.
  void run();
  // From any thread. Fibers that still wait are dropped with the loop.
  void stop();
  // Serves until no work, timer or waiting fiber is left; for tests and short programs.
  void run_until_idle();

  // The boost::asio::io_context behind this loop, for the few .cpp files that do socket work.
  void* native() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// One loop a thread, started at once, stopped and joined by the destructor.
class LoopGroup {
 public:
  explicit LoopGroup(std::size_t threads);
  ~LoopGroup();
  LoopGroup(const LoopGroup&) = delete;
  LoopGroup& operator=(const LoopGroup&) = delete;

  std::size_t size() const noexcept { return loops_.size(); }
  Loop& at(std::size_t i) { return *loops_[i]; }
  // Stops all loops and joins their threads; a second call does nothing.
  void stop();

 private:
  struct Threads;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::unique_ptr<Threads> threads_;
};

// Runs `body` as a fiber on a fresh loop in the calling thread and returns when it and everything
// it started have ended.
void run_fiber(std::function<void()> body);

bool on_fiber() noexcept;

void sleep_for(Duration d);

enum class Readiness { readable, writable };
// Waits until the descriptor is ready; false when `timeout` passed first. A zero timeout waits
// for ever.
bool wait_fd(int fd, Readiness what, Duration timeout = {});

// A flag that one side waits for and another sets. Once set it stays set until reset().
class Event {
 public:
  Event();
  ~Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  // From any thread, any number of times.
  void set();
  void reset();
  bool is_set() const;
  void wait();
  // False when `timeout` passed before the event was set.
  bool wait_for(Duration timeout);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// Counted permission, first come first served. For pools of connections.
class Semaphore {
 public:
  explicit Semaphore(std::size_t count);
  ~Semaphore();
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  // False when `timeout` passed first; a zero timeout waits for ever.
  bool acquire(Duration timeout = {});
  void release();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Threads for work that blocks or burns CPU (password hashing, file writes). The queue is bounded.
class BlockingPool {
 public:
  BlockingPool(std::size_t threads, std::size_t queue_max);
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // Runs `work` on a pool thread and waits for its end; throws here what it throws there. False,
  // without running it, when the queue is full.
  bool run(std::function<void()> work);
  // Queues `work` and returns at once. False when the queue is full.
  bool post(std::function<void()> work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ks::runtime
