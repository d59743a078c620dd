#include "reach/policy.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ks::reach {

bool IpBlock::contains(const Address& address) const {
  return cidr.contains(address) &&
         std::ranges::none_of(except, [&](const Cidr& e) { return e.contains(address); });
}

bool IpBlock::touches(const Cidr& range) const {
  if (!cidr.overlaps(range)) return false;
  const Cidr& common = cidr.contains(range) ? range : cidr;
  return std::ranges::none_of(except, [&](const Cidr& e) { return e.contains(common); });
}

namespace {

Result<IpBlock> block_of(const Json& json) {
  KS_TRY(const Cidr cidr, Cidr::parse(json.text("cidr")));
  IpBlock out{cidr, {}};
  if (const Json& except = json.at("except"); except.is_array())
    for (const Json& one : except.as_array()) {
      KS_TRY(const Cidr e, Cidr::parse(one.is_string() ? one.as_string() : ""));
      out.except.push_back(e);
    }
  return out;
}

Result<RulePeer> peer_of(const Json& json) {
  RulePeer out;
  if (const Json* selector = json.find("namespaceSelector"); selector && selector->is_object()) {
    KS_TRY(out.namespaces, Selector::parse(*selector));
  }
  if (const Json* selector = json.find("podSelector"); selector && selector->is_object()) {
    KS_TRY(out.pods, Selector::parse(*selector));
  }
  if (const Json* block = json.find("ipBlock"); block && block->is_object()) {
    KS_TRY(out.block, block_of(*block));
  }
  if (out.block && (out.namespaces || out.pods)) return invalid("a peer is both pods and a block");
  if (!out.block && !out.namespaces && !out.pods) return invalid("a peer selects nothing");
  return out;
}

Result<RulePort> port_of(const Json& json) {
  RulePort out;
  const std::string_view protocol = json.text("protocol");
  const auto at = std::ranges::find_if(kProtocols, [&](Protocol p) {
    return protocol.empty() ? p == Protocol::tcp : name(p) == protocol;
  });
  if (at == kProtocols.end()) return invalid(fmt::format("\"{}\" is no protocol", protocol));
  out.protocol = *at;
  const Json& port = json.at("port");
  if (port.is_string()) {
    out.name = port.as_string();
  } else if (port.is_int()) {
    const auto first = static_cast<int>(std::clamp<std::int64_t>(port.as_int(), 0, 65536));
    const auto last =
        static_cast<int>(std::clamp<std::int64_t>(json.integer_or(first, "endPort"), 0, 65536));
    if (first < 1 || last > 65535 || first > last) return invalid("a port is out of range");
    out.range = {first, last};
  } else if (!port.is_null()) {
    return invalid("a port is neither a number nor a name");
  }
  return out;
}

Result<std::vector<Rule>> rules_of(const Json& json, std::string_view peers) {
  std::vector<Rule> out;
  if (!json.is_array()) return out;
  for (const Json& one : json.as_array()) {
    Rule rule;
    if (const Json& list = one.at(peers); list.is_array())
      for (const Json& peer : list.as_array()) {
        KS_TRY(RulePeer read, peer_of(peer));
        rule.own_namespace |= !read.block && !read.namespaces;
        rule.peers.push_back(std::move(read));
      }
    rule.peers_text = one.at(peers).canonical();
    if (const Json& list = one.at("ports"); list.is_array())
      for (const Json& port : list.as_array()) {
        KS_TRY(RulePort read, port_of(port));
        rule.ports.push_back(std::move(read));
      }
    out.push_back(std::move(rule));
  }
  return out;
}

}  // namespace

Result<Policy> Policy::parse(const Json& object) {
  Policy out;
  out.ns = object.text("metadata", "namespace");
  out.name = object.text("metadata", "name");
  const Json& spec = object.at("spec");
  // An absent selector is stored as an empty one, which selects every pod.
  if (const Json& selector = spec.at("podSelector"); !selector.is_null()) {
    KS_TRY(out.pods, Selector::parse(selector));
  }
  if (const Json& types = spec.at("policyTypes"); types.is_array() && !types.as_array().empty()) {
    for (const Json& type : types.as_array()) {
      if (type == Json("Ingress"))
        out.ingress = true;
      else if (type == Json("Egress"))
        out.egress = true;
      else
        return invalid("a policy type is neither Ingress nor Egress");
    }
  } else {
    out.ingress = true;
    const Json& egress = spec.at("egress");
    out.egress = egress.is_array() && !egress.as_array().empty();
  }
  KS_TRY(out.ingress_rules, rules_of(spec.at("ingress"), "from"));
  KS_TRY(out.egress_rules, rules_of(spec.at("egress"), "to"));
  return out;
}

}  // namespace ks::reach
