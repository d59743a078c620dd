#include "reach/reach.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/random.hpp"

// The evaluator against a second reading of NetworkPolicy's rules, which takes one pair of pods and
// one port at a time straight from the objects, over random clusters; and the laws of policies.
namespace ks::reach {

namespace {

struct Cluster {
  Json::Array namespaces, pods, policies;
};

Json text(const std::string& json) { return parse_json(json).value(); }

// --- the second reading

const Json& list_of(const Json& value) {
  static const Json kNone = Json::array();
  return value.is_array() ? value : kNone;
}

bool selected(const Json& selector, const Json& labels) {
  if (const Json* equal = selector.find("matchLabels"))
    for (const auto& [key, value] : equal->members())
      if (labels.at(key) != value) return false;
  for (const Json& e : list_of(selector.at("matchExpressions")).as_array()) {
    const Json* label = labels.find(e.text("key"));
    const std::string_view is = e.text("operator");
    const auto& values = list_of(e.at("values")).as_array();
    const bool among = label != nullptr && std::ranges::find(values, *label) != values.end();
    if (is == "In" && !among) return false;
    if (is == "NotIn" && among) return false;
    if (is == "Exists" && label == nullptr) return false;
    if (is == "DoesNotExist" && label != nullptr) return false;
  }
  return true;
}

std::uint32_t number(std::string_view dotted) {
  std::uint32_t out = 0, part = 0;
  for (const char c : dotted) {
    if (c == '.') {
      out = out << 8 | part;
      part = 0;
    } else {
      part = part * 10 + std::uint32_t(c - '0');
    }
  }
  return out << 8 | part;
}

bool within(std::string_view ip, const std::string& cidr) {
  const std::size_t slash = cidr.find('/');
  const int length = std::stoi(cidr.substr(slash + 1));
  const std::uint32_t mask = length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
  return (number(ip) & mask) == (number(cidr.substr(0, slash)) & mask);
}

bool meant(const Cluster& cluster, const Json& policy, const Json& peer, const Json& pod) {
  if (const Json* block = peer.find("ipBlock")) {
    const std::string_view ip = pod.at("status", "podIPs").as_array()[0].text("ip");
    if (!within(ip, std::string(block->text("cidr")))) return false;
    for (const Json& e : list_of(block->at("except")).as_array())
      if (within(ip, e.as_string())) return false;
    return true;
  }
  if (const Json* selector = peer.find("podSelector"))
    if (!selected(*selector, pod.at("metadata", "labels"))) return false;
  if (const Json* selector = peer.find("namespaceSelector")) {
    for (const Json& ns : cluster.namespaces)
      if (ns.text("metadata", "name") == pod.text("metadata", "namespace"))
        return selected(*selector, ns.at("metadata", "labels"));
    return false;
  }
  return pod.text("metadata", "namespace") == policy.text("metadata", "namespace");
}

bool on_port(const Json& rule, const Json& target, std::string_view protocol, int port) {
  const auto& ports = list_of(rule.at("ports")).as_array();
  if (ports.empty()) return true;
  for (const Json& p : ports) {
    const std::string_view wanted = p.text("protocol").empty() ? "TCP" : p.text("protocol");
    if (wanted != protocol) continue;
    const Json& at = p.at("port");
    if (at.is_null()) return true;
    if (at.is_int() && at.as_int() <= port && port <= p.integer_or(at.as_int(), "endPort"))
      return true;
    if (!at.is_string()) continue;
    for (const Json& container : target.at("spec", "containers").as_array())
      for (const Json& named : list_of(container.at("ports")).as_array())
        if (named.at("name") == at && named.integer_or(0, "containerPort") == port &&
            (named.text("protocol").empty() ? "TCP" : named.text("protocol")) == protocol)
          return true;
  }
  return false;
}

bool lets(const Cluster& cluster, bool ingress, const Json& pod, const Json& other,
          const Json& target, std::string_view protocol, int port) {
  bool held = false;
  for (const Json& policy : cluster.policies) {
    if (policy.text("metadata", "namespace") != pod.text("metadata", "namespace") ||
        !selected(policy.at("spec", "podSelector"), pod.at("metadata", "labels")))
      continue;
    const Json& spec = policy.at("spec");
    const auto& types = list_of(spec.at("policyTypes")).as_array();
    const bool concerns =
        types.empty()
            ? ingress || !list_of(spec.at("egress")).as_array().empty()
            : std::ranges::find(types, Json(ingress ? "Ingress" : "Egress")) != types.end();
    if (!concerns) continue;
    held = true;
    for (const Json& rule : list_of(spec.at(ingress ? "ingress" : "egress")).as_array()) {
      const auto& peers = list_of(rule.at(ingress ? "from" : "to")).as_array();
      const bool peer_meant = peers.empty() || std::ranges::any_of(peers, [&](const Json& peer) {
                                return meant(cluster, policy, peer, other);
                              });
      if (peer_meant && on_port(rule, target, protocol, port)) return true;
    }
  }
  return !held;
}

bool connects(const Cluster& cluster, const Json& from, const Json& to, std::string_view protocol,
              int port) {
  return lets(cluster, false, from, to, to, protocol, port) &&
         lets(cluster, true, to, from, to, protocol, port);
}

// --- random clusters, small enough that labels and ports meet

constexpr std::array kPorts = {25, 53, 80, 81, 443, 8080};

Json random_labels(Random& random) {
  Json out = Json::object();
  for (const char* key : {"org", "team", "exposed"})
    if (random.below(3) > 0) out.set(key, std::string(1, char('a' + random.below(3))));
  return out;
}

Json random_selector(Random& random) {
  Json out = Json::object();
  if (random.below(4) == 0) return out;
  if (random.below(2) == 0) out.set("matchLabels", random_labels(random));
  if (random.below(3) == 0) {
    constexpr std::array kIs = {"In", "NotIn", "Exists", "DoesNotExist"};
    const std::size_t is = random.below(kIs.size());
    Json e = Json::object({{"key", random.below(2) == 0 ? "org" : "team"}, {"operator", kIs[is]}});
    if (is < 2) e.set("values", Json::array({"a", random.below(2) == 0 ? "b" : "c"}));
    out.set("matchExpressions", Json::array({e}));
  }
  return out;
}

Json random_peer(Random& random) {
  if (random.below(4) == 0) {
    Json block = Json::object({{"cidr", random.below(2) == 0 ? "0.0.0.0/0" : "10.0.0.0/29"}});
    if (random.below(2) == 0)
      block.set("except", Json::array({random.below(2) == 0 ? "10.0.0.0/8" : "10.0.0.4/31"}));
    return Json::object({{"ipBlock", block}});
  }
  Json out = Json::object();
  const std::uint64_t which = random.below(3);
  if (which != 0) out.set("namespaceSelector", random_selector(random));
  if (which != 1) out.set("podSelector", random_selector(random));
  return out;
}

Json random_rule(Random& random, const char* peers) {
  Json out = Json::object();
  for (std::uint64_t i = random.below(3); i > 0; --i) out[peers].push(random_peer(random));
  for (std::uint64_t i = random.below(3); i > 0; --i) {
    Json port = Json::object();
    if (random.below(2) == 0) port.set("protocol", random.below(2) == 0 ? "UDP" : "TCP");
    const std::uint64_t how = random.below(4);
    if (how == 0) port.set("port", random.below(2) == 0 ? "http" : "dns");
    if (how > 1) port.set("port", kPorts[random.below(kPorts.size())]);
    if (how == 3) port.set("endPort", port.at("port").as_int() + std::int64_t(random.below(500)));
    out["ports"].push(std::move(port));
  }
  return out;
}

Json random_policy(Random& random, const std::string& ns, int number) {
  Json spec = Json::object({{"podSelector", random_selector(random)}});
  switch (random.below(4)) {
    case 0:
      break;
    case 1:
      spec.set("policyTypes", Json::array({"Ingress"}));
      break;
    case 2:
      spec.set("policyTypes", Json::array({"Egress"}));
      break;
    default:
      spec.set("policyTypes", Json::array({"Ingress", "Egress"}));
  }
  for (std::uint64_t i = random.below(3); i > 0; --i)
    spec["ingress"].push(random_rule(random, "from"));
  for (std::uint64_t i = random.below(3); i > 0; --i)
    spec["egress"].push(random_rule(random, "to"));
  return Json::object(
      {{"metadata", Json::object({{"namespace", ns}, {"name", fmt::format("policy-{}", number)}})},
       {"spec", std::move(spec)}});
}

Cluster random_cluster(Random& random) {
  Cluster out;
  for (int n = 0; n < 4; ++n) {
    const std::string ns = fmt::format("ns-{}", n);
    out.namespaces.push_back(Json::object(
        {{"metadata", Json::object({{"name", ns}, {"labels", random_labels(random)}})}}));
    for (std::uint64_t p = random.below(3); p > 0; --p) {
      Json pod = text(R"({"spec": {"containers": [{"ports": [{"name": "http", "containerPort": 80},
        {"name": "dns", "containerPort": 53, "protocol": "UDP"}]}]}})");
      if (random.below(2) == 0) pod["spec"].set("containers", Json::array({Json::object()}));
      pod.set("metadata", Json::object({{"namespace", ns},
                                        {"name", fmt::format("pod-{}", out.pods.size())},
                                        {"labels", random_labels(random)}}));
      const std::string ip = fmt::format("10.0.0.{}", out.pods.size() + 1);
      pod.set("status", Json::object({{"podIPs", Json::array({Json::object({{"ip", ip}})})}}));
      out.pods.push_back(std::move(pod));
    }
    for (std::uint64_t p = random.below(4); p > 0; --p)
      out.policies.push_back(random_policy(random, ns, static_cast<int>(out.policies.size())));
  }
  return out;
}

