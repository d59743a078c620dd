#include "kube/simulated/fields.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace ks::kube::simulated {

namespace {

// First byte of a path's component.
constexpr char kMember = '/';
constexpr char kItem = '\x01';
constexpr char kValue = '\x02';

enum class Merging { atomic, granular, keyed, set };

struct Shape {
  Merging merging = Merging::atomic;
  std::vector<std::string> keys;
};

// The place in an object where a walk stands.
struct Place {
  const Schema* schema;
  const Json* custom = nullptr;  // The custom schema of this value.
  bool in_metadata = false;
  std::string name;    // The member's name, "" in a list.
  std::string parent;  // The name of the object or list around it.
};

struct KeyedList {
  std::string_view name;
  std::string_view parent;  // "" when any.
  std::array<std::string_view, 2> keys;
};

// https://kubernetes.io/docs/reference/generated/kubernetes-api/ , x-kubernetes-list-map-keys.
constexpr KeyedList kKeyedLists[] = {
    {"containers", "", {"name"}},
    {"initContainers", "", {"name"}},
    {"ephemeralContainers", "", {"name"}},
    {"env", "", {"name"}},
    {"volumes", "", {"name"}},
    {"volumeMounts", "", {"mountPath"}},
    {"volumeDevices", "", {"devicePath"}},
    {"imagePullSecrets", "", {"name"}},
    {"secrets", "", {"name"}},
    {"hostAliases", "", {"ip"}},
    {"conditions", "", {"type"}},
    {"ports", "spec", {"port", "protocol"}},
    {"ports", "containers", {"containerPort", "protocol"}},
    {"ports", "initContainers", {"containerPort", "protocol"}},
    {"topologySpreadConstraints", "", {"topologyKey", "whenUnsatisfiable"}},
};
// x-kubernetes-map-type: atomic.
constexpr std::string_view kAtomicMaps[] = {
    "selector",         "nodeSelector", "podSelector",     "namespaceSelector",
    "labelSelector",    "secretKeyRef", "configMapKeyRef", "fieldRef",
    "resourceFieldRef", "secretRef",    "configMapRef",    "nodeSelectorTerms"};

bool contains(std::span<const std::string_view> list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

Shape shape_of(const Json& value, const Place& at) {
  if (at.in_metadata && value.is_array()) {
    if (at.name == "finalizers") return {Merging::set, {}};
    if (at.name == "ownerReferences") return {Merging::keyed, {"uid"}};
    return {};
  }
  if (!at.schema->built_in && !at.in_metadata && at.custom != nullptr) {
    if (value.is_object())
      return {at.custom->text("x-kubernetes-map-type") == "atomic" ? Merging::atomic
                                                                   : Merging::granular,
              {}};
    const std::string_view type = at.custom->text("x-kubernetes-list-type");
    if (type == "set") return {Merging::set, {}};
    if (type != "map") return {};
    Shape shape{Merging::keyed, {}};
    if (const Json& keys = at.custom->at("x-kubernetes-list-map-keys"); keys.is_array())
      for (const Json& key : keys.as_array()) shape.keys.push_back(key.as_string());
    return shape;
  }
  if (value.is_object())
    return {
        at.schema->built_in && contains(kAtomicMaps, at.name) ? Merging::atomic : Merging::granular,
        {}};
  if (!at.schema->built_in)
    return at.name == "conditions" ? Shape{Merging::keyed, {"type"}} : Shape{};
  for (const KeyedList& list : kKeyedLists) {
    if (list.name != at.name || (!list.parent.empty() && list.parent != at.parent)) continue;
    Shape shape{Merging::keyed, {}};
    for (const std::string_view key : list.keys)
      if (!key.empty()) shape.keys.emplace_back(key);
    return shape;
  }
  return {};
}

Place member_of(const Place& at, const std::string& name) {
  Place child{at.schema, nullptr,
              at.in_metadata || (at.name.empty() && at.parent.empty() && name == "metadata"), name,
              at.name};
  if (at.custom != nullptr) {
    child.custom = at.custom->at("properties").find(name);
    if (child.custom == nullptr) child.custom = at.custom->find("additionalProperties");
  }
  return child;
}

Place item_of(const Place& at) {
  return {at.schema, at.custom != nullptr ? at.custom->find("items") : nullptr, at.in_metadata, "",
          at.name};
}

// Items keep the list's name, so that a container's ports know whose they are.
Place inside_item(Place item, const Place& list) {
  item.name = list.name;
  return item;
}

Json key_value(const Json& item, const std::string& key) {
  if (const Json* value = item.find(key)) return *value;
  return key == "protocol" ? Json("TCP") : Json();
}

std::string item_component(const Json& item, const Shape& shape) {
  Json keys = Json::object();
  for (const std::string& key : shape.keys) keys.set(key, key_value(item, key));
  return kItem + pointer_token(keys.canonical()).substr(1);
}

std::string value_component(const Json& value) {
  return kValue + pointer_token(value.canonical()).substr(1);
}

void collect(const Json& value, const Place& at, const std::string& path, Fields& out) {
  const bool container = value.is_object() || value.is_array();
  const Shape shape = container ? shape_of(value, at) : Shape{};
  if (!container || shape.merging == Merging::atomic) {
    out.insert(path);
    return;
  }
  if (value.is_object()) {
    if (value.members().empty()) out.insert(path);
    for (const auto& [name, member] : value.members())
      collect(member, member_of(at, name), path + pointer_token(name), out);
    return;
  }
  if (value.as_array().empty()) out.insert(path);
  for (const Json& item : value.as_array()) {
    if (shape.merging == Merging::set) {
      out.insert(path + value_component(item));
      continue;
    }
    const std::string item_path = path + item_component(item, shape);
    out.insert(item_path);
    if (item.is_object())
      for (const auto& [name, member] : item.members())
        collect(member, member_of(inside_item(item_of(at), at), name),
                item_path + pointer_token(name), out);
  }
}

bool identity(const Place& root, const std::string& name) {
  return root.name.empty() && root.parent.empty() && (name == "apiVersion" || name == "kind");
}

void merge_value(Json& live, const Json& applied, const Place& at, const std::string& path,
                 Fields& changed);

void merge_object(Json& live, const Json& applied, const Place& at, const std::string& path,
                  Fields& changed) {
  if (!live.is_object()) {
    live = Json::object();
    if (applied.members().empty()) changed.insert(path);
  }
  for (const auto& [name, member] : applied.members())
    merge_value(live[name], member, member_of(at, name), path + pointer_token(name), changed);
}

void merge_keyed(Json& live, const Json& applied, const Shape& shape, const Place& at,
                 const std::string& path, Fields& changed) {
  if (!live.is_array()) live = Json::array();
  const Json::Array before = std::move(live.as_array());
  Json::Array after;
  std::vector<bool> taken(before.size(), false);
  for (const Json& item : applied.as_array()) {
    const std::string component = item_component(item, shape);
    Json merged;
    bool found = false;
    for (std::size_t i = 0; i < before.size() && !found; ++i) {
      if (item_component(before[i], shape) != component) continue;
      found = taken[i] = true;
      merged = before[i];
    }
    const std::string item_path = path + component;
    if (!found) changed.insert(item_path);
    merge_object(merged, item, inside_item(item_of(at), at), item_path, changed);
    after.push_back(std::move(merged));
  }
  // What others have put there stays behind the items that were applied.
  for (std::size_t i = 0; i < before.size(); ++i)
    if (!taken[i]) after.push_back(before[i]);
  live.as_array() = std::move(after);
}

void merge_value(Json& live, const Json& applied, const Place& at, const std::string& path,
                 Fields& changed) {
  const bool container = applied.is_object() || applied.is_array();
  const Shape shape = container ? shape_of(applied, at) : Shape{};
  switch (shape.merging) {
    case Merging::granular:
      merge_object(live, applied, at, path, changed);
      return;
    case Merging::keyed:
      merge_keyed(live, applied, shape, at, path, changed);
      return;
    case Merging::set:
      if (!live.is_array()) live = Json::array();
      for (const Json& value : applied.as_array()) {
        if (std::ranges::find(live.as_array(), value) != live.as_array().end()) continue;
        live.push(value);
        changed.insert(path + value_component(value));
      }
      return;
    case Merging::atomic:
      if (live == applied) return;
      live = applied;
      changed.insert(path);
  }
}

// Splits off the first component: "/spec" of "/spec/replicas".
std::pair<std::string_view, std::string_view> split(std::string_view path) {
  std::size_t end = 1;
  while (end < path.size() && path[end] != kMember && path[end] != kItem && path[end] != kValue)
    ++end;
  return {path.substr(0, end), path.substr(end)};
}

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size())
      out += token[++i] == '1' ? '/' : '~';
    else
      out += token[i];
  }
  return out;
}

