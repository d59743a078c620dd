#include "kube/body.hpp"

#include <fmt/format.h>

namespace ks::kube {

std::unexpected<KubeError> kube_error(int status, std::string reason, std::string message) {
  return std::unexpected(KubeError{status, std::move(reason), std::move(message), {}});
}

KubeResult<void> check_ref(const Ref& ref) {
  if (ref.name.empty()) return kube_error(400, "BadRequest", "an object needs a name");
  if (ref.kind.namespaced && ref.ns.empty())
    return kube_error(400, "BadRequest", fmt::format("a {} needs a namespace", ref.kind.name));
  return {};
}

KubeResult<void> check_object(const Kind& kind, const Json& object) {
  if (object.text("apiVersion") != kind.api_version() || object.text("kind") != kind.name)
    return kube_error(400, "BadRequest",
                      fmt::format("the object is a {}/{}, not a {}/{}", object.text("apiVersion"),
                                  object.text("kind"), kind.api_version(), kind.name));
  if (!kind.namespaced && !object.text("metadata", "namespace").empty())
    return kube_error(400, "BadRequest", fmt::format("a {} has no namespace", kind.name));
  return check_ref(ref_of(kind, object));
}

Json create_body(const Json& object) {
  Json body = object;
  if (Json* meta = body.find("metadata"))
    for (const char* field : {"uid", "resourceVersion", "managedFields", "creationTimestamp",
                              "generation", "deletionTimestamp", "deletionGracePeriodSeconds"})
      meta->erase(field);
  return body;
}

Json apply_body(const Json& object, const ApplyOptions& options) {
  Json body = create_body(object);
  if (!options.uid.empty()) body["metadata"].set("uid", options.uid);
  if (!options.resource_version.empty())
    body["metadata"].set("resourceVersion", options.resource_version);
  return body;
}

}  // namespace ks::kube
