#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/call.hpp"
#include "api/exports/seats.hpp"
#include "api/services.hpp"

namespace ks::api {

// What somebody takes away: rows that are read, a part at a time, while the client takes them.
// Every part is read under the rights of that moment, and one part is in memory, however many rows
// there are and however slowly they are taken.

enum class ExportFormat { csv, ndjson };
constexpr std::string_view name(ExportFormat format) {
  return format == ExportFormat::csv ? "csv" : "ndjson";
}
// csv where none is named; 422 "?format".
Result<ExportFormat> export_format(const http::Request& request);

// A file may be read out of a thousand reads, and leaves a row in the audit log: starting one
// counts as so many writes of the person.
inline constexpr std::int64_t kExportPrice = 30;
// So long a file is sent at most: it reads the database as long as its client takes it. Then the
// body ends before its end.
inline constexpr Duration kExportLife = minutes(10);

// What a part holds at most.
inline constexpr std::size_t kExportPartBytes = 256 * 1024;

struct ExportedRows {
  std::string text;
  std::optional<std::string> next;  // Where to go on; none at the end.
};

struct Export {
  // Reads at most so many rows after a place ("" at first). No other effect: the same rows are read
  // once more where they were too long for a part. May stop early once they are.
  using Read =
      std::function<Result<ExportedRows>(Tx&, const TenantScope&, const std::string& after, int)>;
  std::string file;  // Its name, without what the format adds. Nothing that anybody typed.
  ExportFormat format = ExportFormat::csv;
  std::string head;  // Before the rows.
  Read read;
};

// Runs `begin` in a transaction of its own, which decides whether the caller may and writes down
// that they do, and answers with the file. 429 "too_many_exports" where too many run, and
// "too_many_requests" where too many were started: nothing is written down then. A link on another
// site cannot start it.
Result<http::Response> begin_export(
    Services& services, ExportSeats& seats, const ClientScope& client, const std::string& token,
    const TenantScope& seen, const Call& call,
    const std::function<Result<Export>(Tx&, const TenantScope&)>& begin);

}  // namespace ks::api
