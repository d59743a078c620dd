#include "operator/doctor/doctor.hpp"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

#include "operator/manifests/crds.hpp"
#include "operator/probe/proof.hpp"

using namespace ks;
using namespace ks::op;

namespace {

Json json(std::string_view text) {
  auto parsed = parse_json(text);
  REQUIRE_MESSAGE(parsed, text);
  return std::move(*parsed);
}

const Time kNow{1'700'000'000'000'000};

// A cluster by its answers; everything is there and in order.
struct Patient {
  Patient() {
    config.cluster_cidrs = {"198.51.0.0/16"};
    put("/version", R"({"major": "1", "minor": "30+"})");
    config.probe_image = "registry.test/k8s-scheduler:1";
    probed({NetworkVerdict::enforced, "words", kNow - minutes(50)});
    for (Json definition : custom_resource_definitions()) {
      definition.set("status",
                     json(R"({"conditions": [{"type": "Established", "status": "True"}]})"));
      answers[definition_path(definition)] = {200, definition};
    }
    put("/apis/storage.k8s.io/v1/storageclasses", R"({"items": [{"metadata": {"name": "fast",
      "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}},
      {"metadata": {"name": "slow"}}]})");
    put("/apis/networking.k8s.io/v1/ingressclasses", R"({"items": [{"metadata": {"name": "nginx",
      "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}}]})");
    put("/api/v1/namespaces/ingress-nginx", "{}");
    put("/apis/apps/v1/daemonsets?limit=500",
        R"({"items": [{"metadata": {"name": "kube-proxy"}}, {"metadata": {"name": "calico-node"}}]})");
    put("/api/v1/namespaces/kube-system/pods?limit=5&labelSelector=k8s-app%3Dkube-dns",
        R"({"items": [{"metadata": {"name": "coredns"}}]})");
    put("/api/v1/nodes?limit=500", R"({"items": [{"metadata": {"name": "one"},
      "spec": {"podCIDRs": ["10.244.0.0/24"]},
      "status": {"addresses": [{"type": "InternalIP", "address": "198.51.7.7"},
                               {"type": "Hostname", "address": "one"}]}}]})");
    put("/apis/networking.k8s.io/v1/servicecidrs",
        R"({"items": [{"spec": {"cidrs": ["10.96.0.0/16", "fd00::/108"]}}]})");
  }
  static std::string definition_path(const Json& definition) {
    return "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" +
           std::string(definition.text("metadata", "name"));
  }
  void put(const std::string& target, std::string_view text) {
    answers[target] = {200, json(text)};
  }

  static constexpr const char* kProof =
      "/apis/coordination.k8s.io/v1/namespaces/k8s-scheduler/leases/k8s-scheduler-network";
  void probed(const NetworkProof& proof) {
    answers[kProof] = {200, proof.lease(config.system_namespace)};
  }

  std::vector<Check> examined(Components components = {}) {
    return examine(
        [this](std::string_view method, const std::string& target, const Json& body) {
          if (down) return Reply{};
          if (method == "POST") {
            const Json& wish = body.at("spec", "resourceAttributes");
            const std::string text = std::string(wish.text("verb")) + " " +
                                     std::string(wish.text("resource")) +
                                     (wish.text("subresource").empty() ? "" : "/") +
                                     std::string(wish.text("subresource"));
            ++asked[text];
            return Reply{201,
                         Json::object({{"status", Json::object({{"allowed", text != denied}})}})};
          }
          CHECK(method == "GET");
          const auto at = answers.find(target);
          return at == answers.end() ? Reply{404, Json()} : at->second;
        },
        config, components, kNow);
  }
  std::vector<Check> of(Check::Verdict verdict, Components components = {}) {
    auto all = examined(components);
    std::erase_if(all, [&](const Check& check) { return check.verdict != verdict; });
    return all;
  }

  OperatorConfig config;
  std::map<std::string, Reply> answers;
  std::map<std::string, int> asked;
  std::string denied;
  bool down = false;
};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("a cluster that has everything is fit, and every check says so") {
  Patient patient;
  const auto checks = patient.examined();
  for (const Check& check : checks) {
    CHECK_MESSAGE(check.verdict == Check::Verdict::good, check.what);
    CHECK(check.mend.empty());
  }
  CHECK(is_fit(checks));
  CHECK(checks.size() >= 14);
  CHECK(has(text_of(checks), "0 faults"));
  // Each verb of the roles was asked for.
  for (const char* one : {"patch sandboxes/status", "delete namespaces", "get services",
                          "delete secrets", "create leases", "create events"})
    CHECK_MESSAGE(patient.asked.contains(one), one);
}

