#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "operator/config.hpp"
#include "operator/plan/object.hpp"
#include "operator/probe/telling.hpp"

namespace ks::labels {
// On the pods of a probe: the role, and which round's it is.
inline constexpr std::string_view kProbe = "k8s-scheduler.dev/probe";
inline constexpr std::string_view kProbeRound = "k8s-scheduler.dev/probe-round";
}  // namespace ks::labels

// What the probe of the network consists of in the cluster: one namespace of the system's own,
// which is closed as a sandbox is, and pods of one round at a time in it.
namespace ks::op {

// Where listeners listen.
inline constexpr int kProbePort = 8080;

std::string probe_namespace_name(const std::string& system_namespace);
// Made as a sandbox's, with a claim that no Sandbox can have (the definition of Sandbox asks for
// longer ones), so that what guards the namespaces of sandboxes guards it too, and none can own it.
Object probe_namespace(const OperatorConfig& config);
bool is_probe_namespace(const Json& ns);

// All that a sandbox of its size would get, by the same functions, and one opening for each
// direction: of the denied connections one is stopped by the listener's side alone, the other by
// the connector's. In the order in which they are made.
std::vector<Object> probe_objects(const OperatorConfig& config);

// `role` is not the connector. All listeners are on one node, so that a node that cannot be reached
// does not look like a policy that denies.
Object probe_listener(const OperatorConfig& config, ProbeRole role, const std::string& round);
// `addresses` of the listeners, by role.
Object probe_connector(const OperatorConfig& config, const std::string& round,
                       const std::map<ProbeRole, std::string>& addresses);

}  // namespace ks::op
