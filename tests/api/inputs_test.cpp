#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

std::vector<std::string> pointers(const Reply& reply) {
  std::vector<std::string> out;
  const Json body = reply.json();
  if (body.at("errors").is_array())
    for (const Json& fault : body.at("errors").as_array()) {
      out.emplace_back(fault.text("pointer"));
      CHECK_FALSE(fault.text("message").empty());
    }
  return out;
}

Json parsed(const std::string& text) {
  auto json = parse_json(text);
  REQUIRE(json.has_value());
  return std::move(*json);
}

// Room for everything, so that a refusal is about the input.
struct Inputs {
  Server server;
  Person ann = server.somebody("Ann");
  int made = 0;
  Inputs() { server.raise(ann, "enterprise"); }

  void check_refused(const Json& body, const std::vector<std::string>& at) {
    check_text_refused(body.dump(), at);
  }
  void check_text_refused(const std::string& body, const std::vector<std::string>& at) {
    CAPTURE(body.substr(0, 300));
    const Reply reply =
        ann.call({"POST", ann.deployments_path(), {{"Content-Type", "application/json"}}, body});
    CHECK(reply.status == 422);
    CHECK(pointers(reply) == at);
  }
  void check_taken(const Json& more) {
    CAPTURE(more.dump().substr(0, 300));
    const Json body = image_body("fine-" + std::to_string(++made), more);
    const Operation* op = server.contract().find("POST", ann.deployments_path());
    for (const auto& fault : server.contract().body_faults(*op, body)) CHECK_MESSAGE(false, fault);
    CHECK(ann.post(ann.deployments_path(), body).status == 201);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Inputs, "names of deployments are labels that no id looks like") {
  for (const std::string& name :
       {std::string(), std::string("Web"), std::string("-web"), std::string("web-"),
        std::string("we b"), std::string("we_b"), std::string("we.b"), std::string("we/b"),
        std::string("wéb"), std::string("web\n"), std::string("web\0", 4), std::string(33, 'a'),
        std::string("01939f6e-4a00-7000-8000-000000000001"), std::string("../web"),
        std::string("%2e%2e"), std::string("web;drop")})
    check_refused(image_body(name), {"/name"});
  for (const std::string& name : {std::string("a"), std::string("0"), std::string("1st"),
                                  std::string("a--b"), std::string(32, 'a')})
    CHECK(ann.post(ann.deployments_path(), image_body(name)).status == 201);
}

TEST_CASE_FIXTURE(Inputs, "a name is taken once in a team") {
  ann.deploy("web");
  const Reply reply = ann.post(ann.deployments_path(), image_body("web"));
  CHECK(reply.status == 409);
  CHECK(reply.json().text("code") == "name_taken");
  CHECK(pointers(reply) == std::vector<std::string>{"/name"});
  CHECK(ann.used("deployments.max") == 1);
}

TEST_CASE_FIXTURE(Inputs, "images are references as registries know them") {
  for (const char* image : {"",
                            " ",
                            "Nginx",
                            "nginx:",
                            "nginx:ta g",
                            "nginx:-1",
                            "nginx@sha256:12",
                            "nginx@md5:aa",
                            "/nginx",
                            "nginx/",
                            "a//b",
                            "../nginx",
                            "nginx latest",
                            "http://x/nginx",
                            "-x/nginx.",
                            "registry:port/nginx",
                            "nginx:1:2",
                            "nginx;rm",
                            "$(x)",
                            "nginx\n",
                            "exa_mple.com:5000/nginx",
                            "[::1/nginx"})
    check_refused(image_body("web", Json::object({{"image", image}})), {"/image"});
  check_refused(image_body("web", Json::object({{"image", std::string(513, 'a')}})), {"/image"});
  const std::string digest = "@sha256:" + std::string(64, 'a');
  for (const std::string& image :
       {std::string("nginx"), std::string("nginx:1.27"), std::string("library/nginx"),
        std::string("docker.io/library/nginx:1.27"), "nginx" + digest, "nginx:1" + digest,
        std::string("localhost:5000/a/b/c:x"), std::string("registry.example.com/a__b/c-d:V_1.0"),
        std::string("[::1]:5000/web:1")})
    check_taken(Json::object({{"image", image}}));
}

TEST_CASE_FIXTURE(Inputs, "ports and replicas are whole numbers within their bounds") {
  for (const char* port : {"0", "-1", "65536", "1.5", "\"80\"", "80.0", "1e3", "true", "[80]",
                           "9223372036854775807", "null"})
    check_text_refused(std::string(R"({"name":"web","image":"x","port":)") + port + "}", {"/port"});
  for (const char* replicas : {"-1", "21", "1.5", "\"1\"", "null", "9223372036854775807"})
    check_text_refused(std::string(R"({"name":"web","image":"x","replicas":)") + replicas + "}",
                       {"/replicas"});
  const auto scaled = [](const char* bounds) {
    return std::string(R"({"name":"web","image":"x","autoscale":)") + bounds + "}";
  };
  for (const char* bounds : {"null", "2", "[]", R"("1-2")"})
    check_text_refused(scaled(bounds), {"/autoscale"});
  check_text_refused(scaled("{}"), {"/autoscale/min", "/autoscale/max", "/autoscale/cpu"});
  check_text_refused(scaled(R"({"min":0,"max":21,"cpu":101})"),
                     {"/autoscale/min", "/autoscale/max", "/autoscale/cpu"});
  check_text_refused(scaled(R"({"min":3,"max":2,"cpu":70})"), {"/autoscale/max"});
  check_text_refused(scaled(R"({"min":1,"max":2,"cpu":70,"memory":70})"), {"/autoscale/memory"});
  check_text_refused(scaled(R"({"min":1,"max":2,"cpu":70},"replicas":1)"), {"/autoscale"});
  check_taken(parsed(R"({"autoscale":{"min":1,"max":20,"cpu":100}})"));
  for (const int port : {1, 80, 65535}) check_taken(Json::object({{"port", port}}));
  for (const int replicas : {0, 1, 20}) check_taken(Json::object({{"replicas", replicas}}));
}

TEST_CASE_FIXTURE(Inputs, "variables have names that every shell knows and text as values") {
  for (const std::string& name :
       {std::string(), std::string("1A"), std::string("A-B"), std::string("A B"),
        std::string("A=B"), std::string("A.B"), std::string("É"), std::string(129, 'A')})
    check_refused(image_body("web", Json::object({{"env", Json::object({{name, "x"}})}})),
                  {"/env/" + name});
  check_refused(image_body("web", Json::object({{"env", Json::object({{"A/B", "x"}})}})),
                {"/env/A~1B"});
  for (const Json& value : {Json(1), Json(true), Json(), Json::array(), Json::object(),
                            Json(std::string("a\0b", 3)), Json(std::string(32 * 1024 + 1, 'x'))}) {
    Json body = image_body("web");
    body.set("env", Json::object({{"A", value}}));
    check_refused(body, {"/env/A"});
  }
  Json many = Json::object();
  for (int i = 0; i < 201; ++i) many.set("V" + std::to_string(i), "x");
  check_refused(image_body("web", Json::object({{"env", many}})), {"/env"});
  many.erase("V200");
  check_taken(Json::object({{"env", many}}));
  check_taken(Json::object({{"env", Json::object({{"_a1", ""},
                                                  {"B", "line\nbreak \"quote\" $X ü"},
                                                  {"C", std::string(32 * 1024, 'x')}})}}));
}

TEST_CASE_FIXTURE(Inputs, "amounts are quantities of Kubernetes within their bounds") {
  const auto with = [](const char* kind, const Json& amount) {
    Json body = image_body("web");
    body.set("resources", Json::object({{kind, amount}}));
    return body;
  };
  for (const char* amount : {"", "abc", "1x", "-1", "+1", "1 ", "0x10", "1e3", "1.2.3", ".", "m",
                             "9m", "0", "99999999999999999999", "1001", "1Kib", "Ki", "∞"})
    check_refused(with("cpu", Json(amount)), {"/resources/cpu"});
  for (const char* amount : {"", "256mi", "1Zi", "-1Mi", "15Mi", "0", "17Ti", "1e9", "16 Mi"})
    check_refused(with("memory", Json(amount)), {"/resources/memory"});
  for (const Json& amount : {Json(1.5), Json(true), Json(), Json::array()})
    check_refused(with("cpu", amount), {"/resources/cpu"});
  check_refused(with("disk", Json("1Gi")), {"/resources/disk"});
  check_refused(parsed(R"({"name":"web","image":"x","resources":{"requests":{"cpu":"2"},
                           "limits":{"cpu":"1"}}})"),
                {"/resources/requests/cpu"});
  for (const char* amount : {"10m", "0.5", "1", "250m", "1k"})
    check_taken(Json::object({{"resources", Json::object({{"cpu", amount}})}}));
  for (const char* amount : {"16Mi", "1Gi", "134217728", "128M", "0.5Gi"})
    check_taken(Json::object({{"resources", Json::object({{"memory", amount}})}}));
}

