#include "domain/deployment/deployment_request.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "domain/deployment/service_fields.hpp"

namespace ks {

namespace {

const TemplateCatalogue& catalogue() {
  static const TemplateCatalogue kCatalogue = [] {
    auto shop = parse_template("shop",
                               "displayName: Shop\n"
                               "description: ''\n"
                               "inputs:\n"
                               "  - {name: TITLE, required: true}\n"
                               "  - {name: COLOR, default: blue}\n"
                               "  - {name: NOTE}\n"
                               "  - {name: TOKEN, secret: true}\n"
                               "  - {name: PW, secret: true, generate: {length: 20}}\n"
                               "services:\n"
                               "  - name: web\n"
                               "    image: a/web:1\n"
                               "    port: 8080\n"
                               "    args: [\"--title=${inputs.TITLE}\"]\n"
                               "    env:\n"
                               "      TITLE: <${inputs.TITLE}>${inputs.NOTE}\n"
                               "      COLOR: ${inputs.COLOR}\n"
                               "      RAW: $${inputs.TITLE}\n"
                               "      DB: ${services.db.host}:5432\n"
                               "      TOKEN: ${inputs.TOKEN}\n"
                               "      URL: pg://u:${inputs.PW}@${services.db.host}/x\n"
                               "  - name: db\n"
                               "    image: a/db:1\n"
                               "    port: 5432\n"
                               "    env: {PW: \"${inputs.PW}\", URL: \"x${inputs.PW}\"}\n"
                               "    volumes: [{name: data, path: /data, size: 1Gi}]\n"
                               "ingress: {service: web, port: 8080}\n");
    KS_ASSERT(shop.has_value());
    return TemplateCatalogue({std::move(*shop)});
  }();
  return kCatalogue;
}

Result<DeploymentDraft> draft(std::string_view body) {
  SeededRandom random(1);
  const auto json = parse_json(body);
  REQUIRE_MESSAGE(json, std::string(body));
  return draft_from_json(*json, catalogue(), random);
}

DeploymentDraft good(std::string_view body) {
  auto got = draft(body);
  if (!got)
    for (const Fault& f : got.error().faults) MESSAGE(f.pointer << " " << f.message);
  REQUIRE_MESSAGE(got, std::string(body));
  return *got;
}

std::vector<std::string> pointers(const Result<DeploymentDraft>& got) {
  REQUIRE_FALSE(got);
  CHECK(got.error().code == Error::Code::invalid);
  std::vector<std::string> out;
  for (const Fault& f : got.error().faults) out.push_back(f.pointer);
  std::ranges::sort(out);
  return out;
}

void check_only_fault(const std::string& body, const std::string& pointer,
                      const std::string& words) {
  CAPTURE(body);
  const auto got = draft(body);
  REQUIRE_FALSE(got);
  CHECK(got.error().problem == "validation_failed");
  REQUIRE(got.error().faults.size() == 1);
  CHECK(got.error().faults[0].pointer == pointer);
  CHECK_MESSAGE(got.error().faults[0].message.find(words) != std::string::npos,
                got.error().faults[0].message);
}

// A body with one more field than is needed.
std::string with(const std::string& field) { return R"({"name":"x","image":"a",)" + field + "}"; }

}  // namespace

TEST_CASE("a deployment is made of an image") {
  const DeploymentDraft d = good(
      R"({"name":"shop","image":"nginxinc/nginx-unprivileged:1.27","port":8080,"replicas":2,
          "env":{"A":"1","B":""},"exposure":"public","resources":{"cpu":"500m","memory":"512Mi"},
          "args":["-x"],"health":{"path":"/ok"},"writable":["/tmp"],"run_as":{"uid":101,"gid":102}})");
  CHECK(d.name == "shop");
  CHECK(d.template_name.empty());
  CHECK(d.secrets.empty());
  REQUIRE(d.workload.services.size() == 1);
  const Service& web = d.workload.services[0];
  CHECK(web.name == "web");
  CHECK(web.image == "nginxinc/nginx-unprivileged:1.27");
  CHECK(web.port == 8080);
  CHECK(web.replicas == 2);
  CHECK(web.env == std::map<std::string, std::string>{{"A", "1"}, {"B", ""}});
  CHECK(web.args == std::vector<std::string>{"-x"});
  CHECK(web.health_path == "/ok");
  CHECK(web.writable == std::vector<std::string>{"/tmp"});
  CHECK(web.run_as == RunAs{101, 102});
  CHECK(web.resources == Resources{500, std::int64_t{512} << 20, 100, std::int64_t{256} << 20});
  CHECK(d.workload.exposure == Exposure::public_);
  CHECK(d.workload.ingress_service == "web");
}

