#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "sql/driver/engine.hpp"
#include "sql/driver/postgres/pool.hpp"

namespace ks::sql {

// A transaction on a connection of its own. Nothing is sent before the first statement, which
// carries BEGIN and the scope with it.
class PgTx final : public SqlTx {
 public:
  enum class Mode { read, write };
  PgTx(PgConnection& connection, Mode mode, OpenLane lane, const ReadGuard* guard)
      : connection_(connection), mode_(mode), lane_(lane), guard_(guard) {}

  void feed_changed(const OrgId& org) override;

  // After the body, whether it succeeded or not: checks a guard that no statement has carried. Old
  // rights may have refused what new ones allow.
  Result<void> finish();
  Result<void> commit();
  void rollback();

  const std::optional<PgFailure>& failure() const noexcept { return failure_; }
  // From here on nobody knows whether a broken connection committed.
  bool commit_sent() const noexcept { return commit_sent_; }

 protected:
  Result<std::shared_ptr<const RowTable>> execute(const StatementText& statement,
                                                  const ScopeValues& scope,
                                                  std::span<const Value> own) override;

 private:
  using Commands = std::vector<PgConnection::Command>;
  struct Settings {
    std::string client, org, user;
    friend bool operator==(const Settings&, const Settings&) = default;
  };
  void open(Commands& commands, Settings settings);
  // Runs a flight; the last command's result. Fails with the first failure in it.
  Result<PgResult> fly(const Commands& commands);
  std::unexpected<Error> fail(PgFailure failure);

  PgConnection& connection_;
  Mode mode_;
  OpenLane lane_;
  const ReadGuard* guard_;  // Null once it was checked.
  bool begun_ = false;
  bool commit_sent_ = false;
  std::optional<Settings> settings_;
  std::vector<OrgId> feeds_;
  std::optional<PgFailure> failure_;
};

// Runs a body on a connection of the pool, again where that helps.
Result<void> run_on(PgPool& pool, PgTx::Mode mode, OpenLane lane, const ReadGuard* guard,
                    const std::function<Result<void>(Tx&)>& body);

}  // namespace ks::sql
