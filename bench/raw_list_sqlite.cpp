#include <cstdio>
#include <cstdlib>
#include <vector>

#include <sqlite3.h>

#include "bench/raw_list.hpp"

namespace ks::bench {

namespace {

class SqliteList final : public RawList {
 public:
  SqliteList(const std::string& path, const ListSelect& select) : parameters_(select.parameters) {
    check(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr),
          SQLITE_OK);
    check(sqlite3_exec(db_, "PRAGMA cache_size = -8192", nullptr, nullptr, nullptr), SQLITE_OK);
    list_ = prepare(std::string(select.text->sqlite));
    for (std::size_t i = 0; i < parameters_.size(); ++i)
      sqlite3_bind_text(list_, static_cast<int>(i) + 1, parameters_[i].c_str(), -1, SQLITE_STATIC);
  }
  ~SqliteList() override {
    sqlite3_finalize(list_);
    sqlite3_close(db_);
  }

  std::size_t read() override {
    std::size_t rows = 0;
    int code = sqlite3_step(list_);
    for (; code == SQLITE_ROW; code = sqlite3_step(list_), ++rows)
      for (int i = 0; i < sqlite3_column_count(list_); ++i)
        bytes_ += static_cast<std::size_t>(sqlite3_column_bytes(list_, i));
    check(code, SQLITE_DONE);
    sqlite3_reset(list_);
    return rows;
  }

 private:
  sqlite3_stmt* prepare(const std::string& sql) {
    sqlite3_stmt* made = nullptr;
    check(sqlite3_prepare_v3(db_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr),
          SQLITE_OK);
    return made;
  }
  void check(int got, int wanted) {
    if (got == wanted) return;
    std::fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(db_));
    std::exit(1);
  }
  sqlite3* db_ = nullptr;
  sqlite3_stmt* list_ = nullptr;
  std::vector<std::string> parameters_;
  std::size_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<RawList> raw_list_sqlite(const std::string& path, const ListSelect& select) {
  return std::make_unique<SqliteList>(path, select);
}

}  // namespace ks::bench
