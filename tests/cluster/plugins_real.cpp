// Kinds of network plugins and of the Gateway API, by which somebody could open ways as by a
// NetworkPolicy or an Ingress. A cluster has those of what is installed in it; here they are
// without anybody behind them, since the API server alone refuses.
#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cluster/guests.hpp"

using namespace ks;
using namespace ks::test;

namespace {

const std::vector<kube::Kind>& ways() {
  static const std::vector<kube::Kind> kWays = {
      {"gateway.networking.k8s.io", "v1", "gateways", "Gateway", true},
      {"gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", true},
      {"gateway.networking.k8s.io", "v1beta1", "referencegrants", "ReferenceGrant", true},
      {"cilium.io", "v2", "ciliumnetworkpolicies", "CiliumNetworkPolicy", true},
      {"cilium.io", "v2", "ciliumlocalredirectpolicies", "CiliumLocalRedirectPolicy", true},
      {"cilium.io", "v2", "ciliumenvoyconfigs", "CiliumEnvoyConfig", true},
      {"projectcalico.org", "v3", "networkpolicies", "NetworkPolicy", true},
      {"projectcalico.org", "v3", "networksets", "NetworkSet", true},
      {"crd.projectcalico.org", "v1", "networkpolicies", "NetworkPolicy", true},
      {"crd.projectcalico.org", "v1", "networksets", "NetworkSet", true}};
  return kWays;
}

std::string definition_name(const kube::Kind& kind) {
  return std::string(kind.plural) + "." + std::string(kind.group);
}

Json definition(const kube::Kind& kind) {
  std::string singular(kind.name);
  std::ranges::transform(singular, singular.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  Json out = named(kinds::kCustomResourceDefinition, {}, definition_name(kind));
  // Groups of Kubernetes itself are protected (KEP-1111).
  out["metadata"].set("annotations",
                      Json::object({{"api-approved.kubernetes.io", "unapproved, for tests"}}));
  const auto schema = parse_json(
      R"({"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}})");
  Json version = Json::object(
      {{"name", kind.version}, {"served", true}, {"storage", true}, {"schema", schema.value()}});
  return out.set("spec", Json::object({{"group", kind.group},
                                       {"scope", "Namespaced"},
                                       {"names", Json::object({{"plural", kind.plural},
                                                               {"singular", singular},
                                                               {"kind", kind.name}})},
                                       {"versions", Json::array({std::move(version)})}}));
}

// Away again at the end: what is there of kinds is counted elsewhere.
struct Installed {
  explicit Installed(Real& around) : rig(around) {
    for (const kube::Kind& kind : ways())
      rig.apply(kinds::kCustomResourceDefinition, definition(kind), "kubectl");
  }
  ~Installed() {
    for (const kube::Kind& kind : ways()) {
      const kube::Ref ref{kinds::kCustomResourceDefinition, {}, definition_name(kind)};
      CHECK(rig.admin().remove(ref, {}));
      CHECK(until([&] { return !rig.get(ref).has_value(); }));
    }
  }
  Real& rig;
};

}  // namespace

TEST_CASE("a guest of a sandbox opens no way by the kinds of gateways and network plugins") {
  KS_REAL(rig);
  const Installed installed(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  REQUIRE(until([&] { return rig.get({kinds::kNamespace, {}, s.spec.ns}).has_value(); }));
  const std::string other = foreign(rig);
  const Guest guest(rig, s.spec.ns);
  const Guest host(rig, other);
  for (const kube::Kind& kind : ways()) {
    CAPTURE(definition_name(kind));
    CHECK(until(
        [&] { return by_policy(creation_refusal(*guest, kind, named(kind, s.spec.ns, "mine"))); }));
    // Elsewhere it is none of our business.
    CHECK(until([&] { return creation_refusal(*host, kind, named(kind, other, "theirs")) == ""; }));
  }
}
