#include <algorithm>
#include <functional>
#include <set>

#include <doctest/doctest.h>

#include "domain/mail/draft.hpp"
#include "mail/samples.hpp"
#include "tests/api/mailbox.hpp"
#include "tests/api/schema.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

std::string metadata(const http::RouteInfo& info, std::string_view name) {
  for (const auto& [key, value] : info.metadata)
    if (key == name) return value;
  return {};
}

void each_ref(const Json& value, const std::function<void(const std::string&)>& visit) {
  if (value.is_object())
    for (const auto& [name, member] : value.members()) {
      if (name == "$ref" && member.is_string())
        visit(member.as_string());
      else
        each_ref(member, visit);
    }
  else if (value.is_array())
    for (const Json& item : value.as_array()) each_ref(item, visit);
}

// Every schema that describes an object, wherever it stands.
void each_object_schema(const Json& value, const std::string& at,
                        const std::function<void(const std::string&, const Json&)>& visit) {
  if (value.is_object()) {
    if (value.find("properties") != nullptr && value.at("properties").is_object()) visit(at, value);
    for (const auto& [name, member] : value.members())
      if (name != "example") each_object_schema(member, at + "/" + name, visit);
  } else if (value.is_array()) {
    for (const Json& item : value.as_array()) each_object_schema(item, at + "/-", visit);
  }
}

void check_example(const Contract& contract, const std::string& where, const Json& media) {
  const Json* example = media.find("example");
  if (example == nullptr) return;
  CAPTURE(where);
  for (const auto& fault : schema_faults(contract.json(), media.at("schema"), *example))
    CHECK_MESSAGE(false, fault);
}

}  // namespace

TEST_CASE("every route is in the contract with who may come and what it needs, and back") {
  Server server;
  std::set<std::string> served, written;
  for (const http::Router::Route* route : server.program().router()->routes())
    served.insert(std::string(http::method_name(route->method)) + " " + route->pattern + " for " +
                  route->info.audience + " needs " + metadata(route->info, "action"));
  for (const Operation& op : server.contract().operations())
    written.insert(op.method + " " + op.pattern + " for " +
                   std::string(op.json->text("x-audience")) + " needs " +
                   std::string(op.json->text("x-action")));
  CHECK(served.size() > 25);
  for (const auto& route : served) CHECK_MESSAGE(written.contains(route), "not written: ", route);
  for (const auto& route : written) CHECK_MESSAGE(served.contains(route), "not served: ", route);
}

TEST_CASE("every operation of the contract is described whole") {
  Server server;
  const Contract& contract = server.contract();
  std::set<std::string> ids;
  for (const Operation& op : contract.operations()) {
    CAPTURE(op.method);
    CAPTURE(op.pattern);
    CHECK(ids.insert(op.id()).second);
    for (const char* text : {"operationId", "summary", "description", "x-audience"})
      CHECK_FALSE(op.json->text(text).empty());
    const bool anyone = op.json->text("x-audience") == "anyone";
    const Json* security = op.json->find("security");
    CHECK((security != nullptr) == anyone);
    if (security != nullptr) CHECK(security->as_array().empty());
    const Json& responses = op.json->at("responses");
    if (!anyone) CHECK(responses.find("401") != nullptr);
    if (op.json->find("requestBody") != nullptr)
      for (const char* status : {"400", "413", "415", "422"})
        CHECK(responses.find(status) != nullptr);
    if (op.method != "GET") CHECK(responses.find("403") != nullptr);

    // Exactly the names of the path are its parameters.
    std::set<std::string> named, given;
    for (std::size_t at = op.pattern.find('{'); at != std::string::npos;
         at = op.pattern.find('{', at + 1))
      named.insert(op.pattern.substr(at + 1, op.pattern.find('}', at) - at - 1));
    for (const Json* holder : {op.item, op.json})
      if (const Json& list = holder->at("parameters"); list.is_array())
        for (const Json& one : list.as_array())
          if (const Json& p = contract.resolved(one); p.text("in") == "path")
            given.insert(std::string(p.text("name")));
    CHECK(named == given);
  }
}

