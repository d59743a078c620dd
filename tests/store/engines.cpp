#include "tests/store/engines.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <doctest/doctest.h>

#include "tests/store/postgres_server.hpp"

namespace ks::test {

TempFolder::TempFolder() {
  char pattern[] = "/tmp/ks-test-XXXXXX";
  if (::mkdtemp(pattern) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

EngineCase::EngineCase(Kind kind) : kind_(kind) {
  options_.auto_migrate = true;
  switch (kind) {
    case Kind::sqlite_memory:
      options_.dsn = "sqlite::memory:";
      break;
    case Kind::sqlite_file:
      options_.dsn = "sqlite:" + folder_.path() + "/test.db";
      break;
    case Kind::postgres: {
      const auto login = PostgresServer::shared().create_database();
      options_.dsn = login.dsn;
      options_.owner_dsn = login.owner_dsn;
      break;
    }
  }
  reopen();
}

EngineCase::~EngineCase() = default;

std::string EngineCase::name() const {
  switch (kind_) {
    case Kind::sqlite_memory:
      return "SQLite in memory";
    case Kind::sqlite_file:
      return "SQLite file";
    case Kind::postgres:
      return "PostgreSQL";
  }
  return {};
}

std::unique_ptr<Database> EngineCase::open_another() const {
  auto opened = sql::open_database(options_, clock_);
  if (!opened) throw std::runtime_error(opened.error().message);
  return std::move(*opened);
}

void EngineCase::reopen() {
  database_.reset();
  database_ = open_another();
}

void for_each_engine(const std::function<void(EngineCase&)>& promise) {
  using Kind = EngineCase::Kind;
  for (const Kind kind : {Kind::sqlite_memory, Kind::sqlite_file, Kind::postgres}) {
    if (kind == Kind::postgres && !PostgresServer::available()) continue;
    EngineCase engine(kind);
    INFO(engine.name());
    promise(engine);
  }
}

}  // namespace ks::test
