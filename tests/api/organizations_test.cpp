// The life of an organization over the wire: its slug, its end, its way back, and its purge.
#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "kube/simulated/cluster.hpp"
#include "runtime/loop.hpp"
#include "tests/api/server.hpp"
#include "tests/audit/raw_sql.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

std::vector<std::string> pointers(const Reply& reply) {
  std::vector<std::string> out;
  const Json body = reply.json();
  if (body.at("errors").is_array())
    for (const Json& fault : body.at("errors").as_array()) out.emplace_back(fault.text("pointer"));
  return out;
}

Json named(const std::string& name) { return Json::object({{"name", name}}); }

Reply remove(Person& who, const std::string& path, const Json& body) {
  return who.call({"DELETE", path, {{"Content-Type", "application/json"}}, body.dump()});
}

void sign_in(Person& who) {
  REQUIRE(
      who.post("/api/v1/auth/login", Json::object({{"email", who.email}, {"password", kPassword}}))
          .status == 200);
}

// A simulated cluster that the test can look into.
struct Cluster {
  Cluster() : inside(clock) { inside.start(loops.at(0)); }
  ~Cluster() { loops.stop(); }

  std::set<std::string> names(const kube::Kind& kind) {
    kube::ListOptions options;
    options.label_selector = "app.kubernetes.io/managed-by=k8s-scheduler";
    const auto page = inside.list(kind, options);
    REQUIRE(page);
    std::set<std::string> out;
    for (const Json& item : page->items) out.insert(std::string(item.text("metadata", "name")));
    return out;
  }
  // Everything in it, of whatever kind and whosever, as text.
  std::vector<std::string> texts() {
    namespace kinds = kube::kinds;
    std::vector<std::string> out;
    for (const kube::Kind& kind : {kinds::kNamespace,
                                   kinds::kSecret,
                                   kinds::kConfigMap,
                                   kinds::kService,
                                   kinds::kServiceAccount,
                                   kinds::kPod,
                                   kinds::kEvent,
                                   kinds::kNode,
                                   kinds::kPersistentVolumeClaim,
                                   kinds::kResourceQuota,
                                   kinds::kLimitRange,
                                   kinds::kDeployment,
                                   kinds::kReplicaSet,
                                   kinds::kIngress,
                                   kinds::kNetworkPolicy,
                                   kinds::kPodDisruptionBudget,
                                   kinds::kHorizontalPodAutoscaler,
                                   kinds::kLease,
                                   kinds::kCustomResourceDefinition,
                                   kinds::kSandbox,
                                   kinds::kUserDeployment}) {
      kube::ListOptions options;
      do {
        const auto page = inside.list(kind, options);
        REQUIRE(page);
        // Kubernetes forgets an Event by itself; one about a sandbox stands in no namespace of
        // ours.
        for (const Json& item : page->items)
          if (kind != kinds::kEvent || item.text("metadata", "namespace") != "default")
            out.push_back(item.dump());
        options.continue_token = page->continue_token;
      } while (!options.continue_token.empty());
    }
    return out;
  }
  std::size_t saying(const std::string& text) {
    const auto all = texts();
    return static_cast<std::size_t>(std::ranges::count_if(
        all, [&](const std::string& one) { return one.find(text) != std::string::npos; }));
  }
  // Asks until the cluster has this many of them.
  bool comes_to(Person& meanwhile, const kube::Kind& kind, std::size_t count) {
    const SystemClock system;
    const Time until = system.monotonic() + seconds(60);
    while (names(kind).size() != count) {
      if (system.monotonic() > until) return false;
      meanwhile.get("/api/v1/config");
    }
    return true;
  }

  SystemClock clock;
  runtime::LoopGroup loops{1};
  kube::simulated::SimulatedCluster inside;
};

ServerOptions on(Cluster& cluster) {
  ServerOptions options;
  options.cluster = &cluster.inside;
  return options;
}

}  // namespace

