// The operator against a real API server: with its own service account and no right beyond what
// `manifests` gives it.
#include <cstdlib>
#include <functional>

#include <doctest/doctest.h>
#include <signal.h>

#include "tests/cluster/real.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// As until(), bounded by progress and not by time: a control plane that comes back on a busy
// machine takes its watches up again one after the other, each after a pause of its own. False once
// `moving` gives the same for as long as none of those pauses lasts.
bool until_rest(const std::function<bool()>& done, const std::function<std::string()>& moving) {
  constexpr Duration kRest = minutes(2), kLimit = minutes(10);
  const SystemClock clock;
  const Time latest = clock.monotonic() + kLimit;
  std::string last;
  Time since = clock.monotonic();
  while (!done()) {
    const Time now = clock.monotonic();
    if (std::string shape = moving(); shape != last) {
      last = std::move(shape);
      since = now;
    }
    if (now > latest || now - since > kRest) return false;
    runtime::sleep_for(milliseconds(200));
  }
  return true;
}

}  // namespace

TEST_CASE("the operator's suite has a cluster where one is required") {
  const char* required = std::getenv("KS_REQUIRE_CLUSTER");
  if (kubeconfig_path() == nullptr && required != nullptr && std::string(required) == "1")
    FAIL("KS_REQUIRE_CLUSTER is set, but KS_TEST_KUBECONFIG names no kubeconfig");
  if (kubeconfig_path() == nullptr) MESSAGE("no cluster: skipped");
}

