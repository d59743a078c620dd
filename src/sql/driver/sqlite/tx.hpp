#pragma once

#include <optional>
#include <vector>

#include "sql/driver/engine.hpp"
#include "sql/driver/sqlite/connection.hpp"

namespace ks::sql {

// One body's view of a connection. Who makes it has opened what the body's changes are undone by.
class SqliteTx final : public SqlTx {
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

}  // namespace ks::sql
