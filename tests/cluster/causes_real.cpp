// Why a deployment does not run, as a real control plane tells it of played pods.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cluster/real.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// A pod of this image has no other player than the test.
constexpr const char* kByHand = "docker.io/acme/by-hand:1";

std::string pod_of(Real& rig, const UserDeploymentResource& d) {
  std::string out;
  REQUIRE(until([&] {
    for (const Json& pod : rig.list(kinds::kPod, d.meta.ns))
      if (pod.at("metadata", "labels").text(labels::kDeployment) == d.spec.stem &&
          !pod.text("spec", "nodeName").empty())
        out = pod.text("metadata", "name");
    return !out.empty();
  }));
  return out;
}

void play(Real& rig, const std::string& ns, const std::string& pod, bool ready, Json container) {
  const char* word = ready ? "True" : "False";
  Json conditions = Json::array();
  for (const char* type : {"Ready", "ContainersReady"})
    conditions.push(Json::object({{"type", type}, {"status", word}}));
  Json status = Json::object({{"phase", "Running"}, {"conditions", std::move(conditions)}});
  container.set("name", "web").set("image", kByHand).set("imageID", "").set("ready", ready);
  status["containerStatuses"].push(std::move(container));
  kube::ApplyOptions options;
  options.manager = "kubelet";
  options.subresource = kube::Subresource::status;
  const auto done = rig.admin().apply(
      kinds::kPod,
      Json::object({{"apiVersion", "v1"},
                    {"kind", "Pod"},
                    {"metadata", Json::object({{"name", pod}, {"namespace", ns}})},
                    {"status", std::move(status)}}),
      options);
  REQUIRE_MESSAGE(done, done.error().message);
}

std::int64_t ready_pods(Real& rig, const UserDeploymentResource& d) {
  const auto there = rig.get({kinds::kDeployment, d.meta.ns, d.spec.stem});
  return there ? there->integer_or(0, "status", "readyReplicas") : -1;
}

}  // namespace

TEST_CASE("on a real cluster a crash loop is told as one while its pod runs and is ready") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  auto d = sample::deployment(s.spec.ns, rig.fresh("loop"));
  d.spec.workload.services[0].image = kByHand;
  rig.want(d);
  const std::string pod = pod_of(rig, d);
  const SystemClock clock;
  for (int restarts = 2; restarts < 6; ++restarts) {
    CAPTURE(restarts);
    const Json end = Json::object(
        {{"terminated", Json::object({{"exitCode", restarts},
                                      {"reason", "Error"},
                                      {"startedAt", rfc3339(clock.now())},
                                      {"finishedAt", rfc3339(clock.now() + seconds(restarts))}})}});
    play(
        rig, s.spec.ns, pod, false,
        Json::object(
            {{"restartCount", restarts},
             {"state", Json::object({{"waiting", Json::object({{"reason", "CrashLoopBackOff"}})}})},
             {"lastState", end}}));
    REQUIRE(until([&] {
      const auto now = rig.status(d);
      return now.reason == "CrashLoopBackOff" && !now.services.at("web").terminations.empty() &&
             now.services.at("web").terminations[0].exit_code == restarts &&
             ready_pods(rig, d) == 0;
    }));
    CHECK(rig.status(d).phase == Phase::error);
    play(rig, s.spec.ns, pod, true,
         Json::object(
             {{"restartCount", restarts + 1},
              {"state",
               Json::object({{"running", Json::object({{"startedAt", rfc3339(clock.now())}})}})},
              {"lastState", end}}));
    REQUIRE(until([&] {
      return ready_pods(rig, d) == 1 && rig.status(d).services.at("web").restarts == restarts + 1;
    }));
    CHECK(rig.status(d).phase == Phase::error);
    CHECK(rig.status(d).reason == "CrashLoopBackOff");
  }
  const auto kept = rig.status(d).services.at("web").terminations;
  REQUIRE(kept.size() == 4);
  CHECK(kept.front().exit_code == 5);
  CHECK(kept.back().exit_code == 2);
  CHECK(kept.front().pod == pod);
  // Long ago it started anew, and has run since.
  play(rig, s.spec.ns, pod, true,
       Json::object(
           {{"restartCount", 6},
            {"state",
             Json::object({{"running", Json::object({{"startedAt", "2026-01-01T00:00:00Z"}})}})},
            {"lastState", Json::object({{"terminated", Json::object({{"exitCode", 1},
                                                                     {"reason", "Error"}})}})}}));
  CHECK(rig.reaches(d, Phase::ready));
}

TEST_CASE("on a real cluster a check that fails is told with its path and the answer") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  auto d = sample::deployment(s.spec.ns, rig.fresh("deaf"));
  d.spec.workload.services[0].image = "docker.io/acme/never-ready:1";
  d.spec.workload.services[0].health_path = "/healthz";
  rig.want(d);
  CHECK(until([&] {
    return rig.status(d).message.find("does not answer on port 8080/healthz yet: HTTP 503") !=
           std::string::npos;
  }));
  INFO(rig.status(d).message);
  CHECK(rig.status(d).phase == Phase::provisioning);
}
