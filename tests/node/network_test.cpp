// The probe of the network on a node: once where policies are enforced, and once, with
// NODE_POLICY=, where nobody does.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/node/world.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// STATUS/REASON of the condition NetworkIsolated of the sandbox of that namespace.
std::string said(Node& node, const std::string& ns, const char* type = "NetworkIsolated") {
  const auto ran = node.try_kubectl(
      {"get", "sandbox", ns, "-o",
       fmt::format("jsonpath={{range .status.conditions[?(@.type==\"{}\")]}}{{.status}}/{{.reason}}"
                   "{{end}}",
                   type)});
  return ran.status == 0 ? ran.out : ran.err;
}

std::string text(const Json& json, const char* name) { return std::string(json.text(name)); }

}  // namespace

TEST_CASE("a probe shows whether the network of the node enforces policies, and what follows") {
  if (!Node::available()) return;
  NodeWorld& world = NodeWorld::shared();
  Node& node = world.node();
  const Person ann = world.sign_up("ann.network", "free");
  REQUIRE(ann.post(ann.deployments(), app("first")).status == 201);
  const std::string isolation = ann.org() + "/isolation";
  const auto item = [&] {
    const Json answer = ann.get(isolation).json();
    const Json& items = answer.at("items");
    return items.is_array() && !items.as_array().empty() ? items.as_array().front() : Json();
  };
  const char* const wanted = Node::enforces() ? "Enforced" : "NotEnforced";
  const bool shown = eventually(minutes(4), [&] {
    const Json one = item();
    return one.is_object() && one.at("network").text("reason") == wanted;
  });
  INFO(item().dump());
  INFO(node.try_kubectl({"get", "pods", "-n", "k8s-scheduler-probe", "-o", "wide"}).out);
  INFO(world.log());
  REQUIRE(shown);
  const std::string ns = text(item(), "namespace");
  CHECK(said(node, ns) == (Node::enforces() ? "True/Enforced" : "False/NotEnforced"));
  CHECK(item().at("network").text("state") == (Node::enforces() ? "isolated" : "open"));
  CHECK(text(item(), "state") == (Node::enforces() ? "alone" : "exposed"));
  // The pods are gone, and the report says what they showed.
  CHECK(eventually(seconds(30), [&] {
    return node.kubectl({"get", "pods", "-n", "k8s-scheduler-probe", "-o", "name"}).empty();
  }));
  const auto report = world.isolation_report();
  CHECK(report.out.find(fmt::format("Network probe: {}:", wanted)) != std::string::npos);
  if (Node::enforces()) return;

  CHECK(report.status == 1);
  world.restart_operator("ALLOW_UNENFORCED_NETWORK", "false");
  const Person bob = world.sign_up("bob.network", "free");
  REQUIRE(bob.post(bob.deployments(), app("second")).status == 201);
  const std::string place = bob.deployments("second");
  CHECK(eventually(minutes(1),
                   [&] { return text(bob.get(place).json(), "reason") == "NetworkNotEnforced"; }));
  CHECK(text(bob.get(place).json(), "phase") == "Pending");
  // Neither a namespace nor anything in one: only the Sandbox that waits for it.
  const std::string waits = node.kubectl(
      {"get", "sandboxes", "-o",
       "jsonpath={range .items[?(@.status.conditions[0].reason==\"NetworkNotEnforced\")]}"
       "{.spec.namespace}{end}"});
  REQUIRE_FALSE(waits.empty());
  CHECK(node.try_kubectl({"get", "namespace", waits}).status != 0);
  // Whoever says so has it made all the same.
  world.restart_operator("ALLOW_UNENFORCED_NETWORK", "true");
  CHECK(eventually(minutes(2), [&] { return text(bob.get(place).json(), "phase") == "Ready"; }));
}
