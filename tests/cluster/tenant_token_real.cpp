// What the token of a tenant's pod would be good for, if somebody mounted one: every verb on every
// resource that the API server has, here and in somebody else's sandbox, against a list to read.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "kube/https/transport.hpp"
#include "tests/cluster/real.hpp"

using namespace ks;
using namespace ks::test;

namespace {

using kube::https::Transport;

kube::https::Endpoint endpoint(const kube::https::KubeConfig& config) {
  kube::https::Endpoint out;
  out.server = config.server;
  out.ca = config.ca;
  out.client_certificate = config.client_certificate;
  out.client_key = config.client_key;
  return out;
}

// One account's connection, for what the six verbs do not say.
class Caller {
 public:
  explicit Caller(const kube::https::KubeConfig& config)
      : token_(config.token), transport_(endpoint(config), nullptr) {}

  kube::https::Response get(const std::string& target) {
    kube::https::Request request;
    request.target = target;
    request.bearer = token_;
    return transport_.call(std::move(request));
  }
  bool may(const Json& attributes) {
    kube::https::Request request;
    request.method = "POST";
    request.target = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    request.content_type = "application/json";
    request.bearer = token_;
    request.body = Json::object({{"apiVersion", "authorization.k8s.io/v1"},
                                 {"kind", "SelfSubjectAccessReview"},
                                 {"spec", attributes}})
                       .dump();
    const auto response = transport_.call(std::move(request));
    REQUIRE_MESSAGE(response.status == 201, response.body);
    return parse_json(response.body).value().at("status", "allowed") == Json(true);
  }

 private:
  std::string token_;
  Transport transport_;
};

struct Resource {
  std::string group;
  std::string version;
  std::string name;  // With its subresource: "pods/status".
  bool namespaced = false;
  std::set<std::string> verbs;

  std::string text() const { return group.empty() ? name : name + "." + group; }
  std::string path(const std::string& ns) const {
    return (group.empty() ? "/api/" : "/apis/" + group + "/") + version +
           (namespaced ? "/namespaces/" + ns : "") + "/" + name;
  }
};

// All that the server says it has, in every version.
std::vector<Resource> discovered(Caller& admin) {
  std::vector<std::pair<std::string, std::string>> groups = {{"", "v1"}};
  const auto answer = admin.get("/apis");
  REQUIRE(answer.status == 200);
  const Json all = parse_json(answer.body).value();
  for (const Json& group : all.at("groups").as_array())
    for (const Json& version : group.at("versions").as_array())
      groups.emplace_back(group.text("name"), version.text("version"));
  std::vector<Resource> out;
  for (const auto& [group, version] : groups) {
    const auto list = admin.get((group.empty() ? "/api/" : "/apis/" + group + "/") + version);
    REQUIRE_MESSAGE(list.status == 200, group);
    const Json resources = parse_json(list.body).value();
    for (const Json& r : resources.at("resources").as_array()) {
      Resource one{
          group, version, std::string(r.text("name")), r.at("namespaced") == Json(true), {}};
      for (const Json& verb : r.at("verbs").as_array()) one.verbs.emplace(verb.as_string());
      out.push_back(std::move(one));
    }
  }
  return out;
}

constexpr const char* kVerbs[] = {
    "get",  "list",     "watch",       "create",  "update", "patch", "delete", "deletecollection",
    "bind", "escalate", "impersonate", "approve", "sign",   "use",   "*"};
// Beside what is served as a resource.
constexpr const char* kPaths[] = {"/",
                                  "/api",
                                  "/apis",
                                  "/version",
                                  "/healthz",
                                  "/livez",
                                  "/readyz",
                                  "/metrics",
                                  "/logs",
                                  "/configz",
                                  "/openapi/v3",
                                  "/openid/v1/jwks",
                                  "/.well-known/openid-configuration",
                                  "/debug/pprof",
                                  "/statusz",
                                  "/flagz"};

Json resource_attributes(const Resource& r, const std::string& verb, const std::string& ns) {
  const std::size_t slash = r.name.find('/');
  Json out =
      Json::object({{"group", r.group}, {"resource", r.name.substr(0, slash)}, {"verb", verb}});
  if (slash != std::string::npos) out.set("subresource", r.name.substr(slash + 1));
  if (!ns.empty()) out.set("namespace", ns);
  return Json::object({{"resourceAttributes", std::move(out)}});
}

void compare_with_golden(const std::string& text) {
  const char* root = std::getenv("KS_SOURCE_DIR");
  const std::string path =
      std::string(root == nullptr ? "." : root) + "/tests/cluster/tenant_rights.golden";
  if (std::getenv("KS_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream in(path);
  std::stringstream there;
  there << in.rdbuf();
  CHECK_MESSAGE(there.str() == text, "run with KS_UPDATE_GOLDEN=1 and read the difference");
}

}  // namespace

TEST_CASE("the token of a tenant's pod is good for nothing that not everybody may") {
  KS_REAL(rig);
  const SandboxResource own = sample::sandbox(rig.fresh("sandbox"), 1, 1);
  const SandboxResource foreign = sample::sandbox(rig.fresh("sandbox"), 2, 2);
  rig.want(own);
  rig.want(foreign);
  const auto d = sample::deployment(own.spec.ns, rig.fresh("web"));
  rig.want(d);
  REQUIRE(rig.reaches(d, Phase::ready));
  Caller admin(rig.admin_config());
  Caller tenant(rig.as(own.spec.ns, d.spec.stem));
  const auto resources = discovered(admin);
  // What the API server is known to have, subresources and our own kinds among it.
  for (const char* known : {"pods", "pods/exec", "pods/status", "secrets", "serviceaccounts/token",
                            "sandboxes.k8s-scheduler.dev", "nodes/proxy", "deployments/scale.apps"})
    CHECK_MESSAGE(
        std::ranges::any_of(resources, [&](const Resource& r) { return r.text() == known; }),
        known);

  std::set<std::string> allowed;
  std::set<std::string> asked;
  const struct {
    const char* word;
    std::string ns;
  } places[] = {{"own", own.spec.ns}, {"foreign", foreign.spec.ns}, {"everywhere", ""}};
  for (const Resource& r : resources) {
    if (!asked.insert(r.text()).second) continue;
    std::set<std::string> verbs(std::begin(kVerbs), std::end(kVerbs));
    verbs.insert(r.verbs.begin(), r.verbs.end());
    for (const auto& place : places) {
      if (!r.namespaced && !place.ns.empty()) continue;
      for (const std::string& verb : verbs)
        if (tenant.may(resource_attributes(r, verb, place.ns)))
          allowed.insert(std::string(place.word) + " " + verb + " " + r.text());
    }
  }
  for (const char* path : kPaths)
    for (const char* verb : {"get", "post", "put", "delete"})
      if (tenant.may(Json::object(
              {{"nonResourceAttributes", Json::object({{"path", path}, {"verb", verb}})}})))
        allowed.insert(std::string("path ") + verb + " " + path);
  std::string text;
  for (const std::string& line : allowed) text += line + "\n";
  compare_with_golden(text);

  // And what it is told is what it gets.
  for (const Resource& r : resources) {
    if (!r.verbs.contains("list")) continue;
    for (const std::string& ns : {own.spec.ns, foreign.spec.ns}) {
      CAPTURE(r.path(ns));
      const bool told = allowed.contains("everywhere list " + r.text());
      CHECK(tenant.get(r.path(ns)).status == (told ? 200 : 403));
      if (!r.namespaced) break;
    }
  }
}
