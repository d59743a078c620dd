// What the API server refuses to accounts that may do everything in the whole cluster, and to whom
// it does not.
#include <cstdlib>
#include <fstream>

#include <doctest/doctest.h>

#include "tests/cluster/guests.hpp"

using namespace ks;
using namespace ks::test;

namespace {

// Somebody with every right in the cluster, who is not in system:masters.
Guest administrator(Real& rig, const std::string& ns, const std::string& home,
                    const std::string& account) {
  Guest out(rig, ns, home, account);
  rig.apply(kClusterRoleBinding,
            named(kClusterRoleBinding, {}, account)
                .set("roleRef", Json::object({{"apiGroup", "rbac.authorization.k8s.io"},
                                              {"kind", "ClusterRole"},
                                              {"name", "cluster-admin"}}))
                .set("subjects",
                     Json::array({Json::object(
                         {{"kind", "ServiceAccount"}, {"name", account}, {"namespace", home}})})),
            "kubectl");
  return out;
}

Json with(const char* map, const std::string& name, const Json& value) {
  return Json::object({{"metadata", Json::object({{map, Json::object({{name, value}})}})}});
}

// The policies as they are for other outsiders, until it goes.
class Policies {
 public:
  Policies(Real& rig, const op::Outsiders& outsiders) : rig_(rig) { install(outsiders); }
  ~Policies() { install({}); }
  Policies(const Policies&) = delete;
  Policies& operator=(const Policies&) = delete;

 private:
  void install(const op::Outsiders& outsiders) {
    for (const Json& object : op::manifests(kSystem, outsiders))
      for (const kube::Kind* kind : {&kPolicy, &kPolicyBinding})
        if (kind->name == object.text("kind")) rig_.apply(*kind, object, "kubectl");
  }
  Real& rig_;
};

}  // namespace

TEST_CASE("nobody else changes the words on a sandbox's namespace by which it is kept apart") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const std::string& ns = s.spec.ns;
  const Guest hand = administrator(rig, ns, foreign(rig), rig.fresh("hand"));
  const std::string path = "/api/v1/namespaces/" + ns;
  REQUIRE(until([&] {
    return by_policy(hand.patch_refusal(path, with("labels", std::string(labels::kOrg), "x")));
  }));
  const auto there = rig.get({kinds::kNamespace, {}, ns});
  REQUIRE(there);
  std::size_t words = 0;
  for (const char* map : {"labels", "annotations"})
    for (const auto& [name, value] : there->at("metadata", map).members()) {
      if (name == "kubernetes.io/metadata.name") continue;
      ++words;
      // What pod security would take.
      const std::string other = !name.starts_with("pod-security.") ? "other"
                                : name.ends_with("-version")       ? "v1.29"
                                                                   : "privileged";
      for (const char* part : {"", "/status"}) {
        CAPTURE(name);
        CAPTURE(std::string(part));
        CHECK(by_policy(hand.patch_refusal(path + part, with(map, name, other))));
        CHECK(by_policy(hand.patch_refusal(path + part, with(map, name, Json()))));
      }
      Json ending = *there;
      ending["metadata"][map].set(name, other);
      CHECK(by_policy(hand.put_refusal(path + "/finalize", ending)));
    }
  // Six labels of ours, six of pod security, a claim and that it is closed.
  CHECK(words >= 14);
  CHECK(by_policy(hand.patch_refusal(path, with("labels", "k8s-scheduler.dev/new", "x"))));
  // What others keep on it is theirs.
  CHECK(hand.patch_refusal(path, with("labels", "example.com/project", "x")) == "");
  CHECK(hand.patch_refusal(path, with("annotations", "example.com/note", "x")) == "");
  CHECK(by_policy(removal_refusal(*hand, {kinds::kNamespace, {}, ns})));
  // And nobody makes one that looks like ours, or has one of theirs look so.
  Json claimed = named(kinds::kNamespace, {}, rig.fresh("claimed"));
  claimed["metadata"].set("annotations",
                          Json::object({{std::string(annotations::kClaim), s.spec.claim}}));
  CHECK(by_policy(creation_refusal(*hand, kinds::kNamespace, claimed)));
  const std::string theirs = foreign(rig);
  CHECK(by_policy(
      hand.patch_refusal("/api/v1/namespaces/" + theirs,
                         with("annotations", std::string(annotations::kClaim), s.spec.claim))));
  CHECK(removal_refusal(*hand, {kinds::kNamespace, {}, theirs}) == "");
}

