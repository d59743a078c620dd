#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "domain/deployment/deployment_request.hpp"
#include "domain/deployment/service_fields.hpp"

namespace ks {

namespace {

const std::int64_t kMi = 1 << 20;

Workload one() {
  Service s;
  s.name = "web";
  s.image = "a:1";
  s.port = 80;
  s.replicas = 2;
  s.env = {{"A", "1"}, {"B", "2"}};
  s.secret_env = {{"PW", "PW"}};
  Workload w;
  w.services = {s};
  w.ingress_service = "web";
  return w;
}

Workload two() {
  Workload w = one();
  Service db;
  db.name = "db";
  db.image = "b:1";
  db.port = 5432;
  db.volumes = {{"data", "/data", std::int64_t{1} << 30}};
  w.services.push_back(db);
  return w;
}

Workload patched(const Workload& current, std::string_view patch) {
  const auto got = patch_workload(current, *parse_json(patch), nullptr);
  if (!got)
    for (const Fault& f : got.error().faults) MESSAGE(f.pointer << " " << f.message);
  REQUIRE_MESSAGE(got, std::string(patch));
  return *got;
}

void check_only_fault(const Workload& current, const std::string& patch, const std::string& pointer,
                      const std::string& words) {
  CAPTURE(patch);
  const auto got = patch_workload(current, *parse_json(patch), nullptr);
  REQUIRE_FALSE(got);
  REQUIRE(got.error().faults.size() == 1);
  CHECK(got.error().faults[0].pointer == pointer);
  CHECK_MESSAGE(got.error().faults[0].message.find(words) != std::string::npos,
                got.error().faults[0].message);
}

// A body of POST as a client could send it.
rc::Gen<Json> any_body() {
  return rc::gen::exec([] {
    Json body = Json::object({{"name", "x"}, {"image", *rc::gen::element("a", "b/c:1", "d.e/f")}});
    if (*rc::gen::arbitrary<bool>()) {
      body.set("port", *rc::gen::inRange(1, 65536));
      if (*rc::gen::arbitrary<bool>())
        body.set("exposure", *rc::gen::element("public", "internal"));
    }
    const int max = *rc::gen::inRange(0, 21);
    if (max > 0 && *rc::gen::arbitrary<bool>())
      body.set("autoscale", Json::object({{"min", *rc::gen::inRange(1, max + 1)},
                                          {"max", max},
                                          {"cpu", *rc::gen::inRange(1, 101)}}));
    else if (*rc::gen::arbitrary<bool>())
      body.set("replicas", max);
    const auto text = rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7f'));
    Json env = Json::object();
    const int variables = *rc::gen::inRange(0, 5);
    for (int i = 0; i < variables; ++i) env.set("V" + std::to_string(i), *text);
    body.set("env", std::move(env));
    const std::int64_t cpu = *rc::gen::inRange(10, 1'000'001);
    const std::int64_t memory = *rc::gen::inRange<std::int64_t>(kMemoryBytesMin, kMemoryBytesMax);
    body.set("resources",
             Json::object({{"limits", Json::object({{"cpu", std::to_string(cpu) + "m"},
                                                    {"memory", std::to_string(memory)}})}}));
    return body;
  });
}

}  // namespace

TEST_CASE("an empty patch changes nothing") {
  CHECK(rc::check([] {
    SeededRandom random(1);
    const auto draft = draft_from_json(*any_body(), TemplateCatalogue({}), random);
    RC_ASSERT(draft.has_value());
    const auto got = patch_workload(draft->workload, Json::object(), nullptr);
    RC_ASSERT(got.has_value());
    RC_ASSERT(*got == draft->workload);
  }));
  CHECK(patched(two(), "{}") == two());
  CHECK(patched(two(), R"({"services":{"db":{}}})") == two());
}

TEST_CASE("what is described makes the same workload again, as a body and as a patch") {
  CHECK(rc::check([] {
    SeededRandom random(1);
    const auto draft = draft_from_json(*any_body(), TemplateCatalogue({}), random);
    RC_ASSERT(draft.has_value());
    Json described = Json::object();
    describe_workload(described, draft->workload);
    RC_ASSERT(described.at("services", "web", "image") == described.at("image"));
    described.erase("services");
    if (described.at("port").is_null()) described.erase("port");
    const auto patch = patch_workload(draft->workload, described, nullptr);
    RC_ASSERT(patch.has_value());
    RC_ASSERT(*patch == draft->workload);
    for (const char* one : {"replicas", "autoscale"})
      if (described.at(one).is_null()) described.erase(one);
    described.set("name", "x");
    const auto again = draft_from_json(described, TemplateCatalogue({}), random);
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->workload == draft->workload);
  }));
}

