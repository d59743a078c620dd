#include <algorithm>
#include <set>

#include "base/address.hpp"
#include "operator/plan/sandbox.hpp"

// The network policies of a sandbox, and what else stands in its namespace.
namespace ks::op {

namespace {

using Labels = std::map<std::string, std::string>;

TrafficPeer addresses(const Peer& p) { return {p.namespace_labels, p.pod_labels, p.cidr, {}}; }

Labels sandbox_labels(const SandboxSpec& spec) {
  return {{std::string(labels::kManagedBy), std::string(labels::kProduct)},
          {std::string(labels::kPartOf), std::string(labels::kProduct)},
          {std::string(labels::kClient), spec.client_id},
          {std::string(labels::kOrg), spec.org_id},
          {std::string(labels::kUser), spec.user_id}};
}

Object default_deny(Place place) {
  place.name = kDefaultDeny;
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

// What of `range` is not the internet. nullopt: nothing of it is.
std::optional<std::vector<std::string>> holes_in(std::string_view range,
                                                 const std::vector<std::string>& closed) {
  const auto whole = Cidr::parse(range);
  if (!whole) return std::nullopt;
  std::vector<std::string> out;
  for (const std::string& one : closed) {
    const auto hole = Cidr::parse(one);
    if (!hole) continue;
    if (hole->contains(*whole)) return std::nullopt;
    if (whole->contains(*hole) && std::ranges::find(out, one) == out.end()) out.push_back(one);
  }
  return out;
}

// The ports of a rule, but for TCP 25 where no mail may be sent.
std::vector<PortRange> open_ports(const std::vector<int>& ports, bool smtp) {
  if (ports.empty() && smtp) return {{"TCP", 1, 65535}, {"UDP", 1, 65535}};
  if (ports.empty()) return {{"TCP", 1, 24}, {"TCP", 26, 65535}, {"UDP", 1, 65535}};
  std::vector<PortRange> out;
  for (const char* protocol : {"TCP", "UDP"})
    for (const int port : ports)
      if (smtp || port != 25 || protocol == std::string_view("UDP"))
        out.push_back({protocol, port, port});
  return out;
}

Object allow_internet(Place place, const SandboxSpec& spec, const OperatorConfig& config) {
  place.name = "allow-internet";
  const std::vector<std::string> closed = closed_ranges(config);
  TrafficPolicy out;
  out.egress = true;
  const auto open = [&](std::initializer_list<std::string_view> ranges,
                        const std::vector<int>& ports) {
    TrafficRule rule;
    for (const std::string_view range : ranges)
      if (auto holes = holes_in(range, closed))
        rule.peers.push_back({{}, {}, std::string(range), *std::move(holes)});
    rule.ports = open_ports(ports, spec.smtp_egress);
    // A rule without peers would open everything.
    if (!rule.peers.empty()) out.egress_rules.push_back(std::move(rule));
  };
  if (!spec.egress) {
    open({"0.0.0.0/0", "::/0"}, {});
  } else {
    for (const EgressRule& one : *spec.egress) open({one.cidr}, one.ports);
  }
  return network_policy(place, out);
}

}  // namespace

std::vector<std::string> closed_ranges(const OperatorConfig& config) {
  std::vector<std::string> out(closed_v4().begin(), closed_v4().end());
  out.insert(out.end(), closed_v6().begin(), closed_v6().end());
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
