// Every token that is mailed or printed, at every place that takes one: good for its own purpose,
// as it was written, once, in its time; anything else is answered like a token that never was one.
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "domain/mail/draft.hpp"
#include "mail/samples.hpp"
#include "tests/api/audit_state.hpp"
#include "tests/api/mailbox.hpp"
#include "tests/api/request_shape.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

using Words = std::set<std::string>;

constexpr const char* kSetup = "setup";  // The one that is not mailed.

// What the contract says that a field of a request stands for, where that is a token.
const Words kTokenNouns = {"link", "invitation_token", "setup_link"};

// Where a token is given.
struct Place {
  const Operation* operation = nullptr;
  std::string field;  // "/token"
  std::string noun;
  std::string name() const { return operation->id() + field; }
};

std::vector<Place> places_of(const Contract& contract) {
  std::vector<Place> out;
  for (const Operation& op : contract.operations())
    for (const RequestField& field : request_shape(contract, op).fields)
      if (kTokenNouns.contains(field.noun)) out.push_back({&op, field.at, field.noun});
  return out;
}

// The mails whose link has a token.
Words mailed_purposes() {
  Words out;
  for (const MailContent& sample : mail::test::samples()) {
    const MailDraft draft = draft_of(sample);
    if (draft.link && !draft.link->token.empty()) out.insert(draft.kind);
  }
  return out;
}

// All of a reply that somebody could compare.
std::string shape(const Reply& reply) {
  std::string out = std::to_string(reply.status) + " ";
  out += reply.body.empty() ? "" : reply.json_without_trace().dump();
  for (const auto& [name, value] : reply.headers)
    if (name != "date" && name != "x-request-id" && name != "ratelimit" && name != "content-length")
      out += "\n" + name + ": " + value;
  return out;
}

