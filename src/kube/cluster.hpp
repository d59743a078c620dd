#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"

// The port to a Kubernetes cluster: six verbs over objects that are JSON trees. Two
// implementations, https/ (a real API server) and simulated/, pass one contract suite.
namespace ks::kube {

// A kind of object and where its API lives.
struct Kind {
  std::string group;    // "" for the core group.
  std::string version;  // "v1".
  std::string plural;   // "deployments".
  std::string name;     // "Deployment".
  bool namespaced = true;

  std::string api_version() const { return group.empty() ? version : group + "/" + version; }
  friend bool operator==(const Kind&, const Kind&) = default;
  friend auto operator<=>(const Kind&, const Kind&) = default;
};

// Why a call failed, in the API server's own terms
// (https://kubernetes.io/docs/reference/using-api/api-concepts/).
struct KubeError {
  // HTTP status; 0 when no answer came (connection refused, time-out, TLS not verified).
  int status = 0;
  std::string reason;      // "NotFound", "AlreadyExists", "Conflict", "Expired", "Forbidden", ...
  std::string message;     // The server's words; may name objects of the tenant.
  Duration retry_after{};  // From Retry-After; zero when not said.

  bool is_not_found() const { return status == 404; }
  // 409: AlreadyExists at create, a stale resourceVersion or a failed UID precondition elsewhere.
  bool is_conflict() const { return status == 409; }
  // 413 AnswerTooLong: the answer passed the client's bound. Of the caller's making, so never
  // "no answer"; the same call gets it again.
  bool is_too_long() const { return reason == "AnswerTooLong"; }
  // 410: the resourceVersion or the continue token is older than the server keeps.
  bool is_expired() const { return status == 410; }
  // No answer, 429 or 5xx: the same call may go through later.
  bool is_transient() const { return status == 0 || status == 429 || status >= 500; }
};

template <class T>
using KubeResult = std::expected<T, KubeError>;

// An object's place. `ns` is empty for cluster-scoped kinds.
struct Ref {
  Kind kind;
  std::string ns;
  std::string name;
  friend bool operator==(const Ref&, const Ref&) = default;
  friend auto operator<=>(const Ref&, const Ref&) = default;
};

struct ListOptions {
  std::string ns{};              // Empty: all namespaces.
  std::string label_selector{};  // Kubernetes' own syntax; empty selects everything.
  std::int64_t limit = 500;      // Objects a page; it has fewer where they make a long answer.
  std::string continue_token{};
};

// Objects a page that fit one answer: 40 of the kinds that carry what tenants wrote, each of which
// etcd keeps under 1.5 MB; 500 of the others, as Kubernetes' own clients ask for.
std::int64_t page_limit(const Kind& kind);

struct ListPage {
  std::vector<Json> items;  // Each with apiVersion and kind set.
  std::string resource_version{};
  std::string continue_token{};  // Empty on the last page.
};

struct WatchEvent {
  enum class Type { added, modified, deleted, bookmark };
  Type type;
  Json object;  // For `bookmark` only metadata.resourceVersion.
};

struct WatchOptions {
  std::string ns{};
  std::string label_selector{};
  // Events after this version; from a ListPage, an event or a bookmark.
  std::string resource_version{};
};

// A server sends each watch a bookmark about once a minute (one that has just started, only when
// etcd has told it something). A watch that has told nothing for so long may hang, as where a
// firewall forgot the connection: whoever follows it lists again.
inline constexpr Duration kWatchSilence = seconds(150);

// A running watch. Destroying it ends the watch.
class Watch {
 public:
  virtual ~Watch() = default;
  // The next event; waits up to `timeout`, not at all when that is zero. nullopt: nothing came in
  // that time. An error ends the watch: expired (list again), or transient (watch again from the
  // last version seen). A server that closes the stream in good order gives status 0 with reason
  // "Closed".
  virtual KubeResult<std::optional<WatchEvent>> next(Duration timeout) = 0;
  // Ends the waiting of the next() that is under way, or of the one to come. From any thread.
  virtual void wake() = 0;
};

enum class Subresource { none, status, finalize };

struct ApplyOptions {
  std::string manager{};  // The fieldManager, "k8s-scheduler/sandbox".
  bool force = true;      // Takes over fields that another manager owns.
  Subresource subresource = Subresource::none;
  // When set, the apply fails with 409 unless the object has this version.
  std::string resource_version{};
  // When set, the apply fails with 409 unless the object has this UID; so it never creates.
  std::string uid{};
};

struct DeleteOptions {
  std::string uid{};  // Precondition; 409 when the object has another one. Empty: none.
  enum class Propagation { background, foreground, orphan } propagation = Propagation::background;
};

// Objects come back with metadata.managedFields cut down to who manages them: manager, operation
// and subresource of each, without the fields.
//
// All calls wait (on a fiber or on a plain thread) and may be made from any number of fibers.
class Cluster {
 public:
  virtual ~Cluster() = default;

  virtual KubeResult<Json> get(const Ref& ref) = 0;
  virtual KubeResult<ListPage> list(const Kind& kind, const ListOptions& options) = 0;
  virtual KubeResult<std::unique_ptr<Watch>> watch(const Kind& kind,
                                                   const WatchOptions& options) = 0;
  // Fails with 409 AlreadyExists. The only verb that makes something without adopting it.
  virtual KubeResult<Json> create(const Kind& kind, const Json& object) = 0;
  // Server-side apply (KEP-555) of `object`, whose apiVersion, kind, name and namespace say what it
  // is. Fields that `manager` owned and no longer sends disappear. Returns the object as it is now.
  virtual KubeResult<Json> apply(const Kind& kind, const Json& object,
                                 const ApplyOptions& options) = 0;
  // Success also when the object only begins to end (finalizers, grace period).
  virtual KubeResult<void> remove(const Ref& ref, const DeleteOptions& options) = 0;

  // True for the simulated one; shown in the API.
  virtual bool simulated() const = 0;
};

// The kinds the product touches.
namespace kinds {
extern const Kind kNamespace, kSecret, kConfigMap, kService, kServiceAccount, kPod, kEvent, kNode,
    kPersistentVolumeClaim, kResourceQuota, kLimitRange, kDeployment, kReplicaSet, kIngress,
    kIngressClass, kNetworkPolicy, kPodDisruptionBudget, kHorizontalPodAutoscaler, kLease,
    kCustomResourceDefinition, kSandbox, kUserDeployment;
}  // namespace kinds

// The namespace/name of an object, and the reference to it.
Ref ref_of(const Kind& kind, const Json& object);

}  // namespace ks::kube
