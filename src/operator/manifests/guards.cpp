#include "operator/manifests/guards.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "domain/resources.hpp"
#include "operator/manifests/policy.hpp"

namespace ks::op {

namespace {

using Rules = std::vector<Json>;
using Conditions = std::vector<std::pair<std::string, std::string>>;

Json rule(const char* group, std::initializer_list<const char*> resources,
          std::initializer_list<const char*> operations) {
  return admission_rule(group, resources, "Namespaced", operations);
}
Json written(const char* group, std::initializer_list<const char*> resources) {
  return rule(group, resources, {"CREATE", "UPDATE"});
}

// A label of ours, by which traffic is let through and by which controllers know their own.
// `metadata`: "object.metadata", with `.?` before what may be absent.
std::string labelled(const std::string& metadata) {
  return fmt::format("{}.?labels.orValue({{}}).exists(k, k.startsWith('{}/'))", metadata,
                     kResourceGroup);
}

// Whether an object has one, or the pods that are made of it get one; `path` leads to their
// template.
std::string ours(const std::string& object, const std::string& path) {
  return fmt::format("({} || {})", labelled(object + ".metadata"),
                     labelled(object + ".?spec" + path + ".?metadata"));
}

// Nothing by which a controller knows it, or goes by, has changed.
constexpr const char* kKept =
    "object.metadata.?labels == oldObject.metadata.?labels && "
    "object.metadata.?ownerReferences == oldObject.metadata.?ownerReferences && "
    "object.spec == oldObject.spec";

// What has labels of ours is neither made nor changed. `is_ours`: of "object" or "oldObject".
template <class IsOurs>
std::string kept_ours(IsOurs is_ours) {
  return fmt::format("(request.operation == 'CREATE' ? !{0} : ((!{0} && !{1}) || ({2})))",
                     is_ours("object"), is_ours("oldObject"), kKept);
}

// `spec` leads to a pod's. The taints are those that Kubernetes gives nodes and its own admission
// and DaemonSets tolerate (k8s.io/api/core/v1, well_known_taints.go).
std::string tolerates_little(const std::string& spec) {
  return fmt::format(
      "{}.?tolerations.orValue([]).all(t, t.?key.orValue('') in "
      "['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable', "
      "'node.kubernetes.io/unschedulable', 'node.kubernetes.io/memory-pressure', "
      "'node.kubernetes.io/disk-pressure', 'node.kubernetes.io/pid-pressure', "
      "'node.kubernetes.io/network-unavailable'])",
      spec);
}
std::string no_node(const std::string& spec) { return spec + ".?nodeName.orValue('') == ''"; }

constexpr const char* kPlaceMessage =
    "The platform decides on nodes: a pod here names none, and tolerates Kubernetes' own taints "
    "only.";

constexpr const char* kResourceMessage = "Only the platform writes its resources.";

// Whether a map of a namespace has the same entries of ours before and after.
std::string same_of_ours(const std::string& path) {
  const std::string ours = fmt::format(
      "k.startsWith('{}/') || k.startsWith('pod-security.kubernetes.io/') || "
      "k.startsWith('app.kubernetes.io/')",
      kResourceGroup);
  const std::string now = fmt::format("object.{}.orValue({{}})", path);
  const std::string before = fmt::format("oldObject.{}.orValue({{}})", path);
  return fmt::format(
      "{0}.all(k, !({2}) || (k in {1} && {1}[k] == {0}[k])) && {1}.all(k, !({2}) || k in {0})", now,
      before, ours);
}

struct Guards {
  // Conditions for a match are not told of the namespace, so each expression begins with it.
  std::string elsewhere = fmt::format("!({}) || ", claimed("namespaceObject"));
  Conditions others;      // Who is neither ours nor Kubernetes' own.
  Conditions all_others;  // Nor one that acts for whoever asks it.
  std::string mends_by_hand;
  std::vector<Json> out;

  explicit Guards(const Trusted& trusted) {
    std::vector<std::string> accounts = trusted.ours;
    std::ranges::copy(trusted.backups, std::back_inserter(accounts));
    std::vector<std::string> groups = {"system:masters"};
    if (!trusted.break_glass.empty()) groups.push_back(trusted.break_glass);
    mends_by_hand = in_groups(groups);
    all_others = {{"not-ours", "!(" + among(accounts) + ")"},
                  {"not-an-administrator", "!" + mends_by_hand}};
    // Kubernetes' own controllers make the pods, and copy labels to them.
    accounts.emplace_back("system:kube-controller-manager");
    groups.emplace_back("system:serviceaccounts:kube-system");
    others = {{"not-ours", "!(" + among(accounts) + ")"},
              {"not-the-systems", "!" + in_groups(groups)}};
  }

