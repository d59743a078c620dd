#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "operator/config.hpp"
#include "operator/plan/cause.hpp"
#include "operator/plan/nodes.hpp"
#include "operator/plan/route.hpp"
#include "operator/plan/step.hpp"

namespace ks::op {

// What a deployment needs to know of the sandbox that it runs in.
struct SandboxView {
  SandboxSpec spec;
  // Namespace and policies stand: pods may be made.
  bool ready = false;
  std::string reason;  // Why not.
  std::string message;
  QuotaView quota{};
  // Not ready for one reason alone: what is there lets more through than the sandbox is to. What
  // runs goes on, and what makes no pod is done.
  bool behind = false;
  // Not ready since somebody works in it by hand: nothing is done there, deletions included.
  bool paused = false;
  // The resource as it was seen.
  std::string name{};
  std::string uid{};
  std::int64_t generation = 0;
};

struct DeploymentObserved {
  std::optional<SandboxView> sandbox;  // Of the namespace; absent: none claims it.
  // Everything in the namespace with the deployment's label, pods apart.
  SeenList objects;
  std::vector<Seen> pods;
  std::vector<Seen> events;  // Of the namespace, those that tell a cause.
  // Absent where they are not known.
  std::optional<RouteClasses> routes{};
  NodeFacts nodes{};
};

struct DeploymentPlan {
  std::vector<Step> steps;
  // What to write once the steps are done; absent when the resource is about to be gone.
  std::optional<UserDeploymentStatus> status;
  // When time alone will have changed the status.
  std::optional<Time> look_again{};
};

// Pure. Running the steps and planning again gives none.
DeploymentPlan plan(const UserDeploymentResource& deployment, const DeploymentObserved& observed,
                    const OperatorConfig& config, Time now);

// Whether pods may come of the steps.
bool makes_pods(const std::vector<Step>& steps);

// By its own word or by its sandbox's, whichever comes first: they come by two watches.
bool is_suspended(const UserDeploymentSpec& spec, const SandboxSpec* sandbox);
// The workload as it is to run: of a suspended deployment without pods and without autoscalers, so
// that none come back by themselves.
Workload running(const UserDeploymentSpec& spec, const SandboxSpec* sandbox);

// As running(), with each autoscaled service at the number of pods that its Deployment is to have
// now.
Workload wanted_now(const UserDeploymentResource& deployment, const SandboxSpec* sandbox,
                    const SeenList& observed);

// The objects of a deployment, in the order in which they are made.
std::vector<Object> deployment_objects(const UserDeploymentResource& deployment,
                                       const SandboxSpec& sandbox, const SeenList& observed,
                                       const OperatorConfig& config, const NodeFacts& nodes = {});

// Takes away what is left of a deployment whose resource is gone; claims are kept, since data
// cannot be made again.
std::vector<Step> plan_leftovers(const DeploymentObserved& observed);

// How far it is. `settled`: no step is left to do.
UserDeploymentStatus deployment_status(const UserDeploymentResource& deployment,
                                       const DeploymentObserved& observed,
                                       const OperatorConfig& config, bool settled, Time now);

// When the first of the pods that ended again and again will have run long enough, or what an
// autoscaler lacks has lasted long enough to be told.
std::optional<Time> steady_at(const UserDeploymentResource& deployment,
                              const DeploymentObserved& observed, Time now);

// The status after a step could not be done: the one before, with the reason.
UserDeploymentStatus failed_status(const UserDeploymentResource& deployment,
                                   const DeploymentObserved& observed, const OperatorConfig& config,
                                   std::string reason, std::string message, Time now);

}  // namespace ks::op
