#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "reach/ports.hpp"
#include "reach/selector.hpp"

// networking.k8s.io/v1 NetworkPolicy as it is read for its meaning
// (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
namespace ks::reach {

struct IpBlock {
  Cidr cidr;
  std::vector<Cidr> except;

  bool contains(const Address& address) const;
  // Whether it holds some address of the range, as far as single exceptions tell; never wrongly
  // "no".
  bool touches(const Cidr& range) const;
};

// Either pods or a block. Without a namespace selector: pods of the policy's own namespace; without
// a pod selector: all pods of the namespaces.
struct RulePeer {
  std::optional<Selector> namespaces;
  std::optional<Selector> pods;
  std::optional<IpBlock> block;
};

struct RulePort {
  Protocol protocol = Protocol::tcp;
  // All ports where neither is given.
  std::optional<PortSet::Range> range;
  std::string name;  // Of a port of the pod that is reached.
};

struct Rule {
  std::vector<RulePeer> peers;  // None: everybody.
  std::vector<RulePort> ports;  // None: all.
  // The peers' text: rules with the same one mean the same peers, those of their own namespace
  // apart.
  std::string peers_text;
  bool own_namespace = false;  // Some peer is pods of the policy's own namespace.
};

struct Policy {
  std::string ns;
  std::string name;
  Selector pods;
  bool ingress = false;  // Of which directions it isolates its pods.
  bool egress = false;
  std::vector<Rule> ingress_rules;
  std::vector<Rule> egress_rules;

  // Of the object as the API server gives it. What an API server would not have stored is an error.
  static Result<Policy> parse(const Json& object);
};

}  // namespace ks::reach
