#include "operator/engine/bootstrap.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "domain/resources.hpp"
#include "operator/engine/informer.hpp"
#include "operator/manifests/crds.hpp"

namespace ks::op {

namespace kinds = kube::kinds;

namespace {

// An API server establishes a definition within a second; more often would only ask in vain.
constexpr Duration kLookAgain = milliseconds(200);
constexpr Duration kLookAgainMax = seconds(5);

bool established(const Json& definition) {
  const Json& list = definition.at("status", "conditions");
  if (!list.is_array()) return false;
  return std::ranges::any_of(list.as_array(), [](const Json& c) {
    return c.text("type") == "Established" && c.text("status") == "True";
  });
}

std::string_view hash_of(const Json& object) {
  return object.at("metadata", "annotations").text(annotations::kWanted);
}

}  // namespace

Json system_namespace(const OperatorConfig& config) {
  Json names = Json::object();
  names.set(labels::kPartOf, labels::kProduct);
  return Json::object({{"apiVersion", "v1"},
                       {"kind", "Namespace"},
                       {"metadata", Json::object({{"name", config.system_namespace},
                                                  {"labels", std::move(names)}})}});
}

bool Bootstrap::failed(std::string what, const kube::KubeError& error) {
  missing_ = std::move(what) + ": " +
             (error.status == 0 ? std::string("the cluster does not answer") : error.message);
  return false;
}

bool Bootstrap::ensure_namespace() {
  const std::string& name = config_.system_namespace;
  const auto there = cluster_.get({kinds::kNamespace, {}, name});
  if (there) return true;
  // Without the right to look, the lease shows whether the namespace is there.
  if (there.error().status == 403) return true;
  if (!there.error().is_not_found()) return failed("namespace " + name, there.error());
  const auto made = cluster_.create(kinds::kNamespace, system_namespace(config_));
  if (made || made.error().is_conflict()) return true;
  return failed("namespace " + name, made.error());
}

bool Bootstrap::ensure_definition(const Json& wanted) {
  const kube::Ref ref = kube::ref_of(kinds::kCustomResourceDefinition, wanted);
  const auto there = cluster_.get(ref);
  if (there && hash_of(*there) == hash_of(wanted)) {
    if (established(*there)) return true;
    missing_ = ref.name + " is not served yet";
    return false;
  }
  if (!there && !there.error().is_not_found()) return failed(ref.name, there.error());
  kube::ApplyOptions options;
  options.manager = "k8s-scheduler/install";
  const auto applied = cluster_.apply(kinds::kCustomResourceDefinition, wanted, options);
  if (applied) {
    if (established(*applied)) return true;
    missing_ = ref.name + " is not served yet";
    return false;
  }
  if (applied.error().status == 403) {
    // Somebody else installs here. Another version is theirs to bring up to date.
    if (there && established(*there)) {
      log::warn("a custom kind is of another version and may not be updated", {{"name", ref.name}});
      return true;
    }
    missing_ = ref.name +
               " is not installed, and this account may not install it; apply the "
               "output of `k8s-scheduler manifests`";
    return false;
  }
  return failed(ref.name, applied.error());
}

bool Bootstrap::pump() {
  if (done_ || (retry_at_.us != 0 && clock_.monotonic() < retry_at_)) return false;
  bool fine = ensure_namespace();
  if (fine && config_.install_crds == OperatorConfig::InstallCrds::auto_)
    for (const Json& wanted : custom_resource_definitions()) {
      fine = ensure_definition(wanted);
      if (!fine) break;
    }
  if (fine) {
    done_ = true;
    missing_.clear();
    retry_at_ = {};
    return true;
  }
  const Duration pause = std::clamp(back_off(++failures_, random_), kLookAgain, kLookAgainMax);
  retry_at_ = clock_.monotonic() + pause;
  return true;
}

}  // namespace ks::op
