#include <doctest/doctest.h>

#include "kube/simulated/cluster.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

// Ann and Bob own organizations that know nothing of each other; each runs something.
struct Alone {
  SystemClock time;
  runtime::LoopGroup loops{1};
  // Its bookmarks come as fast as the server's clock goes.
  kube::simulated::SimulatedCluster cluster{time, {.bookmark_every = milliseconds(20)}};
  // A lease would not be renewed as fast as the clock goes.
  Server server{{.settings = {{"ISOLATION_INTERVAL", "300"}, {"LEADER_ELECT", "false"}},
                 .cluster = &cluster}};
  Person admin = server.administrator();
  Person ann = server.somebody("Ann"), bob = server.somebody("Bob");

  Alone() {
    cluster.start(loops.at(0));
    for (Person* who : {&ann, &bob}) {
      const Json wanted =
          Json::object({{"name", "web"}, {"image", "registry.test/web:1"}, {"port", 8080}});
      REQUIRE(who->post(who->team_path() + "/deployments", wanted).status == 201);
    }
  }

  static std::string list_of(const Person& who) { return who.org_path() + "/isolation"; }
  // The only sandbox, once it is in that state.
  Json until(Person& who, const std::string& path, const std::string& state) {
    Json last;
    const Time end = time.monotonic() + seconds(120);
    while (time.monotonic() < end) {
      last = who.get(path).json();
      const auto& items = last.at("items").as_array();
      if (!items.empty() && items.front().text("state") == state) return items.front();
      // Looks and signs are due.
      server.clock().advance(milliseconds(500));
    }
    FAIL("is not " << state << ": " << last.dump());
    return {};
  }
  // Somebody opens the namespace by hand.
  void open(const std::string& ns) {
    const Json policy = *parse_json(
        R"({"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"open",
            "namespace":")" +
        ns + R"("},"spec":{"podSelector":{},"policyTypes":["Ingress","Egress"],
            "ingress":[{}],"egress":[{}]}})");
    REQUIRE(cluster.apply(kube::kinds::kNetworkPolicy, policy, {.manager = "kubectl"}).has_value());
  }
};

}  // namespace

TEST_CASE_FIXTURE(Alone,
                  "a sandbox is alone by proof, exposed while a hole is there, and alone again") {
  const Json alone = until(ann, list_of(ann), "alone");
  CHECK(alone.at("findings").as_array().empty());
  CHECK(alone.text("user", "name") == "Ann");
  CHECK(alone.at("pods").is_int());
  const std::string ns(alone.text("namespace"));
  CHECK(ann.get(list_of(ann)).json().at("complete") == Json(true));

  open(ns);
  const Json exposed = until(ann, list_of(ann), "exposed");
  CHECK(!exposed.at("findings").as_array().empty());
  const Json totals = ann.get(list_of(ann)).json().at("totals");
  CHECK(totals.at("exposed").as_int() == 1);
  CHECK(totals.at("sandboxes").as_int() == 1);

  REQUIRE(cluster.remove({kube::kinds::kNetworkPolicy, ns, "open"}, {}).has_value());
  until(ann, list_of(ann), "alone");
}

TEST_CASE_FIXTURE(Alone, "what a tenant reads of a hole names nothing of another organization") {
  const Json hers = until(ann, list_of(ann), "alone");
  const Json his = until(bob, list_of(bob), "alone");
  // Both are open, so that there is a path between the two.
  open(std::string(hers.text("namespace")));
  open(std::string(his.text("namespace")));
  const std::string seen = until(ann, list_of(ann), "exposed").dump();
  CHECK(seen.find("pods of another organization") != std::string::npos);
  for (const std::string_view secret :
       {his.text("namespace"), his.text("id"), std::string_view("Bob")})
    CHECK_MESSAGE(seen.find(secret) == std::string::npos, "Ann reads ", secret, " in ", seen);

  // Who runs the platform reads both, and only what is exposed where that is asked for.
  until(bob, list_of(bob), "exposed");
  const Reply all = admin.get("/api/v1/platform/isolation?state=exposed");
  REQUIRE(all.status == 200);
  CHECK(all.json().at("items").as_array().size() == 2);
  CHECK(all.body.find(his.text("namespace")) != std::string::npos);
  CHECK(all.json().at("totals", "exposed").as_int() == 2);
  CHECK(admin.get("/api/v1/platform/isolation?state=alone").status == 422);
  CHECK(admin.get("/api/v1/platform/isolation?limit=1").json().at("next_cursor").is_string());
}

