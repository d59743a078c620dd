#include "operator/plan/cause.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/utf8.hpp"
#include "operator/plan/deployment.hpp"
#include "operator/plan/events.hpp"
#include "operator/sample.hpp"

namespace ks::op {

TEST_CASE("of an Event's message so much is kept as is read, however long somebody made it") {
  std::string text = "Readiness probe failed: HTTP probe failed with statuscode: 503";
  while (text.size() < 1'000'000) text += "\u00e9";
  const Json event =
      Json::object({{"metadata", Json::object({{"name", "e"}, {"namespace", "sandbox-a"}})},
                    {"involvedObject", Json::object({{"kind", "Pod"}, {"name", "p"}})},
                    {"reason", "Unhealthy"},
                    {"message", text}});
  const Json kept = trimmed_event(event);
  CHECK(kept.text("message").size() <= 256);
  CHECK(is_utf8(kept.text("message")));
  CHECK(kept.text("message").find("statuscode: 503") != std::string_view::npos);
  CHECK(trimmed_event(kept) == kept);
}

TEST_CASE("a refusal that is told says whose matter it is, and names nothing of the installation") {
  struct Row {
    kube::KubeError error;
    const char* reason;
    bool verbatim;
  };
  const Row rows[] = {
      {{422, "Invalid", "spec.replicas: Invalid value: -1", {}}, "Refused", true},
      {{403, "Forbidden", "exceeded quota: quota, requested: pods=1", {}}, "QuotaExceeded", true},
      {{403, "Forbidden", "denied by policy.corp.svc at 10.0.0.7", {}}, "Refused", false},
      {{400, "10.0.0.7", "admission webhook \"policy.corp.svc\" denied", {}}, "Refused", false},
      {{500, "InternalError", "failed calling https://policy.corp.svc", {}}, "ClusterBusy", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.error.message);
    const Cause cause = cause_of(row.error);
    CHECK(cause.reason == row.reason);
    CHECK((cause.message.find(row.error.message) != cause.message.npos) == row.verbatim);
    CHECK(cause.message.find("corp") == cause.message.npos);
    CHECK(cause.message.find("10.0.0") == cause.message.npos);
  }
}

TEST_CASE("a pod that an admission refuses is told without the admission's words") {
  Service service;
  service.name = "web";
  Json condition = Json::object(
      {{"type", "ReplicaFailure"},
       {"status", "True"},
       {"message", "failed calling webhook: Post https://policy.corp.svc:443: 10.0.0.7"}});
  Json object = Json::object();
  object["status"].set("conditions", Json::array({std::move(condition)}));
  const Seen deployment{std::make_shared<const Json>(std::move(object)), true};
  const auto cause = cause_of(service, deployment, {}, {}, {});
  REQUIRE(cause);
  CHECK(cause->reason == "FailedCreate");
  CHECK(cause->message.find("corp") == cause->message.npos);
  CHECK(cause->message.find("10.0.0") == cause->message.npos);
}

TEST_CASE("of a container that runs unanswered it is told where it is asked") {
  Service service;
  service.name = "web";
  service.port = 8080;
  service.health_path = "/ok";
  const auto pod = [](const char* state, bool ready) {
    Json container = Json::object({{"ready", ready}});
    container["state"].set(state, Json::object());
    Json object = Json::object();
    object["status"].set("containerStatuses", Json::array({std::move(container)}));
    return std::vector<Seen>{{std::make_shared<const Json>(std::move(object)), true}};
  };
  const auto told = unanswered(service, pod("running", false));
  REQUIRE(told);
  CHECK(*told == "web runs, but does not answer on port 8080/ok yet.");
  CHECK_FALSE(unanswered(service, pod("running", true)));
  CHECK_FALSE(unanswered(service, pod("waiting", false)));
  service.port.reset();
  CHECK_FALSE(unanswered(service, pod("running", false)));
}

namespace {

Seen seen(std::string_view json) {
  auto parsed = parse_json(json);
  REQUIRE_MESSAGE(parsed, json);
  return {std::make_shared<const Json>(std::move(*parsed)), true};
}

// A pod of the service "web" whose only container is in this state.
Seen pod_of(std::string_view container, bool ready = false, std::string_view name = "web-1") {
  return seen(fmt::format(
      R"({{"metadata": {{"name": "{0}", "uid": "uid-{0}", "namespace": "sandbox-a", "labels":
        {{"k8s-scheduler.dev/service": "web", "k8s-scheduler.dev/deployment": "web-abc123"}}}},
        "status": {{"phase": "Running", "conditions": [{{"type": "Ready", "status": "{1}"}}],
          "containerStatuses": [{2}]}}}})",
      name, ready ? "True" : "False", container));
}