std::string swapped_case(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
    else if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// What somebody could make of a token that is good.
std::map<std::string, std::string> disfigured(const std::string& token) {
  std::string last = token;
  last.back() = last.back() == 'A' ? 'B' : 'A';
  std::string first = token;
  first.front() = first.front() == 'B' ? 'C' : 'B';
  return {{"cut behind", token.substr(0, token.size() - 1)},
          {"cut before", token.substr(1)},
          {"one more", token + "A"},
          {"doubled", token + token},
          {"in the other case", swapped_case(token)},
          {"blank before", " " + token},
          {"blank behind", token + " "},
          {"blank within", token.substr(0, 9) + " " + token.substr(9)},
          {"line behind", token + "\n"},
          {"as in the link", "#" + token},
          {"padded", token + "="},
          {"another end", last},
          {"another beginning", first},
          {"two of them", token + "," + token}};
}

struct Tokens {
  Server server{{mailing_settings(), false}};
  test::RawSql raw{server.dsn()};
  std::vector<Place> places = places_of(server.contract());
  std::map<std::string, std::string> tokens = {};  // By purpose.
  Person owner = account("owner@example.com");
  Person moving = account("moving@example.com");
  Person guest = account("guest@example.com");
  Person other = account("other@example.com");

  Tokens() {
    // An administrator could do it, and there must be none yet.
    server.execute("UPDATE subscriptions SET plan_key = 'business' WHERE org_id = '" +
                   owner.org_id + "'");
  }

  Person account(const std::string& email) {
    Person person = server.nobody();
    person.email = email;
    const Json wanted =
        Json::object({{"email", email}, {"password", kPassword}, {"name", "Somebody"}});
    REQUIRE(person.post("/api/v1/auth/signup", wanted).status == 202);
    const Json back =
        Json::object({{"token", mail_to(server, email).token}, {"password", kPassword}});
    REQUIRE(person.post("/api/v1/auth/verify", back).status == 201);
    const Json me = person.get("/api/v1/me").json();
    person.id = me.text("user", "id");
    person.org = me.at("organizations").as_array()[0].text("slug");
    person.org_id = me.at("organizations").as_array()[0].text("id");
    return person;
  }

  std::string mailed(const std::string& purpose, const std::string& to) {
    const Mailed mail = mail_to(server, to);
    REQUIRE(mail.kind == purpose);
    REQUIRE_FALSE(mail.token.empty());
    return mail.token;
  }

  // How each is come by; again gives another one of it. A new purpose gets its line here.
  struct Way {
    std::function<std::string()> get;
    Words places;          // Where it works.
    bool replaced = true;  // Whether another one takes its place.
    std::string ends_in;   // The table that has its expires_at.
  };
  std::map<std::string, Way> ways() {
    return {
        {"verify_address",
         {[this] {
            const Json wanted = Json::object(
                {{"email", "fresh@example.com"}, {"password", kPassword}, {"name", "Fresh"}});
            REQUIRE(server.nobody().post("/api/v1/auth/signup", wanted).status == 202);
            return mailed("verify_address", "fresh@example.com");
          },
          {"verifySignUp/token"},
          false,
          "account_links"}},
        {"password_reset",
         {[this] {
            const Json whose = Json::object({{"email", "other@example.com"}});
            REQUIRE(server.nobody().post("/api/v1/auth/forgot", whose).status == 202);
            return mailed("password_reset", "other@example.com");
          },
          {"resetPassword/token"},
          true,
          "account_links"}},
        {"change_address",
         {[this] {
            const Json to = Json::object({{"email", "moved@example.com"}});
            REQUIRE(moving.post("/api/v1/me/address", to).status == 202);
            return mailed("change_address", "moved@example.com");
          },
          {"confirmAddress/token"},
          true,
          "account_links"}},
        {"address_changed",
         {[this] {
            // Of an account of its own: what asks for a change is alive for the one above.
            const std::string old = fmt::format("old{}@example.com", ++made_);
            const std::string fresh = fmt::format("new{}@example.com", made_);
            Person person = account(old);
            REQUIRE(person.post("/api/v1/me/address", Json::object({{"email", fresh}})).status ==
                    202);
            const Json token = Json::object({{"token", mailed("change_address", fresh)}});
            REQUIRE(person.post("/api/v1/auth/address", token).status == 204);
            return mailed("address_changed", old);
          },
          {"restoreAddress/token"},
          false,
          "account_links"}},
        {"invitation",
         {[this] {
            const Json row = Json::object({{"email", "guest@example.com"}});
            const Json body = Json::object({{"invitations", Json::array({row})}});
            const std::string all = owner.org_path() + "/invitations";
            const Reply made = owner.post(all, body);
            REQUIRE(made.status == 200);
            REQUIRE(made.json().at("results").as_array()[0].at("invitation").is_object());
            const Json result = made.json().at("results").as_array()[0];
            if (result.text("result") == "already_invited") {
              server.execute("UPDATE invitations SET sent_at = 0");
              const std::string id(result.text("invitation", "id"));
              REQUIRE(owner.poke(all + "/" + id + "/resend").status == 200);
            }
            return mailed("invitation", "guest@example.com");
          },
          {"lookUpInvitation/token", "acceptInvitation/token", "declineInvitation/token",
           "askForInvitation/token", "signUp/invitation", "logIn/invitation"},
          true,
          "invitations"}},
        {kSetup,
         {[this] {
            const auto link = server.program().first_administrator_link();
            REQUIRE(link);
            REQUIRE(*link);
            return (*link)->substr((*link)->find('#') + 1);
          },
          {"setUp/token"},
          false,
          "setup_tokens"}},
    };
  }

  // A request there that has everything right but the token, from an address of its own.
  Reply ask(const Place& place, const std::string& token, const Fields& headers = {}) {
    const std::string id = place.operation->id();
    Json body = Json::object({{place.field.substr(1), token}});
    for (const RequestField& field : request_shape(server.contract(), *place.operation).fields) {
      if (field.at == "/password") body.set("password", kPassword);
      if (field.at == "/name") body.set("name", "Somebody");
      if (field.at == "/email")
        body.set("email", id == "setUp" ? "root@example.com" : "guest@example.com");
    }
    Person person = server.nobody();
    if (id == "confirmAddress") person.cookie = moving.cookie;
    if (id == "acceptInvitation") person.cookie = guest.cookie;
    return person.post(place.operation->pattern, body, headers);
  }
  const Place& place(const std::string& name) {
    const auto at = std::ranges::find_if(places, [&](const Place& p) { return p.name() == name; });
    REQUIRE_MESSAGE(at != places.end(), name);
    return *at;
  }

  // What a token that never was one is answered there: of each form that there is.
  std::string neutral(const Place& at, const Fields& headers = {}) {
    const std::string answer = shape(ask(at, "never-one", headers));
    for (const auto& [purpose, token] : tokens) {
      std::string made_up = token;
      for (std::size_t i = made_up.size() - 20; i < made_up.size(); ++i) made_up[i] = 'x';
      CAPTURE(purpose);
      CHECK(shape(ask(at, made_up, headers)) == answer);
    }
    return answer;
  }
  void check_nothing(const std::string& before) { CHECK(changed_but_for_audit(raw, before) == ""); }

 private:
  int made_ = 0;
};

}  // namespace

