#include <map>

#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

// Ann owns, Abe administers, Max develops in two teams.
struct House {
  Server server;
  Person ann = server.somebody("Ann");
  Person abe = server.nobody(), max = abe;
  House() {
    server.raise(ann, "business");
    REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Shop"}})).status == 201);
    abe = server.colleague(ann, "Abe", "org_admin");
    max = server.colleague(ann, "Max", "org_member",
                           {{"default", "developer"}, {"shop", "team_admin"}});
  }
  std::string member(const Person& who) const { return ann.org_path() + "/members/" + who.id; }
  static std::string code(const Reply& reply) { return std::string(reply.json().text("code")); }
};

}  // namespace

TEST_CASE_FIXTURE(House,
                  "a removal ends everything in the organization at once, and nothing else") {
  const auto stream = max.stream(ann.org_path() + "/stream");
  REQUIRE(stream->opened(seconds(30)));
  max.deploy("web");
  CHECK(ann.used("members.max") == 3);
  CHECK(abe.del(member(max)).status == 204);

  for (const std::string& path :
       {ann.org_path(), ann.org_path() + "/usage", ann.org_path() + "/teams", ann.team_path(),
        ann.deployments_path(), ann.deployment_path("web"), ann.org_path() + "/stream"})
    CHECK(max.get(path).status == 404);
  CHECK(stream->ends_within(seconds(5)));
  // The account, its session and its own organization stay.
  CHECK(max.get("/api/v1/me").json().at("organizations").as_array().size() == 1);

  CHECK(ann.get(member(max)).status == 404);
  CHECK(ann.get(ann.team_path() + "/members/" + max.id).status == 404);
  CHECK(ann.used("members.max") == 2);
  CHECK(abe.del(member(max)).status == 404);
  // What they deployed goes on, and says who made it.
  const Json web = ann.get(ann.deployment_path("web")).json();
  CHECK(web.text("created_by", "id") == max.id);
  CHECK(ann.used("deployments.max") == 1);
}

TEST_CASE_FIXTURE(House, "what a removal would do is told before, and told to who may do it") {
  max.deploy("one");
  max.deploy("two");
  REQUIRE(max.del(max.deployment_path("two")).status == 202);
  const Json preview = abe.get(member(max) + "/removal").json();
  CHECK(preview.at("member") == abe.get(member(max)).json());
  std::map<std::string, std::string> effects;
  for (const Json& effect : preview.at("effects").as_array())
    effects[std::string(effect.text("thing"))] =
        std::string(effect.text("outcome")) + " " + effect.at("count").dump();
  CHECK(effects["streams"] == "closed null");
  CHECK(effects["deployments"] == "kept 1");
  CHECK(effects["team_roles"] == "removed 2");
  CHECK(effects["seats"] == "freed 1");
  // Nothing happened.
  CHECK(max.get(ann.org_path()).status == 200);
  CHECK(max.get(member(abe) + "/removal").status == 403);
  CHECK(abe.get(member(ann) + "/removal").status == 403);
  CHECK(code(ann.get(member(ann) + "/removal")) == "last_owner");
  CHECK(abe.get(ann.org_path() + "/members/nobody@example.com/removal").status == 404);
}

TEST_CASE_FIXTURE(House, "the owner is removed by nobody and cannot leave") {
  CHECK(abe.del(member(ann)).status == 403);
  CHECK(max.del(member(ann)).status == 403);
  CHECK(code(ann.del(member(ann))) == "last_owner");
  CHECK(code(ann.del(member(ann) + "?confirm=true")) == "last_owner");
  CHECK(code(ann.poke(ann.org_path() + "/leave")) == "last_owner");
  CHECK(ann.get(member(ann)).json().text("org_role") == "org_owner");
}

TEST_CASE_FIXTURE(House,
                  "anybody else leaves when they want, and removes themselves only if meant") {
  CHECK(max.del(member(max)).status == 403);
  CHECK(max.poke(ann.org_path() + "/leave").status == 204);
  CHECK(max.get(ann.org_path()).status == 404);
  CHECK(max.poke(ann.org_path() + "/leave").status == 404);
  CHECK(code(abe.del(member(abe))) == "confirmation_required");
  CHECK(abe.del(member(abe) + "?confirm=true").status == 204);
  CHECK(abe.get(ann.org_path()).status == 404);
  CHECK(ann.used("members.max") == 1);
}