std::string ended(int restarts, std::string_view state, int code = 1,
                  std::string_view reason = "Error", std::string_view at = "2026-01-01T00:00:00Z") {
  return fmt::format(
      R"({{"name": "web", "restartCount": {}, "state": {}, "lastState": {{"terminated":
        {{"exitCode": {}, "reason": "{}", "startedAt": "2025-12-31T23:59:00Z", "finishedAt": "{}"}}}}}})",
      restarts, state, code, reason, at);
}

Seen event(std::string_view reason, std::string_view message, std::string_view uid = "uid-web-1",
           std::string_view kind = "Pod", std::string_view at = "2026-01-01T00:00:00Z") {
  return seen(Json::object({{"metadata", Json::object({{"namespace", "sandbox-a"}})},
                            {"involvedObject",
                             Json::object({{"kind", kind}, {"name", "web-1"}, {"uid", uid}})},
                            {"reason", reason},
                            {"message", message},
                            {"lastTimestamp", at}})
                  .dump());
}

Service web() {
  Service out = sample::service("web");
  out.health_path = "/ok";
  return out;
}

// What a deployment of one service with `replicas` is told to be, its roll-out being over.
UserDeploymentStatus told(const std::vector<Seen>& pods, int ready, Time now, int replicas = 1,
                          const UserDeploymentStatus& before = {}) {
  auto d = sample::deployment("sandbox-a", "web-abc123");
  d.spec.workload.services[0].replicas = replicas;
  d.status = before;
  DeploymentObserved observed;
  observed.sandbox = SandboxView{sample::sandbox("sandbox-a").spec, true, {}, {}, {}};
  observed.pods = pods;
  for (const Object& o : deployment_objects(d, observed.sandbox->spec, {}, {})) {
    if (o.kind() != kube::kinds::kDeployment) continue;
    Json tree = o.tree();
    tree.set("status", Json::object({{"replicas", replicas},
                                     {"updatedReplicas", replicas},
                                     {"readyReplicas", ready}}));
    observed.objects.push_back(
        {&kube::kinds::kDeployment, {std::make_shared<const Json>(std::move(tree)), true}});
  }
  return deployment_status(d, observed, {}, true, now);
}

}  // namespace

TEST_CASE("a deployment that crashes again and again is in error also while its pod runs") {
  const Time crash = *parse_rfc3339("2026-01-01T00:00:00Z");
  const std::string running = R"({"running": {"startedAt": "2026-01-01T00:00:10Z"}})";
  const std::string waiting = R"({"waiting": {"reason": "CrashLoopBackOff"}})";
  const std::string gone =
      R"({"terminated": {"exitCode": 3, "reason": "Error", "finishedAt": "2026-01-01T00:00:30Z"}})";
  UserDeploymentStatus last;
  last.observed_revision = 1;
  for (int restarts = 2; restarts < 8; ++restarts) {
    last = told({pod_of(ended(restarts, waiting, 3))}, 0, crash + seconds(5), 1, last);
    CHECK(last.phase == Phase::error);
    const UserDeploymentStatus while_waiting = last;
    // It runs, and passes its checks; then it ends, and the kubelet has not said that it waits yet.
    for (const bool ready : {false, true}) {
      last = told({pod_of(ended(restarts + 1, running, 3), ready)}, ready ? 1 : 0,
                  crash + seconds(20), 1, last);
      CHECK(last.phase == Phase::error);
      CHECK(last.reason == "CrashLoopBackOff");
      CHECK(last.message == while_waiting.message);
    }
    last = told({pod_of(ended(restarts + 1, gone, 3))}, 0, crash + seconds(31), 1, last);
    CHECK(last.phase == Phase::error);
    CHECK(last.reason == "CrashLoopBackOff");
  }
  // Until it has run for a while.
  const Seen pod = pod_of(ended(9, running, 3), true);
  const Time started = crash + seconds(10);
  CHECK(told({pod}, 1, started + kSteadyAfter - microseconds(1), 1, last).phase == Phase::error);
  CHECK(told({pod}, 1, started + kSteadyAfter, 1, last).phase == Phase::ready);
  // When that is, is known beforehand.
  DeploymentObserved observed;
  observed.pods = {pod};
  const auto d = sample::deployment("sandbox-a", "web-abc123");
  CHECK(steady_at(d, observed, crash + seconds(20)) == started + kSteadyAfter);
  CHECK_FALSE(steady_at(d, observed, started + kSteadyAfter));
  // A node's clock that is ahead keeps nobody waiting.
  CHECK(steady_at(d, observed, crash) == crash + kSteadyAfter);
}

