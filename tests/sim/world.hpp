#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "domain/resources.hpp"
#include "kube/simulated/cluster.hpp"
#include "operator/operator.hpp"
#include "tests/sim/gate.hpp"

namespace ks::sim {

// A simulated cluster, operators on it and the tenants' wishes, on one thread and one clock that
// stands still until something is waited for. The same seed gives the same run.
class World {
 public:
  // `front`, when given, stands between the first operator and the cluster.
  using Front = std::function<std::unique_ptr<kube::Cluster>(kube::Cluster&)>;
  explicit World(std::uint64_t seed = 1, op::OperatorConfig config = {}, const Front& front = {},
                 kube::simulated::Options options = {});

  // What tenants want. apply() hands it over, as sync does; again whatever is missing or differs.
  std::map<std::string, SandboxResource> sandboxes;
  std::map<std::string, UserDeploymentResource> deployments;  // By stem.
  void apply();

  // Runs operators and cluster until nothing is left to do. False when that is not reached within
  // `limit` of the world's time.
  bool settle(Duration limit = hours(4));
  // Runs up to `steps` things that are due, moving the clock where none is.
  void run_some(int steps);
  // Runs everything that is due within that time.
  void run_for(Duration time);
  // Ends an operator in the middle of whatever it does, and starts another.
  void restart_operator(std::size_t which = 0);
  // One more candidate.
  void add_operator();
  // A paused one does nothing, however much time goes by.
  void pause(std::size_t which, bool paused) { seats_[which].paused = paused; }
  std::size_t operators() const { return seats_.size(); }
  // Calls `told` when an operator has decided to write, with the name it signs its lease by.
  using Writing = std::function<void(const std::string& identity, const kube::Ref& ref)>;
  void on_write(Writing told) { writing_ = std::move(told); }
  // As if every resource had changed, then settle. The mutating calls that it took.
  std::int64_t resync_writes();

  // Straight from the cluster, whatever faults are set.
  std::vector<Json> list(const kube::Kind& kind, const std::string& ns = {});
  std::vector<Json> ours(const kube::Kind& kind, const std::string& ns = {});
  std::optional<Json> get(const kube::Ref& ref);
  UserDeploymentStatus status(const std::string& stem);
  SandboxStatus sandbox_status(const std::string& name);

  kube::simulated::SimulatedCluster& cluster() { return *cluster_; }
  op::Operator& op(std::size_t which = 0) { return *seats_[which].op; }
  // What stands between an operator and the cluster; it outlives the operator.
  Gate& gate(std::size_t which = 0) { return *seats_[which].gate; }
  // The operator that leads, or nullptr.
  op::Operator* leader();
  ManualClock& clock() { return clock_; }
  Random& random() { return random_; }
  std::size_t crashes() const { return crashes_; }

 private:
  struct Seat {
    std::unique_ptr<Gate> gate;
    std::unique_ptr<op::Operator> op;
    bool paused = false;
    std::string identity;
  };
  bool step(std::size_t which);
  bool step_any();
  // One thing that is due now; false when none is.
  bool once();
  void advance(Time most);

  ManualClock clock_;
  SeededRandom random_;
  op::OperatorConfig config_;
  std::unique_ptr<kube::simulated::SimulatedCluster> cluster_;
  std::unique_ptr<kube::Cluster> front_;
  std::vector<Seat> seats_;
  Writing writing_;
  std::size_t turn_ = 0;
  std::size_t crashes_ = 0;
  int generation_ = 0;
};

}  // namespace ks::sim
