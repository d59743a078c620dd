#include "operator/engine/lease.hpp"

#include <doctest/doctest.h>

#include "kube/simulated/cluster.hpp"

using namespace ks;
namespace kinds = kube::kinds;

namespace {

struct Two {
  ManualClock clock;
  kube::simulated::SimulatedCluster cluster{clock};
  op::OperatorConfig config;
  op::Elector a{cluster, config, "a", clock};
  op::Elector b{cluster, config, "b", clock};

  Two() {
    REQUIRE(cluster.create(
        kinds::kNamespace,
        Json::object({{"apiVersion", "v1"},
                      {"kind", "Namespace"},
                      {"metadata", Json::object({{"name", config.system_namespace}})}})));
  }
  std::string holder() {
    return std::string(
        cluster.get({kinds::kLease, config.system_namespace, "k8s-scheduler-operator"})
            ->text("spec", "holderIdentity"));
  }
};

}  // namespace

TEST_CASE("one of two leads, for as long as it renews") {
  Two w;
  for (int i = 0; i < 120; ++i) {
    w.a.pump();
    w.b.pump();
    CHECK(w.a.leading());
    CHECK_FALSE(w.b.leading());
    w.clock.advance(seconds(1));
  }
  CHECK(w.holder() == "a");
}

TEST_CASE("two never lead at once, and a silent holder is followed after the lease") {
  Two w;
  w.a.pump();
  int gap = 0;
  for (; gap < 60 && !w.b.leading(); ++gap) {
    w.clock.advance(seconds(1));
    w.b.pump();
    CHECK_FALSE((w.a.leading() && w.b.leading()));
  }
  CHECK(w.b.leading());
  CHECK_FALSE(w.a.leading());
  // Fifteen seconds of an unchanged record, seen from the first look.
  CHECK(gap >= 15);
  CHECK(gap <= 19);
  w.a.pump();
  CHECK_FALSE(w.a.leading());
}

TEST_CASE("a holder that cannot reach the cluster stops by itself after ten seconds") {
  Two w;
  w.a.pump();
  w.cluster.set_down(true);
  for (int i = 0; i < 9; ++i) {
    w.clock.advance(seconds(1));
    w.a.pump();
    CHECK(w.a.leading());
  }
  w.clock.advance(seconds(1));
  CHECK_FALSE(w.a.leading());
  w.cluster.set_down(false);
  w.clock.advance(seconds(2));
  w.a.pump();
  CHECK(w.a.leading());
}

TEST_CASE("a lost answer to a renewal does not cost the lease") {
  Two w;
  w.a.pump();
  kube::simulated::Faults faults;
  faults.no_answer_after = 1000;
  w.cluster.set_faults(faults);
  w.clock.advance(seconds(2));
  w.a.pump();
  w.cluster.set_faults({});
  for (int i = 0; i < 30; ++i) {
    w.clock.advance(milliseconds(500));
    w.a.pump();
    w.b.pump();
    CHECK(w.a.leading());
  }
  CHECK_FALSE(w.b.leading());
}

TEST_CASE("a lease that is given back is taken at the next look") {
  Two w;
  w.a.pump();
  w.b.pump();
  w.a.release();
  CHECK_FALSE(w.a.leading());
  w.clock.advance(seconds(2));
  w.b.pump();
  CHECK(w.b.leading());
}
