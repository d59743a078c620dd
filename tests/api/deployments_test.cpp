#include <algorithm>

#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {
struct Deployments {
  Server server;
  Person ann = server.somebody("Ann");
  const std::string web = ann.deployment_path("web");
  Deployments() { server.raise(ann, "business"); }

  std::string etag() { return ann.get(web).header("etag").value_or(""); }
};
}  // namespace

TEST_CASE_FIXTURE(Deployments, "a deployment becomes ready and shows what is wanted and what is") {
  const Reply reply = ann.post(
      ann.deployments_path(),
      image_body("web", Json::object({{"env", Json::object({{"K", "V"}})}, {"replicas", 2}})));
  REQUIRE(reply.status == 201);
  CHECK(reply.header("location") == web);
  CHECK(reply.header("etag") == "\"v1\"");
  const Json made = reply.json();
  CHECK(made.text("phase") == "Pending");
  CHECK(made.at("revision") == Json(1));
  CHECK(made.at("template").is_null());
  CHECK(made.text("cluster") == "simulated");
  CHECK(made.text("namespace").starts_with("sandbox-"));
  CHECK(made.text("url") ==
        "http://" + std::string(made.text("internal_host")) + ".apps.localhost");
  CHECK(made.text("created_by", "name") == "Ann");
  const Json ready = ann.wait_for("web", "Ready");
  CHECK(ready.at("services", "web", "ready") == Json(2));
  CHECK(ready.at("services", "web", "env", "K") == Json("V"));
  CHECK(ready.at("allowed_actions") ==
        Json::array({"deployments:read", "deployments:update", "deployments:delete",
                     "deployments:restart", "deployments:rollback", "deployments:exec", "logs:read",
                     "metrics:read", "secrets:read", "secrets:write"}));
}

TEST_CASE_FIXTURE(Deployments, "live status does not change the ETag; what is wanted does") {
  ann.deploy("web");
  const std::string first = etag();
  ann.wait_for("web", "Ready");
  CHECK(etag() == first);
  REQUIRE(ann.poke(web + "/restart").status == 202);
  CHECK(etag() == first);
  REQUIRE(ann.patch(web, Json::object({{"replicas", 2}})).status == 200);
  const std::string second = etag();
  CHECK(second != first);
  // Nothing new is wanted: no revision either.
  const Reply same = ann.patch(web, Json::object({{"replicas", 2}}));
  CHECK(same.status == 200);
  CHECK(same.header("etag") == second);
  CHECK(same.json().at("revision") == Json(2));
}

TEST_CASE_FIXTURE(Deployments,
                  "a scaled service has bounds for a number, and shows how many are wanted") {
  const Json bounds = Json::object({{"min", 2}, {"max", 2}, {"cpu", 80}});
  REQUIRE(ann.post(ann.deployments_path(), image_body("web", Json::object({{"autoscale", bounds}})))
              .status == 201);
  Json now = ann.wait_for("web", "Ready");
  for (const Json& one : {now, now.at("services", "web")}) {
    CHECK(one.at("replicas").is_null());
    CHECK(one.at("autoscale") == bounds);
  }
  CHECK(now.at("services", "web", "wanted") == Json(2));
  CHECK(now.at("services", "web", "ready") == Json(2));
  // Whoever sends back what he was given changes nothing.
  const Json same = Json::object({{"replicas", now.at("replicas")}, {"autoscale", bounds}});
  CHECK(ann.patch(web, same).json().at("revision") == Json(1));
  CHECK(ann.patch(web, Json::object({{"autoscale", Json::object({{"min", 1}})}})).status == 200);
  REQUIRE(ann.patch(web, Json::object({{"replicas", 1}})).status == 200);
  now = ann.wait_for("web", "Ready");
  for (const Json& one : {now, now.at("services", "web")}) {
    CHECK(one.at("replicas") == Json(1));
    CHECK(one.at("autoscale").is_null());
  }
  CHECK(now.at("services", "web", "wanted") == Json(1));
}