TEST_CASE_FIXTURE(Tokens, "a token works at its own places alone, as it was written, and once") {
  auto all = ways();
  // Whatever is mailed with a token, and every place that takes one, is walked below.
  Words purposes = mailed_purposes();
  purposes.insert(kSetup);
  Words walked, reached;
  for (const auto& [purpose, way] : all) {
    walked.insert(purpose);
    reached.insert(way.places.begin(), way.places.end());
  }
  CHECK(walked == purposes);
  for (const Place& at : places) CHECK_MESSAGE(reached.contains(at.name()), at.name());
  CHECK(reached.size() == places.size());
  for (const auto& [purpose, way] : all) {
    CAPTURE(purpose);
    tokens[purpose] = way.get();
  }

  std::map<std::string, std::string> answers;
  for (const Place& at : places) {
    CAPTURE(at.name());
    const std::string before = state_of(raw);
    const std::string& answer = answers[at.name()] = neutral(at);
    CHECK(answer.starts_with("404 "));
    for (const auto& [purpose, token] : tokens) {
      CAPTURE(purpose);
      if (!all[purpose].places.contains(at.name())) {
        CHECK(shape(ask(at, token)) == answer);
        continue;
      }
      for (const auto& [how, wrong] : disfigured(token)) {
        CAPTURE(how);
        CHECK(shape(ask(at, wrong)) == answer);
      }
      const Fields elsewhere = {{"Host", "elsewhere.example.com"}};
      CHECK(shape(ask(at, token, elsewhere)) == shape(ask(at, "never-one", elsewhere)));
      CHECK(ask(at, token, elsewhere).status >= 400);
    }
    check_nothing(before);
  }

  // A newer one takes the place of an older, where there is one at a time.
  for (auto& [purpose, way] : all) {
    CAPTURE(purpose);
    const std::string older = tokens[purpose];
    tokens[purpose] = way.get();
    REQUIRE(tokens[purpose] != older);
    if (!way.replaced) continue;
    const std::string before = state_of(raw);
    for (const std::string& name : way.places)
      CHECK(shape(ask(place(name), older)) == answers[name]);
    check_nothing(before);
  }

  // All of that has used none of them up, and each is good once.
  for (auto& [purpose, way] : all) {
    CAPTURE(purpose);
    const std::string first =
        purpose == "invitation" ? "acceptInvitation/token" : *way.places.begin();
    const Reply used = ask(place(first), tokens[purpose]);
    CAPTURE(used.body);
    CHECK(used.status < 300);
    if (purpose == "change_address") moving.cookie = server.nobody().cookie;
    const std::string before = state_of(raw);
    for (const std::string& name : way.places) {
      // Who joined by it comes in by it again, and is told what they were told.
      if (name == "acceptInvitation/token" || name == "logIn/invitation") continue;
      CAPTURE(name);
      CHECK(shape(ask(place(name), tokens[purpose])) == answers[name]);
    }
    check_nothing(before);
  }
  const std::string before = state_of(raw);
  guest.cookie = owner.cookie;
  CHECK(shape(ask(place("acceptInvitation/token"), tokens["invitation"])) ==
        answers["acceptInvitation/token"]);
  check_nothing(before);
}

TEST_CASE_FIXTURE(Tokens,
                  "a token that is over is answered at every place like one that never was") {
  for (const auto& [purpose, way] : ways()) {
    CAPTURE(purpose);
    tokens[purpose] = way.get();
    // Says whose it is, and no more: see the contract of lookUpInvitation.
    if (purpose == "invitation") continue;
    for (const std::string& name : way.places) {
      CAPTURE(name);
      const std::string answer = neutral(place(name));
      // Ends at this very moment, which is over when it is looked at.
      server.execute(
          fmt::format("UPDATE {} SET expires_at = {}", way.ends_in, server.clock().now().us));
      const std::string before = state_of(raw);
      CHECK(shape(ask(place(name), tokens[purpose])) == answer);
      check_nothing(before);
      // And it was for nothing else that it did not work.
      server.execute(fmt::format("UPDATE {} SET expires_at = {}", way.ends_in,
                                 (server.clock().now() + seconds(60)).us));
      CHECK(ask(place(name), tokens[purpose]).status < 300);
    }
  }
}
