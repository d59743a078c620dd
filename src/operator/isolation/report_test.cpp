#include "operator/isolation/report.hpp"

#include <algorithm>
#include <functional>

#include <doctest/doctest.h>

#include "operator/isolation/sample_cluster.hpp"

namespace ks::op {

namespace {

// 50 organizations in all profiles; each with the sandboxes of two people.
const sample::SampleCluster& fifty() {
  static const sample::SampleCluster kFifty = [] {
    sample::SampleCluster out;
    for (int org = 1; org <= 50; ++org)
      for (int user = 1; user <= 2; ++user)
        out.add_sandbox(fmt::format("sandbox-{}-{}", org, user), org, org * 10 + user,
                        std::array{Isolation::shared, Isolation::namespace_,
                                   Isolation::dedicated}[std::size_t(org % 3)]);
    return out;
  }();
  return kFifty;
}

Json& object(std::vector<Json>& list, std::string_view ns, std::string_view name) {
  const auto at = std::ranges::find_if(list, [&](const Json& o) {
    return o.text("metadata", "name") == name && o.text("metadata", "namespace") == ns;
  });
  REQUIRE_MESSAGE(at != list.end(), name);
  return *at;
}

Json policy(const char* ns, const char* name, const char* spec) {
  return Json::object({{"metadata", Json::object({{"namespace", ns}, {"name", name}})},
                       {"spec", parse_json(spec).value()}});
}

struct Hole {
  const char* what;
  std::function<void(ClusterView&)> dig;
  // A sandbox where it has to be found, by its path or address (not only by its object)...
  const char* ns;
  IsolationFinding::Kind kind;
  const char* words;  // ... in a sentence with these words.
};

using Kind = IsolationFinding::Kind;

// sandbox-3-*: shared; sandbox-1-*: namespace; sandbox-2-*: dedicated.
const std::vector<Hole>& holes() {
  static const std::vector<Hole> kHoles = {
      {"default-deny deleted",
       [](ClusterView& v) {
         std::erase_if(v.policies, [](const Json& p) {
           return p.text("metadata", "namespace") == "sandbox-3-1" &&
                  p.text("metadata", "name") == "default-deny";
         });
       },
       "sandbox-3-1", Kind::object, "default-deny is missing"},
      {"every policy of a sandbox deleted",
       [](ClusterView& v) {
         std::erase_if(v.policies, [](const Json& p) {
           return p.text("metadata", "namespace") == "sandbox-3-1";
         });
       },
       "sandbox-3-1", Kind::foreign_path, "no policy"},
      {"the same, seen by the metadata address",
       [](ClusterView& v) {
         std::erase_if(v.policies, [](const Json& p) {
           return p.text("metadata", "namespace") == "sandbox-3-1";
         });
       },
       "sandbox-3-1", Kind::closed_address, "the metadata address"},
      {"ingress not held any more",
       [](ClusterView& v) {
         for (Json& p : v.policies)
           if (p.text("metadata", "namespace") == "sandbox-1-1")
             p["spec"].set("policyTypes", Json::array({"Egress"}));
       },
       "sandbox-1-1", Kind::foreign_path, "every address reaches sandbox-1-1/web-1-1"},
      {"the organization's selector widened to every namespace of ours",
       [](ClusterView& v) {
         Json& p = object(v.policies, "sandbox-3-1", "allow-same-tenant");
         for (const char* way : {"ingress", "egress"}) {
           Json& peers = p["spec"][way].as_array()[0][way[0] == 'i' ? "from" : "to"];
           peers.as_array()[0]["namespaceSelector"]["matchLabels"].erase(labels::kOrg);
         }
         // The other side has to let it through too.
         for (Json& other : v.policies)
           if (other.text("metadata", "namespace") == "sandbox-6-1" &&
               other.text("metadata", "name") == "allow-same-tenant")
             other["spec"]["ingress"]
                 .as_array()[0]["from"]
                 .as_array()[0]["namespaceSelector"]["matchLabels"]
                 .erase(labels::kOrg);
       },
       "sandbox-6-1", Kind::foreign_path, "sandbox-3-1/web-1"},
      {"the team's selector widened to the organization",
       [](ClusterView& v) {
         for (Json& p : v.policies)
           if (p.text("metadata", "namespace") == "sandbox-1-1" &&
               p.text("metadata", "name").starts_with("allow-same-tenant-"))
             for (const char* way : {"ingress", "egress"})
               p["spec"][way].as_array()[0][way[0] == 'i' ? "from" : "to"].as_array()[0].erase(
                   "podSelector");
       },
       "sandbox-1-1", Kind::foreign_path, "web-2"},
      {"a pod moved to another team by its label",
       [](ClusterView& v) {
         Json& pod = object(v.pods, "sandbox-1-1", "web-1-1");
         pod["metadata"]["labels"].set(labels::kTeam, ks::sample::uuid(500 + 12));
       },
       "sandbox-1-1", Kind::object, "label of another team"},
      {"a foreign namespace labelled as one of the organization",
       [](ClusterView& v) {
         Json& ns = object(v.namespaces, "", "monitoring");
         ns["metadata"].set("labels",
                            object(v.namespaces, "", "sandbox-3-1").at("metadata", "labels"));
       },
       "sandbox-3-1", Kind::foreign_path, "monitoring/scraper reaches sandbox-3-1"},
      {"a sandbox relabelled to another organization",
       [](ClusterView& v) {
         Json& ns = object(v.namespaces, "", "sandbox-6-1");
         ns["metadata"]["labels"].set(labels::kOrg, ks::sample::uuid(3));
         // Its own policy with it, so that both sides let it through.
         Json& p = object(v.policies, "sandbox-6-1", "allow-same-tenant");
         for (const char* way : {"ingress", "egress"})
           p["spec"][way]
               .as_array()[0][way[0] == 'i' ? "from" : "to"]
               .as_array()[0]["namespaceSelector"]["matchLabels"]
               .set(labels::kOrg, ks::sample::uuid(3));
       },
       "sandbox-3-2", Kind::foreign_path, "sandbox-6-1"},
      {"a namespace that became ours by label only",
       [](ClusterView& v) {
         Json& ns = object(v.namespaces, "", "sandbox-6-1");
         ns["metadata"]["labels"].set(labels::kOrg, ks::sample::uuid(3));
       },
       "sandbox-6-1", Kind::object, "Namespace sandbox-6-1 is not as it was written"},
      {"an exception of the internet removed: link-local",
       [](ClusterView& v) {
         Json& p = object(v.policies, "sandbox-2-1", "allow-internet");
         Json& except = p["spec"]["egress"].as_array()[0]["to"].as_array()[0]["ipBlock"]["except"];
         std::erase(except.as_array(), Json("169.254.0.0/16"));
       },
       "sandbox-2-1", Kind::closed_address, "the metadata address (169.254.169.254/32)"},
      {"an exception removed: services, with the API server",
       [](ClusterView& v) {
         Json& p = object(v.policies, "sandbox-2-1", "allow-internet");
         Json& except = p["spec"]["egress"].as_array()[0]["to"].as_array()[0]["ipBlock"]["except"];
         std::erase_if(except.as_array(), [](const Json& e) {
           return e == Json("10.96.0.0/12") || e == Json("10.0.0.0/8");
         });
       },
       "sandbox-2-1", Kind::closed_address, "the API server (10.96.0.1/32)"},
      {"an exception removed: the nodes",
       [](ClusterView& v) {
         Json& p = object(v.policies, "sandbox-2-1", "allow-internet");
         Json& except = p["spec"]["egress"].as_array()[0]["to"].as_array()[0]["ipBlock"]["except"];
         std::erase(except.as_array(), Json("192.168.0.0/16"));
       },
       "sandbox-2-1", Kind::closed_address, "the node node-1"},
      {"an exception removed: IPv4 in IPv6",
       [](ClusterView& v) {
         Json& p = object(v.policies, "sandbox-2-1", "allow-internet");
         Json& except = p["spec"]["egress"].as_array()[0]["to"].as_array()[1]["ipBlock"]["except"];
         std::erase(except.as_array(), Json("::/8"));
       },
       "sandbox-2-1", Kind::closed_address, "::/8"},
      {"a policy made by hand that lets everybody in",
       [](ClusterView& v) {
         v.policies.push_back(policy("sandbox-1-2", "debug",
                                     R"({"podSelector": {}, "policyTypes": ["Ingress"],
             "ingress": [{}]})"));
       },
       "sandbox-1-2", Kind::foreign_path, "every address reaches sandbox-1-2"},
      {"a policy made by hand that opens the metadata address",
       [](ClusterView& v) {
         v.policies.push_back(policy("sandbox-1-2", "cloud",
                                     R"({"podSelector": {}, "policyTypes": ["Egress"], "egress":
             [{"to": [{"ipBlock": {"cidr": "169.254.169.254/32"}}], "ports": [{"port": 80}]}]})"));
       },
       "sandbox-1-2", Kind::closed_address, "on TCP 80: let out by cloud"},
      {"a policy made by hand that lets a name server in on any port",
       [](ClusterView& v) {
         v.policies.push_back(policy("sandbox-1-2", "dns-too",
                                     R"({"podSelector": {}, "policyTypes": ["Egress"], "egress":
             [{"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name":
               "kube-system"}}}]}]})"));
       },
       "sandbox-1-2", Kind::foreign_path, "kube-system/metrics"},
      {"the ingress controller let in everywhere",
       [](ClusterView& v) {
         Json& p = object(v.policies, "sandbox-3-2", "allow-ingress-controller");
         p["spec"]["ingress"].as_array()[0].erase("ports");
       },
       "sandbox-3-2", Kind::foreign_path, "ingress-nginx/controller reaches sandbox-3-2"},
      {"another namespace let in beside the ingress controller",
       [](ClusterView& v) {
         Json& p = object(v.policies, "sandbox-3-2", "allow-ingress-controller");
         p["spec"]["ingress"].as_array()[0]["from"].push(
             parse_json(R"({"namespaceSelector": {"matchLabels":
               {"kubernetes.io/metadata.name": "monitoring"}}})")
                 .value());
       },
       "sandbox-3-2", Kind::foreign_path, "monitoring/scraper"},
      {"a pod on its node's network",
       [](ClusterView& v) {
         object(v.pods, "sandbox-2-2", "web-1-1")["spec"].set("hostNetwork", true);
       },
       "sandbox-2-2", Kind::object, "on its node's network"},
      {"a pod that no deployment made",
       [](ClusterView& v) {
         Json pod = object(v.pods, "sandbox-2-2", "web-1-1");
         pod["metadata"].set("name", "miner");
         pod["metadata"]["labels"].erase(labels::kDeployment);
         v.pods.push_back(std::move(pod));
       },
       "sandbox-2-2", Kind::object, "miner belongs to no deployment"},
      {"SMTP opened",
       [](ClusterView& v) {
         object(v.policies, "sandbox-2-1", "allow-internet")["spec"]["egress"].as_array()[0].erase(
             "ports");
       },
       "sandbox-2-1", Kind::object, "allow-internet is not as it was written"},
      {"a quota lifted by hand",
       [](ClusterView& v) {
         object(v.quotas, "sandbox-2-1", "quota")["spec"]["hard"].set("services.nodeports", "5");
       },
       "sandbox-2-1", Kind::object, "ResourceQuota quota is not as it was written"},
      {"a service account that gets a token",
       [](ClusterView& v) {
         object(v.accounts, "sandbox-2-1", "default").set("automountServiceAccountToken", true);
       },
       "sandbox-2-1", Kind::object, "ServiceAccount default"},
  };
  return kHoles;
}

}  // namespace