TEST_CASE("a patch does once what it does twice") {
  CHECK(rc::check([] {
    SeededRandom random(1);
    const auto draft = draft_from_json(*any_body(), TemplateCatalogue({}), random);
    Json patch = *any_body();
    patch.erase("name");
    const auto first = patch_workload(draft->workload, patch, nullptr);
    RC_PRE(first.has_value());
    const auto second = patch_workload(*first, patch, nullptr);
    RC_ASSERT(second.has_value());
    RC_ASSERT(*second == *first);
  }));
}

TEST_CASE("a patch changes what it names and keeps the rest") {
  Workload wanted = one();
  wanted.services[0].image = "c:2";
  CHECK(patched(one(), R"({"image":"c:2"})") == wanted);
  CHECK(patched(one(), R"({"services":{"web":{"image":"c:2"}}})") == wanted);

  wanted = one();
  wanted.services[0].env = {{"A", "1"}, {"C", "3"}};
  CHECK(patched(one(), R"({"env":{"B":null,"C":"3","NONE":null}})") == wanted);
  wanted.services[0].env = {};
  CHECK(patched(one(), R"({"env":null})") == wanted);

  CHECK(patched(one(), R"({"replicas":0})").services[0].replicas == 0);
  CHECK(patched(one(), R"({"port":8080})").services[0].port == 8080);
  wanted = two();
  wanted.services[1].image = "d";
  wanted.services[0].replicas = 5;
  CHECK(patched(two(), R"({"services":{"db":{"image":"d"},"web":{"replicas":5}}})") == wanted);

  Workload rich = one();
  rich.services[0].health_path = "/x";
  rich.services[0].run_as = RunAs{5, 6};
  rich.services[0].args = {"a"};
  rich.services[0].writable = {"/tmp"};
  CHECK(patched(rich, R"({"run_as":{"uid":7}})").services[0].run_as == RunAs{7, 6});
  CHECK(patched(rich, R"({"health":null,"run_as":null,"args":null,"writable":null})") == one());
}

TEST_CASE("a patch changes between a fixed number of pods and bounds to be scaled within") {
  const std::string bounds = R"("autoscale":{"min":2,"max":5,"cpu":70})";
  Workload scaled = one();
  scaled.services[0].replicas = 5;
  scaled.services[0].autoscale = Autoscale{2, 70};
  for (const std::string& patch :
       {"{" + bounds + "}", "{" + bounds + R"(,"replicas":null})",
        R"({"replicas":null,)" + bounds + "}", R"({"services":{"web":{)" + bounds + "}}}"})
    CHECK_MESSAGE(patched(one(), patch) == scaled, patch);
  // What it does not name stays.
  Workload wanted = scaled;
  wanted.services[0].replicas = 3;
  CHECK(patched(scaled, R"({"autoscale":{"max":3}})") == wanted);
  CHECK(patched(scaled, R"({"autoscale":{}})") == scaled);
  CHECK(patched(scaled, R"({"replicas":null})") == scaled);
  CHECK(patched(scaled, R"({"autoscale":{"cpu":71}})").services[0].autoscale == Autoscale{2, 71});
  // A number ends it, and so does null: then there are as many as there were at least.
  wanted = one();
  wanted.services[0].replicas = 4;
  CHECK(patched(scaled, R"({"replicas":4})") == wanted);
  CHECK(patched(scaled, R"({"autoscale":null,"replicas":4})") == wanted);
  CHECK(patched(scaled, R"({"autoscale":null})") == one());
  wanted.services[0].replicas = 0;
  CHECK(patched(scaled, R"({"replicas":0})") == wanted);
  CHECK(patched(one(), R"({"autoscale":null})") == one());

  check_only_fault(one(), R"({"replicas":1,)" + bounds + "}", "/autoscale", "beside replicas");
  check_only_fault(scaled, R"({"services":{"web":{"replicas":1,"autoscale":{"max":6}}}})",
                   "/services/web/autoscale", "beside replicas");
  check_only_fault(one(), R"({"replicas":null,"autoscale":null})", "/replicas", "not null");
  check_only_fault(scaled, R"({"replicas":null,"autoscale":null})", "/replicas", "not null");
  check_only_fault(scaled, R"({"autoscale":{"max":1}})", "/autoscale/max", "below min");
  check_only_fault(scaled, R"({"autoscale":{"max":null}})", "/autoscale/max", "not null");
  check_only_fault(one(), R"({"autoscale":{"max":5,"cpu":70}})", "/autoscale/min", "is required");
  check_only_fault(two(), "{" + bounds + "}", "/autoscale", "belongs under services");
  // One pod alone can write to a volume.
  for (const char* same : {R"({"min":1,"max":1,"cpu":70})", R"({"min":1,"max":3,"cpu":70})"})
    check_only_fault(two(), R"({"services":{"db":{"autoscale":)" + std::string(same) + "}}}",
                     "/services/db/autoscale", "because the service has a volume");
}

