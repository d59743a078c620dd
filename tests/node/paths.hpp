#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "domain/isolation.hpp"
#include "operator/isolation/cluster_view.hpp"
#include "reach/reach.hpp"
#include "tests/node/world.hpp"

namespace ks::test {

// A running pod.
struct End {
  enum class Kind { tenant, ingress, stranger, dns };
  std::string name;  // "ann/web": who it belongs to, and what it is.
  Kind kind = Kind::stranger;
  std::string ns, pod, ip;
  // Of tenants.
  std::string org, team, stem, service_ip;
  Isolation profile = Isolation::shared;
  bool exposed = false;
};

// What somebody may try to reach: an address and a port, and what stands behind it.
struct Target {
  std::string what;
  std::string at;         // "10.90.0.7:8080"
  std::string pod = {};   // The name of the end behind it; empty: an address of no pod.
  std::string real = {};  // Where the connection goes in the end; empty: `at`.
};

// "ann/web -> cat/web".
using Paths = std::set<std::string>;

// Pods on a node with what they reach: by measurement, by the profiles, by the evaluator.
class PathMap {
 public:
  explicit PathMap(NodeWorld& world);

  // The pod of a deployment that is Ready, by what the API says of it.
  void add_tenant(const std::string& name, const Json& deployment, const std::string& org,
                  const std::string& team, Isolation profile);
  // A running pod of the cluster.
  void add_pod(const std::string& name, End::Kind kind, const std::string& ns,
               const std::string& pod);
  // After the last end.
  void add_targets();

  // Tried from each pod, all at the same time.
  Paths measured() const;
  // As `measured`, but by the names of services, between tenants alone.
  Paths measured_by_name() const;
  // What the profiles promise.
  Paths promised() const;
  Paths promised_by_name() const;
  // What src/reach computes of the cluster as it is now.
  Paths computed() const;

  const End& end(const std::string& name) const;
  const std::vector<Target>& targets() const { return targets_; }

 private:
  bool may(const End& from, const Target& target) const;
  std::vector<const End*> sources() const;

  NodeWorld& world_;
  std::vector<End> ends_;
  std::vector<Target> targets_;
};

// One line for each path that is in one of the two alone.
std::string differences(const Paths& seen, const Paths& wanted);

// The cluster as the administrator sees it.
op::ClusterView view_of(Node& node);

}  // namespace ks::test
