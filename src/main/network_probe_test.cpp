#include "main/network_probe.hpp"

#include <atomic>
#include <thread>

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
        op::ProbeTelling{"r0und", "refused", "untried", "untried"});
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

}  // namespace ks
