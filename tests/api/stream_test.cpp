#include <doctest/doctest.h>

#include "base/digest.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

constexpr Duration kSoon = seconds(30);

struct Streams {
  Server server;
  Person ann = server.somebody("Ann");
  Streams() { server.raise(ann, "business"); }

  std::unique_ptr<EventStream> open(Person& who, const std::string& query = "",
                                    const Fields& fields = {}) {
    auto stream = who.stream(who.org_path() + "/stream" + query, fields);
    REQUIRE(stream->head().status == 200);
    CHECK(stream->head().header("content-type") == "text/event-stream");
    return stream;
  }
  std::unique_ptr<EventStream> opened(Person& who, const std::string& query = "") {
    auto stream = open(who, query);
    REQUIRE(stream->opened(kSoon));
    return stream;
  }
  // The next event, which has to be as the contract says.
  Event event(EventStream& stream) {
    auto next = stream.next(kSoon);
    REQUIRE(next.has_value());
    CAPTURE(next->data);
    for (const auto& fault : server.contract().event_faults(*next)) CHECK_MESSAGE(false, fault);
    return std::move(*next);
  }
  Json data(const Event& event) {
    auto json = parse_json(event.data);
    REQUIRE(json.has_value());
    return std::move(*json);
  }
  // Reads on until the deployment has the phase; "" for deleted.
  Event until(EventStream& stream, std::string_view name_or_id, std::string_view phase) {
    for (;;) {
      Event next = event(stream);
      const Json now = data(next);
      if (now.text("name") != name_or_id && now.text("id") != name_or_id) continue;
      if (phase.empty() ? now.find("deleted") != nullptr : now.text("phase") == phase) return next;
    }
  }
};

}  // namespace

TEST_CASE_FIXTURE(Streams, "a deployment's way to Ready and to its end comes as events") {
  const auto stream = opened(ann);
  const std::string id(ann.deploy("web").text("id"));
  const Event first = event(*stream);
  CHECK(first.name == "deployment.updated");
  CHECK_FALSE(first.id.empty());
  CHECK(data(first).text("id") == id);
  const Event ready = until(*stream, "web", "Ready");
  CHECK(data(ready) == ann.get(ann.deployment_path("web")).json());
  REQUIRE(ann.del(ann.deployment_path("web")).status == 202);
  const Event gone = until(*stream, id, "");
  CHECK(data(gone) == Json::object({{"id", id}, {"deleted", true}}));
}

TEST_CASE_FIXTURE(Streams, "a stream goes on after the last event that was received") {
  const auto before = opened(ann);
  ann.deploy("one");
  const Event last = until(*before, "one", "Ready");
  // While nobody listens:
  ann.deploy("two");
  ann.wait_for("two", "Ready");

  const auto after = open(ann, "", {{"Last-Event-ID", last.id}});
  const Event next = event(*after);
  CHECK(next.name == "deployment.updated");
  CHECK(data(next).text("name") == "two");
  CHECK(next.id != last.id);
}

TEST_CASE_FIXTURE(Streams, "an id that is not known any more, or never was, says so") {
  ann.deploy("web");
  Person eve = server.somebody("Eve");
  const auto hers = opened(eve);
  eve.deploy("web");
  const std::string foreign = event(*hers).id;
  for (const std::string id : {"999999999", "-1", "1", "", "abc", "MQ", foreign.c_str()}) {
    CAPTURE(id);
    const auto stream = open(ann, "", {{"Last-Event-ID", id}});
    CHECK(event(*stream).name == "reset");
  }
}

