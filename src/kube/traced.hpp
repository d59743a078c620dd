#pragma once

#include "kube/cluster.hpp"
#include "trace/tracer.hpp"

namespace ks::kube {

// A cluster whose calls are spans where they are part of something that is one: what was asked, of
// which kind of object, and how it ended; never of which object. A watch's span is that of its
// opening. What goes on by itself and without end (leases, lists, watches, probes) makes none: it
// would be most of what a collector gets. Both outlive it.
class TracedCluster final : public Cluster {
 public:
  TracedCluster(Cluster& cluster, trace::Tracer& tracer) : cluster_(cluster), tracer_(tracer) {}

  KubeResult<Json> get(const Ref& ref) override;
  KubeResult<ListPage> list(const Kind& kind, const ListOptions& options) override;
  KubeResult<std::unique_ptr<Watch>> watch(const Kind& kind, const WatchOptions& options) override;
  KubeResult<Json> create(const Kind& kind, const Json& object) override;
  KubeResult<Json> apply(const Kind& kind, const Json& object,
                         const ApplyOptions& options) override;
  KubeResult<void> remove(const Ref& ref, const DeleteOptions& options) override;
  bool simulated() const override { return cluster_.simulated(); }

 private:
  Cluster& cluster_;
  trace::Tracer& tracer_;
};

}  // namespace ks::kube
