#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "http/connection/served.hpp"

using namespace ks;
using namespace ks::http;

namespace {

// More than the kernel takes for a client that does not read.
constexpr std::size_t kLarge = std::size_t{8} << 20;

std::string from(std::string_view path, int network) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2." +
         std::to_string(network) + "\r\n\r\n";
}

struct Answers : Served {
  Answers() {
    options.trusted_proxies = {"127.0.0.1"};
    options.answers_bytes_max = 4 * kLarge;
    options.answers_holder_bytes_max = 2 * kLarge;
    get("/large", [](Request&) { return Response::text(200, std::string(kLarge, 'x')); });
    get("/small", [](Request&) { return Response::text(200, std::string(1000, 'x')); });
    get("/kept", [text = std::make_shared<const std::string>(kLarge, 'y')](Request&) {
      return Response::of_kept("text/plain", text);
    });
    start();
  }
  // Asks and reads the head only.
  std::unique_ptr<WireClient> ask(std::string_view path, int network, int& status) {
    auto client = std::make_unique<WireClient>(port());
    client->small_receive_buffer();
    REQUIRE(client->send(from(path, network)));
    status = status_in(client->until("\r\n\r\n"));
    CHECK(server->answers_bytes() <= options.answers_bytes_max);
    return client;
  }
};

}  // namespace

TEST_CASE("clients that never read hold a bounded number of bytes, and the next one is served") {
  Answers s;
  std::vector<std::unique_ptr<WireClient>> idle;
  const auto answered = [&](std::string_view path, int network) {
    int status = 0;
    idle.push_back(s.ask(path, network, status));
    return status;
  };
  for (int i = 0; i < 2; ++i) CHECK(answered("/large", 1) == 200);
  for (int i = 0; i < 20; ++i) CHECK(answered("/large", 1) == 503);
  // Of another network there is still room, until all of it is taken.
  for (int i = 0; i < 2; ++i) CHECK(answered("/large", 2) == 200);
  CHECK(s.server->answers_bytes() == 4 * kLarge);
  CHECK(answered("/large", 3) == 503);
  WireClient next(s.port());
  REQUIRE(next.send(from("/small", 3)));
  CHECK(body_in(next.reply()).size() == 1000);
  CHECK(answered("/kept", 3) == 200);
  // What its client went away from, or does not take in its time, is given back.
  idle.clear();
  s.pass(minutes(10));
  s.pass(minutes(10));
  s.server->sweep();
  CHECK(s.server->answers_bytes() == 0);
  CHECK(answered("/large", 3) == 200);
}

TEST_CASE("a kept text is sent whole and counts as nobody's memory") {
  Answers s;
  WireClient client(s.port());
  REQUIRE(client.send(from("/kept", 1)));
  CHECK(body_in(client.reply()) == std::string(kLarge, 'y'));
  CHECK(s.server->answers_bytes() == 0);
}
