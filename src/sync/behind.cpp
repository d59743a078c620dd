#include "sync/behind.hpp"

#include <algorithm>

#include "base/address.hpp"

namespace ks::sync {

namespace {

bool within(const EgressRule& rule, const EgressRule& wanted) {
  const auto inner = Cidr::parse(rule.cidr);
  const auto outer = Cidr::parse(wanted.cidr);
  if (!inner || !outer || !outer->contains(*inner)) return false;
  if (wanted.ports.empty()) return true;
  // No ports are all of them.
  return !rule.ports.empty() && std::ranges::includes(wanted.ports, rule.ports);
}

}  // namespace

bool lets_more_through(const SandboxSpec& has, const SandboxSpec& wanted) {
  if (has.isolation < wanted.isolation) return true;
  if (has.smtp_egress && !wanted.smtp_egress) return true;
  if (!wanted.egress) return false;
  if (!has.egress) return true;
  return !std::ranges::all_of(*has.egress, [&](const EgressRule& rule) {
    return std::ranges::any_of(*wanted.egress,
                               [&](const EgressRule& one) { return within(rule, one); });
  });
}

}  // namespace ks::sync
