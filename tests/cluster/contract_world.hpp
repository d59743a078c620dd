#pragma once

#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cluster/contract.hpp"

// The words in which the contract's tests are written.
namespace ks::contract {

using namespace kube;
using namespace kube::kinds;

inline Json object(const Kind& kind, const std::string& ns, const std::string& name) {
  Json out = Json::object({{"apiVersion", kind.api_version()}, {"kind", kind.name}});
  out["metadata"].set("name", name);
  if (kind.namespaced) out["metadata"].set("namespace", ns);
  return out;
}

inline Json config(const std::string& ns, const std::string& name,
                   std::initializer_list<Json::Member> data) {
  return object(kConfigMap, ns, name).set("data", Json::object(data));
}

inline std::string version_of(const Json& o) {
  return std::string(o.text("metadata", "resourceVersion"));
}
inline std::string uid_of(const Json& o) { return std::string(o.text("metadata", "uid")); }

// The managers of an object, "a Apply"; and nothing else of its managedFields.
inline std::set<std::string> managers_of(const Json& o) {
  std::set<std::string> out;
  for (const Json& entry : o.at("metadata", "managedFields").as_array()) {
    for (const auto& [name, value] : entry.members())
      CHECK((name == "manager" || name == "operation" || name == "subresource"));
    out.insert(std::string(entry.text("manager")) + " " + std::string(entry.text("operation")));
  }
  return out;
}

template <class T>
int status_of(const KubeResult<T>& result) {
  return result ? 200 : result.error().status;
}

// A namespace for one test. It stays behind: ending it is a test of its own.
struct World {
  World() : on(rig()) {
    if (on == nullptr) return;
    ns = on->fresh_name("contract");
    REQUIRE(cluster().create(kNamespace, object(kNamespace, "", ns)).has_value());
    // The cluster's own objects come by themselves; waiting for them keeps watches quiet.
    REQUIRE(on->until([&] {
      return cluster().get({kServiceAccount, ns, "default"}).has_value() &&
             cluster().get({kConfigMap, ns, "kube-root-ca.crt"}).has_value();
    }));
  }
  Cluster& cluster() { return on->cluster(); }
  Json apply(const Kind& kind, const Json& o, const std::string& manager = "contract") {
    auto result = cluster().apply(kind, o, {.manager = manager});
    if (!result) FAIL("apply: " << result.error().status << " " << result.error().message);
    return *result;
  }
  bool gone(const Ref& ref) { return status_of(cluster().get(ref)) == 404; }
  bool until_gone(const Ref& ref) {
    return on->until([&] { return gone(ref); });
  }
  // The next event that is no bookmark.
  WatchEvent next(Watch& watch) {
    std::optional<WatchEvent> event;
    const bool came = on->until([&] {
      auto result = watch.next(milliseconds(20));
      if (!result) FAIL("watch: " << result.error().status << " " << result.error().message);
      if (*result && (*result)->type != WatchEvent::Type::bookmark) event = std::move(**result);
      return event.has_value();
    });
    REQUIRE(came);
    return *event;
  }

  Rig* on;
  std::string ns;
};

// Ends the test where there is no cluster to run on.
#define KS_WORLD(world) \
  World world;          \
  if (world.on == nullptr) return

}  // namespace ks::contract
