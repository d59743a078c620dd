#include <algorithm>
#include <set>

#include "operator/plan/sandbox.hpp"

// The network policies of a sandbox, and what else stands in its namespace.
namespace ks::op {

namespace {

using Labels = std::map<std::string, std::string>;

// What "the internet" is not. The whole of ::/8 covers loopback, IPv4-mapped addresses and NAT64
// (RFC 4291, RFC 6052), by which an IPv4 address could be reached around the list beside it.
constexpr const char* kClosedV4[] = {
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    // The host of an Azure machine, which hands out the credentials of its node.
    "168.63.129.16/32"};
// 2002::/16 is 6to4, which also carries IPv4 addresses.
constexpr const char* kClosedV6[] = {"::/8", "2002::/16", "fc00::/7", "fe80::/10", "ff00::/8"};

TrafficPeer addresses(const Peer& p) { return {p.namespace_labels, p.pod_labels, p.cidr, {}}; }

Labels sandbox_labels(const SandboxSpec& spec) {
  return {{std::string(labels::kManagedBy), std::string(labels::kProduct)},
          {std::string(labels::kPartOf), std::string(labels::kProduct)},
          {std::string(labels::kClient), spec.client_id},
          {std::string(labels::kOrg), spec.org_id},
          {std::string(labels::kUser), spec.user_id}};
}

Object default_deny(Place place) {
  place.name = "default-deny";
  TrafficPolicy out;
  out.ingress = out.egress = true;
  return network_policy(place, out);
}

Object allow_dns(Place place, const OperatorConfig& config) {
  place.name = "allow-dns";
  TrafficRule rule;
  rule.peers.push_back(addresses(config.dns));
  for (const std::string& cidr : config.dns_cidrs) rule.peers.push_back({{}, {}, cidr, {}});
  rule.ports = {{"UDP", 53, 53}, {"TCP", 53, 53}};
  TrafficPolicy out;
  out.egress = true;
  out.egress_rules = {std::move(rule)};
  return network_policy(place, out);
}

// Exposed pods only, on the ports that a route leads to.
Object allow_ingress_controller(Place place, const std::set<int>& ports,
                                const OperatorConfig& config) {
  place.name = "allow-ingress-controller";
  TrafficPolicy out;
  out.pods = {{std::string(labels::kExposed), "true"}};
  out.ingress = true;
  if (!ports.empty() && !config.ingress_from.empty()) {
    TrafficRule rule;
    for (const Peer& p : config.ingress_from) rule.peers.push_back(addresses(p));
    for (const int port : ports) rule.ports.push_back({"TCP", port, port});
    out.ingress_rules = {std::move(rule)};
  }
  return network_policy(place, out);
}

TrafficPolicy both_ways(TrafficPeer peer) {
  TrafficPolicy out;
  out.ingress = out.egress = true;
  out.ingress_rules = {{{peer}, {}}};
  out.egress_rules = {{{std::move(peer)}, {}}};
  return out;
}

Labels organization_namespaces(const SandboxSpec& spec) {
  return {{std::string(labels::kManagedBy), std::string(labels::kProduct)},
          {std::string(labels::kClient), spec.client_id},
          {std::string(labels::kOrg), spec.org_id}};
}

// shared: every pod of the organization, wherever it runs.
Object allow_same_organization(Place place, const SandboxSpec& spec) {
  place.name = "allow-same-tenant";
  return network_policy(place, both_ways({organization_namespaces(spec), {}, {}, {}}));
}

// namespace, dedicated: pods of one team among each other, in all sandboxes of the organization.
Object allow_same_team(Place place, const SandboxSpec& spec, const std::string& team) {
  place.name = "allow-same-tenant-" + team;
  const Labels pods = {{std::string(labels::kTeam), team}};
  TrafficPolicy out = both_ways({organization_namespaces(spec), pods, {}, {}});
  out.pods = pods;
  return network_policy(place, out);
}

Object allow_internet(Place place, const SandboxSpec& spec, const OperatorConfig& config) {
  place.name = "allow-internet";
  TrafficPeer v4{{}, {}, "0.0.0.0/0", {std::begin(kClosedV4), std::end(kClosedV4)}};
  TrafficPeer v6{{}, {}, "::/0", {std::begin(kClosedV6), std::end(kClosedV6)}};
  for (const std::string& cidr : config.cluster_cidrs) {
    auto& except = cidr.find(':') == std::string::npos ? v4.except : v6.except;
    if (std::ranges::find(except, cidr) == except.end()) except.push_back(cidr);
  }
  TrafficRule rule;
  rule.peers = {std::move(v4), std::move(v6)};
  if (spec.smtp_egress)
    rule.ports = {{"TCP", 1, 65535}, {"UDP", 1, 65535}};
  else
    rule.ports = {{"TCP", 1, 24}, {"TCP", 26, 65535}, {"UDP", 1, 65535}};
  TrafficPolicy out;
  out.egress = true;
  out.egress_rules = {std::move(rule)};
  return network_policy(place, out);
}

}  // namespace

std::vector<std::string> closed_ranges(const OperatorConfig& config) {
  std::vector<std::string> out(std::begin(kClosedV4), std::end(kClosedV4));
  out.insert(out.end(), std::begin(kClosedV6), std::end(kClosedV6));
  out.insert(out.end(), config.cluster_cidrs.begin(), config.cluster_cidrs.end());
  return out;
}

Object sandbox_quota(const SandboxResource& sandbox) {
  return resource_quota({sandbox.spec.ns, "quota", sandbox_labels(sandbox.spec)},
                        sandbox.spec.quota, sandbox.spec.suspended);
}

std::vector<Object> sandbox_objects(const SandboxResource& sandbox,
                                    const std::vector<UserDeploymentResource>& deployments,
                                    const OperatorConfig& config) {
  const SandboxSpec& spec = sandbox.spec;
  Place place{spec.ns, {}, sandbox_labels(spec)};
  std::set<int> ports;
  std::set<std::string> teams;
  for (const UserDeploymentResource& d : deployments) {
    if (d.spec.org_id != spec.org_id) continue;
    teams.insert(d.spec.team_id);
    const Service* entry = d.spec.workload.find(d.spec.workload.ingress_service);
    if (!d.spec.host.empty() && entry != nullptr && entry->port) ports.insert(*entry->port);
  }

  std::vector<Object> out;
  out.push_back(default_deny(place));
  out.push_back(allow_dns(place, config));
  out.push_back(allow_ingress_controller(place, ports, config));
  if (spec.isolation == Isolation::shared)
    out.push_back(allow_same_organization(place, spec));
  else
    for (const std::string& team : teams) out.push_back(allow_same_team(place, spec, team));
  out.push_back(allow_internet(place, spec, config));
  out.push_back(sandbox_quota(sandbox));
  place.name = "limits";
  out.push_back(limit_range(place, spec.quota));
  place.name = "default";
  out.push_back(service_account(place));
  return out;
}

}  // namespace ks::op
