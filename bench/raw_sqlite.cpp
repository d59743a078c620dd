#include <cstdio>
#include <cstdlib>

#include <sqlite3.h>

#include "bench/raw.hpp"

namespace ks::bench {

namespace {

class SqliteWriter final : public RawWriter {
 public:
  explicit SqliteWriter(const std::string& path) {
    check(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr),
          SQLITE_OK);
    run("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;"
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    for (std::size_t i = 0; i < kRawStatements.size(); ++i)
      check(sqlite3_prepare_v3(db_, kRawStatements[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &statements_[i], nullptr),
            SQLITE_OK);
  }
  ~SqliteWriter() override {
    for (sqlite3_stmt* s : statements_) sqlite3_finalize(s);
    sqlite3_close(db_);
  }

  void write(const std::vector<RawDeployment>& rows) override {
    run("BEGIN IMMEDIATE");
    for (const RawDeployment& row : rows) {
      const auto parameters = raw_parameters(row);
      for (std::size_t i = 0; i < statements_.size(); ++i) {
        int at = 0;
        for (const std::string& value : parameters[i])
          check(sqlite3_bind_text(statements_[i], ++at, value.data(),
                                  static_cast<int>(value.size()), SQLITE_STATIC),
                SQLITE_OK);
        check(sqlite3_step(statements_[i]), SQLITE_DONE);
        sqlite3_reset(statements_[i]);
      }
    }
    run("COMMIT");
  }

 private:
  void check(int got, int wanted) {
    if (got == wanted) return;
    std::fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(db_));
    std::exit(1);
  }
  void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr), SQLITE_OK); }
  sqlite3* db_ = nullptr;
  std::array<sqlite3_stmt*, kRawStatements.size()> statements_{};
};

}  // namespace

std::array<std::vector<std::string>, kRawStatements.size()> raw_parameters(const RawDeployment& d) {
  const RawPlace& p = d.place;
  const std::string mac(64, 'a');
  return {{{p.client, p.org},
           {p.client, p.org, d.id, p.team, p.sandbox, d.name, d.stem, p.spec, p.user, d.now},
           {p.client, p.org, d.id, p.spec, p.user, d.now},
           {p.client, p.org, p.sandbox},
           {mac, p.client, p.org},
           {mac, d.now, p.user, d.id, p.client, p.org},
           {d.now, d.id, p.team, p.client, p.org}}};
}

std::unique_ptr<RawWriter> raw_sqlite(const std::string& path) {
  return std::make_unique<SqliteWriter>(path);
}

}  // namespace ks::bench
