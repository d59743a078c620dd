#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "sql/driver/migrations.hpp"
#include "store/transaction.hpp"

// Which engine, and how to get at it. The only header of this folder, apart from the stores', that
// a composition root needs.
namespace ks::sql {

struct DatabaseOptions {
  std::string dsn = {};  // sqlite:PATH, sqlite::memory:, postgres://... or postgresql://...
  std::string owner_dsn =
      {};  // PostgreSQL: the login that owns the tables; empty: the one of `dsn`.
  bool auto_migrate = false;
  bool dev_mode = false;
  // Serve with a login that row-level security does not bind. Dev mode allows it too.
  bool allow_superuser = false;
  std::size_t writers_max =
      8;  // PostgreSQL: connections for transactions; a quarter more for fleet.
  std::int64_t sqlite_pages_max = 0;
  // SQLite: a command beside a running server; see SqliteOptions::visit.
  bool sqlite_visit = false;
};

// Opens, migrates if asked to, and refuses a schema that is not this program's. Faults that the
// operator of the installation must mend (a wrong DSN, a missing role) are in the error's message.
// `clock` outlives the database. Nothing may be under way when it ends, and the loops whose fibers
// used it end before it.
Result<std::unique_ptr<Database>> open_database(const DatabaseOptions& options, const Clock& clock);

// Under a lock that other migrators wait for (PostgreSQL) or are refused by (SQLite).
Result<MigrationReport> migrate_database(const DatabaseOptions& options, const Clock& clock);

}  // namespace ks::sql
