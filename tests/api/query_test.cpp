#include <set>

#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

std::set<std::string> pointers(const Reply& reply) {
  std::set<std::string> out;
  const Json body = reply.json();
  const Json& errors = body.at("errors");
  if (errors.is_array())
    for (const Json& fault : errors.as_array()) out.insert(std::string(fault.text("pointer")));
  return out;
}

struct Asking {
  Server server;
  Person root = server.administrator();
  Person ann = server.somebody("Ann");
  Asking() {
    server.raise(ann, "business");
    ann.deploy("web");
  }
};

}  // namespace

TEST_CASE_FIXTURE(Asking,
                  "a query parameter that an operation does not have is 422 with its name") {
  int checked = 0;
  for (const Operation& op : server.contract().operations()) {
    const std::string audience(op.json->text("x-audience"));
    if (op.method != "GET" || audience == "anyone") continue;
    CAPTURE(op.id());
    ++checked;
    Person& who = audience == "platform_admin" ? root : ann;
    const std::string target = filled(op.pattern, ann.org);
    const Reply reply = who.get(target + "?team%20s=1&sort=name");
    CHECK(reply.status == 422);
    for (const char* name : {"?team s", "?sort"}) CHECK(pointers(reply).contains(name));
    // Those of the contract are known, and each is taken once.
    if (const Json& list = op.json->at("parameters"); list.is_array())
      for (const Json& one : list.as_array()) {
        const Json& parameter = server.contract().resolved(one);
        if (parameter.text("in") != "query") continue;
        const std::string name(parameter.text("name"));
        const Reply twice = who.get(target + "?" + name + "=1&" + name + "=1");
        CHECK(twice.status == 422);
        CHECK(pointers(twice).contains("?" + name));
      }
  }
  CHECK(checked >= 10);
}

TEST_CASE_FIXTURE(Asking, "a query parameter that is unknown hides no fault of the others") {
  using All = std::set<std::string>;
  int lists = 0;
  for (const Operation& op : server.contract().operations()) {
    if (op.method != "GET" || !op.json->at("parameters").is_array()) continue;
    std::string query = "?nope=1";
    All wanted = {"?nope"};
    for (const Json& one : op.json->at("parameters").as_array()) {
      const std::string name(server.contract().resolved(one).text("name"));
      if (name != "limit" && name != "cursor" && name != "state") continue;
      query += "&" + name + "=0";
      // A cursor is of one list, and which one that is the state says.
      if (name != "cursor" || query.find("state") == std::string::npos) wanted.insert("?" + name);
    }
    if (wanted.size() == 1) continue;
    if (wanted.contains("?state")) wanted.erase("?cursor");
    CAPTURE(op.id());
    ++lists;
    Person& who = op.json->text("x-audience") == "platform_admin" ? root : ann;
    const Reply reply = who.get(filled(op.pattern, ann.org) + query);
    CHECK(reply.status == 422);
    for (const std::string& one : wanted)
      CHECK_MESSAGE(pointers(reply).contains(one), one << " is not in " << reply.body);
  }
  CHECK(lists >= 6);
  CHECK(pointers(ann.del(ann.org_path() + "/members/" + ann.id + "?confirm=maybe&nope=1")) ==
        All{"?confirm", "?nope"});
}

TEST_CASE_FIXTURE(Asking, "a query with a fault makes no refusal less of one") {
  Person max = server.colleague(ann, "Max");
  const auto denials = [&] {
    const std::string log = ann.org_path() + "/audit?result=denied";
    return ann.get(log).json().at("items").as_array().size();
  };
  server.raise(ann, "enterprise");
  const std::size_t before = denials();
  CHECK(max.get(ann.org_path() + "/members?nope=1").status == 403);
  CHECK(denials() == before + 1);
}

TEST_CASE_FIXTURE(Asking, "writes take no query parameters that they do not know") {
  CHECK(ann.patch(ann.org_path() + "?force=1", Json::object({{"name", "New"}})).status == 422);
  CHECK(pointers(ann.poke(ann.deployment_path("web") + "/restart?now=1")) ==
        std::set<std::string>{"?now"});
  CHECK(ann.get(ann.org_path()).json().text("name") != "New");
  // Who may not see it is told nothing else.
  CHECK(server.nobody().get(ann.org_path() + "?x=1").status == 401);
}

