#include "operator/manifests/policy.hpp"

#include <fmt/format.h>

#include "domain/resources.hpp"

namespace ks::op {

namespace {

Json head(const char* kind, const std::string& name) {
  return Json::object(
      {{"apiVersion", "admissionregistration.k8s.io/v1"},
       {"kind", kind},
       {"metadata", Json::object({{"name", name},
                                  {"labels", Json::object({{std::string(labels::kPartOf),
                                                            std::string(labels::kProduct)}})}})}});
}

Json list(const std::vector<Json>& items) {
  Json out = Json::array();
  for (const Json& item : items) out.push(item);
  return out;
}

Json texts(std::initializer_list<const char*> list) {
  Json out = Json::array();
  for (const char* text : list) out.push(text);
  return out;
}

}  // namespace

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

void add(std::vector<Json>& out, const AdmissionPolicy& policy) {
  Json conditions = Json::array(), validations = Json::array();
  for (const auto& [name, expression] : policy.conditions)
    conditions.push(Json::object({{"name", name}, {"expression", expression}}));
  for (const auto& [expression, message] : policy.validations)
    validations.push(
        Json::object({{"expression", expression}, {"message", message}, {"reason", "Forbidden"}}));
  out.push_back(
      head("ValidatingAdmissionPolicy", policy.name)
          .set("spec", Json::object({{"failurePolicy", "Fail"},
                                     {"matchConstraints",
                                      Json::object({{"resourceRules", list(policy.rules)}})},
                                     {"matchConditions", std::move(conditions)},
                                     {"validations", std::move(validations)}})));
  out.push_back(
      head("ValidatingAdmissionPolicyBinding", policy.name)
          .set("spec", Json::object({{"policyName", policy.name},
                                     {"validationActions", Json::array({Json("Deny")})}})));
}

Json admission_rule(const char* group, std::initializer_list<const char*> resources,
                    const char* scope, std::initializer_list<const char*> operations) {
  return Json::object({{"apiGroups", texts({group})},
                       {"apiVersions", texts({"*"})},
                       {"operations", texts(operations)},
                       {"resources", texts(resources)},
                       {"scope", scope}});
}

}  // namespace ks::op
