#include "operator/plan/route.hpp"

#include <fmt/format.h>

#include "kube/refusal.hpp"

namespace ks::op {

namespace {

// k8s.io/apiserver, pkg/admission/plugin/webhook/errors.
bool is_unasked(const kube::KubeError& error) {
  return error.message.find("failed calling webhook") != std::string::npos;
}

}  // namespace

RouteClasses route_classes(const std::vector<Seen>& classes) {
  RouteClasses out;
  for (const Seen& one : classes) {
    out.names.emplace(one.name());
    if (one.object->at("metadata", "annotations")
            .text("ingressclass.kubernetes.io/is-default-class") == "true")
      ++out.defaults;
  }
  return out;
}

std::optional<RouteCause> route_cause(const Seen& ingress,
                                      const std::optional<RouteClasses>& classes,
                                      const UserDeploymentStatus& before) {
  if (!ingress) return std::nullopt;
  const Json& addresses = ingress.object->at("status", "loadBalancer", "ingress");
  if (addresses.is_array() && !addresses.as_array().empty()) return std::nullopt;
  if (!classes) {
    if (before.reason == kClassMissing || before.reason == kNoClass)
      return RouteCause{{before.reason, before.message}, before.reason == kClassMissing};
    return std::nullopt;
  }
  const std::string wanted(ingress.object->text("spec", "ingressClassName"));
  if (!wanted.empty() && !classes->names.contains(wanted))
    return RouteCause{
        {kClassMissing,
         fmt::format("Its pods run, but nothing leads to its address: the cluster has no ingress "
                     "class {}. Whoever runs the platform installs that ingress controller, or "
                     "sets INGRESS_CLASS to one that is there.",
                     wanted)},
        true};
  if (wanted.empty() && classes->defaults == 0)
    return RouteCause{
        {kNoClass,
         "Its pods run, but its address may lead nowhere: its route has no ingress class, and the "
         "cluster has no default one. Whoever runs the platform sets INGRESS_CLASS, or makes one "
         "the default."},
        false};
  return std::nullopt;
}

bool refuses_route(const kube::KubeError& error) {
  if (is_unasked(error)) return true;
  return !error.is_transient() && !error.is_conflict() && !error.is_not_found() &&
         !kube::is_over_quota(error) && error.message.find("being terminated") == std::string::npos;
}

Cause route_refused(const kube::KubeError& error, const std::string& host) {
  if (is_unasked(error))
    return {kRouteRefused,
            fmt::format("Nothing leads to {} yet: what checks routes on this cluster does not "
                        "answer. It is tried again; whoever runs the platform looks at the ingress "
                        "controller's webhook.",
                        host)};
  return {kRouteRefused,
          fmt::format("Nothing leads to {}, since the cluster refused the route. Another host may "
                      "do; whoever runs the platform finds out why. {}",
                      host, kube::told(error))};
}

}  // namespace ks::op
