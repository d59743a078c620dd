#pragma once

#include <memory>

#include "kube/simulated/cluster.hpp"
#include "runtime/loop.hpp"

namespace ks::api_test {

// A simulated cluster of a test's own, which goes by itself. A test overrides what it has its own
// mind about.
class OwnCluster : public kube::Cluster {
 public:
  OwnCluster() { inner_.start(loops_.at(0)); }
  ~OwnCluster() override { loops_.stop(); }

  kube::KubeResult<Json> get(const kube::Ref& ref) override { return inner_.get(ref); }
  kube::KubeResult<kube::ListPage> list(const kube::Kind& kind,
                                        const kube::ListOptions& options) override {
    return inner_.list(kind, options);
  }
  kube::KubeResult<std::unique_ptr<kube::Watch>> watch(const kube::Kind& kind,
                                                       const kube::WatchOptions& options) override {
    return inner_.watch(kind, options);
  }
  kube::KubeResult<Json> create(const kube::Kind& kind, const Json& object) override {
    return inner_.create(kind, object);
  }
  kube::KubeResult<Json> apply(const kube::Kind& kind, const Json& object,
                               const kube::ApplyOptions& options) override {
    return inner_.apply(kind, object, options);
  }
  kube::KubeResult<void> remove(const kube::Ref& ref, const kube::DeleteOptions& options) override {
    return inner_.remove(ref, options);
  }
  bool simulated() const override { return true; }

 private:
  SystemClock clock_;
  runtime::LoopGroup loops_{1};
  kube::simulated::SimulatedCluster inner_{clock_};
};

}  // namespace ks::api_test
