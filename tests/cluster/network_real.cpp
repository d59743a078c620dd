// The probe of the network against a real API server, which takes its objects and pods under the
// operator's own role, or does not; what the pods say is played.
#include <doctest/doctest.h>

#include "operator/probe/condition.hpp"
#include "operator/probe/objects.hpp"
#include "tests/cluster/real.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// Ends with the operator as the other tests have it.
struct Probing {
  Real& rig;
  op::OperatorConfig config;

  explicit Probing(Real& r) : rig(r) { config.isolation_every = seconds(2); }
  ~Probing() {
    forget();
    rig.start();
  }
  void forget() {
    rig.stop();
    (void)rig.admin().remove({kinds::kLease, kSystem, std::string(op::NetworkProof::kLease)}, {});
  }
  void start(const char* image) {
    forget();
    config.probe_image = image;
    rig.start(config);
  }
  std::string said(const SandboxResource& s) {
    const auto object = rig.get({kinds::kSandbox, {}, s.meta.name});
    const auto parsed = object ? sandbox_from_json(*object).value() : SandboxResource{};
    const Condition* c = parsed.status.find(op::kNetworkIsolated);
    return c == nullptr ? "" : c->status + "/" + c->reason;
  }
  std::string proof() {
    const auto lease = rig.get({kinds::kLease, kSystem, std::string(op::NetworkProof::kLease)});
    const auto out = lease ? op::NetworkProof::of_lease(*lease) : std::nullopt;
    return out ? std::string(name(out->verdict)) + ": " + out->words : "none";
  }
};

}  // namespace

TEST_CASE(
    "on a real cluster the probe's pods are let in, and what they tell reaches every sandbox") {
  KS_REAL(rig);
  Probing at(rig);
  const SandboxResource first = sample::sandbox(rig.fresh("sandbox"));
  rig.want(first);
  CHECK(at.said(first) == "Unknown/NotProbed");

  at.start("registry.test/network-enforced:1");
  const bool proved = until([&] { return at.said(first) == "True/Enforced"; });
  INFO(at.proof());
  CHECK_MESSAGE(proved, at.said(first));
  const std::string ns = op::probe_namespace_name(kSystem);
  CHECK(until([&] { return rig.list(kinds::kPod, ns).empty(); }));
  CHECK(rig.list(kinds::kNetworkPolicy, ns).size() == 7);
  CHECK(rig.list(kinds::kResourceQuota, ns).size() == 1);

  at.start("registry.test/network-open:1");
  CHECK(until([&] { return at.said(first) == "False/NotEnforced"; }));
  CHECK(rig.ready(first.meta.name) == "True/Applied");
  const SandboxResource second = sample::sandbox(rig.fresh("sandbox"));
  rig.apply(kinds::kSandbox, to_json(second));
  CHECK(until([&] { return rig.ready(second.meta.name) == "False/NetworkNotEnforced"; }));
  CHECK_FALSE(rig.get({kinds::kNamespace, {}, second.spec.ns}));

  at.start("registry.test/network-enforced:1");
  CHECK(until([&] { return rig.ready(second.meta.name) == "True/Applied"; }));
  CHECK(until([&] { return at.said(second) == "True/Enforced"; }));
}

TEST_CASE("on a real cluster the operator makes pods in the probe's namespace and nowhere else") {
  KS_REAL(rig);
  op::OperatorConfig config;
  config.probe_image = "registry.test/by-hand:1";
  const Json pod = op::probe_listener(config, op::ProbeRole::open, rig.fresh("r")).tree();
  const auto made = rig.own().create(kinds::kPod, pod);
  CHECK_MESSAGE(made.has_value(), (made ? std::string() : made.error().message));
  CHECK(rig.own().remove(kube::ref_of(kinds::kPod, pod), {}).has_value());
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  for (const std::string& ns : {s.spec.ns, std::string("default"), std::string(kSystem)}) {
    Json elsewhere = pod;
    elsewhere["metadata"].set("namespace", ns);
    const auto refused = rig.own().create(kinds::kPod, elsewhere);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().status == 403);
  }
}
