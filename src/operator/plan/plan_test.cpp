#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include <doctest/doctest.h>

#include "operator/manifests/yaml.hpp"
#include "operator/plan/bench.hpp"
#include "operator/plan/deployment.hpp"
#include "operator/plan/sandbox.hpp"
#include "operator/sample.hpp"

using namespace ks;
namespace kinds = kube::kinds;

namespace {

// Where two trees differ, as JSON pointers.
void differences(const Json& a, const Json& b, const std::string& at,
                 std::vector<std::string>& out) {
  if (a.is_object() && b.is_object()) {
    for (const auto& [name, value] : a.members()) {
      const Json* other = b.find(name);
      if (other == nullptr)
        out.push_back(at + pointer_token(name));
      else
        differences(value, *other, at + pointer_token(name), out);
    }
    for (const auto& [name, value] : b.members())
      if (a.find(name) == nullptr) out.push_back(at + pointer_token(name));
    return;
  }
  if (a.is_array() && b.is_array() && a.as_array().size() == b.as_array().size()) {
    for (std::size_t i = 0; i < a.as_array().size(); ++i)
      differences(a.as_array()[i], b.as_array()[i], at + "/" + std::to_string(i), out);
    return;
  }
  if (a != b) out.push_back(at);
}

void compare_with_golden(const std::string& file, const std::string& text) {
  const char* root = std::getenv("KS_SOURCE_DIR");
  const std::string path = std::string(root == nullptr ? "." : root) + "/" + file;
  if (std::getenv("KS_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream in(path);
  std::stringstream there;
  there << in.rdbuf();
  CHECK_MESSAGE(there.str() == text,
                "run with KS_UPDATE_GOLDEN=1 and read the difference of " << file);
}

}  // namespace

TEST_CASE("running the steps of a sandbox and planning again gives none") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    SeededRandom random(seed);
    Bench bench;
    SandboxResource s = sample::sandbox("sandbox-a");
    std::vector<UserDeploymentResource> deployments;
    // Thrice, each from what the last has left.
    for (int round = 0; round < 3; ++round) {
      s.spec.quota = sample::random_quota(random);
      s.spec.isolation = static_cast<Isolation>(random.below(3));
      s.spec.smtp_egress = sample::chance(random, 50);
      s.spec.egress = sample::random_egress(random);
      s.spec.suspended = sample::chance(random, 30);
      bench.config.cluster_cidrs = sample::chance(random, 50)
                                       ? std::vector<std::string>{"10.0.0.0/8", "2001:db8::/32"}
                                       : std::vector<std::string>{};
      deployments.clear();
      for (int i = sample::between(random, 0, 3); i > 0; --i) {
        auto d = sample::deployment("sandbox-a", "app-" + std::to_string(i), 1,
                                    sample::between(random, 1, 2));
        sample::set_workload(d, sample::random_workload(random));
        deployments.push_back(std::move(d));
      }
      s.meta = sandbox_from_json(bench.put(kinds::kSandbox, to_json(s), "sync"))->meta;
      // At first the namespace, of which the rest needs the UID.
      for (int i = 0; i < 2; ++i)
        bench.run(op::plan(s, bench.around(s, deployments), bench.config, bench.clock.now()).steps);
      s.meta.has_finalizer = true;
      const auto second =
          op::plan(s, bench.around(s, deployments), bench.config, bench.clock.now());
      CHECK(second.steps.empty());
      CHECK(second.status->find("Ready")->status == "True");
      // The same question has the same answer.
      const auto again = op::plan(s, bench.around(s, deployments), bench.config, bench.clock.now());
      CHECK(again.status == second.status);
    }
  }
}

TEST_CASE("running the steps of a deployment and planning again gives none") {
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    CAPTURE(seed);
    SeededRandom random(seed);
    Bench bench;
    const SandboxResource s = sample::sandbox("sandbox-a");
    bench.put(kinds::kNamespace, op::namespace_object(s.spec, "v1.30", {}).tree(), "test");
    auto d = sample::deployment("sandbox-a", "app-abc123");
    for (int round = 0; round < 3; ++round) {
      sample::set_workload(d, sample::random_workload(random));
      d.spec.restarts = round;
      d.meta =
          user_deployment_from_json(bench.put(kinds::kUserDeployment, to_json(d), "sync"))->meta;
      bench.run(op::plan(d, bench.around(s.spec), bench.config, bench.clock.now()).steps);
      d.meta.has_finalizer = true;
      const auto second = op::plan(d, bench.around(s.spec), bench.config, bench.clock.now());
      for (const op::Step& step : second.steps)
        FAIL_CHECK("again: " << step.ref.kind.plural << " " << step.ref.name);
    }
  }
}

