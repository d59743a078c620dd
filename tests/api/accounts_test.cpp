#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {
Json account(const std::string& email, const std::string& name = "Ann") {
  return Json::object({{"email", email}, {"password", kPassword}, {"name", name}});
}
Json credentials(const std::string& email, const std::string& password = kPassword) {
  return Json::object({{"email", email}, {"password", password}});
}
std::vector<std::string> pointers(const Reply& reply) {
  std::vector<std::string> out;
  const Json body = reply.json();
  if (body.at("errors").is_array())
    for (const Json& fault : body.at("errors").as_array()) out.emplace_back(fault.text("pointer"));
  return out;
}
}  // namespace

TEST_CASE("a sign-up makes an account with an organization, a team and a session") {
  Server server;
  Person ann = server.nobody();
  const Reply reply = ann.post("/api/v1/auth/signup", account("Ann@Example.com", "Ann Example"));
  REQUIRE(reply.status == 201);
  CHECK(reply.json().text("user", "email") == "ann@example.com");
  const std::string cookie = reply.header("set-cookie").value_or("");
  for (const char* part : {"session=", "; HttpOnly", "; SameSite=Lax", "; Path=/"})
    CHECK(cookie.find(part) != std::string::npos);
  CHECK(cookie.find("Domain=") == std::string::npos);

  const Json me = ann.get("/api/v1/me").json();
  CHECK(me.at("user") == reply.json().at("user"));
  CHECK(me.at("platform_admin") == Json(false));
  REQUIRE(me.at("organizations").as_array().size() == 1);
  const Json& org = me.at("organizations").as_array()[0];
  // An ending whether or not the name is taken, so that it does not tell.
  CHECK(org.text("slug").starts_with("ann-example-"));
  CHECK(org.text("slug").size() == std::string("ann-example-").size() + 6);
  CHECK(org.text("role") == "org_owner");
  REQUIRE(org.at("teams").as_array().size() == 1);
  CHECK(org.at("teams").as_array()[0].text("slug") == "default");
  CHECK(org.at("teams").as_array()[0].text("role") == "team_admin");
}

TEST_CASE("an address has one account, however it is written") {
  Server server;
  Person ann = server.nobody();
  REQUIRE(ann.post("/api/v1/auth/signup", account("ann@example.com")).status == 201);
  Person other = server.nobody();
  const Reply reply = other.post("/api/v1/auth/signup", account("ANN@example.COM", "Other"));
  CHECK(reply.status == 409);
  CHECK(reply.json().text("code") == "address_taken");
  CHECK(other.cookie.empty());
}

TEST_CASE("all faults of a sign-up come at once") {
  Server server;
  Person nobody = server.nobody();
  const Reply reply =
      nobody.post("/api/v1/auth/signup",
                  Json::object({{"email", "not an address"}, {"password", "short"}, {"name", ""}}));
  CHECK(reply.status == 422);
  CHECK(reply.json().text("code") == "validation_failed");
  CHECK(pointers(reply) == std::vector<std::string>{"/email", "/password", "/name"});
  CHECK(pointers(nobody.post("/api/v1/auth/signup", Json::object())) ==
        std::vector<std::string>{"/email", "/password", "/name"});
  CHECK(pointers(nobody.post(
            "/api/v1/auth/signup",
            Json::object(
                {{"email", 1}, {"password", Json::array()}, {"name", Json()}, {"admin", true}}))) ==
        std::vector<std::string>{"/admin", "/email", "/password", "/name"});
}

TEST_CASE("passwords are long and none of the common ones") {
  Server server;
  Person nobody = server.nobody();
  for (const char* password : {"", "elevenchars", "password1234", "PASSWORD1234", "123456789012"}) {
    CAPTURE(password);
    Json body = account("ann@example.com");
    body.set("password", password);
    const Reply reply = nobody.post("/api/v1/auth/signup", body);
    CHECK(reply.status == 422);
    CHECK(pointers(reply) == std::vector<std::string>{"/password"});
    if (*password != 0) CHECK(reply.body.find(password) == std::string::npos);
  }
}

TEST_CASE("a wrong password and an unknown address get one answer") {
  Server server;
  Person ann = server.somebody();
  Person thief = server.nobody();
  const Reply wrong =
      thief.post("/api/v1/auth/login", credentials(ann.email, "not her pass phrase"));
  const Reply unknown =
      thief.post("/api/v1/auth/login", credentials("nobody@example.com", "not her pass phrase"));
  const Reply malformed = thief.post("/api/v1/auth/login", credentials("?", "x"));
  CHECK(wrong.status == 401);
  CHECK(wrong.json().text("code") == "invalid_credentials");
  CHECK(unknown.status == 401);
  CHECK(wrong.json_without_trace() == unknown.json_without_trace());
  CHECK(wrong.json_without_trace() == malformed.json_without_trace());
  CHECK(thief.cookie.empty());
}

