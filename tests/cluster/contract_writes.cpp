#include "tests/cluster/contract_world.hpp"

namespace ks::contract {

TEST_CASE("creating a second object of a name gives AlreadyExists") {
  KS_WORLD(w);
  const auto first = w.cluster().create(kConfigMap, config(w.ns, "a", {{"k", "1"}}));
  REQUIRE(first.has_value());
  CHECK(first->text("kind") == "ConfigMap");
  CHECK_FALSE(uid_of(*first).empty());
  CHECK_FALSE(version_of(*first).empty());
  CHECK(parse_rfc3339(first->text("metadata", "creationTimestamp")).has_value());
  const auto second = w.cluster().create(kConfigMap, config(w.ns, "a", {{"k", "2"}}));
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().status == 409);
  CHECK(second.error().reason == "AlreadyExists");
  CHECK(w.cluster().get({kConfigMap, w.ns, "a"})->text("data", "k") == "1");
}

TEST_CASE("applying what is not there makes it, applying it again changes nothing") {
  KS_WORLD(w);
  const Json made = w.apply(kConfigMap, config(w.ns, "a", {{"k", "1"}, {"l", "2"}}));
  const Json again = w.apply(kConfigMap, config(w.ns, "a", {{"l", "2"}, {"k", "1"}}));
  CHECK(version_of(made) == version_of(again));
  CHECK(uid_of(made) == uid_of(again));
  CHECK(managers_of(made) == std::set<std::string>{"contract Apply"});
}

TEST_CASE("a field that is no longer applied disappears, others' fields stay") {
  KS_WORLD(w);
  Json both = config(w.ns, "a", {{"k", "1"}, {"l", "2"}});
  both["metadata"].set("labels", Json::object({{"x", "1"}, {"y", "1"}}));
  w.apply(kConfigMap, both);
  w.apply(kConfigMap, config(w.ns, "a", {{"theirs", "3"}}), "another");
  Json one = config(w.ns, "a", {{"k", "1"}});
  one["metadata"].set("labels", Json::object({{"x", "1"}}));
  const Json now = w.apply(kConfigMap, one);
  CHECK(now.at("data") == Json::object({{"k", "1"}, {"theirs", "3"}}));
  CHECK(now.at("metadata", "labels") == Json::object({{"x", "1"}}));
}

TEST_CASE("a field of two managers stays until both have dropped it") {
  KS_WORLD(w);
  w.apply(kConfigMap, config(w.ns, "a", {{"k", "1"}, {"own", "1"}}));
  w.apply(kConfigMap, config(w.ns, "a", {{"k", "1"}, {"other", "1"}}), "another");
  Json now = w.apply(kConfigMap, config(w.ns, "a", {{"own", "1"}}));
  CHECK(now.text("data", "k") == "1");
  now = w.apply(kConfigMap, config(w.ns, "a", {{"other", "1"}}), "another");
  CHECK(now.at("data") == Json::object({{"own", "1"}, {"other", "1"}}));
}

TEST_CASE("changing another manager's field is a conflict unless it is forced") {
  KS_WORLD(w);
  w.apply(kConfigMap, config(w.ns, "a", {{"k", "1"}}));
  const Json mine = config(w.ns, "a", {{"k", "2"}});
  const auto refused = w.cluster().apply(kConfigMap, mine, {.manager = "another", .force = false});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().is_conflict());
  CHECK(refused.error().reason == "Conflict");
  CHECK(w.cluster().get({kConfigMap, w.ns, "a"})->text("data", "k") == "1");
  CHECK(w.apply(kConfigMap, mine, "another").text("data", "k") == "2");
  // The first manager lost it, so dropping it takes nothing away.
  CHECK(w.apply(kConfigMap, config(w.ns, "a", {{"l", "1"}})).text("data", "k") == "2");
}

TEST_CASE("an apply over a created object takes its fields over and leaves the rest") {
  KS_WORLD(w);
  REQUIRE(w.cluster().create(kConfigMap, config(w.ns, "a", {{"k", "1"}, {"l", "1"}})).has_value());
  const Json wanted = config(w.ns, "a", {{"k", "2"}});
  CHECK(status_of(w.cluster().apply(kConfigMap, wanted, {.manager = "m", .force = false})) == 409);
  const Json now = w.apply(kConfigMap, wanted, "m");
  CHECK(now.at("data") == Json::object({{"k", "2"}, {"l", "1"}}));
  CHECK(managers_of(now) == std::set<std::string>{"k8s-scheduler Update", "m Apply"});
}

