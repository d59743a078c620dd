#include "operator/engine/isolation_watch.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/log.hpp"
#include "domain/sandbox/isolation_check.hpp"

namespace ks::op {

namespace {
constexpr const char* kManager = "k8s-scheduler/isolation";
// After a cluster that could not be read.
constexpr Duration kAgain = seconds(30);
// Between questions whether the statuses are written, or whether this operator leads.
constexpr Duration kNap = milliseconds(100);
// After a signature that was refused.
constexpr Duration kSignAgain = seconds(5);
// So long what was found counts, where the cluster cannot be read any more.
constexpr int kFreshLooks = 3;
// An annotation's share; Kubernetes takes 256 KiB of them.
constexpr std::size_t kUnreadMax = std::size_t{16} << 10;
}  // namespace

IsolationWatch::IsolationWatch(kube::Cluster& cluster, Reconciler& reconciler,
                               const OperatorConfig& config, const Clock& clock,
                               std::function<bool()> may_work,
                               std::function<void(const std::string&)> changed,
                               std::function<bool()> current)
    : cluster_(cluster),
      reconciler_(reconciler),
      config_(config),
      clock_(clock),
      may_work_(std::move(may_work)),
      changed_(std::move(changed)),
      current_(std::move(current)),
      thread_(1, 1) {}

Time IsolationWatch::pump() {
  if (!may_work_()) {
    // Whoever leads now begins anew.
    to_sign_ = false;
    looks_ = 0;
    suspects_.clear();
    leads_ = false;
    reconciler_.forget_isolations();
    (void)reconciler_.know_look(std::nullopt);
    return clock_.monotonic() + kNap;
  }
  if (!std::exchange(leads_, true)) proved_ = clock_.monotonic();
  // First: where looks come as quickly as this is asked, none would ever be signed.
  if (to_sign_ && clock_.monotonic() >= sign_at_ && current_() &&
      reconciler_.unwritten_isolations() == 0)
    sign();
  else if (clock_.monotonic() >= next_)
    look();
  return to_sign_ ? clock_.monotonic() + kNap : next_;
}

void IsolationWatch::look() {
  const Time began = clock_.now();
  const auto view = read_cluster(cluster_);
  if (!view) {
    log::warn("the cluster could not be read for its isolation",
              {{"status", view.error().status}, {"cause", view.error().message}});
    next_ = clock_.monotonic() + std::min(kAgain, config_.isolation_every);
    if (clock_.monotonic() - proved_ > config_.isolation_every * kFreshLooks) proves(false);
    return;
  }
  std::optional<IsolationReport> report;
  thread_.run([&] { report = isolation_report(*view, config_); });
  if (!may_work_()) return;
  if (suspect(*report) && ++looks_ < kLooks) {
    next_ = clock_.monotonic() + std::min(kConfirm, config_.isolation_every);
    return;
  }
  looks_ = 0;
  suspects_.clear();
  next_ = clock_.monotonic() + config_.isolation_every;
  began_ = began;
  unread_ = fmt::format("{}", fmt::join(report->unread, "\n"));
  if (unread_.size() > kUnreadMax) unread_ = fmt::format("{} things", report->unread.size());
  tell(*view, *report);
}

bool IsolationWatch::suspect(const IsolationReport& report) {
  bool fresh = false;
  Suspects now;
  for (const SandboxIsolation& sandbox : report.sandboxes)
    for (const IsolationFinding& finding : sandbox.findings)
      now.emplace(sandbox.name, finding.kind);
  for (const auto& one : now) fresh = fresh || !suspects_.contains(one);
  suspects_.merge(now);
  return fresh;
}

void IsolationWatch::tell(const ClusterView& view, const IsolationReport& report) {
  reconciler_.forget_isolations();
  std::set<std::string, std::less<>> unjudged;
  for (const Json& sandbox : view.sandboxes) unjudged.emplace(sandbox.text("metadata", "name"));
  for (const SandboxIsolation& sandbox : report.sandboxes) {
    unjudged.erase(sandbox.name);
    if (!sandbox.findings.empty())
      log::warn("a sandbox is not alone", {{"sandbox", sandbox.name},
                                           {"findings", sandbox.findings.size()},
                                           {"first", sandbox.findings.front().what}});
    if (reconciler_.saw(sandbox.name, sandbox.bounded())) changed_(sandbox.name);
  }
  // What was said of them before proves nothing now.
  for (const std::string& name : unjudged)
    if (reconciler_.saw(name, std::nullopt)) changed_(name);
  proved_ = clock_.monotonic();
  proves(report.unread.empty());
  to_sign_ = true;
}

void IsolationWatch::proves(bool yes) {
  if (!reconciler_.know_look(yes)) return;
  for (const std::string& name : reconciler_.sandboxes()) changed_(name);
}

void IsolationWatch::sign() {
  Json notes = Json::object();
  notes.set(IsolationSignature::kUnread, unread_);
  const Json lease =
      Json::object({{"apiVersion", kube::kinds::kLease.api_version()},
                    {"kind", kube::kinds::kLease.name},
                    {"metadata", Json::object({{"name", IsolationSignature::kLease},
                                               {"namespace", config_.system_namespace},
                                               {"annotations", std::move(notes)}})},
                    {"spec", Json::object({{"renewTime", rfc3339(began_)}})}});
  kube::ApplyOptions options;
  options.manager = kManager;
  const auto written = cluster_.apply(kube::kinds::kLease, lease, options);
  to_sign_ = !written.has_value();
  sign_at_ = clock_.monotonic() + kSignAgain;
  if (!written)
    log::warn("a look at the isolation could not be signed", {{"cause", written.error().message}});
}

}  // namespace ks::op