TEST_CASE("a suspended deployment has no pods, whatever it wants, and gets back what it had") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    SeededRandom random(seed);
    Bench bench;
    const SandboxResource s = sample::sandbox("sandbox-a");
    bench.put(kinds::kNamespace, op::namespace_object(s.spec, "v1.30", {}).tree(), "test");
    auto d = sample::deployment("sandbox-a", "app-abc123");
    sample::set_workload(d, sample::random_workload(random));
    const auto carry_out = [&](bool suspended) {
      d.spec.suspended = suspended;
      d.meta =
          user_deployment_from_json(bench.put(kinds::kUserDeployment, to_json(d), "sync"))->meta;
      const auto there = bench.cluster.get({kinds::kUserDeployment, "sandbox-a", "app-abc123"});
      REQUIRE(there);
      CHECK(user_deployment_from_json(*there)->spec == d.spec);
      bench.run(op::plan(d, bench.around(s.spec), bench.config, bench.clock.now()).steps);
      d.meta.has_finalizer = true;
      CHECK(op::plan(d, bench.around(s.spec), bench.config, bench.clock.now()).steps.empty());
    };
    const auto replicas = [&] {
      std::map<std::string, std::int64_t> out;
      for (const auto& one : bench.seen({&kinds::kDeployment}))
        out.emplace(std::string(one.seen.object->text("metadata", "name")),
                    one.seen.object->integer_or(-1, "spec", "replicas"));
      return out;
    };
    carry_out(false);
    const auto before = replicas();
    const std::size_t claims = bench.seen({&kinds::kPersistentVolumeClaim}).size();
    carry_out(true);
    for (const auto& [name, count] : replicas()) CHECK(count == 0);
    CHECK(replicas().size() == before.size());
    CHECK(bench.seen({&kinds::kPodDisruptionBudget}).empty());
    CHECK(bench.seen({&kinds::kPersistentVolumeClaim}).size() == claims);
    carry_out(false);
    CHECK(replicas() == before);
  }
}

TEST_CASE("a deployment that is to keep its volumes goes, and its claims stay") {
  for (const bool keeps : {true, false}) {
    CAPTURE(keeps);
    Bench bench;
    const SandboxResource s = sample::sandbox("sandbox-a");
    bench.put(kinds::kNamespace, op::namespace_object(s.spec, "v1.30", {}).tree(), "test");
    auto d = sample::deployment("sandbox-a", "app-abc123");
    d.spec.workload.services[0].replicas = 1;
    d.spec.workload.services[0].volumes = {{"data", "/data", std::int64_t{1} << 30}};
    d.meta = user_deployment_from_json(bench.put(kinds::kUserDeployment, to_json(d), "sync"))->meta;
    bench.run(op::plan(d, bench.around(s.spec), bench.config, bench.clock.now()).steps);
    CHECK(!bench.seen({&kinds::kDeployment}).empty());
    CHECK(bench.seen({&kinds::kPersistentVolumeClaim}).size() == 1);
    d.meta.has_finalizer = true;
    d.meta.deleting = true;
    if (keeps) d.meta.annotations[std::string(annotations::kKeepVolumes)] = "true";
    bool ends = false;
    for (int round = 0; round < 10 && !ends; ++round) {
      const auto next = op::plan(d, bench.around(s.spec), bench.config, bench.clock.now());
      ends = !next.status;
      if (!ends) bench.run(next.steps);
    }
    CHECK(ends);
    for (const auto& left : bench.around(s.spec).objects)
      CHECK_MESSAGE(*left.kind == kinds::kPersistentVolumeClaim, left.kind->plural);
    CHECK(bench.seen({&kinds::kPersistentVolumeClaim}).size() == (keeps ? 1 : 0));
  }
}

TEST_CASE("every object is what it was") {
  // Reading the difference in this file is how a change to what stands in the cluster is reviewed.
  op::OperatorConfig config;
  config.dns_cidrs = {"169.254.20.10/32"};
  config.cluster_cidrs = {"10.244.0.0/16", "2001:db8:1::/48"};
  config.ingress_class = "nginx";
  config.storage_class = "fast";
  const SandboxResource shared = sample::limited_sandbox("sandbox-a");
  SandboxResource teams = sample::sandbox("sandbox-b");
  teams.spec.isolation = Isolation::namespace_;
  teams.spec.smtp_egress = true;
  const auto wiki = sample::wiki("sandbox-a", "wiki-abc123");
  std::string out;
  const auto add = [&](const op::Object& object) {
    if (!out.empty()) out += "---\n";
    out += op::to_yaml(object.tree());
  };
  add(op::namespace_object(shared.spec, "v1.30", {}));
  for (const auto& o : op::sandbox_objects(shared, {wiki}, config)) add(o);
  for (const auto& o :
       op::sandbox_objects(teams, {sample::deployment("sandbox-b", "web-abc123")}, config))
    add(o);
  for (const auto& o : op::deployment_objects(wiki, shared.spec, {}, config)) add(o);
  auto scaled = sample::deployment("sandbox-a", "app-abc123");
  sample::autoscaled(scaled.spec.workload.services[0], 2, 5);
  for (const auto& o : op::deployment_objects(scaled, shared.spec, {}, config))
    if (o.kind() == kinds::kDeployment || o.kind() == kinds::kHorizontalPodAutoscaler) add(o);
  SandboxResource suspended = shared;
  suspended.spec.suspended = true;
  add(op::sandbox_quota(suspended));
  compare_with_golden("src/operator/golden/objects.yaml", out);
}

