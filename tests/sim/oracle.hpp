#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "kube/simulated/cluster.hpp"
#include "tests/sim/walls.hpp"
#include "tests/sim/world.hpp"

namespace ks::sim {

// Looks at every change of the cluster as it happens, and at the whole when it has come to rest.
// Knows only what tenants want and what Kubernetes stores, nothing of the operator.
class Oracle {
 public:
  explicit Oracle(World& world);

  // Somebody took a policy or a limit of that namespace away by hand: until all are back, what
  // starts there starts without them.
  void bared(const std::string& ns) { bared_.insert(ns); }
  // The claims of that deployment may outlive it.
  void loose(const std::string& stem) { loose_.insert(stem); }
  // What is changed meanwhile is somebody's doing.
  void by_hand(bool is) { by_hand_ = is; }
  // The cluster was set back to an older copy: it is looked at anew.
  void look_again();
  // What is at rest must be as wanted.
  void check_rest();

  const std::vector<std::string>& faults() const { return faults_; }
  // Mixes every change from now on into a number, whole and with its time.
  void trace(std::uint64_t& into) { trace_ = &into; }

 private:
  void changed(const kube::Kind& kind, const Json* before, const Json* after);
  void made_in(const kube::Kind& kind, const Json& object, const std::string& ns);
  void quota_set(const std::string& ns, const Json& quota);
  void started(const Json* before, const Json& after);
  void lease_changed(const Json& lease);
  void writes(const std::string& identity, const kube::Ref& ref);
  void keep_part(const kube::Kind& kind, const Json* before, const Json* after);
  void gone(const std::string& ns, const std::string& stem);
  bool closed(const std::string& ns) const;
  bool has(const kube::Kind& kind, const std::string& ns, const char* name) const;
  void fault(std::string what);
  void check_sandbox(const SandboxResource& sandbox);
  void check_deployment(const UserDeploymentResource& deployment);
  void check_nothing_else();

  World& world_;
  struct Namespace {
    std::string claim;
    std::string org;
    Time since;
  };
  std::map<std::string, Namespace> namespaces_;
  // The organization that each UserDeployment says it is of, by namespace and stem.
  std::map<std::pair<std::string, std::string>, std::string> orgs_;
  // What closes a namespace and is there.
  std::map<std::string, std::set<kube::Ref>> closing_;
  // Every number of pods that a namespace's Sandbox has allowed.
  std::map<std::string, std::set<std::string>> pods_allowed_;
  // Whose the Lease is, since when without a word of his, and from when on that can be relied on.
  std::string holder_;
  Time renewed_{};
  Time leads_from_{};
  // What was made for a deployment and is there, by namespace and stem, and since when.
  std::map<std::pair<std::string, std::string>, std::map<kube::Ref, Time>> parts_;
  std::uint64_t* trace_ = nullptr;
  Walls walls_;
  // What an operator has decided to write, and what was open too far as it did. Its calls come one
  // after the other, so that the next one ends it.
  struct Decision {
    kube::Ref ref;
    std::string open;
  };
  std::map<std::string, Decision> decided_;  // By the operator's name.
  std::set<std::string> bared_;
  std::set<std::string> loose_;
  bool by_hand_ = false;
  std::vector<std::string> faults_;
};

}  // namespace ks::sim
