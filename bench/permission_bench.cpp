// The permission check of a read, at several numbers of organizations, beside a bare hash walk over
// the same memberships.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "bench/world.hpp"

namespace ks::bench {

namespace {

// What a check at its barest is: user, organization, team, and whether the role may.
struct BareTeam {
  TeamRole role;
};
using BareTeams = boost::unordered_flat_map<std::string, BareTeam>;
using BareOrgs = boost::unordered_flat_map<std::string, BareTeams>;
using BareUsers = boost::unordered_flat_map<std::string, BareOrgs>;

bool may_read(TeamRole role) { return role >= TeamRole::viewer; }

// A membership proves its team, so that the check asks the database for nothing.
class NoDatabase final : public Tx {};

class Installation {
 public:
  explicit Installation(std::size_t organizations)
      : world_(options(folder_), std::max<std::size_t>(organizations * 2, 64)) {
    const std::vector<Tenant> tenants = world_.add_tenants(organizations);
    std::vector<Caller> callers;
    callers.reserve(organizations);
    for (const Tenant& tenant : tenants) {
      const Caller& caller = callers.emplace_back(world_.load(tenant));
      BareOrgs& orgs = bare_[caller.user().id.str()];
      for (const Membership& m : caller.memberships())
        for (const auto& team : m.teams) orgs[m.slug][team.slug] = BareTeam{team.role};
    }
    // The order of requests is none of what is kept.
    std::vector<std::uint32_t> order(organizations);
    std::iota(order.begin(), order.end(), 0U);
    for (std::size_t i = organizations; i > 1; --i)
      std::swap(order[i - 1], order[world_.random().below(i)]);
    // What a request brings itself lies side by side, as it is at hand when a server has just read
    // it; what is known of its sender is where it was put.
    callers_.reserve(organizations);
    for (const std::uint32_t i : order) {
      tenants_.push_back(tenants[i]);
      callers_.push_back(std::move(callers[i]));
      users_.push_back(callers_.back().user().id.str());
    }
  }

  std::size_t next() {
    if (++at_ >= tenants_.size()) at_ = 0;
    return at_;
  }

  bool check(const Caller& caller, std::size_t i) {
    const auto scope = world_.gate().tenant(caller, tenants_[i].org_slug);
    if (!scope) return false;
    const auto team = world_.stores().authorizer.find_team(tx_, *scope, "default");
    if (!team) return false;
    return world_.stores()
        .authorizer.require<Action::deployments_read>(tx_, *scope, *team)
        .has_value();
  }
  const Caller& caller(std::size_t i) const { return callers_[i]; }
  std::optional<Caller> cached(std::size_t i) {
    return world_.gate().cached(client_, tenants_[i].token, world_.trail());
  }
  bool walk(std::size_t i) const {
    const auto user = bare_.find(users_[i]);
    if (user == bare_.end()) return false;
    const auto org = user->second.find(tenants_[i].org_slug);
    if (org == user->second.end()) return false;
    const auto team = org->second.find("default");
    return team != org->second.end() && may_read(team->second.role);
  }

 private:
  static sql::DatabaseOptions options(const Folder& folder) {
    sql::DatabaseOptions out;
    out.dsn = "sqlite:" + folder.path() + "/permission.db";
    out.auto_migrate = true;
    return out;
  }
  Folder folder_;
  World world_;
  NoDatabase tx_;
  ClientScope client_ = world_.client();
  std::vector<Tenant> tenants_;
  std::vector<Caller> callers_;
  std::vector<std::string> users_;
  BareUsers bare_;
  std::size_t at_ = 0;
};

std::vector<std::size_t> sizes() {
  std::vector<std::size_t> out{100, 10'000, 100'000};
  if (std::getenv("LONG") != nullptr) out.push_back(1'000'000);
  return out;
}

template <class Step>
void loop(benchmark::State& state, Step step) {
  for (auto _ : state)
    if (!step()) {
      state.SkipWithError("refused");
      break;
    }
}

// Keeps the medians, by name.
class Medians final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs)
      if (run.aggregate_name == "median")
        found[run.run_name.function_name] = run.GetAdjustedCPUTime();
    ConsoleReporter::ReportRuns(runs);
  }
  std::map<std::string, double> found;
};

}  // namespace

int run(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  words.insert(words.begin() + 1, {"--benchmark_repetitions=5", "--benchmark_min_time=0.1",
                                   "--benchmark_enable_random_interleaving=true",
                                   "--benchmark_report_aggregates_only=true"});
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());

  std::vector<std::unique_ptr<Installation>> worlds;
  for (const std::size_t size : sizes()) {
    fmt::print(stderr, "loading {} organizations ...\n", size);
    Installation& in = *worlds.emplace_back(std::make_unique<Installation>(size));
    const auto add = [&](const char* what, auto step) {
      benchmark::RegisterBenchmark(fmt::format("{}/{}", what, size).c_str(),
                                   [step](benchmark::State& s) { loop(s, step); });
    };
    add("walk", [&in] { return in.walk(in.next()); });
    add("check", [&in] {
      const std::size_t i = in.next();
      return in.check(in.caller(i), i);
    });
    add("cached_and_check", [&in] {
      const std::size_t i = in.next();
      const auto caller = in.cached(i);
      return caller && in.check(*caller, i);
    });
  }
  Medians medians;
  benchmark::RunSpecifiedBenchmarks(&medians);

  fmt::print("\n{:>14} {:>10} {:>10} {:>8} {:>18}\n", "organizations", "walk ns", "check ns",
             "ratio", "with look-up ns");
  for (const std::size_t size : sizes()) {
    const auto of = [&](const char* what) {
      return medians.found[fmt::format("{}/{}", what, size)];
    };
    fmt::print("{:>14} {:>10.0f} {:>10.0f} {:>8.2f} {:>18.0f}\n", size, of("walk"), of("check"),
               of("check") / of("walk"), of("cached_and_check"));
  }
  return 0;
}

}  // namespace ks::bench

int main(int argc, char** argv) { return ks::bench::run(argc, argv); }
