// What the API server refuses to somebody who has been let into a sandbox with every right there.
#include <doctest/doctest.h>

#include "tests/cluster/guests.hpp"

using namespace ks;
using namespace ks::test;

TEST_CASE("a guest of a sandbox gives no pod or service a label of the platform, by no way") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const std::string& ns = s.spec.ns;
  const Guest guest(rig, ns);
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
    // Nor does a controller do it for them, nor what it would take for its own.
    for (const kube::Kind& kind : {kinds::kDeployment, kinds::kReplicaSet}) {
      CHECK(by_policy(refusal(*guest, kind, making(kind, ns, "theirs", harmless_pod(), label))));
      CHECK(refusal(*guest, kind, making(kind, ns, "mine", harmless_pod())) == "");
      CHECK(by_policy(refusal(*guest, kind, making(kind, ns, "mine", harmless_pod(), label))));
      CHECK(by_policy(
          refusal(*guest, kind, labelled(making(kind, ns, "theirs", harmless_pod()), label))));
    }
    CHECK(by_policy(
        creation_refusal(*guest, kCronJob, planning(ns, "theirs", harmless_pod(), label))));
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
  const std::string& ns = s.spec.ns;
  const auto d = sample::deployment(ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const Guest guest(rig, ns);
  const std::string pod(rig.list(kinds::kPod, ns).at(0).text("metadata", "name"));
  const std::string set(rig.list(kinds::kReplicaSet, ns).at(0).text("metadata", "name"));
  const auto stripped = [&](const kube::Kind& kind, const std::string& name) {
    Json object = named(kind, ns, name);
    object["metadata"].set("labels", Json::object({{std::string(labels::kTeam), "none"}}));
    return object;
  };
  // Another owner beside its own: what is orphaned or taken over is nobody's to scale down.
  const auto owned = [&](const kube::Kind& kind, const std::string& name) {
    Json object = named(kind, ns, name);
    object["metadata"].set("ownerReferences",
                           Json::array({Json::object({{"apiVersion", "v1"},
                                                      {"kind", "ConfigMap"},
                                                      {"name", "kube-root-ca.crt"},
                                                      {"uid", sample::uuid(7)}})}));
    return object;
  };
  REQUIRE(until(
      [&] { return by_policy(status_refusal(*guest, kinds::kPod, stripped(kinds::kPod, pod))); }));
  for (const auto& [kind, name] :
       {std::pair(kinds::kPod, pod), std::pair(kinds::kReplicaSet, set),
        std::pair(kinds::kDeployment, d.spec.stem), std::pair(kinds::kService, d.spec.stem)}) {
    CAPTURE(kind.plural);
    CHECK(by_policy(refusal(*guest, kind, stripped(kind, name))));
    // Of a Deployment a write to the status leaves the labels alone, of a pod the owners.
    if (kind != kinds::kDeployment)
      CHECK(by_policy(status_refusal(*guest, kind, stripped(kind, name))));
    CHECK(by_policy(refusal(*guest, kind, owned(kind, name))));
    if (kind != kinds::kPod) CHECK(by_policy(status_refusal(*guest, kind, owned(kind, name))));
  }
  const Json five = Json::object({{"spec", Json::object({{"replicas", 5}})}});
  CHECK(
      by_policy(refusal(*guest, kinds::kDeployment,
                        named(kinds::kDeployment, ns, d.spec.stem).set("spec", five.at("spec")))));
  const std::string apps = "/apis/apps/v1/namespaces/" + ns;
  CHECK(by_policy(guest.patch_refusal(apps + "/deployments/" + d.spec.stem + "/scale", five)));
  CHECK(by_policy(guest.patch_refusal(apps + "/replicasets/" + set + "/scale", five)));
  Json probe = harmless_pod().at("containers").as_array()[0];
  probe.erase("resources");
  probe = Json::object(
      {{"spec", Json::object({{"ephemeralContainers", Json::array({std::move(probe)})}})}});
  CHECK(by_policy(guest.patch_refusal(
      "/api/v1/namespaces/" + ns + "/pods/" + pod + "/ephemeralcontainers", probe)));
  CHECK(rig.status(d).phase == Phase::ready);
  CHECK(rig.list(kinds::kPod, ns).size() == 1);
}

