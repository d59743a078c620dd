#include "operator/isolation/report.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "operator/isolation/judge.hpp"
#include "operator/plan/match.hpp"

namespace ks::op {

using reach::PortSet;
using reach::Reach;
using Finding = IsolationFinding;

namespace {

// Of each sandbox; more are counted.
constexpr std::size_t kPathsNamed = 20;

std::string called(const Reach::Members& members) {
  if (members.pods.empty()) return fmt::format("any pod of {}", members.ns);
  if (members.pods.size() == 1) return fmt::format("{}/{}", members.ns, members.pods.front());
  return fmt::format("{}/{} and {} more", members.ns, members.pods.front(),
                     members.pods.size() - 1);
}

class Writer {
 public:
  Writer(const ClusterView& view, const OperatorConfig& config)
      : view_(view),
        config_(config),
        judge_(view, config),
        reach_(snapshot_of(view, config, report_.unread)) {}

  IsolationReport write() {
    report_.unread.insert(report_.unread.begin(), view_.unread.begin(), view_.unread.end());
    report_.pods = view_.pods.size();
    report_.policies = view_.policies.size();
    for (const auto& [ns, sandbox] : judge_.sandboxes()) {
      Entry& entry = entries_[ns];
      entry.out.name = sandbox.meta.name;
      entry.out.ns = ns;
      entry.client_id = sandbox.spec.client_id;
      entry.out.org_id = sandbox.spec.org_id;
      entry.out.profile = sandbox.spec.isolation;
    }
    for (const Json& pod : view_.pods)
      if (Entry* entry = entry_of(std::string(pod.text("metadata", "namespace"))))
        ++entry->out.pods;
    paths();
    addresses();
    objects();
    for (auto& [ns, entry] : entries_) report_.sandboxes.push_back(finished(entry));
    return std::move(report_);
  }

 private:
  struct Entry {
    SandboxIsolation out;
    std::string client_id;
    std::size_t foreign = 0;                                           // Paths, named or not.
    std::map<std::string, std::set<std::string>> reached_by, reaches;  // What: namespaces.
  };

  Entry* entry_of(const std::string& ns) {
    const auto at = entries_.find(ns);
    return at == entries_.end() ? nullptr : &at->second;
  }
  // Something of the sandbox alone.
  void found(const std::string& ns, Finding::Kind kind, const std::string& what) {
    if (Entry* entry = entry_of(ns)) entry->out.findings.push_back({kind, what, what});
  }

  // The other end of a path as the people of `mine` may know it: what is not their organization's
  // has no name.
  std::string told_of(const Entry& mine, Reach::Group other) {
    const Entry* entry = entry_of(reach_.group(other).ns);
    if (entry == nullptr) return "pods outside of the sandboxes";
    const bool own = entry->out.org_id == mine.out.org_id && entry->client_id == mine.client_id;
    return own ? called(reach_.group(other)) : "pods of another organization";
  }
  std::string told_path(const Entry& mine, bool outgoing, Reach::Group from, Reach::Group to,
                        const PortSet& ports) {
    if (outgoing)
      return fmt::format("{} reaches {} on {}: let out by {}", called(reach_.group(from)),
                         told_of(mine, to), ports.text(),
                         fmt::join(reach_.allowed_out(from, to), ", "));
    return fmt::format("{} reach {} on {}: let in by {}", told_of(mine, from),
                       called(reach_.group(to)), ports.text(),
                       fmt::join(reach_.allowed_in(from, to), ", "));
  }

