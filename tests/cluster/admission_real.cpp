// What the API server itself refuses to our own accounts, whatever their roles would allow.
#include <doctest/doctest.h>

#include "tests/cluster/guests.hpp"

using namespace ks;
using namespace ks::test;

TEST_CASE("our accounts write into namespaces of sandboxes only") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const std::string theirs = foreign(rig);
  const Json service =
      Json::object({{"ports", Json::array({Json::object({{"port", 80}, {"protocol", "TCP"}})})}});
  // Policies act a moment after they were made.
  CHECK(until([&] {
    return by_policy(refusal(rig.api(), kinds::kSecret, named(kinds::kSecret, theirs, "planted")));
  }));
  for (const std::string& ns :
       {theirs, std::string("default"), std::string("kube-system"), std::string(kSystem)}) {
    CAPTURE(ns);
    CHECK(by_policy(refusal(rig.api(), kinds::kSecret, named(kinds::kSecret, ns, "planted"))));
    CHECK(by_policy(refusal(rig.own(), kinds::kService,
                            named(kinds::kService, ns, "planted").set("spec", service))));
    CHECK(by_policy(
        refusal(rig.own(), kinds::kServiceAccount, named(kinds::kServiceAccount, ns, "planted"))));
  }
  // What is there already does not go either.
  rig.apply(kinds::kSecret, named(kinds::kSecret, theirs, "kept"), "kubectl");
  for (kube::Cluster* cluster : {&rig.api(), &rig.own()}) {
    const auto removed = cluster->remove({kinds::kSecret, theirs, "kept"}, {});
    REQUIRE_FALSE(removed);
    CHECK(by_policy(removed.error().message));
  }
  CHECK(rig.get({kinds::kSecret, theirs, "kept"}));
  CHECK(refusal(rig.api(), kinds::kSecret, named(kinds::kSecret, s.spec.ns, "wanted")) == "");
  CHECK(rig.api().remove({kinds::kSecret, s.spec.ns, "wanted"}, {}));
  CHECK(refusal(rig.own(), kinds::kService,
                named(kinds::kService, s.spec.ns, "wanted").set("spec", service)) == "");
  CHECK(rig.own().remove({kinds::kService, s.spec.ns, "wanted"}, {}));
}

TEST_CASE("the operator changes and removes no namespace that it did not make") {
  KS_REAL(rig);
  const std::string theirs = foreign(rig);
  Json claimed = named(kinds::kNamespace, {}, theirs);
  claimed["metadata"].set("annotations",
                          Json::object({{std::string(annotations::kClaim), "taken"}}));
  CHECK(until([&] { return by_policy(refusal(rig.own(), kinds::kNamespace, claimed)); }));
  const auto removed = rig.own().remove({kinds::kNamespace, {}, theirs}, {});
  REQUIRE_FALSE(removed);
  CHECK(by_policy(removed.error().message));
  // And makes none that would look like somebody else's.
  const auto made =
      rig.own().create(kinds::kNamespace, named(kinds::kNamespace, {}, rig.fresh("unclaimed")));
  REQUIRE_FALSE(made);
  CHECK(by_policy(made.error().message));
}

TEST_CASE("in a sandbox nobody has a service but within the cluster") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const Json ports = Json::array({Json::object({{"port", 80}, {"protocol", "TCP"}})});
  const Json wrong[] = {
      Json::object({{"ports", ports}, {"type", "NodePort"}}),
      Json::object({{"ports", ports}, {"type", "LoadBalancer"}}),
      Json::object({{"ports", ports}, {"externalIPs", Json::array({Json("10.96.0.1")})}}),
      Json::object({{"type", "ExternalName"}, {"externalName", "kubernetes.default.svc"}}),
  };
  const auto refused = [&](kube::Cluster& cluster, const std::string& ns, const Json& spec) {
    return refusal(cluster, kinds::kService, named(kinds::kService, ns, "open").set("spec", spec));
  };
  CHECK(until([&] { return by_policy(refused(rig.admin(), s.spec.ns, wrong[0])); }));
  for (const Json& spec : wrong) {
    CAPTURE(spec.dump());
    CHECK(by_policy(refused(rig.admin(), s.spec.ns, spec)));
    CHECK(by_policy(refused(rig.own(), s.spec.ns, spec)));
  }
  // Elsewhere it is none of our business.
  CHECK(refused(rig.admin(), foreign(rig), wrong[0]) == "");
  CHECK(refused(rig.admin(), s.spec.ns, Json::object({{"ports", ports}})) == "");
}
