#include "operator/plan/route.hpp"

#include <doctest/doctest.h>

#include "operator/plan/deployment.hpp"
#include "operator/sample.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

Seen route(const char* class_name, bool served = false) {
  Json out = Json::object({{"spec", Json::object()}});
  if (*class_name != '\0') out["spec"].set("ingressClassName", class_name);
  if (served) out["status"]["loadBalancer"]["ingress"].push(Json::object({{"ip", "192.0.2.1"}}));
  return {std::make_shared<const Json>(std::move(out)), true};
}

Seen a_class(const char* name, const char* is_default) {
  Json out = Json::object({{"metadata", Json::object({{"name", name}})}});
  out["metadata"]["annotations"].set("ingressclass.kubernetes.io/is-default-class", is_default);
  return {std::make_shared<const Json>(std::move(out)), false};
}

// Of a deployment whose pods are ready.
UserDeploymentStatus told(const char* class_name, const std::optional<RouteClasses>& classes,
                          const UserDeploymentStatus& before = {}) {
  auto d = sample::deployment("sandbox-a", "web-abc123");
  d.status = before;
  OperatorConfig config;
  config.ingress_class = class_name;
  DeploymentObserved observed;
  observed.sandbox = SandboxView{sample::sandbox("sandbox-a").spec, true, {}, {}, {}};
  observed.routes = classes;
  for (const Object& o : deployment_objects(d, observed.sandbox->spec, {}, config)) {
    Json tree = o.tree();
    if (o.kind() == kinds::kDeployment)
      tree.set("status",
               Json::object({{"replicas", 1}, {"updatedReplicas", 1}, {"readyReplicas", 1}}));
    observed.objects.push_back({&o.kind(), {std::make_shared<const Json>(std::move(tree)), true}});
  }
  return deployment_status(d, observed, config, true, Time{1});
}

}  // namespace

TEST_CASE("a route of a class that is not there leads nowhere, and one without a class maybe") {
  const RouteClasses none;
  const RouteClasses some = route_classes({a_class("nginx", "false"), a_class("other", "true")});
  CHECK(some.names.size() == 2);
  CHECK(some.defaults == 1);
  const auto missing = route_cause(route("nginx"), none, {});
  REQUIRE(missing);
  CHECK(missing->certain);
  CHECK(missing->cause.reason == kClassMissing);
  CHECK(missing->cause.message.find("no ingress class nginx") != std::string::npos);
  CHECK_FALSE(route_cause(route("nginx"), some, {}));
  const auto without = route_cause(route(""), none, {});
  REQUIRE(without);
  CHECK_FALSE(without->certain);
  CHECK(without->cause.reason == kNoClass);
  CHECK(route_cause(route(""), route_classes({a_class("nginx", "false")}), {}));
  CHECK_FALSE(route_cause(route(""), some, {}));
  // Whoever gave it an address serves it.
  CHECK_FALSE(route_cause(route("nginx", true), none, {}));
  CHECK_FALSE(route_cause(route("", true), none, {}));
  // Of what has no route, or of classes that may not be read, nothing is said.
  CHECK_FALSE(route_cause({}, none, {}));
  CHECK_FALSE(route_cause(route("nginx"), std::nullopt, {}));
}

TEST_CASE("what leads to a deployment is part of how it is doing once all of it runs") {
  const auto missing = told("nginx", RouteClasses{});
  CHECK(missing.phase == Phase::degraded);
  CHECK(missing.reason == kClassMissing);
  // It was rolled out all the same, and is not to be taken back for this.
  CHECK(missing.observed_revision == 1);
  const auto without = told("", RouteClasses{});
  CHECK(without.phase == Phase::ready);
  CHECK(without.reason == kNoClass);
  CHECK(told("nginx", route_classes({a_class("nginx", "false")})).reason.empty());
  // Where the classes are not known, what was said stays said.
  CHECK(told("nginx", std::nullopt, missing).reason == kClassMissing);
  CHECK(told("nginx", std::nullopt, missing).phase == Phase::degraded);
  CHECK(told("", std::nullopt).reason.empty());
}

TEST_CASE("a route that is refused is told as that, without the words of who refused it") {
  const kube::KubeError by_webhook{
      403, "Forbidden", "admission webhook \"nginx.corp.svc\" denied: host is taken by a/b", {}};
  CHECK(refuses_route(by_webhook));
  const Cause refused = route_refused(by_webhook, "web.apps.localhost");
  CHECK(refused.reason == kRouteRefused);
  CHECK(refused.message.find("web.apps.localhost") != std::string::npos);
  CHECK(refused.message.find("corp") == std::string::npos);
  CHECK(refused.message.find("a/b") == std::string::npos);
  const kube::KubeError silent{
      500, "InternalError", "failed calling webhook \"nginx.corp.svc\": no endpoints", {}};
  CHECK(refuses_route(silent));
  CHECK(route_refused(silent, "h").message.find("does not answer") != std::string::npos);
  CHECK(route_refused(silent, "h").message.find("corp") == std::string::npos);
  for (const kube::KubeError& other : {kube::KubeError{0, "", "", {}},
                                       {409, "Conflict", "", {}},
                                       {429, "", "", {}},
                                       {404, "NotFound", "", {}},
                                       {500, "InternalError", "etcd", {}},
                                       {403, "Forbidden", "exceeded quota: quota", {}},
                                       {403, "Forbidden", "because it is being terminated", {}}})
    CHECK_FALSE(refuses_route(other));
}

}  // namespace ks::op
