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
std::optional<Cause> cause_of(const Service& service, const Seen& deployment,
                              const std::vector<Seen>& pods, const SeenList& objects,
                              const QuotaView& quota);
// Waiting for what is on its way is part of a start, not yet a failure.
bool is_failure(const Cause& cause);
inline constexpr std::string_view kQuotaPending = "QuotaPending";

// A sentence on containers that run and do not answer their check, if there are any.
std::optional<std::string> unanswered(const Service& service, const std::vector<Seen>& pods);

// A refusal of the API server, in the same terms.
Cause cause_of(const kube::KubeError& error);

// The last end of a container of these pods.
std::optional<Termination> last_termination(const std::vector<Seen>& pods);
std::int64_t restarts_of(const std::vector<Seen>& pods);

}  // namespace ks::op
