#include "operator/probe/proof.hpp"

#include "kube/cluster.hpp"

namespace ks::op {

namespace {
// Clocks of two machines.
constexpr Duration kApart = minutes(1);

constexpr NetworkVerdict kAll[] = {NetworkVerdict::not_probed, NetworkVerdict::enforced,
                                   NetworkVerdict::not_enforced, NetworkVerdict::failed,
                                   NetworkVerdict::old};
}  // namespace

std::string_view name(NetworkVerdict verdict) {
  switch (verdict) {
    case NetworkVerdict::not_probed:
      return "NotProbed";
    case NetworkVerdict::enforced:
      return "Enforced";
    case NetworkVerdict::not_enforced:
      return "NotEnforced";
    case NetworkVerdict::failed:
      return "ProbeFailed";
    case NetworkVerdict::old:
      return "ProbeOld";
  }
  return "NotProbed";
}

NetworkProof NetworkProof::none() {
  return {NetworkVerdict::not_probed,
          "No probe has shown yet whether the network enforces the policies.",
          {},
          false};
}

NetworkProof NetworkProof::not_read() {
  return {NetworkVerdict::failed,
          "What the last probe of the network showed cannot be read, so nothing new is started "
          "until it can, or a probe shows that policies are enforced.",
          {},
          true};
}

std::optional<NetworkProof> NetworkProof::of_lease(const Json& lease) {
  const auto at = parse_rfc3339(lease.text("spec", "renewTime"));
  const Json& notes = lease.at("metadata", "annotations");
  if (!at) return std::nullopt;
  for (const NetworkVerdict verdict : kAll)
    if (notes.text(kVerdict) == name(verdict))
      return NetworkProof{verdict, std::string(notes.text(kWords)), *at, false};
  return std::nullopt;
}

Json NetworkProof::lease(const std::string& system_namespace) const {
  Json notes = Json::object();
  notes.set(kVerdict, name(verdict)).set(kWords, words);
  return Json::object({{"apiVersion", kube::kinds::kLease.api_version()},
                       {"kind", kube::kinds::kLease.name},
                       {"metadata", Json::object({{"name", kLease},
                                                  {"namespace", system_namespace},
                                                  {"annotations", std::move(notes)}})},
                       {"spec", Json::object({{"renewTime", rfc3339(at)}})}});
}

NetworkProof NetworkProof::worth(Time now, Duration every) const {
  if (verdict != NetworkVerdict::enforced) return *this;
  if (at >= now - every * kFreshIntervals && at <= now + kApart) return *this;
  return {NetworkVerdict::old,
          "The last probe that saw the network enforce policies is too long ago to count.", at,
          false};
}

NetworkProof after(const std::optional<NetworkProof>& known, NetworkProof next, int tries) {
  if (next.verdict != NetworkVerdict::failed || !known) return next;
  if (known->forbids_new()) return *known;
  if (known->verdict == NetworkVerdict::enforced && tries < kProbeTries) return *known;
  return next;
}

}  // namespace ks::op
