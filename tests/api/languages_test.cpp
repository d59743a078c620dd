// In which language people are written to.
#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "domain/mail/draft.hpp"
#include "mail/samples.hpp"
#include "tests/api/audit_rows.hpp"
#include "tests/api/mailbox.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

const Fields kEnglish{{"Accept-Language", "en-US,en;q=0.9"}};
const Fields kGerman{{"Accept-Language", "de-AT,de;q=0.9,en;q=0.1"}};

Json of(const std::string& name, const Json& value) { return Json::object({{name, value}}); }

Json account(const std::string& email) {
  return Json::object({{"email", email}, {"password", kPassword}, {"name", "Gerda"}});
}

std::string locale_of(Person& person) {
  return std::string(person.get("/api/v1/me").json().text("user", "locale"));
}

// Reads German, whoever else does not.
Person german(Server& server) {
  Person person = server.somebody("Gerda");
  REQUIRE(person.patch("/api/v1/me", of("locale", "de")).status == 200);
  return person;
}

// Owns an organization with seats.
Person owner(Server& server) {
  Person person = server.somebody("Ann");
  server.raise(person, "business");
  return person;
}

Person german_in(Server& server, const Person& owner, const std::string& role = "org_admin") {
  Person person = german(server);
  server.join(owner, person, role);
  return person;
}

Json invite(Person& by, const Json& body) {
  const Reply reply = by.post(by.org_path() + "/invitations", body, kEnglish);
  REQUIRE(reply.status == 200);
  return reply.json().at("results").as_array().at(0);
}
Json one(const std::string& email, const Json& more = Json::object()) {
  Json row = of("email", email);
  merge_patch(row, more);
  return of("invitations", Json::array({row}));
}

std::string offer(Person& by, const Person& to) {
  const Reply made = by.post(by.org_path() + "/ownership-offers", of("user", to.id), kEnglish);
  REQUIRE(made.status == 201);
  return by.org_path() + "/ownership-offers/" + std::string(made.json().text("id"));
}

void ok(const Reply& reply) { REQUIRE(reply.status / 100 == 2); }

// Makes a mail of that kind leave for somebody who reads German, by the hand of somebody who does
// not or in a request that asks for English; gives the address.
struct Cause {
  std::string kind;
  std::string how;
  std::function<std::string(Server&)> act;
};

