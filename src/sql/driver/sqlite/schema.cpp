#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/log.hpp"
#include "sql/driver/sqlite/connection.hpp"

namespace ks::sql {

namespace {

constexpr StatementText kTables = sqlite_text(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    Rows::many);
constexpr StatementText kUniqueColumns = sqlite_text(
    "SELECT t.name, i.name, i.origin, c.name "
    "FROM sqlite_schema AS t, pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c "
    "WHERE t.type = 'table' AND i.\"unique\" = 1 ORDER BY t.name, i.name, c.seqno",
    Rows::many);
constexpr StatementText kHasMigrations =
    sqlite_text("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'",
                Rows::optional);
constexpr StatementText kVersion =
    sqlite_text("SELECT COALESCE(MAX(version), 0) FROM schema_migrations", Rows::one);
constexpr StatementText kApplied = sqlite_text(
    "SELECT version, name, checksum FROM schema_migrations ORDER BY version", Rows::many);
constexpr StatementText kRecord = sqlite_text(
    "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)");

// "client_id, email" of the text behind CONSTRAINT name UNIQUE, without spaces.
struct NamedUnique {
  std::string name;
  std::string columns;
};

std::vector<NamedUnique> named_uniques(std::string_view sql) {
  std::vector<NamedUnique> out;
  constexpr std::string_view kWord = "CONSTRAINT ";
  for (auto at = sql.find(kWord); at != std::string_view::npos; at = sql.find(kWord, at + 1)) {
    const auto name_at = at + kWord.size();
    const auto name_end = sql.find_first_of(" \n", name_at);
    const auto unique_at = sql.find_first_not_of(" \n", name_end);
    if (unique_at == std::string_view::npos || !sql.substr(unique_at).starts_with("UNIQUE"))
      continue;
    const auto open = sql.find('(', unique_at);
    const auto close = sql.find(')', open);
    if (close == std::string_view::npos) continue;
    NamedUnique found{std::string(sql.substr(name_at, name_end - name_at)), {}};
    for (const char c : sql.substr(open + 1, close - open - 1))
      if (!std::isspace(static_cast<unsigned char>(c))) found.columns += c;
    out.push_back(std::move(found));
  }
  return out;
}

}  // namespace

Result<ConstraintNames> SqliteConnection::constraint_names() {
  std::map<std::string, std::vector<NamedUnique>, std::less<>> named;
  KS_TRY(const auto tables, execute(kTables, {}));
  for (std::size_t i = 0; i < tables->rows(); ++i) {
    const Row row(tables, i);
    named[row.str(0)] = named_uniques(row.text(1));
  }
  ConstraintNames names;
  KS_TRY(const auto columns, execute(kUniqueColumns, {}));
  for (std::size_t i = 0; i < columns->rows();) {
    const Row first(columns, i);
    const std::string_view table = first.text(0);
    std::string plain, qualified, underscored;
    for (; i < columns->rows(); ++i) {
      const Row row(columns, i);
      if (row.text(0) != table || row.text(1) != first.text(1)) break;
      plain += fmt::format("{}{}", plain.empty() ? "" : ",", row.text(3));
      qualified += fmt::format("{}{}.{}", qualified.empty() ? "" : ", ", table, row.text(3));
      underscored += fmt::format("_{}", row.text(3));
    }
    // What PostgreSQL calls a constraint that was given no name.
    std::string name = first.text(2) == "pk" ? fmt::format("{}_pkey", table)
                                             : fmt::format("{}{}_key", table, underscored);
    if (first.text(2) == "c") name = first.str(1);
    for (const NamedUnique& unique : named[std::string(table)])
      if (first.text(2) == "u" && unique.columns == plain) name = unique.name;
    names.add(std::move(qualified), std::move(name));
  }
  return names;
}

Result<int> sqlite_schema_version(SqliteConnection& connection) {
  KS_TRY(const auto there, connection.execute(kHasMigrations, {}));
  if (there->rows() == 0) return 0;
  KS_TRY(const auto version, connection.execute(kVersion, {}));
  return static_cast<int>(Row(version, 0).integer(0));
}

Result<MigrationReport> migrate_sqlite(SqliteConnection& connection, Time now) {
  KS_CHECK(connection.script(
      "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER NOT NULL PRIMARY KEY, "
      "name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;"));
  MigrationReport report;
  // The lock is taken before it is looked what is left to do.
  KS_CHECK(connection.script("BEGIN EXCLUSIVE"));
  const auto take_steps = [&]() -> Result<void> {
    KS_TRY(const auto rows, connection.execute(kApplied, {}));
    std::vector<Applied> applied;
    for (std::size_t i = 0; i < rows->rows(); ++i) {
      const Row row(rows, i);
      applied.push_back({static_cast<int>(row.integer(0)), row.str(1), row.str(2)});
    }
    KS_TRY(const auto left, steps_left(Engine::sqlite, applied));
    for (const Migration& step : left) {
      KS_CHECK(connection.script("SAVEPOINT step"));
      KS_CHECK(connection.script(std::string(step.text)));
      const Value values[] = {step.version, step.name, step.checksum, now};
      KS_CHECK(connection.execute(kRecord, values));
      KS_CHECK(connection.script("RELEASE step"));
      report.applied.push_back(step.name);
    }
    return {};
  };
  auto done = take_steps();
  if (done) done = connection.script("COMMIT");
  if (!done) {
    if (connection.in_transaction()) (void)connection.script("ROLLBACK");
    return std::unexpected(std::move(done).error());
  }
  KS_TRY(report.version, sqlite_schema_version(connection));
  return report;
}

}  // namespace ks::sql
