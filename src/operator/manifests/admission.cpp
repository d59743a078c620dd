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
  Json rule;
  std::vector<std::pair<std::string, std::string>> conditions;
  std::string expression;
  std::string message;
};

void add(std::vector<Json>& out, const Policy& policy) {
  Json conditions = Json::array();
  for (const auto& [name, expression] : policy.conditions)
    conditions.push(Json::object({{"name", name}, {"expression", expression}}));
  out.push_back(
      head("ValidatingAdmissionPolicy", policy.name)
          .set("spec",
               Json::object(
                   {{"failurePolicy", "Fail"},
                    {"matchConstraints",
                     Json::object({{"resourceRules", Json::array({policy.rule})}})},
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

// In sandboxes, whoever it is that has been let in there: what pod security does not look at.
void add_guards(std::vector<Json>& out, const std::vector<std::string>& accounts) {
  // Conditions for a match are not told of the namespace, so each expression begins with it.
  const std::string elsewhere = fmt::format("!({}) || ", claimed("namespaceObject"));
  add(out, {"k8s-scheduler-services",
            rule("", {"services"}, "Namespaced", {"CREATE", "UPDATE"}),
            {},
            elsewhere + "(!has(object.spec.type) || object.spec.type == 'ClusterIP') && "
                        "(!has(object.spec.externalIPs) || object.spec.externalIPs.size() == 0)",
            "A sandbox has Services of type ClusterIP without external addresses only."});
  // Kubernetes' own controllers make the pods, and copy labels to them.
  std::vector<std::string> trusted = accounts;
  trusted.emplace_back("system:kube-controller-manager");
  add(out,
      {"k8s-scheduler-labels",
       rule("", {"pods", "services"}, "Namespaced", {"CREATE", "UPDATE"}),
       {{"not-ours", "!(" + among(trusted) + ")"},
        {"not-the-systems",
         "!(has(request.userInfo.groups) && request.userInfo.groups.exists(g, g in "
         "['system:serviceaccounts:kube-system', 'system:masters']))"}},
       elsewhere + fmt::format("(request.operation == 'CREATE' ? !{0} : ((!{0} && !{1}) || "
                               "(has(object.metadata.labels) && has(oldObject.metadata.labels) && "
                               "object.metadata.labels == oldObject.metadata.labels && "
                               "object.spec == oldObject.spec)))",
                               labelled("object"), labelled("oldObject")),
       "Only the platform gives its labels, and changes what has them."});
}

}  // namespace

std::vector<Json> admission_policies(const std::vector<std::string>& accounts) {
  std::vector<Json> out;
  add(out, {"k8s-scheduler-writes",
            rule("*", {"*/*"}, "Namespaced"),
            {{"ours", among(accounts)},
             // A Namespace is an object of itself to the API server; it has a policy of its own.
             {"not-a-namespace", "request.resource.resource != 'namespaces'"},
             // The role gives them in the system namespace only.
             {"not-a-lease", "request.resource.group != 'coordination.k8s.io'"}},
            claimed("namespaceObject"),
            "The account writes into namespaces of sandboxes only."});
  add(out, {"k8s-scheduler-namespaces",
            rule("", {"namespaces"}, "Cluster"),
            {{"ours", among(accounts)}},
            fmt::format("request.operation == 'CREATE' ? ({}) : ({})", claimed("object"),
                        claimed("oldObject")),
            "The account makes, changes and removes namespaces of sandboxes only."});
  add_guards(out, accounts);
  return out;
}

}  // namespace ks::op