TEST_CASE("a slug that was changed leads its members to the organization, and nobody else") {
  Server server;
  Person ann = server.somebody("Ann");
  Person eve = server.somebody("Eve");
  const std::string old_path = ann.org_path();
  const Json before = ann.get(old_path).json();
  const auto etag = ann.get(old_path).header("etag").value_or("");
  const Reply stale =
      ann.patch(old_path, Json::object({{"slug", "acme"}}), {{"If-Match", "\"v9\""}});
  CHECK(stale.status == 412);
  CHECK(stale.json().at("current") == before);
  const Reply moved =
      ann.patch(old_path, Json::object({{"slug", "acme"}, {"name", "Acme"}}), {{"If-Match", etag}});
  REQUIRE(moved.status == 200);
  CHECK(moved.json().text("slug") == "acme");
  CHECK(moved.json().text("name") == "Acme");
  CHECK(moved.header("etag") != etag);

  // The address of before finds it and what is below it, and changes nothing.
  CHECK(ann.get(old_path).json() == moved.json());
  CHECK(ann.get("/api/v1/orgs/acme").json() == moved.json());
  for (const char* below : {"/teams", "/teams/default", "/members", "/usage", "/audit",
                            "/ownership-offers", "/teams/default/deployments"}) {
    CAPTURE(below);
    const Reply led = ann.get(old_path + below);
    CHECK(led.status == 200);
    CHECK(led.json() == ann.get("/api/v1/orgs/acme" + std::string(below)).json());
    CHECK(eve.get(old_path + below).json_without_trace() ==
          eve.get("/api/v1/orgs/no-such" + std::string(below)).json_without_trace());
  }
  // Also what is sent as it comes.
  CHECK(ann.get(old_path + "/access-review/export").status == 200);
  CHECK(eve.get(old_path + "/access-review/export").status == 404);
  CHECK(eve.get(old_path + "/stream").status == 404);
  CHECK(ann.patch(old_path, named("X")).status == 404);
  CHECK(ann.patch(old_path + "/teams/default", named("X")).status == 404);
  CHECK(ann.del(old_path + "/members/" + eve.id).status == 404);
  CHECK(ann.post(old_path + "/teams", named("Shop")).status == 404);
  const Json absent = eve.get("/api/v1/orgs/no-such").json_without_trace();
  CHECK(eve.get(old_path).json_without_trace() == absent);
  // What is refused there is told in the organization's log, as by its name of now.
  Person bob = server.somebody("Bob");
  Person now = ann;
  now.org = "acme";
  server.raise(now, "business");
  server.join(now, bob, "org_member");
  CHECK(bob.get(old_path + "/audit").status == 403);
  const Json last = ann.get("/api/v1/orgs/acme/audit?limit=1").json().at("items").as_array()[0];
  CHECK(last.text("actor", "id") == bob.id);
  CHECK(last.text("result") == "denied");
  CHECK(eve.get("/api/v1/orgs/acme").json_without_trace() == absent);

  for (const std::string& slug : {ann.org, std::string("acme")}) {
    CAPTURE(slug);
    const Reply refused = eve.patch(eve.org_path(), Json::object({{"slug", slug}}));
    CHECK(refused.status == 409);
    CHECK(refused.json().text("code") == "slug_taken");
    CHECK(pointers(refused) == std::vector<std::string>{"/slug"});
  }
  for (const char* slug :
       {"admin", "api", "new", "Acme", "-a", "01939f6e-4a00-7000-8000-000000000001"})
    CHECK(pointers(eve.patch(eve.org_path(), Json::object({{"slug", slug}}))) ==
          std::vector<std::string>{"/slug"});
  // Its own it may have back.
  CHECK(ann.patch("/api/v1/orgs/acme", Json::object({{"slug", ann.org}})).status == 200);
  CHECK(ann.get(old_path).json().text("slug") == ann.org);
  server.clock().advance(days(90));
  sign_in(ann);
  sign_in(eve);
  CHECK(ann.get("/api/v1/orgs/acme").status == 404);
  CHECK(eve.patch(eve.org_path(), Json::object({{"slug", "acme"}})).status == 200);
  CHECK(ann.get("/api/v1/orgs/acme").status == 404);
}

