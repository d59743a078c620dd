#include "operator/probe/probe.hpp"

#include <doctest/doctest.h>

#include "kube/simulated/cluster.hpp"
#include "operator/probe/objects.hpp"
#include "operator/probe/played.hpp"

namespace ks::op {

namespace kinds = kube::kinds;
using kube::simulated::SimulatedCluster;

namespace {

// The wall clock can be set; the monotonic one goes on.
class StepClock final : public Clock {
 public:
  Time now() const override { return manual.now() + step; }
  Time monotonic() const override { return manual.monotonic(); }
  ManualClock manual;
  Duration step{};
};

// One process that probes.
struct Process {
  Process(kube::Cluster& cluster, const OperatorConfig& config, const Clock& clock,
          std::uint64_t seed)
      : random(seed),
        probe(
            cluster, config, clock, random, [this] { return leads; },
            [this](const std::optional<NetworkProof>& p) { told.push_back(p); }) {}
  std::string last() const {
    if (told.empty()) return "";
    return told.back() ? std::string(name(told.back()->verdict)) : "nothing";
  }
  SeededRandom random;
  bool leads = true;
  std::vector<std::optional<NetworkProof>> told;
  NetworkProbe probe;
};

struct Probing {
  StepClock clock;
  PlayedNetwork network = PlayedNetwork::enforces;
  SimulatedCluster cluster{clock, options()};
  OperatorConfig config;
  std::unique_ptr<Process> process;
  std::uint64_t seed = 1;

