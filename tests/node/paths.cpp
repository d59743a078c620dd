#include "tests/node/paths.hpp"

#include <algorithm>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "domain/resources.hpp"
#include "kube/https/cluster.hpp"
#include "operator/isolation/judge.hpp"

namespace ks::test {

namespace {

// As inner.sh makes the node and what is around it.
constexpr const char* kMetadata = "169.254.169.254";
constexpr const char* kInternet = "5.5.5.5";
constexpr const char* kNode = "10.89.0.1";
constexpr const char* kApiService = "10.96.0.1";

// How long a connection that nobody answers is waited for.
constexpr const char* kPatienceMs = "2500";

std::string path(const End& from, const Target& to) { return from.name + " -> " + to.what; }

std::string app_at(const std::string& ip) { return fmt::format("{}:{}", ip, kAppPort); }

// The commands run in their pods at the same time; their answers, in the same order.
std::vector<std::string> in_pods(
    Node& node, const std::vector<std::pair<const End*, std::vector<std::string>>>& commands) {
  std::vector<std::unique_ptr<Child>> running;
  for (const auto& [end, command] : commands) {
    std::vector<std::string> arguments = {"exec", "-n", end->ns, end->pod, "--"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    running.push_back(node.start_kubectl(arguments));
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < running.size(); ++i) {
    const auto status = running[i]->wait(minutes(1));
    REQUIRE_MESSAGE(status == 0, commands[i].first->name << ": " << running[i]->err());
    out.push_back(running[i]->out());
  }
  return out;
}

std::set<std::string> open_ones(const std::string& said) {
  std::istringstream lines(said);
  std::set<std::string> out;
  for (std::string word, where; lines >> word >> where;)
    if (word == "open") out.insert(where);
  return out;
}

}  // namespace

op::ClusterView view_of(Node& node) {
  auto config = kube::https::load_kubeconfig(node.administrator());
  REQUIRE(config);
  const auto cluster = kube::https::HttpsCluster::make(std::move(*config), {});
  REQUIRE(cluster);
  auto view = op::read_cluster(**cluster);
  REQUIRE_MESSAGE(view, view.error().message);
  REQUIRE(view->unread.empty());
  return std::move(*view);
}

std::string differences(const Paths& seen, const Paths& wanted) {
  std::string out;
  for (const std::string& one : seen)
    if (!wanted.contains(one)) out += "\n  open, and should be closed: " + one;
  for (const std::string& one : wanted)
    if (!seen.contains(one)) out += "\n  closed, and should be open: " + one;
  return out;
}

PathMap::PathMap(NodeWorld& world) : world_(world) {}

void PathMap::add_pod(const std::string& name, End::Kind kind, const std::string& ns,
                      const std::string& pod) {
  End end;
  end.name = name;
  end.kind = kind;
  end.ns = ns;
  end.pod = pod;
  end.ip = world_.node().kubectl({"get", "pod", "-n", ns, pod, "-o", "jsonpath={.status.podIP}"});
  REQUIRE_FALSE(end.ip.empty());
  ends_.push_back(std::move(end));
}

void PathMap::add_tenant(const std::string& name, const Json& deployment, const std::string& org,
                         const std::string& team, Isolation profile) {
  const std::string ns(deployment.text("namespace")), stem(deployment.text("internal_host"));
  const std::string pod = world_.node().kubectl({"get", "pods", "-n", ns, "-l",
                                                 fmt::format("{}={}", labels::kDeployment, stem),
                                                 "-o", "jsonpath={.items[0].metadata.name}"});
  add_pod(name, End::Kind::tenant, ns, pod);
  End& end = ends_.back();
  end.org = org;
  end.team = team;
  end.profile = profile;
  end.stem = stem;
  end.exposed = deployment.text("exposure") == "public";
  end.service_ip =
      world_.node().kubectl({"get", "service", "-n", ns, stem, "-o", "jsonpath={.spec.clusterIP}"});
}

void PathMap::add_targets() {
  for (const End& end : ends_) {
    if (end.kind == End::Kind::dns) {
      targets_.push_back({end.name + " for names", end.ip + ":53", end.name});
      targets_.push_back({end.name + " for something else", end.ip + ":8181", end.name});
      continue;
    }
    targets_.push_back({end.name, app_at(end.ip), end.name});
    if (!end.service_ip.empty())
      targets_.push_back({"the service " + end.name, app_at(end.service_ip), end.name});
  }
  const std::string node = kNode;
  targets_.push_back({"the metadata address", fmt::format("{}:80", kMetadata)});
  targets_.push_back(
      {"the API server's service", fmt::format("{}:443", kApiService), {}, node + ":6443"});
  targets_.push_back({"the API server", node + ":6443"});
  targets_.push_back({"the kubelet", node + ":10250"});
  targets_.push_back({"the node", node + ":10256"});
  targets_.push_back({"a private address outside", "10.89.0.2:80"});
  targets_.push_back({"the internet", fmt::format("{}:80", kInternet)});
  targets_.push_back({"mail servers of the internet", fmt::format("{}:25", kInternet)});
}

const End& PathMap::end(const std::string& name) const {
  const auto at = std::ranges::find(ends_, name, &End::name);
  REQUIRE_MESSAGE(at != ends_.end(), name);
  return *at;
}

// The image of the name server has no program to try anything with.
std::vector<const End*> PathMap::sources() const {
  std::vector<const End*> out;
  for (const End& end : ends_)
    if (end.kind != End::Kind::dns) out.push_back(&end);
  return out;
}

Paths PathMap::measured() const {
  std::vector<std::pair<const End*, std::vector<std::string>>> commands;
  for (const End* from : sources()) {
    std::vector<std::string> command = {"probe", kPatienceMs};
    for (const Target& target : targets_)
      if (target.pod != from->name) command.push_back(target.at);
    commands.emplace_back(from, std::move(command));
  }
  const auto said = in_pods(world_.node(), commands);
  Paths out;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const auto open = open_ones(said[i]);
    for (const Target& target : targets_)
      if (open.contains(target.at)) out.insert(path(*commands[i].first, target));
  }
  return out;
}

Paths PathMap::measured_by_name() const {
  std::vector<std::pair<const End*, std::vector<std::string>>> commands;
  for (const End* from : sources()) {
    if (from->kind != End::Kind::tenant) continue;
    std::string script;
    for (const End& to : ends_)
      if (to.kind == End::Kind::tenant && to.name != from->name) {
        // Without its domain as well, where that is how people name it.
        const std::string host =
            to.ns == from->ns ? to.stem : fmt::format("{}.{}.svc.cluster.local", to.stem, to.ns);
        script += fmt::format(
            "{{ timeout 4 wget -qO- http://{}:{}/ >/dev/null 2>&1 && echo open {}; }} & ", host,
            kAppPort, to.name);
      }
    commands.emplace_back(from, std::vector<std::string>{"sh", "-c", script + "wait"});
  }
  const auto said = in_pods(world_.node(), commands);
  Paths out;
  for (std::size_t i = 0; i < commands.size(); ++i)
    for (const std::string& to : open_ones(said[i]))
      out.insert(commands[i].first->name + " -> " + to);
  return out;
}

bool PathMap::may(const End& from, const Target& target) const {
  const bool guarded = from.kind == End::Kind::tenant;
  if (target.pod.empty()) {
    if (!guarded || target.what == "the internet") return true;
    // Only that plan has smtp.egress.
    return target.what.starts_with("mail servers") && from.profile == Isolation::dedicated;
  }
  const End& to = end(target.pod);
  if (to.kind == End::Kind::dns) return !guarded || target.at.ends_with(":53");
  if (to.kind != End::Kind::tenant) return !guarded;
  if (from.kind == End::Kind::ingress) return to.exposed;
  if (!guarded || from.org != to.org) return false;
  return from.profile == Isolation::shared || from.team == to.team;
}

Paths PathMap::promised() const {
  Paths out;
  for (const End* from : sources())
    for (const Target& target : targets_)
      if (target.pod != from->name && may(*from, target)) out.insert(path(*from, target));
  return out;
}

Paths PathMap::promised_by_name() const {
  Paths out;
  for (const End* from : sources())
    for (const End& to : ends_)
      if (from->kind == End::Kind::tenant && to.kind == End::Kind::tenant &&
          to.name != from->name && may(*from, {to.name, app_at(to.ip), to.name}))
        out.insert(from->name + " -> " + to.name);
  return out;
}

Paths PathMap::computed() const {
  op::OperatorConfig config;
  std::vector<std::string> unread;
  const reach::Reach reach(op::snapshot_of(view_of(world_.node()), config, unread));
  REQUIRE(unread.empty());
  std::map<std::string, reach::Reach::Group> groups;
  for (reach::Reach::Group g = 0; g < reach.size(); ++g)
    for (const std::string& pod : reach.group(g).pods) groups[reach.group(g).ns + "/" + pod] = g;
  const auto group_of = [&](const End& end) { return groups.at(end.ns + "/" + end.pod); };
  Paths out;
  for (const End* from : sources())
    for (const Target& target : targets_) {
      if (target.pod == from->name) continue;
      const std::string& real = target.real.empty() ? target.at : target.real;
      const std::size_t colon = real.rfind(':');
      const auto ports =
          target.pod.empty()
              ? reach.to_address(group_of(*from), *Address::parse(real.substr(0, colon)))
              : reach.between(group_of(*from), group_of(end(target.pod)));
      if (ports.has(reach::Protocol::tcp, std::stoi(real.substr(colon + 1))))
        out.insert(path(*from, target));
    }
  return out;
}

}  // namespace ks::test