TEST_CASE("a login makes a new session and ends the one it came with") {
  Server server;
  Person ann = server.somebody();
  const std::string first = ann.cookie;
  REQUIRE(ann.post("/api/v1/auth/login", credentials(ann.email)).status == 200);
  CHECK(ann.cookie != first);
  CHECK(ann.get("/api/v1/me").status == 200);
  CHECK(ann.get("/api/v1/me", {{"Cookie", first}}).status == 401);
}

TEST_CASE("a sign-up takes the place of the session it came with") {
  Server server;
  Person ann = server.somebody();
  const std::string first = ann.cookie;
  REQUIRE(ann.post("/api/v1/auth/signup", Json::object({{"email", "other@example.com"},
                                                        {"password", kPassword},
                                                        {"name", "Other"}}))
              .status == 201);
  CHECK(ann.get("/api/v1/me").json().at("user").text("email") == "other@example.com");
  CHECK(ann.get("/api/v1/me", {{"Cookie", first}}).status == 401);
}

TEST_CASE("the password given again gives a new cookie and ends the old one at once") {
  Server server;
  Person ann = server.somebody();
  const std::string first = ann.cookie;
  const auto give = [&](const Json& password) {
    return ann.post("/api/v1/auth/reauthenticate", Json::object({{"password", password}}));
  };
  const Reply wrong = give("not her pass phrase");
  CHECK(wrong.status == 401);
  CHECK(wrong.json().text("code") == "invalid_credentials");
  // Whose account it is was not asked.
  CHECK(wrong.json().text("detail") == "The password is wrong.");
  CHECK(ann.cookie == first);
  CHECK(pointers(give(Json::array({kPassword}))) == std::vector<std::string>{"/password"});
  CHECK(pointers(ann.post("/api/v1/auth/reauthenticate", Json::object())) ==
        std::vector<std::string>{"/password"});
  const Reply right = give(kPassword);
  REQUIRE(right.status == 200);
  CHECK(right.json().text("user", "email") == ann.email);
  CHECK(right.body.find(kPassword) == std::string::npos);
  CHECK(ann.cookie != first);
  CHECK(ann.get("/api/v1/me").status == 200);
  CHECK(ann.get("/api/v1/me", {{"Cookie", first}}).status == 401);
}

TEST_CASE("a logout ends the session at once, and once more does no harm") {
  Server server;
  Person ann = server.somebody();
  const std::string cookie = ann.cookie;
  REQUIRE(ann.get("/api/v1/me").status == 200);
  CHECK(ann.poke("/api/v1/auth/logout").status == 204);
  CHECK(ann.cookie.empty());
  CHECK(ann.get("/api/v1/me", {{"Cookie", cookie}}).status == 401);
  CHECK(ann.poke("/api/v1/auth/logout", {{"Cookie", cookie}}).status == 204);
}

TEST_CASE("a cookie that is no session, or is there twice, is nobody") {
  Server server;
  Person ann = server.somebody();
  for (const std::string& cookie :
       {std::string("session=x"), std::string("session="), ann.cookie + "x",
        ann.cookie + "; " + ann.cookie, ann.cookie + "; session=other"}) {
    CAPTURE(cookie);
    const Reply reply = ann.get("/api/v1/me", {{"Cookie", cookie}});
    CHECK(reply.status == 401);
    CHECK(reply.json().text("code") == "unauthenticated");
  }
}

TEST_CASE("too many tries at a password are refused with the time to wait") {
  Server server;
  Person ann = server.somebody();
  int refused = 0;
  Person thief = server.nobody();
  for (int i = 0; i < 12; ++i) {
    const Reply reply =
        thief.post("/api/v1/auth/login", credentials(ann.email, "wrong pass phrase"));
    if (reply.status == 401) continue;
    ++refused;
    CHECK(reply.status == 429);
    CHECK(reply.json().text("code") == "too_many_requests");
    CHECK(std::stoi(reply.header("retry-after").value_or("0")) > 0);
  }
  CHECK(refused == 2);
  // They keep nobody else out.
  Person at_home = server.nobody();
  CHECK(at_home.post("/api/v1/auth/login", credentials(ann.email, kPassword)).status == 200);
}

