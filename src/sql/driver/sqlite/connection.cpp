#include "sql/driver/sqlite/connection.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/log.hpp"
#include "sql/driver/engine.hpp"

namespace ks::sql {

namespace {
// Nobody but a person's backup or shell competes for the file's lock.
constexpr int kBusyMs = 5000;

std::string_view text_of(const unsigned char* text, int bytes) {
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(bytes)};
}

void append_row(RowTable& table, sqlite3_stmt* statement) {
  for (int i = 0; i < table.columns(); ++i) {
    switch (sqlite3_column_type(statement, i)) {
      case SQLITE_NULL:
        table.add_null();
        break;
      case SQLITE_INTEGER:
        table.add_integer(sqlite3_column_int64(statement, i));
        break;
      default: {
        const unsigned char* text = sqlite3_column_text(statement, i);
        table.add_text(text_of(text, sqlite3_column_bytes(statement, i)));
      }
    }
  }
}
}  // namespace

std::string ConstraintNames::find(std::string_view columns) const {
  const auto found = names_.find(columns);
  return found == names_.end() ? std::string(columns) : found->second;
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& path,
                                                                 Access access) {
  // SQLite counts its memory under one lock for all connections; nobody asks for the counts.
  static const int kUncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)kUncounted;
  sqlite3* handle = nullptr;
  const int flags = access == Access::read_only ? SQLITE_OPEN_READONLY
                                                : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(handle));
  if (code != SQLITE_OK)
    return database_unavailable(fmt::format("The database file {} cannot be opened: {}.", path,
                                            handle ? sqlite3_errmsg(handle) : "out of memory"));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyMs);
  KS_CHECK(
      connection->script("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
                         "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8192;"));
  if (access == Access::read_only) {
    KS_CHECK(connection->script("PRAGMA query_only = ON;"));
  } else {
    KS_CHECK(
        connection->script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                           // What was deleted is not in the file any more, nor, once it has been
                           // gone through, in its write-ahead log.
                           "PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 0;"));
  }
  return connection;
}

