#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "sql/driver/migrations.hpp"
#include "store/transaction.hpp"

namespace ks::sql {

struct SqliteOptions {
  std::string path;  // Or ":memory:".
  bool auto_migrate = true;
  // The largest size of the file in pages of 4 KiB; 0 for no bound but the disk's.
  std::int64_t pages_max = 0;
  // A short visit by a command of the same installation while the server runs: takes no lock and
  // never migrates. SQLite itself keeps the writes apart.
  bool visit = false;
};

// One process a file: a second one is refused by a lock on `path`.lock.
//
// Writes run one after the other on a thread of the database, several of them committing together;
// their bodies therefore run on another thread than the caller's. Reads run on the calling thread,
// each in one read transaction of a connection that no other thread uses meanwhile. In memory,
// where connections cannot share data without locking each other out, reads run among the writes.
Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options, const Clock& clock);

// Brings the schema to this program's version, and lets go of the file again.
Result<MigrationReport> migrate_sqlite_file(const std::string& path, const Clock& clock);

}  // namespace ks::sql