TEST_CASE("what a tenant writes into a field changes that field and nothing else") {
  const SandboxSpec sandbox = sample::sandbox("sandbox-a").spec;
  const std::vector<std::string> nasty = {"\"}}, \"hostNetwork\": true, {{\"",
                                          "x\n  hostPath: {path: /}",
                                          "${jndi:x}",
                                          "{{ .Values.x }}",
                                          "- &a [*a]",
                                          "../../etc",
                                          "\\u0000\t",
                                          "true",
                                          "0x10"};
  using Put = void (*)(Service&, const std::string&);
  const std::vector<Put> fields = {
      [](Service& s, const std::string& v) { s.image = v; },
      [](Service& s, const std::string& v) { s.args[0] = v; },
      [](Service& s, const std::string& v) { s.env["TITLE"] = v; },
      [](Service& s, const std::string& v) { s.health_path = v; },
      [](Service& s, const std::string& v) { s.writable[0] = v; },
  };
  const auto trees = [&](const UserDeploymentResource& d) {
    std::vector<Json> out;
    for (const auto& o : op::deployment_objects(d, sandbox, {}, {})) {
      Json tree = o.tree();
      tree["metadata"].erase("annotations");
      out.push_back(std::move(tree));
    }
    return out;
  };
  const auto plain = sample::wiki("sandbox-a", "wiki-abc123");
  const auto before = trees(plain);
  for (const Put put : fields) {
    for (const std::string& text : nasty) {
      auto d = plain;
      put(d.spec.workload.services[0], text);
      const auto after = trees(d);
      REQUIRE(after.size() == before.size());
      std::vector<std::string> changed;
      for (std::size_t i = 0; i < after.size(); ++i) {
        const Json parsed = parse_json(after[i].dump()).value();
        CHECK(parsed == after[i]);
        differences(before[i], parsed, "", changed);
      }
      // The health path is in three probes.
      CHECK_MESSAGE((changed.size() == 1 || changed.size() == 3), text);
      for (const std::string& pointer : changed)
        CHECK_MESSAGE(pointer.starts_with("/spec/template/spec/containers/0/"), pointer);
    }
  }
}

TEST_CASE("no object says what only an administrator may") {
  static const std::vector<std::string> kForbidden = {
      "hostPath", "hostNetwork", "hostPID",      "hostIPC",        "privileged", "add",
      "nodePort", "externalIPs", "externalName", "loadBalancerIP", "procMount",  "hostPort"};
  const std::function<void(const Json&)> walk = [&](const Json& value) {
    if (value.is_object())
      for (const auto& [name, inner] : value.members()) {
        CHECK_MESSAGE(std::ranges::find(kForbidden, name) == kForbidden.end(), name);
        walk(inner);
      }
    if (value.is_array())
      for (const Json& inner : value.as_array()) walk(inner);
  };
  SeededRandom random(7);
  for (int i = 0; i < 200; ++i) {
    auto d = sample::deployment("sandbox-a", "app-abc123");
    sample::set_workload(d, sample::random_workload(random));
    for (const auto& o :
         op::deployment_objects(d, sample::sandbox("sandbox-a").spec, {}, op::OperatorConfig{})) {
      CHECK(o.ref().ns == "sandbox-a");
      CHECK(o.kind().namespaced);
      const Json& tree = o.tree();
      if (o.kind() == kinds::kDeployment) {
        // Names of variables are the tenant's own.
        const Json& pod = tree.at("spec", "template", "spec");
        const Json& security = pod.at("containers").as_array()[0].at("securityContext");
        CHECK(pod.at("securityContext", "runAsNonRoot") == Json(true));
        CHECK(pod.text("securityContext", "seccompProfile", "type") == "RuntimeDefault");
        CHECK(pod.at("automountServiceAccountToken") == Json(false));
        CHECK(security.at("allowPrivilegeEscalation") == Json(false));
        CHECK(security.at("capabilities", "drop") == Json::array({Json("ALL")}));
        const Json& resources = pod.at("containers").as_array()[0].at("resources");
        for (const char* side : {"requests", "limits"})
          for (const char* what : {"cpu", "memory"}) CHECK(!resources.text(side, what).empty());
      }
      walk(tree);
    }
  }
}