TEST_CASE("one crash is no loop, and of several pods those that run well still serve") {
  const Time now = *parse_rfc3339("2026-01-01T00:00:20Z");
  const std::string running = R"({"running": {"startedAt": "2026-01-01T00:00:10Z"}})";
  CHECK(told({pod_of(ended(1, running), true)}, 1, now).phase == Phase::ready);
  const Seen fine = pod_of(R"({"name": "web", "restartCount": 0, "state": {"running":
      {"startedAt": "2025-12-01T00:00:00Z"}}})",
                           true, "web-2");
  const auto degraded = told({pod_of(ended(4, running), true), fine}, 2, now, 2);
  CHECK(degraded.phase == Phase::degraded);
  CHECK(degraded.reason == "CrashLoopBackOff");
  CHECK(degraded.services.at("web").ready == 1);
}

TEST_CASE("the last five ends of a service's containers are kept over the lives of its pods") {
  const Time now = *parse_rfc3339("2026-02-01T00:00:00Z");
  const std::string waiting = R"({"waiting": {"reason": "CrashLoopBackOff"}})";
  UserDeploymentStatus last;
  for (int day = 1; day <= 8; ++day) {
    const std::string at = fmt::format("2026-01-0{}T00:00:00Z", day);
    const std::string name = fmt::format("web-{}", day % 2);
    const auto pods = {pod_of(ended(3, waiting, day, "Error", at), false, name)};
    last = told(pods, 0, now, 1, last);
    // Looking again tells nothing new, and neither does the way through the cluster.
    CHECK(told(pods, 0, now, 1, last).services == last.services);
    auto resource = sample::deployment("sandbox-a", "web-abc123");
    Json object = to_json(resource).set("status", to_json(last));
    CHECK(user_deployment_from_json(object)->status.services == last.services);
    const auto& kept = last.services.at("web").terminations;
    REQUIRE(kept.size() == std::min<std::size_t>(5, static_cast<std::size_t>(day)));
    for (std::size_t i = 0; i < kept.size(); ++i)
      CHECK(kept[i].exit_code == day - static_cast<int>(i));
    CHECK(kept.front().pod == name);
    CHECK(kept.front().at == at);
  }
  // A pod that was told to end says nothing of the kind.
  Json ending = *pod_of(ended(3, waiting, 99, "Error", "2026-01-09T00:00:00Z")).object;
  ending["metadata"].set("deletionTimestamp", "2026-01-09T00:00:00Z");
  last = told({{std::make_shared<const Json>(std::move(ending)), true}}, 0, now, 1, last);
  CHECK(last.services.at("web").terminations.front().exit_code == 8);
}

TEST_CASE("of a check that fails its path and the answer are told, and no address") {
  const Service service = web();
  const Seen running = pod_of(R"({"name": "web", "ready": false, "state": {"running": {}}})");
  const struct {
    const char* said;
    const char* answer;
  } rows[] = {
      {"Readiness probe failed: HTTP probe failed with statuscode: 503", ": HTTP 503"},
      {"Readiness probe failed: Get \"http://10.1.2.3:8080/ok\": dial tcp 10.1.2.3:8080: connect: "
       "connection refused",
       ": connection refused"},
      {"Startup probe failed: Get \"http://10.1.2.3:8080/ok\": context deadline exceeded "
       "(Client.Timeout exceeded while awaiting headers)",
       ": no answer in time"},
      {"Readiness probe failed: HTTP probe failed with statuscode: x10.1.2.3", ""},
      {"Readiness probe errored: strange", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.said);
    const std::vector<Seen> events = {event("Unhealthy", row.said)};
    CHECK(unanswered(service, {running}, events) ==
          fmt::format("web runs, but does not answer on port 8080/ok yet{}.", row.answer));
    const Seen stuck = seen(R"({"status": {"conditions": [{"type": "Progressing", "status": "False",
        "reason": "ProgressDeadlineExceeded"}]}})");
    const auto cause = cause_of(service, stuck, {running}, {}, {}, events);
    REQUIRE(cause);
    CHECK(cause->reason == "ProbeFailing");
    CHECK(cause->message ==
          fmt::format("web runs, but does not answer on port 8080/ok{}.", row.answer));
  }
  // The newest counts, and another pod's says nothing.
  const std::vector<Seen> several = {
      event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500"),
      event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404",
            "uid-web-1", "Pod", "2026-01-01T00:01:00Z"),
      event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 418",
            "uid-other", "Pod", "2026-01-01T00:02:00Z")};
  CHECK(failed_probe(running, several)->answer == "HTTP 404");
}