TEST_CASE("applies with a version or a UID fail when the object has another") {
  KS_WORLD(w);
  const Json first = w.apply(kConfigMap, config(w.ns, "a", {{"k", "1"}}));
  const Json second = w.apply(kConfigMap, config(w.ns, "a", {{"k", "2"}}));
  const Json third = config(w.ns, "a", {{"k", "3"}});
  const auto with = [&](std::string version, std::string uid) {
    return w.cluster().apply(
        kConfigMap, third,
        {.manager = "contract", .resource_version = std::move(version), .uid = std::move(uid)});
  };
  CHECK(status_of(with(version_of(first), "")) == 409);
  CHECK(status_of(with("", "11111111-2222-4333-8444-555555555555")) == 409);
  CHECK(w.cluster().get({kConfigMap, w.ns, "a"})->text("data", "k") == "2");
  CHECK(status_of(with(version_of(second), uid_of(second))) == 200);
  CHECK(w.cluster().get({kConfigMap, w.ns, "a"})->text("data", "k") == "3");
}

TEST_CASE("an apply with a UID never makes an object") {
  KS_WORLD(w);
  const auto result =
      w.cluster().apply(kConfigMap, config(w.ns, "a", {{"k", "1"}}),
                        {.manager = "contract", .uid = "11111111-2222-4333-8444-555555555555"});
  CHECK(status_of(result) == 409);
  CHECK(w.gone({kConfigMap, w.ns, "a"}));
}

TEST_CASE("a version and a UID in the object itself are no preconditions") {
  KS_WORLD(w);
  Json read = w.apply(kConfigMap, config(w.ns, "a", {{"k", "1"}}));
  w.apply(kConfigMap, config(w.ns, "a", {{"k", "2"}}));
  read["data"].set("k", "3");
  CHECK(w.apply(kConfigMap, read).text("data", "k") == "3");
}

TEST_CASE("a deletion with a UID spares an object that has another") {
  KS_WORLD(w);
  const Json made = w.apply(kConfigMap, config(w.ns, "a", {{"k", "1"}}));
  const Ref ref{kConfigMap, w.ns, "a"};
  CHECK(status_of(w.cluster().remove(ref, {.uid = "11111111-2222-4333-8444-555555555555"})) == 409);
  CHECK_FALSE(w.gone(ref));
  CHECK(status_of(w.cluster().remove(ref, {.uid = uid_of(made)})) == 200);
  CHECK(w.gone(ref));
  CHECK(status_of(w.cluster().remove(ref, {})) == 404);
}

TEST_CASE("an object with a finalizer stays until the finalizer is dropped") {
  KS_WORLD(w);
  Json held = config(w.ns, "a", {{"k", "1"}});
  held["metadata"].set("finalizers", Json::array({"k8s-scheduler.dev/cleanup"}));
  w.apply(kConfigMap, held);
  const Ref ref{kConfigMap, w.ns, "a"};
  REQUIRE(w.cluster().remove(ref, {}).has_value());
  const auto ending = w.cluster().get(ref);
  REQUIRE(ending.has_value());
  CHECK(ending->at("metadata", "deletionTimestamp").is_string());
  REQUIRE(w.cluster().remove(ref, {}).has_value());
  // While it ends, it can change, but gets no new finalizer.
  held["metadata"].set("finalizers", Json::array({"k8s-scheduler.dev/cleanup", "a.b/c"}));
  CHECK(status_of(w.cluster().apply(kConfigMap, held, {.manager = "contract"})) == 422);
  CHECK(status_of(w.cluster().create(kConfigMap, config(w.ns, "a", {}))) == 409);
  const auto last =
      w.cluster().apply(kConfigMap, config(w.ns, "a", {{"k", "1"}}), {.manager = "contract"});
  CHECK(last.has_value());
  CHECK(w.gone(ref));
}

TEST_CASE("finalizers of two managers add up") {
  KS_WORLD(w);
  Json held = config(w.ns, "a", {});
  held["metadata"].set("finalizers", Json::array({"a.example/one"}));
  w.apply(kConfigMap, held);
  held["metadata"].set("finalizers", Json::array({"b.example/two"}));
  const Json both = w.apply(kConfigMap, held, "another");
  CHECK(both.at("metadata", "finalizers").as_array().size() == 2);
  const Json one = w.apply(kConfigMap, config(w.ns, "a", {}));
  CHECK(one.at("metadata", "finalizers") == Json::array({"b.example/two"}));
  w.apply(kConfigMap, config(w.ns, "a", {}), "another");
}