TEST_CASE("each thing that a cluster lacks is one fault, with what to do") {
  const struct {
    const char* what;
    const char* mend;
    void (*make_ill)(Patient&);
  } illnesses[] = {
      {"Kubernetes 1.29 is older", "Upgrade",
       [](Patient& p) { p.put("/version", R"({"major": "1", "minor": "29"})"); }},
      {"is not installed", "k8s-scheduler manifests",
       [](Patient& p) {
         p.answers.erase(Patient::definition_path(custom_resource_definitions()[0]));
       }},
      {"is of another version", "k8s-scheduler manifests",
       [](Patient& p) {
         p.answers[Patient::definition_path(custom_resource_definitions()[1])]
             .tree["metadata"]["annotations"]
             .set("k8s-scheduler.dev/wanted", "older");
       }},
      {"installed but not served", "describe",
       [](Patient& p) {
         p.answers[Patient::definition_path(custom_resource_definitions()[0])].tree.erase("status");
       }},
      {"lacks rights of the operator: delete namespaces", "k8s-scheduler manifests",
       [](Patient& p) { p.denied = "delete namespaces"; }},
      {"no storage class is the default; the cluster has none", "STORAGE_CLASS",
       [](Patient& p) { p.put("/apis/storage.k8s.io/v1/storageclasses", R"({"items": []})"); }},
      {"storage class huge is not there; the cluster has fast, slow", "STORAGE_CLASS",
       [](Patient& p) { p.config.storage_class = "huge"; }},
      {"no ingress class is the default", "INGRESS_CLASS",
       [](Patient& p) {
         p.put("/apis/networking.k8s.io/v1/ingressclasses",
               R"({"items": [{"metadata": {"name": "nginx"}}]})");
       }},
      {"namespace ingress-nginx, which is not there", "INGRESS_FROM",
       [](Patient& p) { p.answers.erase("/api/v1/namespaces/ingress-nginx"); }},
      {"Flannel, which enforces no policies", "Calico or Cilium",
       [](Patient& p) {
         p.put("/apis/apps/v1/daemonsets?limit=500",
               R"({"items": [{"metadata": {"name": "kube-flannel-ds"}}]})");
       }},
      {"network probe: denied traffic came in", "Calico or Cilium",
       [](Patient& p) {
         p.probed({NetworkVerdict::not_enforced, "denied traffic came in", kNow - days(9)});
       }},
      {"no pod in kube-system has k8s-app=kube-dns", "DNS_SELECTOR",
       [](Patient& p) {
         p.put("/api/v1/namespaces/kube-system/pods?limit=5&labelSelector=k8s-app%3Dkube-dns",
               "{}");
       }},
      {"NodeLocal DNS runs", "DNS_CIDRS",
       [](Patient& p) {
         p.put("/apis/apps/v1/namespaces/kube-system/daemonsets/node-local-dns", "{}");
       }},
      {"address of a node 198.51.7.7/32 counts as the internet", "CLUSTER_CIDRS",
       [](Patient& p) { p.config.cluster_cidrs.clear(); }},
      {"range of services 8.0.0.0/16 counts as the internet", "CLUSTER_CIDRS",
       [](Patient& p) {
         p.put("/apis/networking.k8s.io/v1/servicecidrs",
               R"({"items": [{"spec": {"cidrs": ["8.0.0.0/16"]}}]})");
       }},
      {"no node has the label pool", "DEDICATED_NODES",
       [](Patient& p) { p.config.dedicated_nodes = NodePool{"pool", "dedicated"}; }},
      {"lack its taint: one", "kubectl taint",
       [](Patient& p) {
         p.config.dedicated_nodes = NodePool{"pool", "dedicated"};
         p.answers["/api/v1/nodes?limit=500"].tree["items"].as_array()[0]["metadata"].set(
             "labels", Json::object({{"pool", "dedicated"}}));
       }},
      {"runtime class kata is not there", "DEDICATED_RUNTIME_CLASS",
       [](Patient& p) { p.config.dedicated_runtime_class = "kata"; }},
      {"nodes without user namespaces: one", "USER_NAMESPACES",
       [](Patient& p) { p.config.user_namespaces = UserNamespaces::always; }},
  };
  for (const auto& illness : illnesses) {
    CAPTURE(illness.what);
    Patient patient;
    illness.make_ill(patient);
    const auto faults = patient.of(Check::Verdict::bad);
    REQUIRE(faults.size() == 1);
    CHECK_MESSAGE(has(faults[0].what, illness.what), faults[0].what);
    CHECK_MESSAGE(has(faults[0].mend, illness.mend), faults[0].mend);
    CHECK_FALSE(is_fit(patient.examined()));
    const std::string text = text_of(patient.examined());
    CHECK(has(text, "FAULT " + faults[0].what));
    CHECK(has(text, "      " + faults[0].mend));
    CHECK(has(text, "1 fault,"));
  }
}

