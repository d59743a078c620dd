#pragma once

// The asio side of a fiber. Only .cpp files that do socket work of their own include this; it pulls
// in Asio.
#include <boost/asio/spawn.hpp>

namespace ks::runtime {

struct FiberContext {
  boost::asio::yield_context yield;
  void* carried = nullptr;  // See carried.hpp.
};

// The fiber that runs on this thread now, or nullptr. Pass fiber_here()->yield to an asynchronous
// operation, inside a FiberPause.
FiberContext* fiber_here() noexcept;

// Marks `fiber` as the one that runs here.
class FiberScope {
 public:
  explicit FiberScope(FiberContext* fiber);
  ~FiberScope();
  FiberScope(const FiberScope&) = delete;
  FiberScope& operator=(const FiberScope&) = delete;

 private:
  FiberContext* outer_;
};

// Stands around an operation that suspends the fiber: other fibers and plain callbacks run on this
// thread meanwhile, and must not take this one for theirs.
class FiberPause {
 public:
  FiberPause();
  ~FiberPause();
  FiberPause(const FiberPause&) = delete;
  FiberPause& operator=(const FiberPause&) = delete;

 private:
  FiberContext* fiber_;
};

}  // namespace ks::runtime
