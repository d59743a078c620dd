#include "kube/simulated/quota.hpp"

#include <fmt/format.h>

#include "domain/deployment/quantity.hpp"
#include "kube/body.hpp"

namespace ks::kube::simulated {

using namespace kinds;

namespace {

constexpr std::string_view kCpu = "limits.cpu", kMemory = "limits.memory",
                           kStorage = "requests.storage";

std::string_view counted(std::string_view resource) {
  return resource.starts_with("count/") ? resource.substr(6) : resource;
}

std::int64_t amount_in(std::string_view resource, std::string_view text) {
  if (resource == kCpu) return parse_cpu_milli(text).value_or(0);
  return parse_bytes(text).value_or(0);
}

std::string as_quantity(std::string_view resource, std::int64_t amount) {
  if (resource == kCpu) return format_cpu_milli(amount);
  if (resource == kMemory || resource == kStorage) return format_bytes(amount);
  return std::to_string(amount);
}

void list_one(std::string& list, std::string_view resource, std::string_view value) {
  list += fmt::format("{}{}={}", list.empty() ? "" : ",", resource, value);
}

}  // namespace

void Usage::add(const Kind& kind, const Json& object) {
  const auto more = [&](std::string_view name, std::int64_t amount) {
    const auto at = amounts_.find(name);
    if (at == amounts_.end())
      amounts_.emplace(name, amount);
    else
      at->second += amount;
  };
  if (kind.group.empty())
    more(kind.plural, 1);
  else
    more(kind.plural + "." + kind.group, 1);
  if (kind == kPersistentVolumeClaim)
    more(kStorage, amount_in(kStorage, object.text("spec", "resources", "requests", "storage")));
  if (kind != kPod) return;
  const Json& containers = object.at("spec", "containers");
  if (!containers.is_array()) return;
  for (const Json& c : containers.as_array()) {
    more(kCpu, amount_in(kCpu, c.text("resources", "limits", "cpu")));
    more(kMemory, amount_in(kMemory, c.text("resources", "limits", "memory")));
  }
}

std::int64_t Usage::amount(std::string_view resource) const {
  const auto at = amounts_.find(counted(resource));
  return at == amounts_.end() ? 0 : at->second;
}

std::string Usage::text(std::string_view resource) const {
  return as_quantity(resource, amount(resource));
}

Usage usage_of(const State& state, const std::string& ns) {
  Usage out;
  for (const Ref& ref : state.in_namespace(ns)) out.add(ref.kind, *state.object(ref));
  return out;
}

KubeResult<void> admit_quota(const State& state, const Ref& ref, const Json& object,
                             const Json* before) {
  if (!state.options().enforce_quotas || !ref.kind.namespaced) return {};
  const auto quotas = state.objects(kResourceQuota, ref.ns);
  if (quotas.empty()) return {};
  Usage now, was;
  now.add(ref.kind, object);
  if (before != nullptr) was.add(ref.kind, *before);
  std::optional<Usage> all;
  for (const Object& quota : quotas) {
    // As the server does: what the quota's controller has taken up counts.
    const Json& hard = quota->at("status", "hard");
    if (!hard.is_object()) continue;
    std::string requested, used, limited;
    for (const auto& [resource, limit] : hard.members()) {
      const std::int64_t more = now.amount(resource) - was.amount(resource);
      if (more <= 0 || !limit.is_string()) continue;
      if (!all) all = usage_of(state, ref.ns);
      if (all->amount(resource) + more <= amount_in(resource, limit.as_string())) continue;
      list_one(requested, resource, as_quantity(resource, more));
      list_one(used, resource, all->text(resource));
      list_one(limited, resource, limit.as_string());
    }
    if (requested.empty()) continue;
    return kube_error(
        403, "Forbidden",
        fmt::format("{}{}{} \"{}\" is forbidden: exceeded quota: {}, requested: {}, used: {}, "
                    "limited: {}",
                    ref.kind.plural, ref.kind.group.empty() ? "" : ".", ref.kind.group, ref.name,
                    quota->text("metadata", "name"), requested, used, limited));
  }
  return {};
}

}  // namespace ks::kube::simulated
