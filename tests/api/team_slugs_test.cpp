// The addresses of teams: which one a name gets, and where one of before leads.
#include <regex>
#include <set>

#include <doctest/doctest.h>

#include "tests/api/audit_rows.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

Json named(const std::string& name) { return Json::object({{"name", name}}); }
Json slug(const std::string& slug) { return Json::object({{"slug", slug}}); }

std::string pointer(const Reply& reply) {
  return std::string(reply.json().at("errors").as_array().at(0).text("pointer"));
}

}  // namespace

TEST_CASE("a team whose name has no Latin letter gets an address of its own, twice too") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  const auto made = [&](const std::string& name) {
    const Reply reply = ann.post(ann.org_path() + "/teams", named(name));
    REQUIRE(reply.status == 201);
    return std::string(reply.json().text("slug"));
  };
  const std::regex own("team-[a-z0-9]{6}");
  std::set<std::string> slugs;
  for (const char* name : {"开发", "开发", "Разработка", "ทีม", "!?"}) {
    CAPTURE(name);
    const std::string slug = made(name);
    CHECK(std::regex_match(slug, own));
    CHECK(ann.get(ann.org_path() + "/teams/" + slug).json().text("name") == name);
    slugs.insert(slug);
  }
  CHECK(slugs.size() == 5);
  // What is left of another name is its slug, however little.
  CHECK(made("开发 2") == "2");
  CHECK(made("X") == "x");
}

TEST_CASE("a slug that a team had leads who sees the team to it, and is no other team's") {
  on_both([](Server& server) {
    Person ann = server.somebody("Ann");
    server.raise(ann, "business");
    const std::string teams = ann.org_path() + "/teams";
    REQUIRE(ann.post(teams, named("Shop")).status == 201);
    Person max = server.colleague(ann, "Max", "org_member", {{"shop", "viewer"}});
    Person eve = server.colleague(ann, "Eve", "org_member", {{"default", "viewer"}});
    const Reply moved = ann.patch(teams + "/shop", slug("store"));
    REQUIRE(moved.status == 200);
    for (Person* who : {&ann, &max}) {
      const Reply found = who->get(teams + "/shop");
      REQUIRE(found.status == 200);
      CHECK(found.json().text("slug") == "store");
      CHECK(found.json().at("id") == moved.json().at("id"));
    }
    // To who does not see the team it is as if it never was.
    CHECK(eve.get(teams + "/shop").json_without_trace() ==
          eve.get(teams + "/no-such").json_without_trace());
    // It is an address to look at, with all that is below it, and no other.
    for (const char* below :
         {"/members", "/deployments", "/access-review", "/access-review/export"}) {
      CAPTURE(below);
      CHECK(ann.get(teams + "/shop" + below).body == ann.get(teams + "/store" + below).body);
      CHECK(ann.get(teams + "/shop" + below).status == 200);
      CHECK(eve.get(teams + "/shop" + below).json_without_trace() ==
            eve.get(teams + "/no-such" + below).json_without_trace());
    }
    CHECK(max.get(teams + "/shop/members").status == 200);
    CHECK(ann.get(teams + "/shop/deployments/no-such").status == 404);
    CHECK(ann.put(teams + "/shop/members/" + eve.id, Json::object({{"role", "viewer"}})).status ==
          404);
    CHECK(ann.post(teams + "/shop/deployments", image_body("web")).status == 404);
    CHECK(ann.patch(teams + "/shop", named("Store")).status == 404);
    CHECK(ann.del(teams + "/shop").status == 404);
    // Nobody else's, however it is asked for.
    const Reply made = ann.post(teams, named("Shop"));
    CHECK(made.status == 409);
    CHECK(made.json().text("code") == "slug_taken");
    CHECK(pointer(made) == "/name");
    CHECK(pointer(ann.post(teams, Json::object({{"name", "Other"}, {"slug", "shop"}}))) == "/slug");
    CHECK(pointer(ann.patch(teams + "/default", slug("shop"))) == "/slug");
    CHECK(ann.used("teams.max") == 2);
    // Another organization has its own.
    Person bob = server.somebody("Bob");
    CHECK(bob.post(bob.org_path() + "/teams", named("Shop")).status == 201);

    // Its own again, and then the other one rests.
    REQUIRE(ann.patch(teams + "/store", slug("shop")).status == 200);
    CHECK(ann.get(teams + "/store").json().text("slug") == "shop");
    REQUIRE(ann.patch(teams + "/shop", slug("store")).status == 200);
  });
}