TEST_CASE("a patch of resources keeps what it does not name") {
  const auto after = [](const std::string& patch) {
    return patched(one(), R"({"resources":)" + patch + "}").services[0].resources;
  };
  CHECK(after("{}") == Resources{});
  CHECK(after(R"({"limits":{"cpu":"1"}})") == Resources{1000, 256 * kMi, 50, 128 * kMi});
  CHECK(after(R"({"cpu":"1"})") == Resources{1000, 256 * kMi, 200, 128 * kMi});
  // The request goes down with a limit that falls below it.
  CHECK(after(R"({"limits":{"memory":"64Mi"}})") == Resources{250, 64 * kMi, 50, 64 * kMi});
  CHECK(after(R"({"requests":{"cpu":"200m"}})") == Resources{250, 256 * kMi, 200, 128 * kMi});
  Workload big = one();
  big.services[0].resources = {1000, 1024 * kMi, 500, 512 * kMi};
  CHECK(patched(big, R"({"resources":null})").services[0].resources == Resources{});
  CHECK(patched(big, R"({"resources":{"limits":{"cpu":null}}})").services[0].resources ==
        Resources{250, 1024 * kMi, 250, 512 * kMi});
  CHECK(patched(big, R"({"resources":{"requests":null}})").services[0].resources ==
        Resources{1000, 1024 * kMi, 200, 512 * kMi});
  check_only_fault(one(), R"({"resources":{"requests":{"cpu":"300m"}}})", "/resources/requests/cpu",
                   "above the limit");
  check_only_fault(one(), R"({"services":{"web":{"resources":{"cpu":"5m"}}}})",
                   "/services/web/resources/cpu", "from 10m");
}

TEST_CASE("exposure moves between public and internal and comes back to the same service") {
  const Workload hidden = patched(two(), R"({"exposure":"internal"})");
  CHECK(hidden.exposure == Exposure::internal);
  CHECK(hidden.ingress_service.empty());
  CHECK(patched(hidden, R"({"exposure":"public"})") == two());
  check_only_fault(one(), R"({"port":null})", "/exposure", "needs the port");
  const Workload closed = patched(one(), R"({"port":null,"exposure":"internal"})");
  CHECK_FALSE(closed.services[0].port);
  check_only_fault(closed, R"({"exposure":"public"})", "/exposure", "without a port");
  CHECK(patched(closed, R"({"exposure":"public","port":81})").ingress_service == "web");
  check_only_fault(one(), R"({"exposure":null})", "/exposure", "must be text, not null");
}