TEST_CASE_FIXTURE(Inputs, "all faults of a deployment come at once") {
  check_refused(
      parsed(R"({"name":"Web","image":"In valid","port":0,"replicas":99,"env":{"1":"x","A":1},
                 "exposure":"secret","resources":{"cpu":"x"},"health":{"path":"x"},
                 "run_as":{"uid":0},"args":[1],"writable":["relative"],"command":["x"]})"),
      {"/name", "/image", "/port", "/env/1", "/env/A", "/exposure", "/resources/cpu",
       "/health/path", "/run_as/uid", "/args/0", "/writable/0", "/command", "/replicas"});
  check_refused(Json::object(), {"/name", "/image"});
  check_refused(parsed(R"({"name":"web","image":"x","exposure":"public"})"), {"/exposure"});
}

TEST_CASE_FIXTURE(Inputs, "a template takes its inputs and nothing of an image") {
  check_refused(parsed(R"({"name":"web","template":"no-such"})"), {"/template"});
  check_refused(parsed(R"({"name":"web","template":"nginx","image":"x","port":1})"),
                {"/image", "/port"});
  check_refused(parsed(R"({"name":"web","template":"nginx","inputs":{"NO_SUCH":"x"}})"),
                {"/inputs/NO_SUCH"});
  check_refused(parsed(R"({"name":"web","template":"nginx","inputs":[]})"), {"/inputs"});
  check_refused(parsed(R"({"name":"web","image":"x","inputs":{}})"), {"/inputs"});
}

