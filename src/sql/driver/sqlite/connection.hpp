#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "sql/driver/migrations.hpp"
#include "sql/driver/row.hpp"
#include "sql/driver/statement.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace ks::sql {

// Which commit a database file is at: the header of its WAL index, whose counter, salts and
// checksum over all frames change with every commit of every process
// (https://www.sqlite.org/walformat.html, "The WAL-Index File Format").
using SqliteStamp = std::array<std::uint64_t, 6>;

// SQLite reports the columns of a broken unique constraint, not its name; this finds the name.
class ConstraintNames {
 public:
  void add(std::string columns, std::string name) { names_[std::move(columns)] = std::move(name); }
  // `columns` as SQLite writes them: "users.client_id, users.email".
  std::string find(std::string_view columns) const;

 private:
  std::map<std::string, std::string, std::less<>> names_;
};

// One connection; one thread at a time. Statements are prepared once each.
class SqliteConnection {
 public:
  enum class Access { read_write, read_only };
  // Opens an existing file or (read_write) makes it; ":memory:" gives a database of its own.
  static Result<std::unique_ptr<SqliteConnection>> open(const std::string& path, Access access);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  Result<std::shared_ptr<const RowTable>> execute(const StatementText& statement,
                                                  std::span<const Value> parameters);
  // A statement without parameters and rows, BEGIN and the like.
  Result<void> control(const StatementText& statement);
  // Any SQL, several statements.
  Result<void> script(const std::string& sql);
  bool in_transaction() const;
  Result<bool> only_reads(const StatementText& statement);
  // The commit that a read which began now would see, or a later one; without any call of the
  // system. None for a database without a WAL index, or while a commit is writing the stamp down.
  std::optional<SqliteStamp> stamp();

  Result<ConstraintNames> constraint_names();
  void use(std::shared_ptr<const ConstraintNames> names) { names_ = std::move(names); }

 private:
  explicit SqliteConnection(sqlite3* handle) : handle_(handle) {}
  Result<sqlite3_stmt*> prepared(const StatementText& statement);
  Error failure(std::string_view what, int code) const;

  const volatile std::uint64_t* wal_index();

  sqlite3* handle_;
  // Mapped by SQLite for as long as the connection is open.
  const volatile std::uint64_t* wal_index_ = nullptr;
  bool has_read_ = false;
  std::unordered_map<const StatementText*, sqlite3_stmt*> statements_;
  std::shared_ptr<const ConstraintNames> names_;
};

// 0 for a database that was never migrated.
Result<int> sqlite_schema_version(SqliteConnection& connection);
Result<MigrationReport> migrate_sqlite(SqliteConnection& connection, Time now);

// A statement of the driver's own.
constexpr StatementText sqlite_text(std::string_view sql, Rows rows = Rows::none) {
  return {sql, Scope::fleet, rows, sql, {}, {}, "driver"};
}

}  // namespace ks::sql