TEST_CASE("what a body does not say has its default") {
  const DeploymentDraft worker = good(R"({"name":"x","image":"a"})");
  CHECK(worker.workload.services[0].replicas == 1);
  CHECK(worker.workload.services[0].resources == Resources{});
  CHECK_FALSE(worker.workload.services[0].port);
  CHECK(worker.workload.exposure == Exposure::internal);
  CHECK(worker.workload.ingress_service.empty());
  const DeploymentDraft web = good(with(R"("port":80)"));
  CHECK(web.workload.exposure == Exposure::public_);
  const DeploymentDraft hidden = good(with(R"("port":80,"exposure":"internal")"));
  CHECK(hidden.workload.exposure == Exposure::internal);
  CHECK(hidden.workload.ingress_service.empty());
  CHECK(good(with(R"("replicas":0)")).workload.services[0].replicas == 0);
}

TEST_CASE("a deployment has a fixed number of pods or bounds to be scaled within, never both") {
  const Service web = good(with(R"("autoscale":{"min":2,"max":5,"cpu":70})")).workload.services[0];
  CHECK(web.autoscale == Autoscale{2, 70});
  CHECK(web.replicas == 5);
  CHECK(good(with(R"("autoscale":{"min":1,"max":1,"cpu":100})")).workload.services[0].replicas ==
        1);
  check_only_fault(with(R"("replicas":2,"autoscale":{"min":2,"max":5,"cpu":70})"), "/autoscale",
                   "cannot stand beside replicas");
  check_only_fault(with(R"("autoscale":null)"), "/autoscale", "must be an object, not null");
  check_only_fault(with(R"("autoscale":3)"), "/autoscale", "must be an object, not a number");
  check_only_fault(with(R"("autoscale":{"min":0,"max":5,"cpu":70})"), "/autoscale/min",
                   "from 1 to 20");
  check_only_fault(with(R"("autoscale":{"min":2,"max":21,"cpu":70})"), "/autoscale/max",
                   "from 1 to 20");
  check_only_fault(with(R"("autoscale":{"min":5,"max":4,"cpu":70})"), "/autoscale/max",
                   "must not be below min");
  check_only_fault(with(R"("autoscale":{"min":2,"max":5,"cpu":101})"), "/autoscale/cpu",
                   "from 1 to 100");
  check_only_fault(with(R"("autoscale":{"min":2,"max":5,"cpu":"70"})"), "/autoscale/cpu",
                   "must be an integer, not text");
  check_only_fault(with(R"("autoscale":{"min":2,"max":5,"cpu":70,"memory":1})"),
                   "/autoscale/memory", "is not a known field");
  CHECK(pointers(draft(with(R"("autoscale":{})"))) ==
        std::vector<std::string>{"/autoscale/cpu", "/autoscale/max", "/autoscale/min"});
  // Bounds that do not fit each other are told beside whatever else is wrong.
  CHECK(pointers(draft(with(R"("autoscale":{"min":3,"max":2,"cpu":0})"))) ==
        std::vector<std::string>{"/autoscale/cpu", "/autoscale/max"});
  CHECK(pointers(draft(with(R"("autoscale":{"min":3,"max":2,"cpu":50,"memory":1})"))) ==
        std::vector<std::string>{"/autoscale/max", "/autoscale/memory"});
}

