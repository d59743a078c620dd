#pragma once

#include <memory>
#include <string>

#include "kube/https/transport.hpp"
#include "tests/cluster/real.hpp"

// What the admission policies say to whom, and somebody whom they are about.
namespace ks::test {

inline Json named(const kube::Kind& kind, const std::string& ns, const std::string& name) {
  Json metadata = Json::object({{"name", name}});
  if (!ns.empty()) metadata.set("namespace", ns);
  return Json::object(
      {{"apiVersion", kind.api_version()}, {"kind", kind.name}, {"metadata", std::move(metadata)}});
}

// Empty: it was done.
inline std::string refusal(kube::Cluster& cluster, const kube::Kind& kind, const Json& object,
                           kube::Subresource subresource = kube::Subresource::none) {
  kube::ApplyOptions options;
  options.manager = "k8s-scheduler/test";
  options.subresource = subresource;
  const auto done = cluster.apply(kind, object, options);
  return done ? "" : done.error().message;
}
inline std::string status_refusal(kube::Cluster& cluster, const kube::Kind& kind,
                                  const Json& object) {
  return refusal(cluster, kind, object, kube::Subresource::status);
}
inline std::string creation_refusal(kube::Cluster& cluster, const kube::Kind& kind,
                                    const Json& object) {
  const auto done = cluster.create(kind, object);
  return done ? "" : done.error().message;
}
inline std::string removal_refusal(kube::Cluster& cluster, const kube::Ref& ref) {
  const auto done = cluster.remove(ref, {});
  return done ? "" : done.error().message;
}

inline bool by_policy(const std::string& refused) {
  return refused.find("ValidatingAdmissionPolicy 'k8s-scheduler-") != std::string::npos;
}

// A namespace of somebody else, made by the administrator.
inline std::string foreign(Real& rig) {
  const std::string ns = rig.fresh("foreign");
  rig.apply(kinds::kNamespace, named(kinds::kNamespace, {}, ns), "kubectl");
  return ns;
}

// As a sandbox's pod security wants it; no scheduler of this cluster takes it.
inline Json harmless_pod() {
  const auto container = parse_json(R"({"name": "c", "image": "docker.io/acme/app:1",
    "resources": {"limits": {"cpu": "10m", "memory": "16Mi"}},
    "securityContext": {"allowPrivilegeEscalation": false, "runAsNonRoot": true,
      "seccompProfile": {"type": "RuntimeDefault"}, "capabilities": {"drop": ["ALL"]}}})");
  return Json::object(
      {{"schedulerName", "nobody"}, {"containers", Json::array({container.value()})}});
}

inline Json labelled(Json object, const std::string& key, const char* app = "guest") {
  Json names = Json::object({{"app", app}});
  if (!key.empty()) names.set(key, "true");
  object["metadata"].set("labels", std::move(names));
  return object;
}

inline const kube::Kind kBinding{"", "v1", "bindings", "Binding", true};
inline const kube::Kind kCronJob{"batch", "v1", "cronjobs", "CronJob", true};
inline const kube::Kind kDaemonSet{"apps", "v1", "daemonsets", "DaemonSet", true};
inline const kube::Kind kStatefulSet{"apps", "v1", "statefulsets", "StatefulSet", true};
inline const kube::Kind kEndpoints{"", "v1", "endpoints", "Endpoints", true};
inline const kube::Kind kSlice{"discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true};
inline const kube::Kind kRevision{"apps", "v1", "controllerrevisions", "ControllerRevision", true};

// A controller's object with `pod` as its template, which has the labels `app` and `key`.
inline Json making(const kube::Kind& kind, const std::string& ns, const std::string& name,
                   const Json& pod, const std::string& key = {}) {
  Json spec =
      Json::object({{"selector", Json::object({{"matchLabels", Json::object({{"app", "made"}})}})},
                    {"template", labelled(Json::object({{"spec", pod}}), key, "made")}});
  if (kind != kDaemonSet) spec.set("replicas", 0);
  if (kind == kStatefulSet) spec.set("serviceName", "none");
  return named(kind, ns, name).set("spec", std::move(spec));
}
inline Json planning(const std::string& ns, const std::string& name, Json pod,
                     const std::string& key = {}) {
  pod.set("restartPolicy", "Never");
  const Json job = labelled(Json::object({{"spec", std::move(pod)}}), key);
  return named(kCronJob, ns, name)
      .set("spec", Json::object({{"schedule", "0 0 1 1 *"},
                                 {"jobTemplate",
                                  Json::object({{"spec", Json::object({{"template", job}})}})}}));
}

// Somebody who has been let into a sandbox with every right there.
class Guest {
 public:
  // `home`: the namespace of its account; one of its own where none is given. `account`: made where
  // it is not there.
  Guest(Real& rig, const std::string& ns, std::string home = {}, std::string account = {}) {
    if (home.empty()) home = foreign(rig);
    if (account.empty()) account = rig.fresh("guest");
    rig.apply(kinds::kServiceAccount, named(kinds::kServiceAccount, home, account), "kubectl");
    const Json any = Json::array({Json("*")});
    rig.apply(kRole,
              named(kRole, ns, account)
                  .set("rules", Json::array({Json::object(
                                    {{"apiGroups", any}, {"resources", any}, {"verbs", any}})})),
              "kubectl");
    rig.apply(kRoleBinding,
              named(kRoleBinding, ns, account)
                  .set("roleRef", Json::object({{"apiGroup", "rbac.authorization.k8s.io"},
                                                {"kind", "Role"},
                                                {"name", account}}))
                  .set("subjects",
                       Json::array({Json::object(
                           {{"kind", "ServiceAccount"}, {"name", account}, {"namespace", home}})})),
              "kubectl");
    const kube::https::KubeConfig config = rig.as(home, account);
    cluster_ = Real::connect(config);
    token_ = config.token;
    kube::https::Endpoint endpoint;
    endpoint.server = config.server;
    endpoint.ca = config.ca;
    transport_ = std::make_unique<kube::https::Transport>(endpoint, nullptr);
  }

  kube::Cluster& operator*() const { return *cluster_; }
  kube::Cluster* operator->() const { return cluster_.get(); }

  // Of a merge into what the six verbs do not reach; empty: it was done.
  std::string patch_refusal(const std::string& target, const Json& change) const {
    return refusal_of("PATCH", target, "application/merge-patch+json", change);
  }
  std::string put_refusal(const std::string& target, const Json& object) const {
    return refusal_of("PUT", target, "application/json", object);
  }

 private:
  std::string refusal_of(const char* method, const std::string& target, const char* type,
                         const Json& change) const {
    kube::https::Request request;
    request.method = method;
    request.target = target;
    request.content_type = type;
    request.bearer = token_;
    request.body = change.dump();
    const auto response = transport_->call(std::move(request));
    return response.status == 200 ? "" : response.body;
  }

  std::unique_ptr<kube::Cluster> cluster_;
  std::string token_;
  std::unique_ptr<kube::https::Transport> transport_;
};

}  // namespace ks::test
