#include "reach/snapshot.hpp"

#include <algorithm>

namespace ks::reach {

namespace {

void add_ports(std::vector<NamedPort>& out, const Json& containers) {
  if (!containers.is_array()) return;
  for (const Json& container : containers.as_array()) {
    const Json& ports = container.at("ports");
    if (!ports.is_array()) continue;
    for (const Json& port : ports.as_array()) {
      if (port.text("name").empty()) continue;
      const std::string_view protocol = port.text("protocol");
      const auto at = std::ranges::find(kProtocols, protocol, name);
      out.push_back({std::string(port.text("name")), at == kProtocols.end() ? Protocol::tcp : *at,
                     static_cast<int>(port.integer_or(0, "containerPort"))});
    }
  }
}

void add_spec(Pod& out, const Json& spec) {
  add_ports(out.named_ports, spec.at("containers"));
  add_ports(out.named_ports, spec.at("initContainers"));  // Sidecars are among them (KEP-753).
  std::ranges::sort(out.named_ports);
  out.host_network = spec.at("hostNetwork") == Json(true);
}

}  // namespace

Namespace Namespace::of(const Json& object) {
  return {std::string(object.text("metadata", "name")), labels_of(object)};
}

Pod Pod::of(const Json& object) {
  Pod out;
  out.ns = object.text("metadata", "namespace");
  out.name = object.text("metadata", "name");
  out.labels = labels_of(object);
  add_spec(out, object.at("spec"));
  if (const Json& ips = object.at("status", "podIPs"); ips.is_array())
    for (const Json& ip : ips.as_array())
      if (const auto address = Address::parse(ip.text("ip"))) out.addresses.push_back(*address);
  return out;
}

Pod Pod::of_template(const Json& owner) {
  const Json& made = owner.at("spec", "template");
  Pod out;
  out.ns = owner.text("metadata", "namespace");
  out.name = owner.text("metadata", "name");
  out.labels = labels_of(made);
  add_spec(out, made.at("spec"));
  return out;
}

}  // namespace ks::reach
