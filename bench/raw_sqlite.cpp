#include <cstdio>
#include <cstdlib>

#include <sqlite3.h>

#include "bench/raw.hpp"

namespace ks::bench {

namespace {

class SqliteWriter final : public RawWriter {
 public:
  SqliteWriter(const std::string& path, RawStatements texts) : statements_(texts.size()) {
    check(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr),
          SQLITE_OK);
    run("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;"
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    for (std::size_t i = 0; i < texts.size(); ++i)
      check(sqlite3_prepare_v3(db_, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &statements_[i],
                               nullptr),
            SQLITE_OK);
  }
  ~SqliteWriter() override {
    for (sqlite3_stmt* s : statements_) sqlite3_finalize(s);
    sqlite3_close(db_);
  }

  void write(const std::vector<RawRow>& rows) override {
    run("BEGIN IMMEDIATE");
    for (const RawRow& parameters : rows) {
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
  std::vector<sqlite3_stmt*> statements_;
};

}  // namespace

RawRow raw_parameters(const RawDeployment& d) {
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

RawRow raw_parameters(const RawAccept& a) {
  const std::string mac(64, 'a');
  const std::string sealed(600, 's');
  return {{a.client, a.org},
          {a.client, a.org, a.user, a.now},
          {a.client, a.org, a.team, a.user, a.now},
          {a.client, a.user},
          {a.user, a.now, a.client, a.org, a.invitation},
          {mac, a.client, a.org},
          {mac, a.now, a.user, a.client, a.org},
          {a.now, a.user, a.client, a.org},
          {mac, a.client, a.org},
          {mac, a.now, a.user, a.invitation, a.client, a.org},
          {a.now, a.invitation, a.client, a.org},
          {a.client, a.org, a.invitation, a.invitation, sealed, a.now}};
}

std::unique_ptr<RawWriter> raw_sqlite(const std::string& path, RawStatements statements) {
  return std::make_unique<SqliteWriter>(path, statements);
}

}  // namespace ks::bench
