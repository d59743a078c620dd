#pragma once

#include <span>
#include <string_view>

// A named statement of queries/*.sql. cmake/embed_sql.py makes them; nothing else does, apart from
// the driver's own tests.
namespace ks::sql {

// Whose rows a statement may touch, and which parameters the driver therefore binds by itself:
// client :client; person :client and :user; tenant :client and :org; fleet none.
enum class Scope { client, person, tenant, fleet };

// How many rows come back: none (the number of changed rows is the answer), exactly one, at most
// one, any number.
enum class Rows { none, one, optional, many };

struct StatementText {
  std::string_view name;
  Scope scope;
  Rows rows;
  std::string_view sqlite;    // Parameters as ?1, ?2...
  std::string_view postgres;  // The same numbers as $1, $2...
  // Names by number: those of the scope first, then the statement's own in order of appearance.
  std::span<const std::string_view> parameters;
  // Where it stands, for messages: "deployments.sql:12".
  std::string_view place;
};

// What the compiler knows of a statement: its scope decides what opens it, its rows the type of the
// answer, `P` the number of its own parameters.
template <Scope S, Rows R, int P>
struct Statement {
  const StatementText* text;
};

// Every statement of the program, by name.
std::span<const StatementText* const> all_statements();

}  // namespace ks::sql
