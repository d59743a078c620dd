#pragma once

#include <optional>
#include <vector>

#include "sql/driver/answers.hpp"
#include "sql/driver/engine.hpp"
#include "sql/driver/sqlite/connection.hpp"

namespace ks::sql {

// One body's view of a connection. Who makes it has opened what the body's changes are undone by.
class SqliteTx : public SqlTx {
 public:
  enum class Mode { read, write };
  SqliteTx(SqliteConnection& connection, Mode mode, OpenLane lane)
      : connection_(connection), mode_(mode), lane_(lane) {}

  void feed_changed(const OrgId& org) override;
  const std::vector<OrgId>& changed_feeds() const noexcept { return feeds_; }

  // The guard against the data that the body will see.
  Result<void> check(const ReadGuard& guard);
  // Why the first statement failed, if one did: such a body is not committed, whatever it returned.
  const std::optional<Error>& failure() const noexcept { return failure_; }

 protected:
  Result<std::shared_ptr<const RowTable>> execute(const StatementText& statement,
                                                  const ScopeValues& scope,
                                                  std::span<const Value> own) override;
  virtual Result<std::shared_ptr<const RowTable>> ask(const StatementText& statement,
                                                      std::span<const Value> parameters);

 private:
  Result<std::shared_ptr<const RowTable>> try_execute(const StatementText& statement,
                                                      const ScopeValues& scope,
                                                      std::span<const Value> own);
  SqliteConnection& connection_;
  Mode mode_;
  OpenLane lane_;
  std::vector<OrgId> feeds_;
  std::optional<Error> failure_;
};

using SqliteAnswers = Answers<SqliteStamp>;

// A read that opens a transaction only for what was not answered at its commit yet. All of its
// statements see one state: that of `stamp`, or, where a commit came before its first question to
// the engine, that of the engine's transaction.
class SqliteKnownRead final : public SqliteTx {
 public:
  SqliteKnownRead(SqliteConnection& connection, OpenLane lane, SqliteAnswers& answers,
                  const SqliteStamp& stamp)
      : SqliteTx(connection, Mode::read, lane),
        connection_(connection),
        answers_(answers),
        stamp_(stamp) {}
  ~SqliteKnownRead() override;

  // A commit came between a known answer and the engine's first: what the body made of both counts
  // for nothing, and it runs again without known answers.
  bool torn() const noexcept { return torn_; }

 protected:
  Result<std::shared_ptr<const RowTable>> ask(const StatementText& statement,
                                              std::span<const Value> parameters) override;

 private:
  SqliteConnection& connection_;
  SqliteAnswers& answers_;
  const SqliteStamp stamp_;
  bool used_ = false;      // A known answer was given.
  bool begun_ = false;     // The engine's transaction is open,
  bool at_stamp_ = false;  // and sees the state of the stamp.
  bool torn_ = false;
};

// Around a body that reads on `connection`.
Result<void> begin_read(SqliteConnection& connection);
void end_read(SqliteConnection& connection);

}  // namespace ks::sql
