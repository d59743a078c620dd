#include <fmt/format.h>

#include "kube/simulated/cluster.hpp"
#include "tests/cluster/contract.hpp"

namespace ks::contract {

namespace {

class SimulatedRig final : public Rig {
 public:
  SimulatedRig() : cluster_(clock_, options()) {}
  kube::Cluster& cluster() override { return cluster_; }
  bool until(const std::function<bool()>& done) override {
    for (int i = 0; i < 1000; ++i) {
      if (done()) return true;
      clock_.advance(milliseconds(100));
      cluster_.tick();
    }
    return false;
  }
  bool forget_past() override {
    cluster_.compact();
    return true;
  }
  std::string fresh_name(const char* stem) override { return fmt::format("{}-{}", stem, ++names_); }

 private:
  static kube::simulated::Options options() {
    kube::simulated::Options options;
    options.require_crds = true;
    options.bookmark_every = seconds(2);
    options.answer_bytes_max = kAnswerBytesMax;
    return options;
  }
  ManualClock clock_;
  kube::simulated::SimulatedCluster cluster_;
  int names_ = 0;
};

}  // namespace

Rig* rig() {
  static SimulatedRig the_rig;
  return &the_rig;
}

}  // namespace ks::contract