TEST_CASE("a cluster as the operator leaves it isolates every tenant in every profile") {
  const auto report = isolation_report(fifty().view, fifty().config);
  CHECK_MESSAGE(report.holds(), text_of(report).substr(0, 4000));
  CHECK(report.sandboxes.size() == 100);
  // Allowed traffic is seen, so silence is no deafness.
  const auto of = [&](std::string_view ns) {
    return *std::ranges::find(report.sandboxes, ns, &SandboxIsolation::ns);
  };
  const auto says = [](const std::vector<std::string>& lines, std::string_view words) {
    return std::ranges::any_of(
        lines, [&](const std::string& line) { return line.find(words) != line.npos; });
  };
  for (const char* ns : {"sandbox-3-1", "sandbox-1-1", "sandbox-2-1"}) {
    CHECK(says(of(ns).reached_by, "the ingress controller in 1 namespace: ingress-nginx"));
    CHECK(says(of(ns).reaches, "the cluster's name server in 1 namespace: kube-system"));
    CHECK(says(of(ns).reaches, "the internet on TCP 1-24, 26-65535; UDP all"));
  }
  CHECK(says(of("sandbox-3-1").reaches,
             "sandboxes of the organization in 1 namespace: "
             "sandbox-3-2"));
  CHECK(says(of("sandbox-1-1").reaches, "pods of the same team in 1 namespace: sandbox-1-2"));
}

