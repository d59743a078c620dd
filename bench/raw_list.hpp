#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "sql/driver/statement.hpp"

namespace ks::bench {

// Rows that a list's select gives: the page and the one that tells that there are more.
inline constexpr std::size_t kListed = 101;

// The select of a list of 100 as the store runs it.
struct ListSelect {
  const sql::StatementText* text;
  // All of them, the scope's first.
  std::vector<std::string> parameters;
};

// A select, prepared, by the engine's own library. A fault ends the process.
class RawList {
 public:
  virtual ~RawList() = default;
  // Looks at every column; the number of rows.
  virtual std::size_t read() = 0;
};

std::unique_ptr<RawList> raw_list_sqlite(const std::string& path, const ListSelect& select);
// Under row-level security as the role, its settings (the first two parameters) in the same flight.
std::unique_ptr<RawList> raw_list_postgres(const std::string& dsn, const std::string& role,
                                           const ListSelect& select);

}  // namespace ks::bench
