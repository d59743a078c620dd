#include "runtime/loop.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

namespace ks::runtime {

TEST_CASE("fibers of one loop take turns at their waits") {
  std::string order;
  Event gate;
  Loop loop;
  loop.spawn([&] {
    order += 'a';
    gate.wait();
    order += 'c';
  });
  loop.spawn([&] {
    order += 'b';
    gate.set();
  });
  loop.run_until_idle();
  CHECK(order == "abc");
}

TEST_CASE("a fiber that starts another one stays a fiber when that one waits") {
  bool still_a_fiber = false;
  Event gate;
  Loop loop;
  loop.spawn([&] {
    loop.spawn([&] { gate.wait(); });
    sleep_for(milliseconds(1));
    still_a_fiber = on_fiber();
    gate.set();
  });
  loop.spawn([&] {
    loop.spawn([&] { gate.wait(); });
    still_a_fiber = on_fiber();
  });
  loop.run_until_idle();
  CHECK(still_a_fiber);
}

TEST_CASE("an event set from another thread wakes the fiber on its own loop") {
  Loop loop;
  Event event;
  std::thread::id woken_on;
  loop.spawn([&] {
    event.wait();
    woken_on = std::this_thread::get_id();
  });
  std::thread setter([&] { event.set(); });
  loop.run_until_idle();
  setter.join();
  CHECK(woken_on == std::this_thread::get_id());
}

TEST_CASE("a wait with a time limit ends with false when nobody sets the event") {
  bool on_a_fiber = true;
  run_fiber([&] {
    Event event;
    on_a_fiber = event.wait_for(milliseconds(1));
  });
  CHECK_FALSE(on_a_fiber);
  Event event;
  CHECK_FALSE(event.wait_for(milliseconds(1)));
}

TEST_CASE("a set event does not wait") {
  Event event;
  event.set();
  CHECK(event.wait_for(hours(1)));
  bool passed = false;
  run_fiber([&] { passed = event.wait_for(hours(1)); });
  CHECK(passed);
}

TEST_CASE("a semaphore never lets more than its count in, and serves everyone") {
  std::atomic<int> inside{0}, most{0}, served{0};
  Semaphore two(2);
  LoopGroup loops(2);
  Event all;
  constexpr int kFibers = 200;
  for (int i = 0; i < kFibers; ++i) {
    loops.at(static_cast<std::size_t>(i % 2)).spawn([&] {
      two.acquire();
      const int now = ++inside;
      int seen = most.load();
      while (now > seen && !most.compare_exchange_weak(seen, now)) {
      }
      sleep_for(microseconds(50));
      --inside;
      two.release();
      if (++served == kFibers) all.set();
    });
  }
  CHECK(all.wait_for(seconds(30)));
  CHECK(most.load() <= 2);
  loops.stop();
}

TEST_CASE("a semaphore's time limit gives the place to the next in line") {
  run_fiber([] {
    Semaphore one(1);
    CHECK(one.acquire());
    CHECK_FALSE(one.acquire(milliseconds(1)));
    one.release();
    CHECK(one.acquire(milliseconds(1)));
  });
}

TEST_CASE("wait_fd tells readiness and time-out apart, on a fiber and on a thread") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const auto probe = [&] {
    CHECK_FALSE(wait_fd(ends[0], Readiness::readable, milliseconds(2)));
    CHECK(wait_fd(ends[1], Readiness::writable, seconds(5)));
    REQUIRE(write(ends[1], "x", 1) == 1);
    CHECK(wait_fd(ends[0], Readiness::readable, seconds(5)));
    char c;
    REQUIRE(read(ends[0], &c, 1) == 1);
  };
  probe();
  run_fiber(probe);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("a full blocking pool refuses instead of queueing without bound") {
  // The pool's thread uses both to its end, so the pool goes first.
  Event started, release;
  BlockingPool pool(1, 1);
  REQUIRE(pool.post([&] {
    started.set();
    release.wait();
  }));
  started.wait();
  CHECK(pool.post([] {}));
  CHECK_FALSE(pool.post([] {}));
  release.set();
}

TEST_CASE("a blocking pool runs the work on its own thread while the fiber waits") {
  BlockingPool pool(1, 8);
  std::thread::id worked_on;
  run_fiber([&] { CHECK(pool.run([&] { worked_on = std::this_thread::get_id(); })); });
  CHECK(worked_on != std::thread::id());
  CHECK(worked_on != std::this_thread::get_id());
}

TEST_CASE("sleep_for lets other fibers run") {
  std::string order;
  Loop loop;
  loop.spawn([&] {
    sleep_for(milliseconds(2));
    order += 'b';
  });
  loop.spawn([&] { order += 'a'; });
  loop.run_until_idle();
  CHECK(order == "ab");
}

}  // namespace ks::runtime