TEST_CASE_FIXTURE(Alone, "the proof of yesterday is none") {
  until(ann, list_of(ann), "alone");
  // Nobody looks any more: the cluster does not answer.
  cluster.set_down(true);
  server.clock().advance(minutes(20));
  const Json list = ann.get(list_of(ann)).json();
  CHECK(list.at("complete") == Json(false));
  CHECK(list.at("items").as_array().front().text("state") == "unknown");
}

TEST_CASE_FIXTURE(Alone, "a look at another profile than the plan has now proves nothing") {
  until(ann, list_of(ann), "alone");
  CHECK(ann.get(list_of(ann)).json().at("totals", "unseen").as_int() == 0);
  // Nobody looks any more.
  cluster.set_down(true);
  REQUIRE(admin
              .put("/api/v1/platform/orgs/" + ann.org + "/subscription",
                   Json::object({{"plan", "business"}}))
              .status == 200);
  const Json list = ann.get(list_of(ann)).json();
  CHECK(list.at("items").as_array().front().text("state") == "unknown");
  CHECK(list.at("totals", "unseen").as_int() == 1);
  const Json all = admin.get("/api/v1/platform/isolation").json();
  CHECK(all.at("totals", "unseen").as_int() == 1);
}

TEST_CASE_FIXTURE(Alone, "a hole is told also where the watches of the cluster hang") {
  const Json alone = until(ann, list_of(ann), "alone");
  // No event comes from here on and no bookmark, and no connection breaks.
  cluster.set_faults({.watch_event_late = 1000, .late_by = days(1)});
  open(std::string(alone.text("namespace")));
  until(ann, list_of(ann), "exposed");
}

TEST_CASE_FIXTURE(Alone, "a page of the isolation has 25 sandboxes at most, and the rest follows") {
  for (int i = 0; i < 26; ++i) {
    const std::string id = "'01939f6e-4a00-7000-8000-0000000" + std::to_string(10000 + i) + "'";
    const std::string client = "'" + platform_client().str() + "', ";
    server.execute(
        "INSERT INTO users (client_id, id, email, name, password_hash, state, platform_admin, "
        "authz_version, created_at, updated_at) VALUES (" +
        client + id + ", 'm" + std::to_string(i) + "@example.com', 'M', '', 'active', 0, 1, 0, 0)");
    server.execute(
        "INSERT INTO sandboxes (client_id, org_id, id, user_id, namespace, claim, isolation, "
        "generation, synced_generation, ready, reason, message, created_at) VALUES (" +
        client + "'" + ann.org_id + "', " + id + ", " + id + ", 'more-" + std::to_string(i) +
        "', 'c', 'shared', 1, 1, 1, '', '', 0)");
  }
  for (auto& [who, path] : {std::pair(&ann, list_of(ann)),
                            std::pair(&admin, std::string("/api/v1/platform/isolation"))}) {
    CAPTURE(path);
    for (const char* limit : {"", "?limit=25"}) {
      const Json page = who->get(path + limit).json();
      CHECK(page.at("items").as_array().size() == 25);
      const std::string next = path + "?cursor=" + std::string(page.text("next_cursor"));
      CHECK(who->get(next).json().at("items").as_array().size() >= 2);
    }
    const Reply more = who->get(path + "?limit=26");
    CHECK(more.status == 422);
    CHECK(more.json().at("errors").as_array().at(0).text("pointer") == "?limit");
  }
}

TEST_CASE_FIXTURE(Alone, "the isolation of an organization is for its owner and administrators") {
  server.raise(ann, "business");
  Person max = server.colleague(ann, "Max", "org_member", {{"default", "team_admin"}});
  Person abe = server.colleague(ann, "Abe", "org_admin");
  CHECK(max.get(list_of(ann)).status == 403);
  CHECK(abe.get(list_of(ann)).status == 200);
  CHECK(bob.get(list_of(ann)).status == 404);
  CHECK(ann.get("/api/v1/platform/isolation").status == 404);
}
