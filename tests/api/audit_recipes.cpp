#include <map>
#include <memory>

#include <doctest/doctest.h>

#include "base/digest.hpp"
#include "tests/api/audit_rows.hpp"
#include "tests/api/mailbox.hpp"

namespace ks::api_test {

namespace {

// As the command for it does, which a running server has no part in.
std::string setup_token(Server& server) {
  static int made = 0;
  const std::string token = "a token of the tests, " + std::to_string(++made);
  test::RawSql(server.dsn())
      .run("INSERT INTO setup_tokens (client_id, token_hash, expires_at) VALUES ('" +
           platform_client().str() + "', '" + hex(sha256(token)) + "', 9000000000000000)");
  return token;
}

Json account(const std::string& email) {
  return Json::object({{"email", email}, {"password", kPassword}, {"name", "New Person"}});
}

std::string offers_of(const Person& owner) { return owner.org_path() + "/ownership-offers"; }
std::string member_of(const Person& owner, const Person& guest) {
  return owner.org_path() + "/members/" + guest.id;
}

Reply end(Person& owner) {
  const Json name = Json::object({{"name", owner.get(owner.org_path()).json().at("name")}});
  return owner.call(
      {"DELETE", owner.org_path(), {{"Content-Type", "application/json"}}, name.dump()});
}

std::string id_of(Server& server, const Person& person) {
  return test::RawSql(server.dsn())
      .one("SELECT id FROM users WHERE email = '" + person.email + "'");
}

Prepared by_link(Server& server, const std::string& purpose, const std::string& path,
                 const std::string& address, const std::string& user) {
  auto nobody = std::make_shared<Person>(server.nobody());
  const Json body = Json::object(
      {{"token", plant_link(server, purpose, address, user)}, {"password", kPassword}});
  return Prepared{[=] { return nobody->post(path, body); }, ""};
}

// How to make each write of the route table succeed. A route that is not here fails the test: it is
// a promise about every write.
using Recipes = std::map<std::string, std::function<Prepared(Server&)>>;
const Recipes& recipes() {
  const auto in_org = [](const std::function<Reply(Person&)>& send,
                         const std::function<void(Person&)>& before = {},
                         const std::string& plan = "") {
    return [=](Server& server) {
      auto person = std::make_shared<Person>(server.somebody());
      if (!plan.empty()) server.raise(*person, plan);
      if (before) before(*person);
      return Prepared{[=] { return send(*person); }, person->org_id, 0, person};
    };
  };
  const auto with_deployment = [=](const std::function<Reply(Person&)>& send) {
    return in_org(send, [](Person& p) {
      p.deploy("web");
      p.wait_for("web", "Ready");
    });
  };
  // By the owner or by somebody else in the organization, a viewer of its team.
  const auto with_guest = [](const std::function<Reply(Person & owner, Person & guest)>& send,
                             const std::function<void(Person&, Person&)>& before = {}) {
    return [=](Server& server) {
      auto owner = std::make_shared<Person>(server.somebody());
      server.raise(*owner, "business");
      auto guest = std::make_shared<Person>(
          server.colleague(*owner, "Guest", "org_member", {{owner->team, "viewer"}}));
      if (before) before(*owner, *guest);
      return Prepared{[=] { return send(*owner, *guest); }, owner->org_id, 0, owner};
    };
  };
  // The guest is offered the organization; `what` is done to the offer.
  const auto with_offer = [=](const std::string& what, bool by_guest) {
    return [=](Server& server) {
      auto owner = std::make_shared<Person>(server.somebody());
      server.raise(*owner, "business");
      auto guest = std::make_shared<Person>(server.colleague(*owner, "Guest"));
      const Reply offer = owner->post(offers_of(*owner), Json::object({{"user", guest->id}}));
      REQUIRE(offer.status == 201);
      const std::string path =
          offers_of(*owner) + "/" + std::string(offer.json().text("id")) + "/" + what;
      return Prepared{[=] { return (by_guest ? guest : owner)->poke(path); }, owner->org_id, 0,
                      owner};
    };
  };
  // By the owner, to an invitation that is pending.
  const auto with_invitation = [=](const std::function<Reply(Person&, const std::string&)>& send,
                                   Duration ago = {}) {
    return [=](Server& server) {
      auto owner = std::make_shared<Person>(server.somebody());
      server.raise(*owner, "business");
      invited(server, *owner, "newcomer@example.com");
      if (ago.us > 0)
        server.execute("UPDATE invitations SET sent_at = sent_at - " + std::to_string(ago.us));
      const std::string id(owner->get(owner->org_path() + "/invitations")
                               .json()
                               .at("items")
                               .as_array()[0]
                               .text("id"));
      const std::string path = owner->org_path() + "/invitations/" + id;
      return Prepared{[=] { return send(*owner, path); }, owner->org_id, 0, owner};
    };
  };
  // By somebody who is signed in and holds the token of an invitation for them, or for another.
  const auto with_token = [=](const std::string& what, bool own, std::size_t before) {
    return [=](Server& server) {
      auto owner = std::make_shared<Person>(server.somebody());
      server.raise(*owner, "business");
      auto guest = std::make_shared<Person>(server.somebody("Guest"));
      const std::string token = invited(server, *owner, own ? guest->email : "another@example.com");
      return Prepared{[=] {
                        return guest->post("/api/v1/invitations/" + what,
                                           Json::object({{"token", token}}));
                      },
                      owner->org_id, before, owner};
    };
  };
  // By the owner, to the review that is open.
  const auto with_review = [=](const std::function<Reply(Person&, const std::string&)>& send) {
    return [=](Server& server) {
      auto owner = std::make_shared<Person>(server.somebody());
      const Reply started = owner->poke(owner->org_path() + "/access-review");
      REQUIRE(started.status == 201);
      const std::string path =
          owner->org_path() + "/access-reviews/" + std::string(started.json().text("id"));
      return Prepared{[=] { return send(*owner, path); }, owner->org_id, 0, owner};
    };
  };
  static const Recipes kAll{
      {"POST /api/v1/orgs/{org}/access-review",
       in_org([](Person& p) { return p.poke(p.org_path() + "/access-review"); })},
      {"POST /api/v1/orgs/{org}/teams/{team}/access-review",
       in_org([](Person& p) { return p.poke(p.team_path() + "/access-review"); })},
      {"PUT /api/v1/orgs/{org}/access-reviews/{review}/rows/{row}",
       with_review([](Person& p, const std::string& path) {
         return p.put(path + "/rows/1", Json::object({{"decision", "confirmed"}}));
       })},
      {"POST /api/v1/orgs/{org}/access-reviews/{review}/finish",
       with_review([](Person& p, const std::string& path) { return p.poke(path + "/finish"); })},
      {"POST /api/v1/orgs/{org}/invitations",
       in_org(
           [](Person& p) {
             return p.post(
                 p.org_path() + "/invitations",
                 Json::object({{"invitations", Json::array({Json::object(
                                                   {{"email", "newcomer@example.com"}})})}}));
           },
           {}, "business")},
      {"PATCH /api/v1/orgs/{org}/invitations/{invitation}",
       with_invitation([](Person& p, const std::string& path) {
         return p.patch(path, Json::object({{"org_role", "org_admin"}}));
       })},
      {"DELETE /api/v1/orgs/{org}/invitations/{invitation}",
       with_invitation([](Person& p, const std::string& path) { return p.del(path); })},
      {"POST /api/v1/orgs/{org}/invitations/{invitation}/resend",
       with_invitation([](Person& p, const std::string& path) { return p.poke(path + "/resend"); },
                       minutes(2))},
      // The member is a row of its own.
      {"POST /api/v1/invitations/accept", with_token("accept", true, 1)},
      {"POST /api/v1/invitations/decline", with_token("decline", true, 0)},
      {"POST /api/v1/invitations/ask", with_token("ask", false, 0)},
      // Changes nothing.
      {"POST /api/v1/invitations/lookup", with_token("lookup", false, 0)},
      {"POST /api/v1/auth/signup",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.nobody());
         return Prepared{
             [=] { return person->post("/api/v1/auth/signup", account("new@example.com")); }, ""};
       }},
      {"POST /api/v1/auth/login",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         Json body = account(person->email);
         body.erase("name");
         return Prepared{[=] { return person->post("/api/v1/auth/login", body); }, ""};
       }},
      {"POST /api/v1/auth/verify",
       [=](Server& server) {
         server.somebody();
         return by_link(server, "sign_up", "/api/v1/auth/verify", "verified@example.com", "");
       }},
      {"POST /api/v1/auth/forgot",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         return Prepared{[=] {
                           return person->post("/api/v1/auth/forgot",
                                               Json::object({{"email", person->email}}));
                         },
                         ""};
       }},
      {"POST /api/v1/auth/reset",
       [=](Server& server) {
         const Person person = server.somebody();
         return by_link(server, "reset", "/api/v1/auth/reset", person.email, id_of(server, person));
       }},
      {"POST /api/v1/auth/address",
       [=](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         const Json body =
             Json::object({{"token", plant_link(server, "change_address", "moved-" + person->email,
                                                id_of(server, *person))}});
         return Prepared{[=] { return person->post("/api/v1/auth/address", body); }, ""};
       }},
      {"POST /api/v1/auth/address/restore",
       [=](Server& server) {
         const Person person = server.somebody();
         return by_link(server, "restore_address", "/api/v1/auth/address/restore",
                        "was-" + person.email, id_of(server, person));
       }},
      {"PATCH /api/v1/me",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         return Prepared{[=] {
                           return person->patch("/api/v1/me",
                                                Json::object({{"name", "Lee"}, {"locale", "de"}}));
                         },
                         ""};
       }},
      {"POST /api/v1/me/address",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         return Prepared{[=] {
                           return person->post("/api/v1/me/address",
                                               Json::object({{"email", "new@example.com"}}));
                         },
                         ""};
       }},
      {"PUT /api/v1/me/password",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         return Prepared{[=] {
                           return person->put("/api/v1/me/password",
                                              Json::object({{"password", kPassword}}));
                         },
                         ""};
       }},
      {"DELETE /api/v1/me/sessions",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         Person elsewhere = server.nobody();
         REQUIRE(elsewhere
                     .post("/api/v1/auth/login",
                           Json::object({{"email", person->email}, {"password", kPassword}}))
                     .status == 200);
         return Prepared{[=] { return person->del("/api/v1/me/sessions"); }, ""};
       }},
      {"DELETE /api/v1/me/sessions/{session}",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         const Json own = person->get("/api/v1/me/sessions").json();
         const std::string id(own.at("items").as_array().at(0).text("id"));
         return Prepared{[=] { return person->del("/api/v1/me/sessions/" + id); }, ""};
       }},
      {"POST /api/v1/auth/reauthenticate",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         return Prepared{[=] {
                           return person->post("/api/v1/auth/reauthenticate",
                                               Json::object({{"password", kPassword}}));
                         },
                         ""};
       }},
      {"POST /api/v1/auth/logout",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         return Prepared{[=] { return person->poke("/api/v1/auth/logout"); }, ""};
       }},
      {"POST /api/v1/setup",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.nobody());
         static int made = 0;
         Json body = account("root" + std::to_string(++made) + "@root.example.com");
         body.set("token", setup_token(server));
         return Prepared{[=] { return person->post("/api/v1/setup", body); }, ""};
       }},
      {"POST /api/v1/orgs",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         server.raise(*person, "business");
         return Prepared{
             [=] { return person->post("/api/v1/orgs", Json::object({{"name", "Second"}})); },
             "new"};
       }},
      {"PATCH /api/v1/orgs/{org}", in_org([](Person& p) {
         return p.patch(p.org_path(), Json::object({{"name", "Other Name"}}));
       })},
      {"DELETE /api/v1/orgs/{org}", in_org([](Person& p) { return end(p); })},
      {"POST /api/v1/orgs/{org}/restore",
       in_org([](Person& p) { return p.poke(p.org_path() + "/restore"); },
              [](Person& p) { REQUIRE(end(p).status == 202); })},
      {"POST /api/v1/orgs/{org}/teams", in_org([](Person& p) {
         return p.post(p.org_path() + "/teams", Json::object({{"name", "Core"}}));
       })},
      {"PATCH /api/v1/orgs/{org}/teams/{team}", in_org([](Person& p) {
         return p.patch(p.team_path(), Json::object({{"description", "About Ann"}}));
       })},
      {"DELETE /api/v1/orgs/{org}/teams/{team}",
       in_org([](Person& p) { return p.del(p.org_path() + "/teams/core"); },
              [](Person& p) {
                REQUIRE(p.post(p.org_path() + "/teams", Json::object({{"name", "Core"}})).status ==
                        201);
              })},
      {"POST /api/v1/orgs/{org}/teams/{team}/deployments",
       in_org([](Person& p) { return p.post(p.deployments_path(), image_body("web")); })},
      {"PATCH /api/v1/orgs/{org}/teams/{team}/deployments/{deployment}",
       with_deployment([](Person& p) {
         return p.patch(p.deployment_path("web"), Json::object({{"replicas", 2}}));
       })},
      {"DELETE /api/v1/orgs/{org}/teams/{team}/deployments/{deployment}",
       with_deployment([](Person& p) { return p.del(p.deployment_path("web")); })},
      {"POST /api/v1/orgs/{org}/teams/{team}/deployments/{deployment}/restart",
       with_deployment([](Person& p) { return p.poke(p.deployment_path("web") + "/restart"); })},
      {"POST /api/v1/orgs/{org}/teams/{team}/deployments/{deployment}/deploy",
       with_deployment([](Person& p) { return p.poke(p.deployment_path("web") + "/deploy"); })},
      {"PUT /api/v1/platform/orgs/{org}/subscription",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         auto root = std::make_shared<Person>(server.administrator());
         return Prepared{[=] {
                           return root->put(
                               "/api/v1/platform/orgs/" + person->org + "/subscription",
                               Json::object({{"plan", "business"}}));
                         },
                         person->org_id, 0, person};
       }},
      {"PUT /api/v1/platform/orgs/{org}/suspension",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         auto root = std::make_shared<Person>(server.administrator());
         return Prepared{[=] {
                           return root->put("/api/v1/platform/orgs/" + person->org + "/suspension",
                                            Json::object({{"reason", "Another reason"}}));
                         },
                         person->org_id, 0, person};
       }},
      {"DELETE /api/v1/platform/orgs/{org}/suspension",
       [](Server& server) {
         auto person = std::make_shared<Person>(server.somebody());
         auto root = std::make_shared<Person>(server.administrator());
         const std::string path = "/api/v1/platform/orgs/" + person->org + "/suspension";
         REQUIRE(root->put(path, Json::object({{"reason", "A reason"}})).status == 200);
         return Prepared{[=] { return root->del(path); }, person->org_id, 0, person};
       }},
      {"PATCH /api/v1/orgs/{org}/members/{user}", with_guest([](Person& owner, Person& guest) {
         return owner.patch(member_of(owner, guest), Json::object({{"org_role", "org_admin"}}));
       })},
      {"DELETE /api/v1/orgs/{org}/members/{user}",
       with_guest([](Person& owner, Person& guest) { return owner.del(member_of(owner, guest)); })},
      {"POST /api/v1/orgs/{org}/members/{user}/reinstate",
       with_guest([](Person& owner,
                     Person& guest) { return owner.poke(member_of(owner, guest) + "/reinstate"); },
                  [](Person& owner, Person& guest) {
                    REQUIRE(owner.del(member_of(owner, guest)).status == 204);
                  })},
      {"POST /api/v1/orgs/{org}/leave", with_guest([](Person& owner, Person& guest) {
         return guest.poke(owner.org_path() + "/leave");
       })},
      {"PUT /api/v1/orgs/{org}/teams/{team}/members/{user}",
       with_guest([](Person& owner, Person& guest) {
         return owner.put(owner.team_path() + "/members/" + guest.id,
                          Json::object({{"role", "developer"}}));
       })},
      {"PATCH /api/v1/orgs/{org}/teams/{team}/members/{user}",
       with_guest([](Person& owner, Person& guest) {
         return owner.patch(owner.team_path() + "/members/" + guest.id,
                            Json::object({{"role", "developer"}}));
       })},
      {"DELETE /api/v1/orgs/{org}/teams/{team}/members/{user}",
       with_guest([](Person& owner, Person& guest) {
         return owner.del(owner.team_path() + "/members/" + guest.id);
       })},
      {"POST /api/v1/orgs/{org}/ownership-offers", with_guest([](Person& owner, Person& guest) {
         return owner.post(offers_of(owner), Json::object({{"user", guest.id}}));
       })},
      {"POST /api/v1/orgs/{org}/ownership-offers/{offer}/accept", with_offer("accept", true)},
      {"POST /api/v1/orgs/{org}/ownership-offers/{offer}/decline", with_offer("decline", true)},
      {"POST /api/v1/orgs/{org}/ownership-offers/{offer}/cancel", with_offer("cancel", false)},
      {"PUT /api/v1/platform/orgs/{org}/owner",
       [](Server& server) {
         auto owner = std::make_shared<Person>(server.somebody());
         server.raise(*owner, "business");
         auto guest = std::make_shared<Person>(server.colleague(*owner, "Guest"));
         auto root = std::make_shared<Person>(server.administrator());
         test::RawSql(server.dsn())
             .run("UPDATE users SET state = 'disabled' WHERE id = '" + owner->id + "'");
         return Prepared{[=] {
                           return root->put(
                               "/api/v1/platform/orgs/" + owner->org + "/owner",
                               Json::object({{"user", guest->id}, {"reason", "Ann is away"}}));
                         },
                         owner->org_id, 0, owner};
       }},
  };
  return kAll;
}

// Sends what belongs in no URL, and changes nothing.
bool looks(std::string_view pattern) { return pattern == "/api/v1/invitations/lookup"; }

}  // namespace

std::vector<WriteRoute> writes_of(Server& server) {
  std::vector<WriteRoute> out;
  for (const http::Router::Route* route : server.program().router()->routes()) {
    if (route->method == http::Method::get || route->method == http::Method::head ||
        route->method == http::Method::options)
      continue;
    if (looks(route->pattern)) continue;
    std::string deed = metadata(route->info, "deed");
    if (deed.empty()) deed = metadata(route->info, "action");
    out.push_back({std::string(http::method_name(route->method)) + " " + route->pattern, deed});
  }
  return out;
}

Prepared prepared(Server& server, const std::string& route) {
  const auto recipe = recipes().find(route);
  REQUIRE_MESSAGE(recipe != recipes().end(),
                  route << " is a write that no recipe makes; its audit row is not promised");
  return recipe->second(server);
}

}  // namespace ks::api_test
