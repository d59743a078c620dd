#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "base/lru.hpp"
#include "sql/driver/row.hpp"
#include "sql/driver/statement.hpp"

namespace ks::sql {

// A read statement with all that is bound to it.
//
// Prevents an answer of another tenant from being given: every bound parameter is part of the
// question, and the driver binds those of the scope into each; `settings` are those that row-level
// security goes by.
class Question {
 public:
  Question(const StatementText& statement, std::span<const Value> parameters,
           std::span<const Value> settings = {});
  std::size_t bytes() const noexcept { return values_.size(); }
  std::size_t hash() const noexcept;
  friend bool operator==(const Question&, const Question&) = default;

 private:
  void add(std::span<const Value> values);
  const StatementText* statement_;
  std::string values_;
};

// What read statements answered, each with the state of the database that it was answered at. A
// statement is a function of what is bound to it and of that state, so while the database is in it
// the answer is what the engine would give. `Stamp` names a state: equal ones mean that no commit
// lies between. From any thread.
template <class Stamp>
class Answers {
 public:
  using Rows = std::shared_ptr<const RowTable>;
  struct Answer {
    Stamp stamp;
    Rows rows;
  };
  static constexpr std::size_t kBytesMax = std::size_t{16} << 20;
  // Larger ones would push out many for few.
  static constexpr std::size_t kAnswerMax = std::size_t{256} << 10;

  // Null when none is kept; whoever asks compares the stamps.
  std::shared_ptr<const Answer> find(const Question& question) { return kept_.find(question); }
  void keep(const Question& question, Stamp stamp, Rows rows) {
    const std::size_t bytes = kEntryBytes + 2 * question.bytes() + (rows ? rows->bytes() : 0);
    if (bytes > kAnswerMax) return;
    kept_.set(question, std::make_shared<const Answer>(Answer{std::move(stamp), std::move(rows)}),
              bytes);
  }

 private:
  // Of an entry beside its texts: nodes, the stamp, the strings' own parts.
  static constexpr std::size_t kEntryBytes = 400;
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(const Question& question) const noexcept { return question.hash(); }
  };
  Lru<Question, Answer, Hash> kept_{kBytesMax};
};

}  // namespace ks::sql