Snapshot snapshot_of(const Cluster& cluster) {
  Snapshot out;
  for (const Json& ns : cluster.namespaces) out.namespaces.push_back(Namespace::of(ns));
  for (const Json& pod : cluster.pods) out.pods.push_back(Pod::of(pod));
  for (const Json& policy : cluster.policies) {
    auto parsed = Policy::parse(policy);
    REQUIRE_MESSAGE(parsed, policy.dump());
    out.policies.push_back(std::move(*parsed));
  }
  return out;
}

std::map<std::string, Reach::Group> groups_by_pod(const Reach& reach) {
  std::map<std::string, Reach::Group> out;
  for (Reach::Group g = 0; g < reach.size(); ++g)
    for (const std::string& pod : reach.group(g).pods) out[pod] = g;
  return out;
}

using Paths = std::set<std::pair<Reach::Group, Reach::Group>>;

Paths paths_of(const Reach& reach) {
  Paths out;
  reach.each_path([&](Reach::Group from, Reach::Group to) {
    CHECK(out.emplace(from, to).second);  // Each once.
  });
  for (const Reach::Group from : reach.open_sources())
    for (const Reach::Group to : reach.open_targets())
      if (from != to && !reach.between(from, to).empty()) out.emplace(from, to);
  return out;
}

}  // namespace

