#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "http/message.hpp"
#include "http/wire/reader.hpp"
#include "runtime/loop.hpp"

namespace ks::http {

// Runs as a fiber on the connection's loop; it may wait, it must not block the thread. An exception
// becomes a 500 without its text.
using Handler = std::function<Response(Request&)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0 takes a free one, see Server::port().
  std::size_t connections_max = 10'000;
  // Of one network that is no trusted proxy's.
  std::size_t network_connections_max = 10'000;
  ReaderLimits limits;
  // Asked about each body after its head; limits.body_bytes_max and nobody known without it.
  std::function<BodyWelcome(Request&)> welcome;
  // Asked about a request without a body of which nothing but the target cannot be read; what it
  // does not answer is the problem that others get. The request has no path and no query, and its
  // `target` is for telling pages from other things: nothing of it may be repeated. Runs as a
  // handler does; what it answers ends the connection all the same.
  std::function<std::optional<Response>(Request&)> unreadable;
  // What requests whose body is not whole may hold together, heads and all: those of strangers, and
  // those of the known. Beyond it is 503. Parted evenly between the loops. Besides these a
  // connection holds no more than the buffer for one head, and only while it sends one.
  std::size_t unknown_bodies_bytes_max = std::size_t{64} << 20;
  std::size_t known_bodies_bytes_max = std::size_t{512} << 20;
  // Of these, what one holder has at most (BodyWelcome::holder), over all loops. Beyond it is 429.
  std::size_t unknown_holder_bytes_max = std::size_t{4} << 20;
  std::size_t known_holder_bytes_max = std::size_t{16} << 20;

  // What replies that their clients do not take may hold: all of them, and those of one network
  // address. Beyond it is 503. Replies of up to 16 KiB and kept texts are not counted.
  std::size_t answers_bytes_max = std::size_t{256} << 20;
  std::size_t answers_holder_bytes_max = std::size_t{64} << 20;

  // All of these are checked once in sweep_interval, so they are late by up to that.
  Duration idle_timeout = seconds(75);  // Between requests.
  Duration head_timeout = seconds(10);  // From the first byte to the end of the head.
  Duration body_timeout = seconds(30);  // From there to the end of the body.
  // For a reply's first 2 MiB, and a second more for each further 64 KiB. Of a stream, for what it
  // takes from its queue at once: 1 MiB or one event.
  Duration write_timeout = seconds(30);
  Duration request_timeout = seconds(60);  // Becomes Request::deadline.
  Duration sweep_interval = seconds(1);

  // Networks whose X-Forwarded-For and X-Forwarded-Proto are believed.
  std::vector<std::string> trusted_proxies;
  // The address before /problems/... in replies to refused messages.
  std::string problem_base;
  bool access_log = true;
  // Called on the loop after each reply to a request that was understood; for metrics and
  // traces.
  std::function<void(const Request&, const Response&, Duration took)> observer;
};

// An HTTP/1.1 server on the loops of a group: accepts on the first, deals connections in turn. The
// loops must run, and outlive the server.
class Server {
 public:
  Server(runtime::LoopGroup& loops, ServerOptions options, Handler handler, const Clock& clock,
         Random& random);
  // As stop() with a second to drain.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Takes the port and lets connections wait. `invalid` for an address or network that cannot be
  // read, `unavailable` when the port is taken.
  Result<void> bind();
  // Accepts; binds first where that has not been done.
  Result<void> listen();
  std::uint16_t port() const;
  std::size_t connections() const;
  // Of unknown_bodies_bytes_max and known_bodies_bytes_max, what is taken now.
  std::size_t bodies_bytes() const;
  // Of answers_bytes_max, likewise.
  std::size_t answers_bytes() const;

  // Stops accepting, ends idle connections and streams, lets requests in work finish, and cuts off
  // what is left after `drain`. True when nothing is left. A handler that never returns keeps its
  // connection and false is the answer. Not from a plain callback on a loop; a fiber may call it.
  bool stop(Duration drain);

  // Checks all deadlines and heartbeats now and returns when that is done. The loops do it by
  // themselves each sweep_interval; tests that move the clock by hand do it here.
  void sweep();

 private:
  struct Listener;
  std::shared_ptr<struct ServerState> state_;
  std::shared_ptr<Listener> listener_;
};

}  // namespace ks::http
