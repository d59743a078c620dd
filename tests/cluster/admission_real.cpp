// What the API server itself refuses to our own accounts, whatever their roles would allow.
#include <doctest/doctest.h>

#include "tests/cluster/real.hpp"

using namespace ks;
using namespace ks::test;

namespace {

Json named(const kube::Kind& kind, const std::string& ns, const std::string& name) {
  Json metadata = Json::object({{"name", name}});
  if (!ns.empty()) metadata.set("namespace", ns);
  return Json::object(
      {{"apiVersion", kind.api_version()}, {"kind", kind.name}, {"metadata", std::move(metadata)}});
}

// Empty: it was done.
std::string refusal(kube::Cluster& cluster, const kube::Kind& kind, const Json& object) {
  kube::ApplyOptions options;
  options.manager = "k8s-scheduler/test";
  const auto done = cluster.apply(kind, object, options);
  return done ? "" : done.error().message;
}

bool by_policy(const std::string& refused) {
  return refused.find("ValidatingAdmissionPolicy 'k8s-scheduler-") != std::string::npos;
}

// A namespace of somebody else, made by the administrator.
std::string foreign(Real& rig) {
  const std::string ns = rig.fresh("foreign");
  rig.apply(kinds::kNamespace, named(kinds::kNamespace, {}, ns), "kubectl");
  return ns;
}

}  // namespace

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

namespace {

// Somebody who has been let into a sandbox with every right there.
std::unique_ptr<kube::Cluster> guest_of(Real& rig, const std::string& ns) {
  const std::string home = foreign(rig);
  rig.apply(kinds::kServiceAccount, named(kinds::kServiceAccount, home, "guest"), "kubectl");
  const Json any = Json::array({Json("*")});
  rig.apply(kRole,
            named(kRole, ns, "guest")
                .set("rules", Json::array({Json::object(
                                  {{"apiGroups", any}, {"resources", any}, {"verbs", any}})})),
            "kubectl");
  rig.apply(kRoleBinding,
            named(kRoleBinding, ns, "guest")
                .set("roleRef", Json::object({{"apiGroup", "rbac.authorization.k8s.io"},
                                              {"kind", "Role"},
                                              {"name", "guest"}}))
                .set("subjects",
                     Json::array({Json::object(
                         {{"kind", "ServiceAccount"}, {"name", "guest"}, {"namespace", home}})})),
            "kubectl");
  return Real::connect(rig.as(home, "guest"));
}

// As a sandbox's pod security wants it; no scheduler of this cluster takes it.
Json harmless_pod() {
  const auto container = parse_json(R"({"name": "c", "image": "docker.io/acme/app:1",
    "resources": {"limits": {"cpu": "10m", "memory": "16Mi"}},
    "securityContext": {"allowPrivilegeEscalation": false, "runAsNonRoot": true,
      "seccompProfile": {"type": "RuntimeDefault"}, "capabilities": {"drop": ["ALL"]}}})");
  return Json::object(
      {{"schedulerName", "nobody"}, {"containers", Json::array({container.value()})}});
}

Json labelled(Json object, const std::string& key, const char* app = "guest") {
  Json names = Json::object({{"app", app}});
  if (!key.empty()) names.set(key, "true");
  object["metadata"].set("labels", std::move(names));
  return object;
}

std::string status_refusal(kube::Cluster& cluster, const kube::Kind& kind, const Json& object) {
  kube::ApplyOptions options;
  options.manager = "k8s-scheduler/test";
  options.subresource = kube::Subresource::status;
  const auto done = cluster.apply(kind, object, options);
  return done ? "" : done.error().message;
}

const kube::Kind kBinding{"", "v1", "bindings", "Binding", true};

}  // namespace

