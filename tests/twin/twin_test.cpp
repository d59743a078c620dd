// Every statement of the program, on tenant A alone and beside twins: tenants with the same ids and
// names, one in another client, one in another organization of the same client; for a person's
// statements another person of the same teams. What A is given must be the same, and the twins'
// rows must stay as they are.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <memory>
#include <set>

#include <doctest/doctest.h>

#include "tests/store/postgres_server.hpp"
#include "tests/store/statements.hpp"
#include "tests/twin/arguments.hpp"
#include "tests/twin/world.hpp"

using namespace ks;
using namespace ks::test;

namespace {

using Lines = std::vector<std::string>;

Lines less(const Lines& all, const Lines& without) {
  Lines out;
  std::ranges::set_difference(all, without, std::back_inserter(out));
  return out;
}
Lines plus(const Lines& a, const Lines& b) {
  Lines out;
  std::ranges::merge(a, b, std::back_inserter(out));
  return out;
}

bool inserts(const sql::StatementText& statement) { return statement.sqlite.starts_with("INSERT"); }

struct Seen {
  Outcome outcome;
  Lines before, after;
};

// Runs a statement as tenant A as background work's role, which no row-level security hides twins
// from, and takes everything back. Where it inserts, the twins have inserted the same before.
Seen run_on(Database& database, Beside beside, const sql::StatementText& statement,
            const Lines& tables) {
  Seen seen;
  const auto result = database.fleet_write(kFleet, [&](Tx& tx) -> Result<void> {
    seen = {};
    const Call call = call_of(statement);
    if (beside != Beside::nobody && inserts(statement)) {
      std::vector<std::pair<Who, std::string>> twins{{{2, call.org, 1}, "-b"}};
      if (statement.scope == sql::Scope::tenant) twins.push_back({{1, call.org + 20, 1}, "-c"});
      if (statement.scope == sql::Scope::person) twins.push_back({{1, call.org, 2}, ""});
      for (const auto& [who, unique] : twins) {
        const Outcome twin = run_as(tx, who, statement, call_of(statement, unique).own);
        CHECK_MESSAGE(twin.problem.empty(), twin.problem);
        if (!twin.problem.empty()) return invalid("taken back");
      }
    }
    seen.before = dump(tx, tables);
    seen.outcome = run_as(tx, {1, call.org, 1}, statement, call.own);
    if (seen.outcome.problem.empty()) seen.after = dump(tx, tables);
    return invalid("taken back");
  });
  REQUIRE(!result);
  return seen;
}

// The statement with each outermost WHERE made true, its parameters still in it.
std::string without_where(std::string_view text) {
  const auto word_at = [&](std::size_t at, std::string_view word) {
    if (text.size() - at < word.size() || text.substr(at, word.size()) != word) return false;
    const auto letter = [&](std::size_t i) {
      return i < text.size() &&
             (std::isalnum(static_cast<unsigned char>(text[i])) || text[i] == '_');
    };
    return (at == 0 || !letter(at - 1)) && !letter(at + word.size());
  };
  std::string out;
  int depth = 0;
  bool quoted = false, open = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'') quoted = !quoted;
    if (!quoted) {
      depth += c == '(' ? 1 : (c == ')' ? -1 : 0);
      if (depth == 0 && word_at(i, "WHERE")) {
        out += "WHERE ((";
        i += 4;
        open = true;
        continue;
      }
      if (depth == 0 && open) {
        for (const std::string_view end : {"ORDER", "GROUP", "LIMIT", "RETURNING", "UNION"}) {
          if (!word_at(i, end)) continue;
          out += ") OR TRUE) ";
          open = false;
          break;
        }
      }
    }
    out += c;
  }
  if (open) out += ") OR TRUE)";
  return out;
}

struct Worlds {
  explicit Worlds(EngineCase::Kind kind) : alone(kind), tenants(kind), persons(kind) {
    populate(alone.database(), Beside::nobody);
    populate(tenants.database(), Beside::tenants);
    populate(persons.database(), Beside::persons);
  }
  EngineCase alone, tenants, persons;
};

// Empty when tenant A is given the same in both worlds and the twins are left alone.
std::string leak(const Seen& alone, const Seen& beside) {
  if (beside.outcome != alone.outcome)
    return "alone " + shown(alone.outcome) + "\nbeside " + shown(beside.outcome);
  const Lines expected = plus(alone.after, less(beside.before, alone.before));
  std::string lines;
  for (const std::string& line : plus(less(beside.after, expected), less(expected, beside.after)))
    lines += line + "\n";
  return lines;
}

void every_statement(EngineCase::Kind kind) {
  Worlds worlds(kind);
  const Lines tables = tables_of_schema();
  std::set<std::string> executed;
  for (const sql::StatementText* statement : sql::all_statements()) {
    const std::string name(statement->name);
    CAPTURE(name);
    const Seen alone = run_on(worlds.alone.database(), Beside::nobody, *statement, tables);
    CHECK_MESSAGE(alone.outcome.touched(),
                  "it finds nothing of tenant A, so it proves nothing: " << shown(alone.outcome));
    if (alone.outcome.problem.empty()) executed.insert(name);
    // Background work is meant to cross tenants.
    if (statement->scope == sql::Scope::fleet) continue;
    const bool person = statement->scope == sql::Scope::person;
    const Seen beside = run_on(person ? worlds.persons.database() : worlds.tenants.database(),
                               person ? Beside::persons : Beside::tenants, *statement, tables);
    CHECK(!less(beside.before, alone.before).empty());
    const std::string leaked = leak(alone, beside);
    CHECK_MESSAGE(leaked.empty(), leaked);
  }
  CHECK(executed.size() == sql::all_statements().size());
  std::printf("statements executed: %zu of %zu\n", executed.size(), sql::all_statements().size());
}

}  // namespace