TEST_CASE("an organization that is deleted is nobody's at once, and comes back whole") {
  Cluster cluster;
  Server server(on(cluster));
  Person ann = server.somebody("Ann");
  Person eve = server.somebody("Eve");
  const Reply made =
      ann.post(ann.deployments_path(), Json::object({{"name", "db"}, {"template", "postgresql"}}));
  REQUIRE(made.status == 201);
  ann.wait_for("db", "Ready");
  const Json before = ann.get(ann.deployment_path("db")).json();
  const Json usage = ann.get(ann.org_path() + "/usage").json();
  const auto claims = cluster.names(kube::kinds::kPersistentVolumeClaim);
  const auto pods = cluster.names(kube::kinds::kDeployment);
  CHECK(claims.size() == 1);
  const std::string path = ann.org_path();

  CHECK(pointers(remove(ann, path, named("ann"))) == std::vector<std::string>{"/name"});
  CHECK(pointers(remove(ann, path, Json::object())) == std::vector<std::string>{"/name"});
  CHECK(remove(eve, path, named("Ann")).status == 404);
  server.clock().advance(minutes(11));
  const Reply again = remove(ann, path, named("Ann"));
  CHECK(again.status == 403);
  CHECK(again.json().text("code") == "reauthentication_required");
  REQUIRE(ann.post("/api/v1/auth/reauthenticate", Json::object({{"password", kPassword}})).status ==
          200);
  const auto stream = ann.stream(path + "/stream");
  REQUIRE(stream->opened(seconds(30)));
  const Reply deleted = remove(ann, path, named("Ann"));
  REQUIRE(deleted.status == 202);
  CHECK(deleted.json().text("state") == "deleting");
  CHECK(deleted.json().at("purge_at").is_string());
  CHECK(stream->ends_within(seconds(5)));

  // Its owner sees that it is there, and nothing inside.
  for (const char* below : {"/usage", "/teams", "/teams/default", "/teams/default/deployments",
                            "/teams/default/deployments/db"})
    CHECK(ann.get(path + below).status == 404);
  CHECK(ann.patch(path, named("X")).status == 409);
  CHECK(remove(ann, path, named("Ann")).status == 202);
  CHECK(ann.get(path).json() == deleted.json());
  CHECK(ann.get("/api/v1/orgs").json().at("items").as_array().empty());
  CHECK(ann.get("/api/v1/orgs?state=deleting").json().at("items").as_array().size() == 1);
  CHECK(ann.get("/api/v1/orgs?state=other").status == 422);
  CHECK(ann.get("/api/v1/me").json().at("organizations").as_array().empty());
  CHECK(eve.get(path).status == 404);
  CHECK(eve.poke(path + "/restore").status == 404);

  // Out of the cluster go the deployments, and the volumes stay.
  CHECK(cluster.comes_to(ann, kube::kinds::kUserDeployment, 0));
  CHECK(cluster.names(kube::kinds::kDeployment).empty());
  CHECK(cluster.names(kube::kinds::kPersistentVolumeClaim) == claims);

  const Reply restored = ann.poke(path + "/restore");
  REQUIRE(restored.status == 200);
  CHECK(restored.json().text("state") == "active");
  CHECK(restored.json().at("purge_at").is_null());
  CHECK(ann.poke(path + "/restore").status == 200);
  ann.wait_for("db", "Ready");
  const Json after = ann.get(ann.deployment_path("db")).json();
  for (const char* same : {"id", "replicas", "services", "env", "namespace", "revision"})
    CHECK(after.at(same) == before.at(same));
  CHECK(ann.get(path + "/usage").json() == usage);
  CHECK(cluster.names(kube::kinds::kPersistentVolumeClaim) == claims);
  CHECK(cluster.names(kube::kinds::kDeployment) == pods);
}

