// isolation_bench: the isolation report over clusters of growing size, and finding its paths
// beside asking for each pair.
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "operator/isolation/judge.hpp"
#include "operator/isolation/report.hpp"
#include "operator/isolation/sample_cluster.hpp"

namespace ks::bench {

namespace {

double seconds_since(const Clock& clock, Time before) {
  return static_cast<double>((clock.monotonic() - before).us) / 1e6;
}

// Of one organization in all three profiles; two people each, two deployments a person.
op::sample::SampleCluster cluster_of(int sandboxes) {
  constexpr std::array kProfiles = {Isolation::shared, Isolation::namespace_, Isolation::dedicated};
  op::sample::SampleCluster out;
  for (int i = 0; i < sandboxes; ++i)
    out.add_sandbox(fmt::format("sandbox-{}", i), i / 2 + 1, i,
                    kProfiles.at(std::size_t(i / 2 % 3)));
  return out;
}

int run() {
  const SystemClock clock;
  for (const int sandboxes : {100, 1000, 10'000}) {
    const auto cluster = cluster_of(sandboxes);
    Time before = clock.monotonic();
    const auto report = op::isolation_report(cluster.view, cluster.config);
    const double whole = seconds_since(clock, before);
    if (!report.holds()) {
      fmt::print(stderr, "a cluster as the operator leaves it has findings\n{}",
                 op::text_of(report).substr(0, 2000));
      return 1;
    }
    std::vector<std::string> unread;
    const reach::Reach reach(op::snapshot_of(cluster.view, cluster.config, unread));
    before = clock.monotonic();
    std::size_t by_groups = 0;
    reach.each_path([&](reach::Reach::Group, reach::Reach::Group) { ++by_groups; });
    const double grouped = seconds_since(clock, before);
    // A thousandth of the pairs is enough to tell what all take.
    before = clock.monotonic();
    const std::size_t stride = sandboxes > 1000 ? 1000 : 1;
    std::size_t pairs = 0, paths = 0;
    for (std::size_t i = 0; i < reach.size() * reach.size(); i += stride, ++pairs) {
      const auto from = static_cast<reach::Reach::Group>(i / reach.size());
      const auto to = static_cast<reach::Reach::Group>(i % reach.size());
      paths += reach.between(from, to).empty() ? 0 : 1;
    }
    const double all = seconds_since(clock, before) * static_cast<double>(stride);
    fmt::print(
        "{:>6} sandboxes, {:>5} pods, {:>5} policies: report {:.3f} s ({:.0f} us a sandbox); "
        "{} paths {:.3f} s, all pairs{} {:.3f} s\n",
        sandboxes, report.pods, report.policies, whole, whole * 1e6 / sandboxes, by_groups, grouped,
        stride > 1 ? " (from a thousandth)" : "", all);
    if (paths == 0) return 1;
  }
  return 0;
}

}  // namespace

}  // namespace ks::bench

int main() { return ks::bench::run(); }
