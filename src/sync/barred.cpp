// What keeps a deployment out of its namespace.
#include <algorithm>

#include "domain/sandbox/waiting.hpp"
#include "sync/behind.hpp"
#include "sync/carrier.hpp"

namespace ks::sync {

// The operator says Ready of a Sandbox only when the namespace carries its claim. Before that the
// namespace of that name may be anybody's, and a Secret in it anybody's to read.
std::optional<Carrier::Bar> Carrier::barred(const WantedDeployment& row) const {
  const Bar not_yet{kSandboxNotReady, waits_for_sandbox({})};
  const auto known = sandboxes_.find("", row.namespace_);
  if (!known) return not_yet;
  const auto sandbox = sandbox_from_json(*known);
  if (!sandbox || sandbox->spec.claim != row.claim || sandbox->spec.ns != row.namespace_ ||
      sandbox->meta.deleting)
    return not_yet;
  const Condition* ready = sandbox->status.find("Ready");
  if (ready == nullptr) return not_yet;
  if (ready->status == "True") return behind(row, sandbox->spec);
  if (ready->reason == "NamespaceTaken" || ready->reason == "NetworkNotEnforced")
    return Bar{ready->reason, ready->message};
  return Bar{kSandboxNotReady, waits_for_sandbox(ready->message)};
}

// The cluster may have refused a stricter Sandbox, or is only about to get it. Asked of the
// database at the moment, since the row may have been read a while ago. What lets less through than
// is wanted keeps nothing back, nor is anything kept back from stopping.
std::optional<Carrier::Bar> Carrier::behind(const WantedDeployment& row,
                                            const SandboxSpec& has) const {
  const bool stops =
      std::ranges::none_of(row.workload.services, [](const Service& s) { return s.replicas > 0; });
  if (row.suspended || stops) return std::nullopt;
  const auto wanted = read([&](Tx& tx) -> Result<std::optional<SandboxSpec>> {
    const auto may = permit(row.client, row.org);
    KS_TRY(const auto around, stores_.sync.isolation_around(tx, may, row.id));
    if (!around) return std::optional<SandboxSpec>();
    KS_TRY(const Entitlements limits, stores_.plans.entitlements(tx, may, clock_.now()));
    SandboxSpec out;
    out.isolation = isolation(around->isolation).value_or(Isolation::dedicated);
    out.smtp_egress = limits.allows("smtp.egress");
    out.egress = around->egress;
    return std::optional(std::move(out));
  });
  if (!wanted) return Bar{kSandboxNotReady, waits_for_sandbox({})};
  if (!*wanted || !lets_more_through(has, **wanted)) return std::nullopt;
  return Bar{kSandboxBehind,
             waits_for_sandbox("The cluster has not taken yet what is to be kept apart now. What "
                               "runs goes on.")};
}

// What waits may be that less is let in, and that must not wait: whoever took a route away sees it
// gone. Only of what is known to the letter, so that it makes nothing and sets nothing back.
kube::KubeResult<void> Carrier::shut(const Json& known, const Json& wanted) {
  const std::string_view host = known.text("spec", "host");
  if (host.empty() || host == wanted.text("spec", "host") ||
      !known.text("metadata", "deletionTimestamp").empty())
    return {};
  Json metadata = Json::object({{"name", known.at("metadata", "name")},
                                {"namespace", known.at("metadata", "namespace")},
                                {"labels", known.at("metadata", "labels")}});
  // Not applied again it would be gone, and with it the word of which Secrets are left.
  if (const auto kept = known.text("metadata", "annotations", OldSecrets::kAnnotation);
      !kept.empty())
    metadata.set("annotations", Json::object({{std::string(OldSecrets::kAnnotation), kept}}));
  Json object = Json::object({{"apiVersion", wanted.at("apiVersion")},
                              {"kind", wanted.at("kind")},
                              {"metadata", std::move(metadata)},
                              {"spec", known.at("spec")}});
  object["spec"].erase("host");
  kube::ApplyOptions options;
  options.manager = kManager;
  options.uid = known.text("metadata", "uid");
  options.resource_version = known.text("metadata", "resourceVersion");
  const auto applied = cluster_.apply(kube::kinds::kUserDeployment, object, options);
  if (applied) deployments_.put(*applied);
  // It is gone, or was changed: the watch is about to tell.
  else if (!applied.error().is_not_found() && !applied.error().is_conflict())
    return std::unexpected(applied.error());
  return {};
}

}  // namespace ks::sync
