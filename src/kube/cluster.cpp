#include "kube/cluster.hpp"

namespace ks::kube {

namespace kinds {
namespace {
constexpr const char* kOwnGroup = "k8s-scheduler.dev";
}
const Kind kNamespace{"", "v1", "namespaces", "Namespace", false};
const Kind kSecret{"", "v1", "secrets", "Secret", true};
const Kind kConfigMap{"", "v1", "configmaps", "ConfigMap", true};
const Kind kService{"", "v1", "services", "Service", true};
const Kind kServiceAccount{"", "v1", "serviceaccounts", "ServiceAccount", true};
const Kind kPod{"", "v1", "pods", "Pod", true};
const Kind kEvent{"", "v1", "events", "Event", true};
const Kind kNode{"", "v1", "nodes", "Node", false};
const Kind kPersistentVolumeClaim{"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim",
                                  true};
const Kind kResourceQuota{"", "v1", "resourcequotas", "ResourceQuota", true};
const Kind kLimitRange{"", "v1", "limitranges", "LimitRange", true};
const Kind kDeployment{"apps", "v1", "deployments", "Deployment", true};
const Kind kReplicaSet{"apps", "v1", "replicasets", "ReplicaSet", true};
const Kind kIngress{"networking.k8s.io", "v1", "ingresses", "Ingress", true};
const Kind kIngressClass{"networking.k8s.io", "v1", "ingressclasses", "IngressClass", false};
const Kind kNetworkPolicy{"networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true};
const Kind kPodDisruptionBudget{"policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget",
                                true};
const Kind kHorizontalPodAutoscaler{"autoscaling", "v2", "horizontalpodautoscalers",
                                    "HorizontalPodAutoscaler", true};
const Kind kLease{"coordination.k8s.io", "v1", "leases", "Lease", true};
const Kind kCustomResourceDefinition{"apiextensions.k8s.io", "v1", "customresourcedefinitions",
                                     "CustomResourceDefinition", false};
const Kind kSandbox{kOwnGroup, "v1alpha1", "sandboxes", "Sandbox", false};
const Kind kUserDeployment{kOwnGroup, "v1alpha1", "userdeployments", "UserDeployment", true};
}  // namespace kinds

std::int64_t page_limit(const Kind& kind) {
  const bool tenant_sized = kind == kinds::kUserDeployment || kind == kinds::kDeployment ||
                            kind == kinds::kPod || kind == kinds::kEvent;
  return tenant_sized ? 40 : 500;
}

Ref ref_of(const Kind& kind, const Json& object) {
  return {kind, kind.namespaced ? std::string(object.text("metadata", "namespace")) : std::string(),
          std::string(object.text("metadata", "name"))};
}

}  // namespace ks::kube