TEST_CASE_FIXTURE(Asking, "an If-Match that is no entity tag is 400 and named") {
  const std::string web = ann.deployment_path("web");
  const Json change = Json::object({{"replicas", 2}});
  const Json before = ann.get(web).json();
  for (const char* field : {"v1", "\"v1", "1", "\"v 1\"", "\"v1\" \"v2\"", "\"v1\",", "*, \"v1\"",
                            "w/\"v1\"", "\"v1\";q=1"}) {
    CAPTURE(field);
    const Reply reply = ann.patch(web, change, {{"If-Match", field}});
    CHECK(reply.status == 400);
    CHECK(reply.json().text("code") == "malformed_header");
    CHECK(pointers(reply) == std::set<std::string>{"If-Match"});
    CHECK(
        ann.patch(ann.org_path(), Json::object({{"name", "New"}}), {{"If-Match", field}}).status ==
        400);
    CHECK(ann.del(web, {{"If-Match", field}}).status == 400);
  }
  CHECK(ann.get(web).json().at("replicas") == before.at("replicas"));
}

TEST_CASE_FIXTURE(Asking, "If-Match is a star, one tag or several, and weak ones never match") {
  const std::string web = ann.deployment_path("web");
  const auto change = [&](int replicas, const std::string& field) {
    return ann.patch(web, Json::object({{"replicas", replicas}}), {{"If-Match", field}}).status;
  };
  CHECK(change(2, "*") == 200);
  CHECK(ann.patch(ann.deployment_path("none"), Json::object({{"replicas", 2}}), {{"If-Match", "*"}})
            .status == 404);
  const std::string tag = ann.get(web).header("etag").value_or("");
  CHECK(change(3, "W/" + tag) == 412);
  CHECK(change(3, "\"other\"") == 412);
  CHECK(change(3, "\"other\" ,\"v1\", " + tag) == 200);
  CHECK(change(2, tag) == 412);
}

TEST_CASE_FIXTURE(Asking, "a conflict points to the field that it is about") {
  CHECK(pointers(ann.post(ann.deployments_path(), image_body("web"))) ==
        std::set<std::string>{"/name"});
  CHECK(pointers(ann.post(ann.org_path() + "/teams",
                          Json::object({{"name", "Other"}, {"slug", "default"}}))) ==
        std::set<std::string>{"/slug"});
  CHECK(pointers(ann.post("/api/v1/orgs", Json::object({{"name", "Other"}, {"slug", ann.org}}))) ==
        std::set<std::string>{"/slug"});
  CHECK(pointers(server.nobody().post(
            "/api/v1/auth/signup",
            Json::object({{"email", ann.email}, {"password", kPassword}, {"name", "Ann"}}))) ==
        std::set<std::string>{"/email"});
}

TEST_CASE("a method that the server does not know is not implemented, at any address") {
  Server server;
  for (const char* method : {"BREW", "PROPFIND", "get"})
    for (const char* path : {"/", "/api/v1/me", "/no-such"}) {
      CAPTURE(method);
      const Reply reply = send(server.port(), {method, path, {}, ""});
      CHECK(reply.status == 501);
      CHECK(reply.json().text("code") == "not_implemented");
      CHECK(reply.json().text("type").ends_with("/problems/not-implemented"));
    }
}

TEST_CASE("a limit of the plan is said with units") {
  Server server;
  Person ann = server.somebody("Ann");
  ann.deploy("one");
  const Reply count = ann.post(ann.deployments_path(), image_body("two"));
  REQUIRE(count.status == 403);
  CHECK(std::string(count.json().text("detail")).find("allows 1 deployment (") !=
        std::string::npos);
  CHECK(count.json().text("detail").find("In use: 1 deployment;") != std::string::npos);
  // Where the limit is one service's, nothing is in use.
  const Reply replicas = ann.patch(ann.deployment_path("one"), Json::object({{"replicas", 9}}));
  CAPTURE(replicas.body);
  CHECK(replicas.json().text("feature") == "replicas.max");
  CHECK(replicas.json().text("detail").find(
            "one service may have at most 2 replicas (replicas.max); 9 were asked for.") !=
        std::string::npos);
  CHECK(replicas.json().text("per") == "service");
  CHECK(replicas.json().integer_or(0, "limit") == 2);
  CHECK(replicas.json().integer_or(0, "requested") == 9);
  CHECK(count.json().text("per") == "organization");
  CHECK(replicas.json().text("detail").find("In use") == std::string::npos);
  const Reply memory =
      ann.patch(ann.deployment_path("one"),
                Json::object({{"resources", Json::object({{"memory", "2049Mi"}})}}));
  CAPTURE(memory.body);
  CHECK(std::string(memory.json().text("detail")).find("allows 2 GiB (memory.max)") !=
        std::string::npos);
}
