#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "domain/template/template_render.hpp"
#include "operator/plan/deployment.hpp"
#include "operator/sample.hpp"

// The pods of the templates that come with the product, held against what Kubernetes asks of the
// pod security standard "restricted", and against what the product promises beyond it.

using namespace ks;

namespace {

void find_in_pod(const Json& pod, std::vector<std::string>& faults) {
  const auto refuse = [&](bool bad, std::string what) {
    if (bad) faults.push_back(std::move(what));
  };
  for (const char* shared : {"hostNetwork", "hostPID", "hostIPC", "hostAliases", "initContainers"})
    refuse(!pod.at(shared).is_null(), shared);
  refuse(pod.at("automountServiceAccountToken") != Json(false), "token");
  const Json& security = pod.at("securityContext");
  refuse(security.at("runAsNonRoot") != Json(true), "runAsNonRoot");
  refuse(security.integer_or(0, "runAsUser") < 1, "runAsUser");
  refuse(security.integer_or(0, "runAsGroup") < 1, "runAsGroup");
  refuse(security.integer_or(0, "fsGroup") < 1, "fsGroup");
  refuse(security.text("seccompProfile", "type") != "RuntimeDefault", "seccompProfile");
  if (const Json& volumes = pod.at("volumes"); volumes.is_array())
    for (const Json& volume : volumes.as_array())
      for (const auto& [kind, value] : volume.members())
        refuse(kind != "name" && kind != "emptyDir" && kind != "persistentVolumeClaim",
               "volume " + kind);
}

std::int64_t first_free_port(const Json& pod) {
  std::int64_t out = 1024;
  if (const Json& list = pod.at("securityContext", "sysctls"); list.is_array())
    for (const Json& one : list.as_array())
      if (one.text("name") == "net.ipv4.ip_unprivileged_port_start")
        out = std::stoll(std::string(one.text("value")));
  return out;
}

void find_in_container(const Json& c, std::int64_t first_port,
                       const std::vector<DraftSecret>& secrets, std::vector<std::string>& faults) {
  const auto refuse = [&](bool bad, std::string what) {
    if (bad) faults.push_back(std::move(what));
  };
  const Json& security = c.at("securityContext");
  refuse(security.at("allowPrivilegeEscalation") != Json(false), "allowPrivilegeEscalation");
  refuse(security.at("capabilities", "drop") != Json::array({Json("ALL")}), "drop");
  for (const auto& [name, value] : security.at("capabilities").members())
    refuse(name != "drop", "capabilities." + name);
  for (const auto& [name, value] : security.members())
    refuse(name != "allowPrivilegeEscalation" && name != "capabilities" &&
               name != "readOnlyRootFilesystem",
           name);
  for (const char* kind : {"requests", "limits"})
    for (const char* what : {"cpu", "memory", "ephemeral-storage"})
      refuse(c.text("resources", kind, what).empty(), std::string(kind) + "." + what);
  if (const Json& ports = c.at("ports"); ports.is_array())
    for (const Json& port : ports.as_array()) {
      refuse(!port.at("hostPort").is_null(), "hostPort");
      refuse(port.integer_or(0, "containerPort") < first_port, "containerPort");
    }
  // Everybody on the node reads arguments; a variable with a value is in the resource.
  for (const DraftSecret& secret : secrets) {
    if (secret.value.empty()) continue;
    refuse(c.at("args").dump().find(secret.value) != std::string::npos, "secret in args");
    refuse(c.at("env").dump().find(secret.value) != std::string::npos, "secret in env");
  }
}

std::vector<std::string> faults_of(const Json& pod, const std::vector<DraftSecret>& secrets) {
  std::vector<std::string> out;
  find_in_pod(pod, out);
  const auto& containers = pod.at("containers").as_array();
  if (containers.empty()) out.emplace_back("containers");
  for (const Json& c : containers) find_in_container(c, first_free_port(pod), secrets, out);
  return out;
}

struct Pods {
  std::vector<Json> specs;
  std::vector<DraftSecret> secrets;
};

Pods pods_of(const Template& t) {
  SeededRandom random(1);
  Faults faults;
  RenderedTemplate out = render_template(t, nullptr, "web-abc123", "/inputs", random, faults);
  REQUIRE(faults.empty());
  auto d = sample::deployment("ns", "web-abc123");
  sample::set_workload(d, out.workload);
  Pods pods{{}, std::move(out.secrets)};
  for (const auto& object : op::deployment_objects(d, sample::sandbox("ns").spec, {}, {}))
    if (object.kind() == kube::kinds::kDeployment)
      pods.specs.push_back(object.tree().at("spec", "template", "spec"));
  CHECK(pods.specs.size() == t.services.size());
  return pods;
}

}  // namespace

