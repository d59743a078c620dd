#include "operator/plan/nodes.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace ks::op {

namespace {

// Linux 6.3, since when tmpfs can be mounted with other ids
// (https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/).
constexpr std::pair<int, int> kKernelLeast = {6, 3};

// "6.1.0-18-amd64" -> 6, 1.
std::optional<std::pair<int, int>> kernel_of(std::string_view text) {
  std::pair<int, int> out;
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, out.first);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, out.second);
  if (minor.ec != std::errc()) return std::nullopt;
  return out;
}

bool counts(const Json& node) {
  const Json& conditions = node.at("status", "conditions");
  return !conditions.is_array() || std::ranges::none_of(conditions.as_array(), [](const Json& one) {
    return one.text("type") == "Ready" && one.text("status") != "True";
  });
}

}  // namespace

bool has_user_namespaces(const Json& node) {
  const auto kernel = kernel_of(node.at("status", "nodeInfo").text("kernelVersion"));
  if (kernel && *kernel < kKernelLeast) return false;
  const Json& handlers = node.at("status", "runtimeHandlers");
  return handlers.is_array() && std::ranges::any_of(handlers.as_array(), [](const Json& handler) {
           return handler.at("features", "userNamespaces") == Json(true);
         });
}

UserNamespaceNodes user_namespace_nodes(const Json::Array& nodes) {
  UserNamespaceNodes out;
  for (const Json& node : nodes) {
    if (!counts(node)) continue;
    ++out.counted;
    if (!has_user_namespaces(node)) out.unable.emplace_back(node.text("metadata", "name"));
  }
  std::ranges::sort(out.unable);
  return out;
}

}  // namespace ks::op
