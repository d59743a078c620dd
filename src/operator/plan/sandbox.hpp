#pragma once

#include <string>
#include <vector>

#include "operator/config.hpp"
#include "operator/plan/step.hpp"

namespace ks::op {

// The policy that closes everything; all others open something.
inline constexpr const char* kDefaultDeny = "default-deny";

struct SandboxObserved {
  Seen ns;  // Whatever stands under the name, ours or not.
  // Policies, quota, limit range and accounts in the namespace that belong to no deployment.
  SeenList objects;
  std::vector<UserDeploymentResource> deployments;  // In the namespace.
  std::size_t pods = 0;                             // Of ours, in the namespace.
  // A probe showed that nobody enforces policies, and no setting allows that: nothing new is begun.
  bool network_open = false;
  bool network_unread = false;  // It may be open, and that is not known.
};

struct SandboxPlan {
  std::vector<Step> steps;
  // What to write once the steps are done; absent when the resource is about to be gone.
  std::optional<SandboxStatus> status;
};

// Pure. Running the steps and planning again gives none.
SandboxPlan plan(const SandboxResource& sandbox, const SandboxObserved& observed,
                 const OperatorConfig& config, Time now);

// The objects beside the namespace, in the order in which they are made.
std::vector<Object> sandbox_objects(const SandboxResource& sandbox,
                                    const std::vector<UserDeploymentResource>& deployments,
                                    const OperatorConfig& config);

// Whether a policy that is there may let through what the wanted ones do not: it is not as it is
// wanted, or it is not wanted, or the one that closes everything is missing. One that opens
// something and is missing lets less through.
bool may_let_more_through(const SandboxResource& sandbox,
                          const std::vector<UserDeploymentResource>& deployments,
                          const SeenList& there, const OperatorConfig& config);

// What pods may never reach as "the internet", in CIDR form.
std::vector<std::string> closed_ranges(const OperatorConfig& config);

// The one of them that limits what all pods together may take.
Object sandbox_quota(const SandboxResource& sandbox);

// True when `ns` carries the sandbox's claim.
bool owns_namespace(const SandboxSpec& spec, const Json& ns);
bool is_terminating(const Json& ns);
// True when all that closes it was written into this very namespace, not one of the same name.
bool is_closed(const Json& ns);
// True when pods of the sandbox may be made in it.
bool takes_pods(const SandboxSpec& spec, const Json& ns);

// The status after a step could not be done.
SandboxStatus failed_status(const SandboxResource& sandbox, std::string reason, std::string message,
                            Time now);

}  // namespace ks::op