TEST_CASE(
    "each system template makes pods that the restricted profile admits, with nothing beyond") {
  const TemplateCatalogue catalogue = TemplateCatalogue::system();
  REQUIRE(catalogue.list().size() >= 12);
  for (const Template& t : catalogue.list()) {
    CAPTURE(t.name);
    const Pods pods = pods_of(t);
    for (const Json& pod : pods.specs)
      CHECK(faults_of(pod, pods.secrets) == std::vector<std::string>{});
  }
}

// Else the test above could pass because it sees nothing.
TEST_CASE("a pod that the restricted profile does not admit is seen") {
  const Pods pods = pods_of(*TemplateCatalogue::system().find("wordpress"));
  REQUIRE(pods.secrets.size() == 2);
  using Break = std::function<void(Json&)>;
  const std::initializer_list<std::pair<const char*, Break>> breaks = {
      {"runAsUser", [](Json& p) { p["securityContext"].set("runAsUser", 0); }},
      {"runAsUser", [](Json& p) { p["securityContext"].erase("runAsUser"); }},
      {"runAsNonRoot", [](Json& p) { p["securityContext"].set("runAsNonRoot", false); }},
      {"seccompProfile", [](Json& p) { p["securityContext"].erase("seccompProfile"); }},
      {"containerPort", [](Json& p) { p["securityContext"].erase("sysctls"); }},
      {"hostNetwork", [](Json& p) { p.set("hostNetwork", true); }},
      {"volume hostPath",
       [](Json& p) {
         p["volumes"].push(Json::object({{"name", "x"}, {"hostPath", Json::object()}}));
       }},
      {"limits.memory",
       [](Json& p) { p["containers"].as_array()[0]["resources"]["limits"].erase("memory"); }},
      {"limits.cpu",
       [](Json& p) { p["containers"].as_array()[0]["resources"]["limits"].erase("cpu"); }},
      {"privileged",
       [](Json& p) { p["containers"].as_array()[0]["securityContext"].set("privileged", true); }},
      {"runAsUser",
       [](Json& p) { p["containers"].as_array()[0]["securityContext"].set("runAsUser", 0); }},
      {"drop",
       [](Json& p) {
         p["containers"].as_array()[0]["securityContext"]["capabilities"].erase("drop");
       }},
      {"capabilities.add",
       [](Json& p) {
         p["containers"].as_array()[0]["securityContext"]["capabilities"]["add"].push("CHOWN");
       }},
      {"secret in args",
       [&](Json& p) {
         p["containers"].as_array()[0]["args"].push("--password=" + pods.secrets[0].value);
       }},
      {"secret in env",
       [&](Json& p) {
         p["containers"].as_array()[0]["env"].push(
             Json::object({{"name", "P"}, {"value", pods.secrets[1].value}}));
       }},
  };
  for (const auto& [fault, broken] : breaks) {
    CAPTURE(fault);
    Json pod = pods.specs[0];
    broken(pod);
    CHECK(faults_of(pod, pods.secrets) == std::vector<std::string>{fault});
  }
}
