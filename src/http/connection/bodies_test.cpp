#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "http/connection/served.hpp"

using namespace ks;
using namespace ks::http;

namespace {

std::string post_head(std::string_view path, std::size_t length, std::string_view more = "") {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" +
         std::string(more) + "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

// Two kinds of senders: whoever has a cookie is known.
struct Bodies : Served {
  Bodies() {
    options.unknown_bodies_bytes_max = 512 * 1024;
    options.known_bodies_bytes_max = 4 << 20;
    post("/p", [](Request& r) { return Response::text(200, std::to_string(r.body.size())); });
    options.welcome = [](Request& r) {
      return BodyWelcome{.bytes_max = 64 * 1024, .known = r.headers.has("Cookie")};
    };
    start();
  }
};

}  // namespace

TEST_CASE("bodies of strangers are held up to a bound in all, and those of the known beside it") {
  Bodies s;
  std::vector<std::unique_ptr<WireClient>> open;
  std::size_t admitted = 0, refused = 0;
  for (int i = 0; i < 60; ++i) {
    auto client = std::make_unique<WireClient>(s.port());
    REQUIRE(client->send(post_head("/p", 32 * 1024)));
    const std::string reply = client->reply(true);
    if (status_in(reply) == 100) {
      ++admitted;
      open.push_back(std::move(client));
      // All that it will say for a while.
      REQUIRE(open.back()->send("x"));
    } else {
      CHECK(status_in(reply) == 503);
      CHECK(header_in(reply, "Retry-After") == "1");
      ++refused;
    }
    CHECK(s.server->bodies_bytes() <= s.options.unknown_bodies_bytes_max);
  }
  CHECK(admitted * 32 * 1024 <= s.options.unknown_bodies_bytes_max);
  CHECK(admitted >= 4);
  CHECK(refused >= 40);
  // A stranger who is refused does not stand in the way of somebody who is known.
  WireClient known(s.port());
  REQUIRE(known.send(post_head("/p", 32 * 1024, "Cookie: a=b\r\n")));
  CHECK(status_in(known.reply(true)) == 100);
  REQUIRE(known.send(std::string(32 * 1024, 'x')));
  CHECK(body_in(known.reply()) == "32768");
  // What is over, well or not, is given back.
  REQUIRE(open.front()->send(std::string(32 * 1024 - 1, 'x')));
  CHECK(body_in(open.front()->reply()) == "32768");
  s.pass(minutes(5));
  s.pass(minutes(5));
  s.server->sweep();
  CHECK(s.server->bodies_bytes() == 0);
  WireClient late(s.port());
  REQUIRE(late.send(post_head("/p", 32 * 1024)));
  CHECK(status_in(late.reply(true)) == 100);
}

TEST_CASE("a body that does not say its length counts as the most that it may become") {
  Bodies s;
  WireClient client(s.port());
  REQUIRE(
      client.send("POST /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n"));
  CHECK(status_in(client.reply(true)) == 100);
  CHECK(s.server->bodies_bytes() >= 64 * 1024);
  REQUIRE(client.send("3\r\nabc\r\n0\r\n\r\n"));
  CHECK(body_in(client.reply()) == "3");
  s.server->sweep();
  CHECK(s.server->bodies_bytes() == 0);
}

TEST_CASE("a body that is not welcome is answered from the head, and not read") {
  Served s;
  int handled = 0;
  s.post("/p", [&](Request&) {
    ++handled;
    return Response(204);
  });
  s.options.welcome = [](Request&) {
    BodyWelcome out;
    out.refusal = Response::text(401, "no");
    return out;
  };
  s.start();
  WireClient client(s.port());
  REQUIRE(client.send(post_head("/p", 1 << 20)));
  const std::string reply = client.reply();
  CHECK(status_in(reply) == 401);
  CHECK(header_in(reply, "Connection") == "close");
  CHECK(s.server->bodies_bytes() == 0);
  CHECK(handled == 0);
}

TEST_CASE("a question about a body that throws is a 500, and nobody else's trouble") {
  Served s;
  s.post("/p", [](Request&) { return Response(204); });
  s.options.welcome = [](Request&) -> BodyWelcome { throw 42; };
  s.start();
  for (int i = 0; i < 2; ++i) {
    WireClient client(s.port());
    REQUIRE(client.send(post_head("/p", 10)));
    CHECK(status_in(client.reply()) == 500);
  }
}