  // Nobody else writes these.
  void close(const char* name, Rules rules, Conditions conditions, const char* message) {
    add(out, {name,
              std::move(rules),
              std::move(conditions),
              {{fmt::format("!({})", claimed("namespaceObject")), message}}});
  }

  void services() {
    add(out,
        {"k8s-scheduler-services",
         {written("", {"services"})},
         {},
         {{elsewhere + "(!has(object.spec.type) || object.spec.type == 'ClusterIP') && "
                       "(!has(object.spec.externalIPs) || object.spec.externalIPs.size() == 0)",
           "A sandbox has Services of type ClusterIP without external addresses only."}}});
  }

  // A write to a status changes labels and owners as well.
  void pods() {
    const auto is_ours = [](const std::string& object) { return labelled(object + ".metadata"); };
    add(out, {"k8s-scheduler-labels",
              {written("", {"pods", "pods/status", "pods/ephemeralcontainers", "pods/resize",
                            "services", "services/status"})},
              others,
              {{elsewhere + kept_ours(is_ours),
                "Only the platform gives its labels, and changes what has them."}}});
    add(out, {"k8s-scheduler-places",
              {written("", {"pods"})},
              others,
              {{elsewhere + fmt::format("(request.operation == 'CREATE' ? {0} && {1} : ({0} || "
                                        "object.spec.?tolerations == oldObject.spec.?tolerations))",
                                        tolerates_little("object.spec"), no_node("object.spec")),
                kPlaceMessage}}});
    // It names a node, and its labels are copied to its pod.
    Conditions no_scheduler = others;
    no_scheduler.emplace_back("not-the-scheduler",
                              "request.userInfo.username != 'system:kube-scheduler'");
    close("k8s-scheduler-bindings", {rule("", {"bindings", "pods/binding"}, {"CREATE"})},
          no_scheduler, "Only the scheduler gives pods of a sandbox their node.");
  }

  // Controllers make pods of these, and are believed.
  void templates(const char* name, Rules rules, const char* path) {
    const auto is_ours = [&](const std::string& object) { return ours(object, path); };
    const std::string spec = fmt::format("object.spec{}.?spec", path);
    add(out, {name,
              std::move(rules),
              others,
              {{elsewhere + kept_ours(is_ours),
                "Only the platform has pods made with its labels, and changes what makes them."},
               {elsewhere + fmt::format("(request.operation == 'UPDATE' && object.spec == "
                                        "oldObject.spec) || ({} && {})",
                                        tolerates_little(spec), no_node(spec)),
                kPlaceMessage}}});
  }

  void controllers() {
    templates("k8s-scheduler-templates",
              {written("apps",
                       {"deployments", "deployments/status", "replicasets", "replicasets/status",
                        "statefulsets", "statefulsets/status", "daemonsets", "daemonsets/status"}),
               written("batch", {"jobs", "jobs/status"}),
               written("", {"replicationcontrollers", "replicationcontrollers/status"})},
              ".?template");
    templates("k8s-scheduler-cronjobs", {written("batch", {"cronjobs", "cronjobs/status"})},
              ".?jobTemplate.?spec.?template");
    // An autoscaler is one of Kubernetes' own controllers, and scales what it is told to: so nobody
    // else may tell it of anything here.
    close("k8s-scheduler-autoscalers",
          {written("autoscaling", {"horizontalpodautoscalers", "horizontalpodautoscalers/status"})},
          others, "Only the platform has what runs in a sandbox scaled.");
    Conditions no_autoscaler = all_others;
    no_autoscaler.emplace_back("not-the-autoscaler",
                               "!(request.userInfo.username in ['system:kube-controller-manager', "
                               "'system:serviceaccount:kube-system:horizontal-pod-autoscaler'])");
    add(out, {"k8s-scheduler-scales",
              {rule("apps", {"deployments/scale", "replicasets/scale", "statefulsets/scale"},
                    {"UPDATE"}),
               rule("", {"replicationcontrollers/scale"}, {"UPDATE"})},
              no_autoscaler,
              {{elsewhere + fmt::format("!oldObject.?status.?selector.orValue('').contains('{}/')",
                                        kResourceGroup),
                "Only the platform scales what it has made."}}});
    // A StatefulSet's pods are made of the revision that its status names.
    close("k8s-scheduler-revisions", {written("apps", {"controllerrevisions"})}, others,
          "Only Kubernetes' controllers write revisions in a sandbox.");
  }

