#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>

namespace ks::bench {

// Rows that the list's select gives: the page and the one that tells that there are more.
inline constexpr std::size_t kListed = 101;

// The select of a list of 100, prepared, by the engine's own library. A fault ends the process.
class RawList {
 public:
  virtual ~RawList() = default;
  // Looks at every column; the number of rows.
  virtual std::size_t read() = 0;
};

// Of client, organization and team.
using ListPlace = std::array<std::string, 3>;
std::unique_ptr<RawList> raw_list_sqlite(const std::string& path, const ListPlace& place);
// Under row-level security as the role, its settings in the same flight.
std::unique_ptr<RawList> raw_list_postgres(const std::string& dsn, const std::string& role,
                                           const ListPlace& place);

}  // namespace ks::bench