  Probing() {
    config.probe_image = "registry.test/k8s-scheduler:1";
    make_namespace(config.system_namespace);
    restart();
  }
  kube::simulated::Options options() {
    kube::simulated::Options out;
    out.enforce_quotas = true;
    out.ends = [this](const Json& pod) { return played_probe(network, pod); };
    return out;
  }
  void make_namespace(const std::string& ns) {
    REQUIRE(cluster.create(kinds::kNamespace,
                           Json::object({{"apiVersion", "v1"},
                                         {"kind", "Namespace"},
                                         {"metadata", Json::object({{"name", ns}})}})));
  }
  void restart() { process = std::make_unique<Process>(cluster, config, clock, ++seed); }
  std::vector<Json> pods() {
    return cluster.list(kinds::kPod, {.ns = probe_namespace_name(config.system_namespace)})->items;
  }
  std::optional<NetworkProof> lease() {
    const auto there =
        cluster.get({kinds::kLease, config.system_namespace, std::string(NetworkProof::kLease)});
    return there ? NetworkProof::of_lease(*there) : std::nullopt;
  }
  void run(Duration time, std::vector<Process*> all = {}) {
    if (all.empty()) all = {process.get()};
    const Time end = clock.monotonic() + time;
    while (clock.monotonic() < end) {
      for (Process* one : all)
        for (int i = 0; i < 100 && one->probe.pump(); ++i) {
        }
      cluster.tick();
      clock.manual.advance(milliseconds(250));
    }
  }
};

}  // namespace

TEST_CASE_FIXTURE(Probing, "a network that enforces is found to, and hourly again") {
  run(minutes(1));
  CHECK(process->last() == "Enforced");
  REQUIRE(lease());
  CHECK(lease()->verdict == NetworkVerdict::enforced);
  const Time first = lease()->at;
  // Nothing is left, and nothing is done until an hour has gone by.
  CHECK(pods().empty());
  const auto writes = cluster.mutating_calls();
  run(minutes(55));
  CHECK(cluster.mutating_calls() == writes);
  run(minutes(10));
  CHECK(lease()->at - first >= hours(1));
  CHECK(pods().empty());
  // What is the same is not told again.
  CHECK(process->told.size() == 2);
}

TEST_CASE_FIXTURE(Probing, "what lets denied traffic through is told as soon as it is seen") {
  const struct {
    PlayedNetwork network;
    const char* words;
  } networks[] = {{PlayedNetwork::lets_in, "into a pod"},
                  {PlayedNetwork::lets_out, "out of a pod"},
                  {PlayedNetwork::lets_all, "into and out of"}};
  for (const auto& [plays, words] : networks) {
    network = plays;
    restart();
    run(minutes(1));
    CHECK(process->last() == "NotEnforced");
    CHECK(lease()->words.find(words) != std::string::npos);
  }
  // A mend shows before an hour has gone by.
  network = PlayedNetwork::enforces;
  run(minutes(6));
  CHECK(process->last() == "Enforced");
}

TEST_CASE_FIXTURE(Probing, "where nothing gets through nothing is said, but why") {
  network = PlayedNetwork::stops_all;
  run(minutes(1));
  CHECK(process->last() == "ProbeFailed");
  CHECK(lease()->words.find("did not get through (timeout)") != std::string::npos);
}

TEST_CASE_FIXTURE(Probing, "a proof outlives one probe that fails, and not three in a row") {
  run(minutes(1));
  network = PlayedNetwork::stops_all;
  run(minutes(59) + seconds(15));
  CHECK(process->last() == "Enforced");
  run(minutes(3));
  CHECK(process->last() == "ProbeFailed");
  CHECK(lease()->verdict == NetworkVerdict::failed);
}

TEST_CASE_FIXTURE(Probing, "a probe that fails does not take back that nobody enforces") {
  network = PlayedNetwork::lets_all;
  run(minutes(1));
  network = PlayedNetwork::stops_all;
  run(hours(5));
  CHECK(process->last() == "NotEnforced");
  restart();
  run(minutes(1));
  CHECK(process->last() == "NotEnforced");
}

TEST_CASE_FIXTURE(Probing,
                  "an image that cannot be pulled leaves it unknown, and says what failed") {
  config.probe_image = "registry.test/does-not-exist:1";
  run(minutes(5));
  CHECK(process->last() == "ProbeFailed");
  CHECK(lease()->words.find("ImagePullBackOff") != std::string::npos);
  // Later there is one.
  config.probe_image = "registry.test/k8s-scheduler:1";
  run(minutes(20));
  CHECK(process->last() == "Enforced");
}

TEST_CASE_FIXTURE(Probing, "a pod that goes away in between proves nothing, and it is done again") {
  int taken = 0;
  for (int i = 0; i < 400 && process->last() != "Enforced"; ++i) {
    run(milliseconds(250));
    const auto there = pods();
    if (taken < 2 && there.size() >= 3) {
      REQUIRE(
          cluster.remove(kube::ref_of(kinds::kPod, there[static_cast<std::size_t>(taken)]), {}));
      ++taken;
      run(seconds(3));
      CHECK(process->last() == "ProbeFailed");
    }
  }
  CHECK(taken == 2);
  CHECK(process->last() == "Enforced");
}

TEST_CASE_FIXTURE(Probing, "whoever takes over goes by the lease, and takes away what was begun") {
  run(minutes(1));
  const Time first = lease()->at;
  // Ended in the middle of a round.
  run(minutes(58));
  for (int i = 0; i < 4000 && pods().empty(); ++i) run(milliseconds(250));
  REQUIRE_FALSE(pods().empty());
  restart();
  run(milliseconds(250));
  CHECK(process->last() == "Enforced");
  run(hours(1));
  CHECK(process->last() == "Enforced");
  CHECK(lease()->at > first);
  CHECK(pods().empty());
  // One that is fresh is not probed again at once.
  run(minutes(10));
  const auto writes = cluster.mutating_calls();
  restart();
  run(minutes(1));
  CHECK(process->last() == "Enforced");
  CHECK(cluster.mutating_calls() == writes);
}

TEST_CASE_FIXTURE(Probing,
                  "who does not lead does nothing, knows nothing, and begins by the lease") {
  Process other(cluster, config, clock, 77);
  other.leads = false;
  run(minutes(1), {process.get(), &other});
  CHECK(process->last() == "Enforced");
  CHECK(other.told.empty());
  // In the middle of a round.
  run(hours(1) - minutes(1), {process.get(), &other});
  for (int i = 0; i < 4000 && pods().empty(); ++i) run(milliseconds(250), {process.get(), &other});
  process->leads = false;
  other.leads = true;
  network = PlayedNetwork::lets_all;
  run(minutes(70), {process.get(), &other});
  CHECK(process->last() == "nothing");
  CHECK(other.last() == "NotEnforced");
  // All pods are of the other's rounds, and gone.
  run(minutes(1), {process.get(), &other});
  process->leads = true;
  other.leads = false;
  run(milliseconds(250), {process.get(), &other});
  CHECK(process->last() == "NotEnforced");
}

TEST_CASE_FIXTURE(Probing,
                  "a cluster that does not answer lets a proof grow old, and is asked again") {
  run(minutes(1));
  cluster.set_down(true);
  run(hours(2));
  // Three that failed in a row are told, but not written.
  CHECK(process->last() == "ProbeFailed");
  cluster.set_down(false);
  run(minutes(6));
  CHECK(process->last() == "Enforced");
  CHECK(lease()->verdict == NetworkVerdict::enforced);
}

TEST_CASE_FIXTURE(Probing, "a clock that jumps makes a proof old, and it is made anew at once") {
  for (const Duration step : {days(1), days(-1)}) {
    run(minutes(1));
    REQUIRE(process->last() == "Enforced");
    clock.step = clock.step + step;
    const auto told = process->told.size();
    run(minutes(1));
    REQUIRE(process->told.size() == told + 2);
    CHECK(process->told[told]->verdict == NetworkVerdict::old);
    CHECK(process->last() == "Enforced");
  }
}

TEST_CASE_FIXTURE(Probing, "a lease of long ago is no proof to a process that starts") {
  run(minutes(1));
  clock.step = hours(4);
  restart();
  process->probe.pump();
  CHECK(process->last() == "ProbeOld");
  run(minutes(1));
  CHECK(process->last() == "Enforced");
}

TEST_CASE_FIXTURE(Probing, "a namespace of that name that is somebody else's is left alone") {
  const std::string ns = probe_namespace_name(config.system_namespace);
  make_namespace(ns);
  run(minutes(1));
  CHECK(process->last() == "ProbeFailed");
  CHECK(lease()->words.find("somebody else's") != std::string::npos);
  CHECK(pods().empty());
  CHECK(cluster.list(kinds::kNetworkPolicy, {.ns = ns})->items.empty());
}

TEST_CASE_FIXTURE(Probing, "without an image nothing is done") {
  config.probe_image.clear();
  restart();
  const auto writes = cluster.mutating_calls();
  run(minutes(1));
  CHECK(cluster.mutating_calls() == writes);
  CHECK(process->last() == "NotProbed");
}

TEST_CASE_FIXTURE(Probing,
                  "an image that is taken away leaves that nobody enforces, and no proof") {
  network = PlayedNetwork::lets_all;
  run(minutes(1));
  config.probe_image.clear();
  restart();
  run(minutes(1));
  CHECK(process->last() == "NotEnforced");
  CHECK(process->told.back()->forbids_new());
  config.probe_image = "registry.test/k8s-scheduler:1";
  network = PlayedNetwork::enforces;
  restart();
  run(minutes(1));
  CHECK(process->last() == "Enforced");
  config.probe_image.clear();
  restart();
  run(minutes(1));
  CHECK(process->last() == "NotProbed");
  CHECK_FALSE(process->told.back()->forbids_new());
}

TEST_CASE_FIXTURE(Probing, "a lease that tells nothing known forbids what is new until a proof") {
  Json strange = NetworkProof{NetworkVerdict::not_enforced, "words", clock.now(), false}.lease(
      config.system_namespace);
  strange["metadata"]["annotations"].set(NetworkProof::kVerdict, "Splendid");
  REQUIRE(cluster.apply(kinds::kLease, strange, {.manager = "kubectl"}));
  network = PlayedNetwork::stops_all;
  run(hours(5));
  REQUIRE(process->told.back());
  CHECK(process->told.back()->unread);
  CHECK(process->told.back()->forbids_new());
  CHECK(process->last() == "ProbeFailed");
  network = PlayedNetwork::enforces;
  run(minutes(6));
  CHECK(process->last() == "Enforced");
  CHECK_FALSE(process->told.back()->forbids_new());
}

TEST_CASE("what is probed is what tenants have") {
  OperatorConfig config;
  config.probe_image = "registry.test/k8s-scheduler:1";
  std::vector<std::string> kept;
  for (const Object& o : probe_objects(config))
    if (o.kind() == kinds::kNetworkPolicy) kept.push_back(o.ref().name);
  CHECK(kept == std::vector<std::string>{"default-deny", "allow-dns", "allow-ingress-controller",
                                         "allow-same-tenant-network-probe", "allow-internet",
                                         "probe-exit-to-no-entry", "probe-entry-to-no-exit"});
  // A Sandbox with its claim, or an organization of its label, cannot be.
  const Json ns = probe_namespace(config).tree();
  CHECK(is_probe_namespace(ns));
  CHECK(ns.at("metadata", "annotations").text(annotations::kClaim).size() < 16);
  CHECK(ns.at("metadata", "labels").text(labels::kOrg) == "network-probe");
  CHECK(ns.at("metadata", "labels").text("pod-security.kubernetes.io/enforce") == "restricted");
}

}  // namespace ks::op
