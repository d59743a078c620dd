#include "kube/simulated/cluster.hpp"

#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace ks::kube::simulated {

using namespace kinds;

namespace {

Json named(const Kind& kind, const std::string& name) {
  Json out = Json::object({{"apiVersion", kind.api_version()}, {"kind", kind.name}});
  out["metadata"].set("name", name);
  if (kind.namespaced) out["metadata"].set("namespace", "ns");
  return out;
}

struct World {
  explicit World(Options options = {}) : cluster(clock, options) {
    REQUIRE(cluster.create(kNamespace, named(kNamespace, "ns")).has_value());
    cluster.tick();
  }
  Json deploy(const std::string& image, int replicas, Json env = Json::array()) {
    Json d = named(kDeployment, "web");
    d["spec"].set("replicas", replicas);
    d["spec"]["selector"].set("matchLabels", Json::object({{"app", "web"}}));
    d["spec"]["template"]["metadata"].set("labels", Json::object({{"app", "web"}}));
    Json container = Json::object({{"name", "c"}, {"image", image}});
    if (!env.as_array().empty()) container.set("env", std::move(env));
    d["spec"]["template"]["spec"].set("containers", Json::array({std::move(container)}));
    auto result = cluster.apply(kDeployment, d, {.manager = "test"});
    REQUIRE(result.has_value());
    return *result;
  }
  void pass(Duration d) {
    const Time until = clock.now() + d;
    cluster.tick();
    for (auto due = cluster.next_due(); due && *due <= until; due = cluster.next_due()) {
      if (*due > clock.now()) clock.set(*due);
      cluster.tick();
    }
    clock.set(until);
    cluster.tick();
  }
  Json get(const Kind& kind, const std::string& name) {
    auto result = cluster.get({kind, kind.namespaced ? "ns" : "", name});
    return result ? *result : Json();
  }
  std::vector<Json> pods() { return cluster.list(kPod, {.ns = "ns"})->items; }

  ManualClock clock;
  SimulatedCluster cluster;
};

std::string waiting_reason(const Json& pod) {
  const Json& statuses = pod.at("status", "containerStatuses");
  if (!statuses.is_array()) return "";
  return std::string(statuses.as_array()[0].text("state", "waiting", "reason"));
}

bool condition_holds(const Json& object, std::string_view type) {
  for (const Json& c : object.at("status", "conditions").as_array())
    if (c.text("type") == type) return c.text("status") == "True";
  return false;
}

}  // namespace

TEST_CASE("a deployment becomes available after the time that its pods take") {
  World w;
  w.deploy("example.com/web:1", 2);
  w.cluster.tick();
  CHECK(w.pods().size() == 2);
  CHECK_FALSE(condition_holds(w.get(kDeployment, "web"), "Available"));
  w.pass(milliseconds(400));
  const Json now = w.get(kDeployment, "web");
  CHECK(condition_holds(now, "Available"));
  CHECK(now.integer_or(0, "status", "readyReplicas") == 2);
  CHECK(now.integer_or(0, "status", "availableReplicas") == 2);
  CHECK(now.integer_or(0, "status", "observedGeneration") == 1);
  for (const Json& pod : w.pods()) {
    CHECK(pod.text("status", "phase") == "Running");
    CHECK(pod.text("metadata", "labels", "app") == "web");
  }
}

TEST_CASE("a changed template replaces the pods once the new ones are ready") {
  World w;
  w.deploy("example.com/web:1", 1);
  w.pass(seconds(1));
  const std::string old(w.pods().at(0).text("metadata", "name"));
  w.deploy("example.com/web:2", 1);
  w.cluster.tick();
  CHECK(w.pods().size() == 2);
  CHECK(w.get(kDeployment, "web").integer_or(0, "status", "availableReplicas") == 1);
  w.pass(seconds(1));
  REQUIRE(w.pods().size() == 1);
  CHECK(w.pods()[0].text("metadata", "name") != old);
  CHECK(w.get(kDeployment, "web").integer_or(0, "status", "observedGeneration") == 2);
  w.deploy("example.com/web:2", 0);
  w.pass(seconds(1));
  CHECK(w.pods().empty());
}

TEST_CASE("an image that cannot be had shows why and does not become available") {
  for (const char* image : {"example.com/does-not-exist:1", "unreachable.invalid/web:1"}) {
    World w;
    w.deploy(image, 1);
    w.cluster.tick();
    CHECK(waiting_reason(w.pods().at(0)) == "ErrImagePull");
    w.pass(seconds(1));
    CHECK(waiting_reason(w.pods().at(0)) == "ImagePullBackOff");
    CHECK_FALSE(condition_holds(w.get(kDeployment, "web"), "Available"));
    w.pass(seconds(600));
    CHECK_FALSE(condition_holds(w.get(kDeployment, "web"), "Progressing"));
  }
}

