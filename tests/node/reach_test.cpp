// Who reaches whom on a node that enforces network policies: what the profiles promise, what the
// evaluator computes, and what running pods see are one and the same.
#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/node/paths.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// A deployment that is on its way.
struct Started {
  const Person* person;
  std::string name, path, org, team;
  Isolation profile;
};

class Tenants {
 public:
  explicit Tenants(NodeWorld& world) : world_(world) {}

  // In `owner`'s organization, by `person`, who is `owner` or has joined.
  void deploy(const std::string& who, const Person& person, const Person& owner,
              const std::string& team, Isolation profile, const std::string& name,
              const std::string& exposure) {
    const std::string slug = team.empty() ? first_team(owner) : team;
    const std::string path = owner.org() + "/teams/" + slug + "/deployments";
    const Answer made = person.post(path, app(name, exposure));
    REQUIRE_MESSAGE(made.status == 201, made.body);
    started_.push_back(
        {&person, who + "/" + name, path + "/" + name, owner.org_id(), slug, profile});
  }

  void add_to(PathMap& map) const {
    for (const Started& one : started_) {
      Json last;
      const bool ready = eventually(minutes(3), [&] {
        last = one.person->get(one.path).json();
        return last.text("phase") == "Ready";
      });
      REQUIRE_MESSAGE(ready, one.name << ": " << last.dump() << world_.log());
      map.add_tenant(one.name, last, one.org, one.team, one.profile);
    }
  }

 private:
  static std::string first_team(const Person& owner) {
    const std::string path = owner.deployments();
    const std::size_t from = path.find("/teams/") + 7;
    return path.substr(from, path.find('/', from) - from);
  }

  NodeWorld& world_;
  std::vector<Started> started_;
};

void start_unguarded(Node& node, const std::string& ns, const std::vector<std::string>& pods) {
  node.kubectl({"create", "namespace", ns});
  for (const std::string& pod : pods) node.kubectl({"run", pod, "-n", ns, "--image", kAppImage});
}

void check_measured(const PathMap& map, const Paths& wanted) {
  std::string wrong = "nothing was measured";
  // A policy takes a moment to act.
  const bool agreed = eventually(minutes(1), [&] {
    wrong = differences(map.measured(), wanted);
    return wrong.empty();
  });
  CHECK_MESSAGE(agreed, wrong);
  // What is closed does not open again a moment later. A connection that takes long on a busy
  // machine is another matter.
  Paths open = map.measured();
  open.insert(wanted.begin(), wanted.end());
  wrong = differences(open, wanted);
  CHECK_MESSAGE(wrong.empty(), wrong);
}

// Whatever is closed to some is open to somebody, so that it is not closed for another reason.
void check_all_there(const PathMap& map, const Paths& open) {
  for (const Target& target : map.targets()) {
    const bool by_somebody = std::ranges::any_of(
        open, [&](const std::string& path) { return path.ends_with("-> " + target.what); });
    CHECK_MESSAGE(by_somebody, "nobody reaches " << target.what);
  }
}

// What an organization's list of ranges leaves of the internet holds for its pods alone.
void check_list(NodeWorld& world, const PathMap& map, const Person& owner, const char* list,
                const std::vector<std::string>& left) {
  CAPTURE(list);
  const Answer set = owner.send("PATCH", owner.org(), *parse_json(list));
  REQUIRE_MESSAGE(set.status == 200, set.body);
  Paths wanted = map.promised();
  std::erase_if(wanted, [&](const std::string& path) {
    const std::size_t arrow = path.find(" -> ");
    const std::string to = path.substr(arrow + 4);
    return path.starts_with("eve/") && to.ends_with("the internet") &&
           std::ranges::find(left, to) == left.end();
  });
  check_measured(map, wanted);
  const std::string apart = differences(map.computed(), wanted);
  CHECK_MESSAGE(apart.empty(), "computed and promised: " << apart);
  const auto report = world.isolation_report();
  CHECK_MESSAGE(report.status == 0, report.out << report.err);
}

std::string hole(const End& end, const char* type, const char* rules) {
  return fmt::format(
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
      "metadata: {{name: hole, namespace: {}}}\n"
      "spec: {{podSelector: {{}}, policyTypes: [{}], {}: [{{}}]}}\n---\n",
      end.ns, type, rules);
}

}  // namespace

