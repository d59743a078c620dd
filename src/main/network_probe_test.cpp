#include "main/network_probe.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "runtime/loop.hpp"
#include "runtime/tcp.hpp"

namespace ks {

namespace {

// A listener of a probe on a thread of its own.
class Listener {
 public:
  explicit Listener(std::string round)
      : thread_([this, round = std::move(round)] {
          const auto done = probe_listen(
              0, round,
              [this](std::uint16_t port) {
                port_ = port;
                up_.set();
              },
              [this] { return running_.load(); });
          CHECK(done);
          up_.set();
        }) {
    up_.wait();
  }
  ~Listener() {
    running_ = false;
    thread_.join();
  }
  ProbeTargets::One target(const char* address = "127.0.0.1") const { return {address, port_}; }

 private:
  std::atomic<bool> running_{true};
  std::atomic<std::uint16_t> port_{0};
  runtime::Event up_;
  std::thread thread_;
};

// Nobody listens on it any more.
ProbeTargets::One nobody() {
  const auto socket = runtime::listen_tcp(0);
  REQUIRE(socket);
  return {"127.0.0.1", runtime::port_of(*socket)};
}

constexpr ProbePatience kShort{milliseconds(300), milliseconds(5), milliseconds(50)};

op::ProbeTelling connect(const ProbeTargets& targets) {
  const SystemClock clock;
  return probe_connect("r0und", targets, kShort, clock);
}

}  // namespace

TEST_CASE("a connector tells who answered and who did not") {
  const Listener open("r0und");
  CHECK(connect({open.target(), nobody(), nobody()}) ==
        op::ProbeTelling{"r0und", "answered", "refused", "refused"});
  CHECK(connect({open.target(), open.target(), nobody()}) ==
        op::ProbeTelling{"r0und", "answered", "answered", "refused"});
  CHECK(connect({open.target(), nobody(), open.target()}) ==
        op::ProbeTelling{"r0und", "answered", "refused", "answered"});
  CHECK(connect({nobody(), open.target(), open.target()}) ==
        op::ProbeTelling{"r0und", "refused", "answered", "answered"});
  CHECK(connect({{"no address", 80}, nobody(), nobody()}).open == "unreachable");
}

TEST_CASE("who says something else, or nothing, has not answered") {
  const Listener other("0ther");
  CHECK(connect({other.target(), nobody(), nobody()}).open == "strange");
  // Takes the connection, as a proxy does, and says nothing: the kernel does so before anybody
  // accepts.
  const auto silent = runtime::listen_tcp(0);
  REQUIRE(silent);
  const ProbeTargets::One mute{"127.0.0.1", runtime::port_of(*silent)};
  const Listener open("r0und");
  CHECK(connect({open.target(), mute, nobody()}) ==
        op::ProbeTelling{"r0und", "answered", "closed", "refused"});
}

TEST_CASE("a network that is late with its policies is given time") {
  const Listener open("r0und");
  auto late = std::make_unique<Listener>("r0und");
  const ProbeTargets targets{open.target(), late->target(), nobody()};
  std::thread closes([&] {
    runtime::sleep_for(milliseconds(100));
    late.reset();
  });
  const SystemClock clock;
  const auto told =
      probe_connect("r0und", targets, {milliseconds(300), milliseconds(5), seconds(20)}, clock);
  closes.join();
  CHECK(told == op::ProbeTelling{"r0und", "answered", "refused", "refused"});
}

namespace {

// A network of which each look is written down: what the first and the second knock at the one that
// must answer come to, and what those at the others do. The last goes on. Each look takes a second.
struct Look {
  const char *first, *no_entry, *no_exit, *second;
};
op::ProbeTelling seen(const std::vector<Look>& looks, Duration patience,
                      std::size_t* asked = nullptr) {
  ManualClock clock;
  std::size_t i = 0;
  bool again = false;
  const auto told = probe_connect(
      "r0und",
      [&](op::ProbeRole role) -> std::string {
        const Look& look = looks[std::min(i, looks.size() - 1)];
        if (role == op::ProbeRole::no_entry) return look.no_entry;
        if (role == op::ProbeRole::no_exit) {
          if (std::string(look.first) != "answered") {
            ++i;
            clock.advance(seconds(1));
          }
          return look.no_exit;
        }
        again = !again;
        if (again && std::string(look.first) == "answered") return look.first;
        if (again) {
          again = false;
          return look.first;
        }
        ++i;
        clock.advance(seconds(1));
        return look.second;
      },
      {seconds(1), milliseconds(1), patience}, clock);
  if (asked != nullptr) *asked = i;
  return told;
}

constexpr Look kClean{"answered", "timeout", "refused", "answered"};
constexpr Look kIn{"answered", "answered", "timeout", "answered"};
constexpr Look kHalf{"answered", "timeout", "closed", "answered"};

op::ProbeTelling telling(const char* open, const char* no_entry, const char* no_exit) {
  return {"r0und", open, no_entry, no_exit};
}

}  // namespace

TEST_CASE("it takes three good looks in a row, and one good moment outweighs no leak") {
  std::size_t looks = 0;
  CHECK(seen({kClean}, seconds(30), &looks) == telling("answered", "timeout", "refused"));
  CHECK(looks == kProbeLooks);
  // Strangers keep the listener busy now and then.
  CHECK(seen({kIn, kClean, kIn, kClean, kClean, kIn}, seconds(6)) ==
        telling("answered", "answered", "timeout"));
  // A connection that gets through is no denial, whoever takes it.
  CHECK(seen({kClean, kClean, kHalf}, seconds(6)) == telling("answered", "timeout", "closed"));
  CHECK(seen({{"answered", "strange", "timeout", "answered"}}, seconds(6)) ==
        telling("answered", "strange", "timeout"));
  // A leak at the look before the last.
  CHECK(seen({kClean, kIn, {"answered", "timeout", "timeout", "timeout"}}, seconds(3)) ==
        telling("timeout", "answered", "timeout"));
}

TEST_CASE("policies that come late are waited for, also beyond the half minute once they show") {
  std::size_t looks = 0;
  CHECK(seen({kIn, kIn, kIn, kIn, kClean}, seconds(5), &looks) ==
        telling("answered", "timeout", "refused"));
  CHECK(looks == 7);
  // But no longer than they hold.
  CHECK(seen({kIn, kIn, kIn, kIn, kClean, kClean, kIn}, seconds(5), &looks) ==
        telling("answered", "answered", "timeout"));
  CHECK(looks == 7);
}

TEST_CASE("what must not be reached is asked also where what must answer does not") {
  CHECK(seen({{"timeout", "answered", "timeout", "timeout"}}, seconds(3)) ==
        telling("timeout", "answered", "timeout"));
  CHECK(seen({{"answered", "timeout", "answered", "timeout"}}, seconds(3)) ==
        telling("timeout", "timeout", "answered"));
}

TEST_CASE("a listener that is busy lets many wait, and answers each") {
  const auto busy = runtime::listen_tcp(0);
  REQUIRE(busy);
  std::vector<runtime::Socket> strangers(300);
  for (runtime::Socket& one : strangers)
    REQUIRE(runtime::connect_tcp("127.0.0.1", runtime::port_of(*busy), milliseconds(500), one) ==
            runtime::Knock::open);
  const Listener open("r0und");
  std::vector<runtime::Socket> callers(300);
  for (runtime::Socket& one : callers)
    REQUIRE(runtime::connect_tcp("127.0.0.1", open.target().port, seconds(5), one) ==
            runtime::Knock::open);
  const std::string greeting = op::probe_greeting("r0und");
  for (const runtime::Socket& one : callers)
    CHECK(runtime::receive_small(one, greeting.size(), seconds(5)) == greeting);
}

}  // namespace ks