bool item_matches(const Json& item, std::string_view component) {
  const auto keys = parse_json(unescaped(component.substr(1)));
  return keys && std::ranges::all_of(keys->members(), [&](const Json::Member& key) {
           return key_value(item, key.first) == key.second;
         });
}

bool empty_container(const Json& value) {
  return (value.is_object() && value.members().empty()) ||
         (value.is_array() && value.as_array().empty());
}

void remove_at(Json& value, std::string_view path) {
  const auto [first, rest] = split(path);
  if (first[0] == kMember) {
    const std::string member = unescaped(first.substr(1));
    Json* child = value.find(member);
    if (child == nullptr) return;
    if (!rest.empty()) remove_at(*child, rest);
    if (rest.empty() || empty_container(*child)) value.erase(member);
    return;
  }
  if (!value.is_array()) return;
  for (auto item = value.as_array().begin(); item != value.as_array().end(); ++item) {
    if (first[0] == kValue ? value_component(*item) != first : !item_matches(*item, first))
      continue;
    if (rest.empty())
      value.as_array().erase(item);
    else
      remove_at(*item, rest);
    return;
  }
}

}  // namespace

Fields fields_of(const Json& object, const Schema& schema) {
  const Place root{&schema, schema.custom, false, "", ""};
  Fields out;
  if (!object.is_object()) return out;
  for (const auto& [name, member] : object.members())
    if (!identity(root, name)) collect(member, member_of(root, name), pointer_token(name), out);
  out.erase("/metadata/name");
  out.erase("/metadata/namespace");
  return out;
}

void merge(Json& live, const Json& applied, const Schema& schema, Fields& changed) {
  const Place root{&schema, schema.custom, false, "", ""};
  merge_object(live, applied, root, "", changed);
}

void remove_field(Json& object, const std::string& path) { remove_at(object, path); }

bool owns_at_or_beneath(const Fields& fields, const std::string& path) {
  for (auto it = fields.lower_bound(path); it != fields.end() && it->starts_with(path); ++it)
    if (it->size() == path.size() || (*it)[path.size()] == kMember || (*it)[path.size()] == kItem ||
        (*it)[path.size()] == kValue)
      return true;
  return false;
}

Json without_nulls(const Json& value) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value.as_array()) out.push(without_nulls(item));
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  for (const auto& [name, member] : value.members())
    if (!member.is_null()) out.members().emplace_back(name, without_nulls(member));
  return out;
}

}  // namespace ks::kube::simulated