  void path(Reach::Group from, Reach::Group to) {
    const std::string& a = reach_.group(from).ns;
    const std::string& b = reach_.group(to).ns;
    Entry* sender = entry_of(a);
    Entry* target = entry_of(b);
    if (sender == nullptr && target == nullptr) return;
    const PortSet ports = reach_.between(from, to);
    if (const auto allowed = judge_.allowed(reach_, from, to, ports)) {
      if (a == b) return;
      if (sender != nullptr) sender->reaches[*allowed].insert(b);
      if (target != nullptr) target->reached_by[*allowed].insert(a);
      return;
    }
    for (Entry* entry : {target, sender == target ? nullptr : sender})
      if (entry != nullptr && ++entry->foreign <= kPathsNamed)
        entry->out.findings.push_back(
            {Finding::Kind::foreign_path,
             fmt::format("{} reaches {} on {}: let out by {}, let in by {}",
                         called(reach_.group(from)), called(reach_.group(to)), ports.text(),
                         fmt::join(reach_.allowed_out(from, to), ", "),
                         fmt::join(reach_.allowed_in(from, to), ", ")),
             told_path(*entry, entry == sender, from, to, ports)});
  }

  void paths() {
    reach_.each_path([&](Reach::Group from, Reach::Group to) { path(from, to); });
    // Ends that nothing holds reach each other, however many they are: the sandboxes among them
    // are named with one example each.
    const auto& sources = reach_.open_sources();
    const auto& targets = reach_.open_targets();
    for (const bool outgoing : {true, false})
      for (const Reach::Group mine : outgoing ? sources : targets) {
        if (entry_of(reach_.group(mine).ns) == nullptr) continue;
        for (const Reach::Group other : outgoing ? targets : sources) {
          const Reach::Group from = outgoing ? mine : other, to = outgoing ? other : mine;
          const PortSet ports = from == to ? PortSet::none() : reach_.between(from, to);
          if (ports.empty() || judge_.allowed(reach_, from, to, ports)) continue;
          path(from, to);
          break;
        }
      }
  }

  void addresses() {
    for (Reach::Group g = 0; g < reach_.size(); ++g) {
      Entry* entry = entry_of(reach_.group(g).ns);
      if (entry == nullptr) continue;
      std::set<std::string> told;
      for (const Judge::Closed& closed : judge_.closed())
        for (const Reach::Opening& opening : reach_.into(g, closed.range)) {
          if (judge_.allowed(opening, opening.ports)) continue;
          if (!told.insert(opening.policy + closed.what).second) continue;
          if (++entry->foreign > kPathsNamed) continue;
          entry->out.findings.push_back(
              {Finding::Kind::closed_address,
               fmt::format("{} reaches {} ({}) on {}: let out by {}", called(reach_.group(g)),
                           closed.what, closed.range.text(), opening.ports.text(), opening.policy),
               fmt::format("{} reaches {} on {}: let out by {}", called(reach_.group(g)),
                           closed.told, opening.ports.text(), opening.policy)});
        }
      internet(*entry, g);
      static const auto kSomewhere = Address::parse("1.1.1.1");
      if (const PortSet ports = reach_.from_address(*kSomewhere, g); !ports.empty())
        found(reach_.group(g).ns, Finding::Kind::foreign_path,
              fmt::format("every address reaches {} on {}", called(reach_.group(g)), ports.text()));
    }
  }

  void internet(Entry& entry, Reach::Group g) {
    const auto& list = judge_.sandboxes().at(reach_.group(g).ns).spec.egress;
    const auto listed = [&](const Cidr& range) {
      return list && std::ranges::any_of(*list, [&](const EgressRule& rule) {
               const auto whole = Cidr::parse(rule.cidr);
               return whole && whole->contains(range);
             });
    };
    for (std::size_t i = 0; list && i < list->size(); ++i) {
      const std::string& range = (*list)[i].cidr;
      PortSet open;
      for (const Reach::Opening& opening : reach_.into(g, *Cidr::parse(range)))
        if (!judge_.allowed(opening, opening.ports)) open.add(opening.ports);
      if (!open.empty()) entry.reaches[fmt::format("{} on {}", range, open.text())];
    }
    // Of the two kinds of addresses one each that stands for all that no list names.
    static const std::array kSomewhere = {Address::parse("1.1.1.1"),
                                          Address::parse("2606:4700::1")};
    PortSet ports;
    for (const auto& address : kSomewhere)
      if (!listed(Cidr::of(*address)))
        for (const Reach::Opening& opening : reach_.into(g, Cidr::of(*address)))
          if (!judge_.allowed(opening, opening.ports)) ports.add(opening.ports);
    if (ports.empty()) return;
    if (!list) {
      entry.reaches[fmt::format("the internet on {}", ports.text())];
    } else {
      found(reach_.group(g).ns, Finding::Kind::closed_address,
            fmt::format("{} reaches the internet on {}, beyond the organization's list",
                        called(reach_.group(g)), ports.text()));
    }
  }

