// What a deployment leaves on its node once it is deleted: nothing.
#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/node/world.hpp"

using namespace ks;
using namespace ks::test;
namespace fs = std::filesystem;

namespace {

// Of whatever names one of these, as seen from the machine: a pod's processes and mounts, its
// folders, its control groups.
struct Traces {
  std::vector<std::string> processes, mounts, folders, groups, containers;

  std::size_t size() const {
    return processes.size() + mounts.size() + folders.size() + groups.size() + containers.size();
  }
  std::string text() const {
    std::string out;
    for (const auto* part : {&processes, &mounts, &folders, &groups, &containers})
      for (const std::string& one : *part) out += "\n  " + one;
    return out;
  }
};

bool names(const std::string& text, const std::vector<std::string>& ids) {
  return std::ranges::any_of(
      ids, [&](const std::string& id) { return text.find(id) != std::string::npos; });
}

// What ends meanwhile cannot be looked at, and is no trace.
template <class Visit>
void each_entry(const fs::path& folder, Visit visit) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    visit(at->path());
}

void groups_of(const fs::path& folder, const std::vector<std::string>& ids, int depth,
               std::vector<std::string>& out) {
  each_entry(folder, [&](const fs::path& at) {
    std::error_code error;
    if (!fs::is_directory(at, error) || fs::is_symlink(at, error)) return;
    if (names(at.filename(), ids)) out.push_back(at);
    if (depth > 0) groups_of(at, ids, depth - 1, out);
  });
}

Traces traces_of(Node& node, const std::vector<std::string>& ids) {
  Traces out;
  const std::string inside = fmt::format("/proc/{}", node.pid());
  each_entry("/proc", [&](const fs::path& at) {
    if (at.filename().string().find_first_not_of("0123456789") != std::string::npos) return;
    if (names(read_file(at / "cgroup"), ids)) out.processes.push_back(read_file(at / "cmdline"));
  });
  std::istringstream mounts(read_file(inside + "/mounts"));
  for (std::string line; std::getline(mounts, line);)
    if (names(line, ids)) out.mounts.push_back(line);
  for (const char* folder : {"kubelet/pods", "root/var/log/pods", "volumes"})
    each_entry(fs::path(node.state()) / folder, [&](const fs::path& at) {
      if (names(at.filename(), ids)) out.folders.push_back(at);
    });
  for (const char* folder : {"/run/containerd/io.containerd.runtime.v2.task/k8s.io",
                             "/run/containerd/io.containerd.grpc.v1.cri/containers",
                             "/run/containerd/io.containerd.grpc.v1.cri/sandboxes"})
    each_entry(inside + "/root" + folder, [&](const fs::path& at) {
      if (names(at.filename(), ids)) out.containers.push_back(at);
    });
  groups_of("/sys/fs/cgroup", ids, 5, out.groups);
  return out;
}

// The ids of the pods of a namespace and, as the names of their control groups, of their
// containers.
std::vector<std::string> ids_of(Node& node, const std::string& ns) {
  std::istringstream said(node.kubectl(
      {"get", "pods", "-n", ns, "-o", "jsonpath={range .items[*]}{.metadata.uid} {end}"}));
  std::set<std::string> out;
  for (std::string id; said >> id;) out.insert(id);
  std::vector<std::string> groups;
  groups_of("/sys/fs/cgroup", {out.begin(), out.end()}, 5, groups);
  for (const std::string& group : groups)
    each_entry(group, [&](const fs::path& at) {
      if (fs::is_directory(at)) out.insert(at.filename());
    });
  return {out.begin(), out.end()};
}

std::size_t links_of(Node& node) {
  const std::string said = read_file(fmt::format("/proc/{}/net/dev", node.pid()));
  return static_cast<std::size_t>(std::ranges::count(said, '\n'));
}

// A disk of the node that a claim can have; nobody makes them by themselves here.
void add_volume(Node& node, const std::string& name) {
  const std::string folder = node.state() + "/volumes/" + name;
  fs::create_directories(folder);
  node.apply(fmt::format(R"(apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {{name: disks, annotations: {{storageclass.kubernetes.io/is-default-class: "true"}}}}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolume
metadata: {{name: {0}}}
spec:
  capacity: {{storage: 1Gi}}
  accessModes: [ReadWriteOnce]
  storageClassName: disks
  persistentVolumeReclaimPolicy: Retain
  local: {{path: {1}}}
  nodeAffinity: {{required: {{nodeSelectorTerms: [{{matchExpressions: [{{key: kubernetes.io/hostname, operator: In, values: [node1]}}]}}]}}}}
)",
                         name, folder));
}

}  // namespace

TEST_CASE(
    "a deployment that is deleted leaves no process, mount, folder, network or claim behind") {
  if (!Node::available()) return;
  NodeWorld& world = NodeWorld::shared();
  Node& node = world.node();
  const Person lou = world.sign_up("lou", "business");
  add_volume(node, "one");
  // The pods of the first probe have links of their own.
  REQUIRE(eventually(minutes(4), [&] {
    return node.try_kubectl({"get", "lease", "k8s-scheduler-network", "-n", "k8s-scheduler"})
                   .status == 0 &&
           node.kubectl({"get", "pods", "-n", "k8s-scheduler-probe", "-o", "name"}).empty();
  }));
  const std::size_t links = links_of(node);
  REQUIRE(
      lou.post(lou.deployments(), app("web").set("writable", Json::array({Json("/tmp")}))).status ==
      201);
  REQUIRE(lou.post(lou.deployments(),
                   Json::object(
                       {{"name", "db"}, {"template", "postgresql"}, {"inputs", Json::object()}}))
              .status == 201);
  for (const std::string name : {"web", "db"}) {
    Json last;
    const bool ready = eventually(minutes(2), [&] {
      last = lou.get(lou.deployments(name)).json();
      return last.text("phase") == "Ready";
    });
    REQUIRE_MESSAGE(ready, last.dump());
  }
  const std::string ns(lou.get(lou.deployments("web")).json().text("namespace"));
  const auto ids = ids_of(node, ns);
  // Two pods, each with a container and with what holds its namespaces.
  REQUIRE(ids.size() == 6);
  const Traces before = traces_of(node, ids);
  CHECK(before.processes.size() >= 2);
  CHECK(before.mounts.size() >= 5);
  CHECK(before.folders.size() >= 2);
  CHECK(before.groups.size() >= 2);
  CHECK(before.containers.size() >= 2);
  CHECK(links_of(node) > links);

  std::vector<std::string> deleted;
  for (const std::string name : {"web", "db"}) {
    deleted.emplace_back(lou.get(lou.deployments(name)).json().text("id"));
    CHECK(lou.send("DELETE", lou.deployments(name)).status == 202);
  }
  for (const std::string& id : deleted)
    CHECK(eventually(minutes(2), [&] { return lou.get(lou.deployments(id)).status == 404; }));
  Traces after;
  CHECK_MESSAGE(eventually(minutes(1),
                           [&] {
                             after = traces_of(node, ids);
                             return after.size() == 0 && links_of(node) == links;
                           }),
                after.text());
  const std::string left = node.kubectl(
      {"get", "pods,deployments,replicasets,services,ingresses,pvc,secrets,userdeployments", "-n",
       ns, "-o", "name"});
  CHECK_MESSAGE(left.empty(), left);
  CHECK(node.kubectl({"get", "pv", "one", "-o", "jsonpath={.status.phase}"}) == "Released");
}
