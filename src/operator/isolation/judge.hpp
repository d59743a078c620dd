#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "operator/isolation/report.hpp"
#include "operator/plan/sandbox.hpp"
#include "reach/reach.hpp"

namespace ks::op {

// Says of single paths whether the profiles allow them.
class Judge {
 public:
  Judge(const ClusterView& view, const OperatorConfig& config);

  // By namespace: those that own theirs.
  const std::map<std::string, SandboxResource, std::less<>>& sandboxes() const {
    return sandboxes_;
  }
  const std::vector<UserDeploymentResource>& deployments_in(const std::string& ns) const;
  // Sandboxes that want a namespace which is not theirs.
  const std::vector<std::string>& homeless() const { return homeless_; }

  // How a path is called where it is allowed; nullopt: it is not.
  std::optional<std::string> allowed(const reach::Reach& reach, reach::Reach::Group from,
                                     reach::Reach::Group to, const reach::PortSet& ports) const;
  bool allowed(const reach::Reach::Opening& opening, const reach::PortSet& ports) const;

  // Ranges that tenants must not reach, with what they are.
  struct Closed {
    Cidr range;
    std::string what;
    std::string told;  // Without what tenants need not know: names of nodes.
  };
  const std::vector<Closed>& closed() const { return closed_; }

 private:
  std::optional<std::string> among_sandboxes(const SandboxResource& a, const SandboxResource& b,
                                             const reach::Reach::Members& from,
                                             const reach::Reach::Members& to) const;
  bool is_exposed(const std::string& ns, const reach::PortSet& ports) const;
  void add_closed(std::string_view text, std::string what, std::string told);
  void add_closed(std::string_view text, const std::string& what) { add_closed(text, what, what); }

  const OperatorConfig& config_;
  std::map<std::string, SandboxResource, std::less<>> sandboxes_;
  std::map<std::string, std::vector<UserDeploymentResource>, std::less<>> deployments_;
  std::vector<std::string> homeless_;
  std::vector<Closed> closed_;
};

// A cluster as the evaluator takes it; policies that cannot be read go into `unread`.
reach::Snapshot snapshot_of(const ClusterView& view, const OperatorConfig& config,
                            std::vector<std::string>& unread);

}  // namespace ks::op
