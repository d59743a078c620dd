#pragma once

#include <cstddef>
#include <memory>

#include "sql/driver/postgres/login.hpp"
#include "store/transaction.hpp"

namespace ks::sql {

struct PostgresOptions {
  PgLogin login;
  bool allow_unbound = false;  // Serve with a login that row-level security does not bind.
  std::size_t writers_max = 8;
};

// Reads of fibers go over one pipelined connection a loop; writes, and what comes from plain
// threads, over pools. Every connection takes its role when it connects.
Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options);

}  // namespace ks::sql
