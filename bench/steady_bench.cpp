// steady_bench [COUNT]: the operator over COUNT sandboxes that are as wanted, on a simulated
// cluster whose clock is moved by hand: what a restart costs, and an hour in which nothing changes.
// Beside a tenth of them, since neither may cost more for each than it does there.
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <malloc.h>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "kube/simulated/cluster.hpp"
#include "operator/operator.hpp"
#include "operator/sample.hpp"

namespace ks::bench {

namespace {

namespace kinds = kube::kinds;

// Of spec: under 10 s to synced, no write, under 150 MiB; no write in an hour, under 1 % of a core.
constexpr double kRestartGoal = 10, kMibGoal = 150, kCoreGoal = 1, kGrowthGoal = 1.2;

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

double heap_mib() {
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd) / (1 << 20);
}

struct Cost {
  double restart_seconds = 0, list_seconds = 0, mib = 0, core_percent = 0;
  std::int64_t restart_writes = 0, hour_writes = 0;
};

class Steady {
 public:
  explicit Steady(int count) : count_(count) {
    start();
    kube::ApplyOptions options;
    options.manager = "k8s-scheduler/sync";
    for (int i = 0; i < count; ++i)
      must(cluster_.apply(kinds::kSandbox, to_json(sample::sandbox(ns(i), i)), options));
    until_quiet();
    for (int i = 0; i < count; ++i)
      must(cluster_.apply(kinds::kUserDeployment,
                          to_json(sample::deployment(ns(i), "web-" + std::to_string(i), i)),
                          options));
    until_quiet();
  }

  Cost measure() {
    Cost out;
    op_.reset();
    const auto writes = cluster_.mutating_calls();
    const double heap = heap_mib();
    const Time began = real_.monotonic();
    start();
    until_quiet();
    out.restart_seconds = seconds_since(began);
    out.restart_writes = cluster_.mutating_calls() - writes;
    out.mib = heap_mib() - heap;

    const double cpu = cpu_seconds();
    const Time end = clock_.now() + hours(1);
    while (clock_.now() < end) step();
    out.core_percent = (cpu_seconds() - cpu) / 3600 * 100;
    out.hour_writes = cluster_.mutating_calls() - writes - out.restart_writes;

    const Time list_began = real_.monotonic();
    std::size_t objects = 0;
    for (const kube::Kind* kind :
         {&kinds::kSandbox, &kinds::kUserDeployment, &kinds::kNamespace, &kinds::kNetworkPolicy,
          &kinds::kResourceQuota, &kinds::kLimitRange, &kinds::kServiceAccount,
          &kinds::kPersistentVolumeClaim, &kinds::kService, &kinds::kDeployment, &kinds::kPod,
          &kinds::kPodDisruptionBudget, &kinds::kHorizontalPodAutoscaler, &kinds::kIngress})
      for (std::string token;;) {
        const auto page = cluster_.list(*kind, {{}, {}, kube::page_limit(*kind), token});
        must(page);
        objects += page->items.size();
        if ((token = page->continue_token).empty()) break;
      }
    out.list_seconds = seconds_since(list_began);
    fmt::print("{} sandboxes, {} objects\n", count_, objects);
    return out;
  }

 private:
  template <class T>
  static void must(const kube::KubeResult<T>& result) {
    if (result) return;
    fmt::print(stderr, "{} {}\n", result.error().status, result.error().message);
    std::exit(1);
  }
  static std::string ns(int i) { return "sandbox-" + std::to_string(i); }
  double seconds_since(Time began) const {
    return static_cast<double>((real_.monotonic() - began).us) / 1e6;
  }

  void start() { op_ = std::make_unique<op::Operator>(cluster_, config_, clock_, random_); }

  void step() {
    if (op_->step()) return;
    const auto due = cluster_.next_due();
    if (due && *due <= clock_.now()) return cluster_.tick();
    Time next = op_->next_due();
    if (due) next = std::min(next, *due);
    clock_.set(std::max(next, clock_.now() + milliseconds(1)));
  }

  void until_quiet() {
    while (!op_->synced() || !op_->leading() || op_->counters().queued > 0 || cluster_.pending())
      step();
  }

  int count_;
  SystemClock real_;
  ManualClock clock_;
  SeededRandom random_{1};
  op::OperatorConfig config_;
  kube::simulated::SimulatedCluster cluster_{clock_};
  std::unique_ptr<op::Operator> op_;
};

void print(const Cost& c) {
  fmt::print(
      "  restart to synced and idle  {:8.2f} s   (goal {}), a bare list {:.2f} s, ratio {:.1f}\n",
      c.restart_seconds, kRestartGoal, c.list_seconds, c.restart_seconds / c.list_seconds);
  fmt::print("  writes of the restart       {:8}     (goal 0)\n", c.restart_writes);
  fmt::print("  memory of the operator      {:8.1f} MiB (goal {})\n", c.mib, kMibGoal);
  fmt::print("  writes in an hour           {:8}     (goal 0)\n", c.hour_writes);
  fmt::print("  of a core in that hour      {:8.2f} %   (goal {})\n", c.core_percent, kCoreGoal);
}

}  // namespace

int run(int count) {
  const Cost small = Steady(count / 10).measure();
  print(small);
  const Cost big = Steady(count).measure();
  print(big);
  fmt::print(
      "  growth for each of ten times as many: restart {:.2f}, hour {:.2f}, memory {:.2f} (goal "
      "{})\n",
      big.restart_seconds / small.restart_seconds / 10, big.core_percent / small.core_percent / 10,
      big.mib / small.mib / 10, kGrowthGoal);
  return 0;
}

}  // namespace ks::bench

int main(int argc, char** argv) {
  int count = 10'000;
  if (argc > 1) std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), count);
  return ks::bench::run(std::max(count, 10));
}
