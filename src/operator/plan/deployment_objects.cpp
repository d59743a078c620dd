#include "domain/deployment/quantity.hpp"
#include "operator/plan/builder.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

// Any group does where the image's user is not known: it owns the volumes and is added to the
// process's groups.
constexpr std::int64_t kVolumeGroup = 65532;

// What a pod may write to its node's disk: into each scratch path, and into its own layer and log.
// Above it Kubernetes evicts the pod; without it one tenant fills the node for all.
constexpr std::int64_t kScratchBytes = std::int64_t{512} << 20;
constexpr std::int64_t kLayerBytes = std::int64_t{1} << 30;
// Little of it is reserved: most pods write next to nothing.
constexpr std::int64_t kDiskBytesRequest = std::int64_t{64} << 20;

Json selector_of(const std::map<std::string, std::string>& wanted) {
  return Json::object({{"matchLabels", Builder::texts(wanted)}});
}

Json amounts(std::int64_t cpu_milli, std::int64_t memory_bytes, std::int64_t disk_bytes) {
  return Json::object({{"cpu", format_cpu_milli(cpu_milli)},
                       {"memory", format_bytes(memory_bytes)},
                       {"ephemeral-storage", format_bytes(disk_bytes)}});
}

std::int64_t disk_bytes_limit(const Service& service) {
  return kLayerBytes + kScratchBytes * static_cast<std::int64_t>(service.writable.size());
}

// Kubernetes replaces $(NAME) in values and arguments, and $$ by $ (k8s.io/kubernetes,
// third_party/forked/golang/expansion). A doubled $ arrives as the one that was written.
std::string literal(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == '$' ? 2 : 1, c);
  return out;
}

Json environment(const Service& service, const std::string& secret_name) {
  Json out = Json::array();
  for (const auto& [key, value] : service.env) {
    if (service.secret_env.contains(key)) continue;
    Json one = Json::object({{"name", key}});
    if (!value.empty()) one.set("value", literal(value));
    out.push(std::move(one));
  }
  for (const auto& [key, entry] : service.secret_env)
    out.push(Json::object(
        {{"name", key},
         {"valueFrom", Json::object({{"secretKeyRef",
                                      Json::object({{"name", secret_name}, {"key", entry}})}})}}));
  return out;
}

// Readiness decides on traffic; liveness only takes over once the start-up probe went through, so a
// slow start is never killed for being slow. 60 times 5 s are the five minutes after which a
// roll-out counts as failed.
void add_probes(Json& container, const Service& service) {
  if (!service.port) return;
  const auto probe = [&](int period_s, int failures) {
    Json out = Json::object();
    if (service.health_path.empty())
      out.set("tcpSocket", Json::object({{"port", *service.port}}));
    else
      out.set("httpGet",
              Json::object(
                  {{"path", service.health_path}, {"port", *service.port}, {"scheme", "HTTP"}}));
    out.set("periodSeconds", period_s).set("timeoutSeconds", 5).set("failureThreshold", failures);
    return out;
  };
  container.set("startupProbe", probe(5, 60))
      .set("readinessProbe", probe(5, 3))
      .set("livenessProbe", probe(20, 6));
}

// `writable-0`, ...: a path is no name of a volume.
std::string writable_name(std::size_t i) { return "writable-" + std::to_string(i); }

