#include "tests/store/postgres_server.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ks::test {

namespace {

[[noreturn]] void give_up(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

// The server refuses to run as root; the package has made a user for it.
const passwd* server_user() { return ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr; }

pid_t spawn(const std::vector<std::string>& command, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const passwd* user = server_user();
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) give_up("fork");
  if (child > 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  ::dup2(out, 1);
  ::dup2(out, 2);
  if (user != nullptr &&
      (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
    ::_exit(126);
  // After the change of user, which would undo it.
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::getppid() != parent) ::_exit(125);
  ::unsetenv("LD_PRELOAD");
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    give_up("no free port");
  ::close(fd);
  return ntohs(address.sin_port);
}

std::string PostgresServer::program(const char* name) {
  for (const char* folder :
       {"/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin"}) {
    const auto path = std::filesystem::path(folder) / name;
    if (std::filesystem::exists(path)) return path;
  }
  return {};
}

bool PostgresServer::available() {
  static const bool kThere = [] {
    if (!program("postgres").empty() && !program("initdb").empty()) return true;
    std::fprintf(stderr, "SKIPPED: PostgreSQL's programs are not installed\n");
    const char* ci = std::getenv("CI");
    if (ci != nullptr && std::string_view(ci) == "true")
      throw std::runtime_error("CI=true: nothing may be skipped");
    return false;
  }();
  return kThere;
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() {
  char pattern[] = "/tmp/ks-postgres-XXXXXX";
  if (::mkdtemp(pattern) == nullptr) give_up("mkdtemp");
  folder_ = pattern;
  if (const passwd* user = server_user())
    if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) give_up("chown");
  const pid_t setup = spawn({program("initdb"), "-D", folder_ + "/data", "-U", kSuperuser,
                             "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"},
                            folder_ + "/initdb.log");
  int status = 0;
  ::waitpid(setup, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed, see " + folder_ + "/initdb.log");
  port_ = free_port();
  start();
  sql("postgres", "CREATE ROLE tests_owner LOGIN CREATEROLE; CREATE ROLE tests_app LOGIN;");
}

PostgresServer::~PostgresServer() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PostgresServer::start() {
  process_ = spawn({program("postgres"),
                    "-D",
                    folder_ + "/data",
                    "-p",
                    std::to_string(port_),
                    "-k",
                    folder_,
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "fsync=off",
                    "-c",
                    "full_page_writes=off",
                    "-c",
                    "shared_buffers=64MB",
                    "-c",
                    "max_connections=200",
                    "-c",
                    "deadlock_timeout=50ms",
                    "-c",
                    "autovacuum=off"},
                   folder_ + "/server.log");
  wait_until_up();
}

void PostgresServer::kill() {
  if (process_ < 0) return;
  thaw();
  ::kill(process_, SIGQUIT);
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = -1;
}

// The postmaster first, so that it starts nothing meanwhile.
void PostgresServer::signal_all(int number) const {
  if (process_ < 0) return;
  ::kill(process_, number);
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", process_));
  for (pid_t child = 0; children >> child;) ::kill(child, number);
}

void PostgresServer::wait_until_up() const {
  const std::string where = dsn(kSuperuser, "postgres");
  for (int tries = 0; tries < 1500; ++tries) {
    if (PQping(where.c_str()) == PQPING_OK) return;
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_)
      throw std::runtime_error("the server ended, see " + folder_ + "/server.log");
    ::poll(nullptr, 0, 20);
  }
  throw std::runtime_error("the server does not come up");
}

std::string PostgresServer::dsn(const std::string& login, const std::string& database) const {
  return fmt::format("postgres://{}@127.0.0.1:{}/{}", login, port_, database);
}

PostgresServer::Login PostgresServer::create_database() {
  const std::string name = fmt::format("tests_{}", ++databases_);
  sql("postgres", fmt::format("CREATE DATABASE {} OWNER tests_owner", name));
  return {dsn("tests_app", name), dsn("tests_owner", name), name};
}

std::string PostgresServer::sql(const std::string& database, const std::string& text) const {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
      PQconnectdb(dsn(kSuperuser, database).c_str()), &PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), text.c_str()),
                                                             &PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(text + ": " + PQerrorMessage(connection.get()));
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

}  // namespace ks::test
