#include "tests/sim/walls.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/address.hpp"

namespace ks::sim {

namespace {

// Nothing stands for a list without members.
const Json::Array& members(const Json& list) {
  static const Json::Array kNone;
  return list.is_array() ? list.as_array() : kNone;
}

bool closes_everything(const Json& policy) {
  const Json& spec = policy.at("spec");
  const auto says = [&](std::string_view type) {
    return std::ranges::any_of(members(spec.at("policyTypes")),
                               [&](const Json& one) { return one == Json(type); });
  };
  return spec.at("podSelector") == Json::object() && says("Ingress") && says("Egress") &&
         members(spec.at("ingress")).empty() && members(spec.at("egress")).empty();
}

bool of_one_team(const Json& selector) {
  return !selector.at("matchLabels").text(labels::kTeam).empty();
}

// Whether that part of a rule reaches the organization's pods, whosever team's they are.
bool reaches_organization(const Json& policy, const Json& peer) {
  return !peer.at("namespaceSelector", "matchLabels").text(labels::kOrg).empty() &&
         !(of_one_team(policy.at("spec", "podSelector")) && of_one_team(peer.at("podSelector")));
}

bool opens_port(const Json& rule, std::int64_t port) {
  const Json& ports = rule.at("ports");
  return members(ports).empty() || std::ranges::any_of(members(ports), [&](const Json& one) {
           const std::int64_t first = one.integer_or(0, "port");
           return one.text("protocol") == "TCP" && first <= port &&
                  port <= one.integer_or(first, "endPort");
         });
}

bool is_listed(const Json& rule, const Cidr& to, const EgressList& list) {
  return std::ranges::any_of(list, [&](const EgressRule& one) {
    const auto listed = Cidr::parse(one.cidr);
    if (!listed || !listed->contains(to)) return false;
    if (one.ports.empty()) return true;
    return !members(rule.at("ports")).empty() &&
           std::ranges::all_of(members(rule.at("ports")), [&](const Json& port) {
             return port.find("endPort") == nullptr &&
                    std::ranges::find(one.ports, port.integer_or(0, "port")) != one.ports.end();
           });
  });
}

std::string open_too_far_in(const Json& policy, const SandboxSpec& wanted) {
  const std::string name(policy.text("metadata", "name"));
  for (const char* direction : {"ingress", "egress"})
    for (const Json& rule : members(policy.at("spec", direction))) {
      const bool out = direction == std::string_view("egress");
      const auto& peers = members(rule.at(out ? "to" : "from"));
      if (peers.empty()) return name + " opens everything";
      for (const Json& peer : peers) {
        if (wanted.isolation != Isolation::shared && reaches_organization(policy, peer))
          return name + " opens the whole organization";
        const auto range = Cidr::parse(peer.at("ipBlock").text("cidr"));
        if (!out || !range) continue;
        if (!wanted.smtp_egress && opens_port(rule, 25)) return name + " opens port 25";
        if (wanted.egress && !is_listed(rule, *range, *wanted.egress))
          return name + " opens " + range->text() + ", which is in no list";
      }
    }
  return {};
}

}  // namespace

void Walls::sandbox_changed(const Json* before, const Json* after) {
  const auto sandbox = sandbox_from_json(after != nullptr ? *after : *before);
  if (!sandbox) return;
  if (after != nullptr)
    wanted_[sandbox->spec.ns] = sandbox->spec;
  else
    wanted_.erase(sandbox->spec.ns);
}

void Walls::policy_changed(const Json* before, const Json* after, bool by_hand) {
  const Json& object = after != nullptr ? *after : *before;
  const std::string ns(object.text("metadata", "namespace"));
  const std::string name(object.text("metadata", "name"));
  by_hand_.erase({ns, name});
  if (by_hand) by_hand_.emplace(ns, name);
  if (after != nullptr)
    policies_[ns].insert_or_assign(name, *after);
  else
    policies_[ns].erase(name);
}

void Walls::namespace_gone(const std::string& ns) {
  policies_.erase(ns);
  std::erase_if(by_hand_, [&](const auto& one) { return one.first == ns; });
}

void Walls::clear() {
  wanted_.clear();
  policies_.clear();
  by_hand_.clear();
}

std::string Walls::open_too_far(const std::string& ns) const {
  const auto wanted = wanted_.find(ns);
  if (wanted == wanted_.end()) return {};
  const auto there = policies_.find(ns);
  const auto judged = [&](const std::string& name) { return !by_hand_.contains({ns, name}); };
  const Json* wall = nullptr;
  if (there != policies_.end())
    for (const auto& [name, policy] : there->second) {
      if (name == "default-deny") wall = &policy;
      if (!judged(name)) continue;
      if (std::string open = open_too_far_in(policy, wanted->second); !open.empty()) return open;
    }
  if (judged("default-deny") && (wall == nullptr || !closes_everything(*wall)))
    return "nothing closes it";
  return {};
}

}  // namespace ks::sim
