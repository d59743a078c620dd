#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// Two processes on one PostgreSQL database.
struct Pair {
  Installation world{Installation::Kind::postgres};
  std::unique_ptr<Server> one = world.start();
  std::unique_ptr<Server> other = world.start();
};

std::string stream_path(const Person& person) { return "/api/v1" + person.org() + "/stream"; }

// The next event about that deployment.
std::optional<Event> event_of(EventStream& stream, std::string_view name, Duration within) {
  const SystemClock clock;
  const Time end = clock.monotonic() + within;
  while (clock.monotonic() < end) {
    auto event = stream.next(end - clock.monotonic());
    if (!event) return std::nullopt;
    const auto data = parse_json(event->data);
    if (data && data->text("name") == name) return event;
  }
  return std::nullopt;
}

int wrong_login(int port) {
  return request(port, "POST", "/api/v1/auth/login",
                 R"({"email":"ann@example.com","password":"not the right one"})")
      .status;
}

}  // namespace

TEST_CASE("a session and its deployments are the same at two servers of one database") {
  if (!PostgresServer::available()) return;
  Pair pair;
  Person ann(pair.one->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  REQUIRE(ann.deploy("web").status == 201);
  Person same = ann;
  same.at(pair.other->port());
  CHECK(same.get("/me").status == 200);
  const Answer web = same.get(same.deployments("web"));
  CHECK(web.status == 200);
  // A version that one has given out is a version at the other.
  CHECK(ann.send("PATCH", ann.deployments("web"), Json::object({{"replicas", 2}})).status == 200);
  CHECK(same.send("PATCH", same.deployments("web"), Json::object({{"replicas", 1}}),
                  {{"if-match", web.header("etag")}})
            .status == 412);
}

TEST_CASE("a stream at one server hears what is done at the other, and goes on there") {
  if (!PostgresServer::available()) return;
  Pair pair;
  Person ann(pair.one->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  std::optional<Event> heard;
  {
    EventStream stream(pair.other->port(), stream_path(ann), ann.cookie_header());
    REQUIRE(stream.status() == 200);
    REQUIRE(ann.deploy("web").status == 201);
    heard = event_of(stream, "web", seconds(5));
    REQUIRE(heard);
    CHECK(heard->name == "deployment.updated");
  }
  CHECK(eventually(seconds(30), [&] { return ann.ready("web"); }));
  REQUIRE(ann.send("PATCH", ann.deployments("web"), Json::object({{"replicas", 2}})).status == 200);
  Headers headers = ann.cookie_header();
  headers["last-event-id"] = heard->id;
  EventStream resumed(pair.one->port(), stream_path(ann), headers);
  const auto missed = event_of(resumed, "web", seconds(5));
  REQUIRE(missed);
  CHECK(missed->id != heard->id);
  CHECK(missed->data.find("\"replicas\":2") != std::string::npos);
}

TEST_CASE("a session that ends at one server ends its streams at the other within five seconds") {
  if (!PostgresServer::available()) return;
  Pair pair;
  Person ann(pair.one->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  {
    EventStream stream(pair.other->port(), stream_path(ann), ann.cookie_header());
    REQUIRE(stream.status() == 200);
    REQUIRE(ann.post("/auth/logout", Json()).status == 204);
    CHECK(stream.ends(seconds(5)));
    Person same = ann;
    same.at(pair.other->port());
    CHECK(same.get("/me").status == 401);
  }
  Person again(pair.one->port());
  REQUIRE(again.login("ann@example.com").status == 200);
  EventStream stream(pair.other->port(), stream_path(again), again.cookie_header());
  REQUIRE(stream.status() == 200);
  // As if its time were over.
  pair.world.execute("UPDATE sessions SET expires_at = 1");
  CHECK(stream.ends(seconds(5)));
  CHECK(again.get("/me").status == 401);
}

TEST_CASE("tries at a login count over two servers and survive their restart") {
  if (!PostgresServer::available()) return;
  Pair pair;
  REQUIRE(Person(pair.one->port()).sign_up("ann@example.com").status == 201);
  for (int i = 0; i < 10; ++i)
    CHECK(wrong_login((i % 2 == 0 ? pair.one : pair.other)->port()) == 401);
  CHECK(wrong_login(pair.one->port()) == 429);
  CHECK(wrong_login(pair.other->port()) == 429);
  CHECK(pair.one->stop() == 0);
  pair.other->kill9();
  pair.one = pair.world.start();
  CHECK(wrong_login(pair.one->port()) == 429);
  // The right password helps no more than a wrong one now.
  CHECK(Person(pair.one->port()).login("ann@example.com").status == 429);
}

TEST_CASE("work on the cluster moves to the other server when its holder stops or is killed") {
  if (!PostgresServer::available()) return;
  Pair pair;
  Person ann(pair.one->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  REQUIRE(ann.deploy("web").status == 201);
  REQUIRE(eventually(seconds(30), [&] { return ann.ready("web"); }));
  const auto change = [&](int replicas, Duration within) {
    REQUIRE(
        ann.send("PATCH", ann.deployments("web"), Json::object({{"replicas", replicas}})).status ==
        200);
    return eventually(within, [&] {
      const Json now = ann.get(ann.deployments("web")).json();
      return now.text("phase") == "Ready" &&
             now.integer_or(0, "services", "web", "ready") == replicas;
    });
  };
  const auto holder = [&] { return pair.world.query("SELECT holder FROM leases"); };

  // The first one has the lease. It gives it back when it stops: the other waits for nothing.
  const std::string first = holder();
  CHECK(pair.one->stop() == 0);
  ann.at(pair.other->port());
  CHECK(change(2, seconds(12)));
  CHECK(holder() != first);

  // Killed, it holds the lease until that runs out, after 15 s.
  const std::string second = holder();
  pair.one = pair.world.start();
  pair.other->kill9();
  ann.at(pair.one->port());
  CHECK(change(1, seconds(40)));
  CHECK(holder() != second);
}