TEST_CASE("the contract has no loose ends: references lead somewhere and all parts are used") {
  Server server;
  const Json& root = server.contract().json();
  std::set<std::string> used;
  each_ref(root, [&](const std::string& reference) {
    CAPTURE(reference);
    CHECK(resolve(root, reference) != nullptr);
    used.insert(reference);
  });
  for (const auto& [kind, parts] : root.at("components").members()) {
    if (kind == "securitySchemes") continue;
    for (const auto& [name, part] : parts.members()) {
      CAPTURE(name);
      CHECK(used.contains("#/components/" + kind + "/" + name));
    }
  }
}

TEST_CASE("every object of the contract says that it has no other fields") {
  Server server;
  int objects = 0;
  each_object_schema(server.contract().json().at("components"), "",
                     [&](const std::string& at, const Json& schema) {
                       CAPTURE(at);
                       ++objects;
                       const Json& others = schema.at("additionalProperties");
                       CHECK(others.is_bool());
                       if (others.is_bool()) CHECK_FALSE(others.as_bool());
                       if (schema.at("required").is_array())
                         for (const Json& name : schema.at("required").as_array())
                           CHECK(schema.at("properties").find(name.as_string()) != nullptr);
                     });
  CHECK(objects > 30);
}

TEST_CASE("every example of the contract is what its schema says") {
  Server server;
  const Contract& contract = server.contract();
  for (const Operation& op : contract.operations()) {
    if (const Json* body = op.json->find("requestBody"))
      for (const auto& [type, media] : contract.resolved(*body).at("content").members())
        check_example(contract, op.id() + " " + type, media);
    for (const auto& [status, given] : op.json->at("responses").members())
      if (const Json& content = contract.resolved(given).at("content"); content.is_object())
        for (const auto& [type, media] : content.members())
          check_example(contract, op.id() + " " + status, media);
  }
}

TEST_CASE("a reply that drifts from the contract is noticed") {
  Server server;
  Person ann = server.somebody();
  Contract contract = server.contract();
  const Operation* op = contract.find("GET", ann.org_path());
  REQUIRE(op != nullptr);
  const Reply good = ann.get(ann.org_path());
  REQUIRE(contract.reply_faults(*op, good).empty());

  const auto drifted = [&](const char* field, const Json& value, bool erase = false) {
    Reply reply = good;
    Json body = good.json();
    if (erase)
      body.erase(field);
    else
      body.set(field, value);
    reply.body = body.dump();
    return contract.reply_faults(*op, reply).size();
  };
  CHECK(drifted("surprise", Json(1)) == 1);
  CHECK(drifted("plan", Json(), true) == 1);
  CHECK(drifted("name", Json(7)) == 1);
  CHECK(drifted("id", Json("no id")) == 1);
  CHECK(drifted("role", Json("org_emperor")) == 1);
  CHECK(drifted("created_at", Json("yesterday")) == 1);
  CHECK(drifted("allowed_actions", Json::array({"READ"})) == 1);
  CHECK(drifted("role", Json()) == 0);

  Reply reply = good;
  reply.status = 418;
  CHECK(contract.reply_faults(*op, reply).size() == 1);
  reply = good;
  std::erase_if(reply.headers, [](const auto& field) { return field.first == "etag"; });
  CHECK(contract.reply_faults(*op, reply).size() == 1);
  reply = good;
  reply.headers.emplace_back("location", "/somewhere");
  CHECK(contract.reply_faults(*op, reply).size() == 1);
  reply = good;
  for (auto& [name, value] : reply.headers)
    if (name == "content-type") value = "text/plain";
  CHECK(contract.reply_faults(*op, reply).size() == 1);
}

