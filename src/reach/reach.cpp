#include "reach/reach.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace ks::reach {

bool Reach::Peers::means(Group g) const {
  return everybody || all_pods || std::ranges::binary_search(groups, g);
}

bool Reach::Peers::means(const Address& address) const {
  return everybody ||
         std::ranges::any_of(blocks, [&](const IpBlock& b) { return b.contains(address); });
}

Reach::Reach(Snapshot snapshot) : snapshot_(std::move(snapshot)) {
  index_labels();
  make_groups();
  compile();
}

const Labels& Reach::namespace_labels(Group g) const {
  return snapshot_.namespaces[groups_[g].ns].labels;
}

void Reach::index_labels() {
  for (std::size_t i = 0; i < snapshot_.namespaces.size(); ++i) {
    const Namespace& ns = snapshot_.namespaces[i];
    namespace_at_.emplace(ns.name, i);
    for (const auto& label : ns.labels) with_label_[label].push_back(i);
  }
}

void Reach::make_groups() {
  std::set<std::string> keys;
  std::map<std::string, const IpBlock*> blocks;
  for (const Policy& policy : snapshot_.policies) {
    policy.pods.add_keys(keys);
    for (const auto* rules : {&policy.ingress_rules, &policy.egress_rules})
      for (const Rule& rule : *rules)
        for (const RulePeer& peer : rule.peers) {
          if (peer.pods) peer.pods->add_keys(keys);
          if (peer.block) {
            std::string text = peer.block->cidr.text();
            for (const Cidr& e : peer.block->except) text += " " + e.text();
            blocks.emplace(std::move(text), &*peer.block);
          }
        }
  }

  using Key =
      std::tuple<std::size_t, Labels, std::vector<NamedPort>, bool, bool, std::vector<bool>>;
  std::map<Key, Group> made;
  of_namespace_.resize(snapshot_.namespaces.size());
  const auto add = [&](std::size_t ns, const Pod* pod) {
    Key key{ns, {}, {}, false, true, {}};
    auto& [at, labels, ports, host, without_address, in_block] = key;
    if (pod != nullptr) {
      for (const auto& [label, value] : pod->labels)
        if (keys.contains(label)) labels.emplace(label, value);
      ports = pod->named_ports;
      host = pod->host_network;
      without_address = pod->addresses.empty();
      for (const auto& [text, block] : blocks)
        in_block.push_back(std::ranges::any_of(
            pod->addresses, [&](const Address& a) { return block->contains(a); }));
    }
    const auto [found, fresh] = made.emplace(key, static_cast<Group>(groups_.size()));
    if (fresh) {
      Compiled& group = groups_.emplace_back();
      group.members = {snapshot_.namespaces[ns].name, labels, ports, host, {}};
      group.ns = ns;
      of_namespace_[ns].push_back(found->second);
    }
    Compiled& group = groups_[found->second];
    group.some_without_address |= without_address;
    if (pod == nullptr) return;
    group.members.pods.push_back(pod->name);
    group.addresses.insert(group.addresses.end(), pod->addresses.begin(), pod->addresses.end());
  };
  for (const Pod& pod : snapshot_.pods)
    if (const auto at = namespace_at_.find(pod.ns); at != namespace_at_.end())
      add(at->second, &pod);
  for (std::size_t ns = 0; ns < of_namespace_.size(); ++ns)
    if (of_namespace_[ns].empty()) add(ns, nullptr);
}

std::vector<std::size_t> Reach::namespaces_of(const Selector& selector) const {
  const std::vector<std::size_t>* candidates = nullptr;
  for (const auto& label : selector.equal()) {
    const auto at = with_label_.find(label);
    if (at == with_label_.end()) return {};
    if (candidates == nullptr || at->second.size() < candidates->size()) candidates = &at->second;
  }
  std::vector<std::size_t> out;
  const auto take = [&](std::size_t ns) {
    if (selector.matches(snapshot_.namespaces[ns].labels)) out.push_back(ns);
  };
  if (candidates != nullptr)
    std::ranges::for_each(*candidates, take);
  else
    for (std::size_t ns = 0; ns < snapshot_.namespaces.size(); ++ns) take(ns);
  return out;
}

