#include "sql/driver/postgres/connection.hpp"

#include <chrono>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/log.hpp"
#include "runtime/loop.hpp"
#include "sql/driver/engine.hpp"

namespace ks::sql {

namespace {
constexpr Duration kConnectMax = seconds(5);
// Beyond every statement_timeout: then the server itself does not answer.
constexpr Duration kAnswerMax = seconds(40);
constexpr Duration kFlushStep = milliseconds(100);

Time now() { return SystemClock().monotonic(); }
}  // namespace

std::unexpected<Error> pg_connect_failed(pg_conn* connection) {
  const std::string_view why = connection ? PQerrorMessage(connection) : "out of memory";
  log::warn("no connection to the database", {{"message", why}});
  return database_unavailable("The database cannot be reached at the moment.");
}

Result<pg_conn*> pg_connect(const PgLogin& login, Duration timeout) {
  const auto keywords = login.keywords();
  const auto values = login.values();
  std::unique_ptr<PGconn, decltype(&PQfinish)> handle(
      PQconnectStartParams(keywords.data(), values.data(), 0), &PQfinish);
  if (!handle || PQstatus(handle.get()) == CONNECTION_BAD) return pg_connect_failed(handle.get());
  PQsetNoticeProcessor(handle.get(), [](void*, const char*) {}, nullptr);
  const Time deadline = now() + timeout;
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) return pg_connect_failed(handle.get());
    const Duration left = deadline - now();
    // The descriptor may be another one after each step.
    if (left.us <= 0 ||
        !runtime::wait_fd(PQsocket(handle.get()),
                          state == PGRES_POLLING_READING ? runtime::Readiness::readable
                                                         : runtime::Readiness::writable,
                          left)) {
      log::warn("no connection to the database", {{"message", "it does not answer"}});
      return database_unavailable("The database does not answer.");
    }
    state = PQconnectPoll(handle.get());
  }
  return handle.release();
}

Result<std::unique_ptr<PgConnection>> PgConnection::connect(const PgLogin& login) {
  KS_TRY(pg_conn * handle, pg_connect(login, kConnectMax));
  std::unique_ptr<PgConnection> connection(new PgConnection(handle));
  if (PQsetnonblocking(handle, 1) != 0 || PQenterPipelineMode(handle) != 1)
    return pg_connect_failed(handle);
  return connection;
}

PgConnection::~PgConnection() { PQfinish(handle_); }

bool PgConnection::alive() {
  if (broken_) return false;
  if (PQconsumeInput(handle_) == 0 || PQstatus(handle_) != CONNECTION_OK) broken_ = true;
  return !broken_;
}

bool PgConnection::send(const Command& command, std::size_t index,
                        std::vector<Expected>& expected) {
  auto found = prepared_.find(command.statement);
  if (found == prepared_.end()) {
    found = prepared_.emplace(command.statement, fmt::format("s{}", ++names_)).first;
    if (PQsendPrepare(handle_, found->second.c_str(),
                      std::string(command.statement->postgres).c_str(), 0, nullptr) != 1)
      return false;
    expected.push_back({index, true});
  }
  const PgParameters parameters(command.parameters);
  if (PQsendQueryPrepared(handle_, found->second.c_str(), parameters.count(), parameters.values(),
                          nullptr, nullptr, 0) != 1)
    return false;
  expected.push_back({index, false});
  return true;
}

bool PgConnection::flush() {
  for (;;) {
    const int left = PQflush(handle_);
    if (left <= 0) return left == 0;
    // The server may itself wait for us to read before it reads on.
    if (!runtime::wait_fd(PQsocket(handle_), runtime::Readiness::writable, kFlushStep) &&
        PQconsumeInput(handle_) == 0)
      return false;
  }
}

bool PgConnection::next(PgResult& result) {
  while (PQisBusy(handle_) != 0) {
    if (!runtime::wait_fd(PQsocket(handle_), runtime::Readiness::readable, kAnswerMax)) {
      log::error("the database does not answer");
      return false;
    }
    if (PQconsumeInput(handle_) == 0) return false;
  }
  result.reset(PQgetResult(handle_));
  return true;
}

std::vector<PgResult> PgConnection::exchange(std::span<const Command> commands) {
  std::vector<PgResult> results(commands.size());
  std::vector<Expected> expected;
  const auto lost = [&] {
    broken_ = true;
    return std::vector<PgResult>(commands.size());
  };
  for (std::size_t i = 0; i < commands.size(); ++i)
    if (!send(commands[i], i, expected)) return lost();
  if (PQpipelineSync(handle_) != 1 || !flush()) return lost();

  for (const Expected& e : expected) {
    // A result, then a null that ends it.
    PgResult result;
    if (!next(result) || !result) return lost();
    const PgOutcome outcome = outcome_of(result.get());
    if (e.prepares) {
      if (outcome != PgOutcome::ok) prepared_.erase(commands[e.command].statement);
      if (outcome == PgOutcome::failed) results[e.command] = std::move(result);
    } else if (!results[e.command]) {
      results[e.command] = std::move(result);
    }
    PgResult end;
    if (!next(end)) return lost();
    if (end) return lost();
  }
  PgResult sync;
  if (!next(sync) || PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) return lost();
  return results;
}

}  // namespace ks::sql