TEST_CASE("whom the kubelet restarts for a failing check crashes for that reason") {
  const Service service = web();
  const std::string waiting = R"({"waiting": {"reason": "CrashLoopBackOff"}})";
  const std::vector<Seen> events = {
      event("Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500")};
  const auto cause = [&](int code, const std::vector<Seen>& with) {
    return cause_of(service, {}, {pod_of(ended(3, waiting, code))}, {}, {}, with);
  };
  CHECK(cause(137, events)->reason == "ProbeFailing");
  CHECK(cause(137, events)->message ==
        "web is started anew again and again, since it does not answer on port 8080/ok: HTTP 500.");
  // By itself, for another reason, and before that check failed.
  CHECK(cause(137, {})->reason == "CrashLoopBackOff");
  CHECK(cause(1, events)->reason == "CrashLoopBackOff");
  CHECK(cause(137, {event("Unhealthy",
                          "Readiness probe failed: HTTP probe failed with statuscode: "
                          "500")})
            ->reason == "CrashLoopBackOff");
  CHECK(cause(137, {event("Unhealthy",
                          "Liveness probe failed: HTTP probe failed with statuscode: "
                          "500",
                          "uid-web-1", "Pod", "2025-01-01T00:00:00Z")})
            ->reason == "CrashLoopBackOff");
}

TEST_CASE("a volume that cannot be made or mounted is told so, without the storage's own words") {
  Service service = web();
  service.volumes = {{"data", "/data", 1}};
  const Seen claim = seen(R"({"metadata": {"name": "web-1", "uid": "uid-claim", "labels":
      {"k8s-scheduler.dev/service": "web"}}, "status": {"phase": "Pending"}})");
  const SeenList objects = {{&kube::kinds::kPersistentVolumeClaim, claim}};
  CHECK(cause_of(service, {}, {}, objects, {})->reason == "VolumePending");
  const std::vector<Seen> failed = {event("ProvisioningFailed", "rpc error: 10.0.0.7 pool full",
                                          "uid-claim", "PersistentVolumeClaim")};
  const auto cause = cause_of(service, {}, {}, objects, {}, failed);
  CHECK(cause->reason == "ProvisioningFailed");
  CHECK(is_failure(*cause));
  CHECK(cause->message.find("10.0.0.7") == cause->message.npos);
  Json waits =
      *pod_of(R"({"name": "web", "state": {"waiting": {"reason": "ContainerCreating"}}})").object;
  waits["status"].set("phase", "Pending");
  const Seen pod{std::make_shared<const Json>(std::move(waits)), true};
  const auto mount = cause_of(service, {}, {pod}, {}, {}, {event("FailedMount", "nfs 10.0.0.7")});
  REQUIRE(mount);
  CHECK(mount->reason == "FailedMount");
  CHECK_FALSE(is_failure(*mount));
  CHECK(mount->message.find("10.0.0.7") == mount->message.npos);
}

TEST_CASE("of an image that cannot be fetched it is told which of three things to mend") {
  const Service service = web();
  const struct {
    const char* said;
    const char* mend;
  } rows[] = {
      {"rpc error: code = NotFound desc = failed to pull and unpack image: not found", "its tag"},
      {"pull access denied, repository does not exist or may require authorization", "credential"},
      {"failed to authorize: 401 Unauthorized", "credential"},
      {"dial tcp: lookup registry.corp on 10.0.0.10:53: no such host", "cannot be reached"},
      {"Back-off pulling image", "its tag, and whether"},
  };
  for (const auto& row : rows) {
    const Json state = Json::object(
        {{"name", "web"},
         {"state", Json::object({{"waiting", Json::object({{"reason", "ImagePullBackOff"},
                                                           {"message", row.said}})}})}});
    const auto cause = cause_of(service, {}, {pod_of(state.dump())}, {}, {});
    REQUIRE(cause);
    CHECK(cause->reason == "ImagePullBackOff");
    CHECK_MESSAGE(cause->message.find(row.mend) != cause->message.npos, cause->message);
    CHECK(cause->message.find("10.0.0.10") == cause->message.npos);
  }
}

}  // namespace ks::op
