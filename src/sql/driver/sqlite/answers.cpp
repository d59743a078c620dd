#include "sql/driver/sqlite/answers.hpp"

#include <functional>
#include <utility>

namespace ks::sql {

namespace {
// Of an entry beside its texts: nodes, the question twice, the stamp.
constexpr std::size_t kEntryBytes = 400;

void append_bytes(std::string& out, const void* from, std::size_t size) {
  out.append(static_cast<const char*>(from), size);
}
}  // namespace

SqliteAnswers::Question::Question(const StatementText& statement, std::span<const Value> parameters)
    : statement_(&statement) {
  std::size_t size = 0;
  for (const Value& value : parameters) size += 9 + value.text().size();
  parameters_.reserve(size);
  // Kinds and lengths go before the values, so that no two lists of values look alike.
  for (const Value& value : parameters) {
    parameters_ += static_cast<char>(value.kind());
    const std::int64_t number = value.kind() == Value::Kind::text
                                    ? static_cast<std::int64_t>(value.text().size())
                                    : value.integer();
    append_bytes(parameters_, &number, sizeof number);
    parameters_ += value.text();
  }
}

std::size_t SqliteAnswers::Hash::operator()(const Question& question) const noexcept {
  return std::hash<std::string_view>{}(question.parameters_) ^
         (std::hash<const void*>{}(question.statement_) * 0x9e3779b97f4a7c15U);
}

SqliteAnswers::Rows SqliteAnswers::find(const Question& question, const SqliteStamp& stamp) {
  const auto known = answers_.find(question);
  if (!known || known->stamp != stamp) return nullptr;
  return known->rows;
}

void SqliteAnswers::keep(Question question, const SqliteStamp& stamp, Rows rows) {
  const std::size_t bytes = kEntryBytes + 2 * question.parameters_.size() + rows->bytes();
  if (bytes > kAnswerMax) return;
  answers_.set(question, std::make_shared<const Answer>(Answer{stamp, std::move(rows)}), bytes);
}

}  // namespace ks::sql