  // What the operator would change now, and what nobody of ours wrote.
  void objects() {
    struct Standing {
      const Json* ns = nullptr;
      SeenList objects;
    };
    std::map<std::string, Standing> standing;
    struct Part {
      const kube::Kind* kind;
      const std::vector<Json>* objects;
    };
    for (const auto& [kind, objects] : {Part{&kube::kinds::kNetworkPolicy, &view_.policies},
                                        Part{&kube::kinds::kResourceQuota, &view_.quotas},
                                        Part{&kube::kinds::kLimitRange, &view_.limit_ranges},
                                        Part{&kube::kinds::kServiceAccount, &view_.accounts}})
      for (const Json& object : *objects)
        if (std::string ns(object.text("metadata", "namespace")); entry_of(ns) != nullptr)
          standing[std::move(ns)].objects.push_back(
              {kind, {std::make_shared<const Json>(object), true}});
    for (const Json& ns : view_.namespaces)
      if (std::string name(ns.text("metadata", "name")); entry_of(name) != nullptr)
        standing[std::move(name)].ns = &ns;
    for (const auto& [ns, sandbox] : judge_.sandboxes()) {
      Standing& there = standing[ns];
      if (sandbox.meta.deleting || is_terminating(*there.ns)) continue;
      const auto say = [&](const kube::Ref& ref, const char* how) {
        found(ns, Finding::Kind::object, fmt::format("{} {} {}", ref.kind.name, ref.name, how));
      };
      const Object wanted_namespace =
          namespace_object(sandbox.spec, config_.pod_security_version,
                           is_closed(*there.ns) ? there.ns->text("metadata", "uid") : "");
      if (!holds(*there.ns, wanted_namespace.tree()))
        say(wanted_namespace.ref(), "is not as it was written");
      const auto wanted = sandbox_objects(sandbox, judge_.deployments_in(ns), config_);
      std::vector<Step> steps;
      apply_missing(steps, wanted, there.objects);
      for (const Step& step : steps)
        say(step.ref,
            find_seen(there.objects, step.ref) ? "is not as it was written" : "is missing");
      for (const SeenOfKind& seen : there.objects)
        if (*seen.kind == kube::kinds::kNetworkPolicy &&
            std::ranges::none_of(wanted, [&](const Object& o) {
              return o.ref() == kube::ref_of(*seen.kind, *seen.seen.object);
            }))
          found(ns, Finding::Kind::object,
                fmt::format("NetworkPolicy {} is none of ours", seen.seen.name()));
    }
    for (const Json& pod : view_.pods) pod_object(pod);
    report_.homeless = judge_.homeless();
  }

  // By its labels a pod is let through; they must be those of its deployment.
  void pod_object(const Json& pod) {
    const std::string ns(pod.text("metadata", "namespace"));
    if (entry_of(ns) == nullptr) return;
    const reach::Labels labels = reach::labels_of(pod);
    const auto label = [&](std::string_view key) {
      const auto at = labels.find(key);
      return at == labels.end() ? std::string() : at->second;
    };
    const std::string_view name = pod.text("metadata", "name");
    const auto& deployments = judge_.deployments_in(ns);
    const auto of = std::ranges::find(deployments, label(labels::kDeployment),
                                      [](const UserDeploymentResource& d) { return d.spec.stem; });
    if (of == deployments.end())
      found(ns, Finding::Kind::object, fmt::format("Pod {} belongs to no deployment", name));
    else if (label(labels::kTeam) != of->spec.team_id)
      found(ns, Finding::Kind::object,
            fmt::format("Pod {} has the label of another team than its deployment", name));
    if (pod.at("spec", "hostNetwork") == Json(true))
      found(ns, Finding::Kind::object,
            fmt::format("Pod {} is on its node's network, where no policy holds it", name));
  }