TEST_CASE_FIXTURE(Streams, "who missed more than 1000 changes is told to read everything again") {
  const auto before = opened(ann);
  ann.deploy("one");
  const Event last = until(*before, "one", "Ready");
  server.pass_over(ann, 900);
  const auto near = open(ann, "", {{"Last-Event-ID", last.id}});
  ann.deploy("two");
  const Event next = event(*near);
  CHECK(next.name == "deployment.updated");
  CHECK(data(next).text("name") == "two");
  ann.wait_for("two", "Ready");
  server.pass_over(ann, 200);
  const auto far = open(ann, "", {{"Last-Event-ID", last.id}});
  CHECK(event(*far).name == "reset");
  // From there it goes on.
  ann.deploy("three");
  CHECK(data(event(*far)).text("name") == "three");
}

TEST_CASE_FIXTURE(Streams, "what changed often while nobody listened comes once") {
  const auto before = opened(ann);
  ann.deploy("web");
  const Event last = event(*before);
  for (int i = 0; i < 5; ++i)
    REQUIRE(ann.patch(ann.deployment_path("web"), Json::object({{"replicas", 1 + i % 2}})).status ==
            200);
  ann.wait_for("web", "Ready");
  ann.deploy("marker");
  const auto after = open(ann, "", {{"Last-Event-ID", last.id}});
  int of_web = 0;
  for (;;) {
    const Json thing = data(event(*after));
    if (thing.text("name") == "marker") break;
    of_web += thing.text("name") == "web";
  }
  CHECK(of_web == 1);
}

TEST_CASE_FIXTURE(Streams, "an event's id tells no number") {
  const auto stream = opened(ann);
  ann.deploy("web");
  const std::string id = event(*stream).id;
  CHECK(id.size() > 20);
  CHECK(id.find_first_not_of("0123456789") != std::string::npos);
  // Nor does what it is the text of: behind the MAC there are no digits in a row.
  const auto raw = from_base64url(id);
  REQUIRE(raw.has_value());
  REQUIRE(raw->size() > 16);
  CHECK(raw->find_first_not_of("0123456789", 16) != std::string::npos);
}

TEST_CASE_FIXTURE(Streams, "a person has a bounded number of streams, and other people theirs") {
  Person bob = server.somebody("Bob");
  std::vector<std::unique_ptr<EventStream>> streams;
  for (int i = 0; i < 16; ++i) streams.push_back(opened(ann));
  const Reply refused = ann.get(ann.org_path() + "/stream");
  CHECK(refused.status == 429);
  CHECK(refused.json().text("code") == "too_many_streams");
  CHECK(refused.header("retry-after"));
  opened(bob);
  // In her other organizations she has more, until 32 in all.
  Person elsewhere = ann;
  elsewhere.org = ann.post("/api/v1/orgs", Json::object({{"name", "Second"}})).json().text("slug");
  server.raise(elsewhere, "business");
  for (int i = 0; i < 16; ++i) streams.push_back(opened(elsewhere));
  elsewhere.org = ann.post("/api/v1/orgs", Json::object({{"name", "Third"}})).json().text("slug");
  CHECK(ann.get(elsewhere.org_path() + "/stream").status == 429);
  // One that is closed gives its place back, once the server has seen that.
  streams.pop_back();
  const SystemClock clock;
  const Time until = clock.monotonic() + kSoon;
  int status = 429;
  while (status == 429 && clock.monotonic() < until)
    status = elsewhere.stream(elsewhere.org_path() + "/stream")->head().status;
  CHECK(status == 200);
}

TEST_CASE_FIXTURE(Streams, "a stream of a team has that team's events only") {
  REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Shop"}})).status == 201);
  Person shop = ann;
  shop.team = "shop";
  const auto of_shop = opened(ann, "?team=shop");
  ann.deploy("elsewhere");
  shop.deploy("here");
  CHECK(data(event(*of_shop)).text("name") == "here");
  for (const char* team : {"no-such", "01939f6e-4a00-7000-8000-000000000001"})
    CHECK(ann.get(ann.org_path() + "/stream?team=" + team).status == 404);
}

