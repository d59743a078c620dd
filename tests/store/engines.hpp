#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "sql/database.hpp"
#include "store/transaction.hpp"

namespace ks::test {

// A folder that goes with its object.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// An empty, migrated database of one engine.
class EngineCase {
 public:
  enum class Kind { sqlite_memory, sqlite_file, postgres };

  explicit EngineCase(Kind kind);
  ~EngineCase();

  Kind kind() const { return kind_; }
  std::string name() const;
  bool is_postgres() const { return kind_ == Kind::postgres; }
  Database& database() { return *database_; }
  ManualClock& clock() { return clock_; }
  const sql::DatabaseOptions& options() const { return options_; }
  // A second one beside it; PostgreSQL only.
  std::unique_ptr<Database> open_another() const;
  void close() { database_.reset(); }
  void reopen();

 private:
  Kind kind_;
  ManualClock clock_;
  TempFolder folder_;
  sql::DatabaseOptions options_;
  std::unique_ptr<Database> database_;
};

// Runs `promise` on a fresh database of each engine: SQLite in memory, SQLite in a file, and
// PostgreSQL where it is installed. A failed check names the engine.
void for_each_engine(const std::function<void(EngineCase&)>& promise);

}  // namespace ks::test