TEST_CASE("each fault of a patch is named") {
  check_only_fault(one(), "[]", "", "must be an object");
  check_only_fault(one(), R"({"name":"y"})", "/name", "is not a known field");
  check_only_fault(one(), R"({"colour":1})", "/colour", "is not a known field");
  check_only_fault(one(), R"({"image":null})", "/image", "must be text, not null");
  check_only_fault(one(), R"({"replicas":null})", "/replicas", "must be an integer, not null");
  check_only_fault(one(), R"({"replicas":2.0})", "/replicas", "without point");
  check_only_fault(one(), R"({"replicas":21})", "/replicas", "from 0 to 20");
  check_only_fault(one(), R"({"env":{"A":5}})", "/env/A", "must be text in quotes");
  check_only_fault(one(), R"({"env":{"PW":"x"}})", "/env/PW", "from a secret");
  check_only_fault(one(), R"({"env":{"PW":null}})", "/env/PW", "from a secret");
  check_only_fault(one(), R"({"services":[]})", "/services", "must be an object");
  check_only_fault(one(), R"({"services":null})", "/services", "must be an object, not null");
  check_only_fault(one(), R"({"services":{"new":{"image":"a"}}})", "/services/new",
                   "none can be added");
  check_only_fault(one(), R"({"services":{"web":null}})", "/services/web", "cannot be removed");
  check_only_fault(one(), R"({"services":{"web":5}})", "/services/web", "must be an object");
  check_only_fault(one(), R"({"services":{"web":{"name":"x"}}})", "/services/web/name",
                   "cannot be changed");
  check_only_fault(one(), R"({"services":{"web":{"ready":1}}})", "/services/web/ready",
                   "is not a known field");
  check_only_fault(one(), R"({"services":{"web":{"replicas":1}},"replicas":2})", "/replicas",
                   "cannot stand beside services");
  check_only_fault(two(), R"({"replicas":1})", "/replicas", "belongs under services");
  check_only_fault(two(), R"({"image":"x"})", "/image", "belongs under services");
  check_only_fault(two(), R"({"colour":"x"})", "/colour", "is not a known field");
  check_only_fault(two(), R"({"services":{"db":{"replicas":2}}})", "/services/db/replicas",
                   "because the service has a volume");
  check_only_fault(two(), R"({"services":{"db":{"volumes":[]}}})", "/services/db/volumes",
                   "cannot be changed");
  check_only_fault(two(), R"({"services":{"db":{"writable":["/data"]}}})",
                   "/services/db/writable/0", "occurs twice");
  const auto many = patch_workload(
      two(),
      *parse_json(
          R"({"x":1,"exposure":"y","services":{"db":{"port":0},"web":{"env":{"A":1}},"z":{}}})"),
      nullptr);
  REQUIRE_FALSE(many);
  CHECK(many.error().faults.size() == 5);
}

TEST_CASE("patches cannot heap up more variables than a body may have") {
  Workload w = one();
  for (int i = 0; i < 197; ++i) w.services[0].env["V" + std::to_string(i)] = "x";
  CHECK(patched(w, "{}") == w);
  check_only_fault(w, R"({"env":{"ONE_MORE":"x"}})", "/env", "at most 200 variables");
  Workload large = one();
  for (int i = 0; i < 15; ++i)
    large.services[0].env["V" + std::to_string(i)] = std::string(kEnvValueBytesMax, 'x');
  check_only_fault(large, R"({"env":{"W":")" + std::string(kEnvValueBytesMax, 'y') + R"("}})",
                   "/env", "at most 524288 bytes");
}

TEST_CASE("a resource shows the only service at its top, and null there when there are several") {
  Json resource = Json::object({{"id", "1"}});
  describe_workload(resource, one());
  CHECK(
      resource ==
      *parse_json(
          R"({"id":"1","image":"a:1","replicas":2,"autoscale":null,"env":{"A":"1","B":"2"},"port":80,
          "resources":{"requests":{"cpu":"50m","memory":"128Mi"},"limits":{"cpu":"250m","memory":"256Mi"}},
          "exposure":"public","services":{"web":{"image":"a:1","port":80,"replicas":2,
          "autoscale":null,"env":{"A":"1","B":"2"},"resources":{"requests":{"cpu":"50m","memory":"128Mi"},
          "limits":{"cpu":"250m","memory":"256Mi"}}}}})"));
  describe_workload(resource, two());
  for (const char* field : {"image", "replicas", "autoscale", "env", "port", "resources"}) {
    CAPTURE(field);
    REQUIRE(resource.find(field) != nullptr);
    CHECK(resource.at(field).is_null());
  }
  CHECK(resource.at("services", "db", "port").as_int() == 5432);
  CHECK(resource.at("services").members().size() == 2);
  Workload scaled = one();
  scaled.services[0].autoscale = Autoscale{1, 60};
  describe_workload(resource, scaled);
  CHECK(resource.at("replicas").is_null());
  CHECK(resource.at("services", "web", "replicas").is_null());
  CHECK(resource.at("autoscale") == *parse_json(R"({"min":1,"max":2,"cpu":60})"));
  CHECK(resource.at("services", "web", "autoscale") == resource.at("autoscale"));
}

}  // namespace ks
