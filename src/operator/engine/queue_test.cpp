#include "operator/engine/queue.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "operator/engine/informer.hpp"

using namespace ks;
using op::Key;
using op::Queue;

namespace {
Key key(const std::string& name) { return {Key::Kind::sandbox, {}, name}; }
constexpr Time kNow{1'000'000};
}  // namespace

TEST_CASE("a key that is added many times comes once") {
  SeededRandom random(1);
  Queue queue(random);
  for (int i = 0; i < 5; ++i) queue.add(key("a"));
  CHECK(queue.size() == 1);
  CHECK(queue.take(kNow) == key("a"));
  CHECK_FALSE(queue.take(kNow));
}

TEST_CASE("a key is never worked on twice at once, but comes again when it changed meanwhile") {
  SeededRandom random(1);
  Queue queue(random);
  queue.add(key("a"));
  REQUIRE(queue.take(kNow));
  queue.add(key("a"));
  CHECK_FALSE(queue.take(kNow));
  queue.done(key("a"));
  CHECK(queue.take(kNow) == key("a"));
  queue.done(key("a"));
  CHECK_FALSE(queue.take(kNow));
  CHECK(queue.size() == 0);
}

TEST_CASE("the pause grows from 5 ms to 5 minutes, never less than the server asked for") {
  SeededRandom random(1);
  Duration last{};
  for (std::size_t failures = 1; failures < 40; ++failures) {
    const Duration pause = op::back_off(failures, random);
    const std::int64_t full = std::min<std::int64_t>(
        minutes(5).us, milliseconds(5).us << std::min<std::size_t>(failures - 1, 20));
    CHECK(pause.us >= full / 2);
    CHECK(pause.us <= full);
    last = pause;
  }
  CHECK(last >= seconds(150));
  Queue queue(random);
  queue.add(key("a"));
  REQUIRE(queue.take(kNow));
  queue.retry(key("a"), kNow, seconds(7));
  queue.done(key("a"));
  CHECK_FALSE(queue.take(kNow + milliseconds(6999)));
  CHECK(queue.take(kNow + seconds(7)) == key("a"));
}

TEST_CASE("a failed key waits out its pause whatever events come, but not after a new wish") {
  SeededRandom random(1);
  Queue queue(random);
  queue.add(key("a"));
  REQUIRE(queue.take(kNow));
  queue.add(key("a"));
  queue.retry(key("a"), kNow, seconds(7));
  queue.done(key("a"));
  queue.add(key("a"));
  CHECK_FALSE(queue.take(kNow));
  queue.add_now(key("a"));
  CHECK(queue.take(kNow) == key("a"));
  // A wish that comes while it is worked on counts as well.
  queue.add_now(key("a"));
  queue.retry(key("a"), kNow, seconds(7));
  queue.done(key("a"));
  CHECK(queue.take(kNow) == key("a"));
}

TEST_CASE("success forgets the failures before") {
  SeededRandom random(1);
  Queue queue(random);
  for (int i = 0; i < 12; ++i) queue.retry(key("a"), kNow, {});
  queue.forget(key("a"));
  queue.add(key("b"));
  REQUIRE(queue.take(kNow));
  queue.retry(key("b"), kNow, {});
  queue.done(key("b"));
  CHECK(queue.next_due().value() <= kNow + milliseconds(5));
}

TEST_CASE("an hour without the cluster does not lengthen the pause of what fails after it") {
  SeededRandom random(1);
  Queue queue(random);
  Time now = kNow;
  queue.add(key("a"));
  for (int i = 0; i < 40; ++i) {
    REQUIRE(queue.take(now));
    queue.retry(key("a"), now, {}, seconds(10));
    queue.done(key("a"));
    REQUIRE(queue.next_due().value() <= now + seconds(10));
    now = *queue.next_due();
  }
  REQUIRE(queue.take(now));
  queue.retry(key("a"), now, {});
  queue.done(key("a"));
  CHECK(queue.next_due().value() <= now + milliseconds(5));
}

TEST_CASE("what waits is counted by kind, wherever in the queue it is") {
  SeededRandom random(1);
  Queue queue(random);
  const Key box{Key::Kind::sandbox, {}, "a"}, app{Key::Kind::deployment, "a", "b"};
  const auto sizes = [&] {
    CHECK(queue.size() == queue.size(Key::Kind::sandbox) + queue.size(Key::Kind::deployment));
    return std::pair(queue.size(Key::Kind::sandbox), queue.size(Key::Kind::deployment));
  };
  using Sizes = std::pair<std::size_t, std::size_t>;
  queue.add(box);
  queue.add(box);
  queue.add_at(app, kNow + seconds(5));
  queue.add_at(app, kNow + seconds(3));
  CHECK(sizes() == Sizes{1, 1});
  REQUIRE(queue.take(kNow) == box);
  CHECK(sizes() == Sizes{1, 1});
  queue.retry(box, kNow, seconds(1));
  queue.done(box);
  CHECK(sizes() == Sizes{1, 1});
  REQUIRE(queue.take(kNow + seconds(2)) == box);
  queue.add(box);
  queue.done(box);
  CHECK(sizes() == Sizes{1, 1});
  REQUIRE(queue.take(kNow + seconds(4)));
  REQUIRE(queue.take(kNow + seconds(4)));
  queue.done(box);
  queue.done(app);
  CHECK(sizes() == Sizes{0, 0});
}

TEST_CASE("what was taken away comes before all that waits, once") {
  SeededRandom random(1);
  Queue queue(random);
  for (const char* name : {"a", "b", "c"}) queue.add(key(name));
  queue.add_first(key("c"));
  queue.add_first(key("c"));
  queue.add_first(key("d"));
  CHECK(queue.size() == 4);
  CHECK(queue.due() == 4);
  for (const char* name : {"c", "d", "a", "b"}) {
    CHECK(queue.take(kNow) == key(name));
    queue.done(key(name));
  }
  CHECK_FALSE(queue.take(kNow));
  CHECK(queue.size() == 0);
}

TEST_CASE(
    "what is taken away while its key is worked on comes first again after, whatever failed") {
  SeededRandom random(1);
  Queue queue(random);
  queue.add(key("a"));
  REQUIRE(queue.take(kNow) == key("a"));
  queue.add(key("b"));
  queue.add_first(key("a"));
  queue.retry(key("a"), kNow, minutes(1));
  queue.done(key("a"));
  CHECK(queue.take(kNow) == key("a"));
  queue.done(key("a"));
  CHECK(queue.take(kNow) == key("b"));
}

TEST_CASE("where what comes first never ends, the others come all the same, each once") {
  SeededRandom random(1);
  Queue queue(random);
  std::vector<std::string> others;
  for (int i = 0; i < 20; ++i) queue.add(key("other-" + std::to_string(i)));
  int walls = 0;
  for (int i = 0; i < 80; ++i) {
    // Somebody takes it away again each time, and another waits for it to be put up as well.
    queue.add_first(key("wall-a"));
    queue.add_first(key("wall-b"));
    // Taken from among the others, and taken away again while it is worked on.
    queue.add_first(key("other-19"));
    const auto taken = queue.take(kNow);
    REQUIRE(taken);
    if (taken->name.starts_with("other-") && taken->name != "other-19")
      others.push_back(taken->name);
    else
      ++walls;
    queue.done(*taken);
  }
  CHECK(walls >= 60);
  REQUIRE(others.size() == 19);
  for (int i = 0; i < 19; ++i)
    CHECK(others[static_cast<std::size_t>(i)] == "other-" + std::to_string(i));
  CHECK(queue.size() <= 3);
}
