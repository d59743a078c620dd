// A suspended sandbox on a real cluster, where the quota is enforced.
#include <doctest/doctest.h>

#include "tests/cluster/guests.hpp"

using namespace ks;
using namespace ks::test;

TEST_CASE("on a real cluster nobody starts a pod in a suspended sandbox, and then all goes on") {
  KS_REAL(rig);
  SandboxResource s = sample::limited_sandbox(rig.fresh("sandbox"));
  s.spec.quota.cpu_milli = 4000;
  rig.want(s);
  const std::string& ns = s.spec.ns;
  const auto d = sample::wiki(ns, rig.fresh("wiki"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const std::size_t pods = rig.list(kinds::kPod, ns).size();
  const Guest guest(rig, ns);
  const auto quota = [&] { return *rig.get({kinds::kResourceQuota, ns, "quota"}); };
  const Json before = quota().at("spec", "hard");
  // The sandbox alone: its deployments' own word comes later, or is lost.
  s.spec.suspended = true;
  rig.apply(kinds::kSandbox, to_json(s));
  REQUIRE(rig.reaches(d, Phase::stopped, "Suspended"));
  CHECK(until([&] { return rig.list(kinds::kPod, ns).empty(); }));
  CHECK(until([&] { return quota().at("status", "hard").text("pods") == "0"; }));
  const Json pod = named(kinds::kPod, ns, "mine").set("spec", harmless_pod());
  for (kube::Cluster* who : {&*guest, &rig.admin()}) {
    const std::string refused = creation_refusal(*who, kinds::kPod, pod);
    CHECK_MESSAGE(refused.find("exceeded quota") != refused.npos, refused);
  }
  // Nor is the quota theirs to change, nor does a controller get around it.
  CHECK(by_policy(removal_refusal(*guest, {kinds::kResourceQuota, ns, "quota"})));
  Json made = making(kinds::kReplicaSet, ns, "mine", harmless_pod());
  made["spec"].set("replicas", 1);
  CHECK(refusal(*guest, kinds::kReplicaSet, made) == "");
  CHECK(until([&] {
    const auto set = rig.get({kinds::kReplicaSet, ns, "mine"});
    return set->at("status").dump().find("exceeded quota") != std::string::npos;
  }));
  CHECK(rig.list(kinds::kPod, ns).empty());
  CHECK(removal_refusal(*guest, {kinds::kReplicaSet, ns, "mine"}) == "");
  s.spec.suspended = false;
  rig.apply(kinds::kSandbox, to_json(s));
  REQUIRE(rig.reaches(d, Phase::ready));
  CHECK(quota().at("spec", "hard") == before);
  CHECK(rig.list(kinds::kPod, ns).size() == pods);
}