TEST_CASE("a second reading of the rules finds the same paths in random clusters") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SeededRandom random(seed);
    const Cluster cluster = random_cluster(random);
    const Reach reach(snapshot_of(cluster));
    const auto groups = groups_by_pod(reach);
    for (const Json& from : cluster.pods)
      for (const Json& to : cluster.pods) {
        const PortSet ports = reach.between(groups.at(std::string(from.text("metadata", "name"))),
                                            groups.at(std::string(to.text("metadata", "name"))));
        for (const int port : kPorts)
          for (const Protocol protocol : {Protocol::tcp, Protocol::udp})
            CHECK_MESSAGE(
                ports.has(protocol, port) == connects(cluster, from, to, name(protocol), port),
                fmt::format("seed {}, {} to {}, {} {}", seed, from.text("metadata", "name"),
                            to.text("metadata", "name"), name(protocol), port));
      }
    Paths all;
    for (Reach::Group from = 0; from < reach.size(); ++from)
      for (Reach::Group to = 0; to < reach.size(); ++to)
        if (from != to && !reach.between(from, to).empty()) all.emplace(from, to);
    CHECK(paths_of(reach) == all);
  }
}

TEST_CASE(
    "the order of objects does not matter, and one more policy takes no path from held pods") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SeededRandom random(seed);
    const Cluster cluster = random_cluster(random);
    const auto answers = [&](const Cluster& of) {
      std::map<std::pair<std::string, std::string>, PortSet> out;
      const Reach reach(snapshot_of(of));
      const auto groups = groups_by_pod(reach);
      for (const auto& [a, ga] : groups)
        for (const auto& [b, gb] : groups) out[{a, b}] = reach.between(ga, gb);
      return out;
    };
    const auto before = answers(cluster);
    Cluster turned = cluster;
    std::ranges::reverse(turned.policies);
    std::ranges::reverse(turned.pods);
    std::ranges::reverse(turned.namespaces);
    CHECK(answers(turned) == before);

    // Every pod is held in both directions beforehand.
    Cluster held = cluster;
    for (const Json& ns : cluster.namespaces)
      held.policies.push_back(text(fmt::format(
          R"({{"metadata": {{"namespace": "{}", "name": "deny"}},
              "spec": {{"podSelector": {{}}, "policyTypes": ["Ingress", "Egress"]}}}})",
          ns.text("metadata", "name"))));
    const auto closed = answers(held);
    held.policies.push_back(random_policy(random, "ns-0", 99));
    for (const auto& [pair, ports] : answers(held))
      CHECK((ports & closed.at(pair)) == closed.at(pair));

    Cluster bare = cluster;
    bare.policies.clear();
    for (const auto& [pair, ports] : answers(bare)) CHECK(ports == PortSet::all());
  }
}

