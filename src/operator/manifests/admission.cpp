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

Json rule(const char* group, const char* resource, const char* scope) {
  return Json::object(
      {{"apiGroups", Json::array({Json(group)})},
       {"apiVersions", Json::array({Json("*")})},
       {"operations", Json::array({Json("CREATE"), Json("UPDATE"), Json("DELETE")})},
       {"resources", Json::array({Json(resource)})},
       {"scope", scope}});
}

}  // namespace

std::vector<Json> admission_policies(const std::vector<std::string>& accounts) {
  std::vector<Json> out;
  add(out, {"k8s-scheduler-writes",
            rule("*", "*/*", "Namespaced"),
            {{"ours", among(accounts)},
             // A Namespace is an object of itself to the API server; it has a policy of its own.
             {"not-a-namespace", "request.resource.resource != 'namespaces'"},
             // The role gives them in the system namespace only.
             {"not-a-lease", "request.resource.group != 'coordination.k8s.io'"}},
            claimed("namespaceObject"),
            "The account writes into namespaces of sandboxes only."});
  add(out, {"k8s-scheduler-namespaces",
            rule("", "namespaces", "Cluster"),
            {{"ours", among(accounts)}},
            fmt::format("request.operation == 'CREATE' ? ({}) : ({})", claimed("object"),
                        claimed("oldObject")),
            "The account makes, changes and removes namespaces of sandboxes only."});
  return out;
}

}  // namespace ks::op
