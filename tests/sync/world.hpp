#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kube/simulated/cluster.hpp"
#include "operator/operator.hpp"
#include "runtime/loop.hpp"
#include "sql/deployments.hpp"
#include "sql/isolation.hpp"
#include "sql/journal.hpp"
#include "sql/plans.hpp"
#include "sql/sync.hpp"
#include "sync/sync.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/statements.hpp"

namespace ks::test {

// Stands before a cluster; what `refusal` gives is answered to a write in the cluster's place, and
// `admission` changes what is written.
class Front final : public kube::Cluster {
 public:
  using Refusal = std::function<std::optional<kube::KubeError>(const kube::Ref&)>;
  using Admission = std::function<void(const kube::Ref&, Json&)>;
  Front(kube::Cluster& behind, Refusal refusal, Admission admission)
      : behind_(behind), refusal_(std::move(refusal)), admission_(std::move(admission)) {}

  kube::KubeResult<Json> get(const kube::Ref& ref) override { return behind_.get(ref); }
  kube::KubeResult<kube::ListPage> list(const kube::Kind& kind,
                                        const kube::ListOptions& options) override {
    return behind_.list(kind, options);
  }
  kube::KubeResult<std::unique_ptr<kube::Watch>> watch(const kube::Kind& kind,
                                                       const kube::WatchOptions& options) override {
    return behind_.watch(kind, options);
  }
  kube::KubeResult<Json> create(const kube::Kind& kind, const Json& object) override {
    return behind_.create(kind, object);
  }
  kube::KubeResult<Json> apply(const kube::Kind& kind, const Json& object,
                               const kube::ApplyOptions& options) override {
    if (refusal_)
      if (auto error = refusal_(kube::ref_of(kind, object)))
        return std::unexpected(std::move(*error));
    if (!admission_) return behind_.apply(kind, object, options);
    Json changed = object;
    admission_(kube::ref_of(kind, object), changed);
    return behind_.apply(kind, changed, options);
  }
  kube::KubeResult<void> remove(const kube::Ref& ref, const kube::DeleteOptions& options) override {
    return behind_.remove(ref, options);
  }
  bool simulated() const override { return true; }

 private:
  kube::Cluster& behind_;
  Refusal refusal_;
  Admission admission_;
};

// Runs `promise` on SQLite in memory and on PostgreSQL where it is installed. A file of SQLite's
// keeps what these tests look at in the same way, and waits for its disk at each of their many
// writes.
void for_both_engines(const std::function<void(EngineCase&)>& promise);

// Runs as real time does, and ahead of it by what was skipped: what waits for minutes is not waited
// for here.
class SkippingClock final : public Clock {
 public:
  Time now() const override { return real_.now() + Duration{ahead_.load()}; }
  Time monotonic() const override { return real_.monotonic() + Duration{ahead_.load()}; }
  void skip(Duration d) { ahead_ += d.us; }

 private:
  SystemClock real_;
  std::atomic<std::int64_t> ahead_{0};
};

// Sync between a database and a simulated cluster on which an operator works. Rows are written
// straight into the database, before start() or after.
class SyncWorld {
 public:
  explicit SyncWorld(EngineCase& engine, Front::Refusal refusal = {},
                     Front::Admission admission = {});
  ~SyncWorld();
  SyncWorld(const SyncWorld&) = delete;
  SyncWorld& operator=(const SyncWorld&) = delete;

  // Organization, person, team and sandbox number `n` with its namespace.
  void tenant(int n, const std::string& ns, const std::string& plan = "enterprise");
  // A deployment of tenant `org` that the cluster does not have yet; with a secret when it is
  // given.
  void deployment(int org, int n, const std::string& stem, const std::string& secret = {});
  // A newer wish for a deployment with a secret, and that it be deleted. After start().
  void change(int org, int n, std::int64_t revision, const std::string& image);
  void end(int org, int n);
  // Gives the only service of a deployment with a secret a volume. Before start().
  void volume(int org, int n);
  // Gives a deployment, with a secret or without one, a port and a public route. Before start().
  void publish(int org, int n, bool secret);
  // The organization's state, and its deployments wanted anew. After start().
  void state(int org, const std::string& state);
  // Likewise with its suspension.
  void suspend(int org, bool suspended);
  // The internet that the organization may send to, as a column has it; all of it for "".
  void egress(int org, const std::string& list);
  // Ends sync and starts another that knows nothing of the one before.
  void restart_sync();
  // All that `body` writes at once.
  void rows(const std::function<void()>& body);

  void start();
  // Waits for sync, operator and cluster until `done`; false when it does not come.
  bool eventually(const std::function<bool()>& done, Duration limit = minutes(2));
  // As if so much time had passed in a moment.
  void skip(Duration d) { clock_.skip(d); }
  // "Ready", or "Error/QuotaExceeded".
  std::string phase(int org, int n);

  kube::simulated::SimulatedCluster& cluster() { return cluster_; }
  sync::Sync& sync() { return *sync_; }

 private:
  void put(const std::function<Result<void>(Tx&)>& write);
  void start_sync();

  EngineCase& engine_;
  SkippingClock clock_;
  SystemRandom random_;
  kube::simulated::SimulatedCluster cluster_;
  Front front_;
  sql::AuditWriter audit_writer_{std::string(32, 'a'), random_};
  sql::SqlJournal journal_{audit_writer_};
  sql::SqlSyncStore store_{journal_, clock_};
  sql::SqlPlanStore plans_;
  sql::SqlSandboxStore sandboxes_;
  sql::SqlIsolationStore isolation_;
  sql::SqlTeamStore teams_;
  Authorizer authorizer_{teams_};
  Envelope envelope_{std::string(32, 'e')};
  Tx* open_ = nullptr;
  runtime::LoopGroup loops_{1};
  std::unique_ptr<op::Operator> operator_;
  std::unique_ptr<sync::Sync> sync_;
};

}  // namespace ks::test
