#include "tests/cluster/contract_world.hpp"

namespace ks::contract {

namespace {

const Kind kWidget{"contract.k8s-scheduler.dev", "v1", "widgets", "Widget", true};

// A custom kind with a status of its own, made once.
void define_widgets(World& w) {
  Json crd = object(kCustomResourceDefinition, "", "widgets.contract.k8s-scheduler.dev");
  Json& spec = crd["spec"];
  spec.set("group", kWidget.group).set("scope", "Namespaced");
  spec.set("names", Json::object({{"plural", kWidget.plural},
                                  {"singular", "widget"},
                                  {"kind", kWidget.name},
                                  {"listKind", "WidgetList"}}));
  const Json text = Json::object({{"type", "string"}});
  const Json rows = Json::object(
      {{"type", "array"},
       {"x-kubernetes-list-type", "map"},
       {"x-kubernetes-list-map-keys", Json::array({"id"})},
       {"items", Json::object({{"type", "object"},
                               {"required", Json::array({"id"})},
                               {"properties", Json::object({{"id", text}, {"v", text}})}})}});
  const Json plain = Json::object({{"type", "array"}, {"items", text}});
  const Json conditions = Json::object(
      {{"type", "array"},
       {"x-kubernetes-list-type", "map"},
       {"x-kubernetes-list-map-keys", Json::array({"type"})},
       {"items",
        Json::object({{"type", "object"},
                      {"required", Json::array({"type"})},
                      {"properties", Json::object({{"type", text}, {"status", text}})}})}});
  const Json schema = Json::object(
      {{"type", "object"},
       {"properties",
        Json::object(
            {{"spec",
              Json::object({{"type", "object"},
                            {"properties",
                             Json::object({{"size", text}, {"rows", rows}, {"plain", plain}})}})},
             {"status",
              Json::object({{"type", "object"},
                            {"properties",
                             Json::object({{"phase", text}, {"conditions", conditions}})}})}})}});
  spec.set(
      "versions",
      Json::array({Json::object({{"name", "v1"},
                                 {"served", true},
                                 {"storage", true},
                                 {"schema", Json::object({{"openAPIV3Schema", schema}})},
                                 {"subresources", Json::object({{"status", Json::object()}})}})}));
  w.apply(kCustomResourceDefinition, crd);
  REQUIRE(w.on->until([&] { return w.cluster().list(kWidget, {.ns = w.ns}).has_value(); }));
  REQUIRE(w.on->until([&] {
    const auto now =
        w.cluster().get({kCustomResourceDefinition, "", "widgets.contract.k8s-scheduler.dev"});
    if (!now || !now->at("status", "conditions").is_array()) return false;
    for (const Json& c : now->at("status", "conditions").as_array())
      if (c.text("type") == "Established" && c.text("status") == "True") return true;
    return false;
  }));
}

Json widget(const std::string& ns, const char* size) {
  return object(kWidget, ns, "w").set("spec", Json::object({{"size", size}}));
}

Json owned(const std::string& ns, const std::string& name, const Kind& kind, const Json& owner) {
  Json o = config(ns, name, {});
  o["metadata"].set("ownerReferences",
                    Json::array({Json::object({{"apiVersion", kind.api_version()},
                                               {"kind", kind.name},
                                               {"name", owner.text("metadata", "name")},
                                               {"uid", owner.text("metadata", "uid")}})}));
  return o;
}

}  // namespace

TEST_CASE("a kind that nobody defined is 404") {
  KS_WORLD(w);
  const Kind unknown{"contract.k8s-scheduler.dev", "v1", "gadgets", "Gadget", true};
  CHECK(status_of(w.cluster().list(unknown, {.ns = w.ns})) == 404);
  CHECK(status_of(w.cluster().apply(unknown, object(unknown, w.ns, "g"), {.manager = "m"})) == 404);
}

TEST_CASE("status and the rest of an object are written apart") {
  KS_WORLD(w);
  define_widgets(w);
  Json with_status = widget(w.ns, "1");
  with_status.set("status", Json::object({{"phase", "Mine"}}));
  const Json made = w.apply(kWidget, with_status);
  CHECK(made.at("status").is_null());
  CHECK(made.integer_or(0, "metadata", "generation") == 1);

  Json status = widget(w.ns, "9");
  const auto ready = [](const char* s) {
    return Json::array({Json::object({{"type", "Ready"}, {"status", s}})});
  };
  status.set("status", Json::object({{"phase", "Ready"}, {"conditions", ready("True")}}));
  const ApplyOptions to_status{.manager = "status", .subresource = Subresource::status};
  auto now = w.cluster().apply(kWidget, status, to_status);
  REQUIRE(now.has_value());
  CHECK(now->text("spec", "size") == "1");
  CHECK(now->text("status", "phase") == "Ready");
  CHECK(now->integer_or(0, "metadata", "generation") == 1);
  const std::string version = version_of(*now);
  now = w.cluster().apply(kWidget, status, to_status);
  REQUIRE(now.has_value());
  CHECK(version_of(*now) == version);

  // Another writer's condition stays, and a field that is dropped goes.
  status.set(
      "status",
      Json::object(
          {{"conditions", Json::array({Json::object({{"type", "Other"}, {"status", "True"}})})}}));
  REQUIRE(w.cluster()
              .apply(kWidget, status, {.manager = "other", .subresource = Subresource::status})
              .has_value());
  status.set("status", Json::object({{"conditions", ready("False")}}));
  now = w.cluster().apply(kWidget, status, to_status);
  REQUIRE(now.has_value());
  CHECK(now->text("status", "phase").empty());
  CHECK(now->at("status", "conditions").as_array().size() == 2);

  const Json again = w.apply(kWidget, widget(w.ns, "2"));
  CHECK(again.integer_or(0, "metadata", "generation") == 2);
  CHECK(again.at("status") == now->at("status"));
}

TEST_CASE("a status of what is not there makes nothing") {
  KS_WORLD(w);
  define_widgets(w);
  Json status = object(kWidget, w.ns, "nobody");
  status.set("status", Json::object({{"phase", "Ready"}}));
  CHECK(status_of(w.cluster().apply(kWidget, status,
                                    {.manager = "m", .subresource = Subresource::status})) == 404);
  CHECK(w.gone({kWidget, w.ns, "nobody"}));
}

TEST_CASE("lists of a custom kind merge by their schema, and are replaced whole without one") {
  KS_WORLD(w);
  define_widgets(w);
  const auto with = [&](const char* row, const char* item) {
    Json o = object(kWidget, w.ns, "w");
    o["spec"].set("rows", Json::array({Json::object({{"id", row}, {"v", "1"}})}));
    if (item != nullptr) o["spec"].set("plain", Json::array({Json(item)}));
    return o;
  };
  w.apply(kWidget, with("a", "one"));
  Json now = w.apply(kWidget, with("b", "two"), "another");
  CHECK(now.at("spec", "rows").as_array().size() == 2);
  CHECK(now.at("spec", "plain") == Json::array({"two"}));
  now = w.apply(kWidget, object(kWidget, w.ns, "w"), "another");
  CHECK(now.at("spec", "rows") == Json::array({Json::object({{"id", "a"}, {"v", "1"}})}));
}

TEST_CASE("what an owner leaves behind is collected") {
  KS_WORLD(w);
  const Json owner = w.apply(kConfigMap, config(w.ns, "owner", {}));
  w.apply(kConfigMap, owned(w.ns, "child", kConfigMap, owner));
  w.apply(kConfigMap, config(w.ns, "bystander", {}));
  REQUIRE(w.cluster().remove({kConfigMap, w.ns, "owner"}, {}).has_value());
  CHECK(w.until_gone({kConfigMap, w.ns, "child"}));
  CHECK_FALSE(w.gone({kConfigMap, w.ns, "bystander"}));
}

TEST_CASE("a deletion in the foreground ends the owner after what it owns") {
  KS_WORLD(w);
  const Json owner = w.apply(kConfigMap, config(w.ns, "owner", {}));
  Json child = owned(w.ns, "child", kConfigMap, owner);
  child["metadata"]["ownerReferences"].as_array()[0].set("blockOwnerDeletion", true);
  child["metadata"].set("finalizers", Json::array({"a.example/hold"}));
  w.apply(kConfigMap, child);
  // The collector has to have heard of the child before it can wait for it.
  REQUIRE(w.cluster()
              .remove({kConfigMap, w.ns, "owner"},
                      {.propagation = DeleteOptions::Propagation::foreground})
              .has_value());
  CHECK(w.on->until([&] {
    const auto now = w.cluster().get({kConfigMap, w.ns, "child"});
    return now && now->at("metadata", "deletionTimestamp").is_string();
  }));
  CHECK_FALSE(w.gone({kConfigMap, w.ns, "owner"}));
  child["metadata"].erase("finalizers");
  w.apply(kConfigMap, child);
  CHECK(w.until_gone({kConfigMap, w.ns, "owner"}));
}

TEST_CASE("nothing can be made in a namespace that is not there") {
  KS_WORLD(w);
  const auto result =
      w.cluster().apply(kConfigMap, config("nowhere-at-all", "a", {}), {.manager = "contract"});
  CHECK(status_of(result) == 404);
  CHECK(status_of(w.cluster().create(kConfigMap, config("nowhere-at-all", "a", {}))) == 404);
}

TEST_CASE("a namespace ends with all that is in it, and takes nothing new meanwhile") {
  KS_WORLD(w);
  const auto there = w.cluster().get({kNamespace, "", w.ns});
  REQUIRE(there.has_value());
  CHECK(there->text("status", "phase") == "Active");
  CHECK(there->text("metadata", "labels", "kubernetes.io/metadata.name") == w.ns);
  Json held = config(w.ns, "held", {});
  held["metadata"].set("finalizers", Json::array({"a.example/hold"}));
  w.apply(kConfigMap, held);
  w.apply(kConfigMap, config(w.ns, "free", {}));

  REQUIRE(w.cluster().remove({kNamespace, "", w.ns}, {.uid = uid_of(*there)}).has_value());
  const auto ending = w.cluster().get({kNamespace, "", w.ns});
  REQUIRE(ending.has_value());
  CHECK(ending->text("status", "phase") == "Terminating");
  const auto refused = w.cluster().create(kConfigMap, config(w.ns, "late", {}));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().status == 403);
  CHECK(refused.error().reason == "Forbidden");
  CHECK(refused.error().message.find("is being terminated") != std::string::npos);
  const auto again = w.cluster().create(kNamespace, object(kNamespace, "", w.ns));
  CHECK(status_of(again) == 409);
  CHECK(w.until_gone({kConfigMap, w.ns, "free"}));
  CHECK_FALSE(w.gone({kNamespace, "", w.ns}));
  held["metadata"].erase("finalizers");
  w.apply(kConfigMap, held);
  CHECK(w.until_gone({kNamespace, "", w.ns}));
  CHECK(status_of(w.cluster().create(kNamespace, object(kNamespace, "", w.ns))) == 200);
}

}  // namespace ks::contract
