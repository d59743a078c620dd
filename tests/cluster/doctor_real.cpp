// The doctor on a real control plane, with the accounts that the manifests make.
#include <doctest/doctest.h>

#include "tests/cluster/examined.hpp"

using namespace ks;
using namespace ks::test;

TEST_CASE("the doctor finds version, kinds and the accounts' own rights on a real cluster") {
  KS_REAL(rig);
  using Verdict = op::Check::Verdict;
  const auto own = examined(rig.as(kSystem, kOperatorAccount), {false, true});
  INFO(op::text_of(own));
  CHECK(says(own, Verdict::good, "Kubernetes 1."));
  CHECK(says(own, Verdict::good, "custom kind sandboxes"));
  CHECK(says(own, Verdict::good, "custom kind userdeployments"));
  CHECK(says(own, Verdict::good, "rights of the operator"));
  const auto api = examined(rig.as(kSystem, kApiAccount), {true, false});
  CHECK(says(api, Verdict::good, "rights of the API"));
  // Each has less than the other.
  CHECK(says(examined(rig.as(kSystem, kApiAccount), {false, true}), Verdict::bad,
             "lacks rights of the operator: get customresourcedefinitions"));
  CHECK(says(examined(rig.as(kSystem, kOperatorAccount), {true, false}), Verdict::bad,
             "lacks rights of the API"));
}