void Reach::add_groups(const std::vector<std::size_t>& namespaces, const Selector* pods,
                       std::vector<Group>& out) const {
  for (const std::size_t ns : namespaces)
    for (const Group g : of_namespace_[ns])
      if (pods == nullptr || pods->matches(groups_[g].members.labels)) out.push_back(g);
}

bool Reach::may_be_in(Group g, const IpBlock& block) const {
  const Compiled& group = groups_[g];
  return std::ranges::any_of(group.addresses,
                             [&](const Address& a) { return block.contains(a); }) ||
         (group.some_without_address &&
          std::ranges::any_of(snapshot_.pod_ranges,
                              [&](const Cidr& range) { return block.touches(range); }));
}

const Reach::Peers& Reach::peers_of(const Policy& policy, const Rule& rule) {
  const std::string key = rule.own_namespace ? policy.ns + " " + rule.peers_text : rule.peers_text;
  const auto [found, fresh] = peers_.try_emplace(key);
  Peers& out = found->second;
  if (!fresh) return out;
  out.everybody = rule.peers.empty();
  for (const RulePeer& peer : rule.peers) {
    if (peer.block) {
      for (Group g = 0; g < groups_.size(); ++g)
        if (may_be_in(g, *peer.block)) out.groups.push_back(g);
      out.blocks.push_back(*peer.block);
      continue;
    }
    const Selector* pods = peer.pods ? &*peer.pods : nullptr;
    if (peer.namespaces) {
      const auto namespaces = namespaces_of(*peer.namespaces);
      out.all_pods |= pods == nullptr && namespaces.size() == snapshot_.namespaces.size();
      add_groups(namespaces, pods, out.groups);
    } else if (const auto at = namespace_at_.find(policy.ns); at != namespace_at_.end()) {
      add_groups({at->second}, pods, out.groups);
    }
  }
  std::ranges::sort(out.groups);
  const auto twice = std::ranges::unique(out.groups);
  out.groups.erase(twice.begin(), twice.end());
  return out;
}

void Reach::compile() {
  for (const Policy& policy : snapshot_.policies) {
    const auto ns = namespace_at_.find(policy.ns);
    if (ns == namespace_at_.end()) continue;
    for (const Group g : of_namespace_[ns->second]) {
      Compiled& group = groups_[g];
      if (group.members.host_network || !policy.pods.matches(group.members.labels)) continue;
      const auto hold = [&](Side& side, const std::vector<Rule>& rules) {
        side.held = true;
        for (const Rule& rule : rules)
          side.rules.push_back({&peers_of(policy, rule), &rule, &policy});
      };
      if (policy.ingress) hold(group.in, policy.ingress_rules);
      if (policy.egress) hold(group.out, policy.egress_rules);
    }
  }
  const auto is_open = [](const Side& side) {
    return !side.held || std::ranges::any_of(side.rules, [](const Allowed& a) {
      return a.peers->everybody || a.peers->all_pods;
    });
  };
  for (Group g = 0; g < groups_.size(); ++g) {
    if (is_open(groups_[g].out)) open_sources_.push_back(g);
    if (is_open(groups_[g].in)) open_targets_.push_back(g);
  }
}

PortSet Reach::ports_of(const Rule& rule, const Members& target) {
  if (rule.ports.empty()) return PortSet::all();
  PortSet out;
  for (const RulePort& port : rule.ports) {
    if (port.range) {
      out.add(port.protocol, port.range->first, port.range->second);
    } else if (port.name.empty()) {
      out.add(port.protocol, 1, 65535);
    } else {
      for (const NamedPort& named : target.named_ports)
        if (named.name == port.name && named.protocol == port.protocol)
          out.add(port.protocol, named.port, named.port);
    }
  }
  return out;
}