TEST_CASE("a container that crashes shows CrashLoopBackOff and its last end") {
  World w;
  w.deploy("example.com/crash-loop:1", 1);
  w.pass(seconds(1));
  const Json pod = w.pods().at(0);
  CHECK(waiting_reason(pod) == "CrashLoopBackOff");
  CHECK(pod.at("status", "containerStatuses")
            .as_array()[0]
            .integer_or(0, "lastState", "terminated", "exitCode") == 1);
}

TEST_CASE("a pod waits for the Secret that it names") {
  World w;
  const Json from =
      Json::object({{"secretKeyRef", Json::object({{"name", "password"}, {"key", "value"}})}});
  w.deploy("example.com/web:1", 1,
           Json::array({Json::object({{"name", "P"}, {"valueFrom", from}})}));
  w.pass(seconds(1));
  CHECK(waiting_reason(w.pods().at(0)) == "CreateContainerConfigError");
  Json secret = named(kSecret, "password");
  secret.set("data", Json::object({{"value", "eA=="}}));
  REQUIRE(w.cluster.apply(kSecret, secret, {.manager = "test"}).has_value());
  w.pass(seconds(1));
  CHECK(condition_holds(w.get(kDeployment, "web"), "Available"));
}

TEST_CASE("a claim is bound, keeps its size or grows, and never shrinks") {
  World w;
  Json claim = named(kPersistentVolumeClaim, "data");
  const auto size = [&](const char* bytes) {
    claim["spec"]["resources"]["requests"].set("storage", bytes);
    return w.cluster.apply(kPersistentVolumeClaim, claim, {.manager = "test"});
  };
  REQUIRE(size("1Gi").has_value());
  CHECK(w.get(kPersistentVolumeClaim, "data").text("status", "phase") == "Pending");
  w.cluster.tick();
  CHECK(w.get(kPersistentVolumeClaim, "data").text("status", "phase") == "Bound");
  CHECK(size("2Gi").has_value());
  CHECK(size("1Gi").error().status == 422);
}

TEST_CASE("deleting a deployment takes its pods along") {
  World w;
  w.deploy("example.com/web:1", 2);
  w.pass(seconds(1));
  REQUIRE(w.cluster.remove({kDeployment, "ns", "web"}, {}).has_value());
  w.pass(seconds(1));
  CHECK(w.pods().empty());
  CHECK_FALSE(w.cluster.pending());
}

TEST_CASE("a cluster at rest has nothing pending") {
  World w;
  CHECK_FALSE(w.cluster.pending());
  w.deploy("example.com/web:1", 1);
  CHECK(w.cluster.pending());
  w.pass(seconds(1));
  CHECK_FALSE(w.cluster.pending());
}

TEST_CASE("while the cluster is down every call has no answer and watches break") {
  World w;
  auto watch = w.cluster.watch(kConfigMap, {.ns = "ns"});
  REQUIRE(watch.has_value());
  w.cluster.set_down(true);
  CHECK(w.cluster.get({kNamespace, "", "ns"}).error().status == 0);
  CHECK(w.cluster.list(kNamespace, {}).error().is_transient());
  CHECK(w.cluster.create(kConfigMap, named(kConfigMap, "a")).error().status == 0);
  w.cluster.set_down(false);
  CHECK(w.get(kConfigMap, "a").is_null());
  CHECK((*watch)->next({}).error().status == 0);
  CHECK(w.cluster.watch(kConfigMap, {.ns = "ns"}).has_value());
}

TEST_CASE("each fault shows as what it is, and a lost answer leaves the call done") {
  World w;
  const auto make = [&](const char* name) {
    return w.cluster.apply(kConfigMap, named(kConfigMap, name), {.manager = "test"});
  };
  w.cluster.set_faults({.error_500 = 1000});
  CHECK(make("a").error().status == 500);
  w.cluster.set_faults({.error_429 = 1000});
  CHECK(make("a").error().status == 429);
  CHECK(make("a").error().retry_after == seconds(1));
  w.cluster.set_faults({.conflict_409 = 1000});
  CHECK(make("a").error().is_conflict());
  w.cluster.set_faults({.no_answer_before = 1000});
  CHECK(make("a").error().status == 0);
  w.cluster.set_faults({});
  CHECK(w.get(kConfigMap, "a").is_null());
  w.cluster.set_faults({.no_answer_after = 1000});
  CHECK(make("a").error().status == 0);
  w.cluster.set_faults({});
  CHECK_FALSE(w.get(kConfigMap, "a").is_null());
}

