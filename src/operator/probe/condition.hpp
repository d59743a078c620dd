#pragma once

#include <optional>

#include "base/clock.hpp"
#include "domain/resources.hpp"
#include "operator/probe/proof.hpp"

namespace ks::op {

inline constexpr const char* kNetworkIsolated = "NetworkIsolated";

// What is known beside a sandbox itself. Nothing while this process does not know yet, as after its
// start: what stood in a status then goes on to stand there.
struct NetworkKnown {
  std::optional<NetworkProof> proof;  // As it is worth now.
  std::optional<bool> looked;         // Whether the last look at the cluster proves anything.
  friend bool operator==(const NetworkKnown&, const NetworkKnown&) = default;
};

// Sets the condition NetworkIsolated of `next`, whose other parts are complete: True only where a
// probe showed that policies are enforced, and a look at the cluster that none is missing for this
// sandbox and nothing leads around them.
void set_network_condition(SandboxStatus& next, const SandboxResource& sandbox,
                           const NetworkKnown& known, Time now);

// What a sandbox that waits for the network says.
inline constexpr const char* kNetworkNotEnforced = "NetworkNotEnforced";
inline constexpr const char* kNetworkNotEnforcedMessage =
    "The network of the cluster does not keep tenants apart, so nothing new is started in it. "
    "Whoever runs the platform can mend that.";
inline constexpr const char* kNetworkUnreadMessage =
    "Whether the network of the cluster keeps tenants apart cannot be read, so nothing new is "
    "started in it. Whoever runs the platform can mend that.";

}  // namespace ks::op
