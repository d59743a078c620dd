#include "main/readiness.hpp"

#include <atomic>
#include <stdexcept>

#include <doctest/doctest.h>

#include "runtime/loop.hpp"

using namespace ks;

TEST_CASE("however many ask whether it is ready, one look a second is taken") {
  ManualClock clock;
  std::atomic<int> looks{0};
  runtime::Event looking, go_on;
  Readiness readiness(clock, [&] {
    ++looks;
    looking.set();
    go_on.wait();
    return ReadyState{true, true, true};
  });
  std::atomic<int> asked{0}, ready{0};
  runtime::Event all_asked, all_answered;
  constexpr int kMany = 50;
  {
    runtime::LoopGroup loops(2);
    for (int i = 0; i < kMany; ++i)
      loops.at(static_cast<std::size_t>(i) % 2).spawn([&] {
        if (++asked == kMany) all_asked.set();
        ready += readiness.now().database;
        if (ready == kMany) all_answered.set();
      });
    looking.wait();
    all_asked.wait();
    go_on.set();
    all_answered.wait();
  }
  CHECK(looks == 1);
  clock.advance(milliseconds(999));
  CHECK(readiness.now().cluster);
  CHECK(looks == 1);
  clock.advance(milliseconds(1));
  CHECK(readiness.now().operator_);
  CHECK(looks == 2);
}

TEST_CASE("a look that fails says unready, and the next second looks again") {
  ManualClock clock;
  bool fails = true;
  Readiness readiness(clock, [&] {
    if (fails) throw std::runtime_error("no");
    return ReadyState{true, true, true};
  });
  CHECK_THROWS(readiness.now());
  CHECK_FALSE(readiness.now().database);
  fails = false;
  clock.advance(seconds(1));
  CHECK(readiness.now().database);
}
