#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "domain/resources.hpp"
#include "kube/cluster.hpp"

namespace ks::sim {

// What the network policies of each namespace let through, held against the Sandbox that the
// cluster has for it. Says it in words of its own: who judges does not read what the operator
// plans.
class Walls {
 public:
  // Of each change of a Sandbox or NetworkPolicy. A policy that somebody set `by_hand` is not
  // judged until it is written by another hand: a watch may be late to tell of it.
  void sandbox_changed(const Json* before, const Json* after);
  void policy_changed(const Json* before, const Json* after, bool by_hand);
  void namespace_gone(const std::string& ns);
  void clear();

  // The first thing that is open in that namespace and is not to be; empty when all is closed that
  // is to be. Without a Sandbox nothing is open too far.
  std::string open_too_far(const std::string& ns) const;

 private:
  std::map<std::string, SandboxSpec> wanted_;  // By namespace.
  std::map<std::string, std::map<std::string, Json>> policies_;
  std::set<std::pair<std::string, std::string>> by_hand_;  // Namespace and name.
};

}  // namespace ks::sim
