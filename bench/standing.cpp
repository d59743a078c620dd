// standing KUBECONFIG COUNT SECONDS: sandboxes that stand on a real API server: what they cost
// while nothing changes for so long, what a restart costs, and how long what somebody deleted by
// hand is away while other sandboxes are being made.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <malloc.h>

#include "bench/installation.hpp"
#include "kube/https/cluster.hpp"

namespace ks::bench {

namespace {

namespace kinds = kube::kinds;

// Of spec, for 10,000 sandboxes; drift for any.
constexpr double kRestartGoal = 10, kMibGoal = 150, kCoreGoal = 1, kRepairGoal = 10;

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

double heap_mib() {
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd) / (1 << 20);
}

template <class T>
T must(kube::KubeResult<T> result, std::string_view what) {
  if (!result)
    give_up(fmt::format("{}: {} {}", what, result.error().status, result.error().message));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// One network policy of each namespace of a sandbox.
std::vector<kube::Ref> policies(kube::Cluster& cluster) {
  std::vector<kube::Ref> out;
  for (std::string token;;) {
    const auto page = must(cluster.list(kinds::kNetworkPolicy,
                                        {{}, {}, kube::page_limit(kinds::kNetworkPolicy), token}),
                           "list of network policies");
    for (const Json& item : page.items) {
      const Json& metadata = item.at("metadata");
      const std::string ns(metadata.text("namespace"));
      if (ns.starts_with("sandbox-") && (out.empty() || out.back().ns != ns))
        out.push_back({kinds::kNetworkPolicy, ns, std::string(metadata.text("name"))});
    }
    if ((token = page.continue_token).empty()) return out;
  }
}

// How long each of these was away after it was deleted, one after the other until told to end.
std::vector<double> repairs(kube::Cluster& cluster, const std::vector<kube::Ref>& refs,
                            const Clock& clock, const std::atomic<bool>& end) {
  std::vector<double> out;
  // Through all the list, in steps that meet none twice before the end of it.
  for (std::size_t i = 0; i < refs.size() && !end; ++i) {
    const kube::Ref& ref = refs[i * 7919 % refs.size()];
    must(cluster.remove(ref, {}), "delete");
    const Time before = clock.monotonic();
    for (;;) {
      const auto found = cluster.get(ref);
      if (found) break;
      if (!found.error().is_not_found()) must(found, "get");
      runtime::sleep_for(milliseconds(5));
    }
    out.push_back(seconds_since(clock, before));
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

int run(const std::string& kubeconfig, std::size_t count, int quiet_seconds) {
  // Each line when it is known, also into a file.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const auto config = bench::must(kube::https::load_kubeconfig(kubeconfig));
  auto cluster = bench::must(kube::https::HttpsCluster::make(config, {}));
  Installation installation(*cluster, Keep::nothing);
  const Clock& clock = installation.clock();
  fmt::print("{} sandboxes, to Ready {:.2f} s\n", count, installation.to_ready(count));

  installation.until_quiet(seconds(20));
  auto calls = installation.recording().calls();
  double cpu = cpu_seconds();
  runtime::sleep_for(seconds(quiet_seconds));
  fmt::print("  writes in {:4} s             {:8}     (goal 0)\n", quiet_seconds,
             installation.recording().calls() - calls);
  fmt::print("  of a core in that time      {:8.2f} %   (goal {})\n",
             (cpu_seconds() - cpu) / quiet_seconds * 100, kCoreGoal);

  installation.stop();
  malloc_trim(0);
  calls = installation.recording().calls();
  const double heap = heap_mib();
  cpu = cpu_seconds();
  const double restart = installation.start();
  fmt::print("  restart to synced and idle  {:8.2f} s   (goal {}), {:.2f} s of a core\n", restart,
             kRestartGoal, cpu_seconds() - cpu);
  fmt::print("  memory of sync and operator {:8.1f} MiB (goal {})\n", heap_mib() - heap, kMibGoal);
  installation.until_quiet(seconds(20));
  fmt::print("  writes of the restart       {:8}     (goal 0)\n",
             installation.recording().calls() - calls);

  auto by_hand = bench::must(kube::https::HttpsCluster::make(config, {}));
  const auto standing = policies(*by_hand);
  std::atomic<bool> end = false;
  std::vector<double> away;
  std::thread hand([&] { away = repairs(*by_hand, standing, clock, end); });
  const std::size_t more = std::max<std::size_t>(count / 4, 1);
  const double took = installation.to_ready(more);
  end = true;
  hand.join();
  if (away.empty()) give_up("nothing was deleted by hand");
  fmt::print(
      "  drift repaired, {:4} times   {:8.3f} s   median, {:.3f} s at most (goal {}) while {} "
      "more became Ready in {:.2f} s\n",
      away.size(), away[away.size() / 2], away.back(), kRepairGoal, more, took);
  installation.stop();
  return 0;
}

}  // namespace ks::bench

int main(int argc, char** argv) {
  const auto number = [&](int at) {
    int out = 0;
    if (at < argc) std::from_chars(argv[at], argv[at] + std::strlen(argv[at]), out);
    return out;
  };
  const int count = number(2), quiet = number(3);
  if (argc != 4 || count <= 0 || quiet <= 0) {
    fmt::print(stderr, "standing KUBECONFIG COUNT SECONDS\n");
    return 2;
  }
  return ks::bench::run(argv[1], static_cast<std::size_t>(count), quiet);
}
