#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "domain/resources.hpp"
#include "operator/doctor/checks.hpp"
#include "operator/manifests/crds.hpp"
#include "operator/manifests/manifests.hpp"
#include "operator/probe/objects.hpp"

// What of the product itself, and of what it is made of, is there.
namespace ks::op {

namespace {

// Status subresources of custom kinds, CEL in schemas, ValidatingAdmissionPolicy and server-side
// apply as it is used here have been there together since.
constexpr int kMinorMin = 30;

int number_in(std::string_view text) {
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

constexpr const char* kApplyManifests =
    "As an administrator: k8s-scheduler manifests | kubectl apply --server-side -f -";

struct GrantPlace {
  std::vector<Grant> grants;
  std::string ns;  // Empty: everywhere.
};

bool may(const Examination& at, const Grant& grant, const std::string& verb,
         const std::string& name, const std::string& ns, int& status) {
  const std::size_t slash = grant.resource.find('/');
  Json wish = Json::object(
      {{"group", grant.group}, {"resource", grant.resource.substr(0, slash)}, {"verb", verb}});
  if (slash != std::string::npos) wish.set("subresource", grant.resource.substr(slash + 1));
  if (!ns.empty()) wish.set("namespace", ns);
  if (!name.empty()) wish.set("name", name);
  const Reply reply =
      at.ask("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
             Json::object({{"apiVersion", "authorization.k8s.io/v1"},
                           {"kind", "SelfSubjectAccessReview"},
                           {"spec", Json::object({{"resourceAttributes", std::move(wish)}})}}));
  status = reply.status;
  return reply.tree.at("status", "allowed") == Json(true);
}

// The default of a kind by its annotation, or the named one.
void check_class(Examination& at, const char* noun, const std::string& path,
                 const std::string& wanted, const char* annotation, const std::string& setting,
                 bool needed) {
  const Reply reply = at.get(path);
  if (reply.status != 200) return at.unread(noun, reply);
  std::vector<std::string> all, defaults;
  for (const Json& item : items_of(reply.tree)) {
    all.emplace_back(item.text("metadata", "name"));
    if (item.at("metadata", "annotations").text(annotation) == "true")
      defaults.push_back(all.back());
  }
  const std::string there = all.empty() ? "the cluster has none"
                                        : fmt::format("the cluster has {}", fmt::join(all, ", "));
  if (!wanted.empty()) {
    if (std::ranges::find(all, wanted) != all.end())
      return at.good(fmt::format("{} {}", noun, wanted));
    return at.bad(fmt::format("{} {} is not there; {}", noun, wanted, there),
                  fmt::format("Set {} to one that is, or make it.", setting));
  }
  if (defaults.size() == 1) return at.good(fmt::format("{} {}, the default", noun, defaults[0]));
  const std::string what = defaults.empty() ? fmt::format("no {} is the default; {}", noun, there)
                                            : fmt::format("several of {} are the default: {}", noun,
                                                          fmt::join(defaults, ", "));
  const std::string mend = fmt::format("Set {}, or make one the default (annotation {}: \"true\").",
                                       setting, annotation);
  if (needed)
    at.bad(what, mend);
  else
    at.unsure(what, mend);
}

std::vector<GrantPlace> operator_places(const OperatorConfig& config) {
  std::vector<GrantPlace> out = {{operator_grants(), {}},
                                 {operator_system_grants(), config.system_namespace}};
  if (!config.probe_image.empty())
    out.push_back({operator_probe_grants(), probe_namespace_name(config.system_namespace)});
  return out;
}

}  // namespace

void check_version(Examination& at) {
  const Reply reply = at.get("/version");
  if (reply.status != 200)
    return at.bad(reply.status == 0
                      ? std::string("the API server does not answer")
                      : fmt::format("the API server answers {} to /version", reply.status),
                  "Look at KUBECONFIG and KUBERNETES_CONTEXT, and at what stands in between.");
  const int major = number_in(reply.tree.text("major"));
  const int minor = number_in(reply.tree.text("minor"));
  if (major > 1 || (major == 1 && minor >= kMinorMin))
    return at.good(fmt::format("Kubernetes {}.{}", major, minor));
  at.bad(fmt::format("Kubernetes {}.{} is older than 1.{}", major, minor, kMinorMin),
         "Upgrade the cluster.");
}

void check_definitions(Examination& at) {
  for (const Json& wanted : custom_resource_definitions()) {
    const std::string name(wanted.text("metadata", "name"));
    const Reply reply = at.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + name);
    if (reply.status == 404) {
      at.bad(fmt::format("custom kind {} is not installed", name), kApplyManifests);
      continue;
    }
    if (reply.status != 200) {
      at.unread("custom kind " + name, reply);
      continue;
    }
    const Json& conditions = reply.tree.at("status", "conditions");
    const bool served =
        conditions.is_array() && std::ranges::any_of(conditions.as_array(), [](const Json& c) {
          return c.text("type") == "Established" && c.text("status") == "True";
        });
    const auto hash = [](const Json& definition) {
      return definition.at("metadata", "annotations").text(annotations::kWanted);
    };
    if (!served)
      at.bad(fmt::format("custom kind {} is installed but not served", name),
             fmt::format("kubectl describe customresourcedefinition {} says why.", name));
    else if (hash(reply.tree) != hash(wanted))
      at.bad(fmt::format("custom kind {} is of another version", name), kApplyManifests);
    else
      at.good("custom kind " + name);
  }
}

void check_rights(Examination& at) {
  const struct {
    bool wanted;
    const char* who;
    std::vector<GrantPlace> places;
  } accounts[] = {{at.components.op, "the operator", operator_places(at.config)},
                  {at.components.api,
                   "the API",
                   {{api_grants(), {}}, {api_system_grants(), at.config.system_namespace}}}};
  for (const auto& account : accounts) {
    if (!account.wanted) continue;
    std::vector<std::string> lacking;
    std::size_t asked = 0;
    int refused = 0;
    for (const GrantPlace& place : account.places)
      for (const Grant& grant : place.grants)
        for (const std::string& verb : grant.verbs) {
          std::vector<std::string> names = grant.names;
          if (names.empty()) names.emplace_back();
          for (const std::string& name : names) {
            int status = 0;
            ++asked;
            if (may(at, grant, verb, name, place.ns, status)) continue;
            if (status != 201 && status != 200) refused = status;
            const std::string group = grant.group.empty() ? "" : "." + grant.group;
            lacking.push_back(fmt::format("{} {}{}{}", verb, grant.resource, group,
                                          name.empty() ? "" : "/" + name));
          }
        }
    if (refused != 0)
      at.unread(fmt::format("rights of {}", account.who), {refused, {}});
    else if (lacking.empty())
      at.good(fmt::format("rights of {}: {} of {}", account.who, asked, asked));
    else
      at.bad(
          fmt::format("this account lacks rights of {}: {}", account.who, fmt::join(lacking, ", ")),
          kApplyManifests);
  }
}

void check_storage(Examination& at) {
  // A deployment without a volume needs none.
  check_class(at, "storage class", "/apis/storage.k8s.io/v1/storageclasses",
              at.config.storage_class, "storageclass.kubernetes.io/is-default-class",
              "STORAGE_CLASS", true);
}

void check_ingress(Examination& at) {
  check_class(at, "ingress class", "/apis/networking.k8s.io/v1/ingressclasses",
              at.config.ingress_class, "ingressclass.kubernetes.io/is-default-class",
              "INGRESS_CLASS", true);
  for (const Peer& peer : at.config.ingress_from) {
    const auto name = peer.namespace_labels.find("kubernetes.io/metadata.name");
    if (name == peer.namespace_labels.end()) continue;
    const Reply reply = at.get("/api/v1/namespaces/" + name->second);
    if (reply.status == 200)
      at.good(fmt::format("traffic enters from namespace {}", name->second));
    else if (reply.status == 404)
      at.bad(fmt::format("traffic is let in from namespace {}, which is not there", name->second),
             "Set INGRESS_FROM to where the ingress controller runs.");
    else
      at.unread("namespace " + name->second, reply);
  }
}

}  // namespace ks::op
