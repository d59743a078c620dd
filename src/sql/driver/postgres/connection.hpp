#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "sql/driver/postgres/login.hpp"
#include "sql/driver/postgres/result.hpp"

namespace ks::sql {

// Waits until libpq has connected; from a fiber or a thread. The caller owns what it returns.
Result<pg_conn*> pg_connect(const PgLogin& login, Duration timeout);
// Why a connect failed, without password and address.
std::unexpected<Error> pg_connect_failed(pg_conn* connection);

// A connection that one fiber or thread uses at a time. What belongs together goes out in one
// flight: all commands, one Sync, one wait.
class PgConnection {
 public:
  static Result<std::unique_ptr<PgConnection>> connect(const PgLogin& login);
  ~PgConnection();
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  struct Command {
    const StatementText* statement;
    std::vector<Value> parameters = {};
  };
  // One result a command, in order. After the first that failed the rest is skipped. Null results
  // mean that the connection broke; it is of no use then.
  std::vector<PgResult> exchange(std::span<const Command> commands);

  bool broken() const noexcept { return broken_; }
  // Notices that the server has closed the connection meanwhile.
  bool alive();

 private:
  explicit PgConnection(pg_conn* handle) : handle_(handle) {}
  struct Expected {
    std::size_t command;
    bool prepares;
  };
  bool send(const Command& command, std::size_t index, std::vector<Expected>& expected);
  bool flush();
  // The next result of libpq; false when the connection broke or the server did not answer.
  bool next(PgResult& result);

  pg_conn* handle_;
  bool broken_ = false;
  std::unordered_map<const StatementText*, std::string> prepared_;
  std::size_t names_ = 0;
};

}  // namespace ks::sql