const std::vector<Cause>& causes() {
  static int number = 0;
  const auto fresh = [] { return "fresh" + std::to_string(++number) + "@example.com"; };
  static const std::vector<Cause> kAll{
      {"invitation", "in the invitation's language where the address has no account",
       [=](Server& server) {
         Person ann = owner(server);
         const std::string email = fresh();
         CHECK(invite(ann, one(email, of("locale", "de"))).text("invitation", "locale") == "de");
         return email;
       }},
      {"invitation", "of a whole request",
       [=](Server& server) {
         Person ann = owner(server);
         const std::string email = fresh();
         Json body = one(email);
         body.set("locale", "de");
         CHECK(invite(ann, body).text("invitation", "locale") == "de");
         return email;
       }},
      {"invitation", "of an inviter who reads German and says nothing",
       [=](Server& server) {
         Person ann = owner(server);
         Person gerda = german_in(server, ann);
         const std::string email = fresh();
         invite(gerda, one(email));
         return email;
       }},
      {"invitation", "to an account, whatever the invitation says",
       [=](Server& server) {
         Person ann = owner(server);
         const Person gerda = german(server);
         CHECK(invite(ann, one(gerda.email, of("locale", "en"))).text("invitation", "locale") ==
               "en");
         return gerda.email;
       }},
      {"invitation", "sent again",
       [=](Server& server) {
         Person ann = owner(server);
         const std::string email = fresh();
         const std::string id(invite(ann, one(email, of("locale", "de"))).text("invitation", "id"));
         server.execute("UPDATE invitations SET sent_at = 0 WHERE id = '" + id + "'");
         ok(ann.poke(ann.org_path() + "/invitations/" + id + "/resend", kEnglish));
         return email;
       }},
      {"invitation", "sent again, in the language that it was given since",
       [=](Server& server) {
         Person ann = owner(server);
         const std::string email = fresh();
         const std::string id(invite(ann, one(email, of("locale", "en"))).text("invitation", "id"));
         const std::string path = ann.org_path() + "/invitations/" + id;
         const Reply changed = ann.patch(path, of("locale", "de"), kEnglish);
         ok(changed);
         CHECK(changed.json().text("locale") == "de");
         // The mail that left is as it was.
         CHECK(mail_to(server, email).locale == "en");
         server.execute("UPDATE invitations SET sent_at = 0 WHERE id = '" + id + "'");
         ok(ann.poke(path + "/resend", kEnglish));
         return email;
       }},
      {"team_added", "by an administrator",
       [](Server& server) {
         Person ann = owner(server);
         const Person gerda = german_in(server, ann, "org_member");
         const Json team = Json::object({{"team", "default"}, {"role", "viewer"}});
         CHECK(invite(ann, one(gerda.email, of("teams", Json::array({team})))).text("result") ==
               "added");
         return gerda.email;
       }},
      {"invitation_accepted", "by who was invited",
       [](Server& server) {
         Person ann = owner(server);
         Person gerda = german_in(server, ann);
         Person guest = server.somebody("Guest");
         const std::string token = invited(server, gerda, guest.email);
         ok(guest.post("/api/v1/invitations/accept", of("token", token), kEnglish));
         return gerda.email;
       }},
      {"invitation_wanted", "by who holds another's",
       [=](Server& server) {
         Person ann = owner(server);
         const Person gerda = german_in(server, ann);
         Person guest = server.somebody("Guest");
         const std::string token = invited(server, ann, fresh());
         ok(guest.post("/api/v1/invitations/ask", of("token", token), kEnglish));
         // To every administrator in a language of their own.
         CHECK(mail_to(server, ann.email).kind == "invitation_wanted");
         CHECK(mail_to(server, ann.email).locale == "en");
         return gerda.email;
       }},
      {"seat_limit", "by who found no seat",
       [](Server& server) {
         Person ann = owner(server);
         const Person gerda = german_in(server, ann);
         Person guest = server.somebody("Guest");
         const std::string token = invited(server, ann, guest.email);
         server.raise(ann, "free");
         CHECK(guest.post("/api/v1/invitations/accept", of("token", token), kEnglish).status ==
               403);
         CHECK(mail_to(server, ann.email).kind == "seat_limit");
         CHECK(mail_to(server, ann.email).locale == "en");
         return gerda.email;
       }},
      {"limit_reached", "by a member who is refused",
       [](Server& server) {
         Person ann = owner(server);
         const Person gerda = german_in(server, ann);
         Person dan = server.colleague(ann, "Dan", "org_member", {{"default", "developer"}});
         server.raise(ann, "free");
         dan.deploy("one");
         CHECK(dan.post(dan.deployments_path(),
                        Json::object({{"name", "two"}, {"image", "nginx"}, {"port", 80}}), kEnglish)
                   .status == 403);
         CHECK(mail_to(server, ann.email).kind == "limit_reached");
         return gerda.email;
       }},
      {"limit_reached", "by a team's administrator who finds no seat for whom they invite",
       [=](Server& server) {
         Person ann = owner(server);
         const Person gerda = german_in(server, ann);
         Person dan = server.colleague(ann, "Dan", "org_member", {{"default", "team_admin"}});
         server.raise(ann, "free");
         const auto seatless = [&](Person& by) {
           const Json team = Json::object({{"team", "default"}, {"role", "viewer"}});
           CHECK(invite(by, one(fresh(), of("teams", Json::array({team})))).text("result") ==
                 "seat_limit");
         };
         // Who can have it raised sees it themselves.
         seatless(ann);
         CHECK(mail_to(server, ann.email).kind != "limit_reached");
         seatless(dan);
         CHECK(mail_to(server, ann.email).kind == "limit_reached");
         CHECK(mail_to(server, dan.email).kind.empty());
         // Once a day.
         const int told = mails_waiting(server);
         seatless(dan);
         CHECK(mails_waiting(server) == told);
         return gerda.email;
       }},
      {"plan_changed", "by an administrator of the platform",
       [](Server& server) {
         Person ann = owner(server);
         const Person gerda = german_in(server, ann);
         ok(server.administrator().put("/api/v1/platform/orgs/" + ann.org + "/subscription",
                                       of("plan", "free"), kEnglish));
         CHECK(mail_to(server, ann.email).kind == "plan_changed");
         CHECK(mail_to(server, ann.email).locale == "en");
         return gerda.email;
       }},
      {"member_removed", "by the owner",
       [](Server& server) {
         Person ann = owner(server);
         const Person gerda = german_in(server, ann);
         ok(ann.del(ann.org_path() + "/members/" + gerda.id, kEnglish));
         return gerda.email;
       }},
      {"member_reinstated", "by the owner",
       [](Server& server) {
         Person ann = owner(server);
         const Person gerda = german_in(server, ann);
         ok(ann.del(ann.org_path() + "/members/" + gerda.id, kEnglish));
         ok(ann.poke(ann.org_path() + "/members/" + gerda.id + "/reinstate", kEnglish));
         return gerda.email;
       }},
      {"ownership_offer", "by the owner",
       [](Server& server) {
         Person ann = owner(server);
         const Person gerda = german_in(server, ann);
         offer(ann, gerda);
         return gerda.email;
       }},
      {"ownership_offered", "to the owner in whose name it was",
       [](Server& server) {
         Person gerda = german(server);
         server.raise(gerda, "business");
         const Person bob = server.colleague(gerda, "Bob");
         // Also of one that was taken back at once, or whoever has the session could hide it.
         ok(gerda.poke(offer(gerda, bob) + "/cancel", kEnglish));
         return gerda.email;
       }},
      {"ownership_declined", "by who does not want it",
       [](Server& server) {
         Person gerda = german(server);
         server.raise(gerda, "business");
         Person bob = server.colleague(gerda, "Bob");
         ok(bob.poke(offer(gerda, bob) + "/decline", kEnglish));
         return gerda.email;
       }},
      {"ownership_withdrawn", "by the owner",
       [](Server& server) {
         Person ann = owner(server);
         const Person gerda = german_in(server, ann);
         ok(ann.poke(offer(ann, gerda) + "/cancel", kEnglish));
         return gerda.email;
       }},
      {"ownership_ended", "by who leaves",
       [](Server& server) {
         Person gerda = german(server);
         server.raise(gerda, "business");
         Person bob = server.colleague(gerda, "Bob");
         offer(gerda, bob);
         ok(bob.poke(gerda.org_path() + "/leave", kEnglish));
         return gerda.email;
       }},
      {"ownership_ended", "by who removes them",
       [](Server& server) {
         Person gerda = german(server);
         server.raise(gerda, "business");
         const Person bob = server.colleague(gerda, "Bob");
         Person abe = server.colleague(gerda, "Abe", "org_admin");
         offer(gerda, bob);
         ok(abe.call({"DELETE", gerda.org_path() + "/members/" + bob.id, {kEnglish.front()}, ""}));
         return gerda.email;
       }},
      {"ownership_transferred", "by who takes it",
       [](Server& server) {
         Person gerda = german(server);
         server.raise(gerda, "business");
         Person bob = server.colleague(gerda, "Bob");
         ok(bob.poke(offer(gerda, bob) + "/accept", kEnglish));
         CHECK(mail_to(server, bob.email).kind == "ownership_transferred");
         CHECK(mail_to(server, bob.email).locale == "en");
         return gerda.email;
       }},
      {"ownership_transferred", "by appointment",
       [](Server& server) {
         const Person ann = owner(server);
         const Person gerda = german_in(server, ann);
         server.execute("UPDATE users SET state = 'disabled' WHERE id = '" + ann.id + "'");
         ok(server.administrator().put("/api/v1/platform/orgs/" + ann.org + "/owner",
                                       Json::object({{"user", gerda.id}, {"reason", "Gone."}}),
                                       kEnglish));
         return gerda.email;
       }},
      {"organization_deleted", "by the owner",
       [](Server& server) {
         Person ann = owner(server);
         const Person gerda = german_in(server, ann);
         ok(ann.call({"DELETE",
                      ann.org_path(),
                      {{"Content-Type", "application/json"}, kEnglish.front()},
                      of("name", "Ann").dump()}));
         CHECK(mail_to(server, ann.email).kind == "organization_deleted");
         CHECK(mail_to(server, ann.email).locale == "en");
         return gerda.email;
       }},
      {"organization_suspended", "by an administrator",
       [](Server& server) {
         const Person gerda = german(server);
         const std::string path = "/api/v1/platform/orgs/" + gerda.org + "/suspension";
         ok(server.administrator().put(path, of("reason", "Why."), kEnglish));
         return gerda.email;
       }},
      {"organization_resumed", "by an administrator",
       [](Server& server) {
         const Person gerda = german(server);
         const std::string path = "/api/v1/platform/orgs/" + gerda.org + "/suspension";
         ok(server.administrator().put(path, of("reason", "Why."), kEnglish));
         ok(server.administrator().del(path, kEnglish));
         return gerda.email;
       }},
      {"account_exists", "by who wants the address for another account",
       [](Server& server) {
         Person ann = server.somebody("Ann");
         const Person gerda = german(server);
         ok(ann.post("/api/v1/me/address", of("email", gerda.email), kEnglish));
         return gerda.email;
       }},
      {"account_exists", "for an address that its account can take back",
       [=](Server& server) {
         Person ann = server.somebody("Ann");
         const Person gerda = german(server);
         const std::string old = fresh();
         plant_link(server, "restore_address", old, gerda.id);
         ok(ann.post("/api/v1/me/address", of("email", old), kEnglish));
         return old;
       }},
      {"password_reset", "by somebody",
       [](Server& server) {
         const Person gerda = german(server);
         ok(server.nobody().post("/api/v1/auth/forgot", of("email", gerda.email), kEnglish));
         return gerda.email;
       }},
      {"password_changed", "while signed in",
       [](Server& server) {
         Person gerda = german(server);
         ok(gerda.put("/api/v1/me/password", of("password", "another pass phrase"), kEnglish));
         return gerda.email;
       }},
      {"password_changed", "by a mailed link",
       [](Server& server) {
         const Person gerda = german(server);
         Json body = of("password", "another pass phrase");
         body.set("token", plant_link(server, "reset", gerda.email, gerda.id));
         ok(server.nobody().post("/api/v1/auth/reset", body, kEnglish));
         return gerda.email;
       }},
      {"password_changed", "by the way back to an address",
       [=](Server& server) {
         const Person gerda = german(server);
         const std::string old = fresh();
         Json body = of("password", "another pass phrase");
         body.set("token", plant_link(server, "restore_address", old, gerda.id));
         ok(server.nobody().post("/api/v1/auth/address/restore", body, kEnglish));
         return old;
       }},
      {"change_address", "to the new address",
       [=](Server& server) {
         Person gerda = german(server);
         const std::string email = fresh();
         ok(gerda.post("/api/v1/me/address", of("email", email), kEnglish));
         return email;
       }},
      {"address_asked", "to the present address",
       [=](Server& server) {
         Person gerda = german(server);
         ok(gerda.post("/api/v1/me/address", of("email", fresh()), kEnglish));
         return gerda.email;
       }},
      {"address_changed", "to the old address, which was verified",
       [=](Server& server) {
         Person gerda = german(server);
         server.execute("UPDATE users SET email_proved_at = 1 WHERE id = '" + gerda.id + "'");
         const std::string token = plant_link(server, "change_address", fresh(), gerda.id);
         ok(gerda.post("/api/v1/auth/address", of("token", token), kEnglish));
         return gerda.email;
       }},
      {"address_replaced", "to the old address, which was not",
       [=](Server& server) {
         Person gerda = german(server);
         const std::string token = plant_link(server, "change_address", fresh(), gerda.id);
         ok(gerda.post("/api/v1/auth/address", of("token", token), kEnglish));
         return gerda.email;
       }},
  };
  return kAll;
}