TEST_CASE(
    "running pods reach what their profile promises and the evaluator computes, and no more") {
  if (!Node::available()) return;
  NodeWorld& world = NodeWorld::shared();
  Node& node = world.node();
  start_unguarded(node, "ingress-nginx", {"controller"});
  start_unguarded(node, "strangers", {"one", "two"});
  const Person ann = world.sign_up("ann", "free"), ben = world.sign_up("ben", "free"),
               cat = world.sign_up("cat", "business"), dan = world.sign_up("dan", "free"),
               eve = world.sign_up("eve", "enterprise"), fay = world.sign_up("fay", "free");
  world.join(ann, ben);
  world.join(cat, dan);
  Tenants tenants(world);
  tenants.deploy("ann", ann, ann, "", Isolation::shared, "web", "public");
  tenants.deploy("ann", ann, ann, world.add_team(ann, "Blue"), Isolation::shared, "api",
                 "internal");
  tenants.deploy("ben", ben, ann, "", Isolation::shared, "tool", "internal");
  tenants.deploy("cat", cat, cat, "", Isolation::namespace_, "web", "public");
  tenants.deploy("cat", cat, cat, world.add_team(cat, "Blue"), Isolation::namespace_, "db",
                 "public");
  tenants.deploy("dan", dan, cat, "", Isolation::namespace_, "peer", "internal");
  tenants.deploy("eve", eve, eve, "", Isolation::dedicated, "web", "internal");
  tenants.deploy("eve", eve, eve, "", Isolation::dedicated, "tool", "internal");
  tenants.deploy("eve", eve, eve, world.add_team(eve, "Blue"), Isolation::dedicated, "db",
                 "public");
  tenants.deploy("fay", fay, fay, "", Isolation::shared, "web", "public");

  PathMap map(world);
  tenants.add_to(map);
  for (const char* ns : {"ingress-nginx", "strangers"})
    node.kubectl({"wait", "-n", ns, "--for=condition=Ready", "pods", "--all", "--timeout=60s"});
  map.add_pod("the ingress controller", End::Kind::ingress, "ingress-nginx", "controller");
  map.add_pod("a stranger", End::Kind::stranger, "strangers", "one");
  map.add_pod("another stranger", End::Kind::stranger, "strangers", "two");
  map.add_pod("the name server", End::Kind::dns, "kube-system",
              node.kubectl({"get", "pods", "-n", "kube-system", "-l", "k8s-app=kube-dns", "-o",
                            "jsonpath={.items[0].metadata.name}"}));
  map.add_targets();

  const Paths promised = map.promised();
  const std::string apart = differences(map.computed(), promised);
  CHECK_MESSAGE(apart.empty(), "computed and promised: " << apart);
  check_measured(map, promised);
  check_all_there(map, promised);
  std::string by_name;
  const bool agreed = eventually(minutes(1), [&] {
    by_name = differences(map.measured_by_name(), map.promised_by_name());
    return by_name.empty();
  });
  CHECK_MESSAGE(agreed, by_name);
  const auto report = world.isolation_report();
  CHECK_MESSAGE(report.status == 0, report.out << report.err);

  // With a hole in each of two sandboxes traffic flows, the evaluator says so, and it ends with
  // them.
  const std::string holes =
      hole(map.end("fay/web"), "Egress", "egress") + hole(map.end("ann/web"), "Ingress", "ingress");
  node.apply(holes);
  const Paths with_holes = map.computed();
  CHECK(with_holes.contains("fay/web -> ann/web"));
  CHECK(with_holes.contains("fay/web -> the metadata address"));
  CHECK(with_holes.contains("a stranger -> the service ann/api"));
  CHECK_FALSE(with_holes.contains("fay/web -> cat/web"));
  check_measured(map, with_holes);
  CHECK(world.isolation_report().status == 1);
  node.kubectl({"delete", "networkpolicy", "hole", "-n", map.end("fay/web").ns});
  node.kubectl({"delete", "networkpolicy", "hole", "-n", map.end("ann/web").ns});
  check_measured(map, promised);

  const std::string web = "the internet", mail = "mail servers of the internet";
  check_list(world, map, eve, R"({"egress":[{"cidr":"5.5.5.5","ports":[25]}]})", {mail});
  check_list(world, map, eve, R"({"egress":[{"cidr":"5.5.0.0/16","ports":[80,443]}]})", {web});
  check_list(world, map, eve, R"({"egress":[{"cidr":"5.5.6.0/24"},{"cidr":"9.9.9.9"}]})", {});
  check_list(world, map, eve, R"({"egress":[]})", {});
  check_list(world, map, eve, R"({"egress":null})", {web, mail});
}
