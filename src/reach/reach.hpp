#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reach/snapshot.hpp"

namespace ks::reach {

// Who reaches whom by the NetworkPolicies of a cluster. Pods that no policy can tell apart are one
// group, and whom a rule means is found by an index of labels and kept, so that the work grows with
// what is allowed, not with the square of the pods.
//
// What policies do not decide is not in it: a pod's own loopback, and its node's traffic to it
// (kubelet probes), which Kubernetes lets through always.
class Reach {
 public:
  using Group = std::uint32_t;

  struct Members {
    std::string ns;
    Labels labels;  // Those that some policy asks for.
    std::vector<NamedPort> named_ports;
    bool host_network = false;
    std::vector<std::string> pods;  // Names; empty: stands for pods that the namespace could get.
  };

  // Each namespace without a pod gets one group without labels.
  explicit Reach(Snapshot snapshot);

  std::size_t size() const { return groups_.size(); }
  const Members& group(Group g) const { return groups_[g].members; }
  const Labels& namespace_labels(Group g) const;

  // On which ports of `to` a connection from `from` is let through.
  PortSet between(Group from, Group to) const;
  PortSet to_address(Group from, const Address& to) const;
  // What lets the group send into a range: with each rule's block that holds some address of it. No
  // block: the rule, or no policy, lets it send to every address.
  struct Opening {
    const IpBlock* block;
    PortSet ports;
    std::string policy;  // "no policy"
  };
  std::vector<Opening> into(Group from, const Cidr& range) const;
  // From an address that no pod has.
  PortSet from_address(const Address& from, Group to) const;

  // Each pair of different groups with a path, but for those of which neither end is held by a
  // policy: these are the product of open_sources() and open_targets().
  void each_path(const std::function<void(Group from, Group to)>& visit) const;
  // Groups that some rule, or no policy, lets send to every pod, and those that every pod may
  // reach.
  const std::vector<Group>& open_sources() const { return open_sources_; }
  const std::vector<Group>& open_targets() const { return open_targets_; }

  // Names of the policies with a rule that lets it through ("no policy" where none holds the end).
  std::vector<std::string> allowed_out(Group from, Group to) const;
  std::vector<std::string> allowed_in(Group from, Group to) const;
  std::vector<std::string> allowed_out(Group from, const Address& to) const;

 private:
  // Whom the peers of a rule mean.
  struct Peers {
    bool everybody = false;
    bool all_pods = false;
    std::vector<Group> groups;  // Sorted.
    std::vector<IpBlock> blocks;
    bool means(Group g) const;
    bool means(const Address& address) const;
  };
  struct Allowed {
    const Peers* peers;
    const Rule* rule;
    const Policy* policy;
  };
  struct Side {
    bool held = false;  // By at least one policy.
    std::vector<Allowed> rules;
  };
  struct Compiled {
    Members members;
    std::size_t ns = 0;
    std::vector<Address> addresses;  // Of all its pods.
    bool some_without_address = false;
    Side in, out;
  };

  void make_groups();
  void index_labels();
  void compile();
  const Peers& peers_of(const Policy& policy, const Rule& rule);
  std::vector<std::size_t> namespaces_of(const Selector& selector) const;
  void add_groups(const std::vector<std::size_t>& namespaces, const Selector* pods,
                  std::vector<Group>& out) const;
  bool may_be_in(Group g, const IpBlock& block) const;
  static PortSet ports_of(const Rule& rule, const Members& target);
  template <class Means>
  static PortSet allowed(const Side& side, const Members& target, Means means);
  template <class Means>
  static std::vector<std::string> names_of(const Side& side, const Members* target, Means means);

  Snapshot snapshot_;
  std::vector<Compiled> groups_;
  std::vector<std::vector<Group>> of_namespace_;
  std::map<std::string, std::size_t, std::less<>> namespace_at_;
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> with_label_;
  std::map<std::string, Peers> peers_;  // By their text.
  std::vector<Group> open_sources_, open_targets_;
};

}  // namespace ks::reach
