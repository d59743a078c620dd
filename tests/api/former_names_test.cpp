// What an organization sees of people who have left it.
#include <doctest/doctest.h>

#include "tests/api/audit_rows.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

Json mails_for(const char* address) {
  return Json::object({{"invitations", Json::array({Json::object({{"email", address}})})}});
}

// Everything that names somebody who did something, as the owner reads it.
std::vector<std::pair<std::string, std::string>> seen_by(Person& owner, const std::string& review) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string& path :
       {owner.deployments_path(), owner.deployment_path("web"),
        owner.org_path() + "/invitations?state=all", owner.org_path() + "/ownership-offers",
        owner.org_path() + "/access-reviews", review, review + "/rows", owner.org_path() + "/audit",
        owner.org_path() + "/audit/export", owner.org_path() + "/access-review",
        owner.org_path() + "/access-review/export", owner.org_path() + "/members",
        owner.team_path() + "/members"}) {
    const Reply reply = owner.get(path);
    CHECK(reply.status == 200);
    out.emplace_back(path, reply.body);
  }
  return out;
}

}  // namespace

TEST_CASE("an organization is not told what those who left it are called now") {
  on_both([](Server& server) {
    Person ann = server.somebody("Ann");
    server.raise(ann, "enterprise");
    Person abe = server.colleague(ann, "Abe", "org_admin", {{"default", "team_admin"}});
    Person max = server.colleague(ann, "Max", "org_member", {{"default", "viewer"}});
    // Abe is in whatever keeps who did something: as its author, its target and who gave a right.
    abe.deploy("web");
    const Reply invited = abe.post(ann.org_path() + "/invitations", mails_for("eve@example.com"));
    REQUIRE(invited.status == 200);
    const std::string invitation(
        invited.json().at("results").as_array()[0].text("invitation", "id"));
    REQUIRE(ann.del(ann.org_path() + "/invitations/" + invitation).status == 204);
    const Reply offered =
        ann.post(ann.org_path() + "/ownership-offers", Json::object({{"user", abe.id}}));
    REQUIRE(offered.status == 201);
    REQUIRE(abe.poke(ann.org_path() + "/ownership-offers/" +
                     std::string(offered.json().text("id")) + "/decline")
                .status == 200);
    REQUIRE(
        abe.patch(ann.org_path() + "/members/" + max.id, Json::object({{"org_role", "org_admin"}}))
            .status == 200);
    const Reply started = abe.poke(ann.org_path() + "/access-review");
    REQUIRE(started.status == 201);
    const std::string review =
        ann.org_path() + "/access-reviews/" + std::string(started.json().text("id"));
    REQUIRE(abe.put(review + "/rows/1", Json::object({{"decision", "confirmed"}})).status == 200);
    REQUIRE(abe.poke(review + "/finish").status == 200);
    for (const auto& [path, body] : seen_by(ann, review))
      CHECK_MESSAGE(body.find("Abe") != std::string::npos, path);

    REQUIRE(ann.del(ann.org_path() + "/members/" + abe.id).status == 204);
    server.execute("UPDATE users SET name = 'Abelard', email = 'abelard@elsewhere.example' " +
                   std::string("WHERE id = '") + abe.id + "'");
    for (const auto& [path, body] : seen_by(ann, review)) {
      CHECK_MESSAGE(body.find("Abe") == std::string::npos, path);
      CHECK_MESSAGE(body.find("elsewhere.example") == std::string::npos, path);
    }
    const Json author = ann.get(ann.deployment_path("web")).json().at("created_by");
    CHECK(author.text("id") == abe.id);
    CHECK(author.at("name").is_null());
  });
}

TEST_CASE("an expired invitation names nobody who has left") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  Person abe = server.colleague(ann, "Abe", "org_admin");
  const std::string token = invited(server, abe, "eve@example.com");
  server.execute("UPDATE invitations SET state = 'expired', expires_at = 1, settled_at = 1");
  Person eve = server.nobody();
  const auto looked = [&] {
    return eve.post("/api/v1/invitations/lookup", Json::object({{"token", token}}));
  };
  CHECK(looked().json().text("invited_by", "name") == "Abe");
  REQUIRE(ann.del(ann.org_path() + "/members/" + abe.id).status == 204);
  const Reply later = looked();
  REQUIRE(later.status == 200);
  CHECK(later.json().text("state") == "expired");
  CHECK(later.json().at("invited_by", "name").is_null());
  CHECK(later.body.find("Abe") == std::string::npos);
}
