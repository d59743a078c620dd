#include "sql/driver/answers.hpp"

#include <functional>
#include <string_view>

namespace ks::sql {

Question::Question(const StatementText& statement, std::span<const Value> parameters,
                   std::span<const Value> settings)
    : statement_(&statement) {
  std::size_t size = 0;
  for (const auto& values : {parameters, settings})
    for (const Value& value : values) size += 1 + sizeof(std::int64_t) + value.text().size();
  values_.reserve(size);
  add(parameters);
  add(settings);
}

// Kinds and lengths go before the values, so that no two lists of values look alike.
void Question::add(std::span<const Value> values) {
  for (const Value& value : values) {
    const std::int64_t number = value.kind() == Value::Kind::text
                                    ? static_cast<std::int64_t>(value.text().size())
                                    : value.integer();
    values_ += static_cast<char>(value.kind());
    values_.append(reinterpret_cast<const char*>(&number), sizeof number);
    values_ += value.text();
  }
}

std::size_t Question::hash() const noexcept {
  return std::hash<std::string_view>{}(values_) ^
         (std::hash<const void*>{}(statement_) * 0x9e3779b97f4a7c15U);
}

}  // namespace ks::sql
