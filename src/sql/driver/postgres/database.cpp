#include "sql/driver/postgres/database.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include <fmt/format.h>

#include "base/log.hpp"
#include "runtime/caught.hpp"
#include "runtime/loop.hpp"
#include "sql/driver/postgres/listener.hpp"
#include "sql/driver/postgres/migrate.hpp"
#include "sql/driver/postgres/read_tx.hpp"
#include "sql/driver/postgres/tx.hpp"
#include "sql/driver/turns.hpp"

namespace ks::sql {

namespace {

constexpr StatementText kVersion =
    postgres_text("SELECT COALESCE(MAX(version), 0) FROM schema_migrations", Rows::one);

std::uint64_t next_key() {
  static std::atomic<std::uint64_t> keys{0};
  return ++keys;
}

PgLogin lane(const PgLogin& login, const std::string& role, bool pipelined) {
  std::vector<std::pair<std::string, std::string>> settings{
      {"role", role},
      // Short statements gain nothing from it and pay for it.
      {"jit", "off"},
      {"statement_timeout", pipelined ? "10000" : "30000"},
      {"lock_timeout", "10000"},
      {"idle_in_transaction_session_timeout", "60000"}};
  if (pipelined) settings.emplace_back("default_transaction_read_only", "on");
  return login.with(settings);
}

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(const PostgresOptions& options, const PgRoles& roles)
      : key_(next_key()),
        reads_(lane(options.login, roles.tenant, true)),
        tenant_(lane(options.login, roles.tenant, false), options.writers_max),
        fleet_(lane(options.login, roles.fleet, false),
               std::max<std::size_t>(2, options.writers_max / 4)),
        listener_(options.login, listeners_) {}

  ~PostgresDatabase() override {
    const std::lock_guard lock(mutex_);
    for (const auto& pipeline : pipelines_)
      if (const auto alive = pipeline.lock()) alive->close();
  }

  bool wait_until_listening() { return listener_.wait_until_listening(seconds(10)); }

  Result<void> ready() override {
    KS_TRY(auto lease, fleet_.acquire());
    const PgConnection::Command command{&kVersion};
    const auto results = lease.connection().exchange({&command, 1});
    if (lease.connection().broken())
      return database_unavailable("The database cannot be reached at the moment.");
    if (outcome_of(results[0].get()) != PgOutcome::ok) {
      auto failure = failure_of(results[0].get(), kVersion.name);
      return std::unexpected(std::move(failure.error));
    }
    lease.give_back();
    const Row row(rows_of(results[0].get()), 0);
    return check_version(Engine::postgres, static_cast<int>(row.integer(0)));
  }

  void on_feed(FeedListener listener) override { listeners_.add(std::move(listener)); }

 protected:
  Result<void> run(Mode mode, Lane lane, const ReadGuard* guard, std::string_view whose,
                   const std::function<Result<void>(Tx&)>& body) override {
    if (lane == Lane::tenant && mode == Mode::read && runtime::on_fiber() &&
        runtime::Loop::current() != nullptr)
      return read_here(guard, body);
    std::optional<PgTurns::Stay> turn;
    if (!whose.empty()) {
      KS_TRY(turn, turns_.enter(whose));
    }
    return run_on(lane == Lane::fleet ? fleet_ : tenant_,
                  mode == Mode::read ? PgTx::Mode::read : PgTx::Mode::write,
                  lane == Lane::fleet ? OpenLane::fleet : OpenLane::tenant, guard, body);
  }

 private:
  Result<void> read_here(const ReadGuard* guard, const std::function<Result<void>(Tx&)>& body) {
    const auto pipeline = PgPipeline::here(key_, reads_, [this](const auto& made) {
      const std::lock_guard lock(mutex_);
      std::erase_if(pipelines_, [](const auto& weak) { return weak.expired(); });
      pipelines_.push_back(made);
    });
    PgReadTx tx(*pipeline, guard, answers_);
    Result<void> result;
    try {
      result = body(tx);
    } catch (...) {
      return bug(runtime::caught());
    }
    if (tx.failure()) return std::unexpected(*tx.failure());
    KS_CHECK(tx.finish());
    return result;
  }

  const std::uint64_t key_;
  const PgLogin reads_;
  PgAnswers answers_;
  PgTurns turns_;
  PgPool tenant_;
  PgPool fleet_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<PgPipeline>> pipelines_;
  FeedListeners listeners_;
  PgListener listener_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const PostgresOptions& options) {
  KS_TRY(const PgStanding standing, pg_standing(options.login));
  if (!standing.has_roles) return std::unexpected(check_version(Engine::postgres, 0).error());
  if (!standing.member)
    return conflict("roles_missing",
                    fmt::format("The login {} may not take the database's roles. Let an "
                                "administrator run:\n{}",
                                standing.login, role_sql(standing)));
  if (standing.unbound) {
    if (!options.allow_unbound)
      return conflict("login_too_strong",
                      fmt::format("The login {} is a superuser or has BYPASSRLS, so row-level "
                                  "security would not bind it. Serve with an ordinary login.",
                                  standing.login));
    log::warn("the database login is not bound by row-level security", {{"login", standing.login}});
  } else if (standing.owns_tables) {
    log::warn("the database login owns the tables it serves; give DATABASE_OWNER_DSN to part them",
              {{"login", standing.login}});
  }
  auto database = std::make_unique<PostgresDatabase>(options, roles_of(standing.database));
  KS_CHECK(database->ready());
  if (!database->wait_until_listening())
    return database_unavailable("The database sends no notifications.");
  return database;
}

}  // namespace ks::sql