TEST_CASE("a guest of a sandbox gives no pod or service a label of the platform, by no way") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const std::string& ns = s.spec.ns;
  const auto guest = guest_of(rig, ns);
  const Json ports = Json::array({Json::object({{"port", 80}, {"protocol", "TCP"}})});
  const Json pod = named(kinds::kPod, ns, "mine").set("spec", harmless_pod());
  const Json service =
      named(kinds::kService, ns, "mine").set("spec", Json::object({{"ports", ports}}));
  // Rights and policies act a moment after they were made.
  REQUIRE(until([&] { return refusal(*guest, kinds::kPod, labelled(pod, "")) == ""; }));
  REQUIRE(refusal(*guest, kinds::kService, labelled(service, "")) == "");
  const std::string exposed(labels::kExposed);
  REQUIRE(until([&] { return by_policy(refusal(*guest, kinds::kPod, labelled(pod, exposed))); }));
  for (const std::string_view key : {labels::kExposed, labels::kTeam, labels::kOrg}) {
    CAPTURE(key);
    const std::string label(key);
    CHECK(by_policy(refusal(*guest, kinds::kPod, labelled(pod, label))));
    CHECK(by_policy(refusal(*guest, kinds::kService, labelled(service, label))));
    // A write to the status is none to the object, and changes its labels all the same.
    for (const auto& [kind, object] :
         {std::pair(kinds::kPod, named(kinds::kPod, ns, "mine")),
          std::pair(kinds::kService, named(kinds::kService, ns, "mine"))}) {
      CHECK(by_policy(status_refusal(*guest, kind, labelled(object, label))));
      CHECK(status_refusal(*guest, kind, labelled(object, "guest")) == "");
    }
    const auto bound = guest->create(
        kBinding,
        labelled(named(kBinding, ns, "mine"), label)
            .set("target",
                 Json::object({{"apiVersion", "v1"}, {"kind", "Node"}, {"name", "none"}})));
    REQUIRE_FALSE(bound);
    CHECK(by_policy(bound.error().message));
    // Nor does a controller do it for them.
    const auto workload = [&](const kube::Kind& kind, const std::string& name,
                              const std::string& with) {
      Json spec = Json::object(
          {{"replicas", 0},
           {"selector", Json::object({{"matchLabels", Json::object({{"app", "made"}})}})},
           {"template", labelled(Json::object({{"spec", harmless_pod()}}), with, "made")}});
      return named(kind, ns, name).set("spec", std::move(spec));
    };
    for (const kube::Kind& kind : {kinds::kDeployment, kinds::kReplicaSet}) {
      CHECK(by_policy(refusal(*guest, kind, workload(kind, "theirs", label))));
      CHECK(refusal(*guest, kind, workload(kind, "mine", "")) == "");
      CHECK(by_policy(refusal(*guest, kind, workload(kind, "mine", label))));
    }
    const kube::Kind cron{"batch", "v1", "cronjobs", "CronJob", true};
    Json job = Json::object({{"spec", harmless_pod().set("restartPolicy", "Never")}});
    const auto planned = guest->create(
        cron,
        named(cron, ns, "theirs")
            .set("spec",
                 Json::object(
                     {{"schedule", "0 0 1 1 *"},
                      {"jobTemplate",
                       Json::object(
                           {{"spec", Json::object({{"template", labelled(job, label)}})}})}})));
    REQUIRE_FALSE(planned);
    CHECK(by_policy(planned.error().message));
  }
  for (const kube::Kind& kind : {kinds::kPod, kinds::kService}) {
    const auto left = rig.get({kind, ns, "mine"});
    REQUIRE(left);
    CHECK(left->at("metadata", "labels").text(labels::kExposed).empty());
  }
}

TEST_CASE("a guest of a sandbox changes nothing about what has the platform's labels") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const auto guest = guest_of(rig, s.spec.ns);
  const std::string pod(rig.list(kinds::kPod, s.spec.ns).at(0).text("metadata", "name"));
  const auto stripped = [&](const kube::Kind& kind, const std::string& name) {
    Json object = named(kind, s.spec.ns, name);
    object["metadata"].set("labels", Json::object({{std::string(labels::kTeam), "none"}}));
    return object;
  };
  REQUIRE(until(
      [&] { return by_policy(status_refusal(*guest, kinds::kPod, stripped(kinds::kPod, pod))); }));
  CHECK(by_policy(status_refusal(*guest, kinds::kService, stripped(kinds::kService, d.spec.stem))));
  CHECK(by_policy(refusal(*guest, kinds::kPod, stripped(kinds::kPod, pod))));
  Json scaled = named(kinds::kDeployment, s.spec.ns, d.spec.stem);
  scaled.set("spec", Json::object({{"replicas", 5}}));
  CHECK(by_policy(refusal(*guest, kinds::kDeployment, scaled)));
  CHECK(rig.status(d).phase == Phase::ready);
}