// Where the sign-up itself is mailed.
const std::vector<Cause>& sign_ups() {
  static const std::vector<Cause> kAll{
      {"verify_address", "in the language of the request",
       [](Server& server) {
         ok(server.nobody().post("/api/v1/auth/signup", account("gerda@example.com"), kGerman));
         return std::string("gerda@example.com");
       }},
      {"account_exists", "to the account's owner, by another's sign-up",
       [](Server& server) {
         Person gerda = server.nobody();
         Json verify = of("password", kPassword);
         verify.set("token", mail_to(server, "gerda@example.com").token);
         // The language is the sign-up's, wherever the link is opened.
         ok(gerda.post("/api/v1/auth/verify", verify, kEnglish));
         CHECK(locale_of(gerda) == "de");
         ok(server.nobody().post("/api/v1/auth/signup", account("gerda@example.com"), kEnglish));
         return std::string("gerda@example.com");
       }},
  };
  return kAll;
}

void check_german(Server& server, const std::vector<Cause>& all) {
  for (const Cause& cause : all) {
    INFO(cause.kind << ", " << cause.how);
    const Mailed mail = mail_to(server, cause.act(server));
    CHECK(mail.kind == cause.kind);
    CHECK(mail.locale == "de");
  }
}

std::vector<std::string> pointers(const Reply& reply) {
  CHECK(reply.status == 422);
  std::vector<std::string> out;
  for (const Json& fault : reply.json().at("errors").as_array())
    out.emplace_back(fault.text("pointer"));
  return out;
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every mail is written in its reader's language, whoever caused it") {
  on_both([](Server& server) { check_german(server, causes()); }, mailing_settings("open"));
  on_both([](Server& server) { check_german(server, sign_ups()); }, mailing_settings());
}

