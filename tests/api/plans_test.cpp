#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <utility>

#include <doctest/doctest.h>

#include "tests/api/audit_rows.hpp"
#include "tests/api/mailbox.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {
constexpr std::int64_t kMi = std::int64_t{1} << 20;

Json usage_item(Person& person, std::string_view feature) {
  const Json usage = person.get(person.org_path() + "/usage").json();
  for (const Json& item : usage.at("items").as_array())
    if (item.text("feature") == feature) return item;
  return {};
}
}  // namespace

TEST_CASE("the refusal of a plan says what was used, what would do, and whom to ask") {
  Server server;
  Person ann = server.somebody("Ann");
  ann.deploy("web");
  const Reply reply = ann.post(ann.deployments_path(), image_body("shop"));
  CHECK(reply.status == 403);
  CHECK(reply.header("content-type") == "application/problem+json");
  const Json expected = Json::object(
      {{"type", "http://localhost/problems/plan-limit"},
       {"title", "Plan limit reached"},
       {"status", 403},
       {"code", "plan_limit_reached"},
       {"feature", "deployments.max"},
       {"limit", 1},
       {"used", 1},
       {"requested", 1},
       {"plan", "free"},
       {"upgrade", Json::object({{"plan", "business"},
                                 {"limit", 5},
                                 {"url", "/o/" + ann.org + "/billing?from=deployments.max"}})},
       {"per", "organization"},
       {"can_upgrade", false},
       {"contacts", Json::array({Json::object({{"name", "Ann"}, {"role", "org_owner"}})})}});
  Json body = reply.json_without_trace();
  CHECK_FALSE(body.text("detail").empty());
  body.erase("detail");
  CHECK(body == expected);
  // Nothing of it was made.
  CHECK(ann.get(ann.deployment_path("shop")).status == 404);
  CHECK(ann.used("deployments.max") == 1);
}

TEST_CASE("an administrator of the platform raises a plan, and at once more fits") {
  Server server;
  Person root = server.administrator();
  Person ann = server.somebody("Ann");
  ann.deploy("one");
  const std::string path = "/api/v1/platform/orgs/" + ann.org + "/subscription";
  CHECK(ann.put(path, Json::object({{"plan", "business"}})).status == 404);
  const Reply reply = root.put(path, Json::object({{"plan", "business"}}));
  REQUIRE(reply.status == 200);
  CHECK(reply.json().text("plan") == "business");
  CHECK(ann.get(ann.org_path()).json().text("plan") == "business");
  for (const char* name : {"two", "three", "four", "five"}) ann.deploy(name);
  const Reply refused = ann.post(ann.deployments_path(), image_body("six"));
  CHECK(refused.status == 403);
  CHECK(refused.json().at("limit") == Json(5));
  CHECK(refused.json().at("upgrade", "plan") == Json("enterprise"));
  CHECK(refused.json().at("upgrade", "limit").is_null());

  for (const char* plan : {"", "gold", "FREE", "business "}) {
    const Reply unknown = root.put(path, Json::object({{"plan", plan}}));
    CHECK(unknown.status == 422);
    CHECK(unknown.json().at("errors").as_array()[0].text("pointer") == "/plan");
  }
  // Going down keeps what runs and lets nothing new in.
  REQUIRE(root.put(path, Json::object({{"plan", "free"}})).status == 200);
  CHECK(ann.get(ann.deployments_path()).json().at("items").as_array().size() == 5);
  CHECK(ann.post(ann.deployments_path(), image_body("six")).status == 403);
  REQUIRE(root.put(path, Json::object({{"plan", "enterprise"}})).status == 200);
  ann.deploy("six");
  CHECK(usage_item(ann, "deployments.max") == Json::object({{"feature", "deployments.max"},
                                                            {"unit", "count"},
                                                            {"used", 6},
                                                            {"limit", Json()},
                                                            {"unlimited", true},
                                                            {"per", "organization"}}));
}