TEST_CASE_FIXTURE(Inputs, "a patch is checked as a creation is") {
  ann.deploy("web");
  const Reply created = ann.get(ann.deployment_path("web"));
  const std::vector<std::pair<const char*, std::vector<std::string>>> faulty = {
      {R"({"image":"In valid"})", {"/image"}},
      {R"({"image":null})", {"/image"}},
      {R"({"replicas":21,"env":{"1":"x"}})", {"/env/1", "/replicas"}},
      {R"({"services":{"web":{"image":"?","port":"x"}}})",
       {"/services/web/image", "/services/web/port"}},
      {R"({"services":{"other":{"replicas":1}}})", {"/services/other"}},
      {R"({"services":{"web":null}})", {"/services/web"}},
      {R"({"services":{"web":{"replicas":1}},"replicas":2})", {"/replicas"}},
      {R"({"replicas":1,"autoscale":{"min":1,"max":2,"cpu":70}})", {"/autoscale"}},
      {R"({"services":{"web":{"autoscale":{"min":1}}}})",
       {"/services/web/autoscale/max", "/services/web/autoscale/cpu"}},
      {R"({"name":"other"})", {"/name"}},
      {R"({"template":"nginx"})", {"/template"}},
      {R"({"port":null})", {"/exposure"}},
  };
  for (const auto& [body, at] : faulty) {
    CAPTURE(body);
    const Reply reply = ann.patch(ann.deployment_path("web"), parsed(body));
    CHECK(reply.status == 422);
    CHECK(pointers(reply) == at);
  }
  CHECK(ann.get(ann.deployment_path("web")).header("etag") == created.header("etag"));
}

