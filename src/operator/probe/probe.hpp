#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "kube/cluster.hpp"
#include "operator/config.hpp"
#include "operator/plan/object.hpp"
#include "operator/probe/proof.hpp"
#include "operator/probe/round.hpp"

namespace ks::op {

// Keeps what the last probe showed and, where there is an image for it, probes again and again:
// makes the pods of a round, reads from their statuses what they saw, writes it into a Lease and
// tells it. All that a process needs to go on stands in the cluster: one that takes over believes
// the Lease, takes the pods of other rounds away and begins its own.
class NetworkProbe {
 public:
  // Where nobody enforces, or nothing could be said: soon, so that a mend shows.
  static constexpr Duration kAgainSoon = minutes(5);
  // After a Lease that cannot be read, or a single probe that failed.
  static constexpr Duration kAgain = seconds(30);
  // Between looks at the pods of a round.
  static constexpr Duration kLook = seconds(1);

  // `may_work` is asked before anything is done; `told` takes what is known as it is worth now,
  // whenever that changes, and nothing where this process may not work.
  NetworkProbe(kube::Cluster& cluster, const OperatorConfig& config, const Clock& clock,
               Random& random, std::function<bool()> may_work,
               std::function<void(const std::optional<NetworkProof>&)> told);

  // What an earlier probe showed counts also where nothing is probed any more.
  bool enabled() const { return !config_.probe_image.empty(); }
  // Whether what the last probe showed has been read, or is known to be unreadable.
  bool knows() const { return loaded_; }
  // Does the next thing that is due; false when nothing is.
  bool pump();
  // When to come again, on the monotonic clock. Of a process that may work: nothing tells when it
  // may.
  Time next_due() const;

 private:
  bool load();
  // Takes what the Lease says; where it cannot be read, what forbids anything new.
  void take(const kube::KubeResult<Json>& lease);
  // As it is worth now.
  std::optional<NetworkProof> worth() const;
  // What was told last is that policies are enforced.
  bool counts_still() const;
  void begin();
  void follow();
  // Words for why not, or nothing.
  std::optional<std::string> prepare();
  std::optional<std::string> make(const Object& object);
  void connect(const ProbeNext& next);
  void finish(NetworkVerdict verdict, std::string words);
  void write();
  // The pods of the round; of every round where it is empty.
  kube::KubeResult<std::vector<Json>> pods(const std::string& round);
  void remove_pods(const std::string& round);
  void tell();
  void wait(Duration time) { next_ = clock_.monotonic() + time; }

  kube::Cluster& cluster_;
  const OperatorConfig& config_;
  const Clock& clock_;
  Random& random_;
  std::function<bool()> may_work_;
  std::function<void(const std::optional<NetworkProof>&)> told_;

  bool loaded_ = false;
  std::optional<NetworkProof> known_;
  std::optional<NetworkProof> said_;  // As it was told last.
  bool to_write_ = false;
  Time write_at_{};
  Time read_at_{};  // Again, where it could not be read.
  std::optional<ProbeRound> round_;
  int tries_ = 0;  // That failed in a row.
  Time next_{};
};

}  // namespace ks::op
