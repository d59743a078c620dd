// Ways to an account and what its person does with it, over the wire.
#include <algorithm>

#include <doctest/doctest.h>

#include "tests/api/audit_rows.hpp"
#include "tests/api/mailbox.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

Json account(const std::string& email) {
  return Json::object({{"email", email}, {"password", kPassword}, {"name", "Ann"}});
}
Json with_password(const std::string& token, const std::string& password = kPassword) {
  return Json::object({{"token", token}, {"password", password}});
}

// All of a reply that somebody could compare, without what differs from any one to the next.
std::string shown(const Reply& reply) {
  std::string out = std::to_string(reply.status) + "\n" + reply.body + "\n";
  for (const auto& [name, value] : reply.headers)
    if (name != "date" && name != "x-request-id" && name != "ratelimit")
      out += name + ": " + value + "\n";
  return out;
}

}  // namespace

TEST_CASE("a verified sign-up is 202 for everybody, and its mailed link makes the account") {
  Server server({mailing_settings(), false});
  Person ann = server.nobody();
  CHECK(ann.get("/api/v1/config").json().text("sign_up") == "verified");
  const Reply first = ann.post("/api/v1/auth/signup", account("Ann@Example.com"));
  CHECK(first.status == 202);
  CHECK(first.body.empty());
  CHECK(ann.cookie.empty());
  const Mailed mail = mail_to(server, "ann@example.com");
  CHECK(mail.kind == "verify_address");
  const Reply made = ann.post("/api/v1/auth/verify", with_password(mail.token));
  REQUIRE(made.status == 201);
  CHECK(made.json().at("user").at("email_verified") == Json(true));
  CHECK_FALSE(ann.cookie.empty());
  const Json me = ann.get("/api/v1/me").json();
  CHECK(me.at("user") == made.json().at("user"));
  CHECK(me.at("organizations").as_array().size() == 1);

  const Reply taken = server.nobody().post("/api/v1/auth/signup", account("ann@EXAMPLE.com"));
  const Reply fresh = server.nobody().post("/api/v1/auth/signup", account("bob@example.com"));
  CHECK(shown(taken) == shown(fresh));
  CHECK(shown(fresh) == shown(first));
  CHECK(mail_to(server, "ann@example.com").kind == "account_exists");
  CHECK(mail_to(server, "bob@example.com").kind == "verify_address");

  const Reply again = server.nobody().post("/api/v1/auth/verify", with_password(mail.token));
  const Reply never = server.nobody().post("/api/v1/auth/verify", with_password("never one"));
  CHECK(again.status == 404);
  CHECK(again.json().text("code") == "link_invalid");
  CHECK(never.json().text("detail") == again.json().text("detail"));
}

TEST_CASE("a forgotten password is asked for with one answer, and set with a mailed link") {
  Server server({mailing_settings("open"), false});
  Person ann = server.somebody();
  const auto ask = [&](const std::string& email) {
    return server.nobody().post("/api/v1/auth/forgot", Json::object({{"email", email}}));
  };
  const Reply known = ask(ann.email);
  CHECK(known.status == 202);
  CHECK(shown(known) == shown(ask("nobody@example.com")));
  CHECK(mails_waiting(server) == 1);
  const Mailed mail = mail_to(server, ann.email);
  CHECK(mail.path == "/reset");
  Person other = server.nobody();
  CHECK(other.post("/api/v1/auth/reset", with_password(mail.token, "short")).status == 422);
  CHECK(other.post("/api/v1/auth/reset", with_password(mail.token, "another pass phrase")).status ==
        204);
  CHECK(other.cookie.empty());
  CHECK(ann.get("/api/v1/me").status == 401);
  const auto login = [&](const std::string& password) {
    return other
        .post("/api/v1/auth/login", Json::object({{"email", ann.email}, {"password", password}}))
        .status;
  };
  CHECK(login(kPassword) == 401);
  CHECK(login("another pass phrase") == 200);
  CHECK(other.post("/api/v1/auth/reset", with_password(mail.token)).status == 404);
}

