#pragma once

#include "http/metrics.hpp"
#include "operator/operator.hpp"

namespace ks {

// What the operator does, in numbers: by reconciler and cause, never by tenant.
class OperatorMetrics {
 public:
  // Before the operator is started. Both outlive this, and the operator ends before the metrics do.
  OperatorMetrics(http::Metrics& metrics, op::Operator& op);
  // Brings up to date what is only looked at.
  void measure();

 private:
  http::Metrics& metrics_;
  op::Operator& op_;
};

}  // namespace ks
