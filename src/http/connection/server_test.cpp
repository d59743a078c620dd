#include "http/server.hpp"

#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <unistd.h>

#include "http/connection/served.hpp"

namespace ks::http {

namespace {
constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
Response hello(Request&) { return Response::text(200, "hello"); }
}  // namespace

TEST_CASE("a connection serves one request after the other") {
  Served s;
  s.get("/hello", hello);
  s.start();
  WireClient client(s.port());
  for (int i = 0; i < 3; ++i) {
    client.send(kGet);
    const std::string reply = client.reply();
    CHECK(status_in(reply) == 200);
    CHECK(body_in(reply) == "hello");
    CHECK(header_in(reply, "connection").empty());
  }
  CHECK(s.server->connections() == 1);
}

TEST_CASE("pipelined requests are answered in their order") {
  Served s;
  s.get("/n/{n}", [](Request& r) { return Response::text(200, std::string(r.param("n"))); });
  s.start();
  std::string all;
  for (int i = 0; i < 1000; ++i)
    all += "GET /n/" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  WireClient client(s.port());
  std::thread sender([&] { client.send(all); });
  for (int i = 0; i < 1000; ++i) CHECK(body_in(client.reply()) == std::to_string(i));
  sender.join();
}

TEST_CASE("the connection closes after the reply when the client asks for it") {
  Served s;
  s.get("/hello", hello);
  s.start();
  for (const std::string_view bytes :
       {"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /hello HTTP/1.0\r\nHost: a\r\n\r\n"}) {
    WireClient client(s.port());
    client.send(bytes);
    const std::string reply = client.reply();
    CHECK(body_in(reply) == "hello");
    CHECK(header_in(reply, "connection") == "close");
    CHECK(client.ended());
  }
}

TEST_CASE("every reply carries the security fields, a date and the request id") {
  Served s;
  s.options.trusted_proxies = {"127.0.0.1"};
  s.get("/hello", hello);
  s.get("/cached", [](Request&) {
    Response out = Response::text(200, "x");
    out.headers.set("cache-control", "max-age=60");
    return out;
  });
  s.start();
  WireClient client(s.port());
  client.send(
      "GET /hello HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc-1.2_3\r\n\r\n"
      "GET /nowhere HTTP/1.1\r\nHost: a\r\nX-Request-Id: a b\r\n\r\n"
      "GET /cached HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string first = client.reply();
  const std::string second = client.reply();
  const std::string third = client.reply();
  for (const std::string& reply : {first, second, third}) {
    CHECK(header_in(reply, "x-content-type-options") == "nosniff");
    CHECK(header_in(reply, "referrer-policy") == "no-referrer");
    CHECK(header_in(reply, "x-frame-options") == "DENY");
    CHECK(header_in(reply, "date") == "Tue, 14 Nov 2023 22:13:20 GMT");
  }
  CHECK(header_in(first, "cache-control") == "no-store");
  CHECK(header_in(third, "cache-control") == "max-age=60");
  CHECK(header_in(first, "x-request-id") == "abc-1.2_3");
  CHECK(header_in(second, "x-request-id").size() == 16);
  CHECK(header_in(third, "x-request-id").size() == 16);
  CHECK(header_in(second, "x-request-id") != header_in(third, "x-request-id"));
  CHECK(body_in(second).find(header_in(second, "x-request-id")) != std::string::npos);
}

TEST_CASE("HEAD has the length of the body and no body") {
  Served s;
  s.get("/hello", hello);
  s.start();
  WireClient client(s.port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(header_in(client.reply(true), "content-length") == "5");
  client.send(kGet);
  CHECK(status_in(client.reply()) == 200);
}

TEST_CASE("a 204 has neither body nor length") {
  Served s;
  s.get("/none", [](Request&) {
    Response out(204);
    out.body = "ignored";
    return out;
  });
  s.get("/hello", hello);
  s.start();
  WireClient client(s.port());
  client.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(kGet));
  const std::string reply = client.reply(true);
  CHECK(status_in(reply) == 204);
  CHECK(header_in(reply, "content-length").empty());
  CHECK(body_in(client.reply()) == "hello");
}

TEST_CASE("each route has its own limit for the body") {
  Served s;
  const auto size = [](Request& r) { return Response::text(200, std::to_string(r.body.size())); };
  s.post("/small", size, 10);
  s.post("/large", size, 3 << 20);
  s.start();
  const auto post = [&](std::string_view path, std::size_t n) {
    WireClient client(s.port());
    client.send("POST " + std::string(path) +
                " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(n) + "\r\n\r\n");
    client.send(std::string(n, 'x'));
    return client.reply();
  };
  CHECK(body_in(post("/small", 10)) == "10");
  CHECK(body_in(post("/large", 3 << 20)) == std::to_string(3 << 20));
  const std::string refused = post("/small", 100'000);
  CHECK(status_in(refused) == 413);
  CHECK(body_in(refused).find("\"code\":\"content_too_large\"") != std::string::npos);
  CHECK(status_in(post("/large", (3 << 20) + 1)) == 413);
}

TEST_CASE("a client that waits for 100 Continue gets it, unless its body is not welcome") {
  Served s;
  s.post("/p", [](Request& r) { return Response::text(200, r.body); }, 10);
  s.start();
  WireClient client(s.port());
  client.send("POST /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(status_in(client.reply(true)) == 100);
  client.send("ab");
  CHECK(body_in(client.reply()) == "ab");
  client.send("POST /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
  CHECK(status_in(client.reply()) == 413);
  CHECK(client.ended());
}

TEST_CASE("an idle connection ends after its time and not before") {
  Served s;
  s.get("/hello", hello);
  s.start();
  WireClient client(s.port());
  client.send(kGet);
  client.reply();
  s.pass(s.options.idle_timeout);
  client.send(kGet);
  CHECK(status_in(client.reply()) == 200);
  s.pass(s.options.idle_timeout + microseconds(1));
  CHECK(client.ended());
}

TEST_CASE("a head that comes too slowly is answered 408") {
  Served s;
  s.get("/hello", hello);
  s.start();
  WireClient client(s.port());
  client.send(std::string(kGet) + "GET /hel");
  CHECK(status_in(client.reply()) == 200);
  s.pass(s.options.head_timeout);
  // More bytes do not give more time.
  client.send("lo HTTP/1.1\r\n");
  s.pass(microseconds(1));
  CHECK(status_in(client.reply()) == 408);
  CHECK(client.ended());
}

TEST_CASE("a body that comes too slowly is answered 408") {
  Served s;
  s.get("/hello", hello);
  s.post("/p", hello);
  s.start();
  WireClient client(s.port());
  client.send(std::string(kGet) + "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(status_in(client.reply()) == 200);
  s.pass(s.options.body_timeout + microseconds(1));
  CHECK(status_in(client.reply()) == 408);
  CHECK(client.ended());
}

TEST_CASE("a client that says nothing at all is cut off") {
  Served s;
  s.start();
  WireClient client(s.port());
  // Its connection is dealt before this one's, by the same loop.
  WireClient other(s.port());
  other.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  other.reply();
  s.pass(s.options.head_timeout + microseconds(1));
  CHECK(client.ended());
}

TEST_CASE("a client that does not read its reply is cut off") {
  const std::size_t size = 64 << 20;
  runtime::Event handled;
  Served s;
  s.get("/big", [&](Request&) {
    handled.set();
    return Response::text(200, std::string(size, 'x'));
  });
  s.start();
  WireClient client(s.port());
  client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  handled.wait();
  const std::int64_t more_s = (64 - 2) * 16;
  s.pass(s.options.write_timeout + seconds(more_s));
  CHECK(s.server->connections() == 1);
  s.pass(microseconds(1));
  CHECK(client.rest().size() < size);
  s.server->sweep();
  CHECK(s.server->connections() == 0);
}

TEST_CASE("a reply larger than the socket's buffers arrives whole") {
  Served s;
  const std::size_t size = 16 << 20;
  s.get("/big", [&](Request&) { return Response::text(200, std::string(size, 'x')); });
  s.start();
  WireClient client(s.port());
  client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  s.server->sweep();
  CHECK(body_in(client.reply()).size() == size);
}

TEST_CASE("more clients than allowed are turned away") {
  Served s;
  s.options.connections_max = 1;
  s.get("/hello", hello);
  s.start();
  WireClient first(s.port());
  first.send(kGet);
  CHECK(status_in(first.reply()) == 200);
  WireClient second(s.port());
  CHECK(status_in(second.reply()) == 503);
  CHECK(second.ended());
  first.send(kGet);
  CHECK(status_in(first.reply()) == 200);
}

TEST_CASE("what a handler throws or mangles becomes a 500 without its text") {
  Served s;
  s.get("/throws", [](Request&) -> Response { throw std::runtime_error("secret detail"); });
  s.get("/throws-a-number", [](Request&) -> Response { throw 42; });
  s.get("/splits", [](Request&) {
    Response out = Response::text(200, "x");
    out.headers.add("Location", "/a\r\nSet-Cookie: stolen=1");
    return out;
  });
  s.start();
  WireClient client(s.port());
  for (const std::string_view path : {"/throws", "/throws-a-number", "/splits"}) {
    client.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string reply = client.reply();
    CHECK(status_in(reply) == 500);
    CHECK(reply.find("secret") == std::string::npos);
    CHECK(reply.find("stolen") == std::string::npos);
  }
}

TEST_CASE("forwarding headers count only from a trusted proxy") {
  for (const bool trusted : {false, true}) {
    CAPTURE(trusted);
    Served s;
    if (trusted) s.options.trusted_proxies = {"127.0.0.0/8", "10.0.0.0/8"};
    s.get("/who", [](Request& r) {
      return Response::text(200, r.client_address + ' ' + r.peer_address + ' ' + r.scheme);
    });
    s.start();
    WireClient client(s.port());
    client.send(
        "GET /who HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.9\r\n"
        "X-Forwarded-For: 10.1.2.3\r\nX-Forwarded-Proto: https\r\n\r\n");
    CHECK(body_in(client.reply()) ==
          (trusted ? "203.0.113.9 127.0.0.1 https" : "127.0.0.1 127.0.0.1 http"));
  }
}

TEST_CASE("a request id is taken from nobody but a trusted proxy") {
  Served s;
  s.get("/id", [](Request& r) { return Response::text(200, r.request_id); });
  s.start();
  WireClient client(s.port());
  client.send("GET /id HTTP/1.1\r\nHost: a\r\nX-Request-Id: somebody-elses\r\n\r\n");
  const std::string reply = client.reply();
  CHECK(body_in(reply).size() == 16);
  CHECK(header_in(reply, "x-request-id") == body_in(reply));
}

TEST_CASE("a request knows until when it is worth working on") {
  Time deadline;
  Served s;
  s.get("/d", [&](Request& r) {
    deadline = r.deadline;
    return Response::text(200, "");
  });
  s.start();
  WireClient client(s.port());
  client.send("GET /d HTTP/1.1\r\nHost: a\r\n\r\n");
  client.reply();
  CHECK(deadline == s.clock.monotonic() + s.options.request_timeout);
}

TEST_CASE("the observer sees the route and not the path") {
  std::atomic<int> calls{0};
  std::string route;
  runtime::Event seen;
  Served s;
  s.options.observer = [&](const Request& r, const Response& answer, Duration) {
    route = r.route;
    calls = answer.status;
    seen.set();
  };
  s.get("/orgs/{org}", hello);
  s.start();
  WireClient client(s.port());
  client.send("GET /orgs/acme HTTP/1.1\r\nHost: a\r\n\r\n");
  client.reply();
  seen.wait();
  CHECK(calls == 200);
  CHECK(route == "/orgs/{org}");
}

TEST_CASE("the access log has the path and the id, and neither query nor cookie nor token") {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  const int saved = ::dup(2);
  ::dup2(::fileno(file), 2);
  {
    Served s;
    s.options.trusted_proxies = {"127.0.0.1"};
    s.options.access_log = true;
    s.get("/hello", hello);
    s.start();
    WireClient client(s.port());
    client.send(
        "GET /hello?token=leak1 HTTP/1.1\r\nHost: a\r\nCookie: s=leak2\r\n"
        "Authorization: Bearer leak3\r\nX-Request-Id: id-42\r\n\r\n"
        "GET /hello?x=leak4 HTTP/1.1\r\nHost: leak5 \x01\r\n\r\n");
    client.reply();
    client.reply();
    client.ended();
    s.server->stop(seconds(5));
  }
  ::dup2(saved, 2);
  ::close(saved);
  std::rewind(file);
  std::string logged(1 << 16, '\0');
  logged.resize(std::fread(logged.data(), 1, logged.size(), file));
  std::fclose(file);
  CHECK(logged.find("path=\"/hello\"") != std::string::npos);
  CHECK(logged.find("id-42") != std::string::npos);
  CHECK(logged.find("status=200") != std::string::npos);
  CHECK(logged.find("http refused") != std::string::npos);
  CHECK(logged.find("leak") == std::string::npos);
}

TEST_CASE("a port in use and an address that is none are errors, not crashes") {
  Served s;
  s.start();
  ServerOptions options;
  options.port = s.port();
  Server taken(s.loops, options, hello, s.clock, s.random);
  const auto busy = taken.listen();
  REQUIRE_FALSE(busy);
  CHECK(busy.error().code == Error::Code::unavailable);
  options.address = "nowhere";
  Server nowhere(s.loops, options, hello, s.clock, s.random);
  CHECK_FALSE(nowhere.listen());
  options.address = "127.0.0.1";
  options.port = 0;
  options.trusted_proxies = {"10.0.0.0/33"};
  Server untrusted(s.loops, options, hello, s.clock, s.random);
  CHECK_FALSE(untrusted.listen());
}

}  // namespace ks::http