TEST_CASE(
    "an address is one text: arrays, objects and doubled fields are refused, and nobody is "
    "mailed") {
  Server server({mailing_settings(), false});
  Person ann = server.nobody();
  const auto raw = [&](const std::string& path, const std::string& body) {
    return ann.call({"POST", path, {{"Content-Type", "application/json"}}, body}).status;
  };
  for (const std::string& email :
       {R"(["ann@example.com","eve@example.com"])", R"({"0":"ann@example.com"})", "null", "7",
        "true", R"("ann@example.com,eve@example.com")",
        R"("ann@example.com\r\nBcc: eve@example.com")", R"("Ann <ann@example.com>")",
        R"("ann@example.com@eve.example")", R"("ann\u0040example.com@eve.example")", R"("")"}) {
    CAPTURE(email);
    CHECK(raw("/api/v1/auth/forgot", R"({"email":)" + email + "}") == 422);
    CHECK(raw("/api/v1/auth/signup",
              R"({"email":)" + email + R"(,"password":"an uncommon pass phrase","name":"A"})") ==
          422);
  }
  for (const std::string& body : {R"({"email":"ann@example.com","email":"eve@example.com"})",
                                  R"({"email":"ann@example.com","cc":"eve@example.com"})",
                                  R"({"email":"ann@example.com","Email":"eve@example.com"})"}) {
    CAPTURE(body);
    const int status = raw("/api/v1/auth/forgot", body);
    CHECK((status == 400 || status == 422));
  }
  CHECK(mails_waiting(server) == 0);
}

TEST_CASE("a person changes the address, and its old one can take the account back") {
  Server server({mailing_settings(), false});
  Person ann = server.nobody();
  ann.post("/api/v1/auth/signup", account("ann@example.com"));
  REQUIRE(ann.post("/api/v1/auth/verify", with_password(mail_to(server, "ann@example.com").token))
              .status == 201);
  Person elsewhere = server.nobody();
  REQUIRE(elsewhere
              .post("/api/v1/auth/login",
                    Json::object({{"email", "ann@example.com"}, {"password", kPassword}}))
              .status == 200);
  CHECK(ann.post("/api/v1/me/address", Json::object({{"email", "lee@example.com"}})).status == 202);
  const Mailed mail = mail_to(server, "lee@example.com");
  CHECK(mail.path == "/address");
  CHECK(ann.post("/api/v1/auth/address", Json::object({{"token", mail.token}})).status == 204);
  CHECK(ann.get("/api/v1/me").json().text("user", "email") == "lee@example.com");
  CHECK(elsewhere.get("/api/v1/me").status == 401);
  const Mailed way_back = mail_to(server, "ann@example.com");
  CHECK(way_back.path == "/address/restore");
  CHECK(server.nobody()
            .post("/api/v1/auth/address/restore", with_password(way_back.token, "my own again 1"))
            .status == 204);
  CHECK(ann.get("/api/v1/me").status == 401);
  CHECK(elsewhere
            .post("/api/v1/auth/login",
                  Json::object({{"email", "ann@example.com"}, {"password", "my own again 1"}}))
            .status == 200);
}

TEST_CASE("a person sees the own sessions, ends them, and ends the others with a new password") {
  Server server;
  Person ann = server.somebody();
  const auto login = [&](const std::string& agent) {
    Person person = server.nobody();
    person.email = ann.email;
    REQUIRE(person
                .post("/api/v1/auth/login",
                      Json::object({{"email", ann.email}, {"password", kPassword}}),
                      {{"User-Agent", agent}})
                .status == 200);
    return person;
  };
  Person phone =
      login("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/1");
  Person script = login("curl/8.5.0");
  const Json items = ann.get("/api/v1/me/sessions").json().at("items");
  REQUIRE(items.as_array().size() == 3);
  std::string phones;
  int current = 0;
  for (const Json& item : items.as_array()) {
    current += item.at("current") == Json(true) ? 1 : 0;
    if (item.text("device") == "Safari on iPhone") phones = item.text("id");
    CHECK(item.text("network").starts_with("10.0."));
  }
  CHECK(current == 1);
  Person bob = server.somebody("Bob");
  CHECK(bob.del("/api/v1/me/sessions/" + phones).status == 404);
  const Reply ended = ann.del("/api/v1/me/sessions/" + phones);
  CHECK(ended.status == 204);
  CHECK_FALSE(ended.header("set-cookie"));
  CHECK(phone.get("/api/v1/me").status == 401);
  CHECK(ann.del("/api/v1/me/sessions/" + phones).status == 404);

  const std::string before = ann.cookie;
  const Reply changed =
      ann.put("/api/v1/me/password", Json::object({{"password", "another pass phrase"}}));
  REQUIRE(changed.status == 200);
  CHECK(ann.cookie != before);
  CHECK(ann.get("/api/v1/me").status == 200);
  CHECK(script.get("/api/v1/me").status == 401);
  Person old = ann;
  old.cookie = before;
  CHECK(old.get("/api/v1/me").status == 401);
  CHECK(ann.get("/api/v1/me/sessions").json().at("items").as_array().size() == 1);
}

