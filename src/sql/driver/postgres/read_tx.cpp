#include "sql/driver/postgres/read_tx.hpp"

#include "sql/statements.hpp"

namespace ks::sql {

std::unexpected<Error> PgReadTx::fail(Error error) {
  failure_ = std::move(error);
  return std::unexpected(*failure_);
}

Result<PgReadTx::Rows> PgReadTx::take(const std::shared_ptr<PgRead>& read) {
  if (guard_ != nullptr && read->guard_rows) {
    auto judged = judge(*guard_, *read->guard_rows);
    if (!judged) return fail(judged.error());
  }
  if (read->error) return fail(std::move(*read->error));
  // It went along with this flight, by itself or joined to the statement.
  guard_ = nullptr;
  return read->rows;
}

Result<PgReadTx::Rows> PgReadTx::ask(const std::shared_ptr<PgRead>& read) {
  pipeline_.run(read);
  return take(read);
}

Result<PgReadTx::Rows> PgReadTx::known(const Question& question) {
  const auto answer = answers_.find(question);
  if (!answer) {
    // Once is not often enough to learn it.
    answers_.keep(question, {}, nullptr);
    may_know_ = may_know_ && stamp_.has_value();
    return nullptr;
  }
  if (!stamp_) {
    if (pipeline_.is_calm()) stamp_ = pipeline_.stamp();
    may_know_ = stamp_.has_value();
    if (!may_know_) return nullptr;
  }
  const bool same = answer->rows && answer->stamp == *stamp_;
  if (answer->rows) pipeline_.tell(same);
  if (guard_ == nullptr) return same ? answer->rows : nullptr;
  const auto rights = answers_.find(Question(*q::session_guard.text, parameters_of(*guard_)));
  if (!rights || rights->stamp != *stamp_) return nullptr;
  if (auto judged = judge(*guard_, *rights->rows); !judged) return fail(judged.error());
  // Where the server has to be asked, it goes along once more.
  if (!same) return nullptr;
  guard_ = nullptr;
  return answer->rows;
}

Result<PgReadTx::Rows> PgReadTx::learn(const Question& question,
                                       const std::shared_ptr<PgRead>& read) {
  read->guard_apart = true;
  const ReadGuard* const guard = guard_;
  const auto after = pipeline_.run_before_stamp(read);
  KS_TRY(auto rows, take(read));
  // Otherwise a commit came between, before the statement or after it.
  may_know_ = after == stamp_;
  if (may_know_) {
    answers_.keep(question, *stamp_, rows);
    if (guard != nullptr)
      answers_.keep(Question(*q::session_guard.text, parameters_of(*guard)), *stamp_,
                    read->guard_rows);
  }
  return rows;
}

Result<std::shared_ptr<const RowTable>> PgReadTx::execute(const StatementText& statement,
                                                          const ScopeValues& scope,
                                                          std::span<const Value> own) {
  if (failure_) return std::unexpected(*failure_);
  if (auto checked = check_call(statement, OpenLane::tenant, own); !checked)
    return fail(checked.error());
  auto read = std::make_shared<PgRead>(scope.client(), scope.org(), scope.user(), guard_);
  read->statement = &statement;
  read->parameters = parameters_of(statement, scope, own);
  if (!may_know_) return ask(read);
  const Question question(statement, read->parameters, read->settings);
  KS_TRY(auto rows, known(question));
  if (rows) return rows;
  return may_know_ ? learn(question, read) : ask(read);
}

Result<void> PgReadTx::finish() {
  if (guard_ == nullptr || failure_) return {};
  KS_CHECK(ask(std::make_shared<PgRead>(guard_->client.client(), "", "", guard_)));
  return {};
}

}  // namespace ks::sql
