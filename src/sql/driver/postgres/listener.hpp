#pragma once

#include <thread>

#include "runtime/loop.hpp"
#include "sql/driver/engine.hpp"
#include "sql/driver/postgres/login.hpp"

struct pg_conn;

namespace ks::sql {

// Hears of every commit that changed a feed, in this process or another, on a connection and a
// thread of its own. After each reconnect it says that anything may have changed.
class PgListener {
 public:
  PgListener(PgLogin login, const FeedListeners& listeners);
  ~PgListener();
  // From then on no commit is missed. False when `timeout` passed first.
  bool wait_until_listening(Duration timeout) { return listening_.wait_for(timeout); }
  PgListener(const PgListener&) = delete;
  PgListener& operator=(const PgListener&) = delete;

 private:
  void serve();
  // Returns when the connection broke or the end has come.
  void listen(pg_conn* handle);
  // False when the end has come meanwhile.
  bool pause(Duration duration) const;
  bool wait(int fd) const;

  PgLogin login_;
  const FeedListeners& listeners_;
  int stop_fd_;
  runtime::Event listening_;
  std::thread thread_;
};

}  // namespace ks::sql