TEST_CASE("a stem is the name with six random characters, and can name a Kubernetes Service") {
  const std::string stem = good(R"({"name":"shop","image":"a"})").stem;
  CHECK(stem.size() == 4 + 1 + 6);
  CHECK(stem.starts_with("shop-"));
  CHECK(stem.substr(5).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") ==
        std::string::npos);
  CHECK(good(R"({"name":"2048","image":"a"})").stem.starts_with("d2048-"));
  SeededRandom random(1);
  const Json body = Json::object({{"name", "x"}, {"image", "a"}});
  CHECK(draft_from_json(body, catalogue(), random)->stem !=
        draft_from_json(body, catalogue(), random)->stem);
  const std::string longest(32, 'n');
  CHECK(good(R"({"name":")" + longest + R"(","image":"a"})").stem.size() + 1 + kServiceNameMax <=
        52);
}

TEST_CASE("each faulty field of a body is named, with what is wanted") {
  check_only_fault("[]", "", "must be an object, not a list");
  check_only_fault("null", "", "must be an object, not null");
  check_only_fault(R"({"image":"a"})", "/name", "is required");
  check_only_fault(R"({"name":"x"})", "/image", "is required");
  check_only_fault(R"({"name":5,"image":"a"})", "/name", "must be text");
  check_only_fault(R"({"name":"X","image":"a"})", "/name", "lower-case");
  check_only_fault(R"({"name":")" + std::string(33, 'a') + R"(","image":"a"})", "/name",
                   "at most 32");
  check_only_fault(R"({"name":"","image":"a"})", "/name", "must not be empty");
  check_only_fault(R"({"name":"x","image":"A"})", "/image", "image reference");
  check_only_fault(R"({"name":"x","image":null})", "/image", "must be text, not null");
  check_only_fault(R"({"name":"x","image":["a"]})", "/image", "must be text, not a list");
  check_only_fault(with(R"("colour":"red")"), "/colour", "is not a known field");
  check_only_fault(with(R"("a/b~c":1)"), "/a~1b~0c", "is not a known field");
  check_only_fault(with(R"("volumes":[])"), "/volumes", "is not a known field");
  check_only_fault(with(R"("services":{})"), "/services", "is not a known field");
  check_only_fault(with(R"("inputs":{})"), "/inputs", "from a template");
  check_only_fault(with(R"("port":0)"), "/port", "from 1 to 65535");
  check_only_fault(with(R"("port":65536)"), "/port", "from 1 to 65535");
  check_only_fault(with(R"("port":-1)"), "/port", "from 1 to 65535");
  check_only_fault(with(R"("port":80.0)"), "/port", "without point or exponent");
  check_only_fault(with(R"("port":8e1)"), "/port", "without point or exponent");
  check_only_fault(with(R"("port":"80")"), "/port", "must be an integer, not text");
  check_only_fault(with(R"("port":null)"), "/port", "must be an integer, not null");
  check_only_fault(with(R"("port":true)"), "/port", "must be an integer, not true or false");
  check_only_fault(with(R"("port":9223372036854775807)"), "/port", "from 1 to 65535");
  check_only_fault(with(R"("replicas":-1)"), "/replicas", "from 0 to 20");
  check_only_fault(with(R"("replicas":21)"), "/replicas", "from 0 to 20");
  check_only_fault(with(R"("replicas":1.0)"), "/replicas", "without point");
  check_only_fault(with(R"("exposure":"public")"), "/exposure", "without a port");
  check_only_fault(with(R"("exposure":"open","port":1)"), "/exposure", "public or internal");
  check_only_fault(with(R"("exposure":true)"), "/exposure", "must be text");
  check_only_fault(with(R"("env":[])"), "/env", "must be an object, not a list");
  check_only_fault(with(R"("env":null)"), "/env", "must be an object, not null");
  check_only_fault(with(R"("env":{"A":1})"), "/env/A", "must be text in quotes, not a number");
  check_only_fault(with(R"("env":{"A":true})"), "/env/A", "must be text in quotes");
  check_only_fault(with(R"("env":{"A":null})"), "/env/A", "must be text, not null");
  check_only_fault(with(R"("env":{"1A":"x"})"), "/env/1A", "must start with a letter");
  check_only_fault(with(R"("env":{"":"x"})"), "/env/", "1 to 128 characters");
  check_only_fault(with(R"("env":{"A/B":"x"})"), "/env/A~1B", "must start with a letter");
  check_only_fault(with(R"("env":{"A":"x\u0000y"})"), "/env/A", "NUL");
  check_only_fault(with(R"("env":{"A":")" + std::string(32 * 1024 + 1, 'x') + R"("})"), "/env/A",
                   "at most 32768 bytes");
  check_only_fault(with(R"("args":"x")"), "/args", "must be a list, not text");
  check_only_fault(with(R"("args":["a",2])"), "/args/1", "must be text in quotes");
  check_only_fault(with(R"("health":{"path":"/a b"},"port":1)"), "/health/path", "must be a path");
  check_only_fault(with(R"("health":{"path":"/","x":1},"port":1)"), "/health/x", "not a known");
  check_only_fault(with(R"("health":{},"port":1)"), "/health/path", "is required");
  check_only_fault(with(R"("health":{"path":"/"})"), "/health", "needs a port");
  check_only_fault(with(R"("writable":["/"])"), "/writable/0", "below the root");
  check_only_fault(with(R"("run_as":{"gid":5})"), "/run_as/uid", "is required");
  check_only_fault(with(R"("run_as":{"uid":0})"), "/run_as/uid", "from 1 to 2147483647");
}

