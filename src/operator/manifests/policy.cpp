#include "operator/manifests/policy.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "domain/resources.hpp"
#include "operator/operator.hpp"

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

std::string quoted(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += fmt::format("{}'{}'", out.empty() ? "" : ", ", name);
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

bool is_trustable(std::string_view name) {
  static constexpr std::string_view kOthers = "-._:@/";
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != kOthers.npos;
  };
  return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, fits);
}

std::vector<std::string> faults(const Outsiders& outsiders) {
  std::vector<std::string> out;
  const auto check = [&](const char* option, const std::string& name) {
    if (!is_trustable(name))
      out.push_back(
          fmt::format("{}: must be 1 to 253 letters, digits or any of -._:@/, as the API "
                      "server knows the name",
                      option));
  };
  for (const std::string& account : outsiders.backup_accounts) check("--backup-account", account);
  if (!outsiders.break_glass_group.empty())
    check("--break-glass-group", outsiders.break_glass_group);
  return out;
}

std::string among(const std::vector<std::string>& accounts) {
  return fmt::format("request.userInfo.username in [{}]", quoted(accounts));
}

std::string in_groups(const std::vector<std::string>& groups) {
  return fmt::format(
      "(has(request.userInfo.groups) && request.userInfo.groups.exists(g, g in [{}]))",
      quoted(groups));
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
          .set("spec", Json::object({{"failurePolicy", policy.only_told ? "Ignore" : "Fail"},
                                     {"matchConstraints",
                                      Json::object({{"resourceRules", list(policy.rules)}})},
                                     {"matchConditions", std::move(conditions)},
                                     {"validations", std::move(validations)}})));
  const Json actions =
      policy.only_told ? Json::array({Json("Warn"), Json("Audit")}) : Json::array({Json("Deny")});
  out.push_back(head("ValidatingAdmissionPolicyBinding", policy.name)
                    .set("spec", Json::object({{"policyName", policy.name},
                                               {"validationActions", actions}})));
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
