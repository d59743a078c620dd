#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "kube/cluster.hpp"
#include "operator/config.hpp"
#include "operator/engine/cache.hpp"
#include "operator/engine/queue.hpp"
#include "operator/engine/teller.hpp"
#include "operator/plan/deployment.hpp"
#include "operator/plan/sandbox.hpp"
#include "operator/probe/condition.hpp"
#include "trace/tracer.hpp"

namespace ks::op {

// How a reconcile ended.
struct Outcome {
  enum class Kind {
    done,        // Until something changes.
    again,       // After `after`, without counting as a failure.
    retry,       // With a growing pause, at least `after`.
    retry_soon,  // The same, but never long: the cluster was away, which says nothing about the
                 // key.
  };
  Kind kind = Kind::done;
  Duration after{};
  std::string_view cause{};  // Why it failed, if it did: one of the words of op::Reconciled.
};

// Plans one resource and does the steps; the only code that writes, and the only that writes a
// status.
class Reconciler {
 public:
  struct Counts {
    std::size_t reconciles = 0;
    std::size_t writes = 0;
    std::size_t failures = 0;
  };

  // `may_write` is asked before each write.
  Reconciler(kube::Cluster& cluster, Cache& cache, Teller& teller, const OperatorConfig& config,
             const Clock& clock, std::function<bool()> may_write)
      : cluster_(cluster),
        cache_(cache),
        teller_(teller),
        config_(config),
        clock_(clock),
        may_write_(std::move(may_write)) {}

  Outcome reconcile(const Key& key);
  // Makes each reconcile a span from now on.
  void trace_with(trace::Tracer& tracer) { tracer_ = &tracer; }

  // Keeps the index from namespaces to sandboxes; call with each change of a Sandbox in the cache.
  void index(const Json* before, const Json* after);
  // Names of the sandboxes that want this namespace.
  std::set<std::string> sandboxes_of(std::string_view ns) const;
  // Names of the deployments that wait until the namespace's policies let no more through than they
  // are to.
  std::set<std::string> held_back(std::string_view ns) const;

  // What a look at the whole cluster found of a sandbox: its next reconcile puts it into the
  // status. False when it stands there already.
  bool saw(const std::string& sandbox, std::optional<IsolationSeen> seen);
  // Not in their statuses yet.
  std::size_t unwritten_isolations() const { return isolations_.size(); }
  void forget_isolations() { isolations_.clear(); }

  // What is known of the network besides; goes into the statuses of all sandboxes as they are
  // reconciled. True when it is another than before.
  bool know(std::optional<NetworkProof> proof) {
    return std::exchange(network_.proof, std::move(proof)) != network_.proof;
  }
  // For pods that are made or changed from now on.
  void know(const NodeFacts& nodes) { nodes_ = nodes; }
  // As long as it is not known, what stands in a status counts as proved.
  bool know_look(std::optional<bool> proves) {
    return std::exchange(network_.looked, proves).value_or(true) != proves.value_or(true);
  }
  std::vector<std::string> sandboxes() const;

  const Counts& counts() const { return counts_; }

 private:
  Outcome reconcile_sandbox(const std::string& name);
  Outcome reconcile_deployment(const kube::Ref& ref);
  Outcome remove_leftovers(const kube::Ref& ref);
  // Events about what was done, and about tries that fail again and again.
  void tell(const SandboxResource& sandbox, const SandboxObserved& before,
            const std::vector<Step>& done);
  void tell(const UserDeploymentResource& deployment, const DeploymentObserved& before,
            const std::vector<Step>& done);
  void tell_failures(const Key& key, const Outcome& outcome);

  SandboxObserved observe(const SandboxResource& sandbox) const;
  DeploymentObserved observe(const std::string& ns, const std::string& stem) const;
  // The status with what was seen last, or else stood there.
  void add_isolation(SandboxStatus& next, const SandboxResource& sandbox) const;
  std::optional<SandboxView> view_of(const std::string& ns) const;
  // Takes back that it is ready where its policies let more through than they are to.
  void hold_back_where_behind(SandboxView& view) const;
  void remember(const kube::Ref& deployment, bool held_back);
  // Whether pods may be made by what was planned, as the API server has namespace and Sandbox: a
  // watch that is late does not tell that either changed.
  kube::KubeResult<bool> may_make_pods(const std::string& ns, const SandboxView& sandbox);

  // Stops at the first step that fails; after one that a quota had no room for only removals are
  // done.
  // `failed`, when given: which kind it was of.
  kube::KubeResult<void> run(const std::vector<Step>& steps, std::string_view manager,
                             kube::Kind* failed = nullptr);
  kube::KubeResult<void> run(const Step& step, std::string_view manager);
  Outcome after_failure(const kube::KubeError& error);
  struct Written {
    Outcome outcome;
    bool done;
  };
  Written write_status(const kube::Kind& kind, const ResourceMeta& meta, Json status,
                       std::string_view manager, Outcome otherwise);

  kube::Cluster& cluster_;
  Cache& cache_;
  Teller& teller_;
  const OperatorConfig& config_;
  const Clock& clock_;
  trace::Tracer* tracer_ = nullptr;
  std::function<bool()> may_write_;
  std::map<std::string, std::set<std::string>, std::less<>> by_namespace_;
  // By namespace.
  std::map<std::string, std::set<std::string>, std::less<>> held_back_;
  // By sandbox, until it is written.
  std::map<std::string, std::optional<IsolationSeen>, std::less<>> isolations_;
  NetworkKnown network_;
  NodeFacts nodes_;
  std::map<Key, std::size_t> failing_;  // How many tries in a row.
  Counts counts_;
};

}  // namespace ks::op
