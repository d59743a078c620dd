#pragma once

#include <memory>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "http/message.hpp"
#include "http/metrics.hpp"
#include "kube/cluster.hpp"
#include "kube/https/transport.hpp"
#include "mail/sender.hpp"
#include "main/config/config.hpp"
#include "runtime/loop.hpp"
#include "trace/exporter.hpp"
#include "trace/tracer.hpp"

namespace ks {

// Traces as the configuration names them. Off, it costs a comparison a request.
class Tracing {
 public:
  // Metrics, clock and randomness outlive it; it outlives the loops that trace.
  Tracing(const Config& config, http::Metrics& metrics, const Clock& clock, Random& random);
  ~Tracing();

  // Null where nothing is traced.
  trace::Tracer* tracer() { return tracer_.get(); }
  // The same cluster, its calls traced where anything is.
  kube::Cluster* traced(kube::Cluster* cluster);

  // Connects to the collector on `loop`. `unavailable` where CA_FILE cannot be read.
  Result<void> start(runtime::Loop& loop);
  // Sends what is left. Before the loop ends, and after what is traced.
  void stop();

  // A request that was answered. Its span is made now: nothing is measured while it goes on.
  void answered(const http::Request& request, const http::Response& response, Duration took);
  void tried(const mail::Tried& mail);

 private:
  const TraceSettings settings_;
  const std::string ca_file_, proxy_, no_proxy_;
  const Clock& clock_;
  Random& random_;
  http::Metrics::Counter exported_;
  std::unique_ptr<trace::Tracer> tracer_;
  std::unique_ptr<kube::Cluster> cluster_;
  std::unique_ptr<kube::https::Transport> collector_;
  std::unique_ptr<trace::Exporter> exporter_;
};

}  // namespace ks
