#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace ks::sql {

enum class Engine { sqlite, postgres };

// One step of the schema, as it stands in migrations/NNNN_name/<engine>.sql.
struct Migration {
  int version;
  std::string name;
  std::string_view text;
  std::string checksum;
};

// What the database says it has been through.
struct Applied {
  int version;
  std::string name;
  std::string checksum;
};

struct MigrationReport {
  int version = 0;                   // The schema's, afterwards.
  std::vector<std::string> applied;  // Names of the steps that were taken now.
};

// All steps of this program, oldest first.
const std::vector<Migration>& migrations_of(Engine engine);
int newest_version(Engine engine);

// The steps that are still to be taken. An unknown newer version, and a step that was changed after
// it was taken, are refused: the data may mean something else than this program thinks.
Result<std::vector<Migration>> steps_left(Engine engine, const std::vector<Applied>& applied);

// For serving: `ok` only at exactly this program's version.
Result<void> check_version(Engine engine, int version);

}  // namespace ks::sql
