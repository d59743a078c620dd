// static_reply BODY HEAD: serves the content of the one file at every request for /, with the
// headers of the other (as curl -D leaves them), by the program's own HTTP layer. Prints its port.
// What a read costs beside it is not HTTP.
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

namespace {

// The server writes those of the connection itself.
ks::http::Response reply_of(std::string body, const char* head) {
  ks::http::Response out(200);
  out.body = std::move(body);
  std::ifstream lines(head);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.size() > 1) {
    const std::size_t colon = line.find(':');
    const std::size_t end = line.find_last_not_of("\r\n");
    if (colon == std::string::npos) continue;
    out.headers.add(line.substr(0, colon), line.substr(colon + 2, end - colon - 1));
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ks;
  if (argc != 3) {
    fmt::print(stderr, "static_reply BODY HEAD\n");
    return 2;
  }
  std::ifstream file(argv[1]);
  const http::Response reply = reply_of({std::istreambuf_iterator<char>(file), {}}, argv[2]);
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
  router.add(http::Method::get, "/", http::RouteInfo{"anyone"},
             [&](http::Request&) { return reply; });
  http::ServerOptions options;
  options.address = "127.0.0.1";
  options.port = 0;
  options.access_log = false;
  options.observer = [&](const http::Request& r, const http::Response& answer, Duration took) {
    metrics.observe_request(r.route, r.method, answer.status, took);
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
