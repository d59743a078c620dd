#include "operator/manifests/manifests.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>

#include "domain/sandbox/isolation_seen.hpp"
#include "operator/manifests/crds.hpp"
#include "operator/manifests/yaml.hpp"
#include "operator/operator.hpp"

using namespace ks;

namespace {

// Through a library that knows nothing of ours.
void check_same(const YAML::Node& node, const Json& json) {
  if (json.is_object()) {
    REQUIRE(node.IsMap());
    CHECK(node.size() == json.members().size());
    for (const auto& [name, value] : json.members()) {
      CAPTURE(name);
      REQUIRE(node[name].IsDefined());
      check_same(node[name], value);
    }
  } else if (json.is_array()) {
    REQUIRE(node.IsSequence());
    REQUIRE(node.size() == json.as_array().size());
    for (std::size_t i = 0; i < node.size(); ++i) check_same(node[i], json.as_array()[i]);
  } else if (json.is_string()) {
    CHECK(node.as<std::string>() == json.as_string());
    // A plain scalar must not read as a number or a truth value.
    if (node.Tag() == "?") {
      bool truth = false;
      double number = 0;
      CHECK_FALSE(YAML::convert<bool>::decode(node, truth));
      CHECK_FALSE(YAML::convert<double>::decode(node, number));
      CHECK_FALSE(node.IsNull());
    }
  } else if (json.is_int()) {
    CHECK(node.as<std::int64_t>() == json.as_int());
  } else if (json.is_bool()) {
    CHECK(node.as<bool>() == json.as_bool());
  }
}

}  // namespace

TEST_CASE("the manifests in deploy are those of the program") {
  const char* root = std::getenv("KS_SOURCE_DIR");
  const std::string path = std::string(root == nullptr ? "." : root) + "/deploy/k8s-scheduler.yaml";
  const std::string text = op::manifests_yaml();
  if (std::getenv("KS_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream in(path);
  std::stringstream there;
  there << in.rdbuf();
  CHECK_MESSAGE(there.str() == text,
                "write `k8s-scheduler manifests` to deploy/k8s-scheduler.yaml");
}

TEST_CASE("a YAML reader finds in the manifests what was meant") {
  const auto wanted = op::manifests("k8s-scheduler");
  const auto read = YAML::LoadAll(op::manifests_yaml("k8s-scheduler"));
  REQUIRE(read.size() == wanted.size());
  for (std::size_t i = 0; i < read.size(); ++i) check_same(read[i], wanted[i]);
}

TEST_CASE("outsiders stand in every policy that refuses something to others, and none does else") {
  const std::string backup = "system:serviceaccount:velero:velero", group = "hands";
  const auto policies = [](const op::Outsiders& outsiders) {
    std::map<std::string, std::string> out;
    for (const Json& object : op::manifests("k8s-scheduler", outsiders))
      if (object.text("kind") == "ValidatingAdmissionPolicy")
        out.emplace(object.text("metadata", "name"), object.at("spec", "matchConditions").dump());
    return out;
  };
  const auto known = policies({{backup}, group}), nobody = policies({{}, ""});
  REQUIRE(known.size() == nobody.size());
  for (const auto& [name, conditions] : known) {
    CAPTURE(name);
    // Those hold our own accounts; that one everybody.
    if (name == "k8s-scheduler-writes" || name == "k8s-scheduler-namespaces" ||
        name == "k8s-scheduler-services") {
      CHECK(conditions == nobody.at(name));
      continue;
    }
    CHECK(conditions.find("'" + group + "'") != conditions.npos);
    const bool told = name == "k8s-scheduler-break-glass";
    CHECK((conditions.find("'" + backup + "'") != conditions.npos) == !told);
    CHECK(nobody.at(name).find("''") == std::string::npos);
  }
}

TEST_CASE("a name that would end its place in an expression is none") {
  for (const char* name : {"ann", "system:serviceaccount:a-b:c.d", "ann@example.com", "oidc:a/b_c"})
    CHECK(op::is_trustable(name));
  for (const char* name : {"", "a'", "a' || 'b", "a\\", "a b", "a,b", "a\n", "\u00e4"})
    CHECK_FALSE(op::is_trustable(name));
  CHECK_FALSE(op::is_trustable(std::string(254, 'a')));
}

TEST_CASE("texts that YAML would take for something else are quoted") {
  Json tree = Json::object();
  for (const char* text :
       {"yes", "NO", "on",   "true",       "null",     "~",    "1", "1e3", "0x1f",
        "1.5", "-",  "- a",  "a: b",       "#x",       "a #b", "",  " a",  "a ",
        "*",   "&a", "!x",   "{",          "[",        "%",    "@", "`",   "'",
        "\"",  "\n", "a\nb", "2026-01-01", "12:30:45", ".inf", "y", "\\",  "\t"})
    tree["list"].push(text);
  tree.set("yes", Json::object({{"1", Json::array()}, {"", Json::object()}}));
  tree.set("nested", Json::array({Json::array({Json(1), Json("x")}),
                                  Json::object({{"a", true}, {"b", Json::array({Json(2)})}})}));
  check_same(YAML::Load(op::to_yaml(tree)), tree);
}

// A server takes no field that the schema does not declare: all of the status is then refused.
TEST_CASE("what a look finds of a sandbox has the fields that its schema declares, and no others") {
  IsolationSeen seen;
  seen.findings.push_back({IsolationFinding::Kind::object, "what", "told"});
  const Json status = to_json(seen);
  const auto definitions = op::custom_resource_definitions();
  const Json& declared = definitions.front()
                             .at("spec", "versions")
                             .as_array()[0]
                             .at("schema", "openAPIV3Schema", "properties", "status")
                             .at("properties", "isolation", "properties");
  CHECK(declared.members().size() == status.members().size());
  for (const auto& [name, value] : status.members())
    CHECK_MESSAGE(declared.find(name) != nullptr, name);
}

TEST_CASE("no role has a verb that takes all, reads secrets or hands out rights") {
  for (const auto& grants : {op::operator_grants(), op::operator_system_grants(),
                             op::operator_probe_grants(), op::api_grants()})
    for (const op::Grant& g : grants) {
      CAPTURE(g.resource);
      CHECK(g.group != "*");
      CHECK(g.resource.find('*') == std::string::npos);
      CHECK(g.group != "rbac.authorization.k8s.io");
      for (const std::string& verb : g.verbs) {
        CHECK(verb != "*");
        CHECK(verb != "deletecollection");
        CHECK(verb != "impersonate");
        CHECK(verb != "escalate");
        CHECK(verb != "bind");
        if (g.resource == "secrets") CHECK((verb != "get" && verb != "list" && verb != "watch"));
      }
    }
}