TEST_CASE("a guest of a sandbox scales what it has made, and no other account what we have") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const std::string& ns = s.spec.ns;
  const auto d = sample::deployment(ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const Guest guest(rig, ns);
  REQUIRE(until([&] {
    return refusal(*guest, kinds::kDeployment,
                   making(kinds::kDeployment, ns, "mine", harmless_pod())) == "";
  }));
  const std::string apps = "/apis/apps/v1/namespaces/" + ns + "/deployments/";
  const Json two = Json::object({{"spec", Json::object({{"replicas", 2}})}});
  CHECK(guest.patch_refusal(apps + "mine/scale", two) == "");
  // Nor a controller of Kubernetes' that is no autoscaler; they are believed otherwise.
  const Guest controller(rig, ns, "kube-system");
  REQUIRE(until(
      [&] { return by_policy(controller.patch_refusal(apps + d.spec.stem + "/scale", two)); }));
  CHECK(controller.patch_refusal(apps + "mine/scale", two) == "");
  CHECK(by_policy(guest.patch_refusal(apps + d.spec.stem + "/scale", two)));
  CHECK(rig.get({kinds::kDeployment, ns, d.spec.stem})->integer_or(0, "spec", "replicas") == 1);
}

TEST_CASE("a guest of a sandbox writes none of the platform's resources, nor what bounds it") {
  KS_REAL(rig);
  const SandboxResource s = sample::limited_sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const std::string& ns = s.spec.ns;
  const auto d = sample::deployment(ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const Guest guest(rig, ns);
  const Json going = named(kinds::kUserDeployment, ns, d.spec.stem)
                         .set("spec", Json::object({{"suspended", true}}));
  REQUIRE(until([&] { return by_policy(refusal(*guest, kinds::kUserDeployment, going)); }));
  const Json told = named(kinds::kUserDeployment, ns, d.spec.stem)
                        .set("status", Json::object({{"phase", "Error"}}));
  CHECK(by_policy(status_refusal(*guest, kinds::kUserDeployment, told)));
  CHECK(by_policy(removal_refusal(*guest, {kinds::kUserDeployment, ns, d.spec.stem})));
  CHECK(by_policy(creation_refusal(*guest, kinds::kUserDeployment,
                                   to_json(sample::deployment(ns, rig.fresh("theirs"))))));
  const Json more = Json::object({{"hard", Json::object({{"pods", "100"}})}});
  for (const char* part : {"spec", "status"}) {
    CAPTURE(part);
    const Json quota = named(kinds::kResourceQuota, ns, "quota").set(part, more);
    CHECK(by_policy(part == std::string("spec")
                        ? refusal(*guest, kinds::kResourceQuota, quota)
                        : status_refusal(*guest, kinds::kResourceQuota, quota)));
  }
  for (const auto& [kind, name] :
       {std::pair(kinds::kResourceQuota, "quota"), std::pair(kinds::kLimitRange, "limits"),
        std::pair(kinds::kNetworkPolicy, "default-deny")}) {
    CAPTURE(kind.plural);
    CHECK(by_policy(removal_refusal(*guest, {kind, ns, name})));
    // Without our label it would be no more of ours to put right.
    Json bare = named(kind, ns, name);
    bare["metadata"].set("labels", Json::object({{std::string(labels::kOrg), "none"}}));
    CHECK(by_policy(refusal(*guest, kind, bare)));
  }
  CHECK(refusal(*guest, kinds::kResourceQuota,
                named(kinds::kResourceQuota, ns, "mine").set("spec", more)) == "");
  CHECK(removal_refusal(*guest, {kinds::kResourceQuota, ns, "mine"}) == "");
  CHECK(rig.status(d).phase == Phase::ready);
}

TEST_CASE("a guest of a sandbox chooses no node, and tolerates no taint but Kubernetes' own") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const std::string& ns = s.spec.ns;
  const Guest guest(rig, ns);
  const auto tolerating = [](Json toleration) {
    return harmless_pod().set("tolerations", Json::array({std::move(toleration)}));
  };
  const Json wrong[] = {
      harmless_pod().set("nodeName", "node-0"),
      tolerating(Json::object({{"operator", "Exists"}})),
      tolerating(Json::object({{"operator", "Exists"}, {"effect", "NoExecute"}})),
      tolerating(Json::object({{"key", "example.com/org"}, {"operator", "Exists"}})),
      tolerating(
          Json::object({{"key", "example.com/org"}, {"operator", "Equal"}, {"value", "acme"}})),
  };
  const Json fine[] = {
      harmless_pod(),
      tolerating(Json::object({{"key", "node.kubernetes.io/not-ready"},
                               {"operator", "Exists"},
                               {"effect", "NoExecute"},
                               {"tolerationSeconds", 5}})),
  };
  REQUIRE(until([&] {
    return by_policy(creation_refusal(*guest, kinds::kPod,
                                      named(kinds::kPod, ns, "wrong").set("spec", wrong[0])));
  }));
  for (const Json& pod : wrong) {
    CAPTURE(pod.dump());
    CHECK(by_policy(
        creation_refusal(*guest, kinds::kPod, named(kinds::kPod, ns, "wrong").set("spec", pod))));
    // Nor does a controller of Kubernetes' own, which is believed, do it for them.
    for (const kube::Kind& kind :
         {kinds::kDeployment, kinds::kReplicaSet, kStatefulSet, kDaemonSet})
      CHECK_MESSAGE(by_policy(creation_refusal(*guest, kind, making(kind, ns, "wrong", pod))),
                    kind.plural);
    CHECK(by_policy(creation_refusal(*guest, kCronJob, planning(ns, "wrong", pod))));
  }
  int n = 0;
  for (const Json& pod : fine) {
    CAPTURE(pod.dump());
    const std::string name = "fine-" + std::to_string(++n);
    CHECK(creation_refusal(*guest, kinds::kPod, named(kinds::kPod, ns, name).set("spec", pod)) ==
          "");
    for (const kube::Kind& kind : {kinds::kDeployment, kStatefulSet, kDaemonSet})
      CHECK(creation_refusal(*guest, kind, making(kind, ns, name, pod)) == "");
    // The quota has room for none.
    CHECK_FALSE(by_policy(creation_refusal(*guest, kCronJob, planning(ns, name, pod))));
  }
  // Tolerations may be added to a pod that is there.
  Json more = rig.get({kinds::kPod, ns, "fine-1"})->at("spec", "tolerations");
  more.push(Json::object({{"operator", "Exists"}}));
  CHECK(by_policy(refusal(*guest, kinds::kPod,
                          named(kinds::kPod, ns, "fine-1")
                              .set("spec", Json::object({{"tolerations", std::move(more)}})))));
  CHECK(by_policy(refusal(*guest, kinds::kDeployment,
                          making(kinds::kDeployment, ns, "fine-1",
                                 tolerating(Json::object({{"operator", "Exists"}}))))));
  const Json node = Json::object({{"apiVersion", "v1"}, {"kind", "Node"}, {"name", "node-0"}});
  CHECK(by_policy(
      creation_refusal(*guest, kBinding, named(kBinding, ns, "fine-1").set("target", node))));
  // Elsewhere it is none of our business.
  CHECK(creation_refusal(rig.admin(), kinds::kPod,
                         named(kinds::kPod, foreign(rig), "any").set("spec", wrong[1])) == "");
}

