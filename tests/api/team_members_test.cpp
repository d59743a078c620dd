#include <algorithm>

#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

constexpr const char* kNobodysId = "01939f6e-4a00-7000-8000-000000000002";

Json role(const std::string& name) { return Json::object({{"role", name}}); }

// Ann owns; Tom administers the team, Dev and Vic work in it; Max is in no team.
struct Team {
  Server server;
  Person ann = server.somebody("Ann");
  Person tom = server.nobody(), dev = tom, vic = tom, max = tom;
  Team() {
    server.raise(ann, "business");
    tom = server.colleague(ann, "Tom", "org_member", {{"default", "team_admin"}});
    dev = server.colleague(ann, "Dev", "org_member", {{"default", "developer"}});
    vic = server.colleague(ann, "Vic", "org_member", {{"default", "viewer"}});
    max = server.colleague(ann, "Max");
  }
  std::string members(const std::string& person = {}) const {
    return ann.team_path() + "/members" + (person.empty() ? "" : "/" + person);
  }
  static std::vector<std::string> names(const Json& list) {
    std::vector<std::string> out;
    for (const Json& item : list.at("items").as_array())
      out.emplace_back(item.text("user", "name"));
    return out;
  }
  std::string role_of(const Person& who) {
    const Reply reply = ann.get(members(who.id));
    return reply.status == 200 ? std::string(reply.json().text("role")) : "";
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(Team, "everybody in a team sees who is in it, and nobody else does") {
  for (Person* who : {&ann, &tom, &dev, &vic}) {
    const Reply list = who->get(members());
    REQUIRE(list.status == 200);
    CHECK(names(list.json()) == Names{"Ann", "Tom", "Dev", "Vic"});
  }
  CHECK(max.get(members()).status == 404);
  CHECK(max.get(members(dev.id)).status == 404);
  // When somebody was last here is told to those who manage the team.
  CHECK(tom.get(members(dev.id)).json().at("last_active").is_string());
  CHECK(vic.get(members(dev.id)).json().at("last_active").is_null());
  CHECK(tom.get(members(dev.id)).json().at("allowed_actions").as_array().size() == 1);
  CHECK(dev.get(members(dev.id)).json().at("allowed_actions").as_array().empty());
}

TEST_CASE_FIXTURE(Team, "people of a team come in pages, by name and by address") {
  Names walked;
  std::string cursor;
  do {
    const Json page =
        tom.get(members() + "?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
    for (const auto& name : names(page)) walked.push_back(name);
    cursor = page.text("next_cursor");
  } while (!cursor.empty());
  CHECK(walked == Names{"Ann", "Tom", "Dev", "Vic"});
  CHECK(names(tom.get(members() + "?name=d").json()) == Names{"Dev"});
  CHECK(names(tom.get(members() + "?name=DE").json()) == Names{"Dev"});
  CHECK(names(tom.get(members() + "?name=%25").json()).empty());
  CHECK(names(tom.get(members() + "?email=" + dev.email).json()) == Names{"Dev"});
  for (const std::string& none :
       {max.email, std::string("nobody@example.com"), dev.id, std::string("Dev"), std::string()})
    CHECK(names(tom.get(members() + "?email=" + none).json()).empty());
}

TEST_CASE_FIXTURE(Team,
                  "a team's administrator adds members of the organization and sets their roles") {
  const Reply added = tom.put(members(max.id), role("developer"));
  REQUIRE(added.status == 200);
  CHECK(added.json().text("role") == "developer");
  CHECK(added.json().text("user", "id") == max.id);
  // From the very next request on.
  CHECK(max.get(ann.deployments_path()).status == 200);
  CHECK(max.get("/api/v1/me").body.find("\"developer\"") != std::string::npos);

  CHECK(tom.put(members(max.email), role("team_admin")).json().text("role") == "team_admin");
  CHECK(max.put(members(vic.id), role("developer")).status == 200);
  // Without a role it is the weakest one.
  CHECK(tom.put(members(max.id), Json::object()).json().text("role") == "viewer");
  CHECK(max.put(members(vic.id), role("viewer")).status == 403);
  CHECK(tom.patch(members(max.id), role("developer")).json().text("role") == "developer");
  CHECK(tom.patch(members(max.id), Json::object()).json().text("role") == "developer");

  CHECK(tom.del(members(max.id)).status == 204);
  CHECK(tom.del(members(max.id)).status == 404);
  CHECK(tom.patch(members(max.id), role("developer")).status == 404);
  CHECK(max.get(ann.deployments_path()).status == 404);
  // Still in the organization.
  CHECK(max.get(ann.org_path()).status == 200);
}

TEST_CASE_FIXTURE(Team, "a stranger, nobody and nonsense are the same 404 to who adds people") {
  Person eve = server.somebody("Eve");
  Json first;
  for (const std::string& who :
       {eve.id, eve.email, std::string(kNobodysId), std::string("nobody@example.com"),
        std::string("x"), std::string("%F0%9F%98%80"), std::string("a@b@c"),
        std::string(400, 'a')}) {
    CAPTURE(who);
    for (const Reply& reply : {tom.put(members(who), role("viewer")), tom.del(members(who)),
                               tom.patch(members(who), role("viewer"))}) {
      CHECK(reply.status == 404);
      const Json body = reply.json_without_trace();
      if (first.is_null()) first = body;
      CHECK(body == first);
    }
  }
  CHECK(eve.get(ann.org_path()).status == 404);
}

TEST_CASE_FIXTURE(Team, "developers and viewers change nothing about a team's people") {
  for (Person* who : {&dev, &vic}) {
    for (const Reply& reply :
         {who->put(members(max.id), role("viewer")), who->put(members(who->id), role("team_admin")),
          who->patch(members(tom.id), role("viewer")), who->del(members(tom.id)),
          who->get(ann.team_path() + "/members/candidates?q=Max")}) {
      CHECK(reply.status == 403);
      CHECK(reply.json().text("action") == "members:manage");
    }
  }
  CHECK(role_of(tom) == "team_admin");
  CHECK(role_of(dev) == "developer");
  CHECK(role_of(vic) == "viewer");
  CHECK(role_of(max) == "");
}

TEST_CASE_FIXTURE(Team,
                  "a team's administrator has no say in another team or in the organization") {
  REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Shop"}})).status == 201);
  const std::string shop = ann.org_path() + "/teams/shop/members";
  CHECK(tom.get(shop).status == 404);
  CHECK(tom.put(shop + "/" + max.id, role("viewer")).status == 404);
  CHECK(tom.put(shop + "/" + tom.id, role("team_admin")).status == 404);
  CHECK(tom.get(shop + "/candidates?q=Max").status == 404);
  CHECK(tom.get(ann.org_path() + "/members").status == 403);
  CHECK(tom.patch(ann.org_path() + "/members/" + tom.id, Json::object({{"org_role", "org_admin"}}))
            .status == 403);
  // An administrator of the organization is one of every team.
  CHECK(ann.put(shop + "/" + tom.id, role("team_admin")).status == 200);
  CHECK(tom.put(shop + "/" + max.id, role("viewer")).status == 200);
}

TEST_CASE_FIXTURE(Team, "candidates are members of the organization, by letters or exact address") {
  Person eve = server.somebody("Maxine");
  const std::string path = ann.team_path() + "/members/candidates?q=";
  const Json found = tom.get(path + "ma").json();
  REQUIRE(found.at("items").as_array().size() == 1);
  CHECK(found.at("items").as_array()[0].text("user", "id") == max.id);
  CHECK(found.at("items").as_array()[0].at("role").is_null());
  CHECK(tom.get(path + "Dev").json().at("items").as_array()[0].text("role") == "developer");
  CHECK(names(tom.get(path + max.email).json()) == Names{"Max"});
  for (const std::string& none :
       {eve.email, std::string("Maxi"), std::string("ax"), std::string("nobody@example.com"),
        std::string("@@"), std::string("%25%25")})
    CHECK(names(tom.get(path + none).json()).empty());
  for (const std::string& bad : {std::string(), std::string("M"), std::string(101, 'M')})
    CHECK(tom.get(path + bad).status == 422);
  CHECK(tom.get(ann.team_path() + "/members/candidates").status == 422);
}

TEST_CASE_FIXTURE(Team, "lowering one's own role in a team has to be meant") {
  const Reply refused = tom.put(members(tom.id), role("viewer"));
  CHECK(refused.status == 409);
  CHECK(refused.json().text("code") == "confirmation_required");
  CHECK(tom.del(members(tom.id)).json().text("code") == "confirmation_required");
  CHECK(tom.del(members(tom.id) + "?confirm=maybe").status == 422);
  CHECK(role_of(tom) == "team_admin");
  Json meant = role("developer");
  meant.set("confirm", true);
  CHECK(tom.put(members(tom.id), meant).status == 200);
  CHECK(tom.put(members(tom.id), role("team_admin")).status == 403);
  CHECK(ann.put(members(tom.id), role("team_admin")).status == 200);
  CHECK(tom.del(members(tom.id) + "?confirm=true").status == 204);
  CHECK(tom.get(members()).status == 404);
}

TEST_CASE_FIXTURE(Team, "a role that somebody else changed is not changed over it") {
  const Reply before = tom.get(members(dev.id));
  const std::string seen = *before.header("etag");
  REQUIRE(tom.put(members(dev.id), role("viewer"), {{"If-Match", seen}}).status == 200);
  const Reply stale = tom.put(members(dev.id), role("team_admin"), {{"If-Match", seen}});
  CHECK(stale.status == 412);
  CHECK(stale.json().at("current").text("role") == "viewer");
  CHECK(tom.del(members(dev.id), {{"If-Match", seen}}).status == 412);
  CHECK(tom.put(members(max.id), role("viewer"), {{"If-Match", seen}}).status == 404);
  CHECK(role_of(dev) == "viewer");
}

TEST_CASE_FIXTURE(Team, "what is wrong with a change of role is told, and changes nothing") {
  for (const char* body : {R"({"role":"owner"})", R"({"role":"org_admin"})", R"({"role":7})",
                           R"({"role":null})", R"({"role":["viewer"]})", R"({"roles":"viewer"})",
                           R"({"role":"viewer","confirm":"yes"})"}) {
    CAPTURE(body);
    const auto parsed = parse_json(body);
    REQUIRE(parsed);
    CHECK(tom.put(members(dev.id), *parsed).status == 422);
    CHECK(tom.patch(members(dev.id), *parsed).status == 422);
    // A body tells nothing to who may not do it.
    CHECK(vic.put(members(dev.id), *parsed).status == 403);
    CHECK(max.put(members(dev.id), *parsed).status == 404);
  }
  CHECK(role_of(dev) == "developer");
}
