#pragma once

#include <csignal>
#include <memory>
#include <string>

#include <sys/types.h>

namespace ks::test {

// A port of this machine that nobody listens on at this moment.
int free_port();

// A PostgreSQL server of the test's own, on a free port with its data in a temporary folder. Ends
// with this object, and with the process however that ends.
class PostgresServer {
 public:
  // False where the programs are not installed; printed once, and a failure where CI=true says that
  // nothing may be skipped.
  static bool available();
  // The path of one of PostgreSQL's programs; empty where it is not installed.
  static std::string program(const char* name);
  // One server for all tests of the process.
  static PostgresServer& shared();

  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  struct Login {
    std::string dsn;        // Owns nothing, no superuser.
    std::string owner_dsn;  // Owns the database, no superuser.
    std::string database;
  };
  // A new empty database.
  Login create_database();
  // A database address for any login of the server.
  std::string dsn(const std::string& login, const std::string& database) const;
  static constexpr const char* kSuperuser = "root_of_tests";

  // Runs SQL as superuser; fails the test when it fails. Gives the first column of the first row.
  std::string sql(const std::string& database, const std::string& text) const;

  // Like a crash: every connection breaks. start() serves the same data on the same port.
  void kill();
  void start();
  // All its processes stand still, with every connection open, until thaw().
  void freeze() const { signal_all(SIGSTOP); }
  void thaw() const { signal_all(SIGCONT); }

  const std::string& folder() const { return folder_; }

 private:
  void wait_until_up() const;
  void signal_all(int number) const;
  std::string folder_;
  int port_ = 0;
  pid_t process_ = -1;
  int databases_ = 0;
};

}  // namespace ks::test