  static SandboxIsolation finished(Entry& entry) {
    const auto say = [](const std::map<std::string, std::set<std::string>>& by,
                        std::vector<std::string>& out) {
      for (const auto& [what, namespaces] : by) {
        if (namespaces.empty())
          out.push_back(what);
        else
          out.push_back(fmt::format("{} in {} namespace{}: {}", what, namespaces.size(),
                                    namespaces.size() == 1 ? "" : "s", first_of(namespaces)));
      }
    };
    say(entry.reached_by, entry.out.reached_by);
    say(entry.reaches, entry.out.reaches);
    if (entry.foreign > kPathsNamed) {
      const std::string more = fmt::format("and {} more paths", entry.foreign - kPathsNamed);
      entry.out.findings.push_back({Finding::Kind::foreign_path, more, more});
    }
    return std::move(entry.out);
  }
  static std::string first_of(const std::set<std::string>& names) {
    constexpr std::size_t kNamed = 5;
    std::vector<std::string> out(
        names.begin(), std::next(names.begin(), std::ptrdiff_t(std::min(kNamed, names.size()))));
    std::string text = fmt::format("{}", fmt::join(out, ", "));
    return names.size() > kNamed ? text + ", ..." : text;
  }

  const ClusterView& view_;
  const OperatorConfig& config_;
  IsolationReport report_;
  Judge judge_;
  Reach reach_;
  std::map<std::string, Entry> entries_;
};

}  // namespace

std::size_t IsolationReport::findings() const {
  std::size_t out = 0;
  for (const SandboxIsolation& s : sandboxes) out += s.findings.size();
  return out;
}

IsolationReport isolation_report(const ClusterView& view, const OperatorConfig& config) {
  return Writer(view, config).write();
}

std::string text_of(const IsolationReport& report) {
  std::set<std::string> organizations;
  for (const SandboxIsolation& s : report.sandboxes) organizations.insert(s.org_id);
  std::string out =
      fmt::format("Isolation: {} sandboxes of {} organizations, {} pods, {} network policies.\n",
                  report.sandboxes.size(), organizations.size(), report.pods, report.policies);
  if (report.network)
    out += fmt::format("Network probe: {}: {}\n", name(report.network->verdict),
                       report.network->words);
  if (report.holds())
    out += "No tenant is reached by another, or reaches one, or an address that is closed.\n";
  if (!report.unread.empty() || !report.homeless.empty()) {
    out += "\nNot looked at, so this is no proof:\n";
    for (const std::string& what : report.unread) out += fmt::format("  {}\n", what);
    for (const std::string& name : report.homeless)
      out += fmt::format("  sandbox {}: its namespace does not carry its claim\n", name);
  }
  if (report.findings() > 0) {
    out += fmt::format("\n{} findings:\n", report.findings());
    for (const SandboxIsolation& s : report.sandboxes)
      for (const Finding& f : s.findings) out += fmt::format("  {}: {}\n", s.ns, f.what);
  }
  for (const SandboxIsolation& s : report.sandboxes) {
    out += fmt::format("\n{}  (organization {}, profile {}, {} pods{})\n", s.ns, s.org_id,
                       name(s.profile), s.pods,
                       s.findings.empty() ? "" : fmt::format(", {} findings", s.findings.size()));
    for (const std::string& who : s.reached_by) out += fmt::format("  is reached by  {}\n", who);
    for (const std::string& what : s.reaches) out += fmt::format("  reaches        {}\n", what);
  }
  return out;
}

}  // namespace ks::op
