#include "tests/process/installation.hpp"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "base/digest.hpp"
#include "base/random.hpp"

namespace ks::test {

std::string program_path() {
  if (const char* given = std::getenv("KS_PROGRAM"); given != nullptr && *given != '\0')
    return std::filesystem::absolute(given);
  const char* source = std::getenv("KS_SOURCE_DIR");
  return std::filesystem::absolute(std::string(source == nullptr ? "." : source) +
                                   "/build/release/k8s-scheduler");
}

bool Server::wait_until_up(Duration within) {
  return eventually(within,
                    [&] {
                      if (port_ != 0) return true;
                      const std::string out = child_->out();
                      constexpr std::string_view kBefore = " on 127.0.0.1:";
                      const std::size_t at = out.find(kBefore);
                      if (at != std::string::npos && out.find('\n', at) != std::string::npos) {
                        std::from_chars(out.data() + at + kBefore.size(), out.data() + out.size(),
                                        port_);
                        return true;
                      }
                      return !child_->running();
                    }) &&
         port_ != 0;
}

bool Server::wait_until_ready(Duration within) const {
  return eventually(within, [&] { return get("/readyz").status == 200; });
}

std::string Server::setup_token() const {
  std::string out;
  // The link is printed after the address.
  eventually(seconds(10), [&] {
    out = child_->out();
    const std::size_t at = out.find("/setup#");
    return at != std::string::npos && out.find('\n', at) != std::string::npos;
  });
  const std::size_t at = out.find("/setup#");
  if (at == std::string::npos) return {};
  return out.substr(at + 7, out.find('\n', at) - at - 7);
}

std::optional<int> Server::stop(Duration within) {
  child_->signal(SIGTERM);
  return child_->wait(within);
}

Installation::Installation(Kind kind) : kind_(kind) {
  SystemRandom random;
  std::string key(32, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(key.data()), key.size()});
  secrets_key_ = key;
  settings_ = {{"PATH", "/usr/bin:/bin"},
               {"HOME", folder()},
               {"SERVER_ADDR", "127.0.0.1:0"},
               {"BASE_URL", "http://localhost:8080"},
               {"DEPLOYMENT_DOMAIN", "apps.localhost"},
               {"KUBERNETES_ENABLED", "simulated"},
               {"SECRETS_KEY", base64(key)},
               {"AUTO_MIGRATE", "true"},
               {"LOG_LEVEL", "debug"}};
  if (kind == Kind::sqlite) {
    settings_["DATABASE_DSN"] = "sqlite:" + database_file();
  } else {
    login_ = PostgresServer::shared().create_database();
    settings_["DATABASE_DSN"] = login_.dsn;
    settings_["DATABASE_OWNER_DSN"] = login_.owner_dsn;
  }
}

std::unique_ptr<Child> Installation::spawn(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program_path());
  ++spawned_;
  return std::make_unique<Child>(arguments, settings_, fmt::format("{}/{}.out", folder(), spawned_),
                                 fmt::format("{}/{}.err", folder(), spawned_), folder());
}

std::unique_ptr<Server> Installation::launch(const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {"serve"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return std::make_unique<Server>(spawn(std::move(arguments)));
}

std::unique_ptr<Server> Installation::start(const std::vector<std::string>& options) {
  auto server = launch(options);
  const bool up = server->wait_until_up() && server->wait_until_ready();
  if (!up) {
    const auto status = server->child().wait(Duration{});
    FAIL("the server does not get ready, status " << (status ? std::to_string(*status) : "none")
                                                  << ": " << server->child().err());
  }
  return server;
}

Installation::Ran Installation::run(const std::vector<std::string>& arguments) {
  const auto child = spawn(arguments);
  const auto status = child->wait(seconds(60));
  return {status.value_or(-1), child->out(), child->err()};
}

std::string Installation::query(const std::string& sql) const {
  if (kind_ == Kind::postgres) return PostgresServer::shared().sql(login_.database, sql);
  sqlite3* handle = nullptr;
  if (sqlite3_open_v2(database_file().c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) !=
      SQLITE_OK)
    throw std::runtime_error("cannot be opened: " + database_file());
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> owner(handle, sqlite3_close);
  sqlite3_busy_timeout(handle, 10'000);
  std::optional<std::string> first;
  const auto take = [](void* into, int columns, char** values, char**) {
    auto& found = *static_cast<std::optional<std::string>*>(into);
    if (!found && columns > 0) found = values[0] == nullptr ? "" : values[0];
    return 0;
  };
  char* message = nullptr;
  if (sqlite3_exec(handle, sql.c_str(), take, &first, &message) != SQLITE_OK) {
    const std::string why = message;
    sqlite3_free(message);
    throw std::runtime_error(sql + ": " + why);
  }
  return first.value_or("");
}

void Installation::execute(const std::string& sql) const { (void)query(sql); }

std::string Installation::superuser_dsn() const {
  return PostgresServer::shared().dsn(PostgresServer::kSuperuser, login_.database);
}

int Installation::connections() const {
  if (kind_ == Kind::sqlite) return 0;
  return std::stoi(PostgresServer::shared().sql(
      "postgres",
      "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + login_.database + "'"));
}

std::string Installation::output() const {
  std::string all;
  for (int i = 1; i <= spawned_; ++i) {
    all += read_file(fmt::format("{}/{}.out", folder(), i));
    all += read_file(fmt::format("{}/{}.err", folder(), i));
  }
  return all;
}

Person Installation::administrator(const Server& server) {
  Person person(server.port());
  const Answer made = person.post("/setup", Json::object({{"token", server.setup_token()},
                                                          {"email", "root@example.com"},
                                                          {"password", Person::kPassword},
                                                          {"name", "Root"}}));
  INFO(made.body);
  REQUIRE(made.status == 201);
  REQUIRE(person.login("root@example.com").status == 200);
  return person;
}

void on_both_engines(const std::function<void(Installation&)>& promise) {
  for (const auto kind : {Installation::Kind::sqlite, Installation::Kind::postgres}) {
    if (kind == Installation::Kind::postgres && !PostgresServer::available()) continue;
    Installation installation(kind);
    INFO(std::string(installation.name()));
    promise(installation);
  }
}

}  // namespace ks::test
