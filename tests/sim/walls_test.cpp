// The oracle sees each thing that may be open too far, and nothing in what is as wanted.
#include "tests/sim/walls.hpp"

#include <doctest/doctest.h>

#include "operator/plan/sandbox.hpp"
#include "operator/sample.hpp"

using namespace ks;
using sim::Walls;

namespace {

struct Around {
  Walls walls;
  SandboxResource sandbox = sample::sandbox("sandbox-a");

  void stand(const SandboxResource& as) {
    for (const op::Object& o :
         op::sandbox_objects(as, {sample::deployment("sandbox-a", "web-abc123")}, {}))
      if (o.ref().kind == kube::kinds::kNetworkPolicy)
        walls.policy_changed(nullptr, &o.tree(), false);
  }
  std::string open() {
    const Json wish = to_json(sandbox);
    walls.sandbox_changed(nullptr, &wish);
    return walls.open_too_far("sandbox-a");
  }
};

}  // namespace

TEST_CASE_FIXTURE(Around, "policies as they are wanted open nothing too far, whatever is wanted") {
  SeededRandom random(7);
  for (int i = 0; i < 200; ++i) {
    CAPTURE(i);
    walls.clear();
    sandbox.spec.isolation = static_cast<Isolation>(random.below(3));
    sandbox.spec.smtp_egress = sample::chance(random, 50);
    sandbox.spec.egress = sample::random_egress(random);
    stand(sandbox);
    CHECK(open() == "");
  }
}

TEST_CASE_FIXTURE(Around, "policies of a wish of before are open too far for a stricter one") {
  sandbox.spec.smtp_egress = true;
  stand(sandbox);
  REQUIRE(open() == "");
  SUBCASE("of another profile") {
    sandbox.spec.isolation = Isolation::namespace_;
    CHECK(open() == "allow-same-tenant opens the whole organization");
  }
  SUBCASE("without mail") {
    sandbox.spec.smtp_egress = false;
    CHECK(open() == "allow-internet opens port 25");
  }
  SUBCASE("with a list") {
    sandbox.spec.egress = EgressList{{"1.1.1.0/24", {}}};
    CHECK(open() == "allow-internet opens 0.0.0.0/0, which is in no list");
  }
}

TEST_CASE_FIXTURE(Around, "a list is left by another range and by another port") {
  SandboxResource before = sandbox;
  before.spec.egress = EgressList{{"1.1.1.0/24", {443, 8443}}};
  stand(before);
  sandbox.spec.egress = EgressList{{"1.1.0.0/16", {443, 8443}}};
  CHECK(open() == "");
  sandbox.spec.egress = EgressList{{"1.1.1.0/24", {443}}};
  CHECK(open() != "");
  sandbox.spec.egress = EgressList{{"1.1.1.0/25", {443, 8443}}};
  CHECK(open() != "");
}

TEST_CASE_FIXTURE(Around, "a namespace without the policy that closes it is open") {
  CHECK(open() == "nothing closes it");
  stand(sandbox);
  CHECK(open() == "");
  walls.namespace_gone("sandbox-a");
  CHECK(open() == "nothing closes it");
}

TEST_CASE_FIXTURE(Around, "what somebody set by hand counts once another hand has written it") {
  stand(sandbox);
  Json wide = Json::object(
      {{"metadata", Json::object({{"name", "default-deny"}, {"namespace", "sandbox-a"}})},
       {"spec", Json::object({{"podSelector", Json::object()},
                              {"egress", Json::array({Json::object()})}})}});
  walls.policy_changed(nullptr, &wide, true);
  CHECK(open() == "");
  walls.policy_changed(&wide, &wide, false);
  CHECK(open() == "default-deny opens everything");
}
