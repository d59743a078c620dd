#pragma once

#include <functional>
#include <memory>

#include "runtime/loop.hpp"

namespace ks::http {

// A non-blocking socket on a loop, told when it is ready. Reading and writing themselves are plain
// system calls on fd(): tried first, waited for only when the kernel has nothing. On the loop's
// thread only.
class Socket {
 public:
  enum class Ready { readable, writable };

  // Owns `fd` from here on.
  Socket(runtime::Loop& loop, int fd);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd();
  // Parks the fiber. False when the wait was cancelled or the socket is closed.
  bool wait(Ready what);
  // Calls back later; with false when the wait was cancelled or the socket was closed.
  void when(Ready what, std::function<void(bool ready)> callback);
  // Ends all waits.
  void cancel();
  void close();
  bool open() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ks::http
