// sandboxes KUBECONFIG [COUNT]: new sandboxes to Ready on an API server through the database, sync
// and operator, beside a plain loop that does the same writes with the same client.
#include <atomic>
#include <charconv>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/recording_cluster.hpp"
#include "bench/world.hpp"
#include "kube/https/cluster.hpp"
#include "operator/operator.hpp"
#include "runtime/loop.hpp"
#include "sync/sync.hpp"

namespace ks::bench {

namespace {

constexpr std::size_t kAtOnce = 16;
constexpr Duration kLimit = minutes(5);

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "{}\n", why);
  std::exit(1);
}

double seconds_since(const Clock& clock, Time before) {
  return static_cast<double>((clock.monotonic() - before).us) / 1e6;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// The same writes for a sandbox of another name; identities that the cluster gave are its own.
void repeat(kube::Cluster& cluster, const std::vector<Write>& writes, const std::string& name,
            const std::string& other) {
  std::map<std::string, std::string> uids;
  for (const Write& write : writes) {
    std::string text = write.object.dump();
    replace_all(text, name, other);
    for (const auto& [old_uid, uid] : uids) replace_all(text, old_uid, uid);
    const Json object = must(parse_json(text));
    kube::ApplyOptions options = write.options;
    options.resource_version.clear();
    if (const auto known = uids.find(options.uid); known != uids.end()) options.uid = known->second;
    const auto done = write.create ? cluster.create(write.kind, object)
                                   : cluster.apply(write.kind, object, options);
    if (!done)
      give_up(fmt::format("plain loop, {}: {} {}", write.kind.plural, done.error().status,
                          done.error().message));
    uids[write.uid] = done->at("metadata").text("uid");
  }
}

double plain(kube::Cluster& cluster, const std::map<std::string, std::vector<Write>>& writes,
             const Clock& clock) {
  std::vector<std::pair<std::string, std::vector<Write>>> work(writes.begin(), writes.end());
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> left = kAtOnce;
  runtime::Event ended;
  runtime::LoopGroup loops(1);
  const Time before = clock.monotonic();
  for (std::size_t i = 0; i < kAtOnce; ++i)
    loops.at(0).spawn([&] {
      for (std::size_t at; (at = next++) < work.size();) {
        std::string other = work[at].first;
        other.replace(0, 3, "pln");
        repeat(cluster, work[at].second, work[at].first, other);
      }
      if (--left == 0) ended.set();
    });
  ended.wait();
  return seconds_since(clock, before);
}

class Installation {
 public:
  explicit Installation(kube::Cluster& cluster)
      : world_(options(folder_), 1000),
        recording_(cluster),
        sync_(sync::Stores{world_.db(), world_.stores().sync, world_.stores().plans,
                           world_.stores().sandboxes, world_.stores().isolation,
                           world_.stores().authorizer, world_.stores().envelope},
              recording_, sync::Config{{"apps.localhost"}}, world_.clock(), world_.random()),
        operator_(recording_, {}, world_.clock(), world_.random()) {
    world_.db().on_feed([this](std::optional<OrgId>) { sync_.wake(); });
    sync_.start(loops_.at(0));
    operator_.start(loops_.at(0));
    const Time latest = world_.clock().monotonic() + seconds(60);
    while (!operator_.leading() || !operator_.synced() || !sync_.working()) {
      if (world_.clock().monotonic() > latest) give_up("the operator does not start");
      runtime::sleep_for(milliseconds(20));
    }
  }
  void stop() {
    sync_.stop();
    operator_.stop();
    sync_.wait_stopped();
    operator_.wait_stopped();
    loops_.stop();
  }

  // Seconds from the first row to the last Ready.
  double to_ready(std::size_t count) {
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
    sync_.wake();
    if (!recording_.wait_ready(kLimit)) give_up("not every sandbox became Ready");
    return seconds_since(world_.clock(), before);
  }
  const RecordingCluster& recording() const { return recording_; }
  const Clock& clock() const { return world_.clock(); }

 private:
  static sql::DatabaseOptions options(const Folder& folder) {
    sql::DatabaseOptions out;
    out.dsn = "sqlite:" + folder.path() + "/sandboxes.db";
    out.auto_migrate = true;
    return out;
  }
  Folder folder_;
  World world_;
  RecordingCluster recording_;
  runtime::LoopGroup loops_{1};
  sync::Sync sync_;
  op::Operator operator_;
  std::size_t people_ = 0;
};

}  // namespace

int run(const std::string& kubeconfig, std::size_t count) {
  auto cluster =
      must(kube::https::HttpsCluster::make(must(kube::https::load_kubeconfig(kubeconfig)), {}));
  Installation installation(*cluster);
  // Connections, code paths of the API server.
  installation.to_ready(5);
  const double product = installation.to_ready(count);
  const auto writes = installation.recording().writes();
  installation.stop();
  std::size_t calls = 0;
  for (const auto& [sandbox, list] : writes) calls += list.size();
  const double loop = plain(*cluster, writes, installation.clock());
  fmt::print("{} sandboxes, {} writes: to Ready {:.2f} s, plain loop {:.2f} s, ratio {:.2f}\n",
             count, calls, product, loop, loop / product);
  return 0;
}

}  // namespace ks::bench

int main(int argc, char** argv) {
  std::size_t count = 100;
  if (argc == 3) {
    const std::string_view text(argv[2]);
    std::from_chars(text.data(), text.data() + text.size(), count);
  }
  if (argc < 2 || argc > 3 || count == 0) {
    fmt::print(stderr, "sandboxes KUBECONFIG [COUNT]\n");
    return 2;
  }
  return ks::bench::run(argv[1], count);
}
