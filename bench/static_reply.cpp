// static_reply FILE: serves the file's content at every request for /, with the headers of the API,
// by the program's own HTTP layer. Prints its port. What a read costs beside it is not HTTP.
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "http/metrics.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "runtime/loop.hpp"

int main(int argc, char** argv) {
  using namespace ks;
  if (argc != 2) {
    fmt::print(stderr, "static_reply FILE\n");
    return 2;
  }
  std::ifstream file(argv[1]);
  const std::string body{std::istreambuf_iterator<char>(file), {}};
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const SystemClock clock;
  SystemRandom random;
  http::Metrics metrics;
  runtime::LoopGroup loops(2);
  http::Router router("http://localhost");
  router.add(http::Method::get, "/", http::RouteInfo{"anyone"}, [&](http::Request&) {
    auto response = http::Response::json(200, body);
    response.headers.set("ETag", "\"v1\"");
    response.headers.set("Vary", "Host, Cookie");
    return response;
  });
  http::ServerOptions options;
  options.address = "127.0.0.1";
  options.port = 0;
  options.access_log = false;
  options.observer = [&](const http::Request& r, int status, Duration took) {
    metrics.observe_request(r.route, r.method, status, took);
  };
  http::Server server(
      loops, options, [&](http::Request& r) { return router.handle(r); }, clock, random);
  if (const auto listens = server.listen(); !listens) {
    fmt::print(stderr, "{}\n", listens.error().message);
    return 1;
  }
  fmt::print("serves on 127.0.0.1:{}\n", server.port());
  std::fflush(stdout);
  int received = 0;
  sigwait(&ends, &received);
  server.stop(seconds(0));
  loops.stop();
  return 0;
}
