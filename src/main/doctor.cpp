#include "main/doctor.hpp"

#include "base/clock.hpp"
#include "kube/https/kubeconfig.hpp"
#include "kube/https/transport.hpp"

namespace ks {

namespace {

namespace https = kube::https;

Result<https::Endpoint> endpoint_of(const Config& config, const https::KubeConfig& kubeconfig) {
  https::Endpoint out;
  out.server = kubeconfig.server;
  out.ca = kubeconfig.ca;
  if (out.ca.empty() && !config.ca_file.empty()) {
    KS_TRY(out.ca, https::read_small_file(config.ca_file));
  }
  out.client_certificate = kubeconfig.client_certificate;
  out.client_key = kubeconfig.client_key;
  out.proxy = config.https_proxy;
  out.no_proxy = config.no_proxy;
  return out;
}

Result<std::string> bearer_of(const https::KubeConfig& kubeconfig) {
  std::string token = kubeconfig.token;
  if (!kubeconfig.token_file.empty()) {
    KS_TRY(token, https::read_small_file(kubeconfig.token_file));
  }
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  return token;
}

}  // namespace

Result<std::vector<op::Check>> examine_cluster(const Config& config) {
  if (config.kubernetes == KubernetesMode::simulated)
    return invalid(
        "the simulated cluster lacks nothing; name a real one with KUBECONFIG to have it examined");
  KS_TRY(const auto kubeconfig,
         https::load_kubeconfig(config.kubeconfig, config.kubernetes_context));
  KS_TRY(auto endpoint, endpoint_of(config, kubeconfig));
  KS_TRY(const std::string bearer, bearer_of(kubeconfig));
  https::Transport transport(std::move(endpoint), nullptr);
  const op::Ask ask = [&](std::string_view method, const std::string& target, const Json& body) {
    https::Request request;
    request.method = method;
    request.target = target;
    request.bearer = bearer;
    if (!body.is_null()) {
      request.content_type = "application/json";
      request.body = body.dump();
    }
    const https::Response response = transport.call(std::move(request));
    auto tree = parse_json(response.body, {64, std::size_t{64} << 20});
    return op::Reply{response.status, tree ? std::move(*tree) : Json()};
  };
  return op::examine(ask, config.op, {config.run_api, config.run_operator}, SystemClock().now());
}

}  // namespace ks
