#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "domain/isolation.hpp"
#include "operator/config.hpp"
#include "operator/isolation/cluster_view.hpp"

namespace ks::op {

// Something by which a tenant is not alone, or could stop being so.
struct IsolationFinding {
  enum class Kind {
    foreign_path,    // Traffic with pods that the profile does not allow.
    closed_address,  // Traffic to an address that tenants must not reach.
    object,          // An object that is not as we would write it, or that nobody of us wrote.
  } kind;
  std::string what;  // A sentence.
};

// One sandbox as the cluster really holds it.
struct SandboxIsolation {
  std::string ns;
  std::string org_id;
  Isolation profile = Isolation::shared;
  std::size_t pods = 0;
  // Who reaches it and whom it reaches, as the profile allows it: "2 other sandboxes of the
  // organization", "the internet (TCP 1-24, 26-65535; UDP all) by allow-internet".
  std::vector<std::string> reached_by;
  std::vector<std::string> reaches;
  std::vector<IsolationFinding> findings;
};

struct IsolationReport {
  std::vector<SandboxIsolation> sandboxes;  // By namespace.
  std::size_t pods = 0, policies = 0;       // In the cluster.
  std::vector<std::string> unread;
  std::size_t findings() const;
  // Nothing was found, and everything was read.
  bool holds() const { return findings() == 0 && unread.empty(); }
};

// Judges by what the Sandbox resources say of who owns a namespace, never by labels, which somebody
// may have moved.
IsolationReport isolation_report(const ClusterView& view, const OperatorConfig& config);

// A page for people: what was looked at, the findings, then each sandbox.
std::string text_of(const IsolationReport& report);

}  // namespace ks::op
