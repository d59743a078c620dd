#include "sql/driver/postgres/read_tx.hpp"

#include "sql/statements.hpp"

namespace ks::sql {

Result<std::shared_ptr<const RowTable>> PgReadTx::ask(const std::shared_ptr<PgRead>& read) {
  pipeline_.run(read);
  const auto fail = [&](Error error) {
    failure_ = std::move(error);
    return std::unexpected(*failure_);
  };
  if (guard_ != nullptr && read->guard_rows) {
    auto judged = judge(*guard_, *read->guard_rows);
    if (!judged) return fail(judged.error());
  }
  if (read->error) return fail(std::move(*read->error));
  // It went along with this flight, by itself or joined to the statement.
  guard_ = nullptr;
  return read->rows;
}

Result<std::shared_ptr<const RowTable>> PgReadTx::execute(const StatementText& statement,
                                                          const ScopeValues& scope,
                                                          std::span<const Value> own) {
  if (failure_) return std::unexpected(*failure_);
  if (auto checked = check_call(statement, OpenLane::tenant, own); !checked) {
    failure_ = checked.error();
    return std::unexpected(*failure_);
  }
  auto read = std::make_shared<PgRead>(scope.client(), scope.org(), scope.user(), guard_);
  read->statement = &statement;
  read->parameters = parameters_of(statement, scope, own);
  return ask(read);
}

Result<void> PgReadTx::finish() {
  if (guard_ == nullptr || failure_) return {};
  KS_CHECK(ask(std::make_shared<PgRead>(guard_->client.client(), "", "", guard_)));
  return {};
}

}  // namespace ks::sql
