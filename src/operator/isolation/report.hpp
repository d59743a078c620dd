#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "domain/isolation.hpp"
#include "domain/sandbox/isolation_seen.hpp"
#include "operator/config.hpp"
#include "operator/isolation/cluster_view.hpp"
#include "operator/probe/proof.hpp"

namespace ks::op {

// One sandbox as the cluster really holds it.
struct SandboxIsolation : IsolationSeen {
  std::string name;  // The Sandbox's.
  std::string ns;
  std::string org_id;
};

struct IsolationReport {
  std::vector<SandboxIsolation> sandboxes;  // By namespace.
  std::size_t pods = 0, policies = 0;       // In the cluster.
  std::vector<std::string> unread;
  // Sandboxes whose namespace is not theirs; nothing of theirs runs.
  std::vector<std::string> homeless;
  // What the last probe of the network came to, as it is worth now; whoever reads it adds it.
  std::optional<NetworkProof> network;
  std::size_t findings() const;
  // Nothing was found, everything was read, and no probe showed that nobody enforces policies.
  bool holds() const { return findings() == 0 && unread.empty() && homeless.empty() && !is_open(); }
  bool is_open() const { return network && network->verdict == NetworkVerdict::not_enforced; }
};

// Judges by what the Sandbox resources say of who owns a namespace, never by labels, which somebody
// may have moved.
IsolationReport isolation_report(const ClusterView& view, const OperatorConfig& config);

// A page for people: what was looked at, the findings, then each sandbox.
std::string text_of(const IsolationReport& report);

}  // namespace ks::op
