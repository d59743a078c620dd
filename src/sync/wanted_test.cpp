#include "sync/wanted.hpp"

#include <doctest/doctest.h>

namespace ks::sync {

namespace {
Service service(std::string name, int replicas, std::int64_t storage = 0) {
  Service s;
  s.name = std::move(name);
  s.image = "docker.io/library/redis:7";
  s.port = 80;
  s.replicas = replicas;
  if (storage > 0) s.volumes.push_back({"data", "/data", storage});
  return s;
}

Entitlements plan(std::optional<std::string> limit) {
  std::vector<Entitlement> rows;
  for (const char* feature : {"cpu.max", "memory.max", "storage.max", "deployments.max"})
    rows.push_back({feature, limit});
  return Entitlements("any", std::move(rows));
}

WantedDeployment wanted(Workload workload) {
  const ManualClock clock;
  SeededRandom random(3);
  WantedDeployment row{platform_client(),
                       OrgId::make(clock, random),
                       DeploymentId::make(clock, random),
                       TeamId::make(clock, random),
                       "web",
                       "web-abc123",
                       "sandbox-x",
                       std::move(workload),
                       3,
                       0,
                       7,
                       false,
                       0,
                       "claim"};
  return row;
}

WantedSandbox sandbox(std::string isolation) {
  const ManualClock clock;
  SeededRandom random(4);
  return {platform_client(),
          OrgId::make(clock, random),
          SandboxId::make(clock, random),
          UserId::make(clock, random),
          "sandbox-x",
          "claim",
          std::move(isolation),
          1};
}
}  // namespace

TEST_CASE("a quota leaves room for one more pod of each service, so that an update never waits") {
  Workload workload;
  workload.services = {service("web", 3), service("db", 1, 1 << 30)};
  SandboxLoad load;
  load.add(workload);
  const SandboxQuota quota = quota_of(load, plan("4"));
  CHECK(quota.cpu_milli == 250 * (3 + 1) + 250 * 2);
  CHECK(quota.memory_bytes == kMemoryBytesDefault * 6);
  CHECK(quota.storage_bytes == 1 << 30);
  CHECK(quota.pods == 3 + 1 + 2);
  CHECK(quota.services == 2);
  // What is scaled has room for as many as there may be, whatever there is now.
  workload.services[0].autoscale = Autoscale{1, 70};
  SandboxLoad scaled;
  scaled.add(workload);
  CHECK(quota_of(scaled, plan("4")) == quota);
}

TEST_CASE("an unlimited plan puts no key into the quota") {
  Workload workload;
  workload.services = {service("web", 1)};
  SandboxLoad load;
  load.add(workload);
  CHECK(quota_of(load, plan(std::nullopt)) == SandboxQuota{});
}

TEST_CASE("only an exposed service gives a host, and only secrets give a Secret's name") {
  Workload workload;
  workload.services = {service("web", 1)};
  workload.exposure = Exposure::public_;
  workload.ingress_service = "web";
  const Routing routing{"apps.example.com"};
  const auto exposed = deployment_resource(wanted(workload), routing, false);
  CHECK(exposed.spec.host == "web-abc123.apps.example.com");
  CHECK(exposed.spec.secret_name.empty());

  workload.exposure = Exposure::internal;
  const auto internal = deployment_resource(wanted(workload), routing, true);
  CHECK(internal.spec.host.empty());
  CHECK(internal.spec.secret_name == "web-abc123-3");
}

TEST_CASE("an isolation that nobody knows becomes the strictest one") {
  CHECK(sandbox_resource(sandbox("no such profile"), {}, plan("1")).spec.isolation ==
        Isolation::dedicated);
}

TEST_CASE("a list of egress stays in force whatever the plan is") {
  WantedSandbox row = sandbox("shared");
  row.egress = EgressList{{"8.8.8.0/24", {443}}};
  const auto wanted = sandbox_resource(row, {}, plan("1"));
  CHECK(wanted.spec.isolation == Isolation::shared);
  CHECK(wanted.spec.egress == row.egress);
  CHECK(sandbox_from_json(to_json(wanted))->spec.egress == row.egress);
}

}  // namespace ks::sync