TEST_CASE(
    "a guest of a sandbox has no pods made by way of a revision, and opens no load balancer") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const std::string& ns = s.spec.ns;
  const Guest guest(rig, ns);
  REQUIRE(until([&] {
    return refusal(*guest, kStatefulSet, making(kStatefulSet, ns, "mine", harmless_pod())) == "";
  }));
  // The controller writes the first.
  REQUIRE(until([&] { return !rig.list(kRevision, ns).empty(); }));
  const Json first = rig.list(kRevision, ns).at(0);
  Json mine = named(kRevision, ns, std::string(first.text("metadata", "name")));
  mine["metadata"].set("labels", Json::object({{"app", "other"}}));
  mine.set("revision", first.at("revision"));
  CHECK(by_policy(refusal(*guest, kRevision, mine)));
  Json other = named(kRevision, ns, "other");
  other.set("revision", 7).set("data", first.at("data"));
  CHECK(by_policy(creation_refusal(*guest, kRevision, other)));
  const Json ports = Json::array({Json::object({{"port", 80}, {"protocol", "TCP"}})});
  REQUIRE(
      refusal(*guest, kinds::kService,
              named(kinds::kService, ns, "mine").set("spec", Json::object({{"ports", ports}}))) ==
      "");
  const Json address = Json::object(
      {{"loadBalancer",
        Json::object({{"ingress", Json::array({Json::object({{"ip", "192.0.2.1"}})})}})}});
  CHECK(status_refusal(*guest, kinds::kService,
                       named(kinds::kService, ns, "mine").set("status", address)) != "");
}

