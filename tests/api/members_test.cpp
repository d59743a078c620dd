#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

Json org_role(const std::string& name) { return Json::object({{"org_role", name}}); }

// Ann owns; Abe and Ada administer; Max is a member.
struct Organization {
  Server server;
  Person ann = server.somebody("Ann");
  Person abe = server.nobody(), ada = abe, max = abe;
  Organization() {
    server.raise(ann, "business");
    abe = server.colleague(ann, "Abe", "org_admin");
    ada = server.colleague(ann, "Ada", "org_admin");
    max = server.colleague(ann, "Max", "org_member", {{"default", "developer"}});
  }
  std::string members(const std::string& person = {}) const {
    return ann.org_path() + "/members" + (person.empty() ? "" : "/" + person);
  }
  static std::vector<std::string> names(const Json& list) {
    std::vector<std::string> out;
    for (const Json& item : list.at("items").as_array())
      out.emplace_back(item.text("user", "name"));
    return out;
  }
  std::string role_of(const Person& who) {
    const Reply reply = ann.get(members(who.id));
    return reply.status == 200 ? std::string(reply.json().text("org_role")) : "";
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(Organization, "administrators see who is in the organization, with teams") {
  const Json list = abe.get(members()).json();
  CHECK(names(list) == Names{"Ann", "Abe", "Ada", "Max"});
  const Json max_row = list.at("items").as_array()[3];
  CHECK(max_row.text("org_role") == "org_member");
  CHECK(max_row.at("teams").as_array().size() == 1);
  CHECK(max_row.at("teams").as_array()[0].text("team") == "default");
  CHECK(max_row.at("teams").as_array()[0].text("role") == "developer");
  CHECK(abe.get(members(max.email)).json() == max_row);
  CHECK(max.get(members()).status == 403);
  CHECK(max.get(members(ann.id)).status == 403);
  CHECK(max.get(members("nobody@example.com")).status == 403);
  CHECK(abe.get(members("nobody@example.com")).status == 404);
  CHECK(ann.used("members.max") == 4);
}

TEST_CASE_FIXTURE(Organization, "people of an organization come in pages, by name and by address") {
  for (const char* limit : {"1", "2", "3"}) {
    Names walked;
    std::string cursor;
    do {
      const Json page =
          ann.get(members() + "?limit=" + limit + (cursor.empty() ? "" : "&cursor=" + cursor))
              .json();
      for (const auto& name : names(page)) walked.push_back(name);
      cursor = page.text("next_cursor");
    } while (!cursor.empty());
    CHECK(walked == Names{"Ann", "Abe", "Ada", "Max"});
  }
  const Json first = ann.get(members() + "?name=a&limit=2").json();
  CHECK(names(first) == Names{"Ann", "Abe"});
  const std::string cursor(first.text("next_cursor"));
  CHECK(names(ann.get(members() + "?name=a&limit=2&cursor=" + cursor).json()) == Names{"Ada"});
  CHECK(ann.get(members() + "?name=m&cursor=" + cursor).status == 422);
  CHECK(names(ann.get(members() + "?email=" + max.email).json()) == Names{"Max"});
  Person eve = server.somebody("Eve");
  for (const std::string& none : {eve.email, std::string("nobody@example.com"), max.id})
    CHECK(names(ann.get(members() + "?email=" + none).json()).empty());
  CHECK(max.get(members() + "?email=" + eve.email).status == 403);
}

TEST_CASE_FIXTURE(Organization, "when somebody was last here is known after the session is gone") {
  CHECK(ann.get(members(max.id)).json().at("last_active").is_string());
  const Json before = ann.get(members(max.id)).json();
  REQUIRE(max.poke("/api/v1/auth/logout").status == 204);
  CHECK(ann.get(members(max.id)).json() == before);
  const auto seen = parse_rfc3339(before.text("last_active"));
  REQUIRE(seen);
  CHECK(SystemClock().now() - *seen < minutes(5));
}

TEST_CASE_FIXTURE(Organization, "administrators set roles up to their own, and never the owner's") {
  CHECK(abe.patch(members(max.id), org_role("org_admin")).json().text("org_role") == "org_admin");
  // From the next request on.
  CHECK(max.get(members()).status == 200);
  CHECK(max.patch(members(ada.id), org_role("org_member")).status == 200);
  CHECK(ada.get(members()).status == 403);
  CHECK(ada.patch(members(max.id), org_role("org_member")).status == 403);

  for (const char* role : {"org_admin", "org_member"}) {
    const Reply refused = abe.patch(members(ann.id), org_role(role));
    CHECK(refused.status == 403);
    CHECK(refused.json().text("code") == "permission_denied");
  }
  for (Person* who : {&abe, &ada, &max})
    for (const Person& whom : {abe, ada, max})
      CHECK(who->patch(members(whom.id), org_role("org_owner")).status == 403);
  CHECK(ann.patch(members(abe.id), org_role("org_owner")).json().text("code") ==
        "transfer_required");
  for (const char* role : {"org_admin", "org_member"})
    CHECK(ann.patch(members(ann.id), org_role(role)).json().text("code") == "last_owner");
  CHECK(role_of(ann) == "org_owner");
  CHECK(role_of(abe) == "org_admin");
}

TEST_CASE_FIXTURE(Organization, "lowering one's own role has to be meant") {
  const Reply refused = abe.patch(members(abe.id), org_role("org_member"));
  CHECK(refused.status == 409);
  CHECK(refused.json().text("code") == "confirmation_required");
  CHECK(role_of(abe) == "org_admin");
  Json meant = org_role("org_member");
  meant.set("confirm", true);
  CHECK(abe.patch(members(abe.id), meant).status == 200);
  CHECK(abe.patch(members(abe.id), org_role("org_admin")).status == 403);
}

TEST_CASE_FIXTURE(Organization,
                  "a role in the organization is not changed over somebody else's change") {
  const std::string seen = *ann.get(members(max.id)).header("etag");
  REQUIRE(ann.patch(members(max.id), org_role("org_admin"), {{"If-Match", seen}}).status == 200);
  const Reply stale = abe.patch(members(max.id), org_role("org_member"), {{"If-Match", seen}});
  CHECK(stale.status == 412);
  CHECK(stale.json().at("current").text("org_role") == "org_admin");
  // A role in a team is part of what was seen.
  const std::string now = *ann.get(members(max.id)).header("etag");
  REQUIRE(
      ann.put(ann.team_path() + "/members/" + max.id, Json::object({{"role", "viewer"}})).status ==
      200);
  CHECK(abe.patch(members(max.id), org_role("org_member"), {{"If-Match", now}}).status == 412);
}

TEST_CASE_FIXTURE(Organization,
                  "what is wrong with a role is told, and a body tells a stranger nothing") {
  Person eve = server.somebody("Eve");
  for (const char* body : {R"({"org_role":"viewer"})", R"({"org_role":null})", R"({"org_role":1})",
                           R"({"role":"org_admin"})", R"({"org_role":"org_admin","confirm":1})"}) {
    CAPTURE(body);
    const auto parsed = parse_json(body);
    REQUIRE(parsed);
    CHECK(ann.patch(members(max.id), *parsed).status == 422);
    CHECK(max.patch(members(ada.id), *parsed).status == 403);
    CHECK(eve.patch(members(max.id), *parsed).status == 404);
  }
  // Nothing asked for, nothing changed.
  CHECK(ann.patch(members(max.id), Json::object()).json().text("org_role") == "org_member");
  for (const std::string& who : {eve.id, eve.email, std::string("nobody@example.com")})
    CHECK(ann.patch(members(who), org_role("org_admin")).status == 404);
}

TEST_CASE_FIXTURE(Organization,
                  "a change of somebody's roles ends their streams within 5 seconds") {
  const auto opened = [&](Person& who) {
    auto stream = who.stream(ann.org_path() + "/stream");
    REQUIRE(stream->head().status == 200);
    REQUIRE(stream->opened(seconds(30)));
    return stream;
  };
  const auto other = opened(ada);
  const auto of_team = opened(max);
  REQUIRE(
      ann.put(ann.team_path() + "/members/" + max.id, Json::object({{"role", "viewer"}})).status ==
      200);
  CHECK(of_team->ends_within(seconds(5)));
  const auto of_org = opened(max);
  REQUIRE(ann.patch(members(max.id), org_role("org_admin")).status == 200);
  CHECK(of_org->ends_within(seconds(5)));
  // Nobody else's.
  ann.deploy("web");
  const auto event = other->next(seconds(30));
  REQUIRE(event);
  CHECK(event->name == "deployment.updated");
}

TEST_CASE_FIXTURE(Organization,
                  "seats are distinct people, and the plan's number of them is the end") {
  for (int i = 0; i < 6; ++i) server.colleague(ann, "More");
  CHECK(ann.used("members.max") == 10);
  // Teams take no further seat.
  REQUIRE(
      ann.put(ann.team_path() + "/members/" + abe.id, Json::object({{"role", "viewer"}})).status ==
      200);
  CHECK(ann.used("members.max") == 10);
}
