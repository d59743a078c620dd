#pragma once

#include <optional>

#include "sql/driver/engine.hpp"
#include "sql/driver/postgres/pipeline.hpp"

namespace ks::sql {

// A read transaction as the body sees it: each statement is a flight of its own.
class PgReadTx final : public SqlTx {
 public:
  PgReadTx(PgPipeline& pipeline, const ReadGuard* guard) : pipeline_(pipeline), guard_(guard) {}

  void feed_changed(const OrgId&) override { KS_ASSERT_MSG(false, "a read changes no feed"); }
  // After the body, whether it succeeded or not: checks a guard that no statement has carried. Old
  // rights may have refused what new ones allow.
  Result<void> finish();
  const std::optional<Error>& failure() const noexcept { return failure_; }

 protected:
  Result<std::shared_ptr<const RowTable>> execute(const StatementText& statement,
                                                  const ScopeValues& scope,
                                                  std::span<const Value> own) override;

 private:
  Result<std::shared_ptr<const RowTable>> ask(const std::shared_ptr<PgRead>& read);
  PgPipeline& pipeline_;
  const ReadGuard* guard_;
  std::optional<Error> failure_;
};

}  // namespace ks::sql
