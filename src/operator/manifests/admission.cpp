#include "operator/manifests/admission.hpp"

#include <fmt/format.h>

#include "domain/resources.hpp"
#include "operator/manifests/guards.hpp"
#include "operator/manifests/policy.hpp"
#include "operator/plan/news.hpp"

namespace ks::op {

namespace {

// Kubernetes takes an Event about what is in no namespace in "default" only. One of somebody else
// is not taken over.
std::string about_sandbox() {
  const auto is_one = [](const std::string& event) {
    return fmt::format(
        "{0}.involvedObject.?kind.orValue('') == 'Sandbox' && "
        "{0}.involvedObject.?apiVersion.orValue('') == '{1}' && "
        "{0}.?source.?component.orValue('') == '{2}'",
        event, kResourceApiVersion, labels::kProduct);
  };
  return fmt::format(
      "!(request.resource.group == '' && request.resource.resource == 'events' && "
      "request.namespace == '{}' && request.operation != 'DELETE' && {} && "
      "(request.operation == 'CREATE' || {}))",
      kClusterEvents, is_one("object"), is_one("oldObject"));
}

}  // namespace

std::vector<Json> admission_policies(const Trusted& trusted) {
  std::vector<Json> out;
  add(out,
      {"k8s-scheduler-writes",
       {admission_rule("*", {"*/*"}, "Namespaced")},
       {{"ours", among(trusted.ours)},
        // A Namespace is an object of itself to the API server; it has a policy of its own.
        {"not-a-namespace", "request.resource.resource != 'namespaces'"},
        // The role gives them in the system namespace only.
        {"not-a-lease", "request.resource.group != 'coordination.k8s.io'"},
        {"not-an-event-about-a-sandbox", about_sandbox()}},
       {{claimed("namespaceObject"), "The account writes into namespaces of sandboxes only."}}});
  add(out, {"k8s-scheduler-namespaces",
            {admission_rule("", {"namespaces"}, "Cluster")},
            {{"ours", among(trusted.ours)}},
            {{fmt::format("request.operation == 'CREATE' ? ({}) : ({})", claimed("object"),
                          claimed("oldObject")),
              "The account makes, changes and removes namespaces of sandboxes only."}}});
  for (Json& guard : sandbox_guards(trusted)) out.push_back(std::move(guard));
  return out;
}

}  // namespace ks::op
