#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "operator/manifests/policy.hpp"

namespace ks::op {

// Policies by which the API server refuses to our own accounts what their roles must allow in the
// whole cluster, since a role cannot say "in namespaces of sandboxes": they write nothing into a
// namespace without our claim, and change or remove none; and sandbox_guards(). Needs Kubernetes
// 1.30 (KEP-3488, admissionregistration.k8s.io/v1).
std::vector<Json> admission_policies(const Trusted& trusted);

}  // namespace ks::op
