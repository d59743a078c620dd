#include "sql/driver/sql_tx.hpp"

#include <fmt/format.h>

namespace ks::sql {

std::unexpected<Error> SqlTx::wrong_count(const StatementText& statement, std::size_t rows) {
  return bug(fmt::format("{} ({}) gave {} rows", statement.name, statement.place, rows));
}

}  // namespace ks::sql