TEST_CASE("on SQLite every statement gives the same beside twins and leaves them alone") {
  every_statement(EngineCase::Kind::sqlite_memory);
}

TEST_CASE("on PostgreSQL every statement gives the same beside twins and leaves them alone") {
  if (!PostgresServer::available()) return;
  every_statement(EngineCase::Kind::postgres);
}

TEST_CASE("on PostgreSQL a statement without its WHERE touches no row of a twin") {
  if (!PostgresServer::available()) return;
  Worlds worlds(EngineCase::Kind::postgres);
  // Refused in both worlds: teams cannot all have one slug, nor go while they have deployments;
  // accounts cannot all have one address, nor two invitations of A's one token.
  const std::set<std::string> refused{"team_set", "team_forget", "invitation_renew",
                                      "user_email_set"};
  // Prepared statements are kept by address.
  std::vector<std::unique_ptr<std::pair<std::string, sql::StatementText>>> kept;
  const auto run = [](Database& database, const sql::StatementText& statement) {
    Outcome outcome;
    const Call call = call_of(statement);
    CHECK(!database.write([&](Tx& tx) -> Result<void> {
      outcome = run_as(tx, {1, call.org, 1}, statement, call.own);
      return invalid("taken back");
    }));
    std::ranges::sort(outcome.rows);
    return outcome;
  };
  int checked = 0;
  for (const sql::StatementText* statement : sql::all_statements()) {
    if (statement->scope == sql::Scope::fleet || inserts(*statement)) continue;
    const std::string name(statement->name);
    CAPTURE(name);
    auto& bare = *kept.emplace_back(
        std::make_unique<std::pair<std::string, sql::StatementText>>("", *statement));
    bare.first = without_where(statement->postgres);
    REQUIRE(bare.first != statement->postgres);
    bare.second.postgres = bare.first;
    const Outcome alone = run(worlds.alone.database(), bare.second);
    const bool person = statement->scope == sql::Scope::person;
    const Outcome beside =
        run(person ? worlds.persons.database() : worlds.tenants.database(), bare.second);
    CHECK_MESSAGE(alone == beside, "alone " << shown(alone) << "\nbeside " << shown(beside));
    if (refused.contains(name))
      CHECK(!alone.problem.empty());
    else
      CHECK_MESSAGE(alone.touched(), shown(alone));
    ++checked;
  }
  std::printf("statements run without WHERE: %d\n", checked);
  CHECK(checked > 40);
}

TEST_CASE("the twins find a statement that forgot a part of its tenant") {
  static const TestStatement<Scope::tenant, Rows::many, 0> kNoOrg(
      "no_org", "SELECT t.slug FROM teams AS t WHERE t.client_id = ?1 AND ?2 = ?2");
  static const TestStatement<Scope::tenant, Rows::many, 0> kNoClient(
      "no_client", "SELECT t.slug FROM teams AS t WHERE t.org_id = ?2 AND ?1 = ?1");
  static const TestStatement<Scope::tenant, Rows::none, 0> kWide(
      "wide", "UPDATE teams SET name = 'x' WHERE org_id = ?2 AND ?1 = ?1");
  static const TestStatement<Scope::tenant, Rows::many, 0> kLooseJoin(
      "loose_join",
      "SELECT d.name, s.namespace FROM deployments AS d JOIN sandboxes AS s ON s.id = d.sandbox_id "
      "WHERE d.client_id = ?1 AND d.org_id = ?2");
  static const TestStatement<Scope::client, Rows::many, 0> kAnyClient(
      "any_client", "SELECT s.id FROM sessions AS s WHERE s.token_hash = 'hash' AND ?1 = ?1");
  static const TestStatement<Scope::person, Rows::many, 0> kAnyPerson(
      "any_person",
      "SELECT k.body FROM idempotency_keys AS k WHERE k.client_id = ?1 AND k.key_hash = 'key' "
      "AND ?2 = ?2");
  Worlds worlds(EngineCase::Kind::sqlite_memory);
  const Lines tables = tables_of_schema();
  for (const sql::StatementText* statement :
       {(*kNoOrg).text, (*kNoClient).text, (*kWide).text, (*kLooseJoin).text, (*kAnyClient).text,
        (*kAnyPerson).text}) {
    const std::string name(statement->name);
    CAPTURE(name);
    const bool person = statement->scope == Scope::person;
    const Seen alone = run_on(worlds.alone.database(), Beside::nobody, *statement, tables);
    CHECK_MESSAGE(alone.outcome.touched(), shown(alone.outcome));
    CHECK(!leak(alone, run_on(person ? worlds.persons.database() : worlds.tenants.database(),
                              person ? Beside::persons : Beside::tenants, *statement, tables))
               .empty());
  }
}

TEST_CASE("what twins may not share is unique beyond the organization in the schema") {
  EngineCase engine(EngineCase::Kind::sqlite_memory);
  CHECK(kUniqueByNature.size() <= 4);
  for (const std::string& column : kUniqueByNature) {
    CAPTURE(column);
    const std::string table = column.substr(0, column.find('.'));
    const std::string field = column.substr(column.find('.') + 1);
    const auto rows = engine.database().fleet_read(kFleet, [&](Tx& tx) -> Result<Lines> {
      return run_text(tx, "SELECT i.name, group_concat(c.name) FROM pragma_index_list('" + table +
                              "') AS i JOIN pragma_index_info(i.name) AS c WHERE i.\"unique\" = 1 "
                              "GROUP BY i.name")
          .rows;
    });
    REQUIRE(rows);
    CHECK(std::ranges::any_of(*rows, [&](const std::string& row) {
      return row.find(field) != std::string::npos && row.find("org_id") == std::string::npos;
    }));
  }
}
