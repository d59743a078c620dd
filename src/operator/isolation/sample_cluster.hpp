#pragma once

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "operator/isolation/cluster_view.hpp"
#include "operator/plan/deployment.hpp"
#include "operator/plan/sandbox.hpp"
#include "operator/sample.hpp"

// For tests and benchmarks: a cluster as the operator leaves it, without one.
namespace ks::op::sample {

struct SampleCluster {
  ClusterView view;
  OperatorConfig config;
  int pods = 0;

  SampleCluster() {
    config.cluster_cidrs = {"10.244.0.0/16", "10.96.0.0/12"};
    view.api_server =
        Json::object({{"spec", Json::object({{"clusterIPs", Json::array({"10.96.0.1"})}})}});
    view.nodes.push_back(Json::object(
        {{"metadata", Json::object({{"name", "node-1"}})},
         {"spec", Json::object({{"podCIDRs", Json::array({"10.244.0.0/16"})}})},
         {"status", Json::object({{"addresses",
                                   Json::array({Json::object({{"type", "InternalIP"},
                                                              {"address", "192.168.7.2"}})})}})}}));
    add_namespace("kube-system", Json::object());
    add_pod("kube-system", "coredns", Json::object({{"k8s-app", "kube-dns"}}), Json::object());
    add_pod("kube-system", "metrics", Json::object({{"k8s-app", "metrics"}}), Json::object());
    add_namespace("ingress-nginx", Json::object());
    add_pod("ingress-nginx", "controller", Json::object({{"app", "nginx"}}), Json::object());
    add_namespace("monitoring", Json::object());
    add_pod("monitoring", "scraper", Json::object({{"app", "scraper"}}), Json::object());
  }

  // With one deployment of each of `teams` teams, one pod each.
  void add_sandbox(const std::string& ns, int org, int user, Isolation isolation, int teams = 2,
                   std::optional<EgressList> egress = {}) {
    SandboxResource sandbox = ks::sample::sandbox(ns, org, user);
    sandbox.spec.isolation = isolation;
    sandbox.spec.egress = std::move(egress);
    sandbox.meta.has_finalizer = true;
    std::vector<UserDeploymentResource> deployments;
    for (int team = 1; team <= teams; ++team) {
      auto d = ks::sample::deployment(ns, fmt::format("web-{}", team), org, org * 10 + team);
      d.spec.host = d.spec.stem + ".apps.example.com";
      d.spec.workload.exposure = Exposure::public_;
      d.spec.workload.ingress_service = "web";
      deployments.push_back(d);
      view.user_deployments.push_back(to_json(d));
    }
    Json object = to_json(sandbox);
    view.sandboxes.push_back(std::move(object));
    view.namespaces.push_back(
        namespace_object(sandbox.spec, config.pod_security_version, {}).tree());
    for (const Object& o : sandbox_objects(sandbox, deployments, config)) add(o);
    for (const UserDeploymentResource& d : deployments)
      for (const Object& o : deployment_objects(d, sandbox.spec, {}, config)) {
        if (o.kind() != kube::kinds::kDeployment) continue;
        view.deployments.push_back(o.tree());
        const Json& made = o.tree().at("spec", "template");
        add_pod(ns, d.spec.stem + "-1", made.at("metadata", "labels"), made.at("spec"));
      }
  }

  void add_namespace(const std::string& name, Json labels) {
    labels.set("kubernetes.io/metadata.name", name);
    view.namespaces.push_back(Json::object(
        {{"metadata", Json::object({{"name", name}, {"labels", std::move(labels)}})}}));
  }
  void add_pod(const std::string& ns, const std::string& name, Json labels, Json spec) {
    ++pods;
    const std::string ip = fmt::format("10.244.{}.{}", pods / 250, pods % 250 + 1);
    view.pods.push_back(Json::object(
        {{"metadata",
          Json::object({{"namespace", ns}, {"name", name}, {"labels", std::move(labels)}})},
         {"spec", std::move(spec)},
         {"status", Json::object({{"podIPs", Json::array({Json::object({{"ip", ip}})})}})}}));
  }
  void add(const Object& object) {
    if (object.kind() == kube::kinds::kNetworkPolicy) view.policies.push_back(object.tree());
    if (object.kind() == kube::kinds::kResourceQuota) view.quotas.push_back(object.tree());
    if (object.kind() == kube::kinds::kLimitRange) view.limit_ranges.push_back(object.tree());
    if (object.kind() == kube::kinds::kServiceAccount) view.accounts.push_back(object.tree());
  }
};

}  // namespace ks::op::sample
