// What a tenant with an account of their own in the cluster cannot talk it into.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/node/world.hpp"

using namespace ks;
using namespace ks::test;

namespace {

struct Trick {
  std::string name;
  std::string object;   // YAML, without its namespace.
  std::string refusal;  // Of the API server, in part.
};

// A pod as the sandbox wants it, but for what is added to its specification or its container.
std::string pod(const std::string& more_spec = {}, const std::string& more_container = {},
                const std::string& labels = {}) {
  return fmt::format(
      "apiVersion: v1\nkind: Pod\nmetadata: {{name: trick, labels: {{app: trick{}}}}}\n"
      "spec: {{terminationGracePeriodSeconds: 0{}, containers: [{{name: c, image: {}, resources: "
      "{{limits: {{cpu: 100m, memory: 32Mi}}}}{}}}]}}\n",
      labels, more_spec, kAppImage, more_container);
}

std::string security(const std::string& more) {
  return ", securityContext: {allowPrivilegeEscalation: false, runAsNonRoot: true, seccompProfile: "
         "{type: RuntimeDefault}, capabilities: {drop: [ALL]" +
         (more.starts_with("add:") ? ", " + more + "}}" : "}" + more + "}");
}

std::string service(const std::string& spec, const std::string& labels = {}) {
  return fmt::format(
      "apiVersion: v1\nkind: Service\nmetadata: {{name: trick, labels: {{app: trick{}}}}}\nspec: "
      "{{{}}}\n",
      labels, spec);
}

const std::string kPodSecurity = "violates PodSecurity \"restricted";
const std::string kServices = "ValidatingAdmissionPolicy 'k8s-scheduler-services'";
const std::string kLabels = "ValidatingAdmissionPolicy 'k8s-scheduler-labels'";

std::vector<Trick> tricks(const std::string& own_label, const std::string& foreign_account) {
  const std::string fine = security("");
  const std::string ports = "ports: [{port: 80}]";
  return {
      {"privileged", pod("", ", securityContext: {privileged: true}"), kPodSecurity},
      {"root", pod("", security(", runAsUser: 0")), kPodSecurity},
      {"the node's files", pod(", volumes: [{name: v, hostPath: {path: /}}]", fine), kPodSecurity},
      {"the node's network", pod(", hostNetwork: true", fine), kPodSecurity},
      {"the node's processes", pod(", hostPID: true", fine), kPodSecurity},
      {"the node's memory", pod(", hostIPC: true", fine), kPodSecurity},
      {"a port of the node", pod("", fine + ", ports: [{containerPort: 80, hostPort: 80}]"),
       kPodSecurity},
      {"a capability", pod("", security("add: [NET_ADMIN]")), kPodSecurity},
      {"no filter of system calls",
       pod(", securityContext: {runAsNonRoot: true, seccompProfile: {type: Unconfined}}",
           ", securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}"),
       kPodSecurity},
      {"settings of the kernel",
       pod(", securityContext: {sysctls: [{name: kernel.msgmax, value: \"1\"}]}", fine),
       kPodSecurity},
      {"somebody else's account", pod(", serviceAccountName: " + foreign_account, fine),
       "serviceaccount \"" + foreign_account + "\" not found"},
      {"a label of the platform", pod("", fine, ", " + own_label), kLabels},
      {"the label of what is exposed", pod("", fine, ", \"k8s-scheduler.dev/exposed\": \"true\""),
       kLabels},
      {"a service with a label of the platform", service(ports, ", " + own_label), kLabels},
      {"a port of each node", service("type: NodePort, " + ports), kServices},
      {"an address of the cloud", service("type: LoadBalancer, " + ports), kServices},
      {"another name for a name",
       service("type: ExternalName, externalName: kubernetes.default.svc"), kServices},
      {"addresses of others", service(ports + ", externalIPs: [10.96.0.1]"), kServices},
  };
}

// An account outside of the sandbox that may write its pods and services, and nothing else.
std::string tenant_account(Node& node, const std::string& ns) {
  node.apply(fmt::format(R"(apiVersion: v1
kind: Namespace
metadata: {{name: people}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: tenant, namespace: people}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: tenant, namespace: {0}}}
rules: [{{apiGroups: [""], resources: [pods, services], verbs: [get, list, create, update, patch, delete]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: tenant, namespace: {0}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: tenant}}
subjects: [{{kind: ServiceAccount, name: tenant, namespace: people}}]
)",
                         ns));
  return node.kubeconfig_of("people", "tenant");
}

