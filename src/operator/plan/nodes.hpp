#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace ks::op {

// What is known of the nodes that pods may run on.
struct NodeFacts {
  bool user_namespaces = false;  // All of them have them.
  friend bool operator==(const NodeFacts&, const NodeFacts&) = default;
};

// Whether a node can run pods in user namespaces (hostUsers: false): its container runtime says so,
// which needs a kubelet that asks for it, and the kernel is one on which Kubernetes supports it.
bool has_user_namespaces(const Json& node);

// Of the nodes that count: those that do not say that they are not Ready. One that joins tells of
// its runtime only once it is Ready.
struct UserNamespaceNodes {
  std::size_t counted = 0;
  std::vector<std::string> unable;  // Their names, sorted.

  NodeFacts facts() const { return {counted > 0 && unable.empty()}; }
};
UserNamespaceNodes user_namespace_nodes(const Json::Array& nodes);

}  // namespace ks::op
