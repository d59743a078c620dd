#include "operator/plan/match.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "domain/deployment/quantity.hpp"

namespace ks::op {

namespace {

// Lists that server-side apply merges, and the members that name an item
// (x-kubernetes-list-map-keys of the published schema). Only the ones our builders write.
struct KeyedList {
  std::string_view name;
  std::array<std::string_view, 2> keys;
};
constexpr KeyedList kKeyedLists[] = {
    {"containers", {"name", ""}},        {"env", {"name", ""}},        {"volumes", {"name", ""}},
    {"volumeMounts", {"mountPath", ""}}, {"conditions", {"type", ""}},
};

// Replaced as a whole by an apply (x-kubernetes-map-type of the published schema): what somebody
// adds to them means something else, as a policy that selects fewer pods does.
constexpr std::string_view kAtomic[] = {"podSelector", "selector", "nodeSelector"};

// Members beneath which texts are quantities.
constexpr std::string_view kQuantities[] = {"requests", "limits",         "hard", "default",
                                            "max",      "defaultRequest", "min"};

std::span<const std::string_view> keys_of(std::string_view list, const Json& items) {
  for (const KeyedList& k : kKeyedLists)
    if (k.name == list) return {k.keys.data(), k.keys[1].empty() ? std::size_t{1} : 2};
  // Both a container's and a Service's ports; those of a NetworkPolicy are atomic.
  static constexpr std::string_view kContainerPort[] = {"containerPort", "protocol"};
  static constexpr std::string_view kServicePort[] = {"port", "protocol"};
  if (list == "ports" && !items.as_array().empty()) {
    const Json& first = items.as_array().front();
    if (first.find("containerPort") != nullptr) return kContainerPort;
    if (first.find("targetPort") != nullptr) return kServicePort;
  }
  return {};
}

bool same_quantity(std::string_view a, std::string_view b) {
  const auto left = parse_cpu_milli(a), right = parse_cpu_milli(b);
  if (left && right) return *left == *right;
  // Beyond the range in thousandths: terabytes.
  const auto left_bytes = parse_bytes(a), right_bytes = parse_bytes(b);
  return left_bytes && right_bytes && *left_bytes == *right_bytes;
}

// What the API server leaves out when it writes an object.
bool is_blank(const Json& value) {
  return (value.is_string() && value.as_string().empty()) ||
         (value.is_array() && value.as_array().empty());
}

// Equal as a whole but for the form of quantities.
bool same(const Json& a, const Json& b, bool quantity) {
  if (a.is_string() && b.is_string())
    return a.as_string() == b.as_string() ||
           (quantity && same_quantity(a.as_string(), b.as_string()));
  if (a.is_array() && b.is_array())
    return std::ranges::equal(a.as_array(), b.as_array(),
                              [&](const Json& x, const Json& y) { return same(x, y, quantity); });
  if (a.is_object() && b.is_object()) {
    if (a.members().size() != b.members().size()) return false;
    return std::ranges::all_of(a.members(), [&](const Json::Member& m) {
      const Json* other = b.find(m.first);
      const bool inside =
          quantity || std::ranges::find(kQuantities, m.first) != std::end(kQuantities);
      return other != nullptr && same(m.second, *other, inside);
    });
  }
  return a == b;
}

bool contains(const Json& observed, const Json& wanted, std::string_view name, bool quantity) {
  if (wanted.is_object()) {
    if (!observed.is_object()) return false;
    if (std::ranges::find(kAtomic, name) != std::end(kAtomic))
      return same(observed, wanted, quantity);
    return std::ranges::all_of(wanted.members(), [&](const Json::Member& m) {
      const Json* other = observed.find(m.first);
      if (other == nullptr) return is_blank(m.second);
      const bool inside =
          quantity || std::ranges::find(kQuantities, m.first) != std::end(kQuantities);
      return contains(*other, m.second, m.first, inside);
    });
  }
  if (wanted.is_array()) {
    if (!observed.is_array()) return false;
    const auto keys = keys_of(name, wanted);
    // Finalizers are a set: others may stand beside ours.
    if (name == "finalizers")
      return std::ranges::all_of(wanted.as_array(), [&](const Json& item) {
        return std::ranges::find(observed.as_array(), item) != observed.as_array().end();
      });
    if (keys.empty()) return same(observed, wanted, quantity);
    return std::ranges::all_of(wanted.as_array(), [&](const Json& item) {
      const auto at = std::ranges::find_if(observed.as_array(), [&](const Json& other) {
        return std::ranges::all_of(keys,
                                   [&](std::string_view k) { return other.at(k) == item.at(k); });
      });
      return at != observed.as_array().end() && contains(*at, item, {}, quantity);
    });
  }
  return same(observed, wanted, quantity);
}

}  // namespace

bool holds(const Json& observed, const Json& wanted) {
  return contains(observed, wanted, {}, false);
}

}  // namespace ks::op
