#pragma once

#include <functional>
#include <string>
#include <utility>

#include "http/connection/wire_client.hpp"
#include "http/router.hpp"
#include "http/server.hpp"

namespace ks::http {

// A server on a free port with a clock that tests move by hand. sweep() is also a barrier: when it
// returns, what each loop was doing before has come to a wait.
struct Served {
  ManualClock clock;
  SeededRandom random{7};
  Router router{"https://h"};
  runtime::LoopGroup loops{2};
  ServerOptions options;
  std::unique_ptr<Server> server;

  Served() { options.access_log = false; }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() {
    if (server) server->stop(milliseconds(1));
  }

  void get(std::string_view pattern, RouteHandler handler) {
    router.add(Method::get, pattern, RouteInfo("anyone"), std::move(handler));
  }
  void post(std::string_view pattern, RouteHandler handler, std::size_t body_bytes_max = 1 << 20) {
    RouteInfo info("anyone");
    info.body_bytes_max = body_bytes_max;
    router.add(Method::post, pattern, std::move(info), std::move(handler));
  }
  void start() {
    if (!options.welcome) options.welcome = [this](Request& r) { return router.welcome(r); };
    server = std::make_unique<Server>(
        loops, options, [this](Request& r) { return router.handle(r); }, clock, random);
    KS_ASSERT(server->listen());
  }
  std::uint16_t port() const { return server->port(); }
  void pass(Duration time) {
    server->sweep();
    clock.advance(time);
    server->sweep();
  }
};

}  // namespace ks::http
