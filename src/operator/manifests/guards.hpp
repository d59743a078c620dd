#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "operator/manifests/policy.hpp"

namespace ks::op {

// Policies for sandboxes, whoever it is that has been let in there with whatever rights: what would
// undo the platform's word by a way that neither roles nor pod security look at. Kubernetes' own
// controllers and system:masters are believed beside `trusted`, but where a guest could have one of
// them do it; what is written by hand in a sandbox stands in the API server's audit log.
//
// Not guarded, since it leads nowhere:
// - statefulsets/status: it names the revision that pods are made of, and only controllers write
//   revisions (controllerrevisions are guarded).
// - services/status: load balancers' addresses are refused by Kubernetes itself to what is of
//   another type (since 1.29), and the type is guarded.
// - deleting what is ours: it is made again as it is wanted, without pods where it is suspended.
//   What bounds a sandbox is guarded against that too, since it must not be away for a moment.
// - routes of makers other than Kubernetes, Cilium and Calico: who gives a guest rights on those
//   gives them hosts.
// - a guest's DaemonSet: its pods count for the quota, and its template is held as any other.
std::vector<Json> sandbox_guards(const Trusted& trusted);

}  // namespace ks::op