TEST_CASE("whoever joins by an invitation's link has shown to read the mail of that address") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  const auto verified = [](const Reply& reply) {
    REQUIRE(reply.status / 100 == 2);
    return reply.json().at("user").at("email_verified") == Json(true);
  };
  const auto by = [](const std::string& token) { return Json::object({{"token", token}}); };

  // Signed in: looking shows nothing, joining does.
  Person bob = server.somebody("Bob");
  const std::string bobs = invited(server, ann, bob.email);
  CHECK(bob.post("/api/v1/invitations/lookup", by(bobs)).status == 200);
  CHECK_FALSE(verified(bob.get("/api/v1/me")));
  REQUIRE(bob.post("/api/v1/invitations/accept", by(bobs)).status == 200);
  CHECK(verified(bob.get("/api/v1/me")));

  // By signing in from it.
  Person cleo = server.somebody("Cleo");
  Json login = Json::object({{"email", cleo.email}, {"password", kPassword}});
  CHECK_FALSE(verified(cleo.post("/api/v1/auth/login", login)));
  login.set("invitation", invited(server, ann, cleo.email));
  CHECK(verified(cleo.post("/api/v1/auth/login", login)));
  CHECK(verified(cleo.get("/api/v1/me")));

  // By signing up from it.
  Json wanted = account("eve@example.com");
  wanted.set("invitation", invited(server, ann, "eve@example.com"));
  Person eve = server.nobody();
  CHECK(verified(eve.post("/api/v1/auth/signup", wanted)));

  // The same link says nothing about an address that the account has since.
  server.execute("UPDATE users SET email = 'other@example.com', email_proved_at = 0 WHERE id = '" +
                 bob.id + "'");
  CHECK(bob.post("/api/v1/auth/login",
                 Json::object({{"email", "other@example.com"}, {"password", kPassword}}))
            .status == 200);
  REQUIRE(bob.post("/api/v1/invitations/accept", by(bobs)).status == 200);
  CHECK_FALSE(verified(bob.get("/api/v1/me")));
}

TEST_CASE("an address that an invitation's link showed to be read is a row of the log, once") {
  on_both([](Server& server) {
    const test::RawSql raw(server.dsn());
    Person ann = server.somebody("Ann");
    server.raise(ann, "business");
    Person bob = server.somebody("Bob");
    const Json by = Json::object({{"token", invited(server, ann, bob.email)}});
    const std::string row = "|account:prove_address|done|account|" + bob.id;
    CHECK(count(rows_of(raw, ""), row) == 0);
    REQUIRE(bob.post("/api/v1/invitations/accept", by).status == 200);
    CHECK(count(rows_of(raw, ""), row) == 1);
    REQUIRE(bob.post("/api/v1/invitations/accept", by).status == 200);
    CHECK(count(rows_of(raw, ""), row) == 1);
  });
}

TEST_CASE("where sign-up is verified an invitation's link makes the account at once") {
  Server server({mailing_settings(), false});
  Person ann = server.administrator();
  const Reply org = ann.post("/api/v1/orgs", Json::object({{"name", "Acme"}}));
  REQUIRE(org.status == 201);
  ann.org = org.json().text("slug");
  ann.org_id = org.json().text("id");
  server.raise(ann, "business");
  Json wanted = account("eve@example.com");
  wanted.set("invitation", invited(server, ann, "eve@example.com"));
  Person eve = server.nobody();
  CHECK(eve.post("/api/v1/auth/signup", wanted).status == 201);
  CHECK(eve.get("/api/v1/me").json().at("organizations").as_array().size() == 1);
}