TEST_CASE("what a smaller plan is too small for is said before, and mailed to who runs it after") {
  Server server({.settings = mailing_settings("open")});
  Person root = server.administrator();
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  const Person ben = server.colleague(ann, "Ben", "org_admin");
  const Person cleo = server.colleague(ann, "Cleo");
  ann.deploy("one", Json::object({{"replicas", 3}}));
  ann.deploy("two");
  const std::string path = "/api/v1/platform/orgs/" + ann.org + "/subscription";
  const auto preview = [&](Person& who, const std::string& plan) {
    return who.get(path + "/preview?plan=" + plan);
  };
  const auto conflict = [](const char* feature, const char* unit, int limit, int used) {
    return Json::object({{"feature", feature}, {"unit", unit}, {"limit", limit}, {"used", used}});
  };
  const Json over = Json::array({conflict("deployments.max", "count", 1, 2),
                                 conflict("members.max", "count", 1, 3),
                                 conflict("replicas.max", "count", 2, 3)});
  const auto said = [](const char* plan, Json conflicts, int grown) {
    return Json::object({{"plan", plan},
                         {"conflicts", std::move(conflicts)},
                         {"deployments_over", grown},
                         {"egress_ranges", Json()}});
  };
  CHECK(preview(root, "free").json() == said("free", over, 1));
  for (const char* plan : {"business", "enterprise"})
    CHECK(preview(root, plan).json() == said(plan, Json::array(), 0));
  // An override counts on every plan.
  server.execute(
      "INSERT INTO entitlement_overrides (client_id, org_id, feature, value, starts_at, ends_at, "
      "reason, by_user) SELECT client_id, id, 'members.max', '3', 0, 0, '', '" +
      root.id + "' FROM organizations WHERE id = '" + ann.org_id + "'");
  CHECK(preview(root, "free").json().at("conflicts").as_array().size() == 2);
  server.execute("DELETE FROM entitlement_overrides");
  for (const char* plan : {"gold", ""}) {
    CHECK(preview(root, plan).status == 422);
    CHECK(preview(root, plan).json().at("errors").as_array()[0].text("pointer") == "?plan");
  }
  CHECK(root.get(path + "/preview").status == 422);
  CHECK(preview(ann, "free").status == 404);
  CHECK(ann.get(ann.org_path()).json().text("plan") == "business");
  const int before = mails_waiting(server);
  const auto told = [&] { return mails_waiting(server) - before; };

  REQUIRE(root.put(path, Json::object({{"plan", "free"}})).status == 200);
  for (const Person* who : {&std::as_const(ann), &ben})
    CHECK(mail_to(server, who->email).kind == "plan_changed");
  CHECK(mail_to(server, cleo.email).kind.empty());
  CHECK(told() == 2);
  // What was so before is no news; and where it is not so any more nobody is told who was not yet.
  REQUIRE(root.put(path, Json::object({{"plan", "free"}})).status == 200);
  CHECK(told() == 2);
  REQUIRE(root.put(path, Json::object({{"plan", "enterprise"}})).status == 200);
  CHECK(told() == 0);
  REQUIRE(root.put(path, Json::object({{"plan", "free"}})).status == 200);
  CHECK(told() == 2);
  REQUIRE(root.put(path, Json::object({{"plan", "business"}})).status == 200);
  CHECK(told() == 0);
}

TEST_CASE("what a smaller plan finds too many of a service stays, and is changed in all else") {
  on_both([](Server& server) {
    Person root = server.administrator();
    Person ann = server.somebody("Ann");
    server.raise(ann, "enterprise");
    const auto pods = [](int number) { return Json::object({{"replicas", number}}); };
    for (const char* name : {"one", "two", "three", "four"}) ann.deploy(name, pods(12));
    ann.deploy("small", pods(2));
    const Json over =
        root.get("/api/v1/platform/orgs/" + ann.org + "/subscription/preview?plan=business")
            .json()
            .at("deployments_over");
    CHECK(over == Json(4));
    server.raise(ann, "business");
    const std::string path = ann.deployment_path("one");
    const auto replicas = [&] { return ann.get(path).json().integer_or(-1, "replicas"); };
    REQUIRE(ann.patch(path, Json::object({{"image", "nginx:2"}})).status == 200);
    REQUIRE(ann.patch(path, Json::object({{"env", Json::object({{"A", "1"}})}})).status == 200);
    // As it is, said once more.
    REQUIRE(ann.patch(path, pods(12).set("image", "nginx:3")).status == 200);
    REQUIRE(ann.poke(path + "/deploy").status == 202);
    CHECK(replicas() == 12);
    for (const Json& more :
         {pods(13),
          Json::object({{"autoscale", Json::object({{"min", 1}, {"max", 13}, {"cpu", 50}})}})}) {
      const Reply refused = ann.patch(path, more);
      CHECK(refused.status == 403);
      CHECK(refused.json().text("feature") == "replicas.max");
      CHECK(refused.json().at("limit") == Json(10));
      CHECK(refused.json().text("detail").find(
                "It has 12 from before and may keep them, but not get more.") != std::string::npos);
    }
    CHECK(ann.patch(ann.deployment_path("small"), pods(11)).json().text("detail").find("before") ==
          std::string::npos);
    // Fewer is no more, and what was given up does not come back.
    REQUIRE(ann.patch(path, pods(11)).status == 200);
    CHECK(ann.patch(path, pods(12)).status == 403);
    REQUIRE(ann.patch(path, pods(10)).status == 200);
    CHECK(ann.patch(path, pods(11)).status == 403);
    CHECK(replicas() == 10);
  });
}

