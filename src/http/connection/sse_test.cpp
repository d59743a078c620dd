#include "http/sse.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/socket.h>

#include "http/connection/served.hpp"

namespace ks::http {

namespace {
constexpr std::string_view kSubscribe = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";

struct Subscribed : Served {
  std::shared_ptr<SseStream> stream = SseStream::make();
  runtime::Event over;
  std::string last_id;

  Subscribed() {
    stream->on_close([this] { over.set(); });
    get("/stream", [this](Request& r) {
      last_id = r.headers.get("last-event-id");
      return Response::events(stream);
    });
  }
  // Before the members that the callbacks use.
  ~Subscribed() { server->stop(milliseconds(1)); }
};
}  // namespace

TEST_CASE("an event's text cannot start another field or event") {
  CHECK(*sse_event("a.b", "7", "{}") == "event: a.b\nid: 7\ndata: {}\n\n");
  CHECK(*sse_event("", "", "1\n2\r\n3\r4") == "data: 1\ndata: 2\ndata: 3\ndata: 4\n\n");
  CHECK(*sse_event("a\nid: 9", "x\r\ndata: y", "") == "event: aid: 9\nid: xdata: y\ndata: \n\n");
  CHECK(*sse_comment("hi\nevent: x") == ": hievent: x\n\n");
}

TEST_CASE("a full queue drops its subscriber and leaves a retry hint") {
  SseLimits limits;
  limits.queue_max = 4;
  const auto stream = SseStream::make(limits);
  const SseEvent event = sse_event("e", "", "x");
  // The hint of the beginning takes the first place.
  for (int i = 0; i < 3; ++i) CHECK(stream->push(event));
  CHECK_FALSE(stream->dropped());
  CHECK_FALSE(stream->push(event));
  CHECK(stream->dropped());
  CHECK_FALSE(stream->open());
  std::vector<SseEvent> left;
  CHECK(stream->take(left, 32, 1 << 20));
  REQUIRE(left.size() == 1);
  CHECK(*left[0] == "retry: 3000\n\n");
  CHECK_FALSE(stream->take(left, 32, 1 << 20));
}

TEST_CASE(
    "a queue of large events is full at a number of bytes, and one event always has a place") {
  const auto stream = SseStream::make();
  const SseEvent large = sse_event("large", "", std::string(std::size_t{5} << 20, 'x'));
  CHECK(stream->push(large));
  CHECK_FALSE(stream->push(sse_event("e", "", "x")));
  CHECK(stream->dropped());

  const auto other = SseStream::make();
  const SseEvent event = sse_event("e", "", std::string(1 << 20, 'x'));
  std::size_t most = 0;
  while (other->push(event)) {
    most = std::max(most, other->queued_bytes());
    REQUIRE(most <= std::size_t{4} << 20);
  }
  CHECK(most >= std::size_t{3} << 20);
  CHECK(other->queued_bytes() < 100);
}

TEST_CASE("what is taken at once is bounded in events and in bytes") {
  const auto stream = SseStream::make();
  const SseEvent event = sse_event("e", "", std::string(300 * 1024, 'x'));
  for (int i = 0; i < 8; ++i) CHECK(stream->push(event));
  std::vector<SseEvent> batch;
  CHECK(stream->take(batch, 32, 1 << 20));
  CHECK(batch.size() == 4);  // The hint is one of them.
  batch.clear();
  CHECK(stream->take(batch, 2, 1 << 20));
  CHECK(batch.size() == 2);
  batch.clear();
  CHECK(stream->take(batch, 32, 1));
  CHECK(batch.size() == 1);
  CHECK(stream->queued_bytes() == 2 * event->size());
}

TEST_CASE("on_close runs once, also for a stream that nobody connected") {
  int calls = 0;
  auto stream = SseStream::make();
  stream->on_close([&] { ++calls; });
  stream->close();
  CHECK(calls == 0);
  stream.reset();
  CHECK(calls == 1);
}

TEST_CASE("events reach the subscriber as they are pushed") {
  Subscribed s;
  s.start();
  WireClient client(s.port());
  client.send("GET /stream HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 41\r\n\r\n");
  const std::string head = client.until("\r\n\r\n");
  CHECK(header_in(head, "content-type") == "text/event-stream");
  CHECK(header_in(head, "cache-control") == "no-store");
  CHECK(header_in(head, "content-length").empty());
  CHECK(client.until("\n\n") == "retry: 3000\n\n");
  CHECK(s.last_id == "41");
  for (int i = 0; i < 3; ++i) {
    CHECK(s.stream->push(sse_event("n", std::to_string(i), "x")));
    CHECK(client.until("\n\n") == "event: n\nid: " + std::to_string(i) + "\ndata: x\n\n");
  }
}

TEST_CASE("events of several threads all arrive, in each thread's order") {
  Subscribed s;
  s.start();
  WireClient client(s.port());
  client.send(kSubscribe);
  client.until("retry: 3000\n\n");
  constexpr int kEach = 100;
  const auto publish = [&](const char* who) {
    for (int i = 0; i < kEach; ++i) s.stream->push(sse_event(who, "", std::to_string(i)));
  };
  std::thread a(publish, "a"), b(publish, "b");
  int next_a = 0, next_b = 0;
  for (int i = 0; i < 2 * kEach; ++i) {
    const std::string event = client.until("\n\n");
    int& next = event.starts_with("event: a") ? next_a : next_b;
    CHECK(event.ends_with("data: " + std::to_string(next++) + "\n\n"));
  }
  a.join();
  b.join();
  CHECK(next_a == kEach);
  CHECK(next_b == kEach);
}

TEST_CASE("an idle stream gets a heartbeat each 15 seconds") {
  Subscribed s;
  s.start();
  WireClient client(s.port());
  client.send(kSubscribe);
  client.until("retry: 3000\n\n");
  s.pass(seconds(15) - microseconds(1));
  s.stream->push(sse_event("first", "", ""));
  CHECK(client.until("\n\n") == "event: first\ndata: \n\n");
  s.pass(seconds(15));
  CHECK(client.until("\n\n") == ": alive\n\n");
  s.pass(seconds(15));
  CHECK(client.until("\n\n") == ": alive\n\n");
}

TEST_CASE("close sends what is queued and a retry hint, then ends the connection") {
  Subscribed s;
  s.start();
  WireClient client(s.port());
  client.send(kSubscribe);
  client.until("retry: 3000\n\n");
  s.stream->push(sse_event("last", "", ""));
  s.stream->close();
  CHECK_FALSE(s.stream->push(sse_event("late", "", "")));
  CHECK(client.rest() == "event: last\ndata: \n\nretry: 3000\n\n");
  CHECK(s.over.wait_for(seconds(20)));
}

TEST_CASE("a subscriber that went away ends its stream") {
  Subscribed s;
  s.start();
  {
    WireClient client(s.port());
    client.send(kSubscribe);
    client.until("retry: 3000\n\n");
  }
  CHECK(s.over.wait_for(seconds(20)));
  CHECK_FALSE(s.stream->push(sse_event("e", "", "")));
}

TEST_CASE("a slow subscriber is dropped and its connection ends with the write's time") {
  Subscribed s;
  s.start();
  WireClient client(s.port());
  client.small_receive_buffer();
  client.send(kSubscribe);
  client.until("retry: 3000\n\n");
  const SseEvent big = sse_event("big", "", std::string(256 * 1024, 'x'));
  int pushed = 0;
  while (s.stream->push(big)) REQUIRE(++pushed < 100'000);
  CHECK(s.stream->dropped());
  CHECK(pushed >= 15);
  s.pass(s.options.write_timeout + microseconds(1));
  CHECK(s.over.wait_for(seconds(20)));
  s.server->sweep();
  CHECK(s.server->connections() == 0);
}

TEST_CASE("a subscriber that takes a little now and then is not given the write's time again") {
  Subscribed s;
  s.start();
  WireClient client(s.port());
  client.small_receive_buffer();
  client.send(kSubscribe);
  client.until("retry: 3000\n\n");
  const int tiny = 4096;
  ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVBUF, &tiny, sizeof(tiny));
  // One batch that is more than the kernel takes for it.
  CHECK(s.stream->push(sse_event("big", "", std::string(std::size_t{16} << 20, 'x'))));
  s.server->sweep();
  std::string some(512 * 1024, ' ');
  for (int i = 0; i < 4; ++i) {
    s.pass(Duration{s.options.write_timeout.us / 3});
    [[maybe_unused]] const auto n = ::recv(client.fd(), some.data(), some.size(), MSG_DONTWAIT);
  }
  CHECK(s.over.wait_for(seconds(20)));
}

TEST_CASE("a stop ends streams with a retry hint") {
  Subscribed s;
  s.start();
  WireClient client(s.port());
  client.send(kSubscribe);
  client.until("retry: 3000\n\n");
  CHECK(s.server->stop(seconds(20)));
  CHECK(client.rest() == "retry: 3000\n\n");
  CHECK(s.over.is_set());
}

TEST_CASE("HEAD of a stream gives its head and ends it") {
  Subscribed s;
  s.start();
  WireClient client(s.port());
  client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(header_in(client.until("\r\n\r\n"), "content-type") == "text/event-stream");
  CHECK(client.ended());
  CHECK(s.over.wait_for(seconds(20)));
}

}  // namespace ks::http
