#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "authz/scope.hpp"
#include "sql/driver/sql_tx.hpp"
#include "tests/store/engines.hpp"

// Tenants that differ in nothing but their keys, and a way to run any statement as one of them.
namespace ks::test {

// An argument: text or a number.
struct Argument {
  Argument(const char* text) : text_(text) {}             // NOLINT(google-explicit-constructor)
  Argument(std::string text) : text_(std::move(text)) {}  // NOLINT(google-explicit-constructor)
  Argument(int number) : number_(number) {}               // NOLINT(google-explicit-constructor)
  sql::Value value() const { return text_ ? sql::Value(*text_) : sql::Value(number_); }

 private:
  std::optional<std::string> text_;
  std::int64_t number_ = 0;
};

// Whose rows: numbers of the client, the organization and the person.
struct Who {
  int client = 1;
  int org = 1;
  int user = 1;
};

// The n-th id. Things of all kinds share it, so that a mix-up of kinds finds something too.
std::string number_id(int n);

// The row of an answer as text, "NULL" for null; sorted where the order says nothing.
struct Outcome {
  std::vector<std::string> rows;
  std::int64_t affected = 0;
  std::string problem;  // Empty when it went well.
  bool touched() const { return problem.empty() && (affected > 0 || !rows.empty()); }
  friend bool operator==(const Outcome&, const Outcome&) = default;
};
std::string shown(const Outcome& outcome);

// Runs `statement` bound to `who`, whatever its scope.
Outcome run_as(Tx& tx, const Who& who, const sql::StatementText& statement,
               const std::vector<Argument>& own);
// Runs text without parameters as background work.
Outcome run_text(Tx& tx, const std::string& text);

// All rows of all tables, one line each, sorted.
std::vector<std::string> dump(Tx& tx, const std::vector<std::string>& tables);
std::vector<std::string> tables_of_schema();

// Which twins stand beside tenant A.
enum class Beside { nobody, tenants, persons };
// Fills an empty database.
void populate(Database& database, Beside beside);

// Columns unique by nature, so that twins cannot have the same value. The list only shrinks: an
// entry that the schema does not make unique beyond the organization fails the test.
extern const std::vector<std::string> kUniqueByNature;

}  // namespace ks::test
