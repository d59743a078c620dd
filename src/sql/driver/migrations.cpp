#include "sql/driver/migrations.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "embedded/migrations.hpp"

namespace ks::sql {

namespace {
std::vector<Migration> load(std::string_view file_name) {
  std::vector<Migration> out;
  for (const auto& file : embedded::migrations()) {
    const auto slash = file.path.find('/');
    if (slash == std::string_view::npos || file.path.substr(slash + 1) != file_name) continue;
    const std::string_view folder = file.path.substr(0, slash);
    int version = 0;
    const auto [end, code] = std::from_chars(folder.data(), folder.data() + folder.size(), version);
    KS_ASSERT(code == std::errc{} && end != folder.data() + folder.size() && *end == '_');
    const Sha256 digest = sha256(file.text);
    out.push_back({version, std::string(folder), file.text, hex(digest)});
  }
  std::ranges::sort(out, {}, &Migration::version);
  for (std::size_t i = 0; i < out.size(); ++i)
    KS_ASSERT_MSG(out[i].version == static_cast<int>(i) + 1, "migrations are numbered from 1 on");
  return out;
}
}  // namespace

const std::vector<Migration>& migrations_of(Engine engine) {
  static const std::vector<Migration> kSqlite = load("sqlite.sql");
  static const std::vector<Migration> kPostgres = load("postgres.sql");
  return engine == Engine::sqlite ? kSqlite : kPostgres;
}

int newest_version(Engine engine) { return migrations_of(engine).back().version; }

Result<std::vector<Migration>> steps_left(Engine engine, const std::vector<Applied>& applied) {
  const auto& all = migrations_of(engine);
  std::size_t done = 0;
  for (const Applied& row : applied) {
    if (row.version > all.back().version)
      return std::unexpected(check_version(engine, row.version).error());
    const Migration& step = all[static_cast<std::size_t>(row.version - 1)];
    if (step.checksum != row.checksum)
      return conflict("migration_changed",
                      fmt::format("Step {} of the schema was taken from another text than this "
                                  "program has; it was changed after its release.",
                                  step.name));
    done = std::max(done, static_cast<std::size_t>(row.version));
  }
  if (done != applied.size())
    return conflict("migration_missing", "The database lacks a step before its newest one.");
  return std::vector<Migration>(all.begin() + static_cast<std::ptrdiff_t>(done), all.end());
}

Result<void> check_version(Engine engine, int version) {
  const int newest = newest_version(engine);
  if (version == newest) return {};
  if (version > newest)
    return conflict("schema_too_new",
                    fmt::format("The database has schema version {}, this program knows {}. Use "
                                "the program that migrated it, or a newer one.",
                                version, newest));
  return conflict("schema_too_old",
                  fmt::format("The database has schema version {}, this program needs {}. Run "
                              "`k8s-scheduler migrate`.",
                              version, newest));
}

}  // namespace ks::sql