TEST_CASE("user namespaces by what the nodes can are told, and are no fault where they cannot") {
  Patient patient;
  patient.config.user_namespaces = UserNamespaces::auto_;
  const auto unsure = patient.of(Check::Verdict::unsure);
  REQUIRE(unsure.size() == 1);
  CHECK(has(unsure[0].what, "new pods run without user namespaces, which nodes lack: one"));
  CHECK(has(unsure[0].mend, "USER_NAMESPACES=false"));
  CHECK(is_fit(patient.examined()));
  Json& node = patient.answers["/api/v1/nodes?limit=500"].tree["items"].as_array()[0];
  node["status"].set(
      "runtimeHandlers",
      Json::array({Json::object({{"features", Json::object({{"userNamespaces", true}})}})}));
  CHECK(patient.of(Check::Verdict::unsure).empty());
  CHECK(has(text_of(patient.examined()), "every node has user namespaces: new pods run in them"));
}

TEST_CASE("what the account may not read is not taken for good, nor for a fault") {
  for (const char* closed :
       {"/apis/storage.k8s.io/v1/storageclasses", "/apis/networking.k8s.io/v1/ingressclasses",
        "/apis/apps/v1/daemonsets?limit=500", "/api/v1/nodes?limit=500",
        "/api/v1/namespaces/ingress-nginx",
        "/api/v1/namespaces/kube-system/pods?limit=5&labelSelector=k8s-app%3Dkube-dns"}) {
    CAPTURE(closed);
    Patient patient;
    patient.answers[closed] = {403, Json()};
    CHECK(patient.of(Check::Verdict::unsure).size() == 1);
    CHECK(is_fit(patient.examined()));
  }
  Patient patient;
  patient.put("/apis/apps/v1/daemonsets?limit=500", R"({"items": []})");
  const auto unsure = patient.of(Check::Verdict::unsure);
  REQUIRE(unsure.size() == 1);
  CHECK(has(unsure[0].what, "none that is known"));
}

TEST_CASE("a network is not called fit by a probe that failed, is old, or was never made") {
  const struct {
    const char* what;
    void (*make)(Patient&);
  } cases[] = {
      {"no image came",
       [](Patient& p) { p.probed({NetworkVerdict::failed, "no image came", kNow}); }},
      {"too long ago",
       [](Patient& p) { p.probed({NetworkVerdict::enforced, "words", kNow - hours(4)}); }},
      {"none has ended yet", [](Patient& p) { p.answers.erase(Patient::kProof); }},
      {"NETWORK_PROBE_IMAGE is not set", [](Patient& p) { p.config.probe_image.clear(); }},
      {"may not read it", [](Patient& p) { p.answers[Patient::kProof] = {403, Json()}; }},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    Patient patient;
    one.make(patient);
    const auto unsure = patient.of(Check::Verdict::unsure);
    REQUIRE(unsure.size() == 1);
    CHECK_MESSAGE(has(unsure[0].what, one.what), unsure[0].what);
    CHECK_FALSE(unsure[0].mend.empty());
    CHECK(is_fit(patient.examined()));
  }
}

TEST_CASE("the rights of the probe are asked for where there is one") {
  Patient patient;
  patient.examined();
  CHECK(patient.asked.contains("create pods"));
  patient.asked.clear();
  patient.config.probe_image.clear();
  patient.examined();
  CHECK_FALSE(patient.asked.contains("create pods"));
}

TEST_CASE("an API server that does not answer is the only fault") {
  Patient patient;
  patient.down = true;
  const auto checks = patient.examined();
  REQUIRE(checks.size() == 1);
  CHECK(has(checks[0].what, "does not answer"));
  CHECK_FALSE(is_fit(checks));
}

TEST_CASE("only the rights of the part that is meant are asked for") {
  Patient patient;
  patient.denied = "delete namespaces";
  CHECK(patient.of(Check::Verdict::bad, {true, false}).empty());
  CHECK(patient.of(Check::Verdict::bad, {false, true}).size() == 1);
}
