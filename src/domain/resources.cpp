#include "domain/resources.hpp"

#include <algorithm>

namespace ks {

const Condition* SandboxStatus::find(std::string_view type) const {
  const auto at = std::ranges::find(conditions, type, &Condition::type);
  return at == conditions.end() ? nullptr : &*at;
}

namespace {

struct QuotaField {
  std::string_view name;
  std::optional<std::int64_t> SandboxQuota::* member;
};
constexpr QuotaField kQuotaFields[] = {
    {"cpuMilli", &SandboxQuota::cpu_milli},
    {"memoryBytes", &SandboxQuota::memory_bytes},
    {"storageBytes", &SandboxQuota::storage_bytes},
    {"pods", &SandboxQuota::pods},
    {"services", &SandboxQuota::services},
    {"ingresses", &SandboxQuota::ingresses},
    {"claims", &SandboxQuota::claims},
    {"secrets", &SandboxQuota::secrets},
    {"configMaps", &SandboxQuota::config_maps},
};

}  // namespace

bool SandboxQuota::covers(const SandboxQuota& need) const {
  return std::ranges::all_of(kQuotaFields, [&](const QuotaField& field) {
    const auto& limit = this->*field.member;
    return !limit || *limit >= (need.*field.member).value_or(0);
  });
}

namespace {

Json texts(const std::map<std::string, std::string>& map) {
  Json out = Json::object();
  for (const auto& [key, value] : map) out.set(key, value);
  return out;
}

std::map<std::string, std::string> texts(const Json& json) {
  std::map<std::string, std::string> out;
  if (!json.is_object()) return out;
  for (const auto& [key, value] : json.members())
    if (value.is_string()) out.emplace(key, value.as_string());
  return out;
}

Json object_of(const ResourceMeta& meta, std::string_view kind) {
  Json metadata = Json::object({{"name", meta.name}});
  if (!meta.ns.empty()) metadata.set("namespace", meta.ns);
  if (!meta.labels.empty()) metadata.set("labels", texts(meta.labels));
  if (!meta.annotations.empty()) metadata.set("annotations", texts(meta.annotations));
  return Json::object(
      {{"apiVersion", kResourceApiVersion}, {"kind", kind}, {"metadata", std::move(metadata)}});
}

ResourceMeta meta_from(const Json& object) {
  const Json& m = object.at("metadata");
  ResourceMeta out;
  out.name = m.text("name");
  out.ns = m.text("namespace");
  out.labels = texts(m.at("labels"));
  out.annotations = texts(m.at("annotations"));
  out.uid = m.text("uid");
  out.resource_version = m.text("resourceVersion");
  out.generation = m.integer_or(0, "generation");
  out.deleting = !m.text("deletionTimestamp").empty();
  if (const Json& list = m.at("finalizers"); list.is_array())
    out.has_finalizer = std::ranges::any_of(list.as_array(), [](const Json& f) {
      return f.is_string() && f.as_string() == kFinalizer;
    });
  return out;
}

Json to_json(const std::vector<Condition>& conditions) {
  Json out = Json::array();
  for (const Condition& c : conditions)
    out.push(Json::object({{"type", c.type},
                           {"status", c.status},
                           {"reason", c.reason},
                           {"message", c.message},
                           {"observedGeneration", c.observed_generation},
                           {"lastTransitionTime", c.last_transition_time}}));
  return out;
}

std::vector<Condition> conditions_from(const Json& json) {
  std::vector<Condition> out;
  if (!json.is_array()) return out;
  for (const Json& c : json.as_array())
    out.push_back({std::string(c.text("type")), std::string(c.text("status")),
                   std::string(c.text("reason")), std::string(c.text("message")),
                   c.integer_or(0, "observedGeneration"),
                   std::string(c.text("lastTransitionTime"))});
  return out;
}

Json to_json(const SandboxSpec& spec) {
  Json quota = Json::object();
  for (const QuotaField& f : kQuotaFields)
    if (const auto& value = spec.quota.*f.member) quota.set(f.name, *value);
  Json out = Json::object({{"namespace", spec.ns},
                           {"clientId", spec.client_id},
                           {"orgId", spec.org_id},
                           {"userId", spec.user_id},
                           {"claim", spec.claim},
                           {"isolation", name(spec.isolation)}});
  // An empty one is left out: where an apply takes away the last member of an object, the API
  // server makes it null, which the schema refuses.
  if (!quota.members().empty()) out.set("quota", std::move(quota));
  if (spec.deletion_protection) out.set("deletionProtection", true);
  if (spec.smtp_egress) out.set("smtpEgress", true);
  if (spec.egress) out.set("egress", to_json(*spec.egress));
  if (spec.suspended) out.set("suspended", true);
  return out;
}

bool flag(const Json& json, std::string_view name) {
  const Json& value = json.at(name);
  return value.is_bool() && value.as_bool();
}

}  // namespace

Json to_json(const SandboxResource& sandbox) {
  return object_of(sandbox.meta, "Sandbox").set("spec", to_json(sandbox.spec));
}

Json to_json(const SandboxStatus& status) {
  Json out = Json::object({{"conditions", to_json(status.conditions)}});
  if (status.isolation) out.set("isolation", to_json(*status.isolation));
  return out;
}

Result<SandboxResource> sandbox_from_json(const Json& object) {
  SandboxResource out;
  out.meta = meta_from(object);
  const Json& spec = object.at("spec");
  out.spec.ns = spec.text("namespace");
  out.spec.client_id = spec.text("clientId");
  out.spec.org_id = spec.text("orgId");
  out.spec.user_id = spec.text("userId");
  out.spec.claim = spec.text("claim");
  for (const std::string* required : {&out.meta.name, &out.spec.ns, &out.spec.client_id,
                                      &out.spec.org_id, &out.spec.user_id, &out.spec.claim})
    if (required->empty()) return bug("sandbox: a required field is empty");
  const auto profile = isolation(spec.text("isolation"));
  if (!profile) return bug("sandbox: unknown isolation");
  out.spec.isolation = *profile;
  out.spec.deletion_protection = flag(spec, "deletionProtection");
  out.spec.smtp_egress = flag(spec, "smtpEgress");
  // A list that cannot be read opens nothing.
  if (const Json* egress = spec.find("egress"))
    out.spec.egress = egress_from_json(*egress).value_or(EgressList());
  out.spec.suspended = flag(spec, "suspended");
  for (const QuotaField& f : kQuotaFields)
    if (const Json& value = spec.at("quota", f.name); value.is_int())
      out.spec.quota.*f.member = value.as_int();
  out.status.conditions = conditions_from(object.at("status", "conditions"));
  // What cannot be read is looked at again, and written anew.
  if (const Json& isolation = object.at("status", "isolation"); isolation.is_object())
    if (auto seen = isolation_seen_from_json(isolation)) out.status.isolation = std::move(*seen);
  return out;
}

Json to_json(const UserDeploymentResource& deployment) {
  const UserDeploymentSpec& s = deployment.spec;
  Json spec = Json::object({{"stem", s.stem},
                            {"name", s.name},
                            {"deploymentId", s.deployment_id},
                            {"teamId", s.team_id},
                            {"orgId", s.org_id},
                            {"revision", s.revision},
                            {"restarts", s.restarts},
                            {"workload", to_json(s.workload)}});
  if (!s.host.empty()) spec.set("host", s.host);
  if (!s.secret_name.empty()) spec.set("secretName", s.secret_name);
  if (s.suspended) spec.set("suspended", true);
  return object_of(deployment.meta, "UserDeployment").set("spec", std::move(spec));
}

Json to_json(const UserDeploymentStatus& status) {
  Json services = Json::object();
  for (const auto& [service, s] : status.services) {
    Json one =
        Json::object({{"ready", s.ready}, {"replicas", s.replicas}, {"restarts", s.restarts}});
    if (s.last_termination)
      one.set("lastTermination", Json::object({{"reason", s.last_termination->reason},
                                               {"exitCode", s.last_termination->exit_code}}));
    for (const Termination& t : s.terminations)
      one["terminations"].push(Json::object(
          {{"reason", t.reason}, {"exitCode", t.exit_code}, {"at", t.at}, {"pod", t.pod}}));
    services.set(service, std::move(one));
  }
  Json out = Json::object({{"phase", name(status.phase)},
                           {"reason", status.reason},
                           {"message", status.message},
                           {"observedGeneration", status.observed_generation},
                           {"observedRevision", status.observed_revision},
                           {"services", std::move(services)},
                           {"conditions", to_json(status.conditions)}});
  if (!status.url.empty()) out.set("url", status.url);
  return out;
}

namespace {
Termination termination_from(const Json& json) {
  return {std::string(json.text("reason")), json.integer_or(0, "exitCode"),
          std::string(json.text("at")), std::string(json.text("pod"))};
}
}  // namespace

Result<UserDeploymentResource> user_deployment_from_json(const Json& object) {
  UserDeploymentResource out;
  out.meta = meta_from(object);
  const Json& spec = object.at("spec");
  out.spec.stem = spec.text("stem");
  out.spec.name = spec.text("name");
  out.spec.deployment_id = spec.text("deploymentId");
  out.spec.team_id = spec.text("teamId");
  out.spec.org_id = spec.text("orgId");
  for (const std::string* required :
       {&out.meta.name, &out.meta.ns, &out.spec.stem, &out.spec.team_id, &out.spec.org_id})
    if (required->empty()) return bug("user deployment: a required field is empty");
  out.spec.revision = spec.integer_or(1, "revision");
  out.spec.restarts = spec.integer_or(0, "restarts");
  KS_TRY(out.spec.workload, workload_from_json(spec.at("workload")));
  out.spec.host = spec.text("host");
  out.spec.secret_name = spec.text("secretName");
  out.spec.suspended = flag(spec, "suspended");

  const Json& status = object.at("status");
  out.status.phase = phase(status.text("phase")).value_or(Phase::pending);
  out.status.reason = status.text("reason");
  out.status.message = status.text("message");
  out.status.observed_generation = status.integer_or(0, "observedGeneration");
  out.status.observed_revision = status.integer_or(0, "observedRevision");
  out.status.url = status.text("url");
  out.status.conditions = conditions_from(status.at("conditions"));
  if (const Json& services = status.at("services"); services.is_object()) {
    for (const auto& [service, s] : services.members()) {
      ServiceStatus one{s.integer_or(0, "ready"),
                        s.integer_or(0, "replicas"),
                        s.integer_or(0, "restarts"),
                        std::nullopt,
                        {}};
      if (const Json* last = s.find("lastTermination"))
        one.last_termination = termination_from(*last);
      if (const Json& ends = s.at("terminations"); ends.is_array())
        for (const Json& end : ends.as_array()) one.terminations.push_back(termination_from(end));
      out.status.services.emplace(service, std::move(one));
    }
  }
  return out;
}

}  // namespace ks