TEST_CASE("lists of containers, env and ports merge by their keys") {
  KS_WORLD(w);
  const auto deployment = [&](Json containers) {
    Json d = object(kDeployment, w.ns, "web");
    d["spec"].set("replicas", 0);
    d["spec"]["selector"].set("matchLabels", Json::object({{"app", "web"}}));
    d["spec"]["template"]["metadata"].set("labels", Json::object({{"app", "web"}}));
    d["spec"]["template"]["spec"].set("containers", std::move(containers));
    return d;
  };
  const auto container = [](const char* name, Json env) {
    return Json::object({{"name", name}, {"image", "example.com/x:1"}, {"env", std::move(env)}});
  };
  const auto env = [](const char* name, const char* value) {
    return Json::object({{"name", name}, {"value", value}});
  };
  w.apply(kDeployment,
          deployment(Json::array({container("web", Json::array({env("A", "1"), env("B", "1")}))})));
  Json sidecar = Json::array({container("side", Json::array({env("S", "1")}))});
  w.apply(kDeployment, deployment(std::move(sidecar)), "another");
  const Json now = w.apply(
      kDeployment, deployment(Json::array({container("web", Json::array({env("B", "2")}))})));
  const Json& containers = now.at("spec", "template", "spec", "containers");
  REQUIRE(containers.as_array().size() == 2);
  for (const Json& c : containers.as_array()) {
    const bool web = c.text("name") == "web";
    CHECK(c.at("env") == Json::array({web ? env("B", "2") : env("S", "1")}));
  }
}

TEST_CASE("generation counts changes of the specification, and of a Deployment's annotations") {
  KS_WORLD(w);
  Json d = object(kDeployment, w.ns, "web");
  d["spec"].set("replicas", 0);
  d["spec"]["selector"].set("matchLabels", Json::object({{"app", "web"}}));
  d["spec"]["template"]["metadata"].set("labels", Json::object({{"app", "web"}}));
  d["spec"]["template"]["spec"].set(
      "containers", Json::array({Json::object({{"name", "c"}, {"image", "example.com/x:1"}})}));
  CHECK(w.apply(kDeployment, d).integer_or(0, "metadata", "generation") == 1);
  d["metadata"].set("labels", Json::object({{"x", "1"}}));
  CHECK(w.apply(kDeployment, d).integer_or(0, "metadata", "generation") == 1);
  d["metadata"].set("annotations", Json::object({{"x", "1"}}));
  CHECK(w.apply(kDeployment, d).integer_or(0, "metadata", "generation") == 2);
  d["spec"].set("paused", true);
  CHECK(w.apply(kDeployment, d).integer_or(0, "metadata", "generation") == 3);
  d["spec"]["selector"].set("matchLabels", Json::object({{"app", "other"}}));
  d["spec"]["template"]["metadata"].set("labels", Json::object({{"app", "other"}}));
  CHECK(status_of(w.cluster().apply(kDeployment, d, {.manager = "contract"})) == 422);
}

TEST_CASE("quantities come back in their shortest form, and are no change when sent again") {
  KS_WORLD(w);
  Json limits = object(kLimitRange, w.ns, "l");
  limits["spec"].set("limits",
                     Json::array({Json::object(
                         {{"type", "Container"},
                          {"max", Json::object({{"cpu", "4000m"}, {"memory", "2048Mi"}})},
                          {"default", Json::object({{"cpu", "1500m"}, {"memory", "1000Mi"}})},
                          {"min", Json::object({{"cpu", "0.1"}, {"memory", "1000"}})}})}));
  const Json made = w.apply(kLimitRange, limits);
  CHECK(version_of(w.apply(kLimitRange, limits)) == version_of(made));
  const Json& limit = made.at("spec", "limits").as_array().at(0);
  CHECK(limit.at("max") == Json::object({{"cpu", "4"}, {"memory", "2Gi"}}));
  CHECK(limit.at("default") == Json::object({{"cpu", "1500m"}, {"memory", "1000Mi"}}));
  CHECK(limit.at("min") == Json::object({{"cpu", "100m"}, {"memory", "1k"}}));
}

TEST_CASE("names, labels and kinds that are not valid are refused") {
  KS_WORLD(w);
  CHECK(status_of(w.cluster().create(kConfigMap, config(w.ns, "Not_Valid", {}))) == 422);
  Json labelled = config(w.ns, "a", {});
  labelled["metadata"].set("labels", Json::object({{"x", "not a label"}}));
  CHECK(status_of(w.cluster().apply(kConfigMap, labelled, {.manager = "contract"})) == 422);
  CHECK(status_of(w.cluster().create(kSecret, config(w.ns, "a", {}))) == 400);
  CHECK(status_of(w.cluster().create(kConfigMap, object(kConfigMap, w.ns, ""))) == 400);
}

TEST_CASE("an Event stands where what it is about stands, or in default") {
  KS_WORLD(w);
  const auto event = [&](const std::string& ns, const std::string& about) {
    Json out = object(kEvent, ns, w.on->fresh_name("event"));
    Json subject = Json::object({{"apiVersion", "example.com/v1"}, {"kind", "It"}, {"name", "it"}});
    if (!about.empty()) subject.set("namespace", about);
    out.set("involvedObject", std::move(subject)).set("reason", "Tested").set("message", "m");
    return status_of(w.cluster().create(kEvent, out));
  };
  CHECK(event(w.ns, w.ns) == 200);
  CHECK(event("default", "") == 200);
  CHECK(event(w.ns, "") == 422);
  CHECK(event(w.ns, "default") == 422);
}

}  // namespace ks::contract
