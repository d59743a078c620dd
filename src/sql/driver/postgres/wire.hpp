#pragma once

#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "sql/driver/postgres/login.hpp"

struct pg_conn;

namespace ks::sql {

// A pipelined connection that belongs to a loop and is driven by what happens on its socket; no
// fiber waits for it. Connects when asked to, with a growing pause after each failure, and tells
// its user when the server falls silent. While nothing is awaited it leaves the loop idle.
//
// On the loop's thread, apart from close().
class PgWire : public std::enable_shared_from_this<PgWire> {
 public:
  class User {
   public:
    virtual ~User() = default;
    virtual void connected() = 0;
    virtual void connect_failed() = 0;
    // Something came; results may be there.
    virtual void readable() = 0;
    // Broken or silent; disconnect() and perhaps connect() follow.
    virtual void lost() = 0;
    // Whether results are still owed.
    virtual bool awaits() const = 0;
  };
  enum class State { closed, connecting, ready };

  // `io_context` is the loop's.
  PgWire(void* io_context, PgLogin login);
  ~PgWire();
  PgWire(const PgWire&) = delete;
  PgWire& operator=(const PgWire&) = delete;

  void serve(std::weak_ptr<User> user);
  State state() const noexcept { return state_; }
  // Null unless connecting or ready.
  pg_conn* handle() const noexcept { return handle_; }

  // Ends in connected() or connect_failed(), which may come before it returns.
  void connect();
  void disconnect();
  // Sends what libpq still holds, and listens while results are owed.
  void push();
  // Reads what has come; false when the connection broke.
  bool take();
  // Results are about to be owed after a time when none were.
  void begin_wait();
  // Runs `work` later in this turn of the loop.
  void post(std::function<void()> work);
  // For good. From any thread, while nothing is awaited.
  void close();

 private:
  struct Io;
  void await_connect(int polling_status);
  void await(bool writing, void (PgWire::*then)());
  void on_readable();
  void on_writable();
  void on_connect_step();
  void fail_connect();
  void sweep();
  void rest();

  PgLogin login_;
  std::weak_ptr<User> user_;
  std::unique_ptr<Io> io_;
  pg_conn* handle_ = nullptr;
  State state_ = State::closed;
  // Tells a late callback that its connection is another one's predecessor.
  unsigned generation_ = 0;
  bool reading_ = false;
  bool writing_ = false;
  bool sweeping_ = false;
  Time progress_;  // The last sign of life.
  Time not_before_;
  Duration back_off_;
};

}  // namespace ks::sql