TEST_CASE("each faulty quantity is named, with what is wanted") {
  check_only_fault(with(R"("resources":"1")"), "/resources", "must be an object");
  check_only_fault(with(R"("resources":{"cpu":"x"})"), "/resources/cpu", "must be a quantity");
  check_only_fault(with(R"("resources":{"cpu":0.5})"), "/resources/cpu", "quantity in quotes");
  check_only_fault(with(R"("resources":{"cpu":"9m"})"), "/resources/cpu", "from 10m to 1000");
  check_only_fault(with(R"("resources":{"cpu":"1001"})"), "/resources/cpu", "from 10m to 1000");
  check_only_fault(with(R"("resources":{"cpu":"-1"})"), "/resources/cpu", "must be a quantity");
  check_only_fault(with(R"("resources":{"memory":"15Mi"})"), "/resources/memory",
                   "from 16Mi to 16Ti");
  check_only_fault(with(R"("resources":{"memory":"17Ti"})"), "/resources/memory",
                   "from 16Mi to 16Ti");
  check_only_fault(with(R"("resources":{"memory":"9223372036854775807"})"), "/resources/memory",
                   "out of range");
  check_only_fault(with(R"("resources":{"memory":4611686018427387904})"), "/resources/memory",
                   "from 16Mi to 16Ti");
  check_only_fault(with(R"("resources":{"gpu":"1"})"), "/resources/gpu", "not a known field");
  check_only_fault(with(R"("resources":{"limits":{"gpu":"1"}})"), "/resources/limits/gpu",
                   "not a known field");
  check_only_fault(with(R"("resources":{"limits":"1"})"), "/resources/limits", "must be an object");
  check_only_fault(with(R"("resources":{"cpu":"1","limits":{}})"), "/resources/cpu",
                   "cannot stand beside");
  check_only_fault(with(R"("resources":{"limits":{"cpu":"1"},"requests":{"cpu":"2"}})"),
                   "/resources/requests/cpu", "above the limit");
  check_only_fault(with(R"("resources":{"limits":{"memory":"64Mi"},"requests":{"memory":"65Mi"}})"),
                   "/resources/requests/memory", "above the limit");
}

TEST_CASE("limits and requests that are not said follow those that are") {
  const auto resources = [](const std::string& text) {
    return good(with(R"("resources":)" + text)).workload.services[0].resources;
  };
  const std::int64_t mi = 1 << 20;
  CHECK(resources("{}") == Resources{});
  CHECK(resources(R"({"cpu":"1"})") == Resources{1000, 256 * mi, 200, 128 * mi});
  CHECK(resources(R"({"cpu":1,"memory":33554432})") == Resources{1000, 32 * mi, 200, 16 * mi});
  CHECK(resources(R"({"cpu":"20m","memory":"16Mi"})") == Resources{20, 16 * mi, 10, 16 * mi});
  CHECK(resources(R"({"limits":{"cpu":"500m"}})") == Resources{500, 256 * mi, 100, 128 * mi});
  CHECK(resources(R"({"requests":{"cpu":"100m"}})") == Resources{250, 256 * mi, 100, 128 * mi});
  CHECK(resources(R"({"requests":{"cpu":"2","memory":"1Gi"}})") ==
        Resources{2000, 1024 * mi, 2000, 1024 * mi});
  CHECK(resources(R"({"limits":{"cpu":"1000","memory":"16Ti"}})").cpu_milli_limit == 1'000'000);
}