TEST_CASE("what was deleted comes back within the limits that there are then, and in time") {
  Server server;
  Person ann = server.somebody("Ann");
  const std::string path = ann.org_path();
  REQUIRE(remove(ann, path, named("Ann")).status == 202);
  // The one of the free plan is not theirs now, so they may have another.
  const Reply second = ann.post("/api/v1/orgs", named("Second"));
  REQUIRE(second.status == 201);
  const Reply refused = ann.poke(path + "/restore");
  CHECK(refused.status == 403);
  CHECK(refused.json().text("feature") == "free_orgs.max");
  REQUIRE(remove(ann, "/api/v1/orgs/" + std::string(second.json().text("slug")), named("Second"))
              .status == 202);
  CHECK(ann.poke(path + "/restore").status == 200);
  sign_in(ann);
  REQUIRE(remove(ann, path, named("Ann")).status == 202);
  server.clock().advance(days(30));
  sign_in(ann);
  const Reply late = ann.poke(path + "/restore");
  // Either the purge has begun, or it may begin at any moment.
  CHECK((late.status == 404 || late.status == 409));
}

TEST_CASE("a purge takes everything out of the cluster, and the name stays taken") {
  Cluster cluster;
  Server server(on(cluster));
  Person ann = server.somebody("Ann");
  Person eve = server.somebody("Eve");
  REQUIRE(
      ann.post(ann.deployments_path(), Json::object({{"name", "db"}, {"template", "postgresql"}}))
          .status == 201);
  ann.wait_for("db", "Ready");
  eve.deploy("web");
  eve.wait_for("web", "Ready");
  const std::string path = ann.org_path();
  // All that could tell whose something is.
  const Json db = ann.get(ann.deployment_path("db")).json();
  const test::RawSql raw(server.dsn());
  const std::vector<std::string> marks = {
      std::string(ann.get(path).json().text("id")), ann.org, std::string(db.text("namespace")),
      std::string(db.text("id")),
      raw.one("SELECT stem FROM deployments WHERE id = '" + std::string(db.text("id")) + "'")};
  for (const std::string& mark : marks) {
    CAPTURE(mark);
    REQUIRE(mark.size() > 3);
    // The cluster is never told what it is called.
    CHECK((cluster.saying(mark) > 0) == (mark != ann.org));
  }
  REQUIRE(remove(ann, path, named("Ann")).status == 202);
  CHECK(cluster.comes_to(eve, kube::kinds::kUserDeployment, 1));
  server.clock().advance(days(30) + minutes(1));
  sign_in(eve);
  // The next round begins it, the one after that takes it out of the cluster, and so on. Between
  // them the clock goes so slowly that the operator keeps its lease.
  const SystemClock system;
  const Time until = system.monotonic() + seconds(60);
  const auto gone = [&] { return cluster.names(kube::kinds::kSandbox).size() == 1; };
  while (!gone() && system.monotonic() < until) {
    server.clock().advance(hours(2));
    const Time round = system.monotonic() + seconds(3);
    while (!gone() && system.monotonic() < round) {
      eve.get("/api/v1/config");
      server.clock().advance(milliseconds(500));
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  CHECK(cluster.names(kube::kinds::kSandbox).size() == 1);
  CHECK(cluster.names(kube::kinds::kNamespace).size() == 1);
  CHECK(cluster.names(kube::kinds::kPersistentVolumeClaim).empty());
  for (const std::string& mark : marks) {
    CAPTURE(mark);
    CHECK(cluster.saying(mark) == 0);
  }
  CHECK(cluster.saying(std::string(eve.get(eve.org_path()).json().text("id"))) > 0);
  sign_in(ann);
  CHECK(ann.get(path).status == 404);
  CHECK(ann.get("/api/v1/orgs?state=deleting").json().at("items").as_array().empty());
  CHECK(eve.get(eve.deployment_path("web")).json().text("phase") == "Ready");
  CHECK(eve.patch(eve.org_path(), Json::object({{"slug", ann.org}})).status == 409);
  CHECK(ann.post("/api/v1/orgs", Json::object({{"name", "Ann"}, {"slug", ann.org}})).status == 409);
}

TEST_CASE("a team goes with its deployments only when that is asked for by its name") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  ann.deploy("web");
  ann.deploy("api");
  const std::string path = ann.team_path();
  const Reply asked = ann.del(path);
  CHECK(asked.status == 409);
  CHECK(asked.json().text("code") == "team_not_empty");
  CHECK(pointers(asked) == std::vector<std::string>{"/deployments"});
  CHECK(asked.json().text("detail").find("has 2 deployments.") != std::string_view::npos);
  const auto with = [](const Json& name, const Json& deployments) {
    return Json::object({{"name", name}, {"deployments", deployments}});
  };
  CHECK(pointers(remove(ann, path, with("default", "delete"))) ==
        std::vector<std::string>{"/name"});
  CHECK(pointers(remove(ann, path, with("Default", "keep"))) ==
        std::vector<std::string>{"/deployments"});
  CHECK(pointers(remove(ann, path, Json::object({{"deployments", "delete"}}))) ==
        std::vector<std::string>{"/name"});
  CHECK(ann.used("deployments.max") == 2);
  REQUIRE(remove(ann, path, with("Default", "delete")).status == 202);
  CHECK(ann.get(path).status == 404);
  CHECK(ann.del(path).status == 404);
  CHECK(ann.get(ann.deployments_path()).status == 404);
  CHECK(ann.get(ann.org_path() + "/teams").json().at("items").as_array().empty());
  CHECK(ann.used("deployments.max") == 0);
  CHECK(ann.used("teams.max") == 0);
  // Their amounts are given back when the cluster has nothing left of them.
  const SystemClock system;
  const Time until = system.monotonic() + seconds(60);
  while (ann.used("cpu.max") != 0 && system.monotonic() < until) {
  }
  CHECK(ann.used("cpu.max") == 0);
  CHECK(ann.post(ann.org_path() + "/teams", named("Default")).status == 201);
  CHECK(ann.deploy("web").text("name") == "web");
}

TEST_CASE("a team's slug changes, within what is free in the organization") {
  Server server;
  Person ann = server.somebody("Ann");
  REQUIRE(ann.post(ann.org_path() + "/teams", named("Shop")).status == 201);
  const Reply taken = ann.patch(ann.team_path(), Json::object({{"slug", "shop"}}));
  CHECK(taken.status == 409);
  CHECK(taken.json().text("code") == "slug_taken");
  CHECK(pointers(taken) == std::vector<std::string>{"/slug"});
  CHECK(pointers(ann.patch(ann.team_path(), Json::object({{"slug", "Sh op"}}))) ==
        std::vector<std::string>{"/slug"});
  const Reply moved = ann.patch(ann.team_path(), Json::object({{"slug", "core"}}));
  REQUIRE(moved.status == 200);
  CHECK(moved.json().text("slug") == "core");
  CHECK(ann.get(ann.org_path() + "/teams/core").json() == moved.json());
}

TEST_CASE("a team's own administrator gives it no slug, and learns none of the others'") {
  Server server;
  Person ann = server.somebody("Ann");
  server.raise(ann, "business");
  REQUIRE(ann.post(ann.org_path() + "/teams", named("Shop")).status == 201);
  Person tess = server.colleague(ann, "Tess", "org_member", {{"default", "team_admin"}});
  const Json seen = tess.get(ann.team_path()).json();
  for (const char* slug : {"taken-over", "shop"}) {
    const Reply refused = tess.patch(ann.team_path(), Json::object({{"slug", slug}}));
    CHECK(refused.status == 403);
    CHECK(refused.json().text("code") == "permission_denied");
    CHECK(refused.json().text("action") == "teams:update");
  }
  // The slug as it is changes nothing, and the rest is theirs.
  CHECK(tess.patch(ann.team_path(),
                   Json::object({{"slug", seen.text("slug")}, {"description", "Ours"}}))
            .status == 200);
}
