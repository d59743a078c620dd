#include "sql/database.hpp"

#include "sql/driver/postgres/database.hpp"
#include "sql/driver/postgres/migrate.hpp"
#include "sql/driver/sqlite/database.hpp"

namespace ks::sql {

namespace {
constexpr std::string_view kSqlite = "sqlite:";

bool is_postgres(std::string_view dsn) {
  return dsn.starts_with("postgres://") || dsn.starts_with("postgresql://");
}

std::unexpected<Error> unknown_dsn() {
  return invalid("DATABASE_DSN must be sqlite:PATH or postgres://...");
}
}  // namespace

Result<std::unique_ptr<Database>> open_database(const DatabaseOptions& options,
                                                const Clock& clock) {
  if (options.dsn.starts_with(kSqlite))
    return open_sqlite({.path = options.dsn.substr(kSqlite.size()),
                        .auto_migrate = options.auto_migrate,
                        .pages_max = options.sqlite_pages_max,
                        .visit = options.sqlite_visit},
                       clock);
  if (!is_postgres(options.dsn)) return unknown_dsn();
  if (options.auto_migrate) KS_CHECK(migrate_database(options, clock));
  KS_TRY(auto login, PgLogin::parse(options.dsn));
  return open_postgres({.login = std::move(login),
                        .allow_unbound = options.dev_mode || options.allow_superuser,
                        .writers_max = options.writers_max});
}

Result<MigrationReport> migrate_database(const DatabaseOptions& options, const Clock& clock) {
  if (options.dsn.starts_with(kSqlite))
    return migrate_sqlite_file(options.dsn.substr(kSqlite.size()), clock);
  if (!is_postgres(options.dsn)) return unknown_dsn();
  KS_TRY(const auto serving, PgLogin::parse(options.dsn));
  if (options.owner_dsn.empty()) return migrate_postgres(serving, serving, clock.now());
  KS_TRY(const auto owner, PgLogin::parse(options.owner_dsn));
  return migrate_postgres(owner, serving, clock.now());
}

}  // namespace ks::sql
