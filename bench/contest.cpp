#include "bench/contest.hpp"

#include <atomic>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>

#include "runtime/loop.hpp"

namespace ks::bench {

Speed Contest::product() {
  const auto write = ready();
  runtime::LoopGroup loops(kLoops);
  runtime::Event ended;
  std::atomic<std::size_t> left = kWriters;
  return timed(world_.clock(), each_ * kWriters, [&] {
    for (std::size_t w = 0; w < kWriters; ++w)
      loops.at(w % kLoops).spawn([&, w] {
        for (std::size_t i = 0; i < each_; ++i) write(w, i);
        if (--left == 0) ended.set();
      });
    ended.wait();
  });
}

Speed Contest::raw_grouped(RawWriter& writer) {
  const auto rows = raw_rows();
  return timed(world_.clock(), each_ * kWriters, [&] {
    for (std::size_t i = 0; i < each_; ++i) {
      std::vector<RawRow> group;
      for (const auto& of_writer : rows) group.push_back(of_writer[i]);
      writer.write(group);
    }
  });
}

Speed Contest::raw_parallel(const std::vector<std::unique_ptr<RawWriter>>& writers) {
  const auto rows = raw_rows();
  return timed(world_.clock(), each_ * kWriters, [&] {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < writers.size(); ++t)
      threads.emplace_back([&, t] {
        for (std::size_t w = t; w < rows.size(); w += writers.size()) writers[t]->write(rows[w]);
      });
  });
}

namespace {

void sqlite(const ContestOf& of, std::size_t rounds) {
  const Folder folder;
  const std::string path = folder.path() + "/contest.db";
  sql::DatabaseOptions options;
  options.dsn = "sqlite:" + path;
  options.auto_migrate = true;
  const auto contest = of.make(options, of.writes_sqlite);
  const auto writer = raw_sqlite(path, of.statements);
  Series product, raw;
  for (std::size_t i = 0; i < rounds; ++i) {
    product.add(contest->product());
    raw.add(contest->raw_grouped(*writer));
  }
  print("SQLite", of.noun, product, 0);
  print("SQLite", "raw, 32 rows a transaction", raw, median(product.per_second));
}

void postgres(const ContestOf& of, std::size_t rounds) {
  sql::DatabaseOptions options;
  options.dsn = setting("KS_BENCH_DSN");
  options.owner_dsn = setting("KS_BENCH_OWNER_DSN");
  options.auto_migrate = true;
  options.writers_max = Contest::kConnections;
  const auto contest = of.make(options, of.writes_postgres);
  std::vector<std::unique_ptr<RawWriter>> pipelined, stepwise;
  for (std::size_t i = 0; i < Contest::kConnections; ++i) {
    pipelined.push_back(raw_postgres(options.owner_dsn, of.statements, true));
    stepwise.push_back(raw_postgres(options.owner_dsn, of.statements, false));
  }
  Series product, raw, steps;
  for (std::size_t i = 0; i < rounds; ++i) {
    product.add(contest->product());
    raw.add(contest->raw_parallel(pipelined));
    steps.add(contest->raw_parallel(stepwise));
  }
  print("PostgreSQL", of.noun, product, 0);
  print("PostgreSQL", "raw, one flight", raw, median(product.per_second));
  print("PostgreSQL", "raw, statement by statement", steps, median(product.per_second));
}

}  // namespace

int run(const ContestOf& of, int argc, char** argv) {
  const std::string engine = argc == 2 ? argv[1] : "";
  const std::size_t rounds = std::getenv("LONG") != nullptr ? 9 : 3;
  if (engine == "sqlite") {
    sqlite(of, rounds);
  } else if (engine == "postgres") {
    postgres(of, rounds);
  } else {
    fmt::print(stderr, "{} sqlite|postgres\n", argv[0]);
    return 2;
  }
  return 0;
}

}  // namespace ks::bench