TEST_CASE("no kind of mail is without somebody who gets it in German") {
  // It is sent by no request, see tests/people.
  std::set<std::string> without{"access_review"};
  for (const auto* all : {&causes(), &sign_ups()})
    for (const Cause& cause : *all) without.insert(cause.kind);
  std::set<std::string> kinds;
  for (const MailContent& sample : mail::test::samples()) kinds.insert(draft_of(sample).kind);
  CHECK(kinds == without);
}

TEST_CASE("an account has the language of the request that made it, and changes it") {
  on_both([](Server& server) {
    Person gerda = server.nobody();
    const Reply made = gerda.post("/api/v1/auth/signup", account("gerda@example.com"), kGerman);
    REQUIRE(made.status == 201);
    CHECK(made.json().text("user", "locale") == "de");
    CHECK(locale_of(gerda) == "de");
    Person elsewhere = server.nobody();
    Json login = account("gerda@example.com");
    login.erase("name");
    ok(elsewhere.post("/api/v1/auth/login", login, kEnglish));
    CHECK(locale_of(elsewhere) == "de");

    const Reply changed = gerda.patch("/api/v1/me", of("locale", "en"), kGerman);
    CHECK(changed.status == 200);
    CHECK(changed.json().at("user") == gerda.get("/api/v1/me").json().at("user"));
    // Also where another session was loaded before.
    CHECK(locale_of(elsewhere) == "en");
    ok(gerda.patch("/api/v1/me", of("name", "Gerda Lee")));
    CHECK(elsewhere.get("/api/v1/me").json().text("user", "name") == "Gerda Lee");
    CHECK(locale_of(gerda) == "en");
    // In every other case, English.
    for (const std::string& odd : {"fr", "*", "de;q=7", ""}) {
      Person person = server.nobody();
      const Reply signed_up =
          person.post("/api/v1/auth/signup", account("p" + std::to_string(odd.size()) + "@e.test"),
                      {{"Accept-Language", odd}});
      REQUIRE(signed_up.status == 201);
      CHECK(signed_up.json().text("user", "locale") == "en");
    }
  });
}

