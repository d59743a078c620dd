#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "bench/raw.hpp"
#include "bench/speed.hpp"
#include "bench/world.hpp"

namespace ks::bench {

// A write of the product beside the same rows written by the driver alone.
class Contest {
 public:
  // Writers at once: requests on one side, rows in a transaction or connections on the other.
  static constexpr std::size_t kWriters = 32;
  static constexpr std::size_t kConnections = 8;  // As many as the program opens for transactions.

  // `writes` of all writers together.
  Contest(const sql::DatabaseOptions& options, std::size_t writes)
      : world_(options, 1000), each_(writes / kWriters) {}
  virtual ~Contest() = default;
  Contest(const Contest&) = delete;
  Contest& operator=(const Contest&) = delete;

  Speed product();
  // Groups of kWriters rows in a transaction.
  Speed raw_grouped(RawWriter& writer);
  Speed raw_parallel(const std::vector<std::unique_ptr<RawWriter>>& writers);

 protected:
  // What a run needs, made outside the time that is taken; gives what does the i-th write of writer
  // w as a request does it: the session is loaded in the transaction, then the use case.
  virtual std::function<void(std::size_t w, std::size_t i)> ready() = 0;
  // For each writer its rows, made beforehand.
  virtual std::vector<std::vector<RawRow>> raw_rows() = 0;

  World& world() { return world_; }
  std::size_t each() const { return each_; }

 private:
  static constexpr std::size_t kLoops = 2;
  World world_;
  std::size_t each_;  // Writes of one writer.
};

struct ContestOf {
  const char* noun;  // "create"
  RawStatements statements;
  std::size_t writes_sqlite;
  std::size_t writes_postgres;
  std::function<std::unique_ptr<Contest>(const sql::DatabaseOptions&, std::size_t writes)> make;
};

// The program: `argv` has the engine. PostgreSQL is that of $KS_BENCH_DSN and $KS_BENCH_OWNER_DSN.
int run(const ContestOf& of, int argc, char** argv);

}  // namespace ks::bench
