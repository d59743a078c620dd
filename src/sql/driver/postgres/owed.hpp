#pragma once

#include <compare>
#include <memory>
#include <optional>
#include <string>

#include "sql/driver/postgres/pipeline.hpp"
#include "sql/driver/statement.hpp"

namespace ks::sql {

// What is prepared on a connection: a statement, by itself or with the guard joined to it.
struct PgText {
  const StatementText* of;
  bool guarded;
  friend auto operator<=>(const PgText&, const PgText&) = default;
};

struct PgPrepared {
  std::string name;
  std::optional<Error> refused;
};

// A result that the server still owes.
struct PgOwed {
  // `guarded`: guard and statement as one.
  enum class Part { prepare, bind, guard, statement, guarded, sync };
  Part part;
  PgText text;
  std::shared_ptr<PgRead> read;
  bool last = false;  // Of its read.
  bool seen = false;  // The result came, its end did not.
};

}  // namespace ks::sql
