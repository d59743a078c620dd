#pragma once

#include <string>
#include <vector>

#include "base/address.hpp"
#include "base/json.hpp"
#include "reach/policy.hpp"
#include "reach/ports.hpp"
#include "reach/selector.hpp"

namespace ks::reach {

struct Namespace {
  std::string name;
  Labels labels;
  static Namespace of(const Json& object);
};

struct NamedPort {
  std::string name;
  Protocol protocol = Protocol::tcp;
  int port = 0;
  friend auto operator<=>(const NamedPort&, const NamedPort&) = default;
};

struct Pod {
  std::string ns;
  std::string name;
  Labels labels;
  std::vector<Address> addresses;  // Empty: not given yet, it may get any of the pods' ranges.
  std::vector<NamedPort> named_ports;
  // It has its node's address, and policies do not hold for it.
  bool host_network = false;

  // Of a pod as the API server gives it.
  static Pod of(const Json& object);
  // Of a pod that a Deployment or another kind with `spec.template` would make.
  static Pod of_template(const Json& owner);
};

// What decides on traffic in a cluster, at one moment.
struct Snapshot {
  std::vector<Namespace> namespaces;
  std::vector<Pod> pods;
  std::vector<Policy> policies;
  std::vector<Cidr> pod_ranges;  // Where pods get their addresses; may be empty.
};

}  // namespace ks::reach
