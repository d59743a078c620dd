// What kubectl describe shows of our resources, on a real API server and by the operator's own
// role.
#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "kube/https/transport.hpp"
#include "operator/plan/news.hpp"
#include "tests/cluster/guests.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// As kubectl describe asks for them: by everything that an Event says of its object.
std::vector<Json> described(Real& rig, const kube::Kind& kind, const std::string& ns,
                            const std::string& name) {
  const auto object = rig.get({kind, ns, name});
  if (!object) return {};
  const auto& config = rig.admin_config();
  kube::https::Endpoint endpoint;
  endpoint.server = config.server;
  endpoint.ca = config.ca;
  endpoint.client_certificate = config.client_certificate;
  endpoint.client_key = config.client_key;
  kube::https::Transport transport(endpoint, nullptr);
  kube::https::Request request;
  request.target = (ns.empty() ? "/api/v1/events" : "/api/v1/namespaces/" + ns + "/events") +
                   std::string("?fieldSelector=involvedObject.name%3D") + name +
                   "%2CinvolvedObject.namespace%3D" + ns + "%2CinvolvedObject.kind%3D" + kind.name +
                   "%2CinvolvedObject.uid%3D" + std::string(object->text("metadata", "uid"));
  request.bearer = config.token;
  const auto response = transport.call(std::move(request));
  REQUIRE_MESSAGE(response.status == 200, response.body);
  std::vector<Json> out;
  for (const Json& item : parse_json(response.body).value().at("items").as_array())
    out.push_back(item);
  return out;
}

// The one of that reason that has these words.
std::optional<Json> event(Real& rig, const kube::Kind& kind, const std::string& ns,
                          const std::string& name, const std::string& reason,
                          const std::string& words = "") {
  std::optional<Json> out;
  (void)until([&] {
    for (const Json& one : described(rig, kind, ns, name))
      if (one.text("reason") == reason && one.text("message").find(words) != std::string_view::npos)
        out = one;
    return out.has_value();
  });
  return out;
}

}  // namespace

TEST_CASE("on a real cluster what becomes of a deployment is an Event beside it") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  auto d = sample::deployment(s.spec.ns, rig.fresh("web"));
  d.spec.workload.services[0].image = "docker.io/acme/crash-loop:1";
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::error, "CrashLoopBackOff"));
  const auto told =
      event(rig, kinds::kUserDeployment, s.spec.ns, d.meta.name, "CrashLoopBackOff", "exit code");
  REQUIRE(told);
  CHECK(told->text("type") == "Warning");
  CHECK(told->text("reportingComponent") == "k8s-scheduler");
  CHECK(told->text("source", "component") == "k8s-scheduler");
  CHECK(told->text("metadata", "namespace") == s.spec.ns);
}

TEST_CASE("on a real cluster Events tell of a sandbox, and the same one counts what comes again") {
  KS_REAL(rig);
  SandboxResource s = sample::limited_sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const std::string name = s.meta.name;
  const auto applied = event(rig, kinds::kSandbox, "", name, "Applied");
  REQUIRE(applied);
  CHECK(applied->text("metadata", "namespace") == "default");
  CHECK(applied->text("type") == "Normal");
  for (int i = 1; i < 3; ++i) {
    REQUIRE(rig.admin().remove({kinds::kNetworkPolicy, s.spec.ns, "allow-dns"}, {}));
    CHECK(until([&] {
      const auto drift = event(rig, kinds::kSandbox, "", name, "DriftCorrected",
                               "made again: NetworkPolicy allow-dns.");
      return drift && drift->integer_or(0, "count") == i;
    }));
  }
  s.spec.quota.pods = 9;
  rig.apply(kinds::kSandbox, to_json(s));
  CHECK(event(rig, kinds::kSandbox, "", name, "QuotaChanged", "pods 8 to 9"));
  REQUIRE(rig.quiet(s.spec.ns, name));
  const auto before = described(rig, kinds::kSandbox, "", name).size();
  rig.op().resync();
  REQUIRE(rig.quiet(s.spec.ns, name));
  CHECK(described(rig, kinds::kSandbox, "", name).size() == before);
}

TEST_CASE("the operator writes in default Events about sandboxes only, and the API none") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  op::News news{"Test", "of a test", false};
  ResourceMeta meta = s.meta;
  meta.uid = rig.get({kinds::kSandbox, {}, s.meta.name})->text("metadata", "uid");
  const auto about = [&](const kube::Kind& kind) {
    return op::event_about(kind, meta, news, {rig.fresh("event"), {}, {}, 1}).tree();
  };
  // Policies act a moment after they were made.
  CHECK(until(
      [&] { return by_policy(creation_refusal(rig.own(), kinds::kEvent, about(kinds::kNode))); }));
  CHECK(creation_refusal(rig.own(), kinds::kEvent, about(kinds::kSandbox)) == "");
  Json by_other = about(kinds::kSandbox);
  by_other["source"].set("component", "kubelet");
  CHECK(by_policy(creation_refusal(rig.own(), kinds::kEvent, by_other)));
  CHECK(creation_refusal(rig.api(), kinds::kEvent, about(kinds::kSandbox)) != "");
  // One that somebody else has written is not taken over.
  REQUIRE(creation_refusal(rig.admin(), kinds::kEvent, by_other) == "");
  Json mine = by_other;
  mine["source"].set("component", "k8s-scheduler");
  CHECK(by_policy(refusal(rig.own(), kinds::kEvent, mine)));
}

TEST_CASE("on a real cluster no tenant's account reads an Event, of its own or of anybody") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const auto tenant = Real::connect(rig.as(s.spec.ns, "default"));
  for (const std::string& ns : {s.spec.ns, std::string("default"), std::string()}) {
    CAPTURE(ns);
    const auto page = tenant->list(kinds::kEvent, {ns, {}, 10, {}});
    REQUIRE_FALSE(page);
    CHECK(page.error().status == 403);
  }
}
