#include "sql/driver/sqlite/tx.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sql/statements.hpp"

namespace ks::sql {

void SqliteTx::feed_changed(const OrgId& org) {
  if (std::ranges::find(feeds_, org) == feeds_.end()) feeds_.push_back(org);
}

Result<void> SqliteTx::check(const ReadGuard& guard) {
  KS_TRY(const auto rows, connection_.execute(*q::session_guard.text, parameters_of(guard)));
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
  return connection_.execute(statement, parameters_of(statement, scope, own));
}

}  // namespace ks::sql