  // Policies only ever add to what is let through, hosts are given by the platform to one
  // deployment each, and addresses written by hand lead a Service's callers anywhere. What the
  // cluster does not have is not asked for.
  void traffic() {
    close("k8s-scheduler-traffic",
          {written("networking.k8s.io", {"networkpolicies", "ingresses"}),
           written("", {"endpoints"}), written("discovery.k8s.io", {"endpointslices"}),
           written("gateway.networking.k8s.io", {"*"}),
           // Not all of theirs: their agents write about each pod.
           written("cilium.io",
                   {"ciliumnetworkpolicies", "ciliumlocalredirectpolicies", "ciliumenvoyconfigs"}),
           written("projectcalico.org", {"networkpolicies", "networksets"}),
           written("crd.projectcalico.org", {"networkpolicies", "networksets"})},
          others, "Only the platform opens ways to and from what runs in a sandbox.");
  }

  // Its labels are what pod security and policies go by, its annotations what we know it by. Others
  // may keep their own words on it, as tools for clusters do. Written apart, its status brings
  // labels along, and so does what ends it.
  void namespaces() {
    const std::string claimed_now = claimed("object"), claimed_before = claimed("oldObject");
    const std::string kept = fmt::format("({}) && ({})", same_of_ours("metadata.?labels"),
                                         same_of_ours("metadata.?annotations"));
    add(out, {"k8s-scheduler-homes",
              {admission_rule("", {"namespaces", "namespaces/status", "namespaces/finalize"},
                              "Cluster")},
              others,
              {{fmt::format("request.operation != 'CREATE' || !({})", claimed_now),
                "Only the platform makes namespaces that are known as its own."},
               {fmt::format("request.operation != 'DELETE' || !({})", claimed_before),
                "Only the platform removes namespaces of sandboxes."},
               {fmt::format("request.operation != 'UPDATE' || ({0} ? {2} : !({1}))", claimed_before,
                            claimed_now, kept),
                "Only the platform changes the words that it goes by on a namespace."}}});
  }

  // Told of whoever may do all that the others may not.
  void break_glass() {
    add(out,
        {"k8s-scheduler-break-glass",
         {admission_rule("*", {"*/*"}, "Namespaced", {"CREATE", "UPDATE", "DELETE", "CONNECT"})},
         {{"by-hand", mends_by_hand}, {"not-a-lease", "request.resource.resource != 'leases'"}},
         {{fmt::format("!({})", claimed("namespaceObject")),
           "Done by hand in a sandbox. The platform puts right what it keeps, unless the Sandbox "
           "is "
           "paused."}},
         true});
  }

  void resources() {
    close("k8s-scheduler-resources",
          {admission_rule(std::string(kResourceGroup).c_str(), {"*/*"}, "Namespaced")}, others,
          kResourceMessage);
    add(out, {"k8s-scheduler-sandboxes",
              {admission_rule(std::string(kResourceGroup).c_str(), {"*/*"}, "Cluster")},
              others,
              {{"false", kResourceMessage}}});
    // Kubernetes admits by what the quota's status says.
    add(out,
        {"k8s-scheduler-bounds",
         {rule("", {"resourcequotas", "resourcequotas/status", "limitranges"},
               {"CREATE", "UPDATE", "DELETE"}),
          rule("networking.k8s.io", {"networkpolicies"}, {"DELETE"})},
         others,
         {{elsewhere + fmt::format("((request.operation == 'DELETE' || !{}) && "
                                   "(request.operation == 'CREATE' || !{}))",
                                   labelled("object.metadata"), labelled("oldObject.metadata")),
           "Only the platform changes what bounds a sandbox."}}});
  }
};

}  // namespace

std::vector<Json> sandbox_guards(const Trusted& trusted) {
  Guards guards(trusted);
  guards.namespaces();
  guards.services();
  guards.pods();
  guards.controllers();
  guards.traffic();
  guards.resources();
  guards.break_glass();
  return std::move(guards.out);
}

}  // namespace ks::op