TEST_CASE("on a real cluster a deployment of two services becomes Ready and then rests") {
  KS_REAL(rig);
  SandboxResource s = sample::limited_sandbox(rig.fresh("sandbox"));
  s.spec.quota.cpu_milli = 4000;
  rig.want(s);
  const auto d = sample::wiki(s.spec.ns, rig.fresh("wiki"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  CHECK(rig.status(d).services.at("web").ready == 2);
  CHECK(rig.status(d).observed_revision == 1);
  CHECK(rig.list(kinds::kNetworkPolicy, s.spec.ns).size() == 5);
  CHECK(rig.list(kinds::kIngress, s.spec.ns).size() == 1);
  CHECK(rig.list(kinds::kPersistentVolumeClaim, s.spec.ns).size() == 1);

  // What the API server fills in by itself must not look like a difference.
  REQUIRE(rig.quiet(s.spec.ns, s.meta.name));
  const std::size_t before = rig.writes(s.spec.ns, s.meta.name);
  const auto reconciles = rig.op().counters().reconciles;
  CHECK(before > 0);
  rig.op().resync();
  REQUIRE(until([&] { return rig.op().counters().reconciles >= reconciles + 2; }));
  REQUIRE(rig.quiet(s.spec.ns, s.meta.name));
  CHECK(rig.writes(s.spec.ns, s.meta.name) == before);
  // Nor to the next process.
  rig.stop();
  rig.start();
  REQUIRE(until([&] { return rig.op().counters().reconciles >= 2; }));
  REQUIRE(rig.quiet(s.spec.ns, s.meta.name));
  CHECK(rig.writes(s.spec.ns, s.meta.name) == 0);
}

TEST_CASE("on a real cluster hand edits are taken back") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const auto edit = [&](const kube::Kind& kind, const std::string& object, Json spec) {
    rig.apply(
        kind,
        Json::object({{"apiVersion", kind.api_version()},
                      {"kind", kind.name},
                      {"metadata", Json::object({{"name", object}, {"namespace", s.spec.ns}})},
                      {"spec", std::move(spec)}}),
        "kubectl");
  };
  edit(kinds::kNetworkPolicy, "default-deny",
       Json::object({{"egress", Json::array({Json::object()})}}));
  edit(kinds::kDeployment, d.spec.stem, Json::object({{"replicas", 3}}));
  CHECK(until([&] {
    const auto policy = rig.get({kinds::kNetworkPolicy, s.spec.ns, "default-deny"});
    const auto pods = rig.get({kinds::kDeployment, s.spec.ns, d.spec.stem});
    return policy && policy->at("spec").find("egress") == nullptr && pods &&
           pods->integer_or(0, "spec", "replicas") == 1;
  }));
  // One that selects fewer pods lets more through.
  for (const Json& policy : rig.list(kinds::kNetworkPolicy, s.spec.ns)) {
    const std::string one(policy.text("metadata", "name"));
    CAPTURE(one);
    Json narrower = policy.at("spec");
    narrower.set("podSelector", Json::object({{"matchLabels", Json::object({{"no", "body"}})}}));
    edit(kinds::kNetworkPolicy, one, narrower);
    CHECK(until([&] {
      const auto now = rig.get({kinds::kNetworkPolicy, s.spec.ns, one});
      return now && now->at("spec") == policy.at("spec");
    }));
  }
  REQUIRE(rig.admin().remove({kinds::kNetworkPolicy, s.spec.ns, "allow-dns"}, {}));
  REQUIRE(rig.admin().remove({kinds::kService, s.spec.ns, d.spec.stem}, {}));
  CHECK(until([&] {
    return rig.get({kinds::kNetworkPolicy, s.spec.ns, "allow-dns"}) &&
           rig.get({kinds::kService, s.spec.ns, d.spec.stem});
  }));
  CHECK(rig.quiet());
}

TEST_CASE("on a real cluster an update changes shape, prunes and keeps the volume") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  auto d = sample::wiki(s.spec.ns, rig.fresh("wiki"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const auto claim = rig.list(kinds::kPersistentVolumeClaim, s.spec.ns).at(0);
  // No variables any more.
  d.spec.workload.services[0].env.clear();
  d.spec.revision = 2;
  rig.want(d);
  CHECK(until([&] { return rig.status(d).observed_revision == 2; }));
  // Less services, another user, no route.
  d.spec.workload.services.erase(d.spec.workload.services.begin());
  d.spec.workload.services[0].run_as.reset();
  d.spec.workload.ingress_service.clear();
  d.spec.host.clear();
  d.spec.revision = 3;
  rig.want(d);
  CHECK(until([&] { return rig.status(d).observed_revision == 3; }));
  REQUIRE(until([&] { return rig.list(kinds::kDeployment, s.spec.ns).size() == 1; }));
  CHECK(rig.list(kinds::kIngress, s.spec.ns).empty());
  CHECK(rig.list(kinds::kPodDisruptionBudget, s.spec.ns).empty());
  CHECK(rig.list(kinds::kPersistentVolumeClaim, s.spec.ns).at(0).text("metadata", "uid") ==
        claim.text("metadata", "uid"));
  // From Recreate to a rolling update and back.
  const Service database = d.spec.workload.services[0];
  d.spec.workload.services[0].volumes.clear();
  d.spec.revision = 4;
  rig.want(d);
  CHECK(until([&] { return rig.status(d).observed_revision == 4; }));
  d.spec.workload.services[0] = database;
  d.spec.revision = 5;
  rig.want(d);
  CHECK(until([&] { return rig.status(d).observed_revision == 5; }));
  CHECK(rig.quiet());
}

TEST_CASE("on a real cluster a suspended deployment has no replicas, and then those it had") {
  KS_REAL(rig);
  SandboxResource s = sample::limited_sandbox(rig.fresh("sandbox"));
  s.spec.quota.cpu_milli = 4000;
  rig.want(s);
  auto d = sample::wiki(s.spec.ns, rig.fresh("wiki"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const auto replicas = [&] {
    std::string out;
    for (const Json& one : rig.list(kinds::kDeployment, s.spec.ns))
      out += std::to_string(one.integer_or(-1, "spec", "replicas")) + "/" +
             std::string(one.text("metadata", "uid")) + " ";
    return out;
  };
  const std::string before = replicas();
  const auto claim = rig.list(kinds::kPersistentVolumeClaim, s.spec.ns).at(0);
  d.spec.suspended = true;
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::stopped));
  CHECK(rig.status(d).reason == "Suspended");
  CHECK(rig.list(kinds::kDeployment, s.spec.ns).size() == 2);
  for (const Json& one : rig.list(kinds::kDeployment, s.spec.ns)) {
    CHECK(one.integer_or(-1, "spec", "replicas") == 0);
    // By hand, as an autoscaler would.
    Json up = Json::object({{"apiVersion", "apps/v1"},
                            {"kind", "Deployment"},
                            {"metadata", Json::object({{"name", one.text("metadata", "name")},
                                                       {"namespace", s.spec.ns}})},
                            {"spec", Json::object({{"replicas", 2}})}});
    kube::ApplyOptions options;
    options.manager = "somebody";
    // The policies keep everybody out but ours and an audited few.
    (void)rig.admin().apply(kinds::kDeployment, up, options);
  }
  CHECK(until([&] { return rig.list(kinds::kPod, s.spec.ns).empty(); }));
  CHECK(rig.quiet());
  for (const Json& one : rig.list(kinds::kDeployment, s.spec.ns))
    CHECK(one.integer_or(-1, "spec", "replicas") == 0);
  CHECK(rig.list(kinds::kPersistentVolumeClaim, s.spec.ns).at(0).text("metadata", "uid") ==
        claim.text("metadata", "uid"));
  d.spec.suspended = false;
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  CHECK(replicas() == before);
}

TEST_CASE("on a real cluster each played failure is told by its cause") {
  KS_REAL(rig);
  SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  struct Played {
    const char* image;
    const char* reason;
  };
  std::vector<UserDeploymentResource> all;
  for (const Played& p : {Played{"docker.io/acme/does-not-exist:1", "ImagePullBackOff"},
                          Played{"docker.io/acme/crash-loop:1", "CrashLoopBackOff"},
                          Played{"docker.io/acme/out-of-memory:1", "OOMKilled"}}) {
    auto d = sample::deployment(s.spec.ns, rig.fresh("bad"));
    d.spec.workload.services[0].image = p.image;
    rig.want(d);
    CHECK_MESSAGE(rig.reaches(d, Phase::error, p.reason), p.reason);
  }
  auto big = sample::deployment(s.spec.ns, rig.fresh("big"));
  big.spec.workload.services[0].resources.cpu_milli_limit = 100'000'000;
  big.spec.workload.services[0].resources.cpu_milli_request = 100'000'000;
  rig.want(big);
  CHECK(rig.reaches(big, Phase::error, "Unschedulable"));
}

TEST_CASE("on a real cluster a plan with nodes of its own moves the pods there, and back") {
  KS_REAL(rig);
  op::OperatorConfig config;
  config.dedicated_nodes = op::NodePool{"example.com/org", "{orgId}"};
  rig.stop();
  rig.start(config);
  SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const auto node = [&] {
    const auto there = rig.get({kinds::kDeployment, s.spec.ns, d.spec.stem});
    return there
               ? std::string(
                     there->at("spec", "template", "spec", "nodeSelector").text("example.com/org"))
               : std::string();
  };
  CHECK(node().empty());
  s.spec.isolation = Isolation::dedicated;
  rig.want(s);
  CHECK(until([&] { return node() == s.spec.org_id; }));
  // The cluster has none of them, and the pods of before serve on.
  CHECK(rig.reaches(d, Phase::updating, "Unschedulable"));
  s.spec.isolation = Isolation::shared;
  rig.want(s);
  CHECK(until([&] { return node().empty(); }));
  CHECK(rig.reaches(d, Phase::ready));
  rig.stop();
  rig.start();
}

TEST_CASE("on a real cluster the quota is a wall behind the plan") {
  KS_REAL(rig);
  SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  s.spec.quota.cpu_milli = 300;
  rig.want(s);
  auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  d.spec.workload.services[0].replicas = 2;
  rig.want(d);
  // The Sandbox wants to give less than its deployment needs: it is to be written again.
  REQUIRE(until([&] { return rig.status(d).reason == "QuotaPending"; }));
  CHECK(rig.status(d).services.at("web").ready <= 1);
  s.spec.quota.cpu_milli.reset();
  rig.want(s);
  CHECK(rig.reaches(d, Phase::ready));
}

TEST_CASE("on a real cluster what others made in a sandbox counts against its quota") {
  KS_REAL(rig);
  SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  s.spec.quota.services = 1;
  rig.want(s);
  REQUIRE(until([&] { return rig.ready(s.meta.name).starts_with("True/"); }));
  const auto service = parse_json(R"({"apiVersion": "v1", "kind": "Service",
    "spec": {"ports": [{"port": 80}]}})");
  Json squatter = *service;
  squatter.set("metadata", Json::object({{"name", "squatter"}, {"namespace", s.spec.ns}}));
  REQUIRE(until([&] { return rig.admin().create(kinds::kService, squatter).has_value(); }));
  auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  CHECK(rig.reaches(d, Phase::error, "QuotaExceeded"));
  REQUIRE(rig.admin().remove({kinds::kService, s.spec.ns, "squatter"}, {}));
  CHECK(rig.reaches(d, Phase::ready));
}

TEST_CASE("on a real cluster a namespace of somebody else is left alone") {
  KS_REAL(rig);
  const std::string ns = rig.fresh("theirs");
  REQUIRE(rig.admin().create(kinds::kNamespace,
                             Json::object({{"apiVersion", "v1"},
                                           {"kind", "Namespace"},
                                           {"metadata", Json::object({{"name", ns}})}})));
  const auto before = rig.get({kinds::kNamespace, {}, ns});
  rig.apply(kinds::kSandbox, to_json(sample::sandbox(ns)));
  REQUIRE(until([&] { return rig.ready(ns) == "False/NamespaceTaken"; }));
  const auto after = rig.get({kinds::kNamespace, {}, ns});
  REQUIRE((before && after));
  CHECK(after->text("metadata", "resourceVersion") == before->text("metadata", "resourceVersion"));
  CHECK(rig.list(kinds::kNetworkPolicy, ns).empty());
  // The end of that sandbox is not the end of that namespace.
  REQUIRE(rig.admin().remove({kinds::kSandbox, {}, ns}, {}));
  CHECK(until([&] { return rig.ready(ns) == "gone"; }));
  CHECK(rig.get({kinds::kNamespace, {}, ns})->text("metadata", "deletionTimestamp") == "");
}

TEST_CASE("on a real cluster a deployment ends without a trace, and so does a sandbox") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto d = sample::wiki(s.spec.ns, rig.fresh("wiki"));
  const auto other = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  rig.want(other);
  REQUIRE(rig.reaches(d, Phase::ready));
  REQUIRE(rig.reaches(other, Phase::ready));
  REQUIRE(rig.admin().remove({kinds::kUserDeployment, s.spec.ns, d.spec.stem}, {}));
  REQUIRE(until(
      [&] { return !rig.get({kinds::kUserDeployment, s.spec.ns, d.spec.stem}).has_value(); }));
  for (const kube::Kind* kind :
       {&kinds::kDeployment, &kinds::kReplicaSet, &kinds::kPod, &kinds::kService, &kinds::kIngress,
        &kinds::kPersistentVolumeClaim, &kinds::kSecret, &kinds::kPodDisruptionBudget,
        &kinds::kHorizontalPodAutoscaler, &kinds::kServiceAccount})
    for (const Json& object : rig.list(*kind, s.spec.ns))
      CHECK_MESSAGE(!object.text("metadata", "name").starts_with(d.spec.stem), kind->plural);
  REQUIRE(rig.admin().remove({kinds::kSandbox, {}, s.meta.name}, {}));
  CHECK(until([&] { return rig.ready(s.meta.name) == "gone"; }));
  CHECK_FALSE(rig.get({kinds::kNamespace, {}, s.spec.ns}));
}

