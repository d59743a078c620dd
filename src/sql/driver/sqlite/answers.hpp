#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/lru.hpp"
#include "sql/driver/row.hpp"
#include "sql/driver/statement.hpp"

namespace ks::sql {

// Which commit a database file is at: the header of its WAL index, whose counter, salts and
// checksum over all frames change with every commit of every process
// (https://www.sqlite.org/walformat.html, "The WAL-Index File Format").
using SqliteStamp = std::array<std::uint64_t, 6>;

// What read statements answered, each with the commit it was answered at. A statement is a function
// of its parameters and of the database, so while the file is at that commit the answer is what
// the engine would give; after any commit it is not found any more.
//
// Prevents an answer of another tenant from being given: every bound parameter is part of the
// question, and the driver binds those of the scope into each. From any thread.
class SqliteAnswers {
 public:
  using Rows = std::shared_ptr<const RowTable>;
  class Question {
   public:
    Question(const StatementText& statement, std::span<const Value> parameters);
    friend bool operator==(const Question&, const Question&) = default;

   private:
    friend class SqliteAnswers;
    const StatementText* statement_;
    std::string parameters_;
  };

  static constexpr std::size_t kBytesMax = std::size_t{16} << 20;
  // Larger ones would push out many for few.
  static constexpr std::size_t kAnswerMax = std::size_t{64} << 10;

  // Null when there is none of this commit.
  Rows find(const Question& question, const SqliteStamp& stamp);
  void keep(Question question, const SqliteStamp& stamp, Rows rows);

 private:
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(const Question& question) const noexcept;
  };
  struct Answer {
    SqliteStamp stamp;
    Rows rows;
  };
  Lru<Question, Answer, Hash> answers_{kBytesMax};
};

}  // namespace ks::sql
