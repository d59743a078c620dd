#include "operator/manifests/crds.hpp"

#include "base/digest.hpp"
#include "domain/deployment/workload.hpp"
#include "domain/resources.hpp"

namespace ks::op {

namespace {

using Members = std::initializer_list<Json::Member>;

Json text(int length_max) { return Json::object({{"type", "string"}, {"maxLength", length_max}}); }
Json text_like(const char* pattern, int length_max) {
  return text(length_max).set("pattern", pattern);
}
Json integer(std::int64_t minimum) {
  return Json::object({{"type", "integer"}, {"format", "int64"}, {"minimum", minimum}});
}
Json flag() { return Json::object({{"type", "boolean"}}); }
Json object(Members properties, std::initializer_list<Json> required = {}) {
  Json out = Json::object({{"type", "object"}, {"properties", Json::object(properties)}});
  if (required.size() > 0) out.set("required", Json::array(required));
  return out;
}
Json list_of(Json items, int items_max) {
  return Json::object({{"type", "array"}, {"maxItems", items_max}, {"items", std::move(items)}});
}
// Items are told apart by `key`, so that two writers merge.
Json keyed_list_of(Json items, int items_max, const char* key) {
  return list_of(std::move(items), items_max)
      .set("x-kubernetes-list-type", "map")
      .set("x-kubernetes-list-map-keys", Json::array({Json(key)}));
}
// Replaced as a whole: of a map that loses its last member, apply leaves a null behind, which a
// schema then refuses.
Json whole(Json schema) { return schema.set("x-kubernetes-map-type", "atomic"); }
Json map_of(Json values) {
  return Json::object({{"type", "object"}, {"additionalProperties", std::move(values)}});
}
Json choice(std::initializer_list<Json> values) {
  return Json::object({{"type", "string"}, {"enum", Json::array(values)}});
}
Json rule(const char* expression, const char* message) {
  return Json::object({{"rule", expression}, {"message", message}});
}
Json with_rules(Json schema, std::initializer_list<Json> rules) {
  return schema.set("x-kubernetes-validations", Json::array(rules));
}

constexpr const char* kLabelPattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
constexpr const char* kUuidPattern =
    "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
constexpr const char* kQuantityPattern = "^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$";

Json label_text(int length_max) { return text_like(kLabelPattern, length_max); }
Json uuid() { return text_like(kUuidPattern, 36); }

// Once given, for ever: a name or owner that changes would move data to somebody else.
Json fixed(Json schema) {
  return with_rules(std::move(schema), {rule("self == oldSelf", "is fixed at creation")});
}

Json conditions() {
  return keyed_list_of(
      object({{"type", text(316)},
              {"status", choice({"True", "False", "Unknown"})},
              {"reason", text(1024)},
              {"message", text(32768)},
              {"observedGeneration", integer(0)},
              {"lastTransitionTime", Json::object({{"type", "string"}, {"format", "date-time"}})}},
             {"type", "status", "reason", "message", "lastTransitionTime"}),
      16, "type");
}

Json isolation() {
  const auto line = [] { return text(IsolationSeen::kTextMax); };
  return object(
      {{"profile", choice({"shared", "namespace", "dedicated"})},
       {"pods", integer(0)},
       {"reachedBy", list_of(line(), IsolationSeen::kLinesMax)},
       {"reaches", list_of(line(), IsolationSeen::kLinesMax)},
       {"findings", list_of(object({{"kind", choice({"foreign_path", "closed_address", "object"})},
                                    {"what", line()},
                                    {"told", line()}},
                                   {"kind", "what", "told"}),
                            IsolationSeen::kFindingsMax)}},
      {"profile", "pods", "reachedBy", "reaches", "findings"});
}

Json sandbox_schema() {
  Json quota = object({{"cpuMilli", integer(0)},
                       {"memoryBytes", integer(0)},
                       {"storageBytes", integer(0)},
                       {"pods", integer(0)},
                       {"services", integer(0)},
                       {"ingresses", integer(0)},
                       {"claims", integer(0)},
                       {"secrets", integer(0)},
                       {"configMaps", integer(0)}});
  Json spec = object(
      {{"namespace", fixed(label_text(63))},
       {"clientId", fixed(uuid())},
       {"orgId", fixed(uuid())},
       {"userId", fixed(uuid())},
       {"claim", fixed(text(128).set("minLength", 16))},
       {"isolation", choice({"shared", "namespace", "dedicated"})},
       {"deletionProtection", flag()},
       {"smtpEgress", flag()},
       {"egress",
        list_of(
            object({{"cidr", text(43)}, {"ports", list_of(integer(1), kEgressPortsMax)}}, {"cidr"}),
            kEgressRulesMax)},
       {"suspended", flag()},
       {"quota", whole(std::move(quota))}},
      {"namespace", "clientId", "orgId", "userId", "claim", "isolation"});
  return object(
      {{"apiVersion", Json::object({{"type", "string"}})},
       {"kind", Json::object({{"type", "string"}})},
       {"metadata", Json::object({{"type", "object"}})},
       {"spec", std::move(spec)},
       {"status", object({{"conditions", conditions()}, {"isolation", whole(isolation())}})}},
      {"spec"});
}

Json service_schema() {
  const auto amounts = [] {
    return object(
        {{"cpu", text_like(kQuantityPattern, 32)}, {"memory", text_like(kQuantityPattern, 32)}},
        {"cpu", "memory"});
  };
  Json volume = object({{"name", label_text(63)},
                        {"path", text_like("^/", 1024)},
                        {"size", text_like(kQuantityPattern, 32)}},
                       {"name", "path", "size"});
  Json out = object(
      {{"name", label_text(63)},
       {"image", text(1024).set("minLength", 1)},
       {"port", integer(1).set("maximum", 65535)},
       {"replicas", integer(0).set("maximum", 1000)},
       {"autoscale", object({{"min", integer(1)}, {"cpuPercent", integer(1).set("maximum", 100)}},
                            {"min", "cpuPercent"})},
       {"args", list_of(Json::object({{"type", "string"}}), 256)},
       {"env", map_of(text(32768))},
       {"secretEnv", map_of(text(253))},
       {"resources",
        object({{"requests", amounts()}, {"limits", amounts()}}, {"requests", "limits"})},
       {"health", object({{"path", text_like("^/", 1024)}}, {"path"})},
       {"volumes", keyed_list_of(std::move(volume), 16, "name")},
       {"writable", list_of(text_like("^/", 1024), 32)},
       {"runAs", object({{"uid", integer(1)}, {"gid", integer(1)}}, {"uid", "gid"})}},
      {"name", "image", "replicas", "resources"});
  return with_rules(std::move(out), {rule("!has(self.volumes) || size(self.volumes) == 0 || "
                                          "self.replicas <= 1",
                                          "a service with a volume has one replica"),
                                     // Of an autoscaled one `replicas` is the most.
                                     rule("!has(self.autoscale) || "
                                          "self.autoscale.min <= self.replicas",
                                          "an autoscaled service has at least its least"),
                                     rule("!has(self.autoscale) || !has(self.volumes) || "
                                          "size(self.volumes) == 0",
                                          "a service with a volume is not autoscaled")});
}

Json termination() {
  return object({{"reason", text(1024)},
                 {"exitCode", Json::object({{"type", "integer"}, {"format", "int64"}})},
                 {"at", text(64)},
                 {"pod", text(253)}});
}

Json user_deployment_schema() {
  Json workload =
      with_rules(object({{"services", keyed_list_of(service_schema(), 32, "name")},
                         {"exposure", choice({"public", "internal"})},
                         {"ingressService", text(63)}},
                        {"services", "exposure"}),
                 {rule("!has(self.ingressService) || self.ingressService == '' || "
                       "self.services.exists(s, s.name == self.ingressService && has(s.port))",
                       "the route must lead to a service with a port")});
  Json spec = with_rules(
      object({{"stem", fixed(label_text(52))},
              {"name", label_text(32)},
              {"deploymentId", fixed(uuid())},
              {"teamId", uuid()},
              {"orgId", fixed(uuid())},
              {"revision", integer(1)},
              {"restarts", integer(0)},
              {"workload", whole(std::move(workload))},
              {"host", text(253)},
              {"secretName", text(253)},
              {"suspended", flag()}},
             {"stem", "name", "deploymentId", "teamId", "orgId", "revision", "workload"}),
      // Of the Secrets in a namespace a deployment reads, and its end removes, only its own.
      {rule("!has(self.secretName) || self.secretName == '' || "
            "self.secretName.startsWith(self.stem + '-')",
            "secretName must begin with the stem")});
  Json service_status =
      object({{"ready", integer(0)},
              {"replicas", integer(0)},
              {"restarts", integer(0)},
              {"lastTermination", termination()},
              {"terminations", list_of(termination(), ServiceStatus::kTerminationsKept)}});
  Json status = object({{"phase", choice({"Pending", "Provisioning", "Ready", "Updating",
                                          "Degraded", "Stopped", "Error", "Deleting"})},
                        {"reason", text(1024)},
                        {"message", text(32768)},
                        {"observedGeneration", integer(0)},
                        {"observedRevision", integer(0)},
                        {"services", whole(map_of(std::move(service_status)))},
                        {"url", text(2048)},
                        {"conditions", conditions()}});
  return with_rules(object({{"apiVersion", Json::object({{"type", "string"}})},
                            {"kind", Json::object({{"type", "string"}})},
                            {"metadata", Json::object({{"type", "object"}})},
                            {"spec", std::move(spec)},
                            {"status", std::move(status)}},
                           {"spec"}),
                    {rule("self.metadata.name == self.spec.stem", "the name must be the stem")});
}

Json column(const char* name, const char* path, const char* type = "string", int priority = 0) {
  Json out = Json::object({{"name", name}, {"type", type}, {"jsonPath", path}});
  if (priority != 0) out.set("priority", priority);
  return out;
}

Json definition(const char* plural, const char* singular, const char* kind, const char* short_name,
                const char* scope, Json schema, Json columns) {
  Json version = Json::object({{"name", kResourceVersion},
                               {"served", true},
                               {"storage", true},
                               {"schema", Json::object({{"openAPIV3Schema", std::move(schema)}})},
                               {"subresources", Json::object({{"status", Json::object()}})},
                               {"additionalPrinterColumns", std::move(columns)}});
  Json out = Json::object(
      {{"apiVersion", "apiextensions.k8s.io/v1"},
       {"kind", "CustomResourceDefinition"},
       {"metadata",
        Json::object({{"name", std::string(plural) + "." + std::string(kResourceGroup)}})},
       {"spec",
        Json::object({{"group", kResourceGroup},
                      {"scope", scope},
                      {"names", Json::object({{"plural", plural},
                                              {"singular", singular},
                                              {"kind", kind},
                                              {"listKind", std::string(kind) + "List"},
                                              {"shortNames", Json::array({Json(short_name)})}})},
                      {"versions", Json::array({std::move(version)})}})}});
  Json names = Json::object();
  names.set(labels::kPartOf, labels::kProduct);
  out["metadata"].set("labels", std::move(names));
  std::string hash = hex(sha256(out.canonical())).substr(0, 32);
  out["metadata"]["annotations"].set(annotations::kWanted, std::move(hash));
  return out;
}

}  // namespace

std::vector<Json> custom_resource_definitions() {
  return {
      definition("sandboxes", "sandbox", "Sandbox", "sbx", "Cluster", sandbox_schema(),
                 Json::array({column("Namespace", ".spec.namespace"),
                              column("Isolation", ".spec.isolation"),
                              column("Ready", ".status.conditions[?(@.type=='Ready')].status"),
                              column("Reason", ".status.conditions[?(@.type=='Ready')].reason"),
                              column("Org", ".spec.orgId", "string", 1),
                              column("User", ".spec.userId", "string", 1),
                              column("Age", ".metadata.creationTimestamp", "date")})),
      definition(
          "userdeployments", "userdeployment", "UserDeployment", "ud", "Namespaced",
          user_deployment_schema(),
          Json::array({column("Name", ".spec.name"), column("Phase", ".status.phase"),
                       column("Reason", ".status.reason"),
                       column("Revision", ".spec.revision", "integer"),
                       column("URL", ".status.url"), column("Team", ".spec.teamId", "string", 1),
                       column("Age", ".metadata.creationTimestamp", "date")})),
  };
}

}  // namespace ks::op
