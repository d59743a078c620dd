#include "bench/installation.hpp"

#include <cstdlib>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>

namespace ks::bench {

namespace {
constexpr Duration kLimit = minutes(10);
}  // namespace

void give_up(const std::string& why) {
  fmt::print(stderr, "{}\n", why);
  std::exit(1);
}

double seconds_since(const Clock& clock, Time before) {
  return static_cast<double>((clock.monotonic() - before).us) / 1e6;
}

sql::DatabaseOptions Installation::options(const Folder& folder) {
  sql::DatabaseOptions out;
  out.dsn = "sqlite:" + folder.path() + "/sandboxes.db";
  out.auto_migrate = true;
  return out;
}

Installation::Installation(kube::Cluster& cluster, Keep keep)
    : world_(options(folder_), 1000), recording_(cluster, keep) {
  world_.db().on_feed([this](std::optional<OrgId>) {
    if (sync_) sync_->wake();
  });
  start();
}

void Installation::stop() {
  sync_->stop();
  operator_->stop();
  sync_->wait_stopped();
  operator_->wait_stopped();
  loops_->stop();
  sync_.reset();
  operator_.reset();
  loops_.reset();
}

double Installation::start() {
  const Time before = clock().monotonic();
  sync_ = std::make_unique<sync::Sync>(
      sync::Stores{world_.db(), world_.stores().sync, world_.stores().plans,
                   world_.stores().sandboxes, world_.stores().isolation, world_.stores().authorizer,
                   world_.stores().envelope},
      recording_, sync::Config{{"apps.localhost"}}, world_.clock(), world_.random());
  operator_ =
      std::make_unique<op::Operator>(recording_, op::OperatorConfig{}, clock(), world_.random());
  loops_ = std::make_unique<runtime::LoopGroup>(1);
  sync_->start(loops_->at(0));
  operator_->start(loops_->at(0));
  const Time latest = before + kLimit;
  while (!operator_->leading() || !operator_->synced() || !sync_->working() ||
         counters().queued > 0) {
    if (clock().monotonic() > latest) give_up("the operator does not start");
    runtime::sleep_for(milliseconds(10));
  }
  return seconds_since(clock(), before);
}

void Installation::until_quiet(Duration silence) {
  const Time latest = clock().monotonic() + kLimit;
  auto calls = recording_.calls();
  for (Time since = clock().monotonic(); clock().monotonic() - since < silence;) {
    if (clock().monotonic() > latest) give_up("writes go on and on");
    runtime::sleep_for(milliseconds(100));
    if (const auto now = recording_.calls(); now != calls) {
      calls = now;
      since = clock().monotonic();
    }
  }
}

double Installation::to_ready(std::size_t count) {
  const auto tenants = world_.add_tenants(count, people_);
  people_ += count;
  std::set<std::string> names;
  std::vector<TenantScope> scopes;
  for (const Tenant& tenant : tenants) {
    const Caller caller = world_.load(tenant);
    scopes.push_back(must(world_.gate().tenant(caller, tenant.org_slug)));
    names.insert("sandbox-" + caller.user().id.str());
  }
  recording_.watch_for(names);
  const Time before = world_.clock().monotonic();
  must(world_.db().write([&](Tx& tx) -> Result<void> {
    for (const TenantScope& scope : scopes) {
      const TeamId team = must(world_.stores().authorizer.find_team(tx, scope, "default"));
      KS_TRY(const auto may,
             world_.stores().authorizer.require<Action::deployments_create>(tx, scope, team));
      KS_TRY(const bool made,
             world_.stores().sandboxes.create(
                 tx, may,
                 NewSandbox{SandboxId::make(world_.clock(), world_.random()), *scope.actor(),
                            std::nullopt, "sandbox-" + scope.actor()->str(),
                            random_token(world_.random(), 24), Isolation::shared,
                            world_.clock().now()}));
      KS_ASSERT(made);
    }
    return {};
  }));
  sync_->wake();
  if (!recording_.wait_ready(kLimit)) give_up("not every sandbox became Ready");
  return seconds_since(world_.clock(), before);
}

}  // namespace ks::bench
