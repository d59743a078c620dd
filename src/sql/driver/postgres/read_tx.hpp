#pragma once

#include <optional>

#include "sql/driver/answers.hpp"
#include "sql/driver/engine.hpp"
#include "sql/driver/postgres/pipeline.hpp"

namespace ks::sql {

using PgAnswers = Answers<PgStamp>;

// A read transaction as the body sees it: each statement is a flight of its own.
//
// Of a guarded read, what was asked twice before is answered without it where the server says, in a
// flight that all reads of a turn share, that it has committed nothing since. The stamp is from
// after the read began, so every commit that was acknowledged before is seen, as without.
class PgReadTx final : public SqlTx {
 public:
  PgReadTx(PgPipeline& pipeline, const ReadGuard* guard, PgAnswers& answers)
      : pipeline_(pipeline), guard_(guard), answers_(answers), may_know_(guard != nullptr) {}

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
  using Rows = std::shared_ptr<const RowTable>;
  Result<Rows> ask(const std::shared_ptr<PgRead>& read);
  Result<Rows> take(const std::shared_ptr<PgRead>& read);
  // Null where the server has to be asked.
  Result<Rows> known(const Question& question);
  // Asks the server, and keeps what it says if nothing was committed since the stamp.
  Result<Rows> learn(const Question& question, const std::shared_ptr<PgRead>& read);
  std::unexpected<Error> fail(Error error);

  PgPipeline& pipeline_;
  const ReadGuard* guard_;  // Null once it was checked.
  PgAnswers& answers_;
  bool may_know_;
  std::optional<PgStamp> stamp_;
  std::optional<Error> failure_;
};

}  // namespace ks::sql