Json container_of(const Service& service, const PodPlan& pods) {
  Json out = Json::object(
      {{"name", service.name}, {"image", service.image}, {"imagePullPolicy", "Always"}});
  for (const std::string& arg : service.args) out["args"].push(literal(arg));
  if (Json env = environment(service, pods.secret_name); !env.as_array().empty())
    out.set("env", std::move(env));
  if (service.port)
    out.set("ports",
            Json::array({Json::object(
                {{"name", "main"}, {"containerPort", *service.port}, {"protocol", "TCP"}})}));
  const Resources& r = service.resources;
  out.set("resources",
          Json::object({{"requests",
                         amounts(r.cpu_milli_request, r.memory_bytes_request, kDiskBytesRequest)},
                        {"limits", amounts(r.cpu_milli_limit, r.memory_bytes_limit,
                                           disk_bytes_limit(service))}}));
  add_probes(out, service);
  Json security =
      Json::object({{"allowPrivilegeEscalation", false},
                    {"capabilities", Json::object({{"drop", Json::array({Json("ALL")})}})}});
  if (!service.writable.empty()) security.set("readOnlyRootFilesystem", true);
  out.set("securityContext", std::move(security));
  for (const Volume& v : service.volumes)
    out["volumeMounts"].push(Json::object({{"name", v.name}, {"mountPath", v.path}}));
  for (std::size_t i = 0; i < service.writable.size(); ++i)
    out["volumeMounts"].push(
        Json::object({{"name", writable_name(i)}, {"mountPath", service.writable[i]}}));
  return out;
}

Json pod_spec(const Service& service, const PodPlan& pods) {
  Json security = Json::object(
      {{"runAsNonRoot", true},
       {"seccompProfile", Json::object({{"type", "RuntimeDefault"}})},
       {"fsGroup", service.run_as ? service.run_as->gid : kVolumeGroup},
       {"fsGroupChangePolicy", "OnRootMismatch"},
       // Images made for root listen below 1024; this lets them do so as anybody.
       {"sysctls", Json::array({Json::object(
                       {{"name", "net.ipv4.ip_unprivileged_port_start"}, {"value", "0"}})})}});
  if (service.run_as)
    security.set("runAsUser", service.run_as->uid).set("runAsGroup", service.run_as->gid);
  Json out = Json::object({{"serviceAccountName", pods.service_account},
                           {"automountServiceAccountToken", false},
                           {"enableServiceLinks", false},
                           {"securityContext", std::move(security)},
                           {"containers", Json::array({container_of(service, pods)})}});
  if (pods.user_namespaces) out.set("hostUsers", false);
  if (pods.nodes) {
    out["nodeSelector"].set(pods.nodes->key, pods.nodes->value);
    // Whatever the taint does: keeps pods off, or drives away those that run.
    out["tolerations"].push(Json::object(
        {{"key", pods.nodes->key}, {"operator", "Equal"}, {"value", pods.nodes->value}}));
  }
  if (!pods.runtime_class.empty()) out.set("runtimeClassName", pods.runtime_class);
  for (const Volume& v : service.volumes)
    out["volumes"].push(Json::object(
        {{"name", v.name},
         {"persistentVolumeClaim", Json::object({{"claimName", pods.claims.at(v.name)}})}}));
  for (std::size_t i = 0; i < service.writable.size(); ++i)
    out["volumes"].push(
        Json::object({{"name", writable_name(i)},
                      {"emptyDir", Json::object({{"sizeLimit", format_bytes(kScratchBytes)}})}}));
  return out;
}

}  // namespace

Object deployment(const Place& place, const Service& service, const PodPlan& pods) {
  // A claim that one node holds cannot serve the old and the new pod at once.
  Json strategy = service.volumes.empty()
                      ? Json::object({{"type", "RollingUpdate"},
                                      {"rollingUpdate",
                                       Json::object({{"maxUnavailable", 0}, {"maxSurge", 1}})}})
                      : Json::object({{"type", "Recreate"}});
  Json notes = Json::object();
  notes.set(annotations::kRestarts, std::to_string(pods.restarts));
  Json pod_metadata = Json::object({{"labels", Builder::texts(pods.pod_labels)}});
  pod_metadata.set("annotations", std::move(notes));
  Json metadata = Builder::metadata(place);
  Json spec = Json::object();
  if (service.autoscale)
    metadata["annotations"].set(annotations::kAutoscaled, "true");
  else
    spec.set("replicas", service.replicas);
  Json pod =
      Json::object({{"metadata", std::move(pod_metadata)}, {"spec", pod_spec(service, pods)}});
  if (pods.hash_rest) {
    Json rest = pod;
    std::erase_if(rest["spec"].members(), [](const auto& m) { return m.first == "hostUsers"; });
    metadata["annotations"].set(kPodsAnnotation, Builder::hash(rest));
  }
  spec.set("revisionHistoryLimit", 3)
      .set("progressDeadlineSeconds", 300)
      .set("selector", selector_of(pods.selector))
      .set("strategy", std::move(strategy))
      .set("template", std::move(pod));
  return Builder::make(kinds::kDeployment, std::move(metadata),
                       Json::object({{"spec", std::move(spec)}}));
}