TEST_CASE("who comes by an invitation, and an administrator from a link, have their own language") {
  Server server;
  Person ann = owner(server);
  Person gerda = server.nobody();
  Json body = account("gerda@example.com");
  body.set("invitation", invited(server, ann, "gerda@example.com"));
  ok(gerda.post("/api/v1/auth/signup", body, kGerman));
  CHECK(locale_of(gerda) == "de");
  Person other = server.nobody();
  body = account("other@example.com");
  body.set("invitation", invited(server, ann, "other@example.com"));
  ok(other.post("/api/v1/auth/signup", body, kEnglish));
  CHECK(locale_of(other) == "en");

  Server fresh;
  const auto link = fresh.program().first_administrator_link();
  REQUIRE((link && *link));
  Json setup = account("root@example.com");
  setup.set("token", (*link)->substr((*link)->find('#') + 1));
  const Reply made = fresh.nobody().post("/api/v1/setup", setup, kGerman);
  REQUIRE(made.status == 201);
  CHECK(made.json().text("user", "locale") == "de");
}

TEST_CASE("a language that there is none of is a fault where it stands, and changes nothing") {
  Server server;
  Person ann = owner(server);
  for (const Json& odd : {Json("fr"), Json("DE"), Json(""), Json("de-AT"), Json(), Json(7)}) {
    INFO(odd.dump());
    CHECK(pointers(ann.patch("/api/v1/me", of("locale", odd))) == Texts{"/locale"});
    Json all = one("cleo@example.com");
    all.set("locale", odd);
    CHECK(pointers(ann.post(ann.org_path() + "/invitations", all)) == Texts{"/locale"});
    const Json row = Json::object({{"email", "cleo@example.com"}, {"locale", odd}});
    CHECK(pointers(
              ann.post(ann.org_path() + "/invitations", of("invitations", Json::array({row})))) ==
          Texts{"/invitations/0/locale"});
  }
  CHECK(pointers(ann.patch("/api/v1/me", Json::object({{"name", ""}, {"locale", "fr"}}))) ==
        Texts{"/locale", "/name"});
  CHECK(pointers(ann.patch("/api/v1/me", of("email", "b@example.com"))) == Texts{"/email"});
  CHECK(ann.patch("/api/v1/me", Json::object()).status == 200);
  CHECK(locale_of(ann) == "en");
  CHECK(ann.get("/api/v1/me").json().text("user", "name") == "Ann");
  CHECK(ann.get(ann.org_path() + "/invitations").json().at("items").as_array().empty());
  const std::string id(invite(ann, one("cleo@example.com")).text("invitation", "id"));
  const std::string path = ann.org_path() + "/invitations/" + id;
  for (const Json& odd : {Json("fr"), Json(), Json(7)})
    CHECK(pointers(ann.patch(path, of("locale", odd))) == Texts{"/locale"});
  const Reply same = ann.patch(path, of("locale", "en"));
  CHECK(same.status == 200);
  CHECK(same.json().text("locale") == "en");
}

TEST_CASE("what a person changes of the own account is in the log, and what stays is not") {
  on_both([](Server& server) {
    Person ann = server.somebody("Ann");
    const test::RawSql raw(server.dsn());
    const auto rows = [&] { return count(rows_of(raw, ""), "account:profile"); };
    ok(ann.patch("/api/v1/me", Json::object({{"locale", "en"}, {"name", "Ann"}})));
    CHECK(rows() == 0);
    ok(ann.patch("/api/v1/me", of("locale", "de")));
    CHECK(count(rows_of(raw, ""), R"("before":{"locale":"en"})") == 1);
    ok(ann.patch("/api/v1/me", of("name", "Somebody Else")));
    CHECK(rows() == 2);
    CHECK(count(rows_of(raw, ""), "Somebody Else") == 0);
  });
}
