// Bodies that are made while they are sent.
#include <cerrno>
#include <memory>

#include <doctest/doctest.h>
#include <sys/socket.h>

#include "http/connection/served.hpp"

namespace ks::http {

namespace {

struct Parts : Served {
  int made = 0;
  int fail_at = -1;

  Parts() {
    get("/parts", [this](Request&) {
      Response response(200);
      response.headers.set("Content-Type", "text/csv");
      made = 0;
      response.source = [this]() -> Result<std::string> {
        if (made == fail_at) return unavailable("database_unavailable", "gone");
        if (made == 3) return std::string();
        return std::string(static_cast<std::size_t>(9 * ++made), 'x');
      };
      return response;
    });
    start();
  }
};

}  // namespace

TEST_CASE("a body from a source goes out in chunks, and the connection ends after it") {
  Parts served;
  WireClient client(served.port());
  client.send("GET /parts HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string reply = client.rest();
  CHECK(status_in(reply) == 200);
  CHECK(header_in(reply, "Transfer-Encoding") == "chunked");
  CHECK(header_in(reply, "Content-Length").empty());
  CHECK(header_in(reply, "Connection") == "close");
  CHECK(reply.ends_with("\r\n\r\n9\r\n" + std::string(9, 'x') + "\r\n12\r\n" +
                        std::string(18, 'x') + "\r\n1b\r\n" + std::string(27, 'x') +
                        "\r\n0\r\n\r\n"));
}

TEST_CASE("a source that fails leaves the body without its end") {
  Parts served;
  served.fail_at = 2;
  WireClient client(served.port());
  client.send("GET /parts HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string reply = client.rest();
  CHECK(status_in(reply) == 200);
  CHECK(reply.ends_with(std::string(18, 'x') + "\r\n"));
}

TEST_CASE("a source that fails resets the connection of a client that knows no chunks") {
  Parts served;
  served.fail_at = 2;
  WireClient client(served.port());
  client.send("GET /parts HTTP/1.0\r\nHost: a\r\n\r\n");
  const timeval limit{20, 0};
  ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  char byte = 0;
  ssize_t n = 1;
  while (n > 0) n = ::recv(client.fd(), &byte, 1, 0);
  CHECK(n == -1);
  CHECK(errno == ECONNRESET);
}

TEST_CASE("parts that nobody takes are held against the bound of replies, and given back") {
  constexpr std::size_t kLarge = std::size_t{8} << 20;
  Served served;
  served.options.answers_bytes_max = 2 * kLarge;
  served.options.answers_holder_bytes_max = kLarge;
  served.get("/parts", [](Request&) {
    Response response(200);
    response.source = []() -> Result<std::string> { return std::string(kLarge, 'x'); };
    return response;
  });
  served.start();
  const auto ask = [&] {
    auto client = std::make_unique<WireClient>(served.port());
    client->small_receive_buffer();
    client->send("GET /parts HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(status_in(client->until("\r\n\r\n")) == 200);
    return client;
  };
  const auto first = ask();
  first->until("800000\r\n");
  CHECK(served.server->answers_bytes() == kLarge);
  CHECK(ask()->rest().empty());
  // Who does not take a part in its time is cut off.
  served.pass(minutes(10));
  served.pass(minutes(10));
  CHECK(served.server->answers_bytes() == 0);
}

TEST_CASE("a client of HTTP/1.0 gets the body plain, and HEAD gets none and makes none") {
  Parts served;
  WireClient old(served.port());
  old.send("GET /parts HTTP/1.0\r\nHost: a\r\n\r\n");
  const std::string reply = old.rest();
  CHECK(header_in(reply, "Transfer-Encoding").empty());
  CHECK(reply.ends_with("\r\n\r\n" + std::string(54, 'x')));
  WireClient head(served.port());
  head.send("HEAD /parts HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(head.rest().ends_with("\r\n\r\n"));
  CHECK(served.made == 0);
}

}  // namespace ks::http
