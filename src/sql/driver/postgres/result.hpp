#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "sql/driver/row.hpp"
#include "sql/driver/statement.hpp"

struct pg_conn;
struct pg_result;

namespace ks::sql {

struct PgClear {
  void operator()(pg_result* result) const;
};
using PgResult = std::unique_ptr<pg_result, PgClear>;

// What a failed statement means to the one who sent it.
struct PgFailure {
  enum class Kind {
    statement,  // It failed; the connection goes on.
    again,      // Deadlock or serialization: the same transaction may succeed when repeated.
    lost,       // The connection is gone, or about to be.
  };
  Kind kind;
  Error error;
};

// What became of a statement.
enum class PgOutcome { ok, failed, skipped };
PgOutcome outcome_of(const pg_result* result);

PgFailure failure_of(const pg_result* result, std::string_view statement);
std::shared_ptr<const RowTable> rows_of(const pg_result* result);
// Of the first `rows` rows the columns from `first` to before `end`.
std::shared_ptr<const RowTable> rows_of(const pg_result* result, int first, int end, int rows);

// Parameters in libpq's form: text, null-terminated.
class PgParameters {
 public:
  explicit PgParameters(std::span<const Value> values);
  int count() const { return static_cast<int>(pointers_.size()); }
  const char* const* values() const { return pointers_.data(); }

 private:
  std::string arena_;
  std::vector<const char*> pointers_;
};

// A statement of the driver's own.
constexpr StatementText postgres_text(std::string_view sql, Rows rows = Rows::none) {
  return {sql, Scope::fleet, rows, {}, sql, {}, "driver"};
}

// Binds the policies of row-level security; true: for this transaction only.
inline constexpr StatementText kBindScope = postgres_text(
    "SELECT set_config('app.client', $1, true), set_config('app.org', $2, true), "
    "set_config('app.user', $3, true)",
    Rows::one);

// Which commits the server has seen, and which server it is. Of one row, or none on a standby.
inline constexpr StatementText kStamp = postgres_text(
    "SELECT pg_current_snapshot()::text || ' ' || pg_postmaster_start_time()::text "
    "WHERE NOT pg_is_in_recovery()",
    Rows::optional);

}  // namespace ks::sql
