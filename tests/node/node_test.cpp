#include "tests/node/node.hpp"

#include <doctest/doctest.h>

using namespace ks;
using namespace ks::test;

TEST_CASE("on the node traffic flows until a policy closes it, and flows again without it") {
  if (!Node::available()) return;
  Node& node = Node::shared();
  const std::string ns = "enforcement";
  node.kubectl({"create", "namespace", ns});
  for (const char* pod : {"one", "two"}) node.kubectl({"run", pod, "-n", ns, "--image", kAppImage});
  node.kubectl({"wait", "-n", ns, "--for=condition=Ready", "pods", "--all", "--timeout=60s"});
  const std::string target =
      node.kubectl({"get", "pod", "two", "-n", ns, "-o", "jsonpath={.status.podIP}"}) + ":8080";
  const auto reaches = [&] {
    const std::string said = node.kubectl({"exec", "one", "-n", ns, "--", "probe", "1000", target});
    return said.starts_with("open ");
  };
  REQUIRE(eventually(seconds(10), reaches));
  const std::string policy =
      "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: closed, "
      "namespace: " +
      ns + "}, spec: {podSelector: {}, policyTypes: [Ingress]}}";
  node.apply(policy);
  CHECK(eventually(seconds(10), [&] { return !reaches(); }));
  CHECK_FALSE(reaches());
  node.kubectl({"delete", "networkpolicy", "closed", "-n", ns});
  CHECK(eventually(seconds(10), reaches));
}
