// What an organization's list of egress opens, as Kubernetes reads the policies that come of it.
#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "operator/isolation/judge.hpp"
#include "operator/isolation/report.hpp"
#include "operator/isolation/sample_cluster.hpp"
#include "operator/sample.hpp"

namespace ks::op {

namespace {

std::string ports_to(const sample::SampleCluster& cluster, const char* address) {
  std::vector<std::string> unread;
  const reach::Reach reach(snapshot_of(cluster.view, cluster.config, unread));
  REQUIRE(unread.empty());
  for (reach::Reach::Group g = 0; g < reach.size(); ++g)
    if (reach.group(g).ns == "sandbox-a")
      return reach.to_address(g, Address::parse(address).value()).text();
  return "no pod";
}

sample::SampleCluster with(std::optional<EgressList> list) {
  sample::SampleCluster out;
  out.add_sandbox("sandbox-a", 1, 1, Isolation::dedicated, 1, std::move(list));
  out.add_sandbox("sandbox-b", 2, 2, Isolation::shared, 1);
  return out;
}

bool says(const std::vector<std::string>& lines, std::string_view words) {
  return std::ranges::find(lines, words) != lines.end();
}

}  // namespace

TEST_CASE("a list opens what it names and nothing else of the internet") {
  const auto cluster =
      with(EgressList{{"8.8.8.0/24", {25, 443}}, {"9.9.9.9/32", {}}, {"2606:4700::/32", {443}}});
  CHECK(ports_to(cluster, "8.8.8.8") == "TCP 443; UDP 25, 443");
  CHECK(ports_to(cluster, "9.9.9.9") == "TCP 1-24, 26-65535; UDP all");
  CHECK(ports_to(cluster, "2606:4700::1111") == "TCP 443; UDP 443");
  for (const char* closed : {"8.8.9.1", "9.9.9.8", "1.1.1.1", "2001:4860::1", "169.254.169.254",
                             "10.96.0.1", "192.168.7.2"})
    CHECK_MESSAGE(ports_to(cluster, closed) == "none", closed);
  const auto report = isolation_report(cluster.view, cluster.config);
  CHECK_MESSAGE(report.holds(), text_of(report).substr(0, 2000));
  const auto& lines = report.sandboxes.at(0).reaches;
  CHECK(says(lines, "8.8.8.0/24 on TCP 443; UDP 25, 443"));
  CHECK(says(lines, "9.9.9.9/32 on TCP 1-24, 26-65535; UDP all"));
  CHECK(says(lines, "2606:4700::/32 on TCP 443; UDP 443"));
  CHECK(std::ranges::none_of(lines, [](const auto& l) { return l.starts_with("the internet"); }));
  CHECK(says(report.sandboxes.at(1).reaches, "the internet on TCP 1-24, 26-65535; UDP all"));
}

TEST_CASE("an empty list closes the internet, and none opens all of it") {
  CHECK(ports_to(with(EgressList()), "8.8.8.8") == "none");
  CHECK(ports_to(with({}), "8.8.8.8") == "TCP 1-24, 26-65535; UDP all");
  const auto closed = with(EgressList());
  CHECK(isolation_report(closed.view, closed.config).holds());
}

TEST_CASE("no list opens private, cluster or closed addresses, however it is drawn") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    SeededRandom random(seed);
    const auto cluster = with(ks::sample::random_egress(random));
    const auto report = isolation_report(cluster.view, cluster.config);
    CHECK_MESSAGE(report.holds(), text_of(report).substr(0, 2000));
  }
}

TEST_CASE("a name server on the internet is no way beyond the list") {
  sample::SampleCluster cluster;
  cluster.config.dns_cidrs = {"1.1.1.1/32"};
  cluster.add_sandbox("sandbox-a", 1, 1, Isolation::dedicated, 1, EgressList());
  CHECK(ports_to(cluster, "1.1.1.1") == "TCP 53; UDP 53");
  const auto report = isolation_report(cluster.view, cluster.config);
  CHECK_MESSAGE(report.holds(), text_of(report).substr(0, 2000));
}

TEST_CASE("what a policy opens beyond the list is found") {
  auto cluster = with(EgressList{{"8.8.8.0/24", {443}}});
  for (Json& policy : cluster.view.policies)
    if (policy.text("metadata", "namespace") == "sandbox-a" &&
        policy.text("metadata", "name") == "allow-internet")
      policy["spec"].set("egress",
                         parse_json(R"([{"to":[{"ipBlock":{"cidr":"1.0.0.0/8"}}]}])").value());
  const auto report = isolation_report(cluster.view, cluster.config);
  const auto& findings = report.sandboxes.at(0).findings;
  CHECK(std::ranges::any_of(findings, [](const IsolationFinding& f) {
    return f.kind == IsolationFinding::Kind::closed_address &&
           f.told.find("beyond the organization's list") != f.told.npos;
  }));
  CHECK(report.sandboxes.at(1).findings.empty());
}

}  // namespace ks::op
