// The doctor on a real control plane, with the accounts that the manifests make.
#include <algorithm>

#include <doctest/doctest.h>

#include "kube/https/transport.hpp"
#include "operator/doctor/doctor.hpp"
#include "tests/cluster/real.hpp"

using namespace ks;
using namespace ks::test;

namespace {

std::vector<op::Check> examined(const kube::https::KubeConfig& config,
                                const op::Components& components) {
  kube::https::Endpoint endpoint;
  endpoint.server = config.server;
  endpoint.ca = config.ca;
  endpoint.client_certificate = config.client_certificate;
  endpoint.client_key = config.client_key;
  kube::https::Transport transport(std::move(endpoint), nullptr);
  const op::Ask ask = [&](std::string_view method, const std::string& target, const Json& body) {
    kube::https::Request request;
    request.method = method;
    request.target = target;
    request.bearer = config.token;
    if (!body.is_null()) {
      request.content_type = "application/json";
      request.body = body.dump();
    }
    const auto response = transport.call(std::move(request));
    return op::Reply{response.status, parse_json(response.body).value_or(Json())};
  };
  return op::examine(ask, {}, components, SystemClock().now());
}

bool says(const std::vector<op::Check>& checks, op::Check::Verdict verdict,
          std::string_view words) {
  return std::ranges::any_of(checks, [&](const op::Check& check) {
    return check.verdict == verdict && check.what.find(words) != check.what.npos;
  });
}

}  // namespace

TEST_CASE("the doctor finds version, kinds and the accounts' own rights on a real cluster") {
  KS_REAL(rig);
  using Verdict = op::Check::Verdict;
  const auto own = examined(rig.as(kSystem, kOperatorAccount), {false, true});
  INFO(op::text_of(own));
  CHECK(says(own, Verdict::good, "Kubernetes 1."));
  CHECK(says(own, Verdict::good, "custom kind sandboxes"));
  CHECK(says(own, Verdict::good, "custom kind userdeployments"));
  CHECK(says(own, Verdict::good, "rights of the operator"));
  const auto api = examined(rig.as(kSystem, kApiAccount), {true, false});
  CHECK(says(api, Verdict::good, "rights of the API"));
  // Each has less than the other.
  CHECK(says(examined(rig.as(kSystem, kApiAccount), {false, true}), Verdict::bad,
             "lacks rights of the operator: get customresourcedefinitions"));
  CHECK(says(examined(rig.as(kSystem, kOperatorAccount), {true, false}), Verdict::bad,
             "lacks rights of the API"));
}
