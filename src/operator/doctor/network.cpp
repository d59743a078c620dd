#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/address.hpp"
#include "operator/doctor/checks.hpp"
#include "operator/plan/nodes.hpp"
#include "operator/plan/sandbox.hpp"
#include "operator/probe/objects.hpp"
#include "operator/probe/proof.hpp"

// What the network and the nodes are like.
namespace ks::op {

namespace {

struct Plugin {
  std::string_view daemon_set;  // Or the beginning of its name.
  std::string_view name;
  enum class Enforces { yes, depends, no } enforces;
};
// Of the plugins' own installations.
constexpr std::array<Plugin, 13> kPlugins = {{
    {"calico-node", "Calico", Plugin::Enforces::yes},
    {"canal", "Canal", Plugin::Enforces::yes},
    {"cilium", "Cilium", Plugin::Enforces::yes},
    {"anetd", "GKE Dataplane V2", Plugin::Enforces::yes},
    {"antrea-agent", "Antrea", Plugin::Enforces::yes},
    {"kube-router", "kube-router", Plugin::Enforces::yes},
    {"kube-ovn-cni", "Kube-OVN", Plugin::Enforces::yes},
    {"ovnkube-node", "OVN-Kubernetes", Plugin::Enforces::yes},
    {"weave-net", "Weave Net", Plugin::Enforces::yes},
    {"azure-npm", "Azure Network Policy Manager", Plugin::Enforces::yes},
    {"aws-node", "Amazon VPC CNI", Plugin::Enforces::depends},
    {"kindnet", "kindnet", Plugin::Enforces::depends},
    {"kube-flannel", "Flannel", Plugin::Enforces::no},
}};

constexpr const char* kLookWithTraffic =
    "Policies that nobody enforces keep no tenant apart: try it with traffic between two "
    "namespaces "
    "before you let people in.";

// Where NodeLocal DNS listens if nobody says otherwise.
constexpr const char* kNodeLocalDns = "169.254.20.10/32";

void check_range(Examination& at, const char* noun, const std::string& text) {
  const auto range = Cidr::parse(text);
  if (!range) return;
  for (const std::string& closed : closed_ranges(at.config)) {
    const auto one = Cidr::parse(closed);
    if (one && one->contains(*range)) return at.good(fmt::format("{} {} is closed", noun, text));
  }
  at.bad(fmt::format("{} {} counts as the internet: every sandbox may reach it", noun, text),
         "Add it to CLUSTER_CIDRS.");
}

}  // namespace

void check_network_plugin(Examination& at) {
  const Reply reply = at.get("/apis/apps/v1/daemonsets?limit=500");
  if (reply.status != 200) return at.unread("network plugin", reply);
  const Plugin* found = nullptr;
  for (const Json& item : items_of(reply.tree))
    for (const Plugin& plugin : kPlugins)
      // One that enforces policies may stand beside one that does not.
      if (item.text("metadata", "name").starts_with(plugin.daemon_set) &&
          (found == nullptr || plugin.enforces < found->enforces))
        found = &plugin;
  if (found == nullptr)
    return at.unsure(
        "network plugin: none that is known, so nothing says that policies are enforced",
        kLookWithTraffic);
  if (found->enforces == Plugin::Enforces::yes)
    return at.good(fmt::format("network plugin {}, which enforces policies", found->name));
  if (found->enforces == Plugin::Enforces::depends)
    return at.unsure(
        fmt::format("network plugin {}, which enforces policies by version and settings",
                    found->name),
        kLookWithTraffic);
  at.bad(fmt::format("network plugin {}, which enforces no policies: tenants are not apart",
                     found->name),
         "Install one that does, such as Calico or Cilium.");
}

void check_network_probe(Examination& at) {
  const OperatorConfig& config = at.config;
  const Reply reply = at.get(fmt::format("/apis/coordination.k8s.io/v1/namespaces/{}/leases/{}",
                                         config.system_namespace, NetworkProof::kLease));
  const auto proof = reply.status == 200 ? NetworkProof::of_lease(reply.tree) : std::nullopt;
  // What one of before showed goes on to count.
  if (config.probe_image.empty() && !(proof && proof->forbids_new()))
    return at.unsure("network probe: there is none, since NETWORK_PROBE_IMAGE is not set",
                     "Set it to the image of this program, so that the operator sees by traffic "
                     "whether policies are enforced.");
  if (!proof && reply.status != 200 && reply.status != 404)
    return at.unread("network probe", reply);
  if (!proof)
    return at.unsure("network probe: none has ended yet",
                     "The operator makes one within minutes of its start.");
  const NetworkProof worth = proof->worth(at.now, config.probe_every);
  const std::string what = "network probe: " + worth.words;
  if (worth.verdict == NetworkVerdict::enforced) return at.good(what);
  if (worth.verdict == NetworkVerdict::not_enforced)
    return at.bad(what,
                  "Install a network plugin that enforces policies, such as Calico or Cilium, "
                  "or have yours do so.");
  at.unsure(what, fmt::format("Look at the pods and events in the namespace {}, and at the "
                              "operator's log.",
                              probe_namespace_name(config.system_namespace)));
}

void check_names(Examination& at) {
  const Peer& dns = at.config.dns;
  const auto ns = dns.namespace_labels.find("kubernetes.io/metadata.name");
  if (ns == dns.namespace_labels.end()) return;
  std::string target = "/api/v1/namespaces/" + ns->second + "/pods?limit=5";
  std::string labels;
  for (const auto& [key, value] : dns.pod_labels) {
    labels += fmt::format("{}{}={}", labels.empty() ? "" : ",", key, value);
    // The only characters of a label's name or value that mean something in a target.
    std::string escaped = key + "%3D" + value;
    if (const std::size_t slash = escaped.find('/'); slash != std::string::npos)
      escaped.replace(slash, 1, "%2F");
    target +=
        (target.find("labelSelector") == std::string::npos ? "&labelSelector=" : "%2C") + escaped;
  }
  const Reply pods = at.get(target);
  if (pods.status != 200) return at.unread("name service", pods);
  if (items_of(pods.tree).empty())
    at.bad(
        fmt::format("no pod in {} has {}, so sandboxes can look no names up", ns->second, labels),
        "Set DNS_SELECTOR to the pods of the cluster's name service.");
  else
    at.good(fmt::format("name service in {}, pods with {}", ns->second, labels));
  const Reply local =
      at.get("/apis/apps/v1/namespaces/" + ns->second + "/daemonsets/node-local-dns");
  if (local.status == 200 && at.config.dns_cidrs.empty())
    at.bad("NodeLocal DNS runs, and sandboxes may not ask it",
           fmt::format("Set DNS_CIDRS to its address, usually {}.", kNodeLocalDns));
}

void check_ranges(Examination& at) {
  const Reply nodes = at.get("/api/v1/nodes?limit=500");
  if (nodes.status != 200) return at.unread("addresses of nodes and pods", nodes);
  std::set<std::string> pods, addresses, services;
  for (const Json& node : items_of(nodes.tree)) {
    if (const Json& list = node.at("spec", "podCIDRs"); list.is_array())
      for (const Json& one : list.as_array())
        if (one.is_string()) pods.emplace(one.as_string());
    if (const Json& list = node.at("status", "addresses"); list.is_array())
      for (const Json& one : list.as_array())
        if (const auto address = Address::parse(one.text("address")))
          addresses.insert(Cidr::of(*address).text());
  }
  const Reply ranges = at.get("/apis/networking.k8s.io/v1/servicecidrs");
  for (const Json& range : items_of(ranges.tree))
    if (const Json& list = range.at("spec", "cidrs"); list.is_array())
      for (const Json& one : list.as_array())
        if (one.is_string()) services.emplace(one.as_string());
  // Before ServiceCIDR there is one address to go by.
  if (services.empty()) {
    const Reply own = at.get("/api/v1/namespaces/default/services/kubernetes");
    if (const auto address = Address::parse(own.tree.text("spec", "clusterIP")))
      services.insert(Cidr::of(*address).text());
  }
  for (const std::string& one : pods) check_range(at, "range of pods", one);
  for (const std::string& one : services) check_range(at, "range of services", one);
  for (const std::string& one : addresses) check_range(at, "address of a node", one);
  if (pods.empty())
    at.unsure("range of pods: the nodes do not say it",
              "If the network plugin gives pods addresses that are not private, add them to "
              "CLUSTER_CIDRS.");
}

void check_nodes(Examination& at) {
  const OperatorConfig& config = at.config;
  if (!config.dedicated_runtime_class.empty()) {
    const Reply reply =
        at.get("/apis/node.k8s.io/v1/runtimeclasses/" + config.dedicated_runtime_class);
    if (reply.status == 200)
      at.good("runtime class " + config.dedicated_runtime_class);
    else if (reply.status == 404)
      at.bad(fmt::format("runtime class {} is not there", config.dedicated_runtime_class),
             "Make it, or set DEDICATED_RUNTIME_CLASS to one that is.");
    else
      at.unread("runtime class", reply);
  }
  const bool wants_any = config.user_namespaces != UserNamespaces::never;
  if (!config.dedicated_nodes && !wants_any) return;
  const Reply nodes = at.get("/api/v1/nodes?limit=500");
  if (nodes.status != 200) return at.unread("nodes", nodes);
  std::vector<std::string> untainted, unable;
  std::size_t pool = 0;
  const bool any_value =
      config.dedicated_nodes && config.dedicated_nodes->of("") != *config.dedicated_nodes;
  for (const Json& node : items_of(nodes.tree)) {
    const std::string name(node.text("metadata", "name"));
    if (!has_user_namespaces(node)) unable.push_back(name);
    if (!config.dedicated_nodes) continue;
    const std::string& key = config.dedicated_nodes->key;
    const std::string_view value = node.at("metadata", "labels").text(key);
    if (value.empty() || (!any_value && value != config.dedicated_nodes->value)) continue;
    ++pool;
    const Json& taints = node.at("spec", "taints");
    const bool kept =
        taints.is_array() && std::ranges::any_of(taints.as_array(), [&](const Json& taint) {
          return taint.text("key") == key && taint.text("value") == value;
        });
    if (!kept) untainted.push_back(name);
  }
  if (config.dedicated_nodes) {
    const std::string& key = config.dedicated_nodes->key;
    if (pool == 0)
      at.bad(fmt::format("no node has the label {} of DEDICATED_NODES", key),
             "Label and taint nodes, or empty DEDICATED_NODES.");
    else if (!untainted.empty())
      at.bad(
          fmt::format("nodes of the pool {} lack its taint: {}", key, fmt::join(untainted, ", ")),
          fmt::format("kubectl taint node NODE {}={}:NoExecute", key,
                      config.dedicated_nodes->value));
    else
      at.good(fmt::format("{} node{} of the pool {}", pool, pool == 1 ? "" : "s", key));
  }
  if (config.user_namespaces == UserNamespaces::auto_) {
    const UserNamespaceNodes found = user_namespace_nodes(items_of(nodes.tree));
    if (found.facts().user_namespaces)
      at.good("every node has user namespaces: new pods run in them");
    else
      at.unsure(found.counted == 0
                    ? std::string("no node is ready: new pods run without user namespaces")
                    : fmt::format("new pods run without user namespaces, which nodes lack: {}",
                                  fmt::join(found.unable, ", ")),
                "Upgrade their container runtime, kubelet or kernel (6.3), or set "
                "USER_NAMESPACES=false. Pods that have user namespaces do not start there.");
  }
  if (config.user_namespaces == UserNamespaces::always) {
    if (unable.empty())
      at.good("every node has user namespaces");
    else
      at.bad(fmt::format("nodes without user namespaces: {}", fmt::join(unable, ", ")),
             "Set USER_NAMESPACES=false, or upgrade their container runtime and kernel.");
  }
}

}  // namespace ks::op
