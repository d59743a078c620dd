// Why nothing leads to a deployment, as a real API server has it.
#include <doctest/doctest.h>

#include "tests/cluster/guests.hpp"

using namespace ks;
using namespace ks::test;

namespace {

const kube::Kind kWebhooks{"admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations",
                           "ValidatingWebhookConfiguration", false};

// Long enough for a busy machine; it takes a moment.
constexpr Duration kSoon = seconds(20);

bool becomes(Real& rig, const UserDeploymentResource& d, Phase phase, const std::string& reason) {
  const bool there = until(
      [&] {
        const auto s = rig.status(d);
        return s.phase == phase && s.reason == reason;
      },
      kSoon);
  if (!there) MESSAGE(name(rig.status(d).phase) << " " << rig.status(d).reason);
  return there;
}

// The operator with another configuration, for as long as this lives.
struct Configured {
  Configured(Real& on, const op::OperatorConfig& config) : rig(on) {
    rig.stop();
    rig.start(config);
  }
  ~Configured() {
    rig.stop();
    rig.start();
  }
  Real& rig;
};

Json ingress_class(const std::string& name) {
  return named(kinds::kIngressClass, "", name)
      .set("spec", Json::object({{"controller", "example.com/it"}}));
}

}  // namespace

TEST_CASE("on a real cluster a class of routes that is not there is told, and that it came") {
  KS_REAL(rig);
  op::OperatorConfig config;
  config.ingress_class = rig.fresh("class");
  const Configured with(rig, config);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::degraded, "IngressClassMissing"));
  CHECK(rig.status(d).message.find(config.ingress_class) != std::string::npos);
  CHECK(rig.status(d).services.at("web").ready == 1);
  CHECK(rig.status(d).observed_revision == 1);
  REQUIRE(creation_refusal(rig.admin(), kinds::kIngressClass,
                           ingress_class(config.ingress_class)) == "");
  CHECK(becomes(rig, d, Phase::ready, ""));
  REQUIRE(rig.admin().remove({kinds::kIngressClass, {}, config.ingress_class}, {}));
  CHECK(becomes(rig, d, Phase::degraded, "IngressClassMissing"));
}

TEST_CASE("on a real cluster without a default class of routes that is told, and it runs") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  std::vector<Json> defaults;
  for (Json one : rig.list(kinds::kIngressClass, ""))
    if (one.at("metadata", "annotations").text("ingressclass.kubernetes.io/is-default-class") ==
        "true") {
      REQUIRE(rig.admin().remove(kube::ref_of(kinds::kIngressClass, one), {}));
      for (const char* field : {"uid", "resourceVersion", "creationTimestamp", "managedFields"})
        one["metadata"].erase(field);
      defaults.push_back(std::move(one));
    }
  REQUIRE_FALSE(defaults.empty());
  const auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  const bool doubted = rig.reaches(d, Phase::ready, "NoIngressClass");
  for (const Json& one : defaults)
    REQUIRE(creation_refusal(rig.admin(), kinds::kIngressClass, one) == "");
  CHECK(doubted);
  CHECK(becomes(rig, d, Phase::ready, ""));
}

TEST_CASE("on a real cluster a route that an admission refuses is told as that") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const std::string name = rig.fresh("no-routes");
  const Json policy =
      named(kPolicy, "", name)
          .set("spec",
               parse_json(R"({"failurePolicy": "Fail", "matchConstraints": {"resourceRules": [
          {"apiGroups": ["networking.k8s.io"], "apiVersions": ["v1"], "operations": ["CREATE"],
           "resources": ["ingresses"]}]},
          "validations": [{"expression": "false", "message": "asked of corp.internal"}]})")
                   .value());
  Json bound = Json::object({{"policyName", name}, {"validationActions", Json::array({"Deny"})}});
  bound["matchResources"]["namespaceSelector"]["matchLabels"].set("kubernetes.io/metadata.name",
                                                                  s.spec.ns);
  rig.apply(kPolicy, policy, "kubectl");
  rig.apply(kPolicyBinding, named(kPolicyBinding, "", name).set("spec", bound), "kubectl");
  // Policies act a moment after they were made.
  REQUIRE(until([&] {
    const std::string said =
        refusal(rig.admin(), kinds::kIngress,
                named(kinds::kIngress, s.spec.ns, "probe")
                    .set("spec", parse_json(R"({"defaultBackend": {"service": {"name": "a",
                 "port": {"number": 80}}}})")
                                     .value()));
    if (said.empty()) (void)rig.admin().remove({kinds::kIngress, s.spec.ns, "probe"}, {});
    return said.find("corp.internal") != std::string::npos;
  }));
  const auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::error, "IngressRefused"));
  CHECK(rig.status(d).message.find(d.spec.host) != std::string::npos);
  CHECK(rig.status(d).message.find("corp.internal") == std::string::npos);
  REQUIRE(rig.admin().remove({kPolicyBinding, {}, name}, {}));
  REQUIRE(rig.admin().remove({kPolicy, {}, name}, {}));
  CHECK(rig.reaches(d, Phase::ready));

  // A webhook that does not answer, as of an ingress controller that is gone.
  const std::string silent = rig.fresh("silent");
  Json hook = parse_json(R"({"name": "routes.example.com", "admissionReviewVersions": ["v1"],
      "sideEffects": "None", "failurePolicy": "Fail", "timeoutSeconds": 1,
      "clientConfig": {"url": "https://127.0.0.1:1/corp"},
      "rules": [{"apiGroups": ["networking.k8s.io"], "apiVersions": ["v1"],
                 "operations": ["CREATE", "UPDATE"], "resources": ["ingresses"]}]})")
                  .value();
  hook["namespaceSelector"]["matchLabels"].set("kubernetes.io/metadata.name", s.spec.ns);
  Json hooks = named(kWebhooks, "", silent);
  hooks["webhooks"].push(std::move(hook));
  rig.apply(kWebhooks, hooks, "kubectl");
  const auto later = sample::deployment(s.spec.ns, rig.fresh("later"));
  runtime::sleep_for(seconds(2));
  rig.want(later);
  CHECK(rig.reaches(later, Phase::error, "IngressRefused"));
  CHECK(rig.status(later).message.find("does not answer") != std::string::npos);
  CHECK(rig.status(later).message.find("corp") == std::string::npos);
  REQUIRE(rig.admin().remove({kWebhooks, {}, silent}, {}));
  CHECK(rig.reaches(later, Phase::ready));
}
