#include "kube/simulated/writes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kube/body.hpp"
#include "kube/simulated/quota.hpp"
#include "kube/simulated/validate.hpp"

namespace ks::kube::simulated {

using namespace kinds;

namespace {

std::string resource_name(const Kind& kind) {
  return kind.group.empty() ? kind.plural : kind.plural + "." + kind.group;
}

KubeResult<void> admit_namespace(const State& state, const Ref& ref) {
  // "default" is there before anybody makes a namespace, and is never shown here.
  if (!ref.kind.namespaced || (ref.kind == kEvent && ref.ns == "default")) return {};
  const Json* around = state.object({kNamespace, "", ref.ns});
  if (around == nullptr)
    return kube_error(404, "NotFound", fmt::format("namespaces \"{}\" not found", ref.ns));
  if (is_ending(*around))
    return kube_error(403, "Forbidden",
                      fmt::format("{} \"{}\" is forbidden: unable to create new content in "
                                  "namespace {} because it is being terminated",
                                  resource_name(ref.kind), ref.name, ref.ns));
  return {};
}

// With each write: a number of pods that nobody says any more is one.
void set_pod_count(Json& deployment) {
  if (deployment.at("spec", "replicas").is_null()) deployment["spec"].set("replicas", 1);
}

// What the API server sets at creation, for the few kinds where somebody reads it.
void set_defaults(State& state, const Ref& ref, Json& object) {
  if (state.has_status(ref.kind)) object.erase("status");
  if (ref.kind == kNamespace) {
    object["metadata"]["labels"].set("kubernetes.io/metadata.name", ref.name);
    object["spec"].set("finalizers", Json::array({"kubernetes"}));
    object.set("status", Json::object({{"phase", "Active"}}));
  } else if (ref.kind == kDeployment) {
    set_pod_count(object);
  } else if (ref.kind == kPod || ref.kind == kPersistentVolumeClaim) {
    object.set("status", Json::object({{"phase", "Pending"}}));
  } else if (ref.kind == kService) {
    Json& spec = object["spec"];
    if (spec.text("type") == "ExternalName" || !spec.text("clusterIP").empty()) return;
    const std::string address =
        fmt::format("10.96.{}.{}", state.random().below(256), 1 + state.random().below(254));
    spec.set("clusterIP", address).set("clusterIPs", Json::array({Json(address)}));
  }
}

// The part of `object` that a write to `subresource` looks at.
Json part_of(const State& state, const Kind& kind, const Json& object, Subresource subresource) {
  Json part = without_nulls(object);
  shorten_quantities(kind, part);
  if (subresource == Subresource::none) {
    if (state.has_status(kind)) part.erase("status");
    for (const char* field : {"uid", "resourceVersion"}) part["metadata"].erase(field);
    return part;
  }
  Json status = Json::object();
  if (const Json* s = part.find("status")) status.set("status", *s);
  return status;
}

std::string owner_key(const ApplyOptions& options) {
  return options.manager + "\n" + (options.subresource == Subresource::status ? "status" : "");
}

std::string_view manager_of(std::string_view key) { return key.substr(0, key.find('\n')); }

std::string readable(std::string path) {
  for (char& c : path)
    if (c == '/' || c == '\x01' || c == '\x02') c = '.';
  return path;
}

// Who else owns what changes. With `force` they lose it.
KubeResult<void> settle_conflicts(std::map<std::string, Fields>& owners, const std::string& self,
                                  const Fields& changed, bool force) {
  std::string conflicts;
  int count = 0;
  for (auto& [key, fields] : owners) {
    if (key == self) continue;
    for (const std::string& path : changed) {
      if (!fields.contains(path)) continue;
      if (force) {
        fields.erase(path);
        continue;
      }
      ++count;
      conflicts += fmt::format("{}conflict with \"{}\": {}", count > 1 ? "; " : "", manager_of(key),
                               readable(path));
    }
  }
  if (count > 0)
    return kube_error(409, "Conflict",
                      fmt::format("Apply failed with {} conflict{}: {}", count,
                                  count == 1 ? "" : "s", conflicts));
  return {};
}

// Takes out what `self` owned, no longer sends, and nobody else owns.
void prune(Json& object, const std::map<std::string, Fields>& owners, const std::string& self,
           const Fields& wanted) {
  const auto mine = owners.find(self);
  if (mine == owners.end()) return;
  // An item goes before what lies inside it, while its keys are still there to find it by.
  for (const std::string& path : mine->second) {
    if (owns_at_or_beneath(wanted, path)) continue;
    const bool shared = std::ranges::any_of(owners, [&](const auto& other) {
      return other.first != self && owns_at_or_beneath(other.second, path);
    });
    if (!shared) remove_field(object, path);
  }
}

KubeResult<Applied> make(State& state, const Ref& ref, Json object, std::string owner) {
  KS_CHECK(validate(ref.kind, object));
  KS_CHECK(admit_namespace(state, ref));
  if (state.has_status(ref.kind)) object.erase("status");
  std::map<std::string, Fields> owners{
      {std::move(owner), fields_of(object, state.schema(ref.kind))}};
  std::erase_if(owners, [](const auto& one) { return one.second.empty(); });
  set_defaults(state, ref, object);
  KS_CHECK(admit_quota(state, ref, object, nullptr));
  return Applied{state.add(ref, std::move(object), std::move(owners)), true, true};
}

KubeResult<void> check_served(const State& state, const Kind& kind) {
  if (state.serves(kind)) return {};
  return kube_error(404, "NotFound", "the server could not find the requested resource");
}

std::unexpected<KubeError> stale(const Ref& ref, std::string_view why) {
  return kube_error(409, "Conflict",
                    fmt::format("Operation cannot be fulfilled on {} \"{}\": {}",
                                resource_name(ref.kind), ref.name, why));
}

}  // namespace

std::unexpected<KubeError> missing(const Ref& ref) {
  return kube_error(404, "NotFound",
                    fmt::format("{} \"{}\" not found", resource_name(ref.kind), ref.name));
}

KubeResult<Json> create(State& state, const Kind& kind, const Json& object) {
  KS_CHECK(check_object(kind, object));
  KS_CHECK(check_served(state, kind));
  const Ref ref = ref_of(kind, object);
  if (const Json* there = state.object(ref)) {
    return kube_error(409, "AlreadyExists",
                      is_ending(*there)
                          ? fmt::format("object is being deleted: {} \"{}\" already exists",
                                        resource_name(kind), ref.name)
                          : fmt::format("{} \"{}\" already exists", resource_name(kind), ref.name));
  }
  // The manager of a plain create is named after the client's program.
  KS_TRY(auto made, make(state, ref, part_of(state, kind, create_body(object), Subresource::none),
                         "k8s-scheduler create\n"));
  return std::move(made.object);
}

KubeResult<Applied> apply(State& state, const Kind& kind, const Json& object,
                          const ApplyOptions& options) {
  KS_CHECK(check_object(kind, object));
  KS_CHECK(check_served(state, kind));
  if (options.manager.empty())
    return kube_error(422, "Invalid",
                      "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: "
                      "Required value: is required for apply patch");
  const Ref ref = ref_of(kind, object);
  if (options.subresource == Subresource::finalize)
    return kube_error(405, "MethodNotAllowed",
                      "the server does not allow this method on the requested resource");
  if (options.subresource == Subresource::status && !state.has_status(kind))
    return kube_error(404, "NotFound", "the server could not find the requested resource");

  const Stored* stored = state.find(ref);
  if (stored == nullptr) {
    if (options.subresource != Subresource::none) return missing(ref);
    if (!options.uid.empty())
      return stale(ref, fmt::format("Precondition failed: UID in precondition: {}, UID in object "
                                    "meta: ",
                                    options.uid));
    if (!options.resource_version.empty())
      return stale(ref,
                   "the object has been modified; please apply your changes to the latest "
                   "version and try again");
    return make(state, ref, part_of(state, kind, create_body(object), Subresource::none),
                owner_key(options));
  }
  const Json before = *stored->object;
  if (!options.uid.empty() && before.text("metadata", "uid") != options.uid)
    return stale(ref, fmt::format("Precondition failed: UID in precondition: {}, UID in object "
                                  "meta: {}",
                                  options.uid, before.text("metadata", "uid")));
  if (!options.resource_version.empty() &&
      before.text("metadata", "resourceVersion") != options.resource_version)
    return stale(ref,
                 "the object has been modified; please apply your changes to the latest "
                 "version and try again");

  const Json wanted = part_of(state, kind, create_body(object), options.subresource);
  const Schema schema = state.schema(kind);
  const std::string self = owner_key(options);
  const Fields fields = fields_of(wanted, schema);
  Json after = before;
  Fields changed;
  merge(after, wanted, schema, changed);
  auto owners = stored->owners;
  KS_CHECK(settle_conflicts(owners, self, changed, options.force));
  // What was sent before a definition was there to say that a map is atomic has finer paths.
  Fields sent = fields;
  if (state.custom(kind)) sent.merge(fields_of(wanted, Schema{false, nullptr}));
  prune(after, owners, self, sent);
  if (fields.empty())
    owners.erase(self);
  else
    owners.insert_or_assign(self, fields);
  std::erase_if(owners, [](const auto& owner) { return owner.second.empty(); });
  if (kind == kDeployment) set_pod_count(after);
  if (after == before && owners == stored->owners) return Applied{before, false, false};
  KS_CHECK(validate(kind, after));
  KS_CHECK(validate_change(kind, before, after));
  KS_CHECK(admit_quota(state, ref, after, &before));
  return Applied{state.replace(ref, std::move(after), std::move(owners)), true, false};
}

KubeResult<bool> remove(State& state, const Ref& ref, const DeleteOptions& options) {
  KS_CHECK(check_ref(ref));
  KS_CHECK(check_served(state, ref.kind));
  const Json* object = state.object(ref);
  if (object == nullptr) return missing(ref);
  if (!options.uid.empty() && object->text("metadata", "uid") != options.uid)
    return stale(ref, fmt::format("Precondition failed: UID in precondition: {}, UID in object "
                                  "meta: {}",
                                  options.uid, object->text("metadata", "uid")));
  if (is_ending(*object)) return false;
  state.begin_removal(ref, options.propagation);
  return true;
}

}  // namespace ks::kube::simulated