TEST_CASE_FIXTURE(Deployments, "a write on a stale version is refused with the current state") {
  ann.deploy("web");
  const std::string old = etag();
  const Reply changed = ann.patch(web, Json::object({{"replicas", 2}}), {{"If-Match", old}});
  REQUIRE(changed.status == 200);
  ann.wait_for("web", "Ready");
  for (const std::string& stale :
       {old, std::string("\"v99\""), std::string("W/\"v2\""), std::string("\"2\""),
        std::string("\"v\""), std::string("\"v2\", \"v3\"")}) {
    CAPTURE(stale);
    const Reply refused = ann.patch(web, Json::object({{"replicas", 1}}), {{"If-Match", stale}});
    CHECK(refused.status == 412);
    CHECK(refused.json().text("code") == "stale_version");
    CHECK(refused.json().at("current") == ann.get(web).json());
    CHECK(ann.del(web, {{"If-Match", stale}}).status == 412);
  }
  CHECK(ann.get(web).json().at("replicas") == Json(2));
  CHECK(ann.patch(web, Json::object({{"replicas", 1}}), {{"If-Match", "*"}}).status == 200);
  CHECK(ann.patch(web, Json::object({{"replicas", 2}})).status == 200);
  CHECK(ann.del(web, {{"If-Match", etag()}}).status == 202);
}

TEST_CASE_FIXTURE(Deployments, "organizations and teams have versions too") {
  const std::string team = ann.team_path();
  for (const std::string& path : {ann.org_path(), team}) {
    CAPTURE(path);
    const std::string old = ann.get(path).header("etag").value_or("");
    const Reply changed = ann.patch(path, Json::object({{"name", "New"}}), {{"If-Match", old}});
    REQUIRE(changed.status == 200);
    CHECK(changed.header("etag") != old);
    CHECK(changed.header("etag") == ann.get(path).header("etag"));
    const Reply refused = ann.patch(path, Json::object({{"name", "Newer"}}), {{"If-Match", old}});
    CHECK(refused.status == 412);
    CHECK(refused.json().at("current") == ann.get(path).json());
    CHECK(ann.get(path).json().text("name") == "New");
  }
}

TEST_CASE_FIXTURE(Deployments, "a merge patch changes what it names and nothing else") {
  ann.deploy("web", Json::object({{"env", Json::object({{"A", "1"}, {"B", "2"}})}}));
  const Reply reply = ann.patch(
      web,
      Json::object(
          {{"services",
            Json::object({{"web", Json::object({{"env", Json::object({{"A", Json()}, {"C", "3"}})},
                                                {"image", "nginx:2"}})}})}}));
  REQUIRE(reply.status == 200);
  const Json now = reply.json();
  CHECK(now.at("env") == Json::object({{"B", "2"}, {"C", "3"}}));
  CHECK(now.text("image") == "nginx:2");
  CHECK(now.at("port") == Json(8080));
  CHECK(now.at("revision") == Json(2));
  const Reply merged = ann.call({"PATCH",
                                 web,
                                 {{"Content-Type", "application/merge-patch+json"}},
                                 R"({"exposure":"internal"})"});
  REQUIRE(merged.status == 200);
  CHECK(merged.json().at("url").is_null());
}

TEST_CASE_FIXTURE(Deployments, "deploy makes a revision each time") {
  ann.deploy("web");
  CHECK(ann.poke(web + "/deploy").json().at("revision") == Json(2));
  const Reply reply = ann.post(web + "/deploy", Json::object({{"image", "nginx:3"}}));
  CHECK(reply.status == 202);
  CHECK(reply.json().at("revision") == Json(3));
  CHECK(reply.json().text("image") == "nginx:3");
}

