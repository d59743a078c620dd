// A real API server that goes and comes, and processes that are killed beside it.
#include <csignal>
#include <cstdlib>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>

#include "tests/process/cluster_rig.hpp"
#include "tests/process/tenant.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// What the cluster really holds, to who may read all of it, to who may not, and with a hole in it.
void check_isolation_report(Rig& rig, World& world, const std::string& ns) {
  const auto report = [&](const std::string& kubeconfig) {
    return world.installation.run({"--set", "KUBECONFIG=" + kubeconfig, "isolation", "report"});
  };
  const auto good = report(rig.administrator());
  CHECK_MESSAGE(good.status == 0, good.out << good.err);
  CHECK(good.out.find(ns + "  (organization ") != std::string::npos);
  CHECK(good.out.find("No tenant is reached by another") != std::string::npos);

  // The operator's account may read all of it, the API's only what it writes.
  const auto same = report(world.operator_config);
  CHECK_MESSAGE(same.out == good.out, same.out << same.err);
  const auto part = report(world.api_config);
  CHECK(part.status == 1);
  CHECK(part.out.find("this is no proof:\n  namespaces: ") != std::string::npos);
  CHECK(part.out.find("No tenant is reached by another") == std::string::npos);

  const std::string file = rig.folder() + "/hole.yaml";
  write_file(file,
             "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
             "metadata: {name: debug, namespace: " +
                 ns +
                 "}\n"
                 "spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{}]}\n");
  rig.kubectl({"apply", "-f", file});
  const auto open = report(rig.administrator());
  CHECK(open.status == 1);
  CHECK(open.out.find("every address reaches " + ns + "/web-") != std::string::npos);
  CHECK(open.out.find("NetworkPolicy debug is none of ours") != std::string::npos);
  rig.kubectl({"delete", "-f", file});
  CHECK(report(rig.folder() + "/none").status == 2);
}

}  // namespace

TEST_CASE("without its API server a cluster's people go on working, and with it the cluster does") {
  if (!Rig::available()) return;
  Rig& rig = Rig::shared();
  World world(rig);
  world.start_ready();
  const Person root = Installation::administrator(*world.api);
  Person ann(world.api->port());
  REQUIRE(ann.sign_up("ann@example.com").status == 201);
  allow_many(root, ann);
  REQUIRE(ann.deploy("web").status == 201);
  CHECK(eventually(minutes(2), [&] { return ann.ready("web"); }));
  const std::string ns(ann.get(ann.deployments("web")).json().text("namespace"));
  CHECK(words(rig.kubectl({"get", "deployments", "-n", ns, "-o", "name"})).size() == 1);

  check_isolation_report(rig, world, ns);

  rig.stop_api_server();
  CHECK(ann.get(ann.deployments("web")).status == 200);
  CHECK(ann.deploy("later").status == 201);
  CHECK(ann.send("PATCH", ann.deployments("web"), Json::object({{"replicas", 2}})).status == 200);
  CHECK(eventually(minutes(1), [&] {
    const Json later = ann.get(ann.deployments("later")).json();
    return later.text("phase") == "Pending" && later.text("reason") == "ClusterUnavailable" &&
           !later.text("message").empty();
  }));
  CHECK(eventually(minutes(1), [&] { return world.api->get("/readyz").status == 503; }));
  CHECK(world.api->get("/readyz").json().text("checks", "database") == "ok");
  CHECK(ann.used("deployments.max") == 2);

  rig.start_api_server();
  CHECK(rig.settles(ns, [&] { return ann.ready("later"); }));
  CHECK(rig.settles(ns, [&] {
    const Json web = ann.get(ann.deployments("web")).json();
    return web.text("phase") == "Ready" && web.integer_or(0, "services", "web", "ready") == 2;
  }));
  CHECK(eventually(minutes(1), [&] { return world.api->get("/readyz").status == 200; }));

  // A deployment that is being deleted has given its name back; its id is there to the end.
  for (const std::string name : {"web", "later"}) {
    const std::string id(ann.get(ann.deployments(name)).json().text("id"));
    CHECK(ann.send("DELETE", ann.deployments(name)).status == 202);
    CHECK(ann.get(ann.deployments(name)).status == 404);
    CHECK(eventually(minutes(3), [&] { return ann.get(ann.deployments(id)).status == 404; }));
  }
  const std::string rest = rig.kubectl(
      {"get", "userdeployments,deployments,services,ingresses,pvc", "-n", ns, "-o", "name"});
  CHECK_MESSAGE(rest.empty(), rest);
  CHECK(world.api->stop() == 0);
  CHECK(world.op->stop() == 0);
}

TEST_CASE("killed in mid-work, API and operator come back to what was acknowledged") {
  if (!Rig::available()) return;
  Rig& rig = Rig::shared();
  World world(rig);
  world.start_ready();
  SystemRandom seeds;
  const std::string given = setting("KS_SEED");
  const std::uint64_t seed =
      given.empty() ? seeds.below(1'000'000'000) : std::strtoull(given.c_str(), nullptr, 10);
  INFO("KS_SEED=" << seed);
  SeededRandom random(seed);
  const Person root = Installation::administrator(*world.api);
  std::vector<Tenant> tenants;
  std::vector<std::string> namespaces;
  for (int i = 0; i < 3; ++i) {
    Person person(world.api->port());
    REQUIRE(person.sign_up(fmt::format("p{}@example.com", i)).status == 201);
    allow_many(root, person);
    tenants.emplace_back(std::move(person), seed + static_cast<std::uint64_t>(i));
  }
  for (int round = 0; round < 5; ++round) {
    if (round > 0) world.start();
    std::vector<std::thread> threads;
    std::atomic<bool> end{false};
    for (Tenant& tenant : tenants) {
      const auto wrong = tenant.check(world.api->port());
      for (const auto& one : wrong) FAIL_CHECK(one);
      threads.emplace_back([&] { tenant.work(end); });
    }
    ::poll(nullptr, 0, static_cast<int>(100 + random.below(1500)));
    // One of the two first: the other is in the middle of something then.
    (random.below(2) == 0 ? world.op : world.api)->kill9();
    ::poll(nullptr, 0, static_cast<int>(random.below(500)));
    world.kill9();
    end = true;
    for (auto& thread : threads) thread.join();
    world.installation.expire_leases();
  }

  world.start();
  std::vector<std::string> left;
  for (Tenant& tenant : tenants)
    for (const auto& one : tenant.check(world.api->port())) FAIL_CHECK(one);
  const bool settled = eventually(minutes(4), [&] {
    left.clear();
    for (const Tenant& tenant : tenants)
      for (auto& one : tenant.unsettled()) left.push_back(std::move(one));
    return left.empty();
  });
  for (const auto& one : left) MESSAGE(one);
  CHECK_MESSAGE(settled, world.op->child().err());
  for (const Tenant& tenant : tenants)
    for (const auto& one : tenant.settle(world.installation)) FAIL_CHECK(one);

  // No orphan: the cluster has one object each for a row of the database.
  const std::string rows = world.installation.query("SELECT COUNT(*) FROM deployments");
  for (const char* kind : {"userdeployments", "deployments"}) {
    const auto objects =
        words(rig.kubectl({"get", kind, "-A", "-l", "app.kubernetes.io/managed-by=k8s-scheduler",
                           "-o", "jsonpath={.items[*].metadata.name}"}));
    CHECK_MESSAGE(std::to_string(objects.size()) == rows, kind << " " << objects.size());
  }
  CHECK(world.api->stop() == 0);
  CHECK(world.op->stop() == 0);
}
