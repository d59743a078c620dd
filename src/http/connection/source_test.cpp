// Bodies that are made while they are sent.
#include <atomic>
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
      response.source = [this]() -> Result<Part> {
        if (made == fail_at) return unavailable("database_unavailable", "gone");
        if (made == 3) return Part{"", true};
        return Part{std::string(static_cast<std::size_t>(9 * ++made), 'x')};
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

TEST_CASE("one part is held for a client that takes none, counted before it is made") {
  constexpr std::size_t kLarge = std::size_t{8} << 20;
  Served served;
  std::atomic<int> made{0};
  served.options.answers_bytes_max = 2 * kLarge;
  served.options.answers_holder_bytes_max = kLarge;
  served.get("/parts", [&](Request&) {
    Response response(200);
    response.part_bytes_max = kLarge;
    response.source = [&]() -> Result<Part> {
      ++made;
      return Part{std::string(kLarge, 'x')};
    };
    return response;
  });
  served.start();
  const auto ask = [&] {
    auto client = std::make_unique<WireClient>(served.port());
    client->small_receive_buffer();
    client->send("GET /parts HTTP/1.1\r\nHost: a\r\n\r\n");
    return client;
  };
  const auto first = ask();
  CHECK(status_in(first->until("\r\n\r\n")) == 200);
  first->until("800000\r\n");
  CHECK(served.server->answers_bytes() == kLarge);
  CHECK(made == 1);
  // Without room for a part no reply begins, and none is made.
  CHECK(status_in(ask()->reply()) == 503);
  CHECK(made == 1);
  // Who does not take a part in its time is cut off.
  served.pass(minutes(10));
  served.pass(minutes(10));
  CHECK(served.server->answers_bytes() == 0);
  CHECK(made == 1);
}

TEST_CASE("once the client has gone no further part is made, also where none had bytes") {
  for (const bool bytes : {true, false}) {
    CAPTURE(bytes);
    Served served;
    runtime::Event begun, over;
    std::atomic<int> made{0};
    served.get("/parts", [&](Request&) {
      Response response(200);
      // What the source holds goes when it is asked no more.
      response.source = [&, end = std::shared_ptr<void>(nullptr, [&](void*) { over.set(); })] {
        if (++made == 3) begun.set();
        return Result<Part>(Part{bytes ? std::string(1000, 'x') : ""});
      };
      return response;
    });
    served.start();
    {
      WireClient client(served.port());
      // What it sent on is not read, and does not hide that it left.
      client.send("GET /parts HTTP/1.1\r\nHost: a\r\n\r\nmore");
      CHECK(status_in(client.until("\r\n\r\n")) == 200);
      CHECK(begun.wait_for(seconds(20)));
    }
    CHECK(over.wait_for(seconds(20)));
    const int then = made;
    served.server->sweep();
    CHECK(made == then);
  }
}

TEST_CASE("what a source holds goes before the end of the body is sent") {
  Served served;
  std::weak_ptr<int> held;
  served.get("/parts", [&](Request&) {
    Response response(200);
    auto what = std::make_shared<int>(1);
    held = what;
    response.source = [what] { return Result<Part>(Part{"all", true}); };
    return response;
  });
  served.start();
  WireClient client(served.port());
  client.send("GET /parts HTTP/1.1\r\nHost: a\r\n\r\n");
  client.until("all");
  CHECK(held.expired());
}

TEST_CASE("a part that is longer than was said of it ends the body") {
  Served served;
  served.get("/parts", [](Request&) {
    Response response(200);
    response.part_bytes_max = 10;
    response.source = [] { return Result<Part>(Part{std::string(11, 'x'), true}); };
    return response;
  });
  served.start();
  WireClient client(served.port());
  client.send("GET /parts HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.rest().ends_with("\r\n\r\n"));
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
