#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/process/child.hpp"
#include "tests/process/client.hpp"
#include "tests/store/engines.hpp"
#include "tests/store/postgres_server.hpp"

namespace ks::test {

// The program under test: KS_PROGRAM, or the release build of this checkout.
std::string program_path();

// A running server process.
class Server {
 public:
  explicit Server(std::unique_ptr<Child> child) : child_(std::move(child)) {}

  // Waits until it answers; false when it ended instead.
  bool wait_until_up(Duration within = seconds(30));
  bool wait_until_ready(Duration within = seconds(30)) const;
  int port() const { return port_; }
  Child& child() { return *child_; }
  // The path of the first administrator's link that it printed, after '#'.
  std::string setup_token() const;
  // SIGTERM; the exit status.
  std::optional<int> stop(Duration within = seconds(15));
  void kill9() { child_->kill9(); }
  Answer get(std::string_view path) const { return request(port_, "GET", path); }

 private:
  std::unique_ptr<Child> child_;
  int port_ = 0;
};

// A database with a configuration, and the commands of the program on it.
class Installation {
 public:
  enum class Kind { sqlite, postgres };
  explicit Installation(Kind kind);

  Kind kind() const { return kind_; }
  const char* name() const { return kind_ == Kind::sqlite ? "SQLite" : "PostgreSQL"; }
  const std::string& folder() const { return folder_.path(); }
  // The path of SQLite's file.
  std::string database_file() const { return folder() + "/data.db"; }
  // What the program gets as its environment.
  Environment& settings() { return settings_; }
  const std::string& secrets_key() const { return secrets_key_; }

  // Starts the server and comes back at once.
  std::unique_ptr<Server> launch(const std::vector<std::string>& options = {});
  // Starts the server and waits until it is ready; fails the test when it does not get there.
  std::unique_ptr<Server> start(const std::vector<std::string>& options = {});

  struct Ran {
    int status = -1;
    std::string out;
    std::string err;
  };
  Ran run(const std::vector<std::string>& arguments);

  // Beside the program: the first column of the first row. Text on both engines.
  std::string query(const std::string& sql) const;
  void execute(const std::string& sql) const;
  // As if the lease of a process that was killed had run out.
  void expire_leases() const { execute("UPDATE leases SET expires_at = 0"); }
  // PostgreSQL: a login that no policy binds, for the test's own look at the database.
  std::string superuser_dsn() const;
  // Connections that the database still has from killed processes; they may be in a commit.
  int connections() const;

  // All that its processes have printed.
  std::string output() const;

  // Makes a platform administrator with the server's link and signs them in.
  static Person administrator(const Server& server);

 private:
  std::unique_ptr<Child> spawn(std::vector<std::string> arguments);

  Kind kind_;
  TempFolder folder_;
  PostgresServer::Login login_;
  std::string secrets_key_;
  Environment settings_;
  int spawned_ = 0;
};

// On a fresh SQLite file, and on a fresh PostgreSQL database where that is installed.
void on_both_engines(const std::function<void(Installation&)>& promise);

}  // namespace ks::test
