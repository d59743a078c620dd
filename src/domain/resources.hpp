#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "domain/deployment/workload.hpp"
#include "domain/isolation.hpp"
#include "domain/phase.hpp"
#include "domain/sandbox/egress.hpp"
#include "domain/sandbox/isolation_seen.hpp"

// The custom resources by which the wanted state travels from the database to the operator, and the
// status back. `sync` writes specs, the operator writes finalizers and statuses.
namespace ks {

inline constexpr std::string_view kResourceGroup = "k8s-scheduler.dev";
inline constexpr std::string_view kResourceVersion = "v1alpha1";
inline constexpr std::string_view kResourceApiVersion = "k8s-scheduler.dev/v1alpha1";
// Held by the operator until everything that belongs to the resource is gone.
inline constexpr std::string_view kFinalizer = "k8s-scheduler.dev/cleanup";

namespace labels {
inline constexpr std::string_view kManagedBy = "app.kubernetes.io/managed-by";
inline constexpr std::string_view kPartOf = "app.kubernetes.io/part-of";
inline constexpr std::string_view kClient = "k8s-scheduler.dev/client";
inline constexpr std::string_view kOrg = "k8s-scheduler.dev/org";
inline constexpr std::string_view kUser = "k8s-scheduler.dev/user";
inline constexpr std::string_view kTeam = "k8s-scheduler.dev/team";
// The stem of the deployment, which is also the name of its UserDeployment.
inline constexpr std::string_view kDeployment = "k8s-scheduler.dev/deployment";
inline constexpr std::string_view kService = "k8s-scheduler.dev/service";
inline constexpr std::string_view kIsolation = "k8s-scheduler.dev/isolation";
// "true" on pods that the ingress controller may reach.
inline constexpr std::string_view kExposed = "k8s-scheduler.dev/exposed";
// The value of kManagedBy and kPartOf.
inline constexpr std::string_view kProduct = "k8s-scheduler";
// Selects every object of ours, in the cluster's own syntax.
inline constexpr std::string_view kOursSelector = "app.kubernetes.io/managed-by=k8s-scheduler";
}  // namespace labels

namespace annotations {
// On a namespace: the random claim by which it is known to be ours.
inline constexpr std::string_view kClaim = "k8s-scheduler.dev/claim";
// On a namespace: its own UID, once all that closes it has been written into it. It goes with the
// namespace, so that one made anew is known not to be closed.
inline constexpr std::string_view kClosed = "k8s-scheduler.dev/closed";
// Hash of the tree that was last applied, so that a field we no longer send is noticed.
inline constexpr std::string_view kWanted = "k8s-scheduler.dev/wanted";
// On a UserDeployment: its claims stay when it is deleted, for it to come back to.
inline constexpr std::string_view kKeepVolumes = "k8s-scheduler.dev/keep-volumes";
// On a Deployment: its number of pods is not ours to say, since an autoscaler says it.
inline constexpr std::string_view kAutoscaled = "k8s-scheduler.dev/autoscaled";
// On a pod template: how often a restart was asked for.
inline constexpr std::string_view kRestarts = "k8s-scheduler.dev/restarts";
}  // namespace annotations

// What a sandbox may hold. Absent is unlimited.
struct SandboxQuota {
  std::optional<std::int64_t> cpu_milli;      // Sum of limits.
  std::optional<std::int64_t> memory_bytes;   // Sum of limits.
  std::optional<std::int64_t> storage_bytes;  // Sum of claims.
  std::optional<std::int64_t> pods;
  // Services, and with them deployments.apps.
  std::optional<std::int64_t> services;
  std::optional<std::int64_t> ingresses;
  std::optional<std::int64_t> claims;
  std::optional<std::int64_t> secrets;
  // Without kube-root-ca.crt, which Kubernetes puts there and the operator adds.
  std::optional<std::int64_t> config_maps;
  friend bool operator==(const SandboxQuota&, const SandboxQuota&) = default;