TEST_CASE(
    "a write under a slug of before says the one of now to who may look, and to nobody else") {
  on_both([](Server& server) {
    Person ann = server.somebody("Ann");
    server.raise(ann, "business");
    const std::string old_org = ann.org_path();
    REQUIRE(ann.post(old_org + "/teams", named("Shop")).status == 201);
    Person max = server.colleague(ann, "Max", "org_member", {{"shop", "viewer"}});
    Person eve = server.colleague(ann, "Eve", "org_member", {{"default", "viewer"}});
    Person out = server.somebody("Out");
    REQUIRE(ann.patch(old_org + "/teams/shop", slug("store")).status == 200);
    REQUIRE(ann.patch(old_org, slug("acme")).status == 200);
    const std::string org = " The slug of the organization is acme now.";
    const std::string team = " The slug of the team is store now.";
    const auto writes = [](Person& who, const std::string& org_path, const std::string& slug) {
      const std::string path = org_path + "/teams/" + slug;
      return std::vector<Reply>{
          who.patch(path, named("X")), who.del(path),
          who.post(path + "/deployments", image_body("web")),
          who.put(path + "/members/" + who.id, Json::object({{"role", "viewer"}}))};
    };
    const auto check = [&](const std::vector<Reply>& replies, const std::string& ends) {
      for (const Reply& reply : replies) {
        CAPTURE(reply.body);
        CHECK(reply.status == 404);
        CHECK(reply.json().text("code") == "not_found");
        const std::string detail(reply.json().text("detail"));
        CHECK(detail == std::string("There is nothing here that you can see.") +
                            (ends.empty() ? "" : " Nothing is changed under a slug of before.") +
                            ends);
      }
    };
    const std::string new_org = "/api/v1/orgs/acme";
    for (Person* who : {&ann, &max}) {
      check(writes(*who, new_org, "shop"), team);
      check(writes(*who, old_org, "shop"), org + team);
      check(writes(*who, old_org, "store"), org);
      check(writes(*who, new_org, "no-such"), "");
    }
    check({ann.patch(old_org, named("X")), ann.post(old_org + "/teams", named("Y"))}, org);
    // Who does not see the team learns of the organization alone, and who is in neither of nothing.
    check(writes(eve, new_org, "shop"), "");
    check(writes(eve, old_org, "shop"), org);
    for (const char* name : {"shop", "store"}) check(writes(out, old_org, name), "");
    check({out.patch(old_org, named("X"))}, "");
  });
}

