// The end of an organization as others see it, and what one person may make of ends and names.
#include <doctest/doctest.h>

#include "runtime/loop.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

Json named(const std::string& name) { return Json::object({{"name", name}}); }

Reply remove(Person& who, const std::string& path, const std::string& name) {
  return who.call({"DELETE", path, {{"Content-Type", "application/json"}}, named(name).dump()});
}

std::size_t listed(Person& who, const std::string& query = "") {
  const Reply reply = who.get("/api/v1/orgs" + query);
  REQUIRE(reply.status == 200);
  return reply.json().at("items").as_array().size();
}

}  // namespace

TEST_CASE("to its members an organization that is deleted is one that was never there") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  Person bob = server.colleague(ann, "Bob", "org_admin", {{"default", "team_admin"}});
  const std::string path = ann.org_path();
  const Fields key{{"Idempotency-Key", "once"}};
  REQUIRE(bob.post(path + "/teams", named("Shop"), key).status == 201);
  REQUIRE(listed(bob) == 2);
  const auto stream = bob.stream(path + "/stream");
  REQUIRE(stream->opened(seconds(30)));
  const Json absent = bob.get("/api/v1/orgs/no-such").json_without_trace();

  REQUIRE(remove(ann, path, "Ann").status == 202);
  CHECK(stream->ends_within(seconds(5)));
  CHECK(bob.get(path).json_without_trace() == absent);
  CHECK(bob.get("/api/v1/orgs/" + ann.org_id).json_without_trace() == absent);
  CHECK(bob.get(path + "/teams").status == 404);
  // Nor is an answer of before given again.
  CHECK(bob.post(path + "/teams", named("Shop"), key).status == 404);
  CHECK(bob.poke(path + "/restore").status == 404);
  CHECK(remove(bob, path, "Ann").status == 404);
  CHECK(bob.get(path + "/stream").status == 404);
  CHECK(listed(bob) == 1);
  CHECK(listed(bob, "?state=deleting") == 0);
  CHECK(listed(ann, "?state=deleting") == 1);

  // With the roles of before.
  REQUIRE(ann.poke(path + "/restore").status == 200);
  CHECK(listed(bob) == 2);
  CHECK(bob.get(path).json().text("role") == "org_admin");
  CHECK(bob.get(path + "/teams/default").json().text("role") == "team_admin");
}

TEST_CASE("an organization that is deleted again is deleted once, and cannot be changed") {
  Server server;
  Person ann = server.somebody("Ann");
  const Reply first = remove(ann, ann.org_path(), "Ann");
  REQUIRE(first.status == 202);
  for (const std::string& path : {ann.org_path(), "/api/v1/orgs/" + ann.org_id}) {
    const Reply again = remove(ann, path, "Ann");
    CHECK(again.status == 202);
    CHECK(again.json() == first.json());
    CHECK(again.header("etag") == first.header("etag"));
    const Reply change = ann.patch(path, named("Other"));
    CHECK(change.status == 409);
    CHECK(change.json().text("code") == "being_deleted");
  }
  // Long after the password was given nothing would be done either.
  server.clock().advance(hours(1));
  CHECK(remove(ann, ann.org_path(), "Ann").status == 202);
  CHECK(ann.poke(ann.org_path() + "/restore").status == 200);
  CHECK(ann.get(ann.org_path()).json().text("name") == "Ann");
}

TEST_CASE("its owner's list is right at every moment of a purge, with a session of before it") {
  Server server;
  Person ann = server.somebody("Ann");
  REQUIRE(remove(ann, ann.org_path(), "Ann").status == 202);
  server.clock().advance(days(30) - minutes(1));
  REQUIRE(
      ann.post("/api/v1/auth/login", Json::object({{"email", ann.email}, {"password", kPassword}}))
          .status == 200);
  CHECK(listed(ann, "?state=deleting") == 1);
  server.clock().advance(minutes(1));
  const SystemClock system;
  const Time until = system.monotonic() + seconds(60);
  while (listed(ann, "?state=deleting") != 0 && system.monotonic() < until)
    server.clock().advance(seconds(2));
  CHECK(listed(ann, "?state=deleting") == 0);
  CHECK(ann.poke(ann.org_path() + "/restore").status == 404);
  for (int i = 0; i < 100; ++i) {
    server.clock().advance(seconds(2));
    CHECK(listed(ann, "?state=deleting") == 0);
  }
}

TEST_CASE("whoever deletes organizations over and over waits before making another") {
  Server server;
  Person ann = server.somebody("Ann");
  REQUIRE(remove(ann, ann.org_path(), "Ann").status == 202);
  std::string last;
  for (int i = 1; i < 5; ++i) {
    const Reply made = ann.post("/api/v1/orgs", named("Again"));
    REQUIRE(made.status == 201);
    last = "/api/v1/orgs/" + std::string(made.json().text("slug"));
    REQUIRE(remove(ann, last, "Again").status == 202);
  }
  const Reply refused = ann.post("/api/v1/orgs", named("Again"));
  CHECK(refused.status == 429);
  CHECK(refused.header("retry-after"));
  CHECK(ann.poke(last + "/restore").status == 200);
}

TEST_CASE("an organization gives up ten slugs and no more until one of them is free again") {
  Server server;
  Person ann = server.somebody("Ann");
  const auto rename = [&](const std::string& slug) {
    const Reply reply = ann.patch(ann.org_path(), Json::object({{"slug", slug}}));
    if (reply.status == 200) ann.org = slug;
    return reply.status;
  };
  for (int i = 0; i < 10; ++i) CHECK(rename("slug-" + std::to_string(i)) == 200);
  CHECK(rename("slug-10") == 429);
  // What was refused is not taken.
  Person eve = server.somebody("Eve");
  CHECK(eve.patch(eve.org_path(), Json::object({{"slug", "slug-10"}})).status == 200);
  // Back to one of its own gives up no more than it takes.
  CHECK(rename("slug-3") == 200);
  server.clock().advance(days(90));
  REQUIRE(
      ann.post("/api/v1/auth/login", Json::object({{"email", ann.email}, {"password", kPassword}}))
          .status == 200);
  CHECK(rename("slug-11") == 200);
}
