#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/digest.hpp"
#include "operator/plan/object.hpp"

namespace ks::op {

// What the builders share; for the .cpp files that define them only.
struct Builder {
  static Json texts(const std::map<std::string, std::string>& map) {
    Json out = Json::object();
    for (const auto& [key, value] : map) out.set(key, value);
    return out;
  }

  static Json metadata(const Place& place) {
    Json out = Json::object({{"name", place.name}});
    if (!place.ns.empty()) out.set("namespace", place.ns);
    if (!place.labels.empty()) out.set("labels", texts(place.labels));
    return out;
  }

  // With `content` (spec, or other top-level members) and the hash over all of it.
  static Object make(const kube::Kind& kind, Json metadata, Json content) {
    Json tree = plain(kind, std::move(metadata), std::move(content)).tree_;
    // Before there is a place for it in the tree.
    std::string wanted = hash(tree);
    tree["metadata"]["annotations"].set(annotations::kWanted, std::move(wanted));
    return {kind, std::move(tree)};
  }
  static std::string hash(const Json& tree) { return hex(sha256(tree.canonical())).substr(0, 32); }

  // Without a hash, for objects of which only a part is ours.
  static Object plain(const kube::Kind& kind, Json metadata, Json content) {
    Json tree = Json::object({{"apiVersion", kind.api_version()},
                              {"kind", kind.name},
                              {"metadata", std::move(metadata)}});
    for (auto& [name, value] : content.members()) tree.set(name, std::move(value));
    return {kind, std::move(tree)};
  }
};

}  // namespace ks::op
