#pragma once

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "kube/https/transport.hpp"
#include "operator/doctor/doctor.hpp"
#include "tests/cluster/real.hpp"

namespace ks::test {

// What the doctor finds with the account of that kubeconfig.
inline std::vector<op::Check> examined(const kube::https::KubeConfig& config,
                                       const op::Components& components,
                                       const op::OperatorConfig& settings = {}) {
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
  return op::examine(ask, settings, components, SystemClock().now());
}

inline bool says(const std::vector<op::Check>& checks, op::Check::Verdict verdict,
                 std::string_view words) {
  return std::ranges::any_of(checks, [&](const op::Check& check) {
    return check.verdict == verdict && check.what.find(words) != check.what.npos;
  });
}

}  // namespace ks::test
