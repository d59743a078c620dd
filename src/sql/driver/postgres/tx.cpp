#include "sql/driver/postgres/tx.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/caught.hpp"
#include "runtime/loop.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {
constexpr StatementText kBegin = postgres_text("BEGIN");
constexpr StatementText kBeginRead = postgres_text("BEGIN READ ONLY");
constexpr StatementText kCommit = postgres_text("COMMIT");
constexpr StatementText kRollback = postgres_text("ROLLBACK");
constexpr StatementText kNotify = postgres_text("SELECT pg_notify('ks_feed', $1)", Rows::one);

constexpr int kRunsMax = 5;
}  // namespace

void PgTx::feed_changed(const OrgId& org) {
  if (std::ranges::find(feeds_, org) == feeds_.end()) feeds_.push_back(org);
}

std::unexpected<Error> PgTx::fail(PgFailure failure) {
  failure_ = std::move(failure);
  return std::unexpected(failure_->error);
}

void PgTx::open(Commands& commands, Settings settings) {
  if (!begun_) {
    commands.push_back({mode_ == Mode::read ? &kBeginRead : &kBegin});
    begun_ = true;
  }
  // The fleet role's policies ask for no settings.
  if (lane_ == OpenLane::fleet || settings_ == settings) return;
  settings_ = std::move(settings);
  commands.push_back({&kBindScope, {settings_->client, settings_->org, settings_->user}});
}

Result<PgResult> PgTx::fly(const Commands& commands) {
  auto results = connection_.exchange(commands);
  if (connection_.broken())
    return fail({PgFailure::Kind::lost,
                 database_unavailable("The connection to the database broke.").error()});
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (outcome_of(results[i].get()) == PgOutcome::ok) continue;
    return fail(failure_of(results[i].get(), commands[i].statement->name));
  }
  if (guard_ != nullptr) {
    for (std::size_t i = 0; i < commands.size(); ++i) {
      if (commands[i].statement != q::session_guard.text) continue;
      auto judged = judge(*guard_, *rows_of(results[i].get()));
      guard_ = nullptr;
      if (!judged) return fail({PgFailure::Kind::statement, judged.error()});
      break;
    }
  }
  return std::move(results.back());
}

Result<std::shared_ptr<const RowTable>> PgTx::execute(const StatementText& statement,
                                                      const ScopeValues& scope,
                                                      std::span<const Value> own) {
  if (failure_) return std::unexpected(failure_->error);
  if (auto checked = check_call(statement, lane_, own); !checked)
    return fail({PgFailure::Kind::statement, checked.error()});
  Commands commands;
  open(commands,
       {std::string(scope.client()), std::string(scope.org()), std::string(scope.user())});
  if (guard_ != nullptr) commands.push_back({q::session_guard.text, parameters_of(*guard_)});
  commands.push_back({&statement, parameters_of(statement, scope, own)});
  KS_TRY(const PgResult result, fly(commands));
  return rows_of(result.get());
}

Result<void> PgTx::finish() {
  if (guard_ == nullptr || failure_) return {};
  Commands commands;
  open(commands, {guard_->client.client().str(), {}, {}});
  commands.push_back({q::session_guard.text, parameters_of(*guard_)});
  KS_CHECK(fly(commands));
  return {};
}

Result<void> PgTx::commit() {
  Commands commands;
  if (!begun_ && feeds_.empty()) return {};
  if (!begun_) open(commands, {});
  // Locks of notifications are taken last, for the shortest time.
  for (const OrgId& org : feeds_) commands.push_back({&kNotify, {org}});
  commands.push_back({&kCommit});
  commit_sent_ = mode_ == Mode::write;
  KS_CHECK(fly(commands));
  begun_ = false;
  return {};
}

void PgTx::rollback() {
  if (!begun_ || connection_.broken()) return;
  const Commands commands{{&kRollback}};
  (void)connection_.exchange(commands);
}

Result<void> run_on(PgPool& pool, PgTx::Mode mode, OpenLane lane, const ReadGuard* guard,
                    const std::function<Result<void>(Tx&)>& body) {
  bool reconnected = false;
  for (int runs = 1;; ++runs) {
    KS_TRY(auto lease, pool.acquire());
    PgTx tx(lease.connection(), mode, lane, guard);
    Result<void> result;
    try {
      result = body(tx);
    } catch (...) {
      result = bug(runtime::caught());
    }
    if (result && tx.failure()) result = std::unexpected(tx.failure()->error);
    if (auto held = tx.finish(); !held) result = std::move(held);
    if (result) result = tx.commit();
    if (!result) tx.rollback();
    const bool lost = lease.connection().broken() ||
                      (tx.failure() && tx.failure()->kind == PgFailure::Kind::lost);
    if (lost) {
      // A connection that lay idle may have died with the last server; nothing was committed on it.
      if (!lease.fresh() && !tx.commit_sent() && !reconnected) {
        reconnected = true;
        continue;
      }
      return result;
    }
    lease.give_back();
    if (!tx.failure() || tx.failure()->kind != PgFailure::Kind::again || runs >= kRunsMax)
      return result;
    runtime::sleep_for(milliseconds(2) * runs);
  }
}

}  // namespace ks::sql