TEST_CASE_FIXTURE(Streams, "another's events never come") {
  Person eve = server.somebody("Eve");
  CHECK(eve.get(ann.org_path() + "/stream").status == 404);
  CHECK(eve.get(ann.org_path() + "/stream?team=" + ann.team_id).status == 404);
  CHECK(eve.get(eve.org_path() + "/stream?team=" + ann.team_id).status == 404);
  const auto hers = opened(eve);
  ann.deploy("web");
  ann.wait_for("web", "Ready");
  eve.deploy("mine");
  // The first that she hears of is her own.
  CHECK(data(event(*hers)).text("name") == "mine");
}

TEST_CASE_FIXTURE(Streams, "a logout ends the streams of its session within 5 seconds") {
  const auto stream = opened(ann);
  Person other = ann;
  REQUIRE(other
              .post("/api/v1/auth/login",
                    Json::object({{"email", ann.email}, {"password", kPassword}}),
                    {{"Cookie", "none=1"}})
              .status == 200);
  const auto kept = opened(other);
  REQUIRE(ann.poke("/api/v1/auth/logout").status == 204);
  CHECK(stream->ends_within(seconds(5)));
  // Another session of the same person goes on.
  other.deploy("web");
  CHECK(data(event(*kept)).text("name") == "web");
}

TEST_CASE_FIXTURE(Streams, "a stream that is open is no use of its session") {
  Person abe = server.colleague(ann, "Abe", "org_admin");
  const auto stream = opened(ann);
  server.clock().advance(hours(23));
  // What is delivered is not asked for by anybody either.
  abe.deploy("web");
  CHECK(data(event(*stream)).text("name") == "web");
  const auto again = opened(ann);
  server.clock().advance(hours(2));
  CHECK(stream->ends_within(seconds(5)));
  CHECK(again->ends_within(seconds(5)));
  CHECK(ann.get(ann.org_path()).status == 401);
  CHECK(abe.get(abe.org_path()).status == 200);
}

TEST_CASE_FIXTURE(Streams,
                  "a suspension and its end end the streams of the organization's people") {
  const std::string suspension = "/api/v1/platform/orgs/" + ann.org + "/suspension";
  const auto stream = opened(ann);
  REQUIRE(server.administrator()
              .put(suspension, Json::object({{"reason", "The last invoices are open"}}))
              .status == 200);
  CHECK(stream->ends_within(seconds(5)));
  const auto held_up = opened(ann);
  REQUIRE(server.administrator().del(suspension).status == 200);
  CHECK(held_up->ends_within(seconds(5)));
}

TEST_CASE_FIXTURE(Streams, "the end of the server ends its streams") {
  const auto stream = opened(ann);
  server.program().stop(seconds(5));
  CHECK(stream->ends_within(seconds(5)));
}

TEST_CASE_FIXTURE(Streams, "an invitation comes as an event to who sees it, as they see it") {
  Person tom = server.colleague(ann, "Tom", "org_member", {{"default", "team_admin"}});
  Person vic = server.colleague(ann, "Vic", "org_member", {{"default", "viewer"}});
  const auto anns = opened(ann), toms = opened(tom), vics = opened(vic);
  const auto invite = [&](const std::string& email, const Json& teams) {
    const Json row = Json::object({{"email", email}, {"org_role", "org_admin"}, {"teams", teams}});
    const Reply reply = ann.post(ann.org_path() + "/invitations",
                                 Json::object({{"invitations", Json::array({row})}}));
    REQUIRE(reply.status == 200);
  };
  invite("one@example.com", Json::array());
  invite("two@example.com", Json::array({Json::object({{"team", "default"}})}));
  const Event first = event(*anns);
  CHECK(first.name == "invitation.updated");
  CHECK(data(first).text("email") == "one@example.com");
  CHECK(data(first).text("org_role") == "org_admin");
  const Event part = event(*toms);
  CHECK(part.name == "invitation.updated");
  CHECK(data(part).text("email") == "two@example.com");
  CHECK(data(part).at("org_role").is_null());
  ann.deploy("web");
  CHECK(event(*vics).name == "deployment.updated");
}