TEST_CASE("all faults of a body come at once") {
  CHECK(pointers(draft(R"({"name":"X","image":"","port":0,"replicas":99,"env":{"1":"a","B":2},
                           "exposure":"x","resources":{"cpu":"x","disk":1},"more":1})")) ==
        std::vector<std::string>{"/env/1", "/env/B", "/exposure", "/image", "/more", "/name",
                                 "/port", "/replicas", "/resources/cpu", "/resources/disk"});
  CHECK(pointers(draft("{}")) == std::vector<std::string>{"/image", "/name"});
  std::string many = R"({"name":"x","image":"a")";
  for (int i = 0; i < 5000; ++i) many += ",\"f" + std::to_string(i) + "\":1";
  CHECK(pointers(draft(many + "}")).size() == 100);
}

TEST_CASE("variables are limited in number and in all their bytes") {
  const auto env = [](int count, std::size_t size) {
    std::string out;
    for (int i = 0; i < count; ++i)
      out += (i > 0 ? "," : "") + ("\"V" + std::to_string(i)) + "\":\"" + std::string(size, 'x') +
             "\"";
    return with("\"env\":{" + out + "}");
  };
  CHECK(good(env(200, 10)).workload.services[0].env.size() == 200);
  check_only_fault(env(201, 10), "/env", "at most 200 variables");
  CHECK(good(env(15, 32 * 1024)).workload.services[0].env.size() == 15);
  check_only_fault(env(17, 32 * 1024), "/env", "at most 524288 bytes");
  // Six bytes each in the cluster, which takes 1.5 MB of one object.
  std::string escaped;
  for (int i = 0; i < 3; ++i)
    escaped += ",\"W" + std::to_string(i) + "\":\"" + std::string(32 * 1024, '<') + "\"";
  check_only_fault(with("\"env\":{" + escaped.substr(1) + "}"), "/env", "at most 524288 bytes");
}

TEST_CASE("the largest workload that is accepted can still be charged without overflow") {
  Workload w = good(with(R"("replicas":20,"resources":{"cpu":"1000","memory":"16Ti"})")).workload;
  while (w.services.size() < kServicesMax) w.services.push_back(w.services[0]);
  for (Service& s : w.services)
    for (int i = 0; i < 10; ++i) s.volumes.push_back({"v", "/v", kVolumeBytesMax});
  const Amount amount = amount_of(w);
  CHECK(amount.cpu_milli == 200'000'000);
  CHECK(amount.memory_bytes == 200 * kMemoryBytesMax);
  CHECK(amount.storage_bytes == 100 * kVolumeBytesMax);
}

