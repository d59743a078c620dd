#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "operator/operator.hpp"

namespace ks::op {

// One permission to the cluster, as a role lists it.
struct Grant {
  std::string group;
  std::string resource;
  std::vector<std::string> verbs;
  std::vector<std::string> names;  // Empty: all.
};

// Everything that runs as the operator may do: in the whole cluster, and in the system namespace.
std::vector<Grant> operator_grants();
std::vector<Grant> operator_system_grants();
// In the namespace of the probe's pods.
std::vector<Grant> operator_probe_grants();
// What the API process may do: hand over resources and secrets, and read statuses.
std::vector<Grant> api_grants();
// In the system namespace.
std::vector<Grant> api_system_grants();

// All objects of manifests_yaml(), in the order in which they are to be applied.
std::vector<Json> manifests(const std::string& system_namespace, const Outsiders& outsiders = {});

}  // namespace ks::op