TEST_CASE("administrators see what each plan allows, and nobody else does") {
  Server server;
  Person root = server.administrator();
  Person ann = server.somebody("Ann");
  CHECK(ann.get("/api/v1/platform/plans").status == 404);
  const Json list = root.get("/api/v1/platform/plans").json();
  std::vector<std::string> keys;
  for (const Json& plan : list.at("items").as_array()) keys.emplace_back(plan.text("key"));
  CHECK(keys == std::vector<std::string>{"free", "business", "enterprise"});
  const auto value = [&](std::size_t plan, std::string_view feature) -> Json {
    for (const Json& one : list.at("items").as_array()[plan].at("entitlements").as_array())
      if (one.text("feature") == feature) return one.at("value");
    FAIL("no feature " << feature);
    return {};
  };
  CHECK(value(0, "deployments.max") == Json(1));
  CHECK(value(1, "cpu.max") == Json(8000));
  CHECK(value(0, "memory.max") == Json(2048 * kMi));
  CHECK(value(2, "deployments.max").is_null());
  CHECK(value(0, "audit.export") == Json(false));
  CHECK(value(2, "audit.export") == Json(true));
  CHECK(value(1, "network.isolation") == Json("namespace"));
  // What is said of a plan is what its organizations are held to.
  for (std::size_t at = 0; at < keys.size(); ++at) {
    server.raise(ann, keys[at]);
    const Json usage = ann.get(ann.org_path() + "/usage").json();
    for (const Json& item : usage.at("items").as_array())
      CHECK(value(at, item.text("feature")) == item.at("limit"));
  }
}

TEST_CASE("usage tells the limit of each service, beside the most that one has") {
  on_both([](Server& server) {
    Person ann = server.somebody("Ann");
    const auto item = [](int used, Json limit) {
      const bool unlimited = limit.is_null();
      return Json::object({{"feature", "replicas.max"},
                           {"unit", "count"},
                           {"used", used},
                           {"limit", std::move(limit)},
                           {"unlimited", unlimited},
                           {"per", "service"}});
    };
    CHECK(usage_item(ann, "replicas.max") == item(0, Json(2)));
    ann.deploy("one", Json::object({{"replicas", 2}}));
    CHECK(usage_item(ann, "replicas.max") == item(2, Json(2)));
    server.raise(ann, "enterprise");
    ann.deploy("two",
               Json::object({{"autoscale", Json::object({{"min", 1}, {"max", 12}, {"cpu", 50}})}}));
    CHECK(usage_item(ann, "replicas.max") == item(12, Json()));
    // Whoever only works there is told as well, and what is over a smaller plan is told as it is.
    server.raise(ann, "business");
    Person bob = server.colleague(ann, "Bob");
    CHECK(usage_item(bob, "replicas.max") == item(12, Json(10)));
    REQUIRE(ann.del(ann.deployment_path("two")).status == 202);
    CHECK(usage_item(ann, "replicas.max") == item(2, Json(10)));
  });
}