TEST_CASE("a deployment is made of a template and its inputs") {
  const DeploymentDraft d = good(
      R"({"name":"s","template":"shop","inputs":{"TITLE":"Ann's","TOKEN":"t0p","NOTE":"${inputs.PW}"}})");
  CHECK(d.template_name == "shop");
  REQUIRE(d.workload.services.size() == 2);
  const Service& web = d.workload.services[0];
  const Service& db = d.workload.services[1];
  // What an input holds is never expanded again.
  CHECK(web.env.at("TITLE") == "<Ann's>${inputs.PW}");
  CHECK(web.env.at("COLOR") == "blue");
  CHECK(web.env.at("RAW") == "${inputs.TITLE}");
  CHECK(web.env.at("DB") == d.stem + "-db:5432");
  CHECK(web.args == std::vector<std::string>{"--title=Ann's"});
  CHECK(d.workload.exposure == Exposure::public_);
  CHECK(d.workload.ingress_service == "web");

  // Secrets stand in the Secret only.
  CHECK_FALSE(web.env.contains("TOKEN"));
  CHECK_FALSE(web.env.contains("URL"));
  CHECK_FALSE(db.env.contains("PW"));
  const auto secret = [&](const std::string& key) {
    const auto at = std::ranges::find(d.secrets, key, &DraftSecret::name);
    REQUIRE(at != d.secrets.end());
    return *at;
  };
  CHECK(secret(web.secret_env.at("TOKEN")).value == "t0p");
  CHECK_FALSE(secret(web.secret_env.at("TOKEN")).generated);
  const DraftSecret password = secret(db.secret_env.at("PW"));
  CHECK(password.generated);
  CHECK(password.value.size() == 20);
  CHECK(secret(web.secret_env.at("URL")).value ==
        "pg://u:" + password.value + "@" + d.stem + "-db/x");
  CHECK(secret(db.secret_env.at("URL")).value == "x" + password.value);
  CHECK(web.secret_env.at("URL") != db.secret_env.at("URL"));
  CHECK(to_json(d.workload).dump().find(password.value) == std::string::npos);
  CHECK(to_json(d.workload).dump().find("t0p") == std::string::npos);
}

TEST_CASE("who sets a template up first need not be whoever finds its URL") {
  const auto exposed = [](const std::string& rest) {
    return good(R"({"name":"s","template":"shop","inputs":{"TITLE":"x"})" + rest + "}").workload;
  };
  CHECK(exposed("").exposure == Exposure::public_);
  CHECK(exposed(R"(,"exposure":"public")").ingress_service == "web");
  CHECK(exposed(R"(,"exposure":"internal")").exposure == Exposure::internal);
  CHECK(exposed(R"(,"exposure":"internal")").ingress_service.empty());
}

TEST_CASE("a secret that is given is not generated") {
  const DeploymentDraft d =
      good(R"({"name":"s","template":"shop","inputs":{"TITLE":"x","PW":"hunter22"}})");
  const auto at = std::ranges::find(d.secrets, "PW", &DraftSecret::name);
  REQUIRE(at != d.secrets.end());
  CHECK(at->value == "hunter22");
  CHECK_FALSE(at->generated);
}

TEST_CASE("each faulty field of a template's body is named") {
  const auto body = [](const std::string& rest) {
    return R"({"name":"s","template":"shop")" + rest + "}";
  };
  check_only_fault(R"({"name":"s","template":"none"})", "/template", "no template");
  check_only_fault(R"({"name":"s","template":5})", "/template", "must be text");
  check_only_fault(body(""), "/inputs/TITLE", "is required");
  check_only_fault(body(R"(,"inputs":{})"), "/inputs/TITLE", "is required");
  check_only_fault(body(R"(,"inputs":{"TITLE":""})"), "/inputs/TITLE", "must not be empty");
  check_only_fault(body(R"(,"inputs":{"TITLE":5})"), "/inputs/TITLE", "must be text in quotes");
  check_only_fault(body(R"(,"inputs":{"TITLE":"x","PW":""})"), "/inputs/PW", "must not be empty");
  check_only_fault(body(R"(,"inputs":{"TITLE":"x","SIZE":"y"})"), "/inputs/SIZE", "not an input");
  check_only_fault(body(R"(,"inputs":[])"), "/inputs", "must be an object, not a list");
  check_only_fault(body(R"(,"inputs":{"TITLE":"x\u0000"})"), "/inputs/TITLE", "NUL");
  check_only_fault(body(R"(,"image":"a","inputs":{"TITLE":"x"})"), "/image", "not from a template");
  check_only_fault(body(R"(,"replicas":2,"inputs":{"TITLE":"x"})"), "/replicas",
                   "not from a template");
  check_only_fault(body(R"(,"exposure":"open","inputs":{"TITLE":"x"})"), "/exposure",
                   "must be public or internal");
  check_only_fault(body(R"(,"colour":1,"inputs":{"TITLE":"x"})"), "/colour", "not a known field");
  CHECK(pointers(draft(R"({"template":"shop","inputs":{"PW":1,"X":""},"y":1})")) ==
        std::vector<std::string>{"/inputs/PW", "/inputs/TITLE", "/inputs/X", "/name", "/y"});
}

}  // namespace ks
