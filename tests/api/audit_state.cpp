#include "tests/api/audit_state.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

namespace ks::api_test {

namespace {

using test::RawSql;

// Tables of which only these columns are what somebody wanted; none: nothing of it.
const std::map<std::string, std::string, std::less<>>& told_columns() {
  static const std::map<std::string, std::string, std::less<>> kTold{
      {"client_audit_heads", "client_id, seq, mac, salt"},
      {"clients", "client_id, slug, name, state"},
      {"deployments", "id, team_id, name, spec, revision, version, generation, restarts, deleting"},
      {"feed", ""},
      {"installation", ""},
      {"leases", ""},
      {"mails", "id, kind, about_id"},
      {"organizations", "id, slug, name, state, suspended_for, version, egress"},
      {"rate_limits", ""},
      {"sandboxes", "id, user_id, isolation"},
      {"schema_migrations", ""},
      {"sessions", "id, token_hash, user_id"},
      {"user_activity", ""}};
  return kTold;
}

// The chains, and what goes with their rows.
bool of_audit(std::string_view table) {
  static const std::set<std::string, std::less<>> kAudit{"audit", "audit_salts", "client_audit",
                                                         "client_audit_heads"};
  return kAudit.contains(table);
}

std::vector<std::string> tables_of(const RawSql& raw) {
  return raw.run(raw.is_postgres()
                     ? "SELECT table_name FROM information_schema.tables WHERE table_schema = "
                       "'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
                     : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
                       "'sqlite_%' ORDER BY name");
}

// Every column that counts, "" for a table of which none does.
std::string columns_of(const std::string& table) {
  const auto told = told_columns().find(table);
  return told == told_columns().end() ? "*" : told->second;
}

void forbid(const RawSql& raw, const std::string& table, const std::string& columns) {
  const std::string of = columns == "*" ? "" : " OF " + columns;
  if (raw.is_postgres()) {
    raw.run("CREATE TRIGGER no_change BEFORE INSERT OR DELETE OR UPDATE" + of + " ON " + table +
            " FOR EACH ROW EXECUTE FUNCTION no_change()");
    return;
  }
  for (const std::string& event : {std::string("INSERT"), std::string("DELETE"), "UPDATE" + of})
    raw.run("CREATE TRIGGER no_change_" + table + "_" + event.substr(0, 6) + " BEFORE " + event +
            " ON " + table + " BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END");
}

void allow(const RawSql& raw, const std::string& table) {
  if (raw.is_postgres()) {
    raw.run("DROP TRIGGER no_change ON " + table);
    return;
  }
  for (const char* event : {"INSERT", "DELETE", "UPDATE"})
    raw.run("DROP TRIGGER no_change_" + table + "_" + event);
}

void prepare(const RawSql& raw) {
  if (raw.is_postgres())
    raw.run(
        "CREATE OR REPLACE FUNCTION no_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'the disk is on fire'; END $$");
}

}  // namespace

std::string state_of(const RawSql& raw) {
  std::string out, all;
  for (const std::string& table : tables_of(raw)) {
    const std::string columns = columns_of(table);
    if (columns.empty()) continue;
    all += "SELECT '" + table + ":', " + columns + " FROM " + table + ";";
    if (!raw.is_postgres()) continue;
    auto rows = raw.run("SELECT " + columns + " FROM " + table);
    std::ranges::sort(rows);
    for (const std::string& row : rows) out += table + ": " + row + "\n";
  }
  if (raw.is_postgres()) return out;
  // One look at the file for all of them.
  auto rows = raw.run(all);
  std::ranges::sort(rows);
  for (const std::string& row : rows) out += row + "\n";
  return out;
}

std::string changed_since(const RawSql& raw, const std::string& before) {
  std::string out;
  const std::string now = state_of(raw);
  const auto missing_in = [&](const std::string& from, const std::string& in, const char* mark) {
    for (std::size_t at = 0; at < from.size();) {
      const std::size_t end = from.find('\n', at);
      const std::string line = from.substr(at, end + 1 - at);
      if (in.find(line) == std::string::npos) out += mark + line;
      at = end + 1;
    }
  };
  missing_in(before, now, "- ");
  missing_in(now, before, "+ ");
  return out;
}

std::string changed_but_for_audit(const RawSql& raw, const std::string& before) {
  std::string out;
  const std::string changes = changed_since(raw, before);
  for (std::size_t at = 0; at < changes.size();) {
    const std::size_t end = changes.find('\n', at);
    const std::string line = changes.substr(at, end + 1 - at);
    // Behind "+ " or "- ".
    if (!of_audit(line.substr(2, line.find(':') - 2))) out += line;
    at = end + 1;
  }
  return out;
}

void break_audit(const RawSql& raw) {
  prepare(raw);
  for (const char* table : {"audit", "client_audit"}) forbid(raw, table, "*");
}
void mend_audit(const RawSql& raw) {
  for (const char* table : {"audit", "client_audit"}) allow(raw, table);
}

void break_state(const RawSql& raw) {
  prepare(raw);
  for (const std::string& table : tables_of(raw))
    if (!of_audit(table) && !columns_of(table).empty()) forbid(raw, table, columns_of(table));
}
void mend_state(const RawSql& raw) {
  for (const std::string& table : tables_of(raw))
    if (!of_audit(table) && !columns_of(table).empty()) allow(raw, table);
}

}  // namespace ks::api_test
