#include <cstdio>
#include <cstdlib>

#include <libpq-fe.h>

#include "bench/raw.hpp"

namespace ks::bench {

namespace {

class PostgresWriter final : public RawWriter {
 public:
  PostgresWriter(const std::string& dsn, RawStatements texts, bool pipelined)
      : connection_(PQconnectdb(dsn.c_str())), pipelined_(pipelined) {
    if (PQstatus(connection_) != CONNECTION_OK) fail();
    for (std::size_t i = 0; i < texts.size(); ++i)
      take(PQprepare(connection_, name(i).c_str(), texts[i], 0, nullptr));
    take(PQprepare(connection_, "begin", "BEGIN", 0, nullptr));
    take(PQprepare(connection_, "commit", "COMMIT", 0, nullptr));
    if (pipelined_ && PQenterPipelineMode(connection_) != 1) fail();
  }
  ~PostgresWriter() override { PQfinish(connection_); }

  void write(const std::vector<RawRow>& rows) override {
    for (const RawRow& parameters : rows) {
      send("begin", {});
      for (std::size_t i = 0; i < parameters.size(); ++i) send(name(i), parameters[i]);
      send("commit", {});
      if (pipelined_) collect(parameters.size() + 2);
    }
  }

 private:
  static std::string name(std::size_t i) { return "raw" + std::to_string(i); }
  void send(const std::string& statement, const std::vector<std::string>& parameters) {
    const char* values[16];
    int count = 0;
    for (const std::string& value : parameters) values[count++] = value.c_str();
    if (!pipelined_) {
      take(PQexecPrepared(connection_, statement.c_str(), count, values, nullptr, nullptr, 0));
      return;
    }
    if (PQsendQueryPrepared(connection_, statement.c_str(), count, values, nullptr, nullptr, 0) !=
        1)
      fail();
  }
  void collect(std::size_t commands) {
    if (PQpipelineSync(connection_) != 1) fail();
    for (std::size_t i = 0; i < commands; ++i) {
      take(PQgetResult(connection_));
      if (PQgetResult(connection_) != nullptr) fail();
    }
    take(PQgetResult(connection_));
  }
  void take(PGresult* result) {
    const auto status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_PIPELINE_SYNC)
      fail();
    PQclear(result);
  }
  [[noreturn]] void fail() {
    std::fprintf(stderr, "PostgreSQL: %s\n", PQerrorMessage(connection_));
    std::exit(1);
  }
  PGconn* connection_;
  bool pipelined_;
};

}  // namespace

std::unique_ptr<RawWriter> raw_postgres(const std::string& dsn, RawStatements statements,
                                        bool pipelined) {
  return std::make_unique<PostgresWriter>(dsn, statements, pipelined);
}

}  // namespace ks::bench