template <class Means>
PortSet Reach::allowed(const Side& side, const Members& target, Means means) {
  if (!side.held) return PortSet::all();
  PortSet out;
  for (const Allowed& a : side.rules)
    if (means(*a.peers)) out.add(ports_of(*a.rule, target));
  return out;
}

PortSet Reach::between(Group from, Group to) const {
  const Members& target = groups_[to].members;
  const PortSet out =
      allowed(groups_[from].out, target, [&](const Peers& p) { return p.means(to); });
  if (out.empty()) return out;
  return out & allowed(groups_[to].in, target, [&](const Peers& p) { return p.means(from); });
}

PortSet Reach::to_address(Group from, const Address& to) const {
  return allowed(groups_[from].out, {}, [&](const Peers& p) { return p.means(to); });
}

std::vector<Reach::Opening> Reach::into(Group from, const Cidr& range) const {
  const Side& side = groups_[from].out;
  if (!side.held) return {{nullptr, PortSet::all(), "no policy"}};
  std::vector<Opening> out;
  for (const Allowed& a : side.rules) {
    // Ports last: of hundreds of rules few lead to any one range.
    if (!a.peers->everybody && std::ranges::none_of(a.peers->blocks, [&](const IpBlock& block) {
          return block.touches(range);
        }))
      continue;
    PortSet ports = ports_of(*a.rule, {});
    if (ports.empty()) continue;
    if (a.peers->everybody) {
      out.push_back({nullptr, std::move(ports), a.policy->name});
      continue;
    }
    for (const IpBlock& block : a.peers->blocks)
      if (block.touches(range)) out.push_back({&block, ports, a.policy->name});
  }
  return out;
}

PortSet Reach::from_address(const Address& from, Group to) const {
  return allowed(groups_[to].in, groups_[to].members,
                 [&](const Peers& p) { return p.means(from); });
}

void Reach::each_path(const std::function<void(Group, Group)>& visit) const {
  const auto is_in = [](const std::vector<Group>& sorted, Group g) {
    return std::ranges::binary_search(sorted, g);
  };
  const auto meant = [](const Side& side) {
    std::set<Group> out;
    for (const Allowed& a : side.rules) out.insert(a.peers->groups.begin(), a.peers->groups.end());
    return out;
  };
  for (Group from = 0; from < groups_.size(); ++from) {
    if (is_in(open_sources_, from)) continue;
    for (const Group to : meant(groups_[from].out))
      if (to != from && !between(from, to).empty()) visit(from, to);
  }
  for (Group to = 0; to < groups_.size(); ++to) {
    if (is_in(open_targets_, to)) continue;
    for (const Group from : meant(groups_[to].in))
      if (to != from && is_in(open_sources_, from) && !between(from, to).empty()) visit(from, to);
  }
}

template <class Means>
std::vector<std::string> Reach::names_of(const Side& side, const Members* target, Means means) {
  if (!side.held) return {"no policy"};
  std::vector<std::string> out;
  for (const Allowed& a : side.rules)
    if (means(*a.peers) && !ports_of(*a.rule, target == nullptr ? Members{} : *target).empty() &&
        std::ranges::find(out, a.policy->name) == out.end())
      out.push_back(a.policy->name);
  return out;
}

std::vector<std::string> Reach::allowed_out(Group from, Group to) const {
  return names_of(groups_[from].out, &groups_[to].members,
                  [&](const Peers& p) { return p.means(to); });
}

std::vector<std::string> Reach::allowed_in(Group from, Group to) const {
  return names_of(groups_[to].in, &groups_[to].members,
                  [&](const Peers& p) { return p.means(from); });
}

std::vector<std::string> Reach::allowed_out(Group from, const Address& to) const {
  return names_of(groups_[from].out, nullptr, [&](const Peers& p) { return p.means(to); });
}

}  // namespace ks::reach