TEST_CASE_FIXTURE(Inputs, "with several services the short form of one is refused") {
  REQUIRE(
      ann.post(ann.deployments_path(), Json::object({{"name", "shop"}, {"template", "web-redis"}}))
          .status == 201);
  const Json shop = ann.get(ann.deployment_path("shop")).json();
  CHECK(shop.at("services").members().size() == 2);
  for (const char* field : {"image", "replicas", "autoscale", "env", "port", "resources"})
    CHECK(shop.at(field).is_null());
  const Reply reply =
      ann.patch(ann.deployment_path("shop"), Json::object({{"image", "docker.io/x/y:1"}}));
  CHECK(reply.status == 422);
  CHECK(pointers(reply) == std::vector<std::string>{"/image"});
  // A volume has one pod that writes to it.
  REQUIRE(
      ann.post(ann.deployments_path(), Json::object({{"name", "db"}, {"template", "postgresql"}}))
          .status == 201);
  const Reply scaled =
      ann.patch(ann.deployment_path("db"), parsed(R"({"autoscale":{"min":1,"max":2,"cpu":70}})"));
  CHECK(scaled.status == 422);
  CHECK(pointers(scaled) == std::vector<std::string>{"/autoscale"});
  CHECK(ann.post(ann.deployment_path("shop") + "/deploy",
                 Json::object({{"image", "docker.io/x/y:1"}}))
            .status == 422);
}

TEST_CASE_FIXTURE(Inputs, "organizations and teams have names for people and slugs for addresses") {
  for (const std::string& name :
       {std::string(), std::string("   "), std::string(101, 'x'), std::string("a\x01")}) {
    CHECK(pointers(ann.post("/api/v1/orgs", Json::object({{"name", name}}))) ==
          std::vector<std::string>{"/name"});
    CHECK(pointers(ann.post(ann.org_path() + "/teams", Json::object({{"name", name}}))) ==
          std::vector<std::string>{"/name"});
    CHECK(ann.patch(ann.org_path(), Json::object({{"name", name}})).status == 422);
    CHECK(ann.patch(ann.team_path(), Json::object({{"name", name}})).status == 422);
  }
  for (const std::string& slug :
       {std::string(), std::string("A"), std::string("a_b"), std::string(31, 'a'),
        std::string("-a"), std::string("01939f6e-4a00-7000-8000-000000000001")}) {
    const Json body = Json::object({{"name", "x"}, {"slug", slug}});
    CHECK(pointers(ann.post("/api/v1/orgs", body)) == std::vector<std::string>{"/slug"});
    CHECK(pointers(ann.post(ann.org_path() + "/teams", body)) == std::vector<std::string>{"/slug"});
  }
  const Json team = Json::object({{"name", "Søk & Co"}, {"slug", "sok"}});
  CHECK(ann.post(ann.org_path() + "/teams", team).status == 201);
  const Reply taken = ann.post(ann.org_path() + "/teams", team);
  CHECK(taken.status == 409);
  CHECK(taken.json().text("code") == "slug_taken");
  CHECK(ann.patch(ann.org_path() + "/teams/sok",
                  Json::object({{"description", std::string(501, 'x')}}))
            .status == 422);
}
