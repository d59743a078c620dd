#include "operator/manifests/manifests.hpp"

#include "domain/resources.hpp"
#include "domain/sandbox/isolation_check.hpp"
#include "operator/manifests/admission.hpp"
#include "operator/manifests/crds.hpp"
#include "operator/manifests/yaml.hpp"
#include "operator/operator.hpp"
#include "operator/probe/objects.hpp"

namespace ks::op {

namespace {

constexpr const char* kOperatorAccount = "k8s-scheduler-operator";
constexpr const char* kApiAccount = "k8s-scheduler-api";

Json texts(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const std::string& s : list) out.push(s);
  return out;
}

Json rules(const std::vector<Grant>& grants) {
  Json out = Json::array();
  for (const Grant& g : grants) {
    Json one = Json::object({{"apiGroups", Json::array({Json(g.group)})},
                             {"resources", Json::array({Json(g.resource)})}});
    if (!g.names.empty()) one.set("resourceNames", texts(g.names));
    one.set("verbs", texts(g.verbs));
    out.push(std::move(one));
  }
  return out;
}

Json object(const char* api_version, const char* kind, const std::string& name,
            const std::string& ns) {
  Json metadata = Json::object({{"name", name}});
  if (!ns.empty()) metadata.set("namespace", ns);
  Json names = Json::object();
  names.set(labels::kPartOf, labels::kProduct);
  metadata.set("labels", std::move(names));
  return Json::object(
      {{"apiVersion", api_version}, {"kind", kind}, {"metadata", std::move(metadata)}});
}

constexpr const char* kRbac = "rbac.authorization.k8s.io/v1";

void add_role(std::vector<Json>& out, const char* account, const std::vector<Grant>& grants,
              const std::string& system_namespace, const std::string& ns) {
  const bool cluster = ns.empty();
  const char* role_kind = cluster ? "ClusterRole" : "Role";
  out.push_back(object(kRbac, role_kind, account, ns).set("rules", rules(grants)));
  out.push_back(
      object(kRbac, cluster ? "ClusterRoleBinding" : "RoleBinding", account, ns)
          .set("roleRef", Json::object({{"apiGroup", "rbac.authorization.k8s.io"},
                                        {"kind", role_kind},
                                        {"name", account}}))
          .set("subjects", Json::array({Json::object({{"kind", "ServiceAccount"},
                                                      {"name", account},
                                                      {"namespace", system_namespace}})})));
}

}  // namespace

std::vector<Grant> operator_grants() {
  const std::string own(kResourceGroup);
  const std::vector<std::string> keep = {"list", "watch", "create", "patch"};
  const std::vector<std::string> keep_and_end = {"list", "watch", "create", "patch", "delete"};
  return {
      {"apiextensions.k8s.io",
       "customresourcedefinitions",
       {"get"},
       {"sandboxes." + own, "userdeployments." + own}},
      // Asked for before pods are made: a watch may be late to tell of a stricter one.
      {own, "sandboxes", {"get", "list", "watch", "patch"}, {}},
      {own, "sandboxes/status", {"patch"}, {}},
      // Ending a sandbox ends its deployments.
      {own, "userdeployments", {"get", "list", "watch", "patch", "delete"}, {}},
      {own, "userdeployments/status", {"patch"}, {}},
      // Looked at also where it is not ours, before it is taken for ours.
      {"", "namespaces", {"get", "list", "watch", "create", "patch", "delete"}, {}},
      {"", "resourcequotas", keep, {}},
      {"", "limitranges", keep, {}},
      {"", "serviceaccounts", keep_and_end, {}},
      {"", "services", keep_and_end, {}},
      {"", "persistentvolumeclaims", keep_and_end, {}},
      {"", "pods", {"list", "watch"}, {}},
      // Why pods and claims do not come up; and what became of our resources, which is told again
      // by the same Event.
      {"", "events", {"list", "watch", "create", "patch"}, {}},
      // The addresses that no tenant may reach: of nodes, and of the API server. And what nodes
      // can.
      {"", "nodes", {"list"}, {}},
      {"", "services", {"get"}, {"kubernetes"}},
      // Never read.
      {"", "secrets", {"delete"}, {}},
      {"apps", "deployments", keep_and_end, {}},
      {"networking.k8s.io", "ingresses", keep_and_end, {}},
      // Whether anything can serve a route.
      {"networking.k8s.io", "ingressclasses", {"list", "watch"}, {}},
      {"networking.k8s.io", "networkpolicies", keep_and_end, {}},
      {"policy", "poddisruptionbudgets", keep_and_end, {}},
      {"autoscaling", "horizontalpodautoscalers", keep_and_end, {}},
  };
}

std::vector<Grant> operator_system_grants() {
  return {{"coordination.k8s.io", "leases", {"get", "create", "patch"}, {}}};
}

std::vector<Grant> operator_probe_grants() { return {{"", "pods", {"create", "delete"}, {}}}; }

std::vector<Grant> api_grants() {
  const std::string own(kResourceGroup);
  const std::vector<std::string> all = {"get", "list", "watch", "create", "patch", "delete"};
  return {{own, "sandboxes", all, {}},
          {own, "userdeployments", all, {}},
          // Written and taken away by name, never read.
          {"", "secrets", {"create", "patch", "delete"}, {}},
          // Of deployments that left the cluster before they were deleted.
          {"", "persistentvolumeclaims", {"delete"}, {}}};
}

std::vector<Grant> api_system_grants() {
  return {{"coordination.k8s.io", "leases", {"get"}, {std::string(IsolationSignature::kLease)}}};
}

std::vector<Json> manifests(const std::string& system_namespace, const Outsiders& outsiders) {
  std::vector<Json> out = custom_resource_definitions();
  out.push_back(object("v1", "Namespace", system_namespace, {}));
  OperatorConfig config;
  config.system_namespace = system_namespace;
  const Object probes = probe_namespace(config);
  out.push_back(probes.tree());
  for (const char* account : {kOperatorAccount, kApiAccount})
    out.push_back(object("v1", "ServiceAccount", account, system_namespace));
  add_role(out, kOperatorAccount, operator_grants(), system_namespace, {});
  add_role(out, kOperatorAccount, operator_system_grants(), system_namespace, system_namespace);
  add_role(out, kOperatorAccount, operator_probe_grants(), system_namespace, probes.ref().name);
  add_role(out, kApiAccount, api_grants(), system_namespace, {});
  add_role(out, kApiAccount, api_system_grants(), system_namespace, system_namespace);
  Trusted trusted{{}, outsiders.backup_accounts, outsiders.break_glass_group};
  for (const char* account : {kOperatorAccount, kApiAccount})
    trusted.ours.push_back("system:serviceaccount:" + system_namespace + ":" + account);
  for (Json& policy : admission_policies(trusted)) out.push_back(std::move(policy));
  return out;
}

std::string manifests_yaml(const std::string& system_namespace, const Outsiders& outsiders) {
  std::string out;
  for (const Json& object : manifests(system_namespace, outsiders)) {
    if (!out.empty()) out += "---\n";
    out += to_yaml(object);
  }
  return out;
}

}  // namespace ks::op
