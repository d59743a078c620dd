#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "kube/cluster.hpp"
#include "operator/config.hpp"
#include "operator/engine/reconciler.hpp"
#include "operator/isolation/report.hpp"
#include "runtime/loop.hpp"

namespace ks::op {

// Looks at the whole cluster again and again, judges how alone each sandbox is, and has it written
// into the statuses. A look that stands in every status is signed: a Lease says when it began and
// what could not be read, so that a status from before is known to still hold without being
// written again.
//
// Kinds are read one after another, so a deployment that is on its way can look like a hole: what
// is found counts when a second look, a moment later, finds the like in the same sandbox.
class IsolationWatch {
 public:
  // How long before the next look at what was found.
  static constexpr Duration kConfirm = seconds(10);
  static constexpr int kLooks = 5;

  // `may_work` is asked before anything is done; `changed` takes the names of sandboxes to
  // reconcile; `current`, whether what is known of Sandboxes is what there is: by it statuses count
  // as written.
  IsolationWatch(kube::Cluster& cluster, Reconciler& reconciler, const OperatorConfig& config,
                 const Clock& clock, std::function<bool()> may_work,
                 std::function<void(const std::string&)> changed, std::function<bool()> current);

  bool enabled() const { return config_.isolation_every.us > 0; }
  // Does what is due; the judging runs on a thread of its own. Tells when to come again, on the
  // monotonic clock.
  Time pump();

 private:
  using Suspects = std::set<std::pair<std::string, IsolationFinding::Kind>>;

  void look();
  // Adds what the report finds to the suspects; true when something is new.
  bool suspect(const IsolationReport& report);
  // Whether what looks found proves anything, for the statuses.
  void proves(bool yes);
  void tell(const ClusterView& view, const IsolationReport& report);
  void sign();

  kube::Cluster& cluster_;
  Reconciler& reconciler_;
  const OperatorConfig& config_;
  const Clock& clock_;
  std::function<bool()> may_work_;
  std::function<void(const std::string&)> changed_;
  std::function<bool()> current_;
  runtime::BlockingPool thread_;

  Time next_{};
  Time began_{};       // The look that is carried out, on the wall clock.
  Suspects suspects_;  // Of the looks before in this turn.
  int looks_ = 0;      // In this turn.
  bool leads_ = false;
  Time proved_{};  // When a look was last carried out or could have been, on the monotonic clock.
  bool to_sign_ = false;
  Time sign_at_{};
  std::string unread_;
};

}  // namespace ks::op