TEST_CASE_FIXTURE(
    House, "who was removed gets back role and teams, and the teams that are gone are named") {
  REQUIRE(ann.del(member(abe)).status == 204);
  REQUIRE(ann.del(member(max)).status == 204);
  REQUIRE(ann.del(ann.org_path() + "/teams/shop").status == 204);
  const std::string back = member(max) + "/reinstate";
  CHECK(max.poke(back).status == 404);
  const Reply reply = ann.poke(back);
  REQUIRE(reply.status == 200);
  CHECK(reply.json().at("member") == ann.get(member(max)).json());
  CHECK(reply.json().at("left_out").as_array().size() == 1);
  CHECK(reply.json().at("left_out").as_array()[0].text("team") == "shop");
  CHECK(max.get(ann.deployments_path()).status == 200);
  // Once more changes nothing.
  CHECK(ann.poke(back).json().at("left_out").as_array().empty());
  CHECK(ann.used("members.max") == 2);
  // By address, with the role that there was.
  CHECK(ann.poke(ann.org_path() + "/members/" + abe.email + "/reinstate")
            .json()
            .at("member")
            .text("org_role") == "org_admin");
  Person eve = server.somebody("Eve");
  for (const std::string& who : {eve.id, eve.email, std::string("nobody@example.com")})
    CHECK(code(ann.poke(ann.org_path() + "/members/" + who + "/reinstate")) == "not_removed_here");
  // One answer for whoever was not removed here, which says what to do, and one for what is neither
  // an id nor an address.
  const Reply nobody = ann.poke(ann.org_path() + "/members/nobody@example.com/reinstate");
  CHECK(nobody.status == 404);
  CHECK(nobody.json_without_trace() ==
        ann.poke(ann.org_path() + "/members/" + eve.email + "/reinstate").json_without_trace());
  CHECK(nobody.json().text("detail").find("invite") != std::string::npos);
  const Reply wrong = ann.poke(ann.org_path() + "/members/nobody/reinstate");
  CHECK(wrong.status == 404);
  CHECK(code(wrong) == "not_removed_here");
  CHECK(wrong.json().text("detail").find("id or an e-mail address") != std::string::npos);
  // Who may not take anybody back learns none of it.
  CHECK(code(max.poke(ann.org_path() + "/members/nobody/reinstate")) == "permission_denied");
}

TEST_CASE_FIXTURE(House,
                  "who left by themselves comes back only by an invitation that they accept") {
  REQUIRE(max.poke(ann.org_path() + "/leave").status == 204);
  REQUIRE(abe.del(member(abe) + "?confirm=true").status == 204);
  for (const Person* gone : {&max, &abe})
    for (const std::string& who : {gone->id, gone->email})
      CHECK(code(ann.poke(ann.org_path() + "/members/" + who + "/reinstate")) ==
            "invitation_required");
  CHECK(ann.used("members.max") == 1);
  const Json body =
      Json::object({{"invitations", Json::array({Json::object({{"email", max.email}})})}});
  const Reply invited = ann.post(ann.org_path() + "/invitations", body);
  const std::string id(invited.json().at("results").as_array()[0].at("invitation").text("id"));
  REQUIRE(
      max.post("/api/v1/invitations/accept", Json::object({{"token", server.token_of(ann, id)}}))
          .status == 200);
  // Who is removed after that was removed.
  REQUIRE(ann.del(member(max)).status == 204);
  CHECK(ann.poke(member(max) + "/reinstate").status == 200);
}

TEST_CASE_FIXTURE(House, "who was removed is found by the address of then, and by no later one") {
  const std::string before = max.email;
  REQUIRE(ann.del(member(max)).status == 204);
  const auto move = [&](const std::string& to) {
    server.execute("UPDATE users SET email = '" + to + "' WHERE id = '" + max.id + "'");
  };
  move("later@example.com");
  const std::string members = ann.org_path() + "/members/";
  CHECK(ann.poke(members + "later@example.com/reinstate").status == 404);
  // The organization would be told the new one.
  for (const std::string& known : {before, max.id})
    CHECK(ann.poke(members + known + "/reinstate").json().text("code") == "invitation_required");
  move(before);
  const Reply back = ann.poke(members + before + "/reinstate");
  REQUIRE(back.status == 200);
  CHECK(back.json().text("member", "user", "id") == max.id);
}

TEST_CASE_FIXTURE(House, "nobody comes back over the plan's seats") {
  REQUIRE(ann.del(member(max)).status == 204);
  REQUIRE(ann.del(member(abe)).status == 204);
  server.raise(ann, "free");
  const Reply full = ann.poke(member(max) + "/reinstate");
  CHECK(full.status == 403);
  CHECK(full.json().text("feature") == "members.max");
  CHECK(ann.get(member(max)).status == 404);
  CHECK(ann.used("members.max") == 1);
}

TEST_CASE_FIXTURE(House, "a member that changed since it was read is not removed") {
  const std::string seen = *ann.get(member(max)).header("etag");
  REQUIRE(ann.patch(member(max), Json::object({{"org_role", "org_admin"}})).status == 200);
  const Reply stale = abe.del(member(max), {{"If-Match", seen}});
  CHECK(stale.status == 412);
  CHECK(stale.json().at("current").text("org_role") == "org_admin");
  CHECK(max.get(ann.org_path()).status == 200);
}

TEST_CASE_FIXTURE(
    House, "for who was removed every route of the organization is what it is for a stranger") {
  max.deploy("web");
  Person eve = server.somebody("Eve");
  REQUIRE(max.get(ann.org_path()).status == 200);
  REQUIRE(ann.del(member(max)).status == 204);
  int checked = 0;
  for (const Operation& op : server.contract().operations()) {
    if (op.pattern.find("{org}") == std::string::npos) continue;
    if (op.json->text("x-audience") == "anyone") continue;
    CAPTURE(op.id());
    const std::string target = filled(op.pattern, ann.org);
    const auto send = [&](Person& who) {
      if (op.json->find("requestBody") != nullptr)
        return who.call({op.method, target, {{"Content-Type", "application/json"}}, "{}"});
      return who.call({op.method, target, {}, std::nullopt});
    };
    const Reply theirs = send(max);
    const Reply strangers = send(eve);
    CHECK(theirs.status == 404);
    CHECK(theirs.json_without_trace() == strangers.json_without_trace());
    ++checked;
  }
  CHECK(checked > 25);
}
