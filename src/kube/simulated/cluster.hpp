#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "kube/cluster.hpp"
#include "runtime/loop.hpp"

// A cluster in memory that behaves as an API server with its controllers, as far as the product
// looks at it. Deterministic: the same calls with the same seed and clock give the same answers.
//
// It does not default fields (other than a Service's address and a Namespace's own label), does not
// validate a spec, does not check rights, and enforces no pod security; quotas only when asked to.
namespace ks::kube::simulated {

// How often a call fails, per thousand. All zero: never.
struct Faults {
  int error_500 = 0;
  int error_429 = 0;         // With a Retry-After from one second to retry_after_max.
  int error_403 = 0;         // Of writes: an admission webhook said no.
  int no_answer_before = 0;  // Status 0, and the call was not done.
  int no_answer_after = 0;   // Status 0, but the call was done.
  int conflict_409 = 0;      // Of apply and remove only.
  int watch_dropped = 0;     // Of each Watch::next.
  int watch_event_late = 0;  // An event is held back for `late_by`; later ones wait behind it.
  int watch_event_twice = 0;
  int watch_stalled = 0;  // Nothing more comes, and after `stalled_for` the connection is lost.
  int watch_expired_410 = 0;
  Duration late_by = milliseconds(200);
  Duration stalled_for = minutes(1);
  Duration retry_after_max = seconds(1);
};

struct Options {
  std::uint64_t seed = 1;
  // How long things take that a real cluster needs time for.
  Duration pod_ready_after = milliseconds(300);
  Duration pod_gone_after = milliseconds(50);
  // From ErrImagePull, which an image that cannot be had shows at once, to ImagePullBackOff.
  Duration back_off_after = milliseconds(100);
  Duration bookmark_every = seconds(60);
  // Events kept for watches to resume from; older versions are answered with 410.
  std::size_t events_kept = 20'000;
  // Lists that pages can still be fetched from; older continue tokens are answered with 410.
  std::size_t lists_kept = 64;
  // Objects of a page, however many are asked for; 0: no bound.
  std::size_t page_max = 0;
  // Bytes of a list's objects, by which a page is cut as by its limit; 0: no bound.
  std::size_t answer_bytes_max = 0;
  // When set, kinds of groups that are not Kubernetes' own need an applied
  // CustomResourceDefinition, as on a real server. Off, custom kinds are there from the start.
  bool require_crds = false;
  // Refuses what a ResourceQuota has no room for, as the API server's admission does: counts, and
  // the amounts limits.cpu, limits.memory and requests.storage.
  bool enforce_quotas = false;
  // What a pod's process says as the message of its end, asked of each pod that would become ready:
  // it ends with code 0 then. Nothing: it runs on.
  std::function<std::optional<std::string>(const Json& pod)> ends{};
};

// One permission as RBAC names it: what a call needs. An apply that makes the object needs `create`
// beside `patch`.
struct VerbUse {
  std::string verb;
  std::string group;
  std::string resource;  // "deployments", "deployments/status".
  friend auto operator<=>(const VerbUse&, const VerbUse&) = default;
};

// Images that play a failure: a repository path with a component `does-not-exist`, or the registry
// `unreachable.invalid`, ends in ImagePullBackOff; a path component `crash-loop` in
// CrashLoopBackOff. A pod that names a Secret or ConfigMap that is not there waits with
// CreateContainerConfigError and starts when it comes.
class SimulatedCluster final : public Cluster {
 public:
  // `clock` must outlive the cluster.
  explicit SimulatedCluster(const Clock& clock, Options options = {});
  ~SimulatedCluster() override;

  KubeResult<Json> get(const Ref& ref) override;
  KubeResult<ListPage> list(const Kind& kind, const ListOptions& options) override;
  KubeResult<std::unique_ptr<Watch>> watch(const Kind& kind, const WatchOptions& options) override;
  KubeResult<Json> create(const Kind& kind, const Json& object) override;
  KubeResult<Json> apply(const Kind& kind, const Json& object,
                         const ApplyOptions& options) override;
  KubeResult<void> remove(const Ref& ref, const DeleteOptions& options) override;
  bool simulated() const override { return true; }

  // Lets the controllers do everything that is due at the clock's time: roll-outs, binding of
  // claims, ends of pods and namespaces, garbage collection. Nothing of this happens inside a call.
  void tick();
  // True while a later tick() will do something.
  bool pending() const;
  // When the next thing is due, or nullopt; for tests that move a ManualClock.
  std::optional<Time> next_due() const;
  // From now on `loop` ticks when something is due, at most every 50 ms, and not at all while
  // nothing is pending. The loop must outlive the cluster.
  void start(runtime::Loop& loop);

  void set_faults(const Faults& faults);
  // While down, every call has no answer and running watches break.
  void set_down(bool down);
  // Without a node, new pods stay Pending; those that run go on.
  void set_nodes(bool any);
  // Calls `told` with each change of an object, in order, from within the call or tick that makes
  // it; `before` is null for a new object, `after` for one that is gone. It must not call back.
  using Told = std::function<void(const Kind& kind, const Json* before, const Json* after)>;
  void on_change(Told told);
  // All that the cluster keeps, and back to it: what came later never was. Watches break, as with a
  // server that was started on an old copy of its data. Versions go back as well, or jump ahead as
  // etcd is told to by --bump-revision and --mark-compacted: then all of before gets 410.
  struct Copy;
  enum class Versions { go_back, jump_ahead };
  std::shared_ptr<const Copy> copy() const;
  void go_back_to(const Copy& copy, Versions versions);
  // Forgets old events and lists: a watch from a version before now, or a continue token, gets 410.
  void compact();

  // Calls of create, apply and remove that reached the server (also those that changed nothing),
  // without those on Leases.
  std::int64_t mutating_calls() const;
  // Of those, the ones that changed something.
  std::int64_t effective_writes() const;
  std::set<VerbUse> verbs_used() const;

  struct Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace ks::kube::simulated