TEST_CASE("a first-administrator link works once, and who has none learns nothing") {
  Server server;
  const auto link = server.program().first_administrator_link();
  REQUIRE(link.has_value());
  REQUIRE(link->has_value());
  const std::string token = (*link)->substr((*link)->find('#') + 1);
  Person root = server.nobody();
  Json body = account("root@example.com", "Root");

  for (const std::string& wrong : {std::string("x"), token + "x", token.substr(1)}) {
    body.set("token", wrong);
    const Reply reply = root.post("/api/v1/setup", body);
    CHECK(reply.status == 404);
    CHECK(reply.json().text("code") == "setup_link_invalid");
  }
  // A fault in the account does not use it up; with empty texts it is asked whether the link works.
  body.set("token", token).set("email", "").set("password", "").set("name", "");
  for (int i = 0; i < 2; ++i) {
    const Reply asked = root.post("/api/v1/setup", body);
    CHECK(asked.status == 422);
    CHECK(asked.json().text("code") == "validation_failed");
  }
  body.set("token", "x");
  CHECK(root.post("/api/v1/setup", body).status == 404);
  body = account("root@example.com", "Root");
  body.set("token", token).set("password", "short");
  CHECK(root.post("/api/v1/setup", body).status == 422);
  body.set("password", kPassword);
  CHECK(root.post("/api/v1/setup", body).status == 201);
  CHECK(root.cookie.empty());
  body.set("email", "second@example.com");
  CHECK(root.post("/api/v1/setup", body).status == 404);
  body.set("email", "").set("password", "").set("name", "");
  CHECK(root.post("/api/v1/setup", body).status == 404);

  REQUIRE(root.post("/api/v1/auth/login", credentials("root@example.com")).status == 200);
  const Json me = root.get("/api/v1/me").json();
  CHECK(me.at("platform_admin") == Json(true));
  CHECK(me.at("organizations").as_array().empty());
  const auto second = server.program().first_administrator_link();
  REQUIRE(second.has_value());
  CHECK_FALSE(second->has_value());
}

TEST_CASE("requests that another site made are refused before anything else") {
  Server server;
  Person ann = server.somebody();
  const std::string teams = ann.org_path() + "/teams";
  const Json body = Json::object({{"name", "Shop"}});
  const std::vector<Fields> foreign = {
      {{"Origin", "https://evil.example.com"}},
      {{"Origin", "null"}},
      {{"Origin", "http://localhost:1"}},
      {{"Origin", "https://localhost"}},
      {{"Sec-Fetch-Site", "cross-site"}},
      {{"Sec-Fetch-Site", "same-site"}},
      {{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://localhost"}},
  };
  for (const Fields& fields : foreign) {
    CAPTURE(fields[0].second);
    const Reply reply = ann.post(teams, body, fields);
    CHECK(reply.status == 403);
    CHECK(reply.json().text("code") == "cross_site_request");
    CHECK(ann.poke("/api/v1/auth/logout", fields).status == 403);
    CHECK(ann.get("/api/v1/me", fields).status == 200);
  }
  CHECK(ann.used("teams.max") == 1);
  CHECK(ann.post(teams, body, {{"Origin", "http://localhost"}}).status == 201);
  CHECK(ann.post(teams, Json::object({{"name", "Two"}}), {{"Sec-Fetch-Site", "same-origin"}})
            .status == 201);
}

TEST_CASE("every operation that changes something refuses another site") {
  Server server;
  Person ann = server.somebody();
  int checked = 0;
  for (const Operation& op : server.contract().operations()) {
    if (op.method == "GET") continue;
    CAPTURE(op.id());
    ++checked;
    // Which thing it is about does not matter: this question comes before that one.
    std::string target = op.pattern;
    for (std::size_t at; (at = target.find('{')) != std::string::npos;)
      target.replace(at, target.find('}', at) - at + 1, "x");
    const Reply reply =
        ann.call({op.method, target, {{"Sec-Fetch-Site", "cross-site"}}, std::nullopt});
    CHECK(reply.status == 403);
    CHECK(reply.json().text("code") == "cross_site_request");
  }
  CHECK(checked > 12);
}

TEST_CASE("a host that is not this installation's has nothing") {
  Server server;
  Person ann = server.somebody();
  for (const char* host : {"evil.example.com", "localhost.evil.example.com", "10.0.0.1"}) {
    CAPTURE(host);
    CHECK(ann.get("/api/v1/me", {{"Host", host}}).status == 404);
    CHECK(ann.get("/api/v1/config", {{"Host", host}}).status == 404);
  }
}

TEST_CASE("where sign-up is closed nobody makes an account") {
  Server server({{{"SIGNUP", "closed"}}, false});
  Person nobody = server.nobody();
  const Reply reply = nobody.post("/api/v1/auth/signup", account("ann@example.com"));
  CHECK(reply.status == 403);
  CHECK(reply.json().text("code") == "sign_up_closed");
  CHECK(nobody.get("/api/v1/config").json().text("sign_up") == "closed");
}

TEST_CASE("development mode signs in without a password, and no other mode does") {
  Server development({{{"DEV_MODE", "true"}}, false});
  Person developer = development.nobody();
  REQUIRE(developer.post("/api/v1/auth/login", Json::object()).status == 200);
  const Json me = developer.get("/api/v1/me").json();
  CHECK(me.text("user", "email") == "dev@localhost");
  CHECK(me.at("organizations").as_array().size() == 1);

  Server production;
  Person nobody = production.nobody();
  CHECK(nobody.post("/api/v1/auth/login", Json::object()).status == 422);
}