TEST_CASE("on a real cluster a namespace deleted by hand is made again under the same claim") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const auto before = rig.get({kinds::kNamespace, {}, s.spec.ns});
  REQUIRE(rig.admin().remove({kinds::kNamespace, {}, s.spec.ns}, {}));
  REQUIRE(until([&] {
    const auto now = rig.get({kinds::kNamespace, {}, s.spec.ns});
    return now && now->text("metadata", "uid") != before->text("metadata", "uid") &&
           rig.ready(s.meta.name) == "True/Applied";
  }));
  CHECK(rig.get({kinds::kNamespace, {}, s.spec.ns})
            ->at("metadata", "annotations")
            .text(annotations::kClaim) == s.spec.claim);
  rig.want(d);
  CHECK(rig.reaches(d, Phase::ready));
}

TEST_CASE("the API server refuses custom resources that the product would never send") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto refused = [&](const kube::Kind& kind, const Json& object) {
    kube::ApplyOptions options;
    options.manager = "k8s-scheduler/sync";
    const auto done = rig.admin().apply(kind, object, options);
    return !done && done.error().status == 422;
  };
  auto d = sample::wiki(s.spec.ns, rig.fresh("wiki"));
  auto other_name = d;
  other_name.meta.name += "x";
  CHECK(refused(kinds::kUserDeployment, to_json(other_name)));
  auto other_secret = d;
  other_secret.spec.secret_name = "somebody-elses";
  CHECK(refused(kinds::kUserDeployment, to_json(other_secret)));
  auto root = d;
  root.spec.workload.services[1].run_as = RunAs{0, 0};
  CHECK(refused(kinds::kUserDeployment, to_json(root)));
  auto copies = d;
  copies.spec.workload.services[1].replicas = 2;
  CHECK(refused(kinds::kUserDeployment, to_json(copies)));
  auto moved = s;
  moved.spec.org_id = sample::uuid(77);
  CHECK(refused(kinds::kSandbox, to_json(moved)));
}