TEST_CASE("a dropped or expired watch loses no event that the next one could not tell") {
  World w;
  const std::string version = w.cluster.list(kConfigMap, {})->resource_version;
  auto watch = w.cluster.watch(kConfigMap, {.resource_version = version});
  REQUIRE(w.cluster.create(kConfigMap, named(kConfigMap, "a")).has_value());
  w.cluster.set_faults({.watch_dropped = 1000});
  CHECK((*watch)->next({}).error().reason == "Closed");
  CHECK((*watch)->next({}).error().status == 0);
  w.cluster.set_faults({.watch_expired_410 = 1000});
  watch = w.cluster.watch(kConfigMap, {.resource_version = version});
  CHECK((*watch)->next({}).error().is_expired());
  w.cluster.set_faults({.watch_event_late = 1000, .late_by = milliseconds(200)});
  watch = w.cluster.watch(kConfigMap, {.resource_version = version});
  CHECK_FALSE((*watch)->next({})->has_value());
  w.clock.advance(milliseconds(200));
  const auto event = (*watch)->next({});
  REQUIRE(event.has_value());
  REQUIRE(event->has_value());
  CHECK((*event)->object.text("metadata", "name") == "a");
}

TEST_CASE("a watch whose place in the log is forgotten gets 410, a bounded log forgets") {
  Options options;
  options.events_kept = 3;
  World w(options);
  const std::string version = w.cluster.list(kConfigMap, {})->resource_version;
  for (const char* name : {"a", "b", "c"})
    REQUIRE(w.cluster.create(kConfigMap, named(kConfigMap, name)).has_value());
  CHECK(w.cluster.watch(kConfigMap, {.resource_version = version}).has_value());
  REQUIRE(w.cluster.create(kConfigMap, named(kConfigMap, "d")).has_value());
  CHECK(w.cluster.watch(kConfigMap, {.resource_version = version}).error().is_expired());
  auto page = w.cluster.list(kConfigMap, {.limit = 2});
  w.cluster.compact();
  CHECK(w.cluster.list(kConfigMap, {.limit = 2, .continue_token = page->continue_token})
            .error()
            .is_expired());
}

TEST_CASE("the same seed and calls give the same world") {
  const auto run = [](std::uint64_t seed) {
    Options options;
    options.seed = seed;
    World w(options);
    w.cluster.set_faults({.error_500 = 300, .no_answer_after = 300});
    std::string seen;
    for (int i = 0; i < 50; ++i) {
      const auto made = w.cluster.create(kConfigMap, named(kConfigMap, "c" + std::to_string(i)));
      seen += std::to_string(made ? 200 : made.error().status) + " ";
    }
    w.cluster.set_faults({});
    w.deploy("example.com/web:1", 3);
    w.pass(seconds(2));
    for (const Json& pod : w.pods()) seen += pod.canonical();
    return seen;
  };
  CHECK(run(7) == run(7));
  CHECK(run(7) != run(8));
}

TEST_CASE("calls and effects are counted, a Lease is not") {
  World w;
  const auto calls = w.cluster.mutating_calls();
  const auto effects = w.cluster.effective_writes();
  for (int i = 0; i < 2; ++i)
    REQUIRE(w.cluster.apply(kConfigMap, named(kConfigMap, "a"), {.manager = "test"}).has_value());
  REQUIRE(w.cluster.apply(kLease, named(kLease, "l"), {.manager = "test"}).has_value());
  CHECK(w.cluster.mutating_calls() == calls + 2);
  CHECK(w.cluster.effective_writes() == effects + 1);
  CHECK(w.cluster.verbs_used().contains({"patch", "", "configmaps"}));
  CHECK(w.cluster.verbs_used().contains({"create", "coordination.k8s.io", "leases"}));
  CHECK_FALSE(w.cluster.verbs_used().contains({"delete", "", "configmaps"}));
}

TEST_CASE("a watch on a fiber wakes at a write from another thread") {
  const SystemClock clock;
  SimulatedCluster cluster(clock);
  auto watch = cluster.watch(kNamespace, {});
  std::string name;
  std::thread writer;
  runtime::run_fiber([&] {
    writer = std::thread([&] { (void)cluster.create(kNamespace, named(kNamespace, "late")); });
    const auto event = (*watch)->next(seconds(30));
    if (event && *event) name = (*event)->object.text("metadata", "name");
  });
  writer.join();
  CHECK(name == "late");
}

TEST_CASE("a started cluster works by itself and stops its timer when nothing is left") {
  const SystemClock clock;
  Options options;
  options.pod_ready_after = milliseconds(1);
  SimulatedCluster cluster(clock, options);
  runtime::Loop loop;
  cluster.start(loop);
  REQUIRE(cluster.create(kNamespace, named(kNamespace, "ns")).has_value());
  loop.run_until_idle();
  CHECK(cluster.get({kServiceAccount, "ns", "default"}).has_value());
  CHECK_FALSE(cluster.pending());
}

}  // namespace ks::kube::simulated
