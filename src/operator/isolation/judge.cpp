#include "operator/isolation/judge.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ks::op {

using reach::PortSet;
using reach::Protocol;
using reach::Reach;

namespace {

bool has_labels(const reach::Labels& labels, const std::map<std::string, std::string>& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& label) {
    const auto at = labels.find(label.first);
    return at != labels.end() && at->second == label.second;
  });
}

bool is(const Peer& peer, const Reach& reach, Reach::Group g) {
  return peer.cidr.empty() && has_labels(reach.namespace_labels(g), peer.namespace_labels) &&
         has_labels(reach.group(g).labels, peer.pod_labels);
}

bool only_dns(const PortSet& ports) {
  PortSet dns;
  dns.add(Protocol::udp, 53, 53);
  dns.add(Protocol::tcp, 53, 53);
  return (ports & dns) == ports;
}

std::string_view label(const Reach::Members& members, std::string_view key) {
  const auto at = members.labels.find(key);
  return at == members.labels.end() ? std::string_view{} : std::string_view(at->second);
}

}  // namespace

Judge::Judge(const ClusterView& view, const OperatorConfig& config) : config_(config) {
  std::map<std::string_view, const Json*> namespaces;
  for (const Json& ns : view.namespaces) namespaces.emplace(ns.text("metadata", "name"), &ns);
  for (const Json& object : view.sandboxes) {
    auto sandbox = sandbox_from_json(object);
    if (!sandbox) continue;
    const auto ns = namespaces.find(sandbox->spec.ns);
    if (ns == namespaces.end()) continue;
    std::string name = sandbox->spec.ns;
    if (owns_namespace(sandbox->spec, *ns->second))
      sandboxes_.emplace(std::move(name), std::move(*sandbox));
    else
      homeless_.push_back(sandbox->meta.name);
  }
  for (const Json& object : view.user_deployments)
    if (auto deployment = user_deployment_from_json(object)) {
      std::string ns = deployment->meta.ns;
      deployments_[std::move(ns)].push_back(std::move(*deployment));
    }

  // Of every cloud that has one; the last is of Azure's host, which hands out credentials too.
  add_closed("169.254.169.254/32", "the metadata address");
  add_closed("fd00:ec2::254/128", "the metadata address");
  add_closed("168.63.129.16/32", "the address of Azure's host");
  if (const Json& ips = view.api_server.at("spec", "clusterIPs"); ips.is_array())
    for (const Json& ip : ips.as_array())
      if (ip.is_string()) add_closed(ip.as_string(), "the API server");
  for (const Json& node : view.nodes) {
    if (const Json& addresses = node.at("status", "addresses"); addresses.is_array())
      for (const Json& address : addresses.as_array())
        add_closed(address.text("address"),
                   fmt::format("the node {}", node.text("metadata", "name")),
                   "a node of the cluster");
    if (const Json& ranges = node.at("spec", "podCIDRs"); ranges.is_array())
      for (const Json& range : ranges.as_array())
        if (range.is_string()) add_closed(range.as_string(), "addresses of pods");
  }
  for (const std::string& range : config.cluster_cidrs)
    add_closed(range, "addresses of the cluster");
  for (const char* range : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
                            "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10", "::/8"})
    add_closed(range, "addresses that are not of the internet");
}

void Judge::add_closed(std::string_view text, std::string what, std::string told) {
  auto range = Cidr::parse(text);
  if (!range) {
    const auto one = Address::parse(text);
    if (!one) return;  // A host's name among a node's addresses.
    range = Cidr::of(*one);
  }
  const bool known =
      std::ranges::any_of(closed_, [&](const Closed& c) { return c.range == *range; });
  if (!known) closed_.push_back({*range, std::move(what), std::move(told)});
}

const std::vector<UserDeploymentResource>& Judge::deployments_in(const std::string& ns) const {
  static const std::vector<UserDeploymentResource> kNone;
  const auto at = deployments_.find(ns);
  return at == deployments_.end() ? kNone : at->second;
}