TEST_CASE("nobody else makes, changes or removes a Sandbox") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const Guest hand = administrator(rig, s.spec.ns, foreign(rig), rig.fresh("hand"));
  const SandboxResource other = sample::sandbox(rig.fresh("sandbox"));
  REQUIRE(
      until([&] { return by_policy(creation_refusal(*hand, kinds::kSandbox, to_json(other))); }));
  SandboxResource suspended = s;
  suspended.spec.suspended = true;
  CHECK(by_policy(refusal(*hand, kinds::kSandbox, to_json(suspended))));
  Json status = named(kinds::kSandbox, {}, s.meta.name);
  status.set("status", to_json(SandboxStatus{}));
  CHECK(by_policy(status_refusal(*hand, kinds::kSandbox, status)));
  CHECK(by_policy(removal_refusal(*hand, {kinds::kSandbox, {}, s.meta.name})));
  CHECK(rig.ready(s.meta.name) == "True/Applied");
}

TEST_CASE("whoever mends by hand is let through and stands in the audit log, as is who restores") {
  KS_REAL(rig);
  const SandboxResource s = sample::sandbox(rig.fresh("sandbox"));
  rig.want(s);
  const std::string& ns = s.spec.ns;
  const std::string home = foreign(rig), glass = foreign(rig);
  const Guest none = administrator(rig, ns, home, rig.fresh("none"));
  const std::string restoring = rig.fresh("restoring");
  const Guest restores = administrator(rig, ns, home, restoring);
  const std::string mending = rig.fresh("mending");
  const Guest mends = administrator(rig, ns, glass, mending);
  const Policies policies(rig, {{"system:serviceaccount:" + home + ":" + restoring},
                                "system:serviceaccounts:" + glass});
  const auto try_all = [&](const Guest& who, const std::string& name) {
    const Json labelled_pod = labelled(named(kinds::kPod, ns, name).set("spec", harmless_pod()),
                                       std::string(labels::kExposed));
    Json policy = named(kinds::kNetworkPolicy, ns, name);
    policy.set("spec", Json::object({{"podSelector", Json::object()}}));
    return std::vector<std::string>{refusal(*who, kinds::kPod, labelled_pod),
                                    refusal(*who, kinds::kNetworkPolicy, policy)};
  };
  REQUIRE(until([&] {
    return try_all(mends, "mended") == std::vector<std::string>{"", ""} &&
           try_all(restores, "restored") == std::vector<std::string>{"", ""};
  }));
  for (const std::string& refused : try_all(none, "none")) CHECK(by_policy(refused));

  const char* log = std::getenv("KS_TEST_AUDIT_LOG");
  REQUIRE(log != nullptr);
  const auto told = [&](const std::string& account, const std::string& object) -> std::string {
    std::ifstream in(log);
    std::string line;
    bool done = false;
    while (std::getline(in, line)) {
      const auto event = parse_json(line);
      if (!event || event->at("objectRef").text("name") != object ||
          event->at("user").text("username").find(account) == std::string_view::npos)
        continue;
      done = true;
      if (event->at("annotations")
              .text("validation.policy.admission.k8s.io/validation_failure")
              .find("k8s-scheduler-break-glass") != std::string_view::npos)
        return "told";
    }
    return done ? "done" : "";
  };
  // Each policy acts a moment after it was made, on its own.
  CHECK(until([&] {
    (void)try_all(mends, "mended");
    return told(mending, "mended") == "told";
  }));
  CHECK(told(restoring, "restored") == "done");
}
