#pragma once

#include <string>
#include <vector>

namespace ks::test {

// SQL beside the program, as somebody who got hold of the database would run it: bound by no policy
// and no right.
class RawSql {
 public:
  // Of either engine. PostgreSQL: a database of the tests' own server.
  explicit RawSql(std::string dsn) : dsn_(std::move(dsn)) {}

  bool is_postgres() const { return dsn_.starts_with("postgres"); }
  // All rows, columns parted by bars. Fails the test when the text does.
  std::vector<std::string> run(const std::string& text) const;
  // The first row; "" when there is none.
  std::string one(const std::string& text) const;

 private:
  std::string dsn_;
};

}  // namespace ks::test
