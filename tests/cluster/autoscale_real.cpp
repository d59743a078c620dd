// What is scaled on a real cluster, by the account of Kubernetes' own autoscaler.
#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "tests/cluster/guests.hpp"

using namespace ks;
using namespace ks::test;

namespace {

struct Scaled {
  Real& rig;
  SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  UserDeploymentResource d = sample::deployment(s.spec.ns, rig.fresh("web"));
  kube::Ref web{kinds::kDeployment, s.spec.ns, d.spec.stem};
  kube::Ref scaler{kinds::kHorizontalPodAutoscaler, s.spec.ns, d.spec.stem};

  explicit Scaled(Real& around) : rig(around) { rig.want(s); }
  Service& service() { return d.spec.workload.services[0]; }
  void fix(int replicas) {
    service().autoscale.reset();
    service().replicas = replicas;
  }
  std::int64_t replicas() { return rig.get(web)->integer_or(-1, "spec", "replicas"); }
  bool has(std::int64_t ready) {
    return until([&] {
      const auto now = rig.status(d);
      return now.services.contains("web") && now.services.at("web").ready == ready &&
             now.services.at("web").replicas == ready;
    });
  }
  std::set<std::string> pods() {
    std::set<std::string> out;
    for (const Json& pod : rig.list(kinds::kPod, s.spec.ns))
      out.emplace(pod.text("metadata", "uid"));
    return out;
  }
  std::string scale(const Guest& who, int replicas) {
    return who.patch_refusal(
        "/apis/apps/v1/namespaces/" + s.spec.ns + "/deployments/" + d.spec.stem + "/scale",
        Json::object({{"spec", Json::object({{"replicas", replicas}})}}));
  }
};

}  // namespace

TEST_CASE("on a real cluster what the autoscaler says is not undone, until it is taken away") {
  KS_REAL(rig);
  Scaled scaled(rig);
  const Guest autoscaler(rig, scaled.s.spec.ns, "kube-system", "horizontal-pod-autoscaler");
  sample::autoscaled(scaled.service(), 2, 6);
  rig.want(scaled.d);
  REQUIRE(rig.reaches(scaled.d, Phase::ready));
  CHECK(scaled.replicas() == 2);
  REQUIRE(rig.get(scaled.scaler));
  CHECK(rig.quiet(scaled.s.spec.ns, scaled.s.meta.name));
  REQUIRE(until([&] { return scaled.scale(autoscaler, 5) == ""; }));
  REQUIRE(scaled.has(5));
  CHECK(rig.status(scaled.d).phase == Phase::ready);
  CHECK(rig.quiet(scaled.s.spec.ns, scaled.s.meta.name));
  CHECK(scaled.replicas() == 5);
  // Whatever else changes, the number stays.
  scaled.service().env["A"] = "1";
  scaled.d.spec.revision = 2;
  rig.want(scaled.d);
  CHECK(until([&] { return rig.status(scaled.d).observed_revision == 2; }));
  CHECK(scaled.replicas() == 5);
  // Beyond what was reserved it does not.
  REQUIRE(scaled.scale(autoscaler, 9) == "");
  CHECK(until([&] { return scaled.replicas() == 6; }));
  REQUIRE(rig.admin().remove(scaled.scaler, {}));
  CHECK(until([&] { return rig.get(scaled.scaler).has_value(); }));
  CHECK(scaled.replicas() == 6);
  scaled.fix(1);
  scaled.d.spec.revision = 3;
  rig.want(scaled.d);
  CHECK(until([&] { return rig.status(scaled.d).observed_revision == 3; }));
  CHECK(until([&] { return !rig.get(scaled.scaler).has_value(); }));
  CHECK(scaled.has(1));
  REQUIRE(scaled.scale(autoscaler, 4) == "");
  CHECK(until([&] { return scaled.replicas() == 1; }));
  CHECK(rig.quiet(scaled.s.spec.ns, scaled.s.meta.name));
}

TEST_CASE("on a real cluster no pod ends for it that a fixed number becomes an autoscaler's") {
  KS_REAL(rig);
  Scaled scaled(rig);
  scaled.fix(3);
  rig.want(scaled.d);
  REQUIRE(rig.reaches(scaled.d, Phase::ready));
  const auto before = scaled.pods();
  REQUIRE(before.size() == 3);
  sample::autoscaled(scaled.service(), 2, 6);
  scaled.d.spec.revision = 2;
  rig.want(scaled.d);
  REQUIRE(until([&] { return rig.status(scaled.d).observed_revision == 2; }));
  REQUIRE(until([&] { return rig.get(scaled.scaler).has_value(); }));
  CHECK(rig.quiet(scaled.s.spec.ns, scaled.s.meta.name));
  CHECK(scaled.replicas() == 3);
  CHECK(scaled.pods() == before);
  // Suspended it has none, and Kubernetes' own autoscaler has nothing to go by.
  scaled.d.spec.suspended = true;
  rig.want(scaled.d);
  REQUIRE(rig.reaches(scaled.d, Phase::stopped, "Suspended"));
  CHECK(scaled.replicas() == 0);
  CHECK_FALSE(rig.get(scaled.scaler));
  scaled.d.spec.suspended = false;
  rig.want(scaled.d);
  REQUIRE(rig.reaches(scaled.d, Phase::ready));
  CHECK(scaled.has(2));
  REQUIRE(rig.admin().remove({kinds::kUserDeployment, scaled.s.spec.ns, scaled.d.spec.stem}, {}));
  CHECK(until([&] { return !rig.get(scaled.scaler) && !rig.get(scaled.web); }));
}

TEST_CASE("a guest of a sandbox has nothing scaled by Kubernetes, which would scale what is ours") {
  KS_REAL(rig);
  Scaled scaled(rig);
  sample::autoscaled(scaled.service(), 1, 2);
  rig.want(scaled.d);
  REQUIRE(rig.reaches(scaled.d, Phase::ready));
  const std::string& ns = scaled.s.spec.ns;
  const Guest guest(rig, ns);
  const auto scaling = [&](const std::string& name) {
    Json spec = rig.get(scaled.scaler)->at("spec");
    spec.set("maxReplicas", 50);
    return named(kinds::kHorizontalPodAutoscaler, ns, name).set("spec", std::move(spec));
  };
  REQUIRE(until([&] {
    return by_policy(creation_refusal(*guest, kinds::kHorizontalPodAutoscaler, scaling("mine")));
  }));
  CHECK(by_policy(refusal(*guest, kinds::kHorizontalPodAutoscaler, scaling(scaled.d.spec.stem))));
  const Json told = named(kinds::kHorizontalPodAutoscaler, ns, scaled.d.spec.stem)
                        .set("status", Json::object({{"desiredReplicas", 50}}));
  CHECK(by_policy(status_refusal(*guest, kinds::kHorizontalPodAutoscaler, told)));
  CHECK(by_policy(scaled.scale(guest, 2)));
}
