#include "main/config/namespaces.hpp"

#include <fmt/format.h>

#include "operator/probe/objects.hpp"

namespace ks {

std::string namespaces_fault(const NamespacePattern& pattern, const op::OperatorConfig& config) {
  const auto fault = [&](const std::string& ns, const char* setting) {
    if (ns.empty() || !pattern.can_give(ns)) return std::string();
    return fmt::format("could give the name {}, which is of {}", ns, setting);
  };
  const auto of = [](const op::Peer& peer) {
    const auto at = peer.namespace_labels.find("kubernetes.io/metadata.name");
    return at == peer.namespace_labels.end() ? std::string() : at->second;
  };
  std::string out = fault(config.system_namespace, "SYSTEM_NAMESPACE");
  if (out.empty())
    out = fault(op::probe_namespace_name(config.system_namespace), "SYSTEM_NAMESPACE");
  for (const op::Peer& peer : config.ingress_from)
    if (out.empty()) out = fault(of(peer), "INGRESS_FROM");
  if (out.empty()) out = fault(of(config.dns), "DNS_SELECTOR");
  return out;
}

}  // namespace ks
