#include "kube/refusal.hpp"

#include <doctest/doctest.h>

namespace ks::kube {

TEST_CASE(
    "of a refusal a tenant reads what names its own object, and nothing of the installation") {
  struct Row {
    int status;
    const char* message;
    bool verbatim;
  };
  const Row rows[] = {
      {422, "Deployment.apps \"web\" is invalid: spec.replicas: Invalid value: -1", true},
      {403, "secrets \"web-4\" is forbidden: exceeded quota: quota, requested: secrets=1", true},
      {403, "secrets is forbidden: User \"system:serviceaccount:k8s:api\" cannot patch", false},
      {400, "admission webhook \"policy.corp.example\" denied the request", false},
      {422, "admission webhook \"policy.corp.example\" denied the request: https://10.0.0.7",
       false},
      {422,
       "ingresses \"web\" is forbidden: ValidatingAdmissionPolicy 'corp' with binding 'corp' "
       "denied "
       "request: ask 10.0.0.7",
       false},
      {500, "failed calling webhook: Post \"https://policy.corp.svc:443\": dial tcp 10.0.0.7",
       false},
      {413, "etcdserver: request is too large", false},
      {0, "Could not connect to 10.0.0.1 port 6443", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    const std::string said = told({row.status, "Any", row.message, {}});
    CHECK((said == row.message) == row.verbatim);
    CHECK(said.find("10.0.0") == said.npos);
    CHECK_FALSE(said.empty());
  }
}

}  // namespace ks::kube