TEST_CASE("while the API server is away the operator waits, and goes on when it is back") {
  KS_REAL(rig);
  const char* keeper = std::getenv("KS_TEST_CLUSTER_PID");
  if (keeper == nullptr) {
    const char* required = std::getenv("KS_REQUIRE_CLUSTER");
    REQUIRE_MESSAGE((required == nullptr || std::string(required) != "1"),
                    "KS_TEST_CLUSTER_PID names who stops the API server");
    MESSAGE("KS_TEST_CLUSTER_PID is not set: the API server stays up");
    return;
  }
  const auto pid = static_cast<pid_t>(std::strtol(keeper, nullptr, 10));
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  // Its own kinds come back last: a moment long they give 503.
  const auto up = [&] { return rig.admin().list(kinds::kUserDeployment, {}).has_value(); };
  REQUIRE(pid > 1);
  REQUIRE(::kill(pid, SIGUSR1) == 0);
  REQUIRE(until([&] { return !up(); }));
  // Long enough for the lease to be lost.
  CHECK(until([&] { return !rig.op().leading(); }));
  REQUIRE(::kill(pid, SIGUSR2) == 0);
  REQUIRE(until(up, minutes(4)));
  d.spec.workload.services[0].replicas = 2;
  d.spec.revision = 2;
  rig.want(d);
  const bool observed = until_rest([&] { return rig.status(d).observed_revision == 2; },
                                   [&] { return rig.versions(s.spec.ns); });
  CHECK_MESSAGE(observed, rig.versions(s.spec.ns)
                              << name(rig.status(d).phase) << " " << rig.status(d).reason
                              << " queued " << rig.op().counters().queued);
}