Object autoscaler(const Place& place, const Service& service) {
  KS_ASSERT(service.autoscale.has_value());
  Json target = Json::object({{"apiVersion", kinds::kDeployment.api_version()},
                              {"kind", kinds::kDeployment.name},
                              {"name", place.name}});
  Json cpu = Json::object(
      {{"name", "cpu"},
       {"target", Json::object({{"type", "Utilization"},
                                {"averageUtilization", service.autoscale->cpu_percent}})}});
  return Builder::make(
      kinds::kHorizontalPodAutoscaler, Builder::metadata(place),
      Json::object({{"spec", Json::object({{"scaleTargetRef", std::move(target)},
                                           {"minReplicas", service.autoscale->min},
                                           {"maxReplicas", service.replicas},
                                           {"metrics", Json::array({Json::object(
                                                           {{"type", "Resource"},
                                                            {"resource", std::move(cpu)}})})}})}}));
}

Object pod_count(const Place& place, std::int64_t replicas) {
  Json metadata = Json::object({{"name", place.name}, {"namespace", place.ns}});
  return Builder::plain(kinds::kDeployment, std::move(metadata),
                        Json::object({{"spec", Json::object({{"replicas", replicas}})}}));
}

Object cluster_ip_service(const Place& place, const std::map<std::string, std::string>& selector,
                          int port) {
  return Builder::make(
      kinds::kService, Builder::metadata(place),
      Json::object(
          {{"spec",
            Json::object({{"type", "ClusterIP"},
                          {"selector", Builder::texts(selector)},
                          {"ports", Json::array({Json::object({{"name", "main"},
                                                               {"port", port},
                                                               {"targetPort", port},
                                                               {"protocol", "TCP"}})})}})}}));
}

Object ingress(const Place& place, const std::string& host, const std::string& class_name,
               const std::string& service_name, int port) {
  Json path = Json::object(
      {{"path", "/"},
       {"pathType", "Prefix"},
       {"backend",
        Json::object({{"service", Json::object({{"name", service_name},
                                                {"port", Json::object({{"number", port}})}})}})}});
  Json rule = Json::object(
      {{"host", host}, {"http", Json::object({{"paths", Json::array({std::move(path)})}})}});
  Json spec = Json::object({{"rules", Json::array({std::move(rule)})}});
  if (!class_name.empty()) spec.set("ingressClassName", class_name);
  return Builder::make(kinds::kIngress, Builder::metadata(place),
                       Json::object({{"spec", std::move(spec)}}));
}

Object volume_claim(const Place& place, std::int64_t size_bytes, const std::string& class_name) {
  Json spec = Json::object(
      {{"accessModes", Json::array({Json("ReadWriteOnce")})},
       {"resources",
        Json::object({{"requests", Json::object({{"storage", format_bytes(size_bytes)}})}})}});
  if (!class_name.empty()) spec.set("storageClassName", class_name);
  return Builder::make(kinds::kPersistentVolumeClaim, Builder::metadata(place),
                       Json::object({{"spec", std::move(spec)}}));
}

Object disruption_budget(const Place& place, const std::map<std::string, std::string>& selector) {
  return Builder::make(
      kinds::kPodDisruptionBudget, Builder::metadata(place),
      Json::object(
          {{"spec", Json::object({{"maxUnavailable", 1}, {"selector", selector_of(selector)}})}}));
}

}  // namespace ks::op