TEST_CASE("every operation gives what the contract promises for its success") {
  Server server;
  Person root = server.administrator();
  Person ann = server.somebody();
  server.raise(ann, "enterprise");
  Person nobody = server.nobody();
  for (const char* path :
       {"/", "/healthz", "/openapi.json", "/docs/api", "/docs/api.css", "/problems/not-found",
        "/assets/page-1.js", "/robots.txt", "/api/v1/config"})
    CHECK(nobody.get(path).status == 200);
  // It is ready once the operator leads.
  ann.deploy("web");
  ann.wait_for("web", "Ready");
  CHECK(nobody.get("/readyz").status == 200);

  CHECK(ann.get("/api/v1/templates").status == 200);
  CHECK(ann.get("/api/v1/orgs").status == 200);
  CHECK(ann.post("/api/v1/orgs", Json::object({{"name", "Second"}})).status == 201);
  CHECK(ann.get(ann.org_path()).status == 200);
  CHECK(ann.patch(ann.org_path(), Json::object({{"name", "Renamed"}})).status == 200);
  CHECK(ann.get(ann.org_path() + "/usage").status == 200);
  CHECK(ann.get(ann.org_path() + "/isolation").status == 200);
  CHECK(root.get("/api/v1/platform/isolation").status == 200);
  CHECK(ann.get(ann.org_path() + "/audit").status == 200);
  CHECK(ann.get(ann.org_path() + "/audit/export").status == 200);
  CHECK(ann.get(ann.org_path() + "/teams").status == 200);
  CHECK(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Shop"}})).status == 201);
  CHECK(ann.get(ann.team_path()).status == 200);
  CHECK(ann.patch(ann.team_path(), Json::object({{"description", "x"}})).status == 200);
  CHECK(ann.del(ann.org_path() + "/teams/shop").status == 204);
  Person ben = server.colleague(ann, "Ben");
  const std::string in_org = ann.org_path() + "/members/" + ben.id;
  CHECK(ann.get(ann.org_path() + "/members").status == 200);
  CHECK(ann.get(in_org).status == 200);
  CHECK(ann.patch(in_org, Json::object({{"org_role", "org_admin"}})).status == 200);
  const std::string in_team = ann.team_path() + "/members/" + ben.id;
  CHECK(ann.put(in_team, Json::object()).status == 200);
  CHECK(ann.get(ann.team_path() + "/members").status == 200);
  CHECK(ann.get(ann.team_path() + "/members/candidates?q=ben").status == 200);
  CHECK(ann.get(in_team).status == 200);
  CHECK(ann.patch(in_team, Json::object({{"role", "developer"}})).status == 200);
  CHECK(ann.del(in_team).status == 204);
  CHECK(ann.get(in_org + "/removal").status == 200);
  for (const std::string& place : {ann.org_path(), ann.team_path()}) {
    CHECK(ann.get(place + "/access-review").status == 200);
    CHECK(ann.get(ann.org_path() + "/access-review?user=" + ben.id).status == 200);
    CHECK(ann.get(place + "/access-review/export").status == 200);
    CHECK(ann.get(place + "/access-review/export?format=ndjson").status == 200);
    const Reply started = ann.poke(place + "/access-review");
    CHECK(started.status == 201);
    const std::string review =
        ann.org_path() + "/access-reviews/" + std::string(started.json().text("id"));
    CHECK(ann.get(ann.org_path() + "/access-reviews").status == 200);
    CHECK(ann.get(review).status == 200);
    CHECK(ann.get(review + "/rows").status == 200);
    CHECK(ann.put(review + "/rows/1", Json::object({{"decision", "confirmed"}})).status == 200);
    CHECK(ann.poke(review + "/finish").status == 200);
  }
  CHECK(ann.del(in_org).status == 204);
  CHECK(ann.poke(in_org + "/reinstate").status == 200);
  const auto offered = [&](Person& from, const Person& to) {
    const Reply reply =
        from.post(ann.org_path() + "/ownership-offers", Json::object({{"user", to.id}}));
    CHECK(reply.status == 201);
    return ann.org_path() + "/ownership-offers/" + std::string(reply.json().text("id"));
  };
  CHECK(ann.get(ann.org_path() + "/ownership-offers").status == 200);
  CHECK(ann.poke(offered(ann, ben) + "/cancel").status == 200);
  CHECK(ben.poke(offered(ann, ben) + "/decline").status == 200);
  CHECK(ben.poke(offered(ann, ben) + "/accept").status == 200);
  server.execute("UPDATE users SET state = 'disabled' WHERE id = '" + ben.id + "'");
  CHECK(root.put("/api/v1/platform/orgs/" + ann.org + "/owner",
                 Json::object({{"user", ann.id}, {"reason", "Gone."}}))
            .status == 200);
  server.execute("UPDATE users SET state = 'active' WHERE id = '" + ben.id + "'");
  CHECK(ben.poke(ann.org_path() + "/leave").status == 204);
  const std::string invitations = ann.org_path() + "/invitations";
  const auto invited = [&](const std::string& email) {
    const Json rows = Json::array({Json::object({{"email", email}})});
    const Reply reply = ann.post(invitations, Json::object({{"invitations", rows}}));
    CHECK(reply.status == 200);
    return std::string(reply.json().at("results").as_array()[0].text("invitation", "id"));
  };
  const auto with_token = [&](Person& who, const std::string& route, const std::string& id) {
    return who
        .post("/api/v1/invitations/" + route, Json::object({{"token", server.token_of(ann, id)}}))
        .status;
  };
  const std::string one = invited("one@example.com");
  CHECK(ann.get(invitations).status == 200);
  CHECK(ann.get(invitations + "/" + one).status == 200);
  CHECK(ann.patch(invitations + "/" + one, Json::object({{"org_role", "org_admin"}})).status ==
        200);
  server.execute("UPDATE invitations SET sent_at = 0");
  CHECK(ann.poke(invitations + "/" + one + "/resend").status == 200);
  CHECK(with_token(nobody, "lookup", one) == 200);
  CHECK(with_token(ben, "ask", one) == 202);
  CHECK(ann.del(invitations + "/" + one).status == 204);
  CHECK(with_token(ben, "decline", invited(ben.email)) == 204);
  CHECK(with_token(ben, "accept", invited(ben.email)) == 200);
  CHECK(ann.get(ann.deployments_path()).status == 200);
  CHECK(ann.patch(ann.deployment_path("web"), Json::object({{"replicas", 2}})).status == 200);
  CHECK(ann.poke(ann.deployment_path("web") + "/restart").status == 202);
  CHECK(ann.poke(ann.deployment_path("web") + "/deploy").status == 202);
  CHECK(ann.del(ann.deployment_path("web")).status == 202);
  CHECK(root.get("/api/v1/platform/orgs").status == 200);
  CHECK(root.get("/api/v1/platform/orgs/" + ann.org + "/subscription/preview?plan=free").status ==
        200);
  const std::string suspension = "/api/v1/platform/orgs/" + ann.org + "/suspension";
  CHECK(root.put(suspension, Json::object({{"reason", "Why."}})).status == 200);
  CHECK(ann.get(ann.org_path()).json().text("state") == "suspended");
  CHECK(ann.patch(ann.org_path(), Json::object({{"name", "Paused"}})).status == 403);
  CHECK(root.del(suspension).status == 200);
  CHECK(root.get("/api/v1/platform/plans").status == 200);
  CHECK(ann.patch("/api/v1/me", Json::object({{"locale", "de"}})).status == 200);
  CHECK(ann.get("/api/v1/me/sessions").status == 200);
  CHECK(ann.post("/api/v1/me/address", Json::object({{"email", "ann@new.example"}})).status == 202);
  CHECK(ann.put("/api/v1/me/password", Json::object({{"password", kPassword}})).status == 200);
  CHECK(ann.del("/api/v1/me/sessions").status == 204);
  CHECK(nobody.post("/api/v1/auth/forgot", Json::object({{"email", ann.email}})).status == 202);
  Person bob = server.somebody("Bob");
  const std::string bobs(bob.get("/api/v1/me").json().text("user", "id"));
  const auto by_link = [&](const std::string& path, const std::string& purpose,
                           const std::string& address, const std::string& user) {
    const Json body = Json::object(
        {{"token", plant_link(server, purpose, address, user)}, {"password", kPassword}});
    return server.nobody().post("/api/v1/auth" + path, body).status;
  };
  CHECK(by_link("/verify", "sign_up", "eve@example.com", "") == 201);
  const std::string moving = plant_link(server, "change_address", "bob@new.example", bobs);
  CHECK(bob.post("/api/v1/auth/address", Json::object({{"token", moving}})).status == 204);
  CHECK(by_link("/address/restore", "restore_address", "bob@old.example", bobs) == 204);
  CHECK(by_link("/reset", "reset", "bob@old.example", bobs) == 204);
  Person carl = server.somebody("Carl");
  const Json carls = carl.get("/api/v1/me/sessions").json();
  const std::string session(carls.at("items").as_array().at(0).text("id"));
  CHECK(carl.del("/api/v1/me/sessions/" + session).status == 204);
  CHECK(ann.post("/api/v1/auth/reauthenticate", Json::object({{"password", kPassword}})).status ==
        200);
  CHECK(ann.call({"DELETE",
                  ann.org_path(),
                  {{"Content-Type", "application/json"}},
                  Json::object({{"name", "Renamed"}}).dump()})
            .status == 202);
  CHECK(ann.poke(ann.org_path() + "/restore").status == 200);
  CHECK(ann.poke("/api/v1/auth/logout").status == 204);

  std::set<std::string> successes;
  for (const auto& seen : server.contract().seen())
    if (seen[seen.find(' ') + 1] == '2') successes.insert(seen.substr(0, seen.find(' ')));
  for (const Operation& op : server.contract().operations())
    // Held against the contract event by event, in its own tests.
    if (op.id() != "streamEvents") CHECK_MESSAGE(successes.contains(op.id()), op.id());
}

TEST_CASE("no mail leads nowhere") {
  Server server;
  Person stranger = server.nobody();
  int followed = 0;
  for (const MailContent& content : mail::test::samples()) {
    const MailDraft draft = draft_of(content);
    if (!draft.link) continue;
    CAPTURE(draft.kind);
    CAPTURE(draft.link->path);
    ++followed;
    const Reply page = stranger.get(draft.link->path);
    CHECK(page.status == 200);
    CHECK(page.header("content-type").value_or("").starts_with("text/html"));
  }
  CHECK(followed >= 8);
}

TEST_CASE("the contract is of the version that the program says it is") {
  Server server;
  CHECK(server.contract().json().text("info", "version") ==
        server.nobody().get("/api/v1/config").json().text("version"));
}

TEST_CASE("no address that a reply gives out leads nowhere") {
  Server server;
  Person ann = server.somebody();
  const auto follow = [&](std::string url) {
    CAPTURE(url);
    constexpr std::string_view kBase = "http://localhost";
    if (url.starts_with(kBase)) url = url.substr(kBase.size());
    const Reply reply = server.nobody().get(url);
    CHECK(reply.status == 200);
    return reply;
  };
  ann.deploy("one");
  const Reply limited = ann.post(ann.deployments_path(), image_body("two"));
  REQUIRE(limited.status == 403);
  CHECK(follow(std::string(limited.json().text("type"))).json().text("code") ==
        "plan_limit_reached");
  follow(std::string(limited.json().text("upgrade", "url")));
  for (const auto& [code, problem] : server.contract().json().at("x-problems").members()) {
    std::string type = code == "plan_limit_reached" ? "plan-limit" : code;
    std::ranges::replace(type, '_', '-');
    CHECK(follow("/problems/" + type).json().text("code") == code);
  }
  CHECK(ann.get("/problems/never-heard-of").status == 404);
  const Json root = follow("/").json();
  for (const char* name : {"documentation", "contract"}) follow(std::string(root.text(name)));
  const auto link = server.program().first_administrator_link();
  REQUIRE(link.has_value());
  REQUIRE(link->has_value());
  follow((*link)->substr(0, (*link)->find('#')));
}

TEST_CASE("a method that an address does not have is 405, and an unknown address 404") {
  Server server;
  Person ann = server.somebody();
  const Reply refused = ann.call({"DELETE", "/api/v1/me", {}, std::nullopt});
  CHECK(refused.status == 405);
  CHECK(refused.json().text("code") == "method_not_allowed");
  CHECK(refused.header("allow") == "GET, HEAD, PATCH, OPTIONS");
  for (const char* path : {"/api", "/api/v1", "/api/v2/me", "/api/v1/nothing"}) {
    const Reply absent = ann.get(path);
    CHECK(absent.status == 404);
    CHECK(absent.json().text("code") == "not_found");
  }
}

TEST_CASE("what belongs to a tenant is stored by no cache") {
  Server server;
  Person ann = server.somebody();
  ann.deploy("web");
  for (const auto& path : {std::string("/api/v1/me"), ann.org_path(), ann.deployment_path("web")}) {
    const Reply reply = ann.get(path);
    CHECK(reply.header("cache-control") == "no-store");
    CHECK(reply.header("vary") == "Host, Cookie");
  }
}
