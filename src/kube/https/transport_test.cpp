#include "kube/https/transport.hpp"

#include <mutex>
#include <string>

#include <doctest/doctest.h>

#include "base/clock.hpp"
#include "kube/https/test_server.hpp"

namespace ks::kube::https {

namespace {

Endpoint plain(const TestServer& server) {
  Endpoint out;
  out.server = "http://127.0.0.1:" + std::to_string(server.port());
  return out;
}

}  // namespace

TEST_CASE("headers of a request are sent, also those with an empty value") {
  std::mutex mutex;
  std::string seen;
  TestServer server(
      [&](TestServer::Connection& c) {
        const std::string request = c.request();
        const std::lock_guard lock(mutex);
        seen = request;
        c.send(reply(200, "{}"));
      },
      nullptr);
  Transport transport(plain(server), nullptr);
  Request request;
  request.target = "/";
  request.headers = {{"Authorization", "Bearer x"}, {"x-empty", ""}};
  CHECK(transport.call(std::move(request)).status == 200);
  const std::lock_guard lock(mutex);
  CHECK(seen.find("Authorization: Bearer x\r\n") != std::string::npos);
  CHECK(seen.find("x-empty:\r\n") != std::string::npos);
}

TEST_CASE("a limit under a millisecond is a limit") {
  TestServer silent(
      [](TestServer::Connection& c) {
        while (!c.request().empty()) {
        }
      },
      nullptr);
  Transport transport(plain(silent), nullptr);
  Request request;
  request.target = "/";
  request.timeout = microseconds(500);
  const SystemClock clock;
  const Time began = clock.monotonic();
  CHECK(transport.call(std::move(request)).status == 0);
  CHECK((clock.monotonic() - began) < seconds(3));
}

TEST_CASE("an answer that is too long is told as one, and not kept") {
  TestServer server(
      [](TestServer::Connection& c) {
        c.request();
        c.send(reply(200, std::string(1 << 20, 'x')));
      },
      nullptr);
  Transport transport(plain(server), nullptr);
  Request request;
  request.target = "/";
  request.bytes_max = 64 * 1024;
  const Response answer = transport.call(std::move(request));
  CHECK(answer.status == 0);
  CHECK(answer.too_long);
  CHECK(answer.body.size() <= 64 * 1024);
}

}  // namespace ks::kube::https
