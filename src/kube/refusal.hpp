#pragma once

#include <string>

#include "kube/cluster.hpp"

namespace ks::kube {

// What a tenant may read of a refusal, as a sentence that goes on after "The cluster refused it: ".
// Verbatim only what names the object's own fields (422) or its quota: other messages name
// services, addresses and accounts of the installation, such as a 500 about an admission webhook
// that does not answer.
std::string told(const KubeError& error);

bool is_over_quota(const KubeError& error);

}  // namespace ks::kube