std::optional<std::string> Judge::among_sandboxes(const SandboxResource& a,
                                                  const SandboxResource& b,
                                                  const Reach::Members& from,
                                                  const Reach::Members& to) const {
  if (a.spec.org_id != b.spec.org_id || a.spec.client_id != b.spec.client_id) return std::nullopt;
  if (std::max(a.spec.isolation, b.spec.isolation) == Isolation::shared)
    return "sandboxes of the organization";
  const std::string_view team = label(from, labels::kTeam);
  if (team.empty() || team != label(to, labels::kTeam)) return std::nullopt;
  return "pods of the same team";
}

bool Judge::is_exposed(const std::string& ns, const PortSet& ports) const {
  PortSet exposed;
  for (const UserDeploymentResource& d : deployments_in(ns)) {
    const Service* entry = d.spec.workload.find(d.spec.workload.ingress_service);
    if (!d.spec.host.empty() && entry != nullptr && entry->port)
      exposed.add(Protocol::tcp, *entry->port, *entry->port);
  }
  return (ports & exposed) == ports;
}

std::optional<std::string> Judge::allowed(const Reach& reach, Reach::Group from, Reach::Group to,
                                          const PortSet& ports) const {
  const Reach::Members& source = reach.group(from);
  const Reach::Members& target = reach.group(to);
  const auto a = sandboxes_.find(source.ns);
  const auto b = sandboxes_.find(target.ns);
  if (a != sandboxes_.end() && b != sandboxes_.end())
    return among_sandboxes(a->second, b->second, source, target);
  if (a != sandboxes_.end()) {
    if (is(config_.dns, reach, to) && only_dns(ports)) return "the cluster's name server";
    return std::nullopt;
  }
  const bool by_controller =
      std::ranges::any_of(config_.ingress_from, [&](const Peer& p) { return is(p, reach, from); });
  if (by_controller && label(target, labels::kExposed) == "true" && is_exposed(target.ns, ports))
    return "the ingress controller";
  return std::nullopt;
}

bool Judge::allowed(const Reach::Opening& opening, const PortSet& ports) const {
  if (opening.block == nullptr || !only_dns(ports)) return false;
  return std::ranges::any_of(config_.dns_cidrs, [&](const std::string& text) {
    const auto range = Cidr::parse(text);
    return range && *range == opening.block->cidr;
  });
}

reach::Snapshot snapshot_of(const ClusterView& view, const OperatorConfig& config,
                            std::vector<std::string>& unread) {
  reach::Snapshot out;
  for (const Json& ns : view.namespaces) out.namespaces.push_back(reach::Namespace::of(ns));
  for (const Json& pod : view.pods) {
    // What has ended has no address any more.
    const std::string_view phase = pod.text("status", "phase");
    if (phase != "Succeeded" && phase != "Failed") out.pods.push_back(reach::Pod::of(pod));
  }
  // What is scaled to zero may run again; what runs is seen by its pods.
  std::map<std::string, std::vector<reach::Labels>, std::less<>> running;
  for (const reach::Pod& pod : out.pods) running[pod.ns].push_back(pod.labels);
  for (const Json& deployment : view.deployments) {
    reach::Pod pod = reach::Pod::of_template(deployment);
    const bool runs = std::ranges::any_of(running[pod.ns], [&](const reach::Labels& labels) {
      return std::ranges::includes(labels, pod.labels);
    });
    if (!runs) out.pods.push_back(std::move(pod));
  }
  for (const Json& object : view.policies) {
    auto policy = reach::Policy::parse(object);
    if (policy)
      out.policies.push_back(std::move(*policy));
    else
      unread.push_back(fmt::format("networkpolicy {}/{}: {}", object.text("metadata", "namespace"),
                                   object.text("metadata", "name"), policy.error().message));
  }
  const auto add_range = [&](std::string_view text) {
    if (const auto range = Cidr::parse(text)) out.pod_ranges.push_back(*range);
  };
  for (const Json& node : view.nodes)
    if (const Json& ranges = node.at("spec", "podCIDRs"); ranges.is_array())
      for (const Json& range : ranges.as_array())
        if (range.is_string()) add_range(range.as_string());
  for (const std::string& range : config.cluster_cidrs) add_range(range);
  return out;
}

}  // namespace ks::op
