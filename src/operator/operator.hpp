#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "kube/cluster.hpp"
#include "operator/config.hpp"
#include "runtime/loop.hpp"
#include "trace/tracer.hpp"

// Turns Sandbox and UserDeployment resources into namespaces, policies and workloads, and writes
// their status. Needs nothing but the cluster.
namespace ks::op {

enum class ReconcilerKind { sandbox, deployment };
inline constexpr ReconcilerKind kReconcilers[] = {ReconcilerKind::sandbox,
                                                  ReconcilerKind::deployment};
constexpr std::string_view name(ReconcilerKind kind) {
  return kind == ReconcilerKind::sandbox ? "sandbox" : "deployment";
}

// One try at bringing a resource in line, whose is not said.
struct Reconciled {
  ReconcilerKind reconciler;
  Duration took;
  // Empty when nothing failed, else one of a few words: "no_answer", "conflict", "too_many",
  // "forbidden", "invalid", "not_found", "server_error", "unsettled", "refused".
  std::string_view cause;
};

class Operator {
 public:
  // All four outlive the operator.
  Operator(kube::Cluster& cluster, OperatorConfig config, const Clock& clock, Random& random);
  ~Operator();
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;

  // Called after each try, on the operator's loop. Once, before start().
  void on_reconciled(std::function<void(const Reconciled&)> told);

  // Makes each try a span, which what it asks of the cluster is part of. Outlives the operator.
  // Once, before start().
  void trace_with(trace::Tracer& tracer);

  // Starts its fibers on `loop` and returns at once. Once.
  void start(runtime::Loop& loop);
  // Asks the fibers to end, and gives the lease back. From any thread. Wait with wait_stopped(), or
  // end the loop, before destroying the operator.
  void stop();
  void wait_stopped();

  // True once every kind has been listed: the operator knows the cluster. From any thread.
  bool synced() const;
  // True while this process holds the lease. From any thread.
  bool leading() const;
  // What keeps the operator from working, in plain words for /readyz; empty when nothing does. From
  // any thread.
  std::vector<std::string> missing() const;

  struct Counters {
    std::size_t reconciles = 0;
    std::size_t writes = 0;  // Mutating calls, the lease's renewals apart.
    std::size_t failures = 0;
    std::size_t relists = 0;
    std::size_t queued = 0;
    std::size_t queued_sandboxes = 0;  // Of those.
    std::size_t due = 0;               // Of those, what waits for no time.
  };
  // From any thread.
  Counters counters() const;

  // For simulation, instead of start(): does one thing that is due on the calling thread (takes in
  // one event, or handles one resource) and returns true; false when nothing is due now.
  bool step();
  // For simulation: the moment of the next thing that waits for time (a retry, a renewal, a
  // resync), on the monotonic clock.
  Time next_due() const;
  // For simulation: queues every resource again, as a resync does.
  void resync();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Who else is let through by the admission policies of manifests_yaml(); names as the API server
// knows them, for which is_trustable() holds.
struct Outsiders {
  std::vector<std::string> backup_accounts;
  std::string break_glass_group = "k8s-scheduler:break-glass";  // Empty: none.
};
// Letters, digits and "-._:@/", 253 at most.
bool is_trustable(std::string_view name);
// What is wrong with them, for whoever gave them to `manifests`.
std::vector<std::string> faults(const Outsiders& outsiders);

// CustomResourceDefinitions, service accounts, roles and admission policies as YAML documents, for
// `kubectl apply`.
std::string manifests_yaml(const std::string& system_namespace = "k8s-scheduler",
                           const Outsiders& outsiders = {});

}  // namespace ks::op
