#include "sql/driver/postgres/result.hpp"

#include <charconv>
#include <cstring>
#include <limits>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/log.hpp"
#include "sql/driver/engine.hpp"

namespace ks::sql {

namespace {
// Object identifiers of built-in types (pg_type.dat).
constexpr Oid kBool = 16, kInt8 = 20, kInt2 = 21, kInt4 = 23;

std::string_view field(const pg_result* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string_view{} : std::string_view(text);
}
}  // namespace

void PgClear::operator()(pg_result* result) const { PQclear(result); }

PgOutcome outcome_of(const pg_result* result) {
  switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
      return PgOutcome::ok;
    case PGRES_PIPELINE_ABORTED:
      return PgOutcome::skipped;
    default:
      return PgOutcome::failed;
  }
}

PgFailure failure_of(const pg_result* result, std::string_view statement) {
  using Kind = PgFailure::Kind;
  const std::string_view state = field(result, PG_DIAG_SQLSTATE);
  const std::string_view message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state.starts_with("23")) {
    if (state == "23503")
      return {Kind::statement,
              conflict("foreign_key",
                       "Something that this refers to does not exist, or something "
                       "refers to this.")
                  .error()};
    const std::string name(field(result, PG_DIAG_CONSTRAINT_NAME));
    if (state == "23505")
      return {Kind::statement, conflict(name, "This is already taken.").error()};
    if (state == "23514")
      return {Kind::statement, conflict(name, "This is outside what is allowed.").error()};
  }
  log::Level level = log::Level::error;
  if (state == "40001" || state == "40P01") level = log::Level::info;
  log::write(level, "a statement failed",
             {{"statement", statement}, {"sqlstate", state}, {"message", message}});
  if (state == "40001" || state == "40P01")
    return {Kind::again, database_unavailable("Too many changes at once; try again.").error()};
  if (state == "53100") return {Kind::statement, storage_full().error()};
  // The server goes down, is not up yet, or has cut the connection.
  if (state.empty() || state.starts_with("08") || state.starts_with("57P"))
    return {Kind::lost,
            database_unavailable("The database cannot be reached at the moment.").error()};
  if (state == "57014" || state == "55P03" || state == "25P03" || state.starts_with("53") ||
      state.starts_with("58") || state.starts_with("XX"))
    return {Kind::statement,
            database_unavailable("The database cannot do this at the moment.").error()};
  return {Kind::statement, bug(fmt::format("{}: {} {}", statement, state, message)).error()};
}

std::shared_ptr<const RowTable> rows_of(const pg_result* result) {
  return rows_of(result, 0, PQnfields(result), PQntuples(result));
}

std::shared_ptr<const RowTable> rows_of(const pg_result* result, int first, int end, int rows) {
  auto table = std::make_shared<RowTable>();
  table->set_columns(end - first);
  table->reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(end - first));
  for (int row = 0; row < rows; ++row) {
    for (int column = first; column < end; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        table->add_null();
        continue;
      }
      const std::string_view text(PQgetvalue(result, row, column),
                                  static_cast<std::size_t>(PQgetlength(result, row, column)));
      switch (PQftype(result, column)) {
        case kBool:
          table->add_integer(text == "t" ? 1 : 0);
          break;
        case kInt2:
        case kInt4:
        case kInt8: {
          std::int64_t value = 0;
          std::from_chars(text.data(), text.data() + text.size(), value);
          table->add_integer(value);
          break;
        }
        default:
          table->add_text(text);
      }
    }
  }
  const std::string_view changed = PQcmdTuples(const_cast<pg_result*>(result));
  std::int64_t affected = 0;
  std::from_chars(changed.data(), changed.data() + changed.size(), affected);
  table->set_affected(affected);
  return table;
}

PgParameters::PgParameters(std::span<const Value> values) {
  constexpr std::size_t kNull = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> offsets;
  offsets.reserve(values.size());
  for (const Value& value : values) {
    if (value.kind() == Value::Kind::null) {
      offsets.push_back(kNull);
      continue;
    }
    offsets.push_back(arena_.size());
    if (value.kind() == Value::Kind::text) {
      arena_.append(value.text());
    } else {
      char digits[24];
      const auto end = std::to_chars(digits, digits + sizeof digits, value.integer()).ptr;
      arena_.append(digits, end);
    }
    arena_.push_back('\0');
  }
  pointers_.reserve(offsets.size());
  for (const std::size_t offset : offsets)
    pointers_.push_back(offset == kNull ? nullptr : arena_.data() + offset);
}

}  // namespace ks::sql
