// What people are told of pods that do not run.
#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/node/world.hpp"

using namespace ks;
using namespace ks::test;

namespace {

struct Failing {
  Json body;
  std::string phase, reason;
  std::vector<std::string> words;  // Of the sentence.
};

Json without_port(Json body) {
  Json out = Json::object();
  for (const auto& [name, value] : body.members())
    if (name != "port") out.set(name, value);
  return out;
}

std::vector<Failing> failing() {
  std::vector<Failing> out;
  out.push_back({without_port(app("oom", "internal",
                                  {"dd", "if=/dev/zero", "of=/dev/null", "bs=200M", "count=5"})),
                 "Error",
                 "OOMKilled",
                 {"web needs more memory than its limit of 64Mi", "Raise the limit"}});
  out.push_back({without_port(app("crash", "internal", {"sh", "-c", "exit 3"})),
                 "Error",
                 "CrashLoopBackOff",
                 {"ends again and again", "exit code 3"}});
  out.push_back({app("absent").set("image", "registry.test/none:1"),
                 "Error",
                 "ImagePullBackOff",
                 {"registry.test/none:1 cannot be fetched", "its tag"}});
  out.push_back({app("root").set("image", "registry.test/root:1"),
                 "Error",
                 "CreateContainerConfigError",
                 {"wants to run as root", "Set run_as"}});
  out.push_back({app("huge").set("resources", Json::object({{"cpu", "64"}, {"memory", "64Mi"}})),
                 "Error",
                 "Unschedulable",
                 {"No node can take web", "Insufficient cpu"}});
  out.push_back({app("silent").set("health", Json::object({{"path", "/none"}})),
                 "Provisioning",
                 "",
                 {"0 of 1 pod is ready", "does not answer on port 8080/none"}});
  return out;
}

bool tells(const Json& deployment, const Failing& wanted) {
  if (deployment.text("phase") != wanted.phase || deployment.text("reason") != wanted.reason)
    return false;
  const std::string message(deployment.text("message"));
  return std::ranges::all_of(wanted.words, [&](const std::string& words) {
    return message.find(words) != std::string::npos;
  });
}

std::string said(const Json& deployment) {
  return fmt::format("{} {}: {}", deployment.text("phase"), deployment.text("reason"),
                     deployment.text("message"));
}

}  // namespace

TEST_CASE("why pods do not run is told in plain words, with Kubernetes' own beside them") {
  if (!Node::available()) return;
  NodeWorld& world = NodeWorld::shared();
  const Person ida = world.sign_up("ida", "enterprise");
  const auto all = failing();
  for (const Failing& one : all) {
    const Answer made = ida.post(ida.deployments(), one.body);
    REQUIRE_MESSAGE(made.status == 201, made.body);
  }
  for (const Failing& one : all) {
    Json last;
    const bool told = eventually(minutes(2), [&] {
      last = ida.get(ida.deployments(std::string(one.body.text("name")))).json();
      return tells(last, one);
    });
    CHECK_MESSAGE(told, one.body.text("name") << " is " << said(last));
  }
  const Json oom = ida.get(ida.deployments("oom")).json();
  CHECK(oom.text("services", "web", "last_termination", "reason") == "OOMKilled");
  const Json crash = ida.get(ida.deployments("crash")).json();
  CHECK(crash.integer_or(0, "services", "web", "last_termination", "exit_code") == 3);
  CHECK(crash.integer_or(0, "services", "web", "restarts") > 0);
  // Starting again and again they would take the processors from the other tests.
  for (const Failing& one : all)
    CHECK(ida.send("DELETE", ida.deployments(std::string(one.body.text("name")))).status == 202);
}

TEST_CASE("a deployment whose server is gone while its pod runs is told to answer no more") {
  if (!Node::available()) return;
  NodeWorld& world = NodeWorld::shared();
  Node& node = world.node();
  const Person kim = world.sign_up("kim", "business");
  const Json body =
      app("web", "internal", {"sh", "-c", "httpd -p 8080 -h /www; while :; do sleep 1; done"});
  REQUIRE(kim.post(kim.deployments(), body).status == 201);
  const bool ready = eventually(minutes(2), [&] { return kim.ready("web"); });
  REQUIRE_MESSAGE(ready, said(kim.get(kim.deployments("web")).json()));
  const std::string ns(kim.get(kim.deployments("web")).json().text("namespace"));
  const std::string pod =
      node.kubectl({"get", "pods", "-n", ns, "-o", "jsonpath={.items[0].metadata.name}"});
  node.kubectl({"exec", "-n", ns, pod, "--", "killall", "httpd"});
  Json last;
  const bool told = eventually(minutes(1), [&] {
    last = kim.get(kim.deployments("web")).json();
    return tells(last, {{}, "Error", "NotReady", {"No pod answers its check any more"}});
  });
  CHECK_MESSAGE(told, said(last));
  CHECK(last.integer_or(-1, "services", "web", "ready") == 0);
}
