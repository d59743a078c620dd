// Invitations from outside: who may ask whom, and what a link is good for.
#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include <doctest/doctest.h>

#include "domain/people/invitation_token.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

std::string invitations(const Person& who) { return who.org_path() + "/invitations"; }

Json row(const std::string& email, const Json& more = Json::object()) {
  Json out = Json::object({{"email", email}});
  merge_patch(out, more);
  return out;
}
Json body(std::initializer_list<Json> rows) {
  return Json::object({{"invitations", Json::array(rows)}});
}

// The only result of one invitation.
Json invite(Person& who, const std::string& email, const Json& more = Json::object()) {
  const Reply reply = who.post(invitations(who), body({row(email, more)}));
  REQUIRE(reply.status == 200);
  const Json results = reply.json().at("results");
  REQUIRE(results.as_array().size() == 1);
  return results.as_array()[0];
}

Json token_body(const std::string& token) { return Json::object({{"token", token}}); }

struct Scene {
  explicit Scene(const ServerOptions& options = {}) : server(options) {
    ann = std::make_unique<Person>(server.somebody("Ann"));
    server.raise(*ann, "business");
  }
  // Invited by Ann, with the token of the link.
  std::string invited(const std::string& email, const Json& more = Json::object()) {
    const Json result = invite(*ann, email, more);
    REQUIRE(result.text("result") == "invited");
    return server.token_of(*ann, std::string(result.text("invitation", "id")));
  }
  Server server;
  std::unique_ptr<Person> ann;
};

Json sign_up_body(const std::string& email, const std::string& token) {
  return Json::object(
      {{"email", email}, {"password", kPassword}, {"name", "Newcomer"}, {"invitation", token}});
}

}  // namespace

TEST_CASE_FIXTURE(Scene,
                  "an invitation shows what it gives, how its mail is, and what one may do") {
  const Json made =
      invite(*ann, "Cleo@Example.com",
             Json::object({{"org_role", "org_admin"},
                           {"teams", Json::array({Json::object({{"team", "default"}})})}}))
          .at("invitation");
  CHECK(made.text("email") == "cleo@example.com");
  CHECK(made.text("state") == "pending");
  CHECK(made.text("org_role") == "org_admin");
  CHECK(made.at("teams").as_array()[0].text("role") == "viewer");
  CHECK(made.text("invited_by", "name") == "Ann");
  CHECK(made.at("allowed_actions").as_array()[0].as_string() == "invitations:manage");
  const std::string path = invitations(*ann) + "/" + std::string(made.text("id"));
  const Reply one = ann->get(path);
  CHECK(one.status == 200);
  CHECK(one.json().at("delivery").is_object());
  CHECK(one.body.find("token") == std::string::npos);

  const std::string etag = *one.header("etag");
  const Reply changed =
      ann->patch(path, Json::object({{"org_role", "org_member"}}), {{"If-Match", etag}});
  CHECK(changed.status == 200);
  CHECK(changed.json().text("org_role") == "org_member");
  const Reply stale =
      ann->patch(path, Json::object({{"org_role", "org_admin"}}), {{"If-Match", etag}});
  CHECK(stale.status == 412);
  CHECK(stale.json().at("current").text("org_role") == "org_member");
  CHECK(ann->poke(path + "/resend").status == 429);
  CHECK(ann->del(path).status == 204);
  CHECK(ann->del(path).status == 204);
  CHECK(ann->get(path).json().text("reason") == "by_hand");
  CHECK(ann->get(invitations(*ann)).json().at("items").as_array().empty());
  CHECK(ann->get(invitations(*ann) + "?state=all").json().at("items").as_array().size() == 1);
  CHECK(ann->get(invitations(*ann) + "?state=open").status == 422);
}

