// creates sqlite|postgres: deployments created through the use case in one process, beside the same
// rows written by the driver alone. PostgreSQL is that of $KS_BENCH_DSN and $KS_BENCH_OWNER_DSN.
#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "app/deployments.hpp"
#include "bench/raw.hpp"
#include "bench/speed.hpp"
#include "bench/world.hpp"
#include "domain/deployment_request.hpp"
#include "runtime/loop.hpp"

namespace ks::bench {

namespace {

// Writers at once: requests on one side, rows in a transaction or connections on the other.
constexpr std::size_t kWriters = 32;
constexpr std::size_t kConnections = 8;  // As many as the program opens for transactions.
constexpr std::size_t kLoops = 2;

class Bench {
 public:
  Bench(const sql::DatabaseOptions& options, std::size_t creates)
      : world_(options, 1000),
        templates_(TemplateCatalogue::system()),
        each_(creates / kWriters),
        tenants_(world_.add_tenants(kWriters)) {
    for (const Tenant& tenant : tenants_) {
      world_.lift_limits(tenant);
      places_.push_back(place(tenant));
    }
  }

  // As a request does it: the session is loaded in the transaction, then the use case.
  Speed product() {
    runtime::LoopGroup loops(kLoops);
    runtime::Event ended;
    std::atomic<std::size_t> left = kWriters;
    return timed(world_.clock(), each_ * kWriters, [&] {
      for (std::size_t w = 0; w < kWriters; ++w)
        loops.at(w % kLoops).spawn([&, w] {
          for (std::size_t i = 0; i < each_; ++i) (void)create(tenants_[w]);
          if (--left == 0) ended.set();
        });
      ended.wait();
    });
  }

  // Groups of kWriters rows in a transaction.
  Speed raw_grouped(RawWriter& writer) {
    const auto rows = raw_rows();
    return timed(world_.clock(), each_ * kWriters, [&] {
      for (std::size_t i = 0; i < each_; ++i) {
        std::vector<RawRow> group;
        for (const auto& of_writer : rows) group.push_back(of_writer[i]);
        writer.write(group);
      }
    });
  }

  Speed raw_parallel(const std::vector<std::unique_ptr<RawWriter>>& writers) {
    const auto rows = raw_rows();
    return timed(world_.clock(), each_ * kWriters, [&] {
      std::vector<std::jthread> threads;
      for (std::size_t t = 0; t < writers.size(); ++t)
        threads.emplace_back([&, t] {
          for (std::size_t w = t; w < rows.size(); w += writers.size()) writers[t]->write(rows[w]);
        });
    });
  }

 private:
  DeploymentRow create(const Tenant& tenant) {
    const Json body = Json::object({{"name", fmt::format("web-{}", ++names_)},
                                    {"image", "docker.io/nginxinc/nginx-unprivileged:1.27"},
                                    {"port", 8080}});
    const DeploymentDraft draft = must(draft_from_json(body, templates_, world_.random()));
    return must(world_.db().write([&](Tx& tx) -> Result<DeploymentRow> {
      KS_TRY(const Caller caller,
             world_.gate().load_in(tx, world_.client(), tenant.token, world_.trail()));
      KS_TRY(const TenantScope scope, world_.gate().tenant(caller, tenant.org_slug));
      KS_TRY(app::Created made,
             app::create_deployment(tx, world_.app(), {}, scope, "default", draft));
      return std::move(made.row);
    }));
  }

  RawPlace place(const Tenant& tenant) {
    const DeploymentRow row = create(tenant);
    const Caller caller = world_.load(tenant);
    const TenantScope scope = must(world_.gate().tenant(caller, tenant.org_slug));
    auto sandbox = must(world_.db().read([&](Tx& tx) -> Result<std::optional<SandboxRow>> {
      KS_TRY(const auto may,
             world_.stores().authorizer.require<Action::deployments_create>(tx, scope, row.team));
      return world_.stores().sandboxes.find(tx, may, caller.user().id);
    }));
    return {scope.client().str(),     scope.org().str(),      row.team.str(),
            sandbox.value().id.str(), caller.user().id.str(), to_json(row.workload).dump()};
  }

  // For each writer its rows, made beforehand.
  std::vector<std::vector<RawRow>> raw_rows() {
    std::vector<std::vector<RawRow>> out(kWriters);
    for (std::size_t w = 0; w < kWriters; ++w)
      for (std::size_t i = 0; i < each_; ++i) {
        const std::string name = fmt::format("raw-{}", ++names_);
        out[w].push_back(raw_parameters({places_[w], uuid_v7(world_.clock(), world_.random()),
                                         name + "-" + random_suffix(world_.random(), 6), name,
                                         std::to_string(world_.clock().now().us)}));
      }
    return out;
  }

  World world_;
  TemplateCatalogue templates_;
  std::size_t each_;
  std::vector<Tenant> tenants_;
  std::vector<RawPlace> places_;
  std::atomic<std::size_t> names_ = 0;
};

int sqlite(std::size_t rounds) {
  const Folder folder;
  const std::string path = folder.path() + "/creates.db";
  sql::DatabaseOptions options;
  options.dsn = "sqlite:" + path;
  options.auto_migrate = true;
  Bench bench(options, 6400);
  const auto writer = raw_sqlite(path, kRawStatements);
  Series product, raw;
  for (std::size_t i = 0; i < rounds; ++i) {
    product.add(bench.product());
    raw.add(bench.raw_grouped(*writer));
  }
  print("SQLite", "create", product, 0);
  print("SQLite", "raw, 32 rows a transaction", raw, median(product.per_second));
  return 0;
}

int postgres(std::size_t rounds) {
  sql::DatabaseOptions options;
  options.dsn = setting("KS_BENCH_DSN");
  options.owner_dsn = setting("KS_BENCH_OWNER_DSN");
  options.auto_migrate = true;
  options.writers_max = kConnections;
  Bench bench(options, 3200);
  std::vector<std::unique_ptr<RawWriter>> pipelined, stepwise;
  for (std::size_t i = 0; i < kConnections; ++i) {
    pipelined.push_back(raw_postgres(options.owner_dsn, kRawStatements, true));
    stepwise.push_back(raw_postgres(options.owner_dsn, kRawStatements, false));
  }
  Series product, raw, steps;
  for (std::size_t i = 0; i < rounds; ++i) {
    product.add(bench.product());
    raw.add(bench.raw_parallel(pipelined));
    steps.add(bench.raw_parallel(stepwise));
  }
  print("PostgreSQL", "create", product, 0);
  print("PostgreSQL", "raw, one flight", raw, median(product.per_second));
  print("PostgreSQL", "raw, statement by statement", steps, median(product.per_second));
  return 0;
}

}  // namespace

int run(const std::string& engine) {
  const std::size_t rounds = std::getenv("LONG") != nullptr ? 9 : 3;
  if (engine == "sqlite") return sqlite(rounds);
  if (engine == "postgres") return postgres(rounds);
  fmt::print(stderr, "creates sqlite|postgres\n");
  return 2;
}

}  // namespace ks::bench

int main(int argc, char** argv) { return ks::bench::run(argc == 2 ? argv[1] : ""); }