TEST_CASE("each planted hole is found, where it is and by what it opens") {
  CHECK(holes().size() >= 20);
  for (const Hole& hole : holes()) {
    CAPTURE(hole.what);
    ClusterView view = fifty().view;
    hole.dig(view);
    const auto report = isolation_report(view, fifty().config);
    const auto sandbox =
        std::ranges::find(report.sandboxes, std::string_view(hole.ns),
                          [](const SandboxIsolation& s) -> std::string_view { return s.ns; });
    REQUIRE(sandbox != report.sandboxes.end());
    const bool found = std::ranges::any_of(sandbox->findings, [&](const IsolationFinding& f) {
      return f.kind == hole.kind && f.what.find(hole.words) != f.what.npos;
    });
    CHECK_MESSAGE(found, text_of(report).substr(0, 3000));
    // And only what it touches is accused: the sandboxes of other organizations are not.
    const auto accused = std::ranges::count_if(
        report.sandboxes, [](const SandboxIsolation& s) { return !s.findings.empty(); });
    CHECK_MESSAGE(accused <= 4, text_of(report).substr(0, 3000));
  }
}

TEST_CASE("what a tenant is told of a hole names nothing of others and no node") {
  std::size_t told = 0;
  for (const Hole& hole : holes()) {
    CAPTURE(hole.what);
    ClusterView view = fifty().view;
    hole.dig(view);
    const auto report = isolation_report(view, fifty().config);
    for (const SandboxIsolation& sandbox : report.sandboxes)
      for (const IsolationFinding& finding : sandbox.findings) {
        CAPTURE(finding.told);
        CHECK(!finding.told.empty());
        ++told;
        for (const SandboxIsolation& other : report.sandboxes)
          if (other.org_id != sandbox.org_id)
            CHECK(finding.told.find(other.ns + "/") == std::string::npos);
        for (const char* name : {"monitoring/", "kube-system/", "node-1", "192.168.7.2"})
          CHECK(finding.told.find(name) == std::string::npos);
      }
  }
  CHECK(told > holes().size());
}

TEST_CASE("what cannot be read makes a report no proof") {
  ClusterView view = fifty().view;
  view.unread.push_back("nodes: forbidden");
  auto report = isolation_report(view, fifty().config);
  CHECK(report.findings() == 0);
  CHECK_FALSE(report.holds());
  CHECK(text_of(report).find("no proof:\n  nodes: forbidden") != std::string::npos);

  view = fifty().view;
  view.policies.push_back(policy("monitoring", "odd", R"({"podSelector": {"matchExpressions":
    [{"key": "a", "operator": "Sometimes"}]}})"));
  report = isolation_report(view, fifty().config);
  CHECK_FALSE(report.holds());
  CHECK(text_of(report).find("networkpolicy monitoring/odd") != std::string::npos);

  view = fifty().view;
  object(view.namespaces, "", "sandbox-3-1")["metadata"]["annotations"].set(annotations::kClaim,
                                                                            "another");
  report = isolation_report(view, fifty().config);
  CHECK_FALSE(report.holds());
  CHECK(text_of(report).find("sandbox sandbox-3-1: its namespace does not carry its claim") !=
        std::string::npos);
}

}  // namespace ks::op