TEST_CASE_FIXTURE(Scene, "all faults of all rows are told at once, and then nothing is done") {
  const Reply reply = ann->post(
      invitations(*ann), Json::object({{"expires_in_days", 31},
                                       {"also", 1},
                                       {"invitations", Json::array({row("a@example.com")})}}));
  CHECK(reply.status == 422);
  CHECK(reply.json().at("errors").as_array().size() == 2);
  const Reply rows = ann->post(
      invitations(*ann),
      Json::object(
          {{"invitations",
            Json::array(
                {row("a@example.com"), Json("b@example.com"),
                 Json::object({{"email", Json::array({"c@example.com", "d@example.com"})}}),
                 row("e@example.com", Json::object({{"org_role", "org_owner"}})),
                 row("f@example.com",
                     Json::object({{"teams", Json::array({Json::object({{"team", "none"}}),
                                                          Json::object({{"team", "default"},
                                                                        {"role", "boss"}})})}})),
                 row("g@example.com", Json::object({{"cc", "h@example.com"}}))})}}));
  CHECK(rows.status == 422);
  std::set<std::string> pointers;
  for (const Json& fault : rows.json().at("errors").as_array())
    pointers.insert(std::string(fault.text("pointer")));
  CHECK(pointers == std::set<std::string>{"/invitations/1", "/invitations/2/email",
                                          "/invitations/3/org_role", "/invitations/4/teams/0/team",
                                          "/invitations/4/teams/1/role", "/invitations/5/cc"});
  Json many = Json::array();
  for (int i = 0; i < 101; ++i) many.push(row("p" + std::to_string(i) + "@example.com"));
  CHECK(ann->post(invitations(*ann), Json::object({{"invitations", many}})).status == 422);
  CHECK(ann->post(invitations(*ann), Json::object({{"invitations", Json::array()}})).status == 422);
  CHECK(ann->get(invitations(*ann)).json().at("items").as_array().empty());
  CHECK(ann->used("members.max") == 1);
}

TEST_CASE_FIXTURE(Scene, "a hundred at once are taken as far as there are seats") {
  Json many = Json::array();
  for (int i = 0; i < 100; ++i) many.push(row("p" + std::to_string(i) + "@example.com"));
  const Reply reply = ann->post(invitations(*ann), Json::object({{"invitations", many}}));
  REQUIRE(reply.status == 200);
  std::map<std::string, int> counts;
  for (const Json& result : reply.json().at("results").as_array())
    ++counts[std::string(result.text("result"))];
  CHECK(counts == std::map<std::string, int>{{"invited", 9}, {"seat_limit", 91}});
  CHECK(ann->used("members.max") == 10);
}

TEST_CASE_FIXTURE(Scene, "a retry under a key invites nobody twice and gives the same answer") {
  const Json wanted = body({row("cleo@example.com"), row("nobody")});
  const Reply first = ann->post(invitations(*ann), wanted, {{"Idempotency-Key", "once"}});
  const Reply again = ann->post(invitations(*ann), wanted, {{"Idempotency-Key", "once"}});
  CHECK(first.status == 200);
  CHECK(again.status == 200);
  CHECK(again.body == first.body);
  CHECK(again.json().at("results").as_array()[0].text("result") == "invited");
  const Reply other =
      ann->post(invitations(*ann), body({row("dan@example.com")}), {{"Idempotency-Key", "once"}});
  CHECK(other.status == 422);
  CHECK(ann->used("members.max") == 2);
  // The right is asked for again.
  Person ben = server.colleague(*ann, "Ben", "org_admin");
  const Json row_of_ben = body({row("eve@example.com")});
  REQUIRE(ben.post(invitations(ben), row_of_ben, {{"Idempotency-Key", "bens"}}).status == 200);
  REQUIRE(
      ann->patch(ann->org_path() + "/members/" + ben.id, Json::object({{"org_role", "org_member"}}))
          .status == 200);
  CHECK(ben.post(invitations(ben), row_of_ben, {{"Idempotency-Key", "bens"}}).status == 403);
}

