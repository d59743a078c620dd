#include "operator/manifests/admission.hpp"

#include <fmt/format.h>

#include "operator/manifests/guards.hpp"
#include "operator/manifests/policy.hpp"

namespace ks::op {

std::vector<Json> admission_policies(const std::vector<std::string>& accounts) {
  std::vector<Json> out;
  add(out,
      {"k8s-scheduler-writes",
       {admission_rule("*", {"*/*"}, "Namespaced")},
       {{"ours", among(accounts)},
        // A Namespace is an object of itself to the API server; it has a policy of its own.
        {"not-a-namespace", "request.resource.resource != 'namespaces'"},
        // The role gives them in the system namespace only.
        {"not-a-lease", "request.resource.group != 'coordination.k8s.io'"}},
       {{claimed("namespaceObject"), "The account writes into namespaces of sandboxes only."}}});
  add(out, {"k8s-scheduler-namespaces",
            {admission_rule("", {"namespaces"}, "Cluster")},
            {{"ours", among(accounts)}},
            {{fmt::format("request.operation == 'CREATE' ? ({}) : ({})", claimed("object"),
                          claimed("oldObject")),
              "The account makes, changes and removes namespaces of sandboxes only."}}});
  for (Json& guard : sandbox_guards(accounts)) out.push_back(std::move(guard));
  return out;
}

}  // namespace ks::op
