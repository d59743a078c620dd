#include "kube/refusal.hpp"

namespace ks::kube {

bool is_over_quota(const KubeError& error) {
  return error.status == 403 && error.message.find("exceeded quota") != std::string::npos;
}

std::string told(const KubeError& error) {
  // The denial of a webhook or of a policy says which; so it names the installation's parts,
  // whatever its status.
  const bool by_somebody = error.message.find("webhook") != std::string::npos ||
                           error.message.find("ValidatingAdmissionPolicy") != std::string::npos;
  if ((error.status == 422 || is_over_quota(error)) && !by_somebody) return error.message;
  return "The reason is in the log of the installation.";
}

}  // namespace ks::kube
