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

}  // namespace ks::http