TEST_CASE_FIXTURE(Deployments, "what is being deleted takes no changes, and goes") {
  const std::string id(ann.deploy("web").text("id"));
  ann.wait_for("web", "Ready");
  const Reply deleted = ann.del(web);
  REQUIRE(deleted.status == 202);
  CHECK(deleted.json().text("phase") == "Deleting");
  // By its id, for its name is free already. The cluster may have finished before any of these.
  const std::string path = ann.deployment_path(id);
  for (const Reply& reply : {ann.patch(path, Json::object({{"replicas", 2}})),
                             ann.poke(path + "/restart"), ann.poke(path + "/deploy")}) {
    CHECK((reply.status == 409 || reply.status == 404));
    if (reply.status == 409) CHECK(reply.json().text("code") == "being_deleted");
  }
  const int again = ann.del(path).status;
  CHECK((again == 202 || again == 404));
  ann.wait_for(id, "");
  CHECK(ann.get(path).status == 404);
  CHECK(ann.get(web).status == 404);
}

TEST_CASE_FIXTURE(Deployments, "what is being deleted is not shown as something to change") {
  ann.deploy("web");
  const auto has = [](const Json& deployment, std::string_view action) {
    const Json::Array& all = deployment.at("allowed_actions").as_array();
    return std::ranges::find(all, Json(action)) != all.end();
  };
  for (const char* action : {"deployments:update", "deployments:restart", "deployments:delete"})
    CHECK(has(ann.get(ann.deployment_path("web")).json(), action));
  const Reply gone = ann.del(ann.deployment_path("web"));
  REQUIRE(gone.status == 202);
  const Reply still = ann.get(ann.deployment_path("web"));
  for (const Reply* reply : {&gone, &still}) {
    if (reply->status == 404) continue;
    for (const char* action : {"deployments:update", "deployments:restart"})
      CHECK_FALSE(has(reply->json(), action));
    CHECK(has(reply->json(), "deployments:read"));
    CHECK(has(reply->json(), "deployments:delete"));
  }
}

TEST_CASE_FIXTURE(Deployments, "deploy with an image says how to change one of several services") {
  REQUIRE(
      ann.post(ann.deployments_path(), Json::object({{"name", "two"}, {"template", "web-redis"}}))
          .status == 201);
  const Reply reply =
      ann.post(ann.deployment_path("two") + "/deploy", Json::object({{"image", "nginx:2"}}));
  CHECK(reply.status == 422);
  CHECK(reply.json().at("errors").as_array().at(0).text("pointer") == "/image");
  CHECK(reply.body.find("PATCH") != std::string::npos);
  CHECK(ann.post(ann.deployment_path("two") + "/deploy", Json::object()).status == 202);
}

TEST_CASE_FIXTURE(Deployments, "a template that has no URL gets none, at first or later") {
  server.raise(ann, "enterprise");
  const Json templates = ann.get("/api/v1/templates").json();
  std::size_t refusals = 0;
  const auto check_refused = [&](const Reply& reply) {
    ++refusals;
    CHECK(reply.status == 422);
    const Json faults = reply.json().at("errors");
    REQUIRE(faults.as_array().size() == 1);
    CHECK(faults.as_array()[0].text("pointer") == "/exposure");
  };
  for (const Json& one : templates.at("items").as_array()) {
    const std::string name(one.text("name"));
    CAPTURE(name);
    const bool open = one.text("exposure") == "public";
    Json inputs = Json::object();
    for (const Json& input : one.at("inputs").as_array())
      if (input.at("required") == Json(true)) inputs.set(std::string(input.text("name")), "x");
    for (const std::string first : {"", "public", "internal"}) {
      CAPTURE(first);
      const std::string called = name + (first.empty() ? "" : "-" + first);
      Json body = Json::object({{"name", called}, {"template", name}, {"inputs", inputs}});
      if (!first.empty()) body.set("exposure", first);
      const Reply made = ann.post(ann.deployments_path(), body);
      if (first == "public" && !open) {
        check_refused(made);
        CHECK(ann.get(ann.deployment_path(called)).status == 404);
        continue;
      }
      REQUIRE(made.status == 201);
      for (const std::string then : {"public", "internal", "public"}) {
        CAPTURE(then);
        const Reply changed =
            ann.patch(ann.deployment_path(called), Json::object({{"exposure", then}}));
        if (then == "public" && !open)
          check_refused(changed);
        else
          CHECK(changed.status == 200);
        const Json now = ann.get(ann.deployment_path(called)).json();
        CHECK(now.text("exposure") == (open ? then : "internal"));
        CHECK(now.at("url").is_null() == (!open || then == "internal"));
      }
      server.clock().advance(minutes(2));  // Past the bound of revisions in a minute.
    }
  }
  CHECK(refusals >= 10);
}