TEST_CASE_FIXTURE(Scene,
                  "who sees an invitation and who may touch it goes by role, for every route") {
  REQUIRE(ann->post(ann->org_path() + "/teams", Json::object({{"name", "Red"}})).status == 201);
  std::map<std::string, Person> people;
  people.emplace("org_admin", server.colleague(*ann, "Adam", "org_admin"));
  people.emplace("org_member", server.colleague(*ann, "Meg"));
  people.emplace("team_admin",
                 server.colleague(*ann, "Tom", "org_member", {{"default", "team_admin"}}));
  people.emplace("developer",
                 server.colleague(*ann, "Dev", "org_member", {{"default", "developer"}}));
  people.emplace("viewer", server.colleague(*ann, "Vic", "org_member", {{"default", "viewer"}}));
  people.emplace("other team's",
                 server.colleague(*ann, "Oz", "org_member", {{"red", "team_admin"}}));
  people.emplace("stranger", server.somebody("Sue"));
  const auto fresh = [&](const std::string& email) {
    return invitations(*ann) + "/" +
           std::string(
               invite(*ann, email,
                      Json::object({{"teams", Json::array({Json::object({{"team", "default"}})})}}))
                   .text("invitation", "id"));
  };
  int addresses = 0;
  for (auto& [role, person] : people) {
    CAPTURE(role);
    // One is not asked many times a day.
    const std::string number = std::to_string(++addresses);
    const bool whole = role == "org_admin";
    const bool part = role == "team_admin";
    const bool other = role == "other team's";
    const int hidden = role == "stranger" || other ? 404 : 403;
    const std::string path = fresh("x" + number + "@example.com");
    const std::string many = invitations(*ann);
    const Reply list = person.get(many);
    CHECK(list.status == (whole || part || other ? 200 : hidden));
    if (list.status == 200) CHECK(list.json().at("items").as_array().size() == (other ? 0 : 1));
    if (part) {
      CHECK(list.json().at("items").as_array()[0].at("org_role").is_null());
      CHECK(list.json().at("items").as_array()[0].at("teams").as_array().size() == 1);
    }
    const auto expect = [&](int done) { return whole || part ? done : hidden; };
    CHECK(person.get(path).status == expect(200));
    CHECK(person
              .patch(path,
                     Json::object({{"teams", Json::array({Json::object(
                                                 {{"team", "default"}, {"role", "developer"}})})}}))
              .status == (other ? 422 : expect(200)));
    CHECK(person.poke(path + "/resend").status == expect(429));
    const Reply refused = person.del(path);
    CHECK(refused.status == expect(204));
    if (refused.status == 403) {
      CHECK(refused.json().text("action") == "invitations:manage");
      std::set<std::string> roles;
      for (const Json& name : refused.json().at("roles").as_array()) roles.insert(name.as_string());
      CHECK(roles == std::set<std::string>{"org_owner", "org_admin", "team_admin"});
    }
    const Reply invited = person.post(
        many,
        body({row("y" + number + "@example.com",
                  Json::object({{"teams", Json::array({Json::object({{"team", "default"}})})}}))}));
    CHECK(invited.status == (other ? 422 : expect(200)));
    const Reply into_org = person.post(many, body({row("z" + number + "@example.com")}));
    CHECK(into_org.status == (whole ? 200 : role == "stranger" ? 404 : 403));
    for (const Json& left : ann->get(many + "?limit=200").json().at("items").as_array())
      CHECK(ann->del(many + "/" + std::string(left.text("id"))).status == 204);
  }
  for (const char* id : {"01939f6e-4a00-7000-8000-000000000002", "x", ""})
    CHECK(ann->get(invitations(*ann) + "/" + id + (*id == '\0' ? "0" : "")).status == 404);
}

