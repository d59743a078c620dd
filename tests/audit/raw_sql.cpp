#include "tests/audit/raw_sql.hpp"

#include <memory>
#include <stdexcept>

#include <libpq-fe.h>
#include <sqlite3.h>

#include "tests/store/postgres_server.hpp"

namespace ks::test {

namespace {

std::vector<std::string> on_sqlite(const std::string& path, const std::string& text) {
  sqlite3* opened = nullptr;
  const int status = sqlite3_open(path.c_str(), &opened);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> handle(opened, &sqlite3_close);
  if (status != SQLITE_OK) throw std::runtime_error("open " + path);
  sqlite3_busy_timeout(handle.get(), 10'000);
  std::vector<std::string> out;
  char* error = nullptr;
  sqlite3_exec(
      handle.get(), text.c_str(),
      [](void* into, int columns, char** values, char**) {
        std::string line;
        for (int i = 0; i < columns; ++i)
          line += (i > 0 ? "|" : "") + std::string(values[i] != nullptr ? values[i] : "NULL");
        static_cast<std::vector<std::string>*>(into)->push_back(std::move(line));
        return 0;
      },
      &out, &error);
  if (error != nullptr) {
    const std::string what = text + ": " + error;
    sqlite3_free(error);
    throw std::runtime_error(what);
  }
  return out;
}

std::vector<std::string> on_postgres(const std::string& dsn, const std::string& text) {
  const std::string login =
      PostgresServer::shared().dsn(PostgresServer::kSuperuser, dsn.substr(dsn.rfind('/') + 1));
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(login.c_str()),
                                                                &PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), text.c_str()),
                                                             &PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(text + ": " + PQerrorMessage(connection.get()));
  std::vector<std::string> out;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    std::string line;
    for (int i = 0; i < PQnfields(result.get()); ++i)
      line += (i > 0 ? "|" : "") + std::string(PQgetisnull(result.get(), row, i) != 0
                                                   ? "NULL"
                                                   : PQgetvalue(result.get(), row, i));
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace

std::vector<std::string> RawSql::run(const std::string& text) const {
  if (is_postgres()) return on_postgres(dsn_, text);
  return on_sqlite(dsn_.substr(std::string("sqlite:").size()), text);
}

std::string RawSql::one(const std::string& text) const {
  const auto rows = run(text);
  return rows.empty() ? "" : rows.front();
}

}  // namespace ks::test
