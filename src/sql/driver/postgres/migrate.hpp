#pragma once

#include <string>

#include "base/clock.hpp"
#include "sql/driver/migrations.hpp"
#include "sql/driver/postgres/login.hpp"

namespace ks::sql {

// What a database says about a login that is about to serve from it.
struct PgStanding {
  std::string database;
  std::string login;
  bool unbound = false;    // Superuser or BYPASSRLS: row-level security does not hold it.
  bool has_roles = false;  // The database's two roles are there.
  bool member = false;     // The login may take both.
  bool owns_tables = false;
};
Result<PgStanding> pg_standing(const PgLogin& login);

// The SQL that lets `standing`'s login serve, for an administrator to run.
std::string role_sql(const PgStanding& standing);

// Blocks the calling thread; waits for other migrators. `owner` will own the tables; `serving` is
// the login that the program uses, and is given the two roles.
Result<MigrationReport> migrate_postgres(const PgLogin& owner, const PgLogin& serving, Time now);

}  // namespace ks::sql