Json deployed(const Person& person, const std::string& name) {
  REQUIRE(person.post(person.deployments(), app(name)).status == 201);
  Json last;
  const bool ready = eventually(minutes(2), [&] {
    last = person.get(person.deployments(name)).json();
    return last.text("phase") == "Ready";
  });
  REQUIRE_MESSAGE(ready, last.dump());
  return last;
}

}  // namespace

TEST_CASE("an account that writes pods and services in a sandbox gets out of it by none of them") {
  if (!Node::available()) return;
  NodeWorld& world = NodeWorld::shared();
  Node& node = world.node();
  const Person gil = world.sign_up("gil", "business"), hal = world.sign_up("hal", "business");
  const Json own = deployed(gil, "web"), foreign = deployed(hal, "web");
  const std::string ns(own.text("namespace")), stem(own.text("internal_host"));
  const std::string account = tenant_account(node, ns);
  const auto as_tenant = [&](const std::string& object, const std::string& where) {
    return node.try_apply(object, {"-n", where, "--kubeconfig", account});
  };
  const std::string own_label = fmt::format("\"k8s-scheduler.dev/deployment\": \"{}\"", stem);
  for (const Trick& trick : tricks(own_label, std::string(foreign.text("internal_host")))) {
    CAPTURE(trick.name);
    const auto refused = as_tenant(trick.object, ns);
    CHECK(refused.status != 0);
    CHECK_MESSAGE(refused.err.find(trick.refusal) != std::string::npos, refused.err);
  }
  // What is ours in the sandbox stays as it is.
  for (const std::string patch : {R"({"spec":{"selector":{"app":"trick"}}})",
                                  R"({"metadata":{"labels":{"k8s-scheduler.dev/team":"t"}}})",
                                  R"({"spec":{"type":"NodePort"}})"}) {
    CAPTURE(patch);
    const auto refused = node.try_kubectl(
        {"patch", "service", stem, "-n", ns, "--kubeconfig", account, "-p", patch});
    CHECK(refused.status != 0);
    CHECK_MESSAGE(
        refused.err.find("ValidatingAdmissionPolicy 'k8s-scheduler-") != std::string::npos,
        refused.err);
  }
  // The same account may do what nothing is wrong with, and only here.
  const auto fine = as_tenant(pod("", security("")), ns);
  CHECK_MESSAGE(fine.status == 0, fine.err);
  // The quota has room for the services of the deployments, and stands behind all else.
  const auto plain = as_tenant(service("ports: [{port: 80}]"), ns);
  CHECK_MESSAGE(plain.err.find("exceeded quota: quota, requested: services=1") != std::string::npos,
                plain.err);
  const auto noted = node.try_kubectl(
      {"annotate", "service", stem, "-n", ns, "--kubeconfig", account, "note=mine"});
  CHECK_MESSAGE(noted.status == 0, noted.err);
  const auto labelled = node.try_kubectl({"label", "pod", "trick", "-n", ns, "--kubeconfig",
                                          account, "k8s-scheduler.dev/exposed=true"});
  CHECK_MESSAGE(labelled.err.find(kLabels) != std::string::npos, labelled.err);
  node.kubectl({"delete", "pod", "trick", "-n", ns});
  for (const std::string& where : {std::string(foreign.text("namespace")), std::string("default"),
                                   std::string("kube-system")}) {
    CAPTURE(where);
    CHECK(as_tenant(pod("", security("")), where).err.find("is forbidden") != std::string::npos);
  }
  CHECK(world.isolation_report().status == 0);
}
