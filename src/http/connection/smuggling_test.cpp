#include <mutex>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "http/connection/wire_client.hpp"
#include "http/server.hpp"
#include "http/wire/smuggling_corpus.hpp"

namespace ks::http {

TEST_CASE("no message of the corpus is read in two ways over a socket") {
  SystemClock clock;
  SeededRandom random(1);
  runtime::LoopGroup loops(2);
  std::mutex mutex;
  std::vector<std::string> seen;
  ServerOptions options;
  options.access_log = false;
  Server server(
      loops, options,
      [&](Request& request) {
        const std::lock_guard lock(mutex);
        seen.push_back(std::string(method_name(request.method)) + ' ' + request.path + '|' +
                       request.body);
        return Response::text(200, "ok");
      },
      clock, random);
  REQUIRE(server.listen());

  REQUIRE(smuggling_corpus().size() >= 100);
  for (const SmugglingCase& one : smuggling_corpus()) {
    CAPTURE(one.name);
    seen.clear();
    WireClient client(server.port());
    client.send(std::string(one.bytes) + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string reply = client.reply();
    CHECK(status_in(reply) == one.status);
    if (one.status < 300) {
      CHECK(status_in(client.reply()) == 200);
      const std::lock_guard lock(mutex);
      CHECK(seen == std::vector<std::string>{std::string(one.seen), "GET /second|"});
    } else {
      CHECK(header_in(reply, "connection") == "close");
      CHECK(header_in(reply, "content-type") == "application/problem+json");
      CHECK(client.ended());
      const std::lock_guard lock(mutex);
      CHECK(seen.empty());
    }
  }
}

TEST_CASE("a message that is answered with a page is the last of its connection all the same") {
  SystemClock clock;
  SeededRandom random(1);
  runtime::LoopGroup loops(2);
  std::mutex mutex;
  std::vector<std::string> handled;
  std::vector<std::string> asked;
  ServerOptions options;
  options.access_log = false;
  options.unreadable = [&](Request& request) -> std::optional<Response> {
    const std::lock_guard lock(mutex);
    asked.push_back(request.target);
    if (!request.path.empty() || !request.query.empty()) return std::nullopt;
    return Response(400, "text/html", "page");
  };
  Server server(
      loops, options,
      [&](Request& request) {
        const std::lock_guard lock(mutex);
        handled.push_back(request.path);
        return Response::text(200, "ok");
      },
      clock, random);
  REQUIRE(server.listen());
  const auto last = [&](const std::string& message) {
    WireClient client(server.port());
    client.send(message + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
    std::string reply = client.reply();
    CHECK(status_in(reply) >= 400);
    CHECK(header_in(reply, "connection") == "close");
    CHECK(client.ended());
    return reply;
  };
  for (const SmugglingCase& one : smuggling_corpus()) {
    if (one.status < 300) continue;
    CAPTURE(one.name);
    asked.clear();
    const std::string reply = last(std::string(one.bytes));
    const std::lock_guard lock(mutex);
    CHECK((header_in(reply, "content-type") == "text/html") == !asked.empty());
  }
  // With a body, or with more wrong than the target, it is no address that a person mistyped.
  asked.clear();
  for (const char* rest :
       {"Host: a\r\nContent-Length: 3\r\n\r\nabc",
        "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Host: a/b\r\n\r\n",
        "Host: a\r\nHost: b\r\n\r\n", "Host: a\r\nX: \x01\r\n\r\n"})
    CHECK(header_in(last(std::string("GET /a%zz HTTP/1.1\r\n") + rest), "content-type") ==
          "application/problem+json");
  CHECK(asked.empty());
  CHECK(header_in(last("GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n"), "content-type") == "text/html");
  CHECK(asked == std::vector<std::string>{"/a%zz"});
  CHECK(handled.empty());
}

}  // namespace ks::http