TEST_CASE("a guest of a sandbox opens no way to or from what runs there") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const std::string& ns = s.spec.ns;
  const auto d = sample::deployment(ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  const Guest guest(rig, ns);
  const auto policy = parse_json(R"({"podSelector": {}, "policyTypes": ["Ingress", "Egress"],
    "ingress": [{}], "egress": [{}]})");
  const auto route = parse_json(R"({"defaultBackend": {"service": {"name": "any",
    "port": {"number": 80}}}})");
  const auto slice = parse_json(R"([{"addresses": ["192.0.2.1"]}])");
  const Json open = named(kinds::kNetworkPolicy, ns, "mine").set("spec", policy.value());
  const Json way = named(kinds::kIngress, ns, "mine").set("spec", route.value());
  // What kube-proxy would take for addresses of the deployment's Service.
  Json addresses = named(kSlice, ns, "mine");
  addresses["metadata"].set("labels", Json::object({{"kubernetes.io/service-name", d.spec.stem}}));
  addresses.set("addressType", "IPv4").set("endpoints", slice.value());
  REQUIRE(until([&] { return by_policy(refusal(*guest, kinds::kNetworkPolicy, open)); }));
  CHECK(by_policy(refusal(*guest, kinds::kIngress, way)));
  CHECK(by_policy(refusal(*guest, kSlice, addresses)));
  CHECK(by_policy(refusal(*guest, kEndpoints, named(kEndpoints, ns, d.spec.stem))));
  // Nor do they turn what is there.
  const std::string group = "/apis/networking.k8s.io/v1/namespaces/" + ns;
  const Json change = Json::object({{"spec", policy.value()}});
  CHECK(by_policy(guest.patch_refusal(group + "/networkpolicies/default-deny", change)));
  const auto slices = rig.list(kSlice, ns);
  REQUIRE_FALSE(slices.empty());
  const std::string ours(slices.at(0).text("metadata", "name"));
  CHECK(by_policy(
      guest.patch_refusal("/apis/discovery.k8s.io/v1/namespaces/" + ns + "/endpointslices/" + ours,
                          Json::object({{"endpoints", slice.value()}}))));
  CHECK_FALSE(rig.get({kinds::kNetworkPolicy, ns, "mine"}).has_value());
  // Kubernetes' own controllers go on: the Service has had its slice, and a new one gets one too.
  const Json ports = Json::array({Json::object({{"port", 80}, {"protocol", "TCP"}})});
  const Json selector = Json::object({{"app", "guest"}});
  REQUIRE(refusal(*guest, kinds::kService,
                  named(kinds::kService, ns, "mine")
                      .set("spec", Json::object({{"ports", ports}, {"selector", selector}}))) ==
          "");
  CHECK(until([&] { return rig.list(kSlice, ns).size() > slices.size(); }));
  // Elsewhere it is none of our business.
  Json elsewhere = open;
  const std::string other = foreign(rig);
  elsewhere["metadata"].set("namespace", other);
  const Guest host(rig, other);
  CHECK(until([&] { return refusal(*host, kinds::kNetworkPolicy, elsewhere) == ""; }));
}
