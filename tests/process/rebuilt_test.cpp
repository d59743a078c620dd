// A cluster that has lost what was in it, and one into which a backup tool put it back.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/json.hpp"
#include "tests/process/cluster_rig.hpp"

using namespace ks;
using namespace ks::test;

namespace {

constexpr const char* kOurs = "app.kubernetes.io/managed-by=k8s-scheduler";

// Two organizations with a deployment each, Ready; and the processes have ended.
struct Full {
  explicit Full(Rig& r) : rig(r), world(r) {
    world.start_ready();
    const Person root = Installation::administrator(*world.api);
    for (const char* name : {"ann", "bob"}) {
      Person person(world.api->port());
      REQUIRE(person.sign_up(fmt::format("{}@example.com", name)).status == 201);
      allow_many(root, person);
      REQUIRE(person.deploy("web").status == 201);
      people.push_back(std::move(person));
    }
    for (const Person& person : people) {
      REQUIRE(eventually(minutes(2), [&] { return person.ready("web"); }));
      namespaces.emplace_back(person.get(person.deployments("web")).json().text("namespace"));
    }
    CHECK(world.api->stop() == 0);
    CHECK(world.op->stop() == 0);
  }

  std::string field(const std::string& ns, const char* path) {
    return rig.kubectl({"get", "namespace", ns, "-o", fmt::format("jsonpath={}", path)});
  }
  std::string uid(const std::string& ns) { return field(ns, "{.metadata.uid}"); }
  std::string claim(const std::string& ns) {
    return field(ns, "{.metadata.annotations.k8s-scheduler\\.dev/claim}");
  }

  // As a cluster made anew: with the definitions, and nothing that they define.
  void empty() {
    for (const std::string& ns : namespaces) {
      const std::string sandboxes = rig.kubectl(
          {"get", "sandboxes", "-o",
           fmt::format("jsonpath={{.items[?(@.spec.namespace==\"{}\")].metadata.name}}", ns)});
      for (const char* kind : {"userdeployments", "deployments", "pvc"}) drop(kind, ns);
      for (const std::string& sandbox : words(sandboxes)) {
        release("sandbox", sandbox, {});
        rig.kubectl({"delete", "sandbox", sandbox, "--ignore-not-found", "--wait=true"});
      }
      rig.kubectl({"delete", "namespace", ns, "--wait=true"});
    }
  }

  void start() {
    world.installation.expire_leases();
    world.start();
  }
  // Each is Ready where it was before, under the same claim.
  void check_back(const std::vector<std::string>& claims) {
    for (std::size_t i = 0; i < people.size(); ++i) {
      Person& person = people[i];
      person.at(world.api->port());
      const std::string& ns = namespaces[i];
      const bool back = eventually(minutes(3), [&] {
        return person.ready("web") &&
               !words(rig.kubectl({"get", "pods", "-n", ns, "-l", kOurs, "-o", "name"})).empty();
      });
      CHECK_MESSAGE(back, person.get(person.deployments("web")).body);
      CHECK(person.get(person.deployments("web")).json().text("namespace") == ns);
      CHECK(claim(ns) == claims[i]);
      CHECK(field(ns, "{.metadata.annotations.k8s-scheduler\\.dev/closed}") == uid(ns));
      CHECK(words(rig.kubectl({"get", "networkpolicies", "-n", ns, "-l", kOurs, "-o", "name"}))
                .size() == 5);
    }
    CHECK(world.api->stop() == 0);
    CHECK(world.op->stop() == 0);
  }

  Rig& rig;
  World world;
  std::vector<Person> people;
  std::vector<std::string> namespaces;

 private:
  void release(const std::string& kind, const std::string& name, const std::string& ns) {
    std::vector<std::string> command = {
        "patch", kind, name, "--type=merge", "-p", R"({"metadata":{"finalizers":null}})"};
    if (!ns.empty()) command.insert(command.end(), {"-n", ns});
    rig.kubectl(command);
  }
  void drop(const std::string& kind, const std::string& ns) {
    for (const std::string& name :
         words(rig.kubectl({"get", kind, "-n", ns, "-o", "jsonpath={.items[*].metadata.name}"}))) {
      if (kind == "userdeployments") release(kind, name, ns);
      rig.kubectl({"delete", kind, name, "-n", ns, "--ignore-not-found", "--wait=true"});
    }
  }
};

// Without what a cluster gives an object itself, as backup tools keep it.
Json kept(const Json& object) {
  Json out = object;
  for (const char* given : {"uid", "resourceVersion", "creationTimestamp", "generation",
                            "managedFields", "ownerReferences"})
    out["metadata"].erase(given);
  out.erase("status");
  return out;
}

}  // namespace

TEST_CASE("an empty cluster is filled from the database, in the namespaces and claims of before") {
  if (!Rig::available()) return;
  Full full(Rig::shared());
  std::vector<std::string> claims, before;
  for (const std::string& ns : full.namespaces) {
    claims.push_back(full.claim(ns));
    before.push_back(full.uid(ns));
    REQUIRE(claims.back().size() > 20);
  }
  full.empty();
  full.start();
  full.check_back(claims);
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(full.uid(full.namespaces[i]) != before[i]);
}

TEST_CASE("what a backup tool has put back is taken back, although every UID is another") {
  if (!Rig::available()) return;
  Rig& rig = Rig::shared();
  Full full(rig);
  std::vector<std::string> claims, before;
  Json backup = Json::array();
  const auto keep = [&](const std::vector<std::string>& command) {
    const auto list = parse_json(rig.kubectl(command));
    REQUIRE(list);
    for (const Json& object : list->at("items").as_array()) backup.push(kept(object));
  };
  for (const std::string& ns : full.namespaces) {
    claims.push_back(full.claim(ns));
    before.push_back(full.uid(ns));
    const auto space = parse_json(rig.kubectl({"get", "namespace", ns, "-o", "json"}));
    REQUIRE(space);
    backup.push(kept(*space));
    keep({"get", "networkpolicies,resourcequotas,limitranges,services,deployments,userdeployments",
          "-n", ns, "-l", kOurs, "-o", "json"});
  }
  for (const std::string& ns : full.namespaces) {
    const auto all = parse_json(rig.kubectl({"get", "sandboxes", "-o", "json"}));
    REQUIRE(all);
    for (const Json& sandbox : all->at("items").as_array())
      if (sandbox.text("spec", "namespace") == ns) backup.push(kept(sandbox));
  }
  full.empty();
  const std::string file = rig.folder() + "/backup.json";
  write_file(file,
             Json::object({{"apiVersion", "v1"}, {"kind", "List"}, {"items", backup}}).dump());
  rig.kubectl({"create", "-f", file});
  for (std::size_t i = 0; i < before.size(); ++i) {
    REQUIRE(full.uid(full.namespaces[i]) != before[i]);
    // The word that it is closed came along, and is not believed.
    REQUIRE(full.field(full.namespaces[i], "{.metadata.annotations.k8s-scheduler\\.dev/closed}") ==
            before[i]);
  }
  full.start();
  full.check_back(claims);
}
