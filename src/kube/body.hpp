#pragma once

#include "kube/cluster.hpp"

// What both implementations do to an object before it is sent, so that they send the same.
namespace ks::kube {

// Refuses an object that is not of `kind`, or has no name or namespace, with the API server's 400.
KubeResult<void> check_object(const Kind& kind, const Json& object);
KubeResult<void> check_ref(const Ref& ref);

// `object` without the fields that only the server writes (uid, resourceVersion, managedFields...).
Json create_body(const Json& object);
// As create_body, with the preconditions of `options` in its metadata.
Json apply_body(const Json& object, const ApplyOptions& options);

std::unexpected<KubeError> kube_error(int status, std::string reason, std::string message);

}  // namespace ks::kube
