#include "main/operator_metrics.hpp"

#include <map>
#include <string>
#include <vector>

namespace ks {

namespace {
// A plan of one resource takes well under a millisecond, a call of a cluster some; a time-out half
// a minute.
const std::vector<double> kSeconds = {0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60};

http::Metrics::Labels of(op::ReconcilerKind kind) {
  return {{"reconciler", std::string(op::name(kind))}};
}
}  // namespace

OperatorMetrics::OperatorMetrics(http::Metrics& metrics, op::Operator& op)
    : metrics_(metrics), op_(op) {
  std::map<op::ReconcilerKind, http::Metrics::Histogram> times;
  for (const op::ReconcilerKind kind : op::kReconcilers)
    times.emplace(kind, metrics.histogram("operator_reconcile_seconds",
                                          "Time that bringing one resource in line took.", kSeconds,
                                          of(kind)));
  op.on_reconciled([&metrics, times = std::move(times)](const op::Reconciled& done) {
    times.at(done.reconciler).observe(static_cast<double>(done.took.us) / 1e6);
    if (done.cause.empty()) return;
    auto labels = of(done.reconciler);
    labels.emplace_back("cause", std::string(done.cause));
    metrics
        .counter("operator_reconcile_errors_total",
                 "Resources that could not be brought in line at a try.", labels)
        .add();
  });
}

void OperatorMetrics::measure() {
  const auto counters = op_.counters();
  for (const op::ReconcilerKind kind : op::kReconcilers)
    metrics_
        .gauge("operator_queue_depth", "Resources that wait to be brought in line, or are.",
               of(kind))
        .set(static_cast<double>(kind == op::ReconcilerKind::sandbox
                                     ? counters.queued_sandboxes
                                     : counters.queued - counters.queued_sandboxes));
  metrics_.gauge("operator_leading", "1 while this process holds the operator's lease.")
      .set(op_.leading() ? 1 : 0);
}

}  // namespace ks
