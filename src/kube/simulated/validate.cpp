#include "kube/simulated/validate.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "domain/deployment/quantity.hpp"
#include "kube/body.hpp"

namespace ks::kube::simulated {

namespace {

bool lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool alnum(char c) { return lower_alnum(c) || (c >= 'A' && c <= 'Z'); }

// RFC 1123 label.
bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && lower_alnum(text.front()) &&
         lower_alnum(text.back()) &&
         std::ranges::all_of(text, [](char c) { return lower_alnum(c) || c == '-'; });
}

bool is_subdomain(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    // Parts of a subdomain may be longer than 63 for Kubernetes.
    const std::string_view part = text.substr(begin, end - begin);
    if (part.empty() || !lower_alnum(part.front()) || !lower_alnum(part.back()) ||
        !std::ranges::all_of(part, [](char c) { return lower_alnum(c) || c == '-'; }))
      return false;
    begin = end + 1;
  }
  return true;
}

// A label's value, or the name part of its key.
bool is_label_value(std::string_view text) {
  return text.size() <= 63 && (text.empty() || (alnum(text.front()) && alnum(text.back()))) &&
         std::ranges::all_of(text,
                             [](char c) { return alnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_qualified_name(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != text.npos && !is_subdomain(text.substr(0, slash))) return false;
  const std::string_view name = slash == text.npos ? text : text.substr(slash + 1);
  return !name.empty() && is_label_value(name);
}

std::unexpected<KubeError> refused(const Kind& kind, const Json& object, std::string_view field,
                                   std::string_view why) {
  return kube_error(
      422, "Invalid",
      fmt::format("{}{}{} \"{}\" is invalid: {}: {}", kind.name, kind.group.empty() ? "" : ".",
                  kind.group, object.text("metadata", "name"), field, why));
}

bool valid_name(const Kind& kind, std::string_view name) {
  if (kind == kinds::kNamespace) return is_label(name);
  if (kind == kinds::kService)
    return is_label(name) && !(name.front() >= '0' && name.front() <= '9');
  return is_subdomain(name);
}

}  // namespace

KubeResult<void> validate(const Kind& kind, const Json& object) {
  const Json& meta = object.at("metadata");
  if (!valid_name(kind, meta.text("name")))
    return refused(kind, object, "metadata.name", "not a valid name for this kind");
  if (const Json& labels = meta.at("labels"); labels.is_object())
    for (const auto& [key, value] : labels.members())
      if (!is_qualified_name(key) || !value.is_string() || !is_label_value(value.as_string()))
        return refused(kind, object, "metadata.labels", fmt::format("\"{}\" is not valid", key));
  if (const Json& notes = meta.at("annotations"); notes.is_object()) {
    std::size_t bytes = 0;
    for (const auto& [key, value] : notes.members()) {
      if (!is_qualified_name(key) || !value.is_string())
        return refused(kind, object, "metadata.annotations",
                       fmt::format("\"{}\" is not valid", key));
      bytes += key.size() + value.as_string().size();
    }
    if (bytes > 256 * 1024)
      return refused(kind, object, "metadata.annotations", "may not be more than 262144 bytes");
  }
  if (const Json& finalizers = meta.at("finalizers"); finalizers.is_array())
    for (const Json& f : finalizers.as_array())
      if (!f.is_string() || !is_qualified_name(f.as_string()) ||
          (f.as_string().find('/') == std::string::npos && f.as_string() != "foregroundDeletion" &&
           f.as_string() != "orphan" && f.as_string() != "kubernetes"))
        return refused(kind, object, "metadata.finalizers",
                       "name is neither a standard finalizer "
                       "name nor is it fully qualified");
  // Of what is in no namespace, in "default" (k8s.io/kubernetes,
  // pkg/apis/core/validation/events.go).
  if (kind == kinds::kEvent) {
    const std::string_view about = object.text("involvedObject", "namespace");
    if (meta.text("namespace") != (about.empty() ? "default" : about))
      return refused(kind, object, "involvedObject.namespace", "does not match event.namespace");
  }
  if (kind == kinds::kDeployment) {
    const Json& wanted = object.at("spec", "selector", "matchLabels");
    const Json& labels = object.at("spec", "template", "metadata", "labels");
    if (!wanted.is_object() || wanted.members().empty())
      return refused(kind, object, "spec.selector", "Required value");
    for (const auto& [key, value] : wanted.members())
      if (labels.find(key) == nullptr || !(*labels.find(key) == value))
        return refused(kind, object, "spec.template.metadata.labels",
                       "`selector` does not match template `labels`");
  }
  return {};
}

KubeResult<void> validate_change(const Kind& kind, const Json& before, const Json& after) {
  if (kind == kinds::kDeployment &&
      !(before.at("spec", "selector") == after.at("spec", "selector")))
    return refused(kind, after, "spec.selector", "field is immutable");
  if (kind == kinds::kPersistentVolumeClaim) {
    Json was = before.at("spec"), is = after.at("spec");
    const auto size = [](const Json& spec) {
      return parse_bytes(spec.text("resources", "requests", "storage")).value_or(0);
    };
    if (size(is) < size(was))
      return refused(kind, after, "spec.resources.requests.storage",
                     "field can not be less than previous value");
    for (Json* spec : {&was, &is}) {
      spec->erase("resources");
      spec->erase("volumeName");
    }
    if (!(was == is))
      return refused(kind, after, "spec",
                     "spec is immutable after creation except resources.requests");
  }
  const Json& old_secret_type = before.at("type");
  if (kind == kinds::kSecret && !old_secret_type.is_null() &&
      !(old_secret_type == after.at("type")))
    return refused(kind, after, "type", "field is immutable");
  if (!before.at("metadata", "deletionTimestamp").is_null()) {
    const Json& finalizers = after.at("metadata", "finalizers");
    const Json& old = before.at("metadata", "finalizers");
    if (finalizers.is_array())
      for (const Json& f : finalizers.as_array())
        if (!old.is_array() || std::ranges::find(old.as_array(), f) == old.as_array().end())
          return refused(
              kind, after, "metadata.finalizers",
              "Forbidden: no new finalizers can be added if the object is being deleted");
  }
  return {};
}

}  // namespace ks::kube::simulated