TEST_CASE(
    "administrators look at an organization under a slug of before, and are led to that of now") {
  on_both([](Server& server) {
    Person root = server.administrator();
    Person ann = server.somebody("Ann");
    Person out = server.somebody("Out");
    const std::string old = "/api/v1/platform/orgs/" + ann.org;
    REQUIRE(ann.patch(ann.org_path(), slug("acme")).status == 200);
    const std::string preview = "/subscription/preview?plan=business";
    CHECK(root.get(old + preview).json() ==
          root.get("/api/v1/platform/orgs/acme" + preview).json());
    const auto writes = [&](Person& who, const std::string& org) {
      return std::vector<Reply>{
          who.put(org + "/subscription", Json::object({{"plan", "business"}})),
          who.put(org + "/suspension", Json::object({{"reason", "Bills."}})),
          who.del(org + "/suspension"),
          who.put(org + "/owner", Json::object({{"user", out.id}, {"reason", "Gone."}}))};
    };
    const auto check = [&](const std::vector<Reply>& replies, const std::string& ends) {
      for (const Reply& reply : replies) {
        CAPTURE(reply.body);
        CHECK(reply.status == 404);
        CHECK(reply.json().text("code") == "not_found");
        CHECK(reply.json().text("detail") == "There is nothing here that you can see." + ends);
      }
    };
    check(writes(root, old),
          " Nothing is changed under a slug of before. The slug of the organization is acme now.");
    check(writes(root, "/api/v1/platform/orgs/no-such"), "");
    // Not the organization's own people, and nobody else.
    for (Person* who : {&ann, &out}) {
      check(writes(*who, old), "");
      check({who->get(old + preview)}, "");
    }
    CHECK(ann.get("/api/v1/orgs/acme").json().text("plan") == "free");
  });
}

TEST_CASE("an export of a team costs as much under a slug of before") {
  Server server;
  Person ann = server.somebody("Ann");
  const auto left = [](const Reply& reply) {
    const std::string said = reply.header("ratelimit").value_or("");
    const std::size_t at = said.rfind("r=");
    REQUIRE(at != std::string::npos);
    return std::stoi(said.substr(at + 2));
  };
  const std::string old_path = ann.team_path();
  REQUIRE(ann.patch(old_path, slug("core")).status == 200);
  const int before = left(ann.post(ann.org_path() + "/teams", Json::object()));
  REQUIRE(ann.get(old_path + "/access-review/export").status == 200);
  const int after = left(ann.post(ann.org_path() + "/teams", Json::object()));
  CAPTURE(before);
  CAPTURE(after);
  // What the export costs, and the write that asks what is left; a part of one may be back by then.
  CHECK(before - after >= 30);
  CHECK(before - after <= 31);
}

TEST_CASE("after 90 days a slug that a team had is free, and with the team at once") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  const std::string teams = ann.org_path() + "/teams";
  REQUIRE(ann.post(teams, named("Shop")).status == 201);
  REQUIRE(ann.patch(teams + "/shop", slug("store")).status == 200);
  REQUIRE(ann.post(teams, named("Ops")).status == 201);
  REQUIRE(ann.patch(teams + "/ops", slug("base")).status == 200);
  REQUIRE(ann.del(teams + "/base").status == 204);
  CHECK(ann.get(teams + "/ops").status == 404);
  CHECK(ann.post(teams, named("Ops")).status == 201);

  const auto on_day = [&](Duration after) {
    server.clock().advance(after);
    REQUIRE(ann.post("/api/v1/auth/login",
                     Json::object({{"email", ann.email}, {"password", kPassword}}))
                .status == 200);
  };
  on_day(days(90) - minutes(1));
  CHECK(ann.get(teams + "/shop").status == 200);
  CHECK(ann.post(teams, named("Shop")).status == 409);
  on_day(minutes(1));
  CHECK(ann.get(teams + "/shop").status == 404);
  REQUIRE(ann.post(teams, named("Shop")).status == 201);
  CHECK(ann.get(teams + "/shop").json().text("name") == "Shop");
}

TEST_CASE("a team gives up ten slugs and no more until one of them is free again") {
  Server server;
  Person ann = server.somebody("Ann");
  const std::string team =
      ann.org_path() + "/teams/" + std::string(ann.get(ann.team_path()).json().text("id"));
  for (int i = 0; i < 10; ++i)
    REQUIRE(ann.patch(team, slug("name-" + std::to_string(i))).status == 200);
  const Reply refused = ann.patch(team, slug("one-more"));
  CHECK(refused.status == 429);
  CHECK(refused.header("retry-after"));
  CHECK(ann.get(team).json().text("slug") == "name-9");
}