TEST_CASE("usage tells which features the plan has, which plan has the others, and whom to ask") {
  Server server;
  Person root = server.administrator();
  Person ann = server.somebody("Ann");
  const auto told = [](Person& person, const std::string& org, std::string_view feature) {
    const Json usage = person.get("/api/v1/orgs/" + org + "/usage").json();
    CHECK(usage.at("contacts") ==
          Json::array({Json::object({{"name", "Ann"}, {"role", "org_owner"}})}));
    for (const Json& one : usage.at("features").as_array())
      if (one.text("feature") == feature) return one;
    return Json();
  };
  const auto feature = [](const char* key, bool included, Json upgrade) {
    return Json::object(
        {{"feature", key}, {"included", included}, {"upgrade", std::move(upgrade)}});
  };
  const std::string exported = ann.org_path() + "/audit/export";
  const Json free = feature("audit.export", false, "enterprise");
  CHECK(told(ann, ann.org, "audit.export") == free);
  // The cheapest of those that have it.
  CHECK(told(ann, ann.org, "templates.custom") == feature("templates.custom", false, "business"));
  CHECK(ann.get(exported).json().at("upgrade", "plan") == free.at("upgrade"));
  // Counted ones stand beside what is used of them, and nowhere else.
  CHECK(told(ann, ann.org, "deployments.max").is_null());
  server.raise(ann, "business");
  CHECK(told(ann, ann.org, "audit.export") == free);
  CHECK(ann.get(exported).status == 403);
  // Who only works there is told the same.
  Person bob = server.somebody("Bob");
  server.join(ann, bob, "org_member");
  CHECK(told(bob, ann.org, "audit.export") == free);
  server.raise(ann, "enterprise");
  CHECK(told(ann, ann.org, "audit.export") == feature("audit.export", true, Json()));
  CHECK(ann.get(exported).status == 200);
  // What an override takes away no other plan gives back; its own is no upgrade.
  server.execute(
      "INSERT INTO entitlement_overrides (client_id, org_id, feature, value, starts_at, ends_at, "
      "reason, by_user) SELECT client_id, id, 'audit.export', 'false', 0, 0, '', '" +
      root.id + "' FROM organizations WHERE id = '" + ann.org_id + "'");
  CHECK(told(ann, ann.org, "audit.export") == feature("audit.export", false, Json()));
  CHECK(ann.get(exported).status == 403);
}

TEST_CASE("usage is exact; a delete frees the place at once, and the amounts when all is gone") {
  Server server;
  Person ann = server.somebody("Ann");
  CHECK(ann.get(ann.org_path() + "/usage").json().text("plan") == "free");
  CHECK(usage_item(ann, "deployments.max") == Json::object({{"feature", "deployments.max"},
                                                            {"unit", "count"},
                                                            {"used", 0},
                                                            {"limit", 1},
                                                            {"unlimited", false},
                                                            {"per", "organization"}}));
  CHECK(ann.used("members.max") == 1);
  CHECK(ann.used("teams.max") == 1);
  // What a container gets that says nothing: 250m and 256Mi, here twice.
  ann.deploy("web", Json::object({{"replicas", 2}}));
  CHECK(ann.used("cpu.max") == 500);
  CHECK(ann.used("memory.max") == 512 * kMi);
  REQUIRE(
      ann.patch(ann.deployment_path("web"),
                Json::object({{"replicas", 1},
                              {"resources", Json::object({{"cpu", "300m"}, {"memory", "100Mi"}})}}))
          .status == 200);
  CHECK(ann.used("cpu.max") == 300);
  CHECK(ann.used("memory.max") == 100 * kMi);
  const std::string id(ann.get(ann.deployment_path("web")).json().text("id"));
  REQUIRE(ann.del(ann.deployment_path("web")).status == 202);
  CHECK(ann.used("deployments.max") == 0);
  ann.wait_for(id, "");
  for (const char* feature : {"cpu.max", "memory.max", "storage.max"})
    CHECK(ann.used(feature) == 0);
  // The name is free too, though the cluster may still have things of the old one.
  ann.deploy("web");
  CHECK(ann.used("deployments.max") == 1);
}

TEST_CASE("a template says before it is deployed what it takes of the plan") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "enterprise");
  const Json templates = ann.get("/api/v1/templates").json();
  for (const Json& one : templates.at("items").as_array()) {
    const std::string name(one.text("name"));
    CAPTURE(name);
    std::vector<std::int64_t> before;
    for (const Json& line : one.at("takes").as_array())
      before.push_back(ann.used(std::string(line.text("feature"))));
    REQUIRE(before.size() == 4);
    REQUIRE(ann.post(ann.deployments_path(), Json::object({{"name", name}, {"template", name}}))
                .status == 201);
    std::size_t at = 0;
    for (const Json& line : one.at("takes").as_array())
      CHECK(ann.used(std::string(line.text("feature"))) ==
            before[at++] + line.integer_or(-1, "amount"));
  }
}

TEST_CASE("volumes of a template count as storage") {
  Server server;
  Person ann = server.somebody("Ann");
  REQUIRE(
      ann.post(ann.deployments_path(), Json::object({{"name", "db"}, {"template", "postgresql"}}))
          .status == 201);
  CHECK(ann.used("storage.max") > 0);
  const std::string id(ann.get(ann.deployment_path("db")).json().text("id"));
  REQUIRE(ann.del(ann.deployment_path("db")).status == 202);
  ann.wait_for(id, "");
  CHECK(ann.used("storage.max") == 0);
}

