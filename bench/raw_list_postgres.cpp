#include <cstdio>
#include <cstdlib>
#include <vector>

#include <libpq-fe.h>

#include "bench/raw_list.hpp"
#include "sql/driver/postgres/result.hpp"
#include "sql/statements.hpp"

namespace ks::bench {

namespace {

class PostgresList final : public RawList {
 public:
  PostgresList(const std::string& dsn, const std::string& role, const ListSelect& select)
      : connection_(PQconnectdb(dsn.c_str())), parameters_(select.parameters) {
    if (PQstatus(connection_) != CONNECTION_OK) fail();
    take(PQexec(connection_, ("SET role = " + role).c_str()));
    prepare("bind", sql::kBindScope);
    prepare("list", *select.text);
    if (PQenterPipelineMode(connection_) != 1) fail();
  }
  ~PostgresList() override { PQfinish(connection_); }

  std::size_t read() override {
    send("bind", {parameters_[0], parameters_[1], ""});
    send("list", parameters_);
    if (PQpipelineSync(connection_) != 1) fail();
    next(PGRES_TUPLES_OK);
    end();
    PGresult* rows = next(PGRES_TUPLES_OK, false);
    const auto count = static_cast<std::size_t>(PQntuples(rows));
    for (int row = 0; row < PQntuples(rows); ++row)
      for (int column = 0; column < PQnfields(rows); ++column)
        bytes_ += static_cast<std::size_t>(PQgetlength(rows, row, column));
    PQclear(rows);
    end();
    next(PGRES_PIPELINE_SYNC);
    return count;
  }

 private:
  void prepare(const char* name, const sql::StatementText& text) {
    take(PQprepare(connection_, name, std::string(text.postgres).c_str(), 0, nullptr));
  }
  void send(const char* name, const std::vector<std::string>& parameters) {
    std::vector<const char*> values;
    for (const std::string& value : parameters) values.push_back(value.c_str());
    if (PQsendQueryPrepared(connection_, name, static_cast<int>(values.size()), values.data(),
                            nullptr, nullptr, 0) != 1)
      fail();
  }
  PGresult* next(ExecStatusType wanted, bool clear = true) {
    PGresult* result = PQgetResult(connection_);
    if (PQresultStatus(result) != wanted) fail();
    if (clear) PQclear(result);
    return clear ? nullptr : result;
  }
  void end() {
    if (PQgetResult(connection_) != nullptr) fail();
  }
  void take(PGresult* result) {
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail();
    PQclear(result);
  }
  [[noreturn]] void fail() {
    std::fprintf(stderr, "PostgreSQL: %s\n", PQerrorMessage(connection_));
    std::exit(1);
  }
  PGconn* connection_;
  std::vector<std::string> parameters_;
  std::size_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<RawList> raw_list_postgres(const std::string& dsn, const std::string& role,
                                           const ListSelect& select) {
  return std::make_unique<PostgresList>(dsn, role, select);
}

}  // namespace ks::bench
