#include "operator/manifests/admission.hpp"

#include <fmt/format.h>

#include "domain/resources.hpp"

namespace ks::op {

namespace {

constexpr const char* kApiVersion = "admissionregistration.k8s.io/v1";

Json head(const char* kind, const std::string& name) {
  return Json::object(
      {{"apiVersion", kApiVersion},
       {"kind", kind},
       {"metadata", Json::object({{"name", name},
                                  {"labels", Json::object({{std::string(labels::kPartOf),
                                                            std::string(labels::kProduct)}})}})}});
}

// CEL: whether a namespace carries a claim. Only who creates it through us gives it one; what it
// says is compared with the database by whoever works in it.
std::string claimed(const std::string& object) {
  return fmt::format("has({0}.metadata.annotations) && '{1}' in {0}.metadata.annotations", object,
                     annotations::kClaim);
}

std::string among(const std::vector<std::string>& accounts) {
  std::string out;
  for (const std::string& account : accounts)
    out += fmt::format("{}'{}'", out.empty() ? "" : ", ", account);
  return fmt::format("request.userInfo.username in [{}]", out);
}

struct Policy {
  std::string name;
  std::vector<Json> rules;
  std::vector<std::pair<std::string, std::string>> conditions;
  std::string expression;
  std::string message;
};

Json list(const std::vector<Json>& items) {
  Json out = Json::array();
  for (const Json& item : items) out.push(item);
  return out;
}

void add(std::vector<Json>& out, const Policy& policy) {
  Json conditions = Json::array();
  for (const auto& [name, expression] : policy.conditions)
    conditions.push(Json::object({{"name", name}, {"expression", expression}}));
  out.push_back(
      head("ValidatingAdmissionPolicy", policy.name)
          .set("spec",
               Json::object(
                   {{"failurePolicy", "Fail"},
                    {"matchConstraints", Json::object({{"resourceRules", list(policy.rules)}})},
                    {"matchConditions", std::move(conditions)},
                    {"validations", Json::array({Json::object({{"expression", policy.expression},
                                                               {"message", policy.message},
                                                               {"reason", "Forbidden"}})})}})));
  out.push_back(
      head("ValidatingAdmissionPolicyBinding", policy.name)
          .set("spec", Json::object({{"policyName", policy.name},
                                     {"validationActions", Json::array({Json("Deny")})}})));
}

Json texts(std::initializer_list<const char*> list) {
  Json out = Json::array();
  for (const char* text : list) out.push(text);
  return out;
}

Json rule(const char* group, std::initializer_list<const char*> resources, const char* scope,
          std::initializer_list<const char*> operations = {"CREATE", "UPDATE", "DELETE"}) {
  return Json::object({{"apiGroups", texts({group})},
                       {"apiVersions", texts({"*"})},
                       {"operations", texts(operations)},
                       {"resources", texts(resources)},
                       {"scope", scope}});
}

// CEL: whether an object has a label of ours, by which traffic is let through.
std::string labelled(const std::string& object) {
  return fmt::format(
      "(has({0}.metadata.labels) && {0}.metadata.labels.exists(k, k.startsWith('{1}/')))", object,
      kResourceGroup);
}

// CEL: the same of the metadata of an object's pods; `path` leads to their template.
std::string labels_pods(const std::string& object, const std::string& path) {
  std::string has_all, at = object;
  for (const std::string& part :
       {std::string("spec"), path, std::string("metadata"), std::string("labels")}) {
    std::string_view rest = part;
    while (!rest.empty()) {
      const std::size_t dot = rest.find('.');
      at.append(".").append(rest.substr(0, dot));
      has_all += fmt::format("{}has({})", has_all.empty() ? "" : " && ", at);
      rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
    }
  }
  return fmt::format("({} && {}.exists(k, k.startsWith('{}/')))", has_all, at, kResourceGroup);
}

// In sandboxes, whoever it is that has been let in there: what pod security does not look at.
void add_guards(std::vector<Json>& out, const std::vector<std::string>& accounts) {
  // Conditions for a match are not told of the namespace, so each expression begins with it.
  const std::string elsewhere = fmt::format("!({}) || ", claimed("namespaceObject"));
  add(out, {"k8s-scheduler-services",
            {rule("", {"services"}, "Namespaced", {"CREATE", "UPDATE"})},
            {},
            elsewhere + "(!has(object.spec.type) || object.spec.type == 'ClusterIP') && "
                        "(!has(object.spec.externalIPs) || object.spec.externalIPs.size() == 0)",
            "A sandbox has Services of type ClusterIP without external addresses only."});
  // Kubernetes' own controllers make the pods, and copy labels to them.
  std::vector<std::string> trusted = accounts;
  trusted.emplace_back("system:kube-controller-manager");
  const std::vector<std::pair<std::string, std::string>> others = {
      {"not-ours", "!(" + among(trusted) + ")"},
      {"not-the-systems",
       "!(has(request.userInfo.groups) && request.userInfo.groups.exists(g, g in "
       "['system:serviceaccounts:kube-system', 'system:masters']))"}};
  // A write to a status changes labels as well, and a Binding's are copied to its pod.
  add(out,
      {"k8s-scheduler-labels",
       {rule("", {"pods", "pods/status", "services", "services/status"}, "Namespaced",
             {"CREATE", "UPDATE"}),
        rule("", {"bindings", "pods/binding"}, "Namespaced", {"CREATE"})},
       others,
       elsewhere + fmt::format("(request.operation == 'CREATE' ? !{0} : ((!{0} && !{1}) || "
                               "(has(object.metadata.labels) && has(oldObject.metadata.labels) && "
                               "object.metadata.labels == oldObject.metadata.labels && "
                               "object.spec == oldObject.spec)))",
                               labelled("object"), labelled("oldObject")),
       "Only the platform gives its labels, and changes what has them."});
  // Controllers make pods of these, and are believed.
  const auto add_templates = [&](const char* name, std::vector<Json> rules, const char* path) {
    add(out, {name, std::move(rules), others,
              elsewhere + fmt::format("(request.operation == 'CREATE' ? !{0} : ((!{0} && !{1}) || "
                                      "object.spec == oldObject.spec))",
                                      labels_pods("object", path), labels_pods("oldObject", path)),
              "Only the platform has pods made with its labels."});
  };
  const auto of = [](const char* group, std::initializer_list<const char*> resources) {
    return rule(group, resources, "Namespaced", {"CREATE", "UPDATE"});
  };
  add_templates("k8s-scheduler-templates",
                {of("apps", {"deployments", "replicasets", "statefulsets", "daemonsets"}),
                 of("batch", {"jobs"}), of("", {"replicationcontrollers"})},
                "template");
  add_templates("k8s-scheduler-cronjobs", {of("batch", {"cronjobs"})}, "jobTemplate.spec.template");
}

}  // namespace

std::vector<Json> admission_policies(const std::vector<std::string>& accounts) {
  std::vector<Json> out;
  add(out, {"k8s-scheduler-writes",
            {rule("*", {"*/*"}, "Namespaced")},
            {{"ours", among(accounts)},
             // A Namespace is an object of itself to the API server; it has a policy of its own.
             {"not-a-namespace", "request.resource.resource != 'namespaces'"},
             // The role gives them in the system namespace only.
             {"not-a-lease", "request.resource.group != 'coordination.k8s.io'"}},
            claimed("namespaceObject"),
            "The account writes into namespaces of sandboxes only."});
  add(out, {"k8s-scheduler-namespaces",
            {rule("", {"namespaces"}, "Cluster")},
            {{"ours", among(accounts)}},
            fmt::format("request.operation == 'CREATE' ? ({}) : ({})", claimed("object"),
                        claimed("oldObject")),
            "The account makes, changes and removes namespaces of sandboxes only."});
  add_guards(out, accounts);
  return out;
}

}  // namespace ks::op