TEST_CASE(
    "a link makes an account where nobody else can, and its person a member by the same act") {
  Scene scene;
  const std::string token = scene.invited(
      "cleo@example.com",
      Json::object(
          {{"teams", Json::array({Json::object({{"team", "default"}, {"role", "developer"}})})}}));
  Person cleo = scene.server.nobody();
  const Reply looked = cleo.post("/api/v1/invitations/lookup", token_body(token));
  CHECK(looked.status == 200);
  CHECK(looked.json().text("next") == "sign_up");
  CHECK(looked.json().text("email") == "cleo@example.com");
  CHECK(looked.json().text("organization", "name") == "Ann");
  CHECK(looked.json().text("invited_by", "name") == "Ann");
  CHECK(looked.json().at("teams").as_array()[0].text("name") == "Default");
  // Not with another address, and nothing came of the try.
  const Reply other = cleo.post("/api/v1/auth/signup", sign_up_body("dan@example.com", token));
  CHECK(other.status == 422);
  CHECK(other.json().at("errors").as_array()[0].text("pointer") == "/email");
  CHECK(cleo.cookie.empty());
  const Reply made = cleo.post("/api/v1/auth/signup", sign_up_body("Cleo@example.com", token));
  REQUIRE(made.status == 201);
  CHECK(made.json().text("joined", "organization", "slug") == scene.ann->org);
  const Json me = cleo.get("/api/v1/me").json();
  // No organization of their own.
  REQUIRE(me.at("organizations").as_array().size() == 1);
  CHECK(me.at("organizations").as_array()[0].text("role") == "org_member");
  CHECK(me.at("organizations").as_array()[0].at("teams").as_array()[0].text("role") == "developer");
  CHECK(scene.ann->used("members.max") == 2);
  CHECK(cleo.post("/api/v1/invitations/lookup", token_body(token)).json().text("next") == "open");
  // The link is used up for everybody else.
  Person dan = scene.server.nobody();
  CHECK(dan.post("/api/v1/invitations/lookup", token_body(token)).status == 404);
  CHECK(dan.post("/api/v1/auth/signup", sign_up_body("cleo@example.com", token)).status == 404);
}

TEST_CASE("where sign-up is closed an invitation still opens it, to whom it is for") {
  ServerOptions options;
  options.settings = {{"SIGNUP", "closed"}};
  Server closed(options);
  Person root = closed.administrator();
  const Reply founded = root.post("/api/v1/orgs", Json::object({{"name", "Root's"}}));
  REQUIRE(founded.status == 201);
  root.org = founded.json().text("slug");
  root.org_id = founded.json().text("id");
  closed.raise(root, "business");
  const Json result = invite(root, "cleo@example.com");
  REQUIRE(result.text("result") == "invited");
  const std::string token = closed.token_of(root, std::string(result.text("invitation", "id")));
  Person cleo = closed.nobody();
  Json plain = sign_up_body("cleo@example.com", token);
  plain.erase("invitation");
  CHECK(cleo.post("/api/v1/auth/signup", plain).json().text("code") == "sign_up_closed");
  CHECK(cleo.post("/api/v1/auth/signup", sign_up_body("dan@example.com", token)).status == 422);
  CHECK(cleo.post("/api/v1/auth/signup", sign_up_body("cleo@example.com", std::string(64, 'A')))
            .status == 404);
  CHECK(cleo.post("/api/v1/auth/signup", sign_up_body("cleo@example.com", token)).status == 201);
}

TEST_CASE_FIXTURE(Scene, "signing in from a link is accepting it, and nothing less") {
  Person ben = server.somebody("Ben");
  const std::string token = invited(ben.email);
  CHECK(ben.poke("/api/v1/auth/logout").status == 204);
  CHECK(ben.post("/api/v1/invitations/lookup", token_body(token)).json().text("next") == "log_in");
  const auto login = [&](const std::string& email, const std::string& password,
                         const std::string& with) {
    return ben.post("/api/v1/auth/login",
                    Json::object({{"email", email}, {"password", password}, {"invitation", with}}));
  };
  CHECK(login(ben.email, "not the password at all", token).status == 401);
  CHECK(login(ann->email, kPassword, token).status == 422);
  CHECK(login(ben.email, kPassword, std::string(64, 'B')).status == 404);
  CHECK(ben.cookie.empty());
  const Reply in = login(ben.email, kPassword, token);
  REQUIRE(in.status == 200);
  CHECK(in.json().text("joined", "organization", "id") == ann->org_id);
  CHECK(ben.get(ann->org_path()).status == 200);
  // Again from the same link: the same.
  CHECK(login(ben.email, kPassword, token).json().text("joined", "organization", "id") ==
        ann->org_id);
}

