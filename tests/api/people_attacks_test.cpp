// What people try who are outside, or not inside any more.
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

constexpr const char* kNobodysId = "01939f6e-4a00-7000-8000-000000000002";

// Two organizations that call everything the same: an owner Ann, a member Max, a team default.
struct Twins {
  Server server;
  Person ann = server.somebody("Ann"), eve = server.somebody("Ann");
  Person max = server.nobody(), other = max;
  Twins() {
    server.raise(ann, "business");
    server.raise(eve, "business");
    max = server.colleague(ann, "Max", "org_admin", {{"default", "team_admin"}});
    other = server.colleague(eve, "Max", "org_admin", {{"default", "team_admin"}});
  }
  static Json user(const std::string& who) { return Json::object({{"user", who}}); }
  // Every act of Eve's, in her own organization, on somebody who is not in it.
  std::vector<Reply> tries_of_eve(const std::string& who) {
    const std::string member = eve.org_path() + "/members/" + who;
    const std::string in_team = eve.team_path() + "/members/" + who;
    return {eve.get(member),
            eve.patch(member, Json::object({{"org_role", "org_member"}})),
            eve.del(member),
            eve.del(member + "?confirm=true"),
            eve.get(member + "/removal"),
            eve.poke(member + "/reinstate"),
            eve.get(in_team),
            eve.put(in_team, Json::object({{"role", "viewer"}})),
            eve.patch(in_team, Json::object({{"role", "viewer"}})),
            eve.del(in_team),
            eve.post(eve.org_path() + "/ownership-offers", user(who)),
            eve.get(eve.org_path() + "/members?email=" + who),
            eve.get(eve.team_path() + "/members?email=" + who),
            eve.get(eve.team_path() + "/members/candidates?q=" + who)};
  }
  void check_same_as_nobody() {
    for (const auto& [known, unknown] :
         {std::pair<std::string, std::string>(max.id, kNobodysId),
          std::pair<std::string, std::string>(max.email, "nobody@example.com")}) {
      const auto theirs = tries_of_eve(known), nobodys = tries_of_eve(unknown);
      for (std::size_t i = 0; i < theirs.size(); ++i) {
        CAPTURE(i);
        CHECK(theirs[i].status == nobodys[i].status);
        if (theirs[i].status == 200)
          CHECK(theirs[i].json().at("items").as_array().empty());
        else
          CHECK(theirs[i].json_without_trace() == nobodys[i].json_without_trace());
      }
    }
  }
};

}  // namespace

TEST_CASE_FIXTURE(Twins, "who owns another organization with the same names reaches nobody here") {
  const Json before = ann.get(ann.org_path() + "/members").json();
  check_same_as_nobody();
  CHECK(ann.get(ann.org_path() + "/members").json() == before);
  // Not when they are on their way out either: what they had is their old organization's to give.
  REQUIRE(ann.del(ann.org_path() + "/members/" + max.id).status == 204);
  check_same_as_nobody();
  CHECK(max.get(eve.org_path()).status == 404);
  CHECK(ann.poke(ann.org_path() + "/members/" + max.id + "/reinstate").status == 200);
}

TEST_CASE_FIXTURE(Twins, "an offer and a page of one organization are nothing in another") {
  const Reply made = ann.post(ann.org_path() + "/ownership-offers", user(max.id));
  REQUIRE(made.status == 201);
  const std::string id(made.json().text("id"));
  for (Person* who : {&eve, &other})
    for (const char* act : {"accept", "decline"})
      CHECK(who->poke(eve.org_path() + "/ownership-offers/" + id + "/" + act).status == 404);
  CHECK(eve.poke(eve.org_path() + "/ownership-offers/" + id + "/cancel").status == 404);
  CHECK(eve.get(eve.org_path() + "/ownership-offers").json().at("items").as_array().empty());
  // Its target is nobody in the other one either.
  CHECK(max.poke(eve.org_path() + "/ownership-offers/" + id + "/accept").status == 404);
  const std::string cursor(ann.get(ann.org_path() + "/members?limit=1").json().text("next_cursor"));
  REQUIRE_FALSE(cursor.empty());
  CHECK(eve.get(eve.org_path() + "/members?limit=1&cursor=" + cursor).status == 422);
  CHECK(max.poke(ann.org_path() + "/ownership-offers/" + id + "/accept").status == 200);
}

TEST_CASE_FIXTURE(Twins, "an answer that is kept for a repeat is not given to who lost the right") {
  const std::string offers = ann.org_path() + "/ownership-offers";
  const Fields key = {{"Idempotency-Key", "the-same"}};
  const Reply made = ann.post(offers, user(max.id), key);
  REQUIRE(made.status == 201);
  CHECK(ann.post(offers, user(max.id), key).json() == made.json());
  REQUIRE(max.poke(offers + "/" + std::string(made.json().text("id")) + "/accept").status == 200);
  CHECK(ann.post(offers, user(max.id), key).status == 403);
  REQUIRE(max.del(ann.org_path() + "/members/" + ann.id).status == 204);
  CHECK(ann.post(offers, user(max.id), key).status == 404);
}

TEST_CASE_FIXTURE(Twins, "roles are written one way, and fields of other shapes change nothing") {
  const std::string member = ann.org_path() + "/members/" + max.id;
  const std::string in_team = ann.team_path() + "/members/" + max.id;
  for (const char* role : {"ORG_MEMBER", "org_member ", " org_member", "org_member\\u0000",
                           "org-member", "owner", "platform_admin", "client_admin", "system", ""}) {
    CAPTURE(role);
    const auto body = parse_json(R"({"org_role":")" + std::string(role) + R"("})");
    REQUIRE(body);
    CHECK(ann.patch(member, *body).status == 422);
    const auto of_team = parse_json(R"({"role":")" + std::string(role) + R"("})");
    CHECK(ann.put(in_team, *of_team).status == 422);
  }
  for (const char* text :
       {R"({"org_role":["org_member"]})", R"({"org_role":{"org_role":"org_member"}})",
        R"({"org_role":"org_member","user":"x"})", R"({"org_role":"org_member","version":1})"}) {
    CAPTURE(text);
    const auto body = parse_json(text);
    REQUIRE(body);
    CHECK(ann.patch(member, *body).status == 422);
  }
  CHECK(ann.get(member).json().text("org_role") == "org_admin");
  CHECK(ann.get(in_team).json().text("role") == "team_admin");
}