  // Whether none of its limits is less than that of `need`.
  bool covers(const SandboxQuota& need) const;
};

struct SandboxSpec {
  std::string ns;  // The namespace; also the good name for the resource itself.
  std::string client_id;
  std::string org_id;
  std::string user_id;
  std::string claim;
  Isolation isolation = Isolation::shared;
  // While set, a deletion of the resource waits.
  bool deletion_protection = false;
  // TCP 25 to the internet.
  bool smtp_egress = false;
  // What of the internet may be sent to; without a list all of it.
  std::optional<EgressList> egress;
  // No pods of anybody, whatever the quota and its deployments say.
  bool suspended = false;
  SandboxQuota quota;
  friend bool operator==(const SandboxSpec&, const SandboxSpec&) = default;
};

struct Condition {
  std::string type;
  std::string status;  // "True", "False" or "Unknown".
  std::string reason;
  std::string message;
  std::int64_t observed_generation = 0;
  std::string last_transition_time;  // RFC 3339, whole seconds.
  friend bool operator==(const Condition&, const Condition&) = default;
};

struct SandboxStatus {
  std::vector<Condition> conditions;  // Ready, NetworkIsolated, QuotaSynced.
  // As of the last look at the whole cluster; absent before the first.
  std::optional<IsolationSeen> isolation;
  friend bool operator==(const SandboxStatus&, const SandboxStatus&) = default;

  const Condition* find(std::string_view type) const;
};

// What every resource has beside its own content. Only `name`, `ns`, `labels` and `annotations` are
// written by to_json(); the rest is what the cluster said.
struct ResourceMeta {
  std::string name;
  std::string ns;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::string uid;
  std::string resource_version;
  std::int64_t generation = 0;
  bool deleting = false;       // Has a deletionTimestamp.
  bool has_finalizer = false;  // kFinalizer.
};

struct SandboxResource {
  ResourceMeta meta;
  SandboxSpec spec;
  SandboxStatus status;
};

struct UserDeploymentSpec {
  std::string stem;           // Also the resource's name.
  std::string name;           // The readable one.
  std::string deployment_id;  // Its row.
  std::string team_id;
  std::string org_id;
  std::int64_t revision = 1;
  std::int64_t restarts = 0;  // Counts up; each change restarts the pods.
  Workload workload;
  std::string host;         // Public host name; empty when internal.
  std::string secret_name;  // Holds the values of secret_env; empty when there are none.
  // No pods, whatever the workload says; nothing else of it is taken away.
  bool suspended = false;
  friend bool operator==(const UserDeploymentSpec&, const UserDeploymentSpec&) = default;
};

// An end of a container that nobody asked for.
struct Termination {
  std::string reason;
  std::int64_t exit_code = 0;
  std::string at;  // RFC 3339, as the node said it.
  std::string pod;
  friend bool operator==(const Termination&, const Termination&) = default;
};

struct ServiceStatus {
  std::int64_t ready = 0;
  std::int64_t replicas = 0;  // Wanted; of an autoscaled service by its autoscaler, at the moment.
  std::int64_t restarts = 0;
  std::optional<Termination> last_termination;
  // Newest first, over the lives of its pods.
  static constexpr std::size_t kTerminationsKept = 5;
  std::vector<Termination> terminations;
  friend bool operator==(const ServiceStatus&, const ServiceStatus&) = default;
};

struct UserDeploymentStatus {
  Phase phase = Phase::pending;
  std::string reason;  // Kubernetes' own word where it has one; empty when all is well.
  std::string message;
  std::int64_t observed_generation = 0;
  std::int64_t observed_revision = 0;  // The last whose roll-out completed; 0 before the first.
  std::map<std::string, ServiceStatus> services;
  std::string url;
  std::vector<Condition> conditions;  // Ready.
  friend bool operator==(const UserDeploymentStatus&, const UserDeploymentStatus&) = default;
};

struct UserDeploymentResource {
  ResourceMeta meta;
  UserDeploymentSpec spec;
  UserDeploymentStatus status;
};

// Metadata and spec, as a whole object to apply. Never the status.
Json to_json(const SandboxResource& sandbox);
Json to_json(const UserDeploymentResource& deployment);
// The value of `.status`.
Json to_json(const SandboxStatus& status);
Json to_json(const UserDeploymentStatus& status);

// Of an object that the cluster returned. An unreadable spec is `bug`; a status that is absent or
// older is read as far as it goes.
Result<SandboxResource> sandbox_from_json(const Json& object);
Result<UserDeploymentResource> user_deployment_from_json(const Json& object);

}  // namespace ks