SqliteConnection::~SqliteConnection() {
  for (const auto& [text, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

Error SqliteConnection::failure(std::string_view what, int code) const {
  const std::string_view message = sqlite3_errmsg(handle_);
  const auto after = [&](std::string_view prefix) -> std::string {
    return message.starts_with(prefix) ? std::string(message.substr(prefix.size())) : std::string();
  };
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: {
      std::string name = after("UNIQUE constraint failed: ");
      if (name.starts_with("index '"))
        name = name.substr(7, name.size() - 8);
      else if (names_)
        name = names_->find(name);
      return conflict(std::move(name), "This is already taken.").error();
    }
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return conflict("foreign_key",
                      "Something that this refers to does not exist, or something "
                      "refers to this.")
          .error();
    case SQLITE_CONSTRAINT_CHECK:
      return conflict(after("CHECK constraint failed: "), "This is outside what is allowed.")
          .error();
    default:
      break;
  }
  const int primary = code & 0xff;
  if (primary == SQLITE_FULL) {
    log::error("the database's disk is full", {{"statement", what}});
    return storage_full().error();
  }
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED || primary == SQLITE_IOERR ||
      primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY || primary == SQLITE_NOMEM ||
      primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_INTERRUPT ||
      primary == SQLITE_PROTOCOL) {
    log::error("the database failed", {{"statement", what}, {"code", code}, {"message", message}});
    return database_unavailable("The database cannot be used at the moment.").error();
  }
  return bug(fmt::format("{}: {} ({})", what, message, code)).error();
}

Result<sqlite3_stmt*> SqliteConnection::prepared(const StatementText& statement) {
  const auto found = statements_.find(&statement);
  if (found != statements_.end()) return found->second;
  sqlite3_stmt* made = nullptr;
  const int code = sqlite3_prepare_v3(handle_, statement.sqlite.data(),
                                      static_cast<int>(statement.sqlite.size()),
                                      SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  if (code != SQLITE_OK) return std::unexpected(failure(statement.name, code));
  statements_.emplace(&statement, made);
  return made;
}

Result<std::shared_ptr<const RowTable>> SqliteConnection::execute(
    const StatementText& statement, std::span<const Value> parameters) {
  KS_TRY(sqlite3_stmt * prepared_statement, prepared(statement));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Value& value = parameters[i];
    const int number = static_cast<int>(i) + 1;
    switch (value.kind()) {
      case Value::Kind::null:
        sqlite3_bind_null(prepared_statement, number);
        break;
      case Value::Kind::integer:
        sqlite3_bind_int64(prepared_statement, number, value.integer());
        break;
      case Value::Kind::text:
        // A null pointer would bind NULL.
        sqlite3_bind_text(prepared_statement, number,
                          value.text().empty() ? "" : value.text().data(),
                          static_cast<int>(value.text().size()), SQLITE_STATIC);
        break;
    }
  }
  auto table = std::make_shared<RowTable>();
  table->set_columns(sqlite3_column_count(prepared_statement));
  int code = sqlite3_step(prepared_statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(prepared_statement))
    append_row(*table, prepared_statement);
  if (code == SQLITE_DONE && sqlite3_stmt_readonly(prepared_statement) == 0)
    table->set_affected(sqlite3_changes64(handle_));
  // The message is lost with the reset.
  std::optional<Error> error;
  if (code != SQLITE_DONE) error = failure(statement.name, code);
  sqlite3_reset(prepared_statement);
  sqlite3_clear_bindings(prepared_statement);
  if (error) return std::unexpected(std::move(*error));
  has_read_ = true;
  return table;
}

Result<void> SqliteConnection::control(const StatementText& statement) {
  KS_TRY(sqlite3_stmt * prepared_statement, prepared(statement));
  const int code = sqlite3_step(prepared_statement);
  std::optional<Error> error;
  if (code != SQLITE_DONE && code != SQLITE_ROW) error = failure(statement.name, code);
  sqlite3_reset(prepared_statement);
  if (error) return std::unexpected(std::move(*error));
  return {};
}

// The engine's own mapping, asked for as its pager does it: opening the file a second time and
// closing it would drop the locks that this process holds on it (fcntl(2)).
const volatile std::uint64_t* SqliteConnection::wal_index() {
  constexpr int kRegionBytes = 32 * 1024;
  // The engine is the one that opens the index, with its first read.
  if (wal_index_ != nullptr || !has_read_) return wal_index_;
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(handle_, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
      file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 2 ||
      file->pMethods->xShmMap == nullptr)
    return nullptr;
  volatile void* region = nullptr;
  if (file->pMethods->xShmMap(file, 0, kRegionBytes, 0, &region) != SQLITE_OK) return nullptr;
  wal_index_ = static_cast<const volatile std::uint64_t*>(region);
  return wal_index_;
}

std::optional<SqliteStamp> SqliteConnection::stamp() {
  const volatile std::uint64_t* index = wal_index();
  if (index == nullptr) return std::nullopt;
  // Two copies stand one after the other. Who commits writes the second first; while they differ
  // a commit is under way.
  SqliteStamp first;
  SqliteStamp second;
  for (std::size_t i = 0; i < first.size(); ++i) first[i] = index[i];
  std::atomic_thread_fence(std::memory_order_acquire);
  for (std::size_t i = 0; i < second.size(); ++i) second[i] = index[first.size() + i];
  // Zero: nobody has made the index yet. It holds the format's version otherwise.
  if (first != second || first[0] == 0) return std::nullopt;
  return first;
}

Result<void> SqliteConnection::script(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    return std::unexpected(failure("script", sqlite3_extended_errcode(handle_)));
  return {};
}

bool SqliteConnection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Result<bool> SqliteConnection::only_reads(const StatementText& statement) {
  KS_TRY(sqlite3_stmt * prepared_statement, prepared(statement));
  return sqlite3_stmt_readonly(prepared_statement) != 0;
}

}  // namespace ks::sql
