// isolation_bench: the isolation report over clusters of growing size, beside evaluating each pair
// of sandboxes once, which is what a report without groups would have to do at the least.
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
  // One pair of pods by the compiled policies, to tell what all pairs would take.
  double pair = 0;
  for (const int sandboxes : {100, 1000, 10'000}) {
    const auto cluster = cluster_of(sandboxes);
    const Time before = clock.monotonic();
    const auto report = op::isolation_report(cluster.view, cluster.config, clock.now());
    const double took = seconds_since(clock, before);
    if (!report.holds()) {
      fmt::print(stderr, "a cluster as the operator leaves it has findings\n{}",
                 op::text_of(report).substr(0, 2000));
      return 1;
    }
    if (pair == 0) {
      std::vector<std::string> unread;
      const reach::Reach reach(op::snapshot_of(cluster.view, cluster.config, unread));
      const Time start = clock.monotonic();
      std::size_t paths = 0;
      for (reach::Reach::Group from = 0; from < reach.size(); ++from)
        for (reach::Reach::Group to = 0; to < reach.size(); ++to)
          paths += reach.between(from, to).empty() ? 0 : 1;
      pair = seconds_since(clock, start) /
             (static_cast<double>(reach.size()) * static_cast<double>(reach.size()));
      fmt::print("one pair of groups {:.2f} us ({} of {} pairs have a path)\n", pair * 1e6, paths,
                 reach.size() * reach.size());
    }
    const double pods = static_cast<double>(report.pods);
    fmt::print(
        "{:>6} sandboxes, {} pods, {} policies  {:>8.3f} s, {:.0f} us a sandbox; all pairs "
        "{:.1f} s\n",
        sandboxes, report.pods, report.policies, took, took * 1e6 / sandboxes, pods * pods * pair);
  }
  return 0;
}

}  // namespace

}  // namespace ks::bench

int main() { return ks::bench::run(); }
