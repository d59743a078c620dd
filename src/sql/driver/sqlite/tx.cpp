#include "sql/driver/sqlite/tx.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sql/statements.hpp"

namespace ks::sql {

namespace {
constexpr StatementText kBeginRead = sqlite_text("BEGIN");
constexpr StatementText kEndRead = sqlite_text("COMMIT");
constexpr StatementText kAbortRead = sqlite_text("ROLLBACK");
}  // namespace

Result<void> begin_read(SqliteConnection& connection) { return connection.control(kBeginRead); }

void end_read(SqliteConnection& connection) {
  if (auto ended = connection.control(kEndRead); !ended && connection.in_transaction())
    (void)connection.control(kAbortRead);
}

void SqliteTx::feed_changed(const OrgId& org) {
  if (std::ranges::find(feeds_, org) == feeds_.end()) feeds_.push_back(org);
}

Result<void> SqliteTx::check(const ReadGuard& guard) {
  KS_TRY(const auto rows, ask(*q::session_guard.text, parameters_of(guard)));
  return judge(guard, *rows);
}

Result<std::shared_ptr<const RowTable>> SqliteTx::execute(const StatementText& statement,
                                                          const ScopeValues& scope,
                                                          std::span<const Value> own) {
  if (failure_) return std::unexpected(*failure_);
  auto result = try_execute(statement, scope, own);
  if (!result) failure_ = result.error();
  return result;
}

Result<std::shared_ptr<const RowTable>> SqliteTx::try_execute(const StatementText& statement,
                                                              const ScopeValues& scope,
                                                              std::span<const Value> own) {
  KS_CHECK(check_call(statement, lane_, own));
  if (mode_ == Mode::read) {
    KS_TRY(const bool reads, connection_.only_reads(statement));
    if (!reads)
      return bug(fmt::format("{} ({}) writes inside a read", statement.name, statement.place));
  }
  return ask(statement, parameters_of(statement, scope, own));
}

Result<std::shared_ptr<const RowTable>> SqliteTx::ask(const StatementText& statement,
                                                      std::span<const Value> parameters) {
  return connection_.execute(statement, parameters);
}

SqliteKnownRead::~SqliteKnownRead() {
  if (begun_) end_read(connection_);
}

Result<std::shared_ptr<const RowTable>> SqliteKnownRead::ask(const StatementText& statement,
                                                             std::span<const Value> parameters) {
  if (torn_) return database_unavailable("The read begins again.");
  if (begun_ && !at_stamp_) return connection_.execute(statement, parameters);
  const Question question(statement, parameters);
  if (const auto known = answers_.find(question); known && known->stamp == stamp_) {
    used_ = true;
    return known->rows;
  }
  if (!begun_) {
    KS_CHECK(begin_read(connection_));
    begun_ = true;
    KS_TRY(auto rows, connection_.execute(statement, parameters));
    // The engine fixed the state that its transaction sees before now, and stamp_ was current
    // before that: if it still is, that is the state.
    at_stamp_ = connection_.stamp() == stamp_;
    torn_ = used_ && !at_stamp_;
    if (torn_) return database_unavailable("The read begins again.");
    if (at_stamp_) answers_.keep(question, stamp_, rows);
    return rows;
  }
  KS_TRY(auto rows, connection_.execute(statement, parameters));
  answers_.keep(question, stamp_, rows);
  return rows;
}

}  // namespace ks::sql
