#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/workload.hpp"
#include "operator/plan/step.hpp"

namespace ks::op {

// Why a service does not run as wanted: Kubernetes' own word, and a sentence with one way out.
struct Cause {
  std::string reason;
  std::string message;
};

// The gravest cause that the service's Deployment, pods and claims tell, if any.
std::optional<Cause> cause_of(const Service& service, const Seen& deployment,
                              const std::vector<Seen>& pods, const SeenList& objects);

// A refusal of the API server, in the same terms.
Cause cause_of(const kube::KubeError& error);

// The last end of a container of these pods.
std::optional<Termination> last_termination(const std::vector<Seen>& pods);
std::int64_t restarts_of(const std::vector<Seen>& pods);

}  // namespace ks::op