TEST_CASE_FIXTURE(Deployments, "a restart says what is awaited") {
  ann.deploy("web");
  ann.wait_for("web", "Ready");
  const Json restarted = ann.poke(ann.deployment_path("web") + "/restart").json();
  CHECK(restarted.text("phase") == "Updating");
  CHECK(restarted.text("message") == "A restart is on its way.");
}

TEST_CASE_FIXTURE(Deployments, "a team with deployments stays") {
  REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Shop"}})).status == 201);
  Person shop = ann;
  shop.team = "shop";
  const std::string id(shop.deploy("web").text("id"));
  const Reply refused = ann.del(shop.team_path());
  CHECK(refused.status == 409);
  CHECK(refused.json().text("code") == "team_not_empty");
  REQUIRE(shop.del(shop.deployment_path("web")).status == 202);
  // What is being deleted still counts, until the cluster has nothing left.
  shop.wait_for(id, "");
  CHECK(ann.del(shop.team_path()).status == 204);
  CHECK(ann.get(shop.team_path()).status == 404);
}

TEST_CASE_FIXTURE(Deployments, "a failing image is shown with its reason") {
  ann.deploy("web", Json::object({{"image", "docker.io/library/does-not-exist:1"}}));
  const Json broken = ann.wait_for("web", "Error");
  CHECK_FALSE(broken.text("reason").empty());
  CHECK_FALSE(broken.text("message").empty());
  REQUIRE(ann.patch(web, Json::object({{"image", "docker.io/library/web:1"}})).status == 200);
  CHECK(ann.wait_for("web", "Ready").text("reason").empty());
}

TEST_CASE("after a change the old revision is never shown as the new one's success") {
  Server server;
  Person ann = server.somebody("Ann");
  const Json made = ann.deploy("web");
  CHECK(made.at("serving_revision").is_null());
  Json web = ann.wait_for("web", "Ready");
  CHECK(web.at("serving_revision") == Json(1));
  for (int revision = 2; revision <= 6; ++revision) {
    const Reply changed =
        ann.patch(ann.deployment_path("web"),
                  Json::object({{"env", Json::object({{"ROUND", std::to_string(revision)}})}}));
    REQUIRE(changed.status == 200);
    CHECK(changed.json().text("phase") == "Updating");
    CHECK(changed.json().at("revision") == Json(revision));
    CHECK(changed.json().at("serving_revision") == Json(revision - 1));
    const auto check = [&](const Json& row) {
      if (row.text("phase") == "Ready") CHECK(row.at("serving_revision") == row.at("revision"));
    };
    check(ann.get(ann.deployments_path()).json().at("items").as_array()[0]);
    web = ann.wait_for("web", "Ready");
    CHECK(web.at("revision") == Json(revision));
    check(web);
  }
  const Reply restarted = ann.poke(ann.deployment_path("web") + "/restart");
  REQUIRE(restarted.status / 100 == 2);
  CHECK(ann.get(ann.deployment_path("web")).json().text("phase") != "Stopped");
  ann.wait_for("web", "Ready");
  // What nothing serves is not being updated.
  REQUIRE(ann.patch(ann.deployment_path("web"), Json::object({{"replicas", 0}})).status == 200);
  web = ann.wait_for("web", "Stopped");
  CHECK(web.at("serving_revision").is_null());
  const Reply again = ann.patch(ann.deployment_path("web"), Json::object({{"replicas", 1}}));
  CHECK(again.json().text("phase") == "Provisioning");
  CHECK(again.json().at("serving_revision").is_null());
  ann.wait_for("web", "Ready");
}
