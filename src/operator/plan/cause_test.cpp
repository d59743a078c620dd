#include "operator/plan/cause.hpp"

#include <doctest/doctest.h>

namespace ks::op {

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

}  // namespace ks::op