TEST_CASE_FIXTURE(
    Scene, "signed in as somebody else a link says for whom it is, masked, and does nothing") {
  Person ben = server.somebody("Ben");
  const std::string token = invited("cleo@example.com");
  const Json looked = ben.post("/api/v1/invitations/lookup", token_body(token)).json();
  CHECK(looked.text("next") == "switch_account");
  CHECK(looked.text("email") == "c***@example.com");
  CHECK(looked.text("signed_in", "email") == ben.email);
  CHECK(looked.at("org_role").is_null());
  const Reply refused = ben.post("/api/v1/invitations/accept", token_body(token));
  CHECK(refused.status == 403);
  CHECK(refused.json().text("code") == "invitation_for_another");
  CHECK(refused.body.find("cleo@") == std::string::npos);
  CHECK(ben.post("/api/v1/invitations/decline", token_body(token)).status == 403);
  CHECK(ben.post("/api/v1/invitations/ask", token_body(token)).status == 202);
  CHECK(ben.get(ann->org_path()).status == 404);
  Person nobody = server.nobody();
  CHECK(nobody.post("/api/v1/invitations/accept", token_body(token)).status == 401);
}

TEST_CASE_FIXTURE(Scene, "accept and decline are one click each, and stay what they were") {
  Person ben = server.somebody("Ben");
  const std::string token = invited(ben.email);
  const Json looked = ben.post("/api/v1/invitations/lookup", token_body(token)).json();
  CHECK(looked.text("next") == "accept");
  CHECK(looked.text("email") == ben.email);
  const Reply first = ben.post("/api/v1/invitations/accept", token_body(token));
  const Reply again = ben.post("/api/v1/invitations/accept", token_body(token));
  CHECK(first.status == 200);
  CHECK(again.body == first.body);
  CHECK(ben.post("/api/v1/invitations/decline", token_body(token)).status == 404);

  Person cleo = server.somebody("Cleo");
  const std::string cleos = invited(cleo.email);
  CHECK(cleo.post("/api/v1/invitations/decline", token_body(cleos)).status == 204);
  CHECK(cleo.post("/api/v1/invitations/decline", token_body(cleos)).status == 204);
  CHECK(cleo.post("/api/v1/invitations/accept", token_body(cleos)).status == 404);
  CHECK(cleo.post("/api/v1/invitations/lookup", token_body(cleos)).status == 404);
  CHECK(ann->used("members.max") == 2);
}

TEST_CASE_FIXTURE(Scene, "who has no account declines by the link alone, which tells nobody more") {
  const Json made = invite(*ann, "stranger@example.com");
  const std::string id(made.text("invitation", "id"));
  const std::string token = server.token_of(*ann, id);
  SystemRandom random;
  const std::string unknown = InvitationToken::make(*OrgId::parse(ann->org_id), random).text();
  CHECK(ann->used("members.max") == 2);
  Person nobody = server.nobody();
  const auto answer = [&](const std::string& route, const std::string& with) {
    const Reply reply = nobody.post("/api/v1/invitations/" + route, token_body(with));
    Json out = reply.status == 204 ? Json::object() : reply.json();
    out.erase("trace_id");
    return std::to_string(reply.status) + out.dump();
  };
  CHECK(answer("decline", unknown).starts_with("404"));
  CHECK(answer("decline", token) == "204{}");
  CHECK(ann->used("members.max") == 1);
  const Json declined = ann->get(invitations(*ann) + "?state=declined").json().at("items");
  REQUIRE(declined.as_array().size() == 1);
  CHECK(declined.as_array()[0].text("id") == id);
  const Json rows = ann->get(ann->org_path() + "/audit?target_kind=invitation&target_id=" + id)
                        .json()
                        .at("items");
  CHECK(std::ranges::count(rows.as_array(), "anonymous", [](const Json& one) {
          return std::string(one.text("actor", "kind"));
        }) == 1);
  for (const char* route : {"lookup", "decline"})
    CHECK(answer(route, token) == answer(route, unknown));

  // A session that has ended is nobody's; somebody else's is somebody else.
  const std::string another = invited("other@example.com");
  Person ben = server.somebody("Ben");
  const Reply refused = ben.post("/api/v1/invitations/decline", token_body(another));
  CHECK(refused.status == 403);
  CHECK(refused.json().text("code") == "invitation_for_another");
  const std::string kept = ben.cookie;
  REQUIRE(ben.poke("/api/v1/auth/logout").status == 204);
  CHECK(ben.post("/api/v1/invitations/decline", token_body(another), {{"Cookie", kept}}).status ==
        204);
}

