#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "operator/plan/cause.hpp"
#include "operator/plan/step.hpp"

// Why nothing leads to a deployment's address although its pods run.
namespace ks::op {

// The classes of routes that the cluster has.
struct RouteClasses {
  std::set<std::string> names;
  std::size_t defaults = 0;
};
RouteClasses route_classes(const std::vector<Seen>& classes);

inline constexpr const char* kClassMissing = "IngressClassMissing";
inline constexpr const char* kNoClass = "NoIngressClass";
inline constexpr const char* kRouteRefused = "IngressRefused";

// Of a route that is there. A controller that has given it an address serves it, whatever its
// class; one that gives none may serve it too, so that alone says nothing. `before`: what the
// status says now; stays where the classes are not known.
struct RouteCause {
  Cause cause;
  // No controller can serve it. Otherwise some might.
  bool certain = false;
};
std::optional<RouteCause> route_cause(const Seen& ingress,
                                      const std::optional<RouteClasses>& classes,
                                      const UserDeploymentStatus& before);

// The API server, or somebody whom it asks, does not take the route.
Cause route_refused(const kube::KubeError& error, const std::string& host);
// Whether that is what an error at writing a route means; others pass by themselves or are told in
// other words.
bool refuses_route(const kube::KubeError& error);

}  // namespace ks::op
