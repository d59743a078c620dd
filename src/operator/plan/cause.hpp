#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/deployment/workload.hpp"
#include "domain/resources.hpp"
#include "operator/plan/step.hpp"

namespace ks::op {

// Why a service does not run as wanted: Kubernetes' own word, and a sentence with one way out.
struct Cause {
  std::string reason;
  std::string message;
};

// What of the sandbox's quota decides on pods now.
struct QuotaView {
  // The wanted quota is there, and Kubernetes enforces it.
  bool settled = true;
  // The one that is there lets no pod in, and the wanted one does.
  bool shut = false;
  Json hard;                      // As it is enforced.
  SandboxQuota wanted;            // As the Sandbox says.
  std::vector<Seen> deployments;  // Every UserDeployment of the sandbox.
};
QuotaView quota_view(const Seen& quota, const SandboxResource& sandbox,
                     std::vector<Seen> deployments);

// Whether a refusal by the quota may pass by itself: the Sandbox as we see it was written before
// the deployments were, the wanted quota is not enforced yet, or the refusal is older than the one
// that is. A Sandbox and its deployments come by two watches, which do not run in step.
bool quota_passes(std::string_view refusal, const QuotaView& quota);

// The gravest cause that the service's Deployment, pods and claims tell, if any.
// `events`: of the namespace, those that tells_cause().
std::optional<Cause> cause_of(const Service& service, const Seen& deployment,
                              const std::vector<Seen>& pods, const SeenList& objects,
                              const QuotaView& quota, const std::vector<Seen>& events = {});
// Waiting for what is on its way is part of a start, not yet a failure.
bool is_failure(const Cause& cause);
inline constexpr std::string_view kQuotaPending = "QuotaPending";

// A sentence on containers that run and do not answer their check, if there are any.
std::optional<std::string> unanswered(const Service& service, const std::vector<Seen>& pods,
                                      const std::vector<Seen>& events = {});

// A service whose autoscaler cannot tell what its pods use, so that their number stays as it is. No
// failure: they run. Told from `at` on, since of new pods nothing is measured for a while.
struct Unmeasured {
  std::string message;
  Time at;
};
inline constexpr Duration kMeasuredWithin = minutes(3);
std::optional<Unmeasured> unmeasured(const Service& service, const Seen& autoscaler);

// A refusal of the API server, in the same terms.
Cause cause_of(const kube::KubeError& error);

// A container that ended again and again, the last time only just, and does not wait at the moment:
// what it does now it has done before. `until`: when it will have run long enough to be believed.
struct Unsteady {
  Cause cause;
  std::optional<Time> until;
};
inline constexpr Duration kSteadyAfter = minutes(2);
std::optional<Unsteady> unsteady(const Service& service, const Seen& pod,
                                 const std::vector<Seen>& events, Time now);

// The last end of a container of these pods.
std::optional<Termination> last_termination(const std::vector<Seen>& pods);
// The last few, of those known before and of what these pods tell. A pod that is being ended is no
// news.
std::vector<Termination> terminations(const std::vector<Termination>& before,
                                      const std::vector<Seen>& pods);
std::int64_t restarts_of(const std::vector<Seen>& pods);

}  // namespace ks::op
