#include "trace/exporter.hpp"

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include <doctest/doctest.h>

using namespace ks;
using namespace ks::trace;

namespace {

// A collector that answers what it was told to, and 200 from then on.
struct World {
  World() {
    Tracer::Options options;
    options.batch_max = 5;
    options.queue_max = 20;
    options.on_dropped = [this](Drop why, std::size_t n) {
      const std::lock_guard lock(mutex);
      dropped[why] += n;
    };
    tracer.emplace(std::move(options), clock, random);
    config.every = milliseconds(5);
    config.wait_first = milliseconds(5);
    config.wait_max = milliseconds(10);
    config.tries_max = 3;
    config.apart = {};
    config.last = milliseconds(300);
    config.on_exported = [this](std::size_t n) { exported += n; };
  }
  ~World() {
    if (exporter) exporter->stop();
    loops.stop();
  }

  void start() {
    exporter.emplace(
        *tracer, config,
        [this](const std::string&, Duration timeout) {
          asked.push_back(clock.monotonic());
          timeouts.push_back(timeout);
          Sent out{200, {}, "{}", ""};
          if (!answers.empty()) {
            out = answers.front();
            answers.pop_front();
          }
          if (forever) out = *forever;
          ++calls;
          if (slow.us > 0) runtime::sleep_for(std::min(slow, timeout));
          return out;
        },
        clock, random);
    exporter->start(loops.at(0));
  }
  void spans(int n) {
    for (int i = 0; i < n; ++i) {
      const Work work(&*tracer, SpanKind::internal, "a", "b");
    }
  }
  bool soon(const std::function<bool()>& question) {
    for (int i = 0; i < 2000; ++i) {
      if (question()) return true;
      runtime::sleep_for(milliseconds(2));
    }
    return false;
  }
  std::size_t lost(Drop why) {
    const std::lock_guard lock(mutex);
    return dropped[why];
  }

  SystemClock clock;
  SystemRandom random;
  std::mutex mutex;
  std::map<Drop, std::size_t> dropped;
  std::atomic<std::size_t> exported{0};
  std::atomic<int> calls{0};
  std::deque<Sent> answers;  // Set before start().
  std::optional<Sent> forever;
  Duration slow{};
  std::vector<Time> asked;
  std::vector<Duration> timeouts;
  std::optional<Tracer> tracer;
  ExporterConfig config;
  std::optional<Exporter> exporter;
  runtime::LoopGroup loops{1};
};

}  // namespace

TEST_CASE("spans get to the collector in batches") {
  World w;
  w.spans(12);
  w.start();
  CHECK(w.soon([&] { return w.exported == 12; }));
  CHECK(w.calls == 3);
}

TEST_CASE("a collector that is away gets the batch once it is back") {
  World w;
  w.answers = {{0, {}, "", "refused"}, {503, {}, "", ""}};
  w.spans(3);
  w.start();
  CHECK(w.soon([&] { return w.exported == 3; }));
  CHECK(w.calls == 3);
  CHECK(w.dropped.empty());
}

TEST_CASE("a batch that does not get through time after time is dropped and counted") {
  World w;
  w.forever = Sent{0, {}, "", "refused"};
  w.spans(5);
  w.start();
  CHECK(w.soon([&] { return w.lost(Drop::undelivered) == 5; }));
  CHECK(w.calls == 3);
  CHECK(w.exported == 0);
}

TEST_CASE("what the collector refuses is not sent again") {
  for (const int status : {400, 401, 413, 500, 302}) {
    World w;
    w.answers = {{status, {}, "", ""}};
    w.spans(4);
    w.start();
    CAPTURE(status);
    CHECK(w.soon([&] { return w.lost(Drop::refused) == 4; }));
    w.spans(2);
    CHECK(w.soon([&] { return w.exported == 2; }));
    CHECK(w.calls == 2);
  }
}

TEST_CASE("what was taken in part is counted in part") {
  World w;
  w.answers = {{200, {}, R"({"partialSuccess":{"rejectedSpans":"3"}})", ""}};
  w.spans(4);
  w.start();
  CHECK(w.soon([&] { return w.exported == 1 && w.lost(Drop::refused) == 3; }));
}

TEST_CASE("the collector's Retry-After is waited for") {
  World w;
  w.answers = {{429, milliseconds(150), "", ""}};
  w.spans(3);
  w.start();
  REQUIRE(w.soon([&] { return w.exported == 3; }));
  REQUIRE(w.asked.size() == 2);
  CHECK((w.asked[1] - w.asked[0]) >= milliseconds(150));
}

TEST_CASE("a Retry-After without measure does not end the tracing") {
  World w;
  w.config.told_max = milliseconds(20);
  w.answers = {{503, seconds(1'000'000), "", ""}};
  w.spans(3);
  w.start();
  CHECK(w.soon([&] { return w.exported == 3; }));
}

TEST_CASE("who answers at length is not asked again for the same spans") {
  World w;
  w.answers = {{0, {}, "", "the answer is too long", true}};
  w.spans(3);
  w.start();
  CHECK(w.soon([&] { return w.lost(Drop::refused) == 3; }));
  w.spans(2);
  CHECK(w.soon([&] { return w.exported == 2; }));
  CHECK(w.calls == 2);
}

TEST_CASE("however many spans there are, batches leave apart from each other") {
  World w;
  w.config.apart = milliseconds(40);
  w.spans(20);
  w.start();
  REQUIRE(w.soon([&] { return w.exported == 20; }));
  REQUIRE(w.asked.size() == 4);
  for (std::size_t i = 1; i < 4; ++i) CHECK((w.asked[i] - w.asked[i - 1]) >= milliseconds(40));
  // The end is not made to wait for it.
  World other;
  other.config.apart = seconds(60);
  other.spans(20);
  other.start();
  REQUIRE(other.soon([&] { return other.exported == 5; }));
  const Time began = other.clock.monotonic();
  other.exporter->stop();
  CHECK((other.clock.monotonic() - began) < seconds(2));
  CHECK(other.exported == 20);
}

TEST_CASE("no try is given less than a millisecond, which would be no limit") {
  World w;
  w.config.every = seconds(60);
  w.config.last = microseconds(900);
  w.start();
  w.spans(4);
  w.exporter->stop();
  CHECK(w.calls == 0);
  CHECK(w.lost(Drop::shutdown) == 4);
}

TEST_CASE("what is left is sent when the program ends") {
  World w;
  w.config.every = seconds(60);
  w.start();
  w.spans(13);
  w.exporter->stop();
  CHECK(w.exported == 13);
}

TEST_CASE("the end of the program waits for no collector that is slow, away, or wants us to wait") {
  for (const int kind : {0, 1, 2}) {
    World w;
    w.config.timeout = milliseconds(200);
    if (kind == 0) w.slow = seconds(60);
    w.forever = kind == 1 ? Sent{0, {}, "", "refused"} : Sent{429, seconds(3600), "", ""};
    w.start();
    w.spans(20);
    REQUIRE(w.soon([&] { return w.calls >= 1; }));
    const Time began = w.clock.monotonic();
    w.exporter->stop();
    CAPTURE(kind);
    CHECK((w.clock.monotonic() - began) < seconds(2));
    CHECK(w.tracer->waiting() == 0);
    CHECK(w.lost(Drop::shutdown) + w.lost(Drop::undelivered) == 20);
    // Who was told to wait does not ask again.
    if (kind == 2) CHECK(w.calls == 1);
    for (const Duration one : w.timeouts) CHECK(one <= milliseconds(300));
  }
}