TEST_CASE("pods without an address may get any of the pods' ranges") {
  Snapshot snapshot;
  snapshot.namespaces = {{"a", {}}, {"b", {}}};
  Pod pod;
  pod.ns = "a";
  pod.name = "a-1";
  snapshot.pods.push_back(pod);
  pod.ns = "b";
  pod.name = "b-1";
  snapshot.pods.push_back(pod);
  const auto policy = [](const char* except) {
    return Policy::parse(text(fmt::format(
                             R"({{"metadata": {{"namespace": "a", "name": "out"}}, "spec":
        {{"podSelector": {{}}, "policyTypes": ["Egress"], "egress": [{{"to": [
          {{"ipBlock": {{"cidr": "0.0.0.0/0", "except": ["{}"]}}}}]}}]}}}})",
                             except)))
        .value();
  };
  snapshot.pod_ranges = {Cidr::parse("10.244.0.0/16").value()};
  snapshot.policies = {policy("10.0.0.0/8")};
  CHECK(Reach(snapshot).between(0, 1).empty());
  snapshot.policies = {policy("10.244.0.0/17")};
  CHECK(Reach(snapshot).between(0, 1) == PortSet::all());
}

TEST_CASE("a pod on its node's network is held by no policy") {
  Snapshot snapshot;
  snapshot.namespaces = {{"a", {}}};
  Pod pod;
  pod.ns = "a";
  pod.name = "plain";
  snapshot.pods.push_back(pod);
  pod.name = "on-node";
  pod.host_network = true;
  snapshot.pods.push_back(pod);
  snapshot.policies = {Policy::parse(text(R"({"metadata": {"namespace": "a", "name": "deny"},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}})"))
                           .value()};
  const Reach reach(snapshot);
  const auto metadata = *Address::parse("169.254.169.254");
  CHECK(reach.to_address(0, metadata).empty());
  CHECK(reach.to_address(1, metadata) == PortSet::all());
  CHECK(reach.allowed_out(1, metadata) == std::vector<std::string>{"no policy"});
}

}  // namespace ks::reach