TEST_CASE("each limit of a plan refuses, at creation and at change, and leaves all as it was") {
  Server server;
  Person ann = server.somebody("Ann");
  const auto resources = [](const char* kind, const char* amount) {
    return Json::object({{"resources", Json::object({{kind, amount}})}});
  };
  const auto scaled = [](int max) {
    return Json::object({{"autoscale", Json::object({{"min", 1}, {"max", max}, {"cpu", 50}})}});
  };
  const std::vector<std::pair<std::string, Json>> over = {
      {"cpu.max", resources("cpu", "1001m")},
      {"memory.max", resources("memory", "2049Mi")},
      {"replicas.max", Json::object({{"replicas", 3}})},
      // However few there are now: what there may be is reserved.
      {"replicas.max", scaled(3)},
      {"cpu.max", scaled(2).set("resources", Json::object({{"cpu", "501m"}}))},
      {"memory.max", scaled(2).set("resources", Json::object({{"memory", "1025Mi"}}))}};
  for (const auto& [feature, more] : over) {
    CAPTURE(feature);
    const Reply reply = ann.post(ann.deployments_path(), image_body("web", more));
    CHECK(reply.status == 403);
    CHECK(reply.json().text("feature") == feature);
    CHECK(ann.used("deployments.max") == 0);
    CHECK(ann.used("cpu.max") == 0);
  }
  ann.deploy("web");
  const Json before = ann.wait_for("web", "Ready");
  for (const auto& [feature, more] : over) {
    CAPTURE(feature);
    const Reply reply = ann.patch(ann.deployment_path("web"), more);
    CHECK(reply.status == 403);
    CHECK(reply.json().text("feature") == feature);
  }
  CHECK(ann.get(ann.deployment_path("web")).json() == before);
  CHECK(ann.used("cpu.max") == 250);
  REQUIRE(ann.patch(ann.deployment_path("web"), scaled(2)).status == 200);
  CHECK(ann.used("cpu.max") == 500);
  REQUIRE(ann.patch(ann.deployment_path("web"), Json::object({{"replicas", 1}})).status == 200);
  CHECK(ann.used("cpu.max") == 250);

  for (const char* name : {"Two", "Three"})
    REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", name}})).status == 201);
  const Reply team = ann.post(ann.org_path() + "/teams", Json::object({{"name", "Four"}}));
  CHECK(team.status == 403);
  CHECK(team.json().text("feature") == "teams.max");
  CHECK(ann.used("teams.max") == 3);
  REQUIRE(ann.del(ann.org_path() + "/teams/two").status == 204);
  CHECK(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Four"}})).status == 201);
}

TEST_CASE("of many creations at once exactly as many succeed as fit") {
  Server server;
  Person ann = server.somebody("Ann");
  constexpr int kAtOnce = 16;
  std::vector<std::thread> threads;
  std::vector<Reply> replies(kAtOnce);
  for (std::size_t i = 0; i < kAtOnce; ++i)
    threads.emplace_back([&, i] {
      replies[i] =
          send(server.port(), {"POST",
                               ann.deployments_path(),
                               {{"Cookie", ann.cookie}, {"Content-Type", "application/json"}},
                               image_body("web-" + std::to_string(i)).dump()});
    });
  for (auto& thread : threads) thread.join();
  int made = 0;
  for (const Reply& reply : replies) {
    if (reply.status == 201)
      ++made;
    else
      CHECK(reply.json().text("code") == "plan_limit_reached");
  }
  CHECK(made == 1);
  CHECK(ann.used("deployments.max") == 1);
}

TEST_CASE(
    "what the page on autoscaling has people send is taken on the plan that they begin with") {
  const char* source = std::getenv("KS_SOURCE_DIR");
  std::ifstream page(std::string(source == nullptr ? "." : source) +
                     "/docs/operations/autoscaling.md");
  const std::string text{std::istreambuf_iterator<char>(page), {}};
  Server server;
  Person ann = server.somebody("Ann");
  ann.deploy("web");
  int sent = 0;
  const std::string begins = "-d '";
  for (std::size_t at = text.find(begins); at != std::string::npos; at = text.find(begins, at)) {
    at += begins.size();
    const auto body = parse_json(text.substr(at, text.find('\'', at) - at));
    REQUIRE(body);
    const Reply reply = ann.patch(ann.deployment_path("web"), *body);
    CHECK_MESSAGE(reply.status == 200, reply.body);
    ++sent;
  }
  CHECK(sent == 2);
}
