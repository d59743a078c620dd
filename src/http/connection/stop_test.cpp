#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "http/connection/served.hpp"

namespace ks::http {

namespace {
constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
Response hello(Request&) { return Response::text(200, "hello"); }
}  // namespace

TEST_CASE("a stop lets the request in work finish and ends the idle ones") {
  runtime::Event entered, release;
  Served s;
  s.get("/hello", hello);
  s.get("/slow", [&](Request&) {
    entered.set();
    release.wait();
    return Response::text(200, "done");
  });
  s.start();
  WireClient idle(s.port());
  idle.send(kGet);
  idle.reply();
  WireClient busy(s.port());
  busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  entered.wait();
  bool clean = false;
  std::thread stopper([&] { clean = s.server->stop(seconds(20)); });
  CHECK(idle.ended());
  release.set();
  const std::string reply = busy.reply();
  CHECK(body_in(reply) == "done");
  CHECK(header_in(reply, "connection") == "close");
  CHECK(busy.ended());
  stopper.join();
  CHECK(clean);
  CHECK(s.server->connections() == 0);
}

TEST_CASE("a stop cuts off who does not read when its time is over") {
  runtime::Event handled;
  Served s;
  s.get("/big", [&](Request&) {
    handled.set();
    return Response::text(200, std::string(64 << 20, 'x'));
  });
  s.start();
  WireClient client(s.port());
  client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  handled.wait();
  CHECK(s.server->stop(milliseconds(1)));
}

}  // namespace ks::http