TEST_CASE_FIXTURE(Scene, "revoked and unknown links get one answer, letter by letter") {
  Person ben = server.somebody("Ben");
  const Json made = invite(*ann, ben.email).at("invitation");
  const std::string id(made.text("id"));
  const std::string token = server.token_of(*ann, id);
  REQUIRE(ann->del(invitations(*ann) + "/" + id).status == 204);
  SystemRandom random;
  const std::string unknown = InvitationToken::make(*OrgId::parse(ann->org_id), random).text();
  const SystemClock clock;
  const std::string nowhere = InvitationToken::make(OrgId::make(clock, random), random).text();
  const auto without_trace = [](Reply reply) {
    Json out = reply.json();
    out.erase("trace_id");
    return std::to_string(reply.status) + out.dump();
  };
  for (const char* route : {"lookup", "accept", "decline", "ask"}) {
    CAPTURE(route);
    const std::string path = std::string("/api/v1/invitations/") + route;
    const std::string expected = without_trace(ben.post(path, token_body(token)));
    CHECK(expected.starts_with("404"));
    for (const std::string& other :
         {unknown, nowhere, token + token, token.substr(0, 63), token.substr(1), token + "A",
          std::string("x"), std::string(), std::string(10000, 'A'),
          ben.cookie.substr(ben.cookie.find('=') + 1)})
      CHECK(without_trace(ben.post(path, token_body(other))) == expected);
    CHECK(ben.post(path, Json::object()).status == 422);
    CHECK(ben.post(path, Json::object({{"token", Json::array({token})}})).status == 422);
    CHECK(ben.post(path, Json::object({{"token", token}, {"email", ben.email}})).status == 422);
    CHECK(ben.call({"GET", path + "?token=" + token, {}, std::nullopt}).status == 405);
  }
}

TEST_CASE_FIXTURE(Scene,
                  "tokens that are none are bounded by network, and a right one costs nothing") {
  const std::string token = invited("cleo@example.com");
  Person cleo = server.nobody();
  for (int i = 0; i < 120; ++i)
    REQUIRE(cleo.post("/api/v1/invitations/lookup", token_body(token)).status == 200);
  Person guesser = server.nobody();
  int refused = 0;
  for (int i = 0; i < 110; ++i) {
    const Reply reply =
        guesser.post("/api/v1/invitations/lookup", token_body(std::string(64, 'C')));
    if (reply.status == 429) {
      ++refused;
      CHECK(reply.header("retry-after"));
    } else {
      CHECK(reply.status == 404);
    }
  }
  CHECK(refused == 10);
  // For every way in from there, and for nobody else.
  CHECK(guesser.post("/api/v1/auth/signup", sign_up_body("cleo@example.com", token)).status == 429);
  CHECK(cleo.post("/api/v1/invitations/lookup", token_body(token)).status == 200);
}

TEST_CASE_FIXTURE(Scene,
                  "with every seat taken a link is refused with the limit, and makes nothing") {
  Person ben = server.somebody("Ben");
  const std::string bens = invited(ben.email);
  const std::string cleos = invited("cleo@example.com");
  server.raise(*ann, "free");
  const Reply refused = ben.post("/api/v1/invitations/accept", token_body(bens));
  CHECK(refused.status == 403);
  CHECK(refused.json().text("code") == "plan_limit_reached");
  CHECK(refused.json().text("feature") == "members.max");
  Person cleo = server.nobody();
  const Reply sign_up = cleo.post("/api/v1/auth/signup", sign_up_body("cleo@example.com", cleos));
  CHECK(sign_up.status == 403);
  CHECK(sign_up.json().text("code") == "plan_limit_reached");
  CHECK(cleo.cookie.empty());
  for (const Json& item : ann->get(invitations(*ann)).json().at("items").as_array())
    CHECK(item.text("state") == "pending");
  // With a seat it goes on where it was.
  server.raise(*ann, "business");
  CHECK(cleo.post("/api/v1/auth/signup", sign_up_body("cleo@example.com", cleos)).status == 201);
  CHECK(ben.post("/api/v1/invitations/accept", token_body(bens)).status == 200);
}
